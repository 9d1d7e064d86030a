//! What is special about github.com: clone URLs and tokens from the environment.
//!
//! In: owner and repository, a URL, `GITHUB_TOKEN` or `GH_TOKEN`. Out: a URL, a token. No I/O.

use std::env;

use url::Url;

const HOST: &str = "github.com";
/// In order of precedence; GitHub's own tools read the same two.
const TOKEN_VARIABLES: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

/// The URL that `git clone` takes for a repository.
pub fn clone_url(owner: &str, repo: &str) -> Url {
    let mut url = Url::parse("https://github.com/").expect("a constant URL parses");
    url.path_segments_mut()
        .expect("an https: URL has a path")
        .pop_if_empty()
        .push(owner)
        .push(&format!("{repo}.git"));
    url
}

/// Whether the token from the environment may be sent to the URL's host.
pub fn is_github(url: &Url) -> bool {
    url.scheme() == "https" && url.host_str() == Some(HOST) && url.port().is_none()
}

/// The token for github.com that the environment holds.
pub fn token() -> Option<String> {
    TOKEN_VARIABLES
        .iter()
        .filter_map(|name| env::var(name).ok())
        .map(|token| token.trim().to_owned())
        .find(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clone_urls_are_escaped() {
        assert_eq!(
            clone_url("o", "a b").as_str(),
            "https://github.com/o/a%20b.git"
        );
    }

    #[test]
    fn tokens_are_for_github_over_https_alone() {
        let is = |url: &str| is_github(&Url::parse(url).unwrap());
        assert!(is("https://github.com/o/r.git"));
        for other in [
            "http://github.com/o/r.git",
            "https://github.com.evil.test/o/r.git",
            "https://github.com:8443/o/r.git",
            "https://api.github.com/",
            "http://127.0.0.1/",
        ] {
            assert!(!is(other), "{other}");
        }
    }
}
