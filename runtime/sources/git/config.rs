//! The user's git configuration, as far as fetching needs it: `url.<base>.insteadOf` and `credential.*`.
//!
//! In: the system, XDG and global files, `GIT_CONFIG_COUNT` and its pairs. Out: [`GitConfig`].
//! Side effects: reads those files and what they include. A project's own `.git/config` is not read, so
//! that the folder in which a script is started does not change where code comes from.

use std::env;
use std::path::PathBuf;

use git2::{Config, ConfigLevel};
use url::Url;

use super::error::cause;
use crate::http::Cause;

/// A configuration file that git itself would refuse as well.
#[derive(Debug, thiserror::Error)]
#[error("Could not read the git configuration `{}`", path.display())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub cause: Cause,
}

/// Settings in order of growing precedence.
#[derive(Debug, Default)]
pub(super) struct GitConfig {
    /// `url.<base>.insteadof` → value; sections and names in lower case.
    settings: Vec<(String, String)>,
}

/// Where a URL leads after `insteadOf`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rewrite {
    /// No rule applies.
    Unchanged,
    /// To another URL.
    Url(Url),
    /// To a folder on this machine.
    Path(PathBuf),
    /// To something that needs a program: `git@host:…`, `ssh://…`.
    Unsupported(String),
}

impl GitConfig {
    /// Reads what git would read outside of any repository.
    ///
    /// # Errors
    /// [`ConfigError`] naming the file.
    pub(super) fn load() -> Result<GitConfig, ConfigError> {
        let mut settings = Vec::new();
        for (path, level) in files() {
            if !path.is_file() {
                continue;
            }
            read_file(&path, level, &mut settings).map_err(|error| ConfigError {
                cause: cause(&error),
                path: path.clone(),
            })?;
        }
        settings.extend(environment(|name| env::var(name).ok()));
        Ok(GitConfig { settings })
    }

    /// Applies the longest matching `url.<base>.insteadOf`.
    pub(super) fn rewrite(&self, url: &Url) -> Rewrite {
        let url = url.as_str();
        let rules = self.settings.iter().filter_map(|(name, prefix)| {
            let base = name.strip_prefix("url.")?.strip_suffix(".insteadof")?;
            Some((base, url.strip_prefix(prefix.as_str())?))
        });
        match rules.min_by_key(|(_, rest)| rest.len()) {
            Some((base, rest)) => classify(&format!("{base}{rest}")),
            None => Rewrite::Unchanged,
        }
    }

    /// The values of `credential.helper` that apply to `url`, first to run first.
    pub(super) fn credential_helpers(&self, url: &Url) -> Vec<&str> {
        let mut helpers = Vec::new();
        for (name, value) in &self.settings {
            let Some(scope) = name.strip_prefix("credential.") else {
                continue;
            };
            let applies = match scope.strip_suffix(".helper") {
                Some(pattern) => matches_credential_scope(pattern, url),
                None => scope == "helper",
            };
            match (applies, value.is_empty()) {
                // An empty value takes back the helpers named before it.
                (true, true) => helpers.clear(),
                (true, false) => helpers.push(value.as_str()),
                (false, _) => {}
            }
        }
        helpers
    }
}

/// Where `url` leads by the `insteadOf` rules, for requests that are not git's own.
///
/// # Errors
/// [`ConfigError`].
pub fn rewritten(url: &Url) -> Result<Url, ConfigError> {
    Ok(match GitConfig::load()?.rewrite(url) {
        Rewrite::Url(url) => url,
        Rewrite::Unchanged | Rewrite::Path(_) | Rewrite::Unsupported(_) => url.clone(),
    })
}

fn files() -> Vec<(PathBuf, ConfigLevel)> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let mut files = Vec::new();
    if variable("GIT_CONFIG_NOSYSTEM").is_none() {
        let system = variable("GIT_CONFIG_SYSTEM").unwrap_or_else(|| "/etc/gitconfig".into());
        files.push((PathBuf::from(system), ConfigLevel::System));
    }
    if let Some(global) = env::var_os("GIT_CONFIG_GLOBAL") {
        files.push((PathBuf::from(global), ConfigLevel::Global));
        return files;
    }
    let home = env::home_dir();
    let xdg = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_ref()?.join(".config")));
    if let Some(xdg) = xdg {
        files.push((xdg.join("git").join("config"), ConfigLevel::XDG));
    }
    if let Some(home) = home {
        files.push((home.join(".gitconfig"), ConfigLevel::Global));
    }
    files
}

fn read_file(
    path: &std::path::Path,
    level: ConfigLevel,
    settings: &mut Vec<(String, String)>,
) -> Result<(), git2::Error> {
    let mut config = Config::new()?;
    config.add_file(path, level, false)?;
    config.entries(None)?.for_each(|entry| {
        if let (Ok(name), Ok(value)) = (entry.name(), entry.value()) {
            settings.push((name.to_owned(), value.to_owned()));
        }
    })
}

/// `GIT_CONFIG_COUNT` pairs of `GIT_CONFIG_KEY_<n>` and `GIT_CONFIG_VALUE_<n>`.
fn environment(variable: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let count = variable("GIT_CONFIG_COUNT")
        .and_then(|count| count.parse::<usize>().ok())
        .unwrap_or_default();
    (0..count.min(1000))
        .filter_map(|number| {
            let name = variable(&format!("GIT_CONFIG_KEY_{number}"))?;
            let value = variable(&format!("GIT_CONFIG_VALUE_{number}"))?;
            Some((normalize(&name), value))
        })
        .collect()
}

