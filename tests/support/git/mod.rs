//! A git server: git's own `http-backend` behind the loopback server, as GitHub lays out its addresses.
//!
//! In: bare repositories under `<root>/<owner>/<repo>.git` (see [`repository`]). Out: smart HTTP at
//! `/<owner>/<repo>` and `/<owner>/<repo>.git`, and the files `<root>/<account>.keys`. Side effects: one `git http-backend` process a request.

pub mod backend;
pub mod repository;

use std::collections::HashMap;
use std::path::PathBuf;

use base64::Engine;

use crate::server::{Asked, Reply, Site};

/// The repositories of one test.
pub struct GitSite {
    pub root: PathBuf,
    /// `owner/repo` → the token without which it stays hidden.
    pub tokens: HashMap<String, String>,
}

impl Site for GitSite {
    fn answer(&self, request: &Asked) -> Reply {
        if let Some(keys) = self.account_keys(&request.path) {
            return Reply::ok("text/plain; charset=utf-8", keys);
        }
        let Some((repository, rest)) = split(&request.path) else {
            return Reply::status(404);
        };
        if let Some(token) = self.tokens.get(&repository)
            && !presents(request, token)
        {
            return Reply::status(401).with("www-authenticate", "Basic realm=\"loopback\"");
        }
        if !self.root.join(format!("{repository}.git")).is_dir() {
            return Reply::status(404);
        }
        backend::run(&self.root, &format!("/{repository}.git{rest}"), request)
            .unwrap_or_else(|error| Reply::ok("text/plain", error.to_string()).failed())
    }
}

impl GitSite {
    /// `/<account>.keys`, from the file of that name beside the repositories.
    fn account_keys(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix('/')?;
        let is_keys = name.ends_with(".keys") && !name.contains('/');
        is_keys.then(|| std::fs::read_to_string(self.root.join(name)).ok())?
    }
}

impl Reply {
    fn failed(mut self) -> Reply {
        self.status = 500;
        self
    }
}

/// `/o/r(.git)/info/refs` → (`o/r`, `/info/refs`).
fn split(path: &str) -> Option<(String, String)> {
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let owner = parts.next()?;
    let name = parts.next()?;
    let rest = parts.next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    if [owner, name].iter().any(|part| part.starts_with('.')) {
        return None;
    }
    Some((format!("{owner}/{name}"), format!("/{rest}")))
}

/// GitHub takes a token as bearer, as basic user name and as basic password.
fn presents(request: &Asked, token: &str) -> bool {
    let Some((scheme, value)) = request
        .header("authorization")
        .and_then(|header| header.split_once(' '))
    else {
        return false;
    };
    if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token") {
        return value == token;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(value);
    let Some(pair) = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return false;
    };
    pair.split_once(':')
        .is_some_and(|(user, password)| user == token || password == token)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;
    use std::sync::Arc;

    use super::GitSite;
    use super::repository::{self, EntryKind, EntrySpec, RepositorySpec};
    use crate::server::Server;

    fn serve(root: &Path, token: Option<&str>) -> Server {
        let sources = root.join("repo");
        std::fs::create_dir_all(sources.join("lib")).expect("writable");
        std::fs::write(sources.join("lib/a.ts"), "export {};").expect("writable");
        let spec = RepositorySpec {
            tags: vec!["v1.0.0".into()],
            entries: vec![EntrySpec {
                path: "../evil%E9.ts".into(),
                what: EntryKind::Content("evil".into()),
                unchecked: true,
            }],
            ..RepositorySpec::default()
        };
        let git = root.join("git/acme/thing.git");
        repository::build(&git, &spec, |dir| Ok(root.join(dir))).expect("builds");
        let site = GitSite {
            root: root.join("git"),
            tokens: token
                .map(|token| ("acme/thing".to_owned(), token.to_owned()))
                .into_iter()
                .collect(),
        };
        Server::start("git", site, Arc::default()).expect("a free port")
    }

    fn git(arguments: &[&str]) -> (bool, String) {
        let output = Command::new("git")
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env_remove("GIT_SSL_CAINFO")
            .output()
            .expect("git runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    #[test]
    fn git_itself_fetches_over_http_and_https() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = serve(folder.path(), None);
        let clone = folder.path().join("clone.git").display().to_string();
        let plain = format!("{}/acme/thing", server.http());
        let (fine, text) = git(&["clone", "--bare", "--depth=1", "-bv1.0.0", &plain, &clone]);
        assert!(fine, "{text}");
        let (_, tree) = git(&[
            "--git-dir",
            &clone,
            "ls-tree",
            "-rz",
            "--name-only",
            "v1.0.0",
        ]);
        assert!(tree.contains("../evil"), "{tree}");

        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, &crate::tls::authority().pem).expect("writable");
        let trust = format!("http.sslCAInfo={}", authority.display());
        let secure = format!("{}/acme/thing.git", server.https());
        let (fine, text) = git(&["-c", &trust, "ls-remote", &secure]);
        assert!(fine && text.contains("refs/tags/v1.0.0"), "{text}");
        let (fine, text) = git(&["ls-remote", &secure]);
        assert!(!fine, "an unknown authority was trusted: {text}");
        assert!(
            server
                .log()
                .iter()
                .any(|line| line.contains("git-upload-pack"))
        );
    }

    #[test]
    fn a_private_repository_wants_its_token() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = serve(folder.path(), Some("s3cret"));
        let address = format!("{}/acme/thing", server.http());
        assert!(!git(&["ls-remote", &address]).0);
        let with_token = address.replace("http://", "http://x-access-token:s3cret@");
        let (fine, text) = git(&["ls-remote", &with_token]);
        assert!(fine, "{text}");
    }
}
