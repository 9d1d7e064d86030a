//! What can go wrong with an npm package, and what the reader can do about it.

use std::path::PathBuf;

use url::Url;

use super::tarball::TarballError;
use crate::cache::CacheError;
use crate::http::HttpError;
use crate::lockfile::LockfileError;
use crate::policy::{PolicyError, offline_hint};

#[derive(Debug, thiserror::Error)]
pub enum NpmError {
    #[error("npm packages are refused by --no-npm: {}", items.join(", "))]
    Refused { items: Vec<String> },
    #[error("Could not read `{path}`: {reason}", path = path.display())]
    Config { path: PathBuf, reason: String },
    #[error(
        "Could not find `npm:{wanted}`{}: {registry} has no package of that name",
        needed_by(parent)
    )]
    NoPackage {
        /// As it was asked for: `name@range`.
        wanted: String,
        /// The package that depends on it; `None` if the program asks for it itself.
        parent: Option<String>,
        registry: String,
    },
    #[error(
        "Could not find `npm:{name}@{range}`{}: the package has no such version{}",
        needed_by(parent),
        list(nearest)
    )]
    NoVersion {
        name: String,
        range: String,
        parent: Option<String>,
        /// The nearest to the range first.
        nearest: Vec<String>,
    },
    #[error(
        "Could not find `npm:{name}@{tag}`{}: the package has no tag of that name{}",
        needed_by(parent),
        list(tags)
    )]
    NoTag {
        name: String,
        tag: String,
        parent: Option<String>,
        tags: Vec<String>,
    },
    #[error(
        "Could not install `npm:{parent}`: its dependency `{key}` is `{value}`, which no registry has"
    )]
    Unsupported {
        parent: String,
        key: String,
        value: String,
    },
    #[error("Could not download `npm:{item}`")]
    Download {
        item: String,
        registry: String,
        #[source]
        source: HttpError,
    },
    #[error("Could not download `npm:{package}`: there is no tarball at `{url}`")]
    NoTarball { package: String, url: String },
    #[error("Could not use the registry's answer about `npm:{package}`: {reason}")]
    Metadata { package: String, reason: String },
    #[error("Could not install `npm:{package}`")]
    Tarball {
        package: String,
        #[source]
        source: TarballError,
    },
    #[error("The registry names no integrity for `npm:{0}` that can be checked")]
    NoIntegrity(String),
    #[error(
        "Integrity mismatch for `npm:{package}`\n  expected: {expected} ({promise})\n  actual:   {actual} (the download)"
    )]
    Integrity {
        package: String,
        promise: Promise,
        expected: String,
        actual: String,
    },
    #[error("Not in the cache, and the network is off: {}", items.join(", "))]
    Offline { items: Vec<String> },
    #[error("The lock file is frozen, and does not have {}", items.join(", "))]
    Frozen { items: Vec<String> },
    #[error("The `{script}` script of `npm:{package}` failed: {reason}")]
    Script {
        package: String,
        script: String,
        reason: String,
    },
    #[error("Could not run the install scripts of `npm:{package}`")]
    Scripts {
        package: String,
        #[source]
        source: CacheError,
    },
    #[error("Could not read the npm part of the lock file: {0}")]
    Lock(String),
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("The npm installer stopped")]
    Stopped,
}

/// Who says what a tarball's hash must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    Lock,
    Registry,
}

impl std::fmt::Display for Promise {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Promise::Lock => "the lock file",
            Promise::Registry => "the registry's metadata",
        })
    }
}

fn needed_by(parent: &Option<String>) -> String {
    parent
        .as_ref()
        .map(|parent| format!(", needed by `npm:{parent}`"))
        .unwrap_or_default()
}

fn list(nearest: &[String]) -> String {
    match nearest.is_empty() {
        true => String::new(),
        false => format!(" (there are: {})", nearest.join(", ")),
    }
}