/// Section and variable names are case-insensitive, what stands between them is not.
fn normalize(name: &str) -> String {
    let Some((section, rest)) = name.split_once('.') else {
        return name.to_ascii_lowercase();
    };
    let section = section.to_ascii_lowercase();
    match rest.rsplit_once('.') {
        Some((middle, last)) => format!("{section}.{middle}.{}", last.to_ascii_lowercase()),
        None => format!("{section}.{}", rest.to_ascii_lowercase()),
    }
}

fn classify(text: &str) -> Rewrite {
    if let Ok(url) = Url::parse(text) {
        match url.scheme() {
            "http" | "https" => return Rewrite::Url(url),
            "file" => {
                return match url.to_file_path() {
                    Ok(path) => Rewrite::Path(path),
                    Err(()) => Rewrite::Unsupported(text.to_owned()),
                };
            }
            _ => {}
        }
    }
    let path = PathBuf::from(text);
    if path.is_absolute() {
        return Rewrite::Path(path);
    }
    Rewrite::Unsupported(text.to_owned())
}

/// Whether `pattern` (`https://host`, `https://host/path`, `https://user@host`) covers `url`.
fn matches_credential_scope(pattern: &str, url: &Url) -> bool {
    let Ok(pattern) = Url::parse(pattern) else {
        return false;
    };
    pattern.scheme() == url.scheme()
        && pattern.host() == url.host()
        && pattern.port_or_known_default() == url.port_or_known_default()
        && url.path().starts_with(pattern.path().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &[(&str, &str)]) -> GitConfig {
        GitConfig {
            settings: settings
                .iter()
                .map(|(name, value)| (normalize(name), (*value).to_owned()))
                .collect(),
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_longest_prefix_wins() {
        let config = config(&[
            (
                "url.http://127.0.0.1:1/all/.insteadOf",
                "https://github.com/",
            ),
            (
                "URL.http://127.0.0.1:1/Me/.INSTEADOF",
                "https://github.com/me/",
            ),
        ]);
        assert_eq!(
            config.rewrite(&url("https://github.com/me/r.git")),
            Rewrite::Url(url("http://127.0.0.1:1/Me/r.git"))
        );
        assert_eq!(
            config.rewrite(&url("https://github.com/o/r.git")),
            Rewrite::Url(url("http://127.0.0.1:1/all/o/r.git"))
        );
        assert_eq!(
            config.rewrite(&url("https://gitlab.test/o/r.git")),
            Rewrite::Unchanged
        );
    }

    #[test]
    fn rewrites_to_paths_and_ssh() {
        let config = config(&[
            ("url./srv/git/.insteadOf", "https://a.test/"),
            ("url.file:///srv/x%20y/.insteadOf", "https://b.test/"),
            ("url.git@github.com:.insteadOf", "https://github.com/"),
        ]);
        assert_eq!(
            config.rewrite(&url("https://a.test/r.git")),
            Rewrite::Path("/srv/git/r.git".into())
        );
        assert_eq!(
            config.rewrite(&url("https://b.test/r.git")),
            Rewrite::Path("/srv/x y/r.git".into())
        );
        assert_eq!(
            config.rewrite(&url("https://github.com/o/r.git")),
            Rewrite::Unsupported("git@github.com:o/r.git".to_owned())
        );
    }

    #[test]
    fn environment_pairs_are_read() {
        let variable = |name: &str| {
            let value = match name {
                "GIT_CONFIG_COUNT" => "1",
                "GIT_CONFIG_KEY_0" => "url.https://Mirror/.insteadOf",
                "GIT_CONFIG_VALUE_0" => "https://github.com/",
                _ => return None,
            };
            Some(value.to_owned())
        };
        assert_eq!(
            environment(variable),
            [(
                "url.https://Mirror/.insteadof".to_owned(),
                "https://github.com/".to_owned()
            )]
        );
    }

    #[test]
    fn helpers_are_scoped_and_can_be_reset() {
        let config = config(&[
            ("credential.helper", "store"),
            ("credential.https://github.com.helper", ""),
            (
                "credential.https://github.com.helper",
                "!gh auth git-credential",
            ),
        ]);
        assert_eq!(
            config.credential_helpers(&url("https://github.com/o/r.git")),
            ["!gh auth git-credential"]
        );
        assert_eq!(
            config.credential_helpers(&url("https://a.test/o/r.git")),
            ["store"]
        );
    }

    #[test]
    fn files_are_read_with_includes() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("config");
        std::fs::write(&main, "[include]\n\tpath = more\n").unwrap();
        std::fs::write(
            folder.path().join("more"),
            "[url \"http://localhost:1/\"]\n\tinsteadOf = https://a.test/\n\tinsteadOf = https://b.test/\n",
        )
        .unwrap();
        let mut settings = Vec::new();
        read_file(&main, ConfigLevel::Global, &mut settings).unwrap();
        let config = GitConfig { settings };
        for host in ["a", "b"] {
            assert_eq!(
                config.rewrite(&url(&format!("https://{host}.test/r"))),
                Rewrite::Url(url("http://localhost:1/r"))
            );
        }
    }
}