impl NpmError {
    /// The packages that are not in the cache while the network is off: `npm:zod@3`.
    pub fn missing(&self) -> Vec<String> {
        match self {
            NpmError::Offline { items } => items.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether the failure is that of this requirement (`zod@^3`), and not of another one installed along.
    pub fn is_about(&self, requirement: &str) -> bool {
        match self {
            NpmError::NoPackage { wanted, .. } => wanted == requirement,
            NpmError::Download { item, .. } => item == requirement,
            NpmError::NoVersion { name, range, .. } => *requirement == format!("{name}@{range}"),
            NpmError::NoTag { name, tag, .. } => *requirement == format!("{name}@{tag}"),
            _ => false,
        }
    }

    /// Whether the package is simply not there, as an optional one may be.
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            NpmError::NoPackage { .. }
                | NpmError::NoVersion { .. }
                | NpmError::NoTag { .. }
                | NpmError::Offline { .. }
        )
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            NpmError::Policy(error) => return error.hints(),
            NpmError::NoPackage {
                parent: None,
                wanted,
                ..
            } => {
                let (name, _) = split(wanted);
                match name.starts_with('@') {
                    true => format!(
                        "check the name; for a private registry: `{}:registry=https://…` in .npmrc",
                        scope(name)
                    ),
                    false if name.bytes().any(|byte| byte == b' ') => {
                        "check the name: it has a space".to_string()
                    }
                    false => format!("check the name: https://www.npmjs.com/search?q={name}"),
                }
            }
            NpmError::NoVersion {
                name,
                nearest,
                parent: None,
                ..
            } => match nearest.first() {
                Some(version) => format!("npm:{name}@{version}"),
                None => return Vec::new(),
            },
            NpmError::NoTag {
                name,
                tags,
                parent: None,
                ..
            } => match tags.first() {
                Some(tag) => format!("npm:{name}@{tag}"),
                None => return Vec::new(),
            },
            NpmError::NoPackage {
                parent: Some(parent),
                ..
            }
            | NpmError::NoVersion {
                parent: Some(parent),
                ..
            }
            | NpmError::NoTag {
                parent: Some(parent),
                ..
            }
            | NpmError::Unsupported { parent, .. } => {
                format!("try another version of `npm:{}`", split(parent).0)
            }
            NpmError::Download {
                source:
                    HttpError::Status {
                        status: 401 | 403, ..
                    },
                registry,
                ..
            } => {
                return vec![format!(
                    "a token for it in .npmrc: `{}:_authToken=${{NPM_TOKEN}}`",
                    nerfed(registry)
                )];
            }
            NpmError::Download {
                registry, source, ..
            } => {
                let mut hints = source.hints();
                if matches!(source, HttpError::Dns { .. } | HttpError::Connect { .. }) {
                    hints.push(format!(
                        "the registry is {registry}; set another by `registry=https://…` in .npmrc"
                    ));
                }
                return hints;
            }
            NpmError::Integrity {
                package,
                promise: Promise::Lock,
                ..
            } => {
                format!(
                    "if the new contents are right, accept them: `prizm run --reload=npm:{} …`",
                    split(package).0
                )
            }
            NpmError::Integrity { package, .. } | NpmError::NoTarball { package, .. } => {
                format!(
                    "if the registry has been repaired: `prizm run --reload=npm:{} …`",
                    split(package).0
                )
            }
            NpmError::Offline { items } => {
                offline_hint(format!("prizm cache add {}", items.join(" ")))
            }
            NpmError::Frozen { .. } => {
                "run once without --frozen, and commit the lock file".to_string()
            }
            NpmError::Script { package, .. } => {
                format!("run without `--allow-scripts={}`", split(package).0)
            }
            NpmError::Lock(_) => {
                "rm prizm.lock (the next run writes it anew), or --no-lock".to_string()
            }
            NpmError::Scripts { source, .. } => return source.hints(),
            NpmError::Tarball {
                source: TarballError::Cache(source),
                ..
            } => return source.hints(),
            NpmError::Lockfile(error) => return error.hints(),
            _ => return Vec::new(),
        };
        vec![hint]
    }
}

/// `@scope/name@range` → (`@scope/name`, `range`).
pub fn split(item: &str) -> (&str, &str) {
    match item.rfind('@') {
        None | Some(0) => (item, ""),
        Some(at) => (&item[..at], &item[at + 1..]),
    }
}

fn scope(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// `https://host/path/` as .npmrc names it for tokens: `//host/path/`.
fn nerfed(registry: &str) -> String {
    match Url::parse(registry) {
        Ok(url) => registry
            .trim_start_matches(url.scheme())
            .trim_start_matches(':')
            .to_string(),
        Err(_) => registry.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ranges_part() {
        assert_eq!(split("zod@^3"), ("zod", "^3"));
        assert_eq!(split("@a/b@1"), ("@a/b", "1"));
        assert_eq!(split("@a/b"), ("@a/b", ""));
    }

    #[test]
    fn a_refused_token_is_told_where_it_belongs() {
        let error = NpmError::Download {
            item: "private@1".into(),
            registry: "https://npm.example.com/team/".into(),
            source: HttpError::Status {
                url: "https://npm.example.com/team/private".into(),
                status: 401,
                retry_after: None,
            },
        };
        assert_eq!(
            error.hints(),
            ["a token for it in .npmrc: `//npm.example.com/team/:_authToken=${NPM_TOKEN}`"]
        );
    }
}
