//! The names of one load: how it was asked for, what pins go by, and what its errors say.
//!
//! In: a [`Specifier`]. Out: [`Job`]. No I/O, but [`Job::missing_path`] lists a folder.

use std::path::{Component, Path, PathBuf};

use url::Url;

use super::config::ConfigError;
use super::error::{GitErrorKind, cause};
use super::fetch::FetchError;
use super::guard::Facts;
use super::refs::{Split, Unresolved, splits};
use super::transport::Failure;
use super::{Checkout, CheckoutError};
use crate::cache::CacheError;
use crate::http::HttpError;
use crate::lockfile::{GitPin, LockfileError};
use crate::origins;
use crate::sources::github;
use crate::specifier::Specifier;
use crate::trust::subject::Origin;

/// Names less alike than this are not offered instead.
const LIKENESS: f64 = 0.7;

/// One thing to load.
pub(super) struct Job {
    pub(super) specifier: Specifier,
    /// As it was asked for, path included.
    pub(super) asked: String,
    /// The repository, before the user's git configuration is applied.
    pub(super) url: Url,
    /// The ways to read reference and path, in order of preference; never empty.
    pub(super) splits: Vec<Split>,
}

impl Job {
    /// Understands a specifier.
    ///
    /// # Errors
    /// [`GitErrorKind::NotGit`] for one that names no repository.
    pub(super) fn new(specifier: &Specifier) -> Result<Job, GitErrorKind> {
        let asked = specifier.canonical();
        let (url, path, reference) = match specifier {
            Specifier::Github {
                owner,
                repo,
                path,
                reference,
            } => (github::clone_url(owner, repo), path, reference),
            Specifier::Git {
                url,
                path,
                reference,
            } => (url.clone(), path, reference),
            _ => return Err(GitErrorKind::NotGit { identifier: asked }),
        };
        // A path after the reference cannot be told from a reference with slashes until it is looked up.
        let splits = match (reference, path) {
            (None, path) => vec![Split {
                reference: None,
                path: path.clone(),
            }],
            (Some(reference), None) => splits(reference),
            (Some(reference), Some(path)) => splits(&format!("{reference}/{path}")),
        };
        Ok(Job {
            specifier: specifier.clone(),
            asked,
            url,
            splits,
        })
    }

    /// The reference as written.
    fn reference(&self) -> Option<&str> {
        match &self.specifier {
            Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => {
                reference.as_deref()
            }
            _ => None,
        }
    }

    /// The identifier of the whole repository at a reference: `github:owner/repo@v1`.
    pub(super) fn identifier(&self, wanted: Option<&str>) -> String {
        let mut specifier = self.specifier.clone();
        if let Specifier::Github {
            path, reference, ..
        }
        | Specifier::Git {
            path, reference, ..
        } = &mut specifier
        {
            *path = None;
            *reference = wanted.map(str::to_owned);
        }
        specifier.canonical()
    }

    /// Whether one of `prefixes` names this load, or the repository that it is part of.
    pub(super) fn is_named_by(&self, prefixes: &[String]) -> bool {
        let identifiers = self
            .splits
            .iter()
            .map(|split| self.identifier(split.reference.as_deref()));
        let names: Vec<String> = identifiers.chain([self.asked.clone()]).collect();
        prefixes.iter().any(|prefix| {
            names.iter().any(|name| {
                let rest = name.strip_prefix(prefix.as_str());
                let is_whole = prefix.ends_with([':', '/', '@']);
                rest.is_some_and(|rest| is_whole || rest.is_empty() || rest.starts_with(['@', '/']))
            })
        })
    }

    /// The result of a load whose files are in `root`.
    pub(super) fn checkout(
        &self,
        split: &Split,
        root: PathBuf,
        pin: &GitPin,
        facts: &Facts,
    ) -> Checkout {
        origins::note(&root, &self.identifier(Some(&pin.commit)));
        Checkout {
            identifier: self.identifier(split.reference.as_deref()),
            dir: inside(&root, split.path.as_deref()),
            root,
            commit: pin.commit.clone(),
            hash: pin.hash.clone(),
            version: facts.version.clone(),
            released: facts.released,
            origin: Origin::Cache,
        }
    }

    /// An error for a path that `root` does not have, with the names next to it that are most like it.
    pub(super) fn missing_path(&self, split: &Split, root: &Path) -> GitErrorKind {
        let path = split.path.clone().unwrap_or_default();
        let folder = inside(root, Some(&path));
        let wanted = path.rsplit('/').next().unwrap_or_default();
        let siblings = folder.parent().and_then(|folder| folder.read_dir().ok());
        let mut names: Vec<(f64, String)> = siblings
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .map(|name| (strsim::jaro_winkler(wanted, &name), name))
            .filter(|(likeness, _)| *likeness >= LIKENESS)
            .collect();
        names.sort_by(|left, right| right.0.total_cmp(&left.0));
        GitErrorKind::MissingPath {
            identifier: self.identifier(split.reference.as_deref()),
            path,
            nearest: names.into_iter().take(3).map(|(_, name)| name).collect(),
        }
    }

    pub(super) fn offline(&self) -> GitErrorKind {
        GitErrorKind::Offline {
            identifier: self.asked.clone(),
        }
    }

    pub(super) fn cache(&self, source: CacheError) -> GitErrorKind {
        GitErrorKind::Cache {
            identifier: self.asked.clone(),
            source,
        }
    }

    pub(super) fn lock(&self, source: LockfileError) -> GitErrorKind {
        GitErrorKind::Lock {
            identifier: self.asked.clone(),
            source,
        }
    }

    pub(super) fn config(&self, source: ConfigError) -> GitErrorKind {
        GitErrorKind::Config {
            identifier: self.asked.clone(),
            source,
        }
    }

    pub(super) fn protocol(&self, source: git2::Error) -> GitErrorKind {
        GitErrorKind::Protocol {
            identifier: self.asked.clone(),
            source: cause(&source),
        }
    }

    pub(super) fn files(&self, source: CheckoutError) -> GitErrorKind {
        match source {
            CheckoutError::Write(source) => self.cache(source),
            source => GitErrorKind::Checkout {
                identifier: self.asked.clone(),
                source,
            },
        }
    }

    pub(super) fn unresolved(&self, error: Unresolved) -> GitErrorKind {
        let identifier = self.identifier(None);
        let reference = self.reference().unwrap_or("main").to_owned();
        match error {
            Unresolved::Empty => GitErrorKind::Empty { identifier },
            Unresolved::Missing(names) => GitErrorKind::MissingReference {
                nearest: names
                    .iter()
                    .map(|name| self.identifier(Some(name)))
                    .collect(),
                identifier,
                reference,
            },
            Unresolved::Ambiguous(commits) => GitErrorKind::AmbiguousCommit {
                candidates: commits
                    .iter()
                    .map(|commit| self.identifier(Some(commit)))
                    .collect(),
                identifier,
                reference,
            },
        }
    }

    /// A folder that is no repository.
    pub(super) fn missing_local(&self, path: &Path, error: &git2::Error) -> GitErrorKind {
        let reason = match path.exists() {
            true => error.message().to_owned(),
            false => format!("there is no `{}`", path.display()),
        };
        GitErrorKind::MissingRepository {
            identifier: self.asked.clone(),
            reason,
            hints: Vec::new(),
        }
    }

    /// Tells what a failed fetch means. `note`: about a rule of the git configuration that was passed over.
    pub(super) fn fetch(&self, error: FetchError, note: Option<&str>) -> GitErrorKind {
        let identifier = self.asked.clone();
        match error {
            FetchError::Failure(Failure::Http { error, .. }) => match error {
                HttpError::Offline { .. } => GitErrorKind::Offline { identifier },
                source => GitErrorKind::Fetch { identifier, source },
            },
            FetchError::Failure(Failure::Refused { url, status }) => {
                self.refused(&url, status, note)
            }
            FetchError::Failure(Failure::NotGit { url }) => GitErrorKind::MissingRepository {
                identifier,
                reason: format!("`{url}` is no git server"),
                hints: note.map(str::to_owned).into_iter().collect(),
            },
            FetchError::Git(error) => GitErrorKind::Protocol {
                identifier,
                source: cause(&error),
            },
            FetchError::Damaged(error) => GitErrorKind::Damaged {
                identifier,
                source: cause(&error),
            },
            FetchError::Cache(source) => self.cache(source),
            FetchError::Unresolved(error) => self.unresolved(error),
            FetchError::MissingCommit(commit) => GitErrorKind::MissingCommit {
                identifier,
                commit: commit.to_string(),
            },
        }
    }

    /// A server says the same of a repository that is not there and of one that may not be read.
    fn refused(&self, url: &str, status: u16, note: Option<&str>) -> GitErrorKind {
        let identifier = self.asked.clone();
        if !matches!(status, 401 | 403 | 404 | 410 | 451) {
            let source = HttpError::Status {
                url: url.to_owned(),
                status,
                retry_after: None,
            };
            return GitErrorKind::Fetch { identifier, source };
        }
        let is_github = matches!(self.specifier, Specifier::Github { .. });
        let hint = match (is_github, github::token().is_some()) {
            (true, false) => {
                "check the name; if it is private: GITHUB_TOKEN=<a token that may read it>"
            }
            (true, true) => "check the name, and that GITHUB_TOKEN may read it",
            (false, _) => {
                "check the name; if it is private, have git know a login: git config --global credential.helper store"
            }
        };
        let mut hints = vec![hint.to_owned()];
        hints.extend(note.map(str::to_owned));
        GitErrorKind::MissingRepository {
            identifier,
            reason: format!("`{url}` answered {status}, so it does not exist or is private"),
            hints,
        }
    }
}

/// `path` inside `root`; parts that would lead out of it are left out.
fn inside(root: &Path, path: Option<&str>) -> PathBuf {
    let parts = Path::new(path.unwrap_or_default()).components();
    parts
        .filter(|part| matches!(part, Component::Normal(_)))
        .fold(root.to_path_buf(), |mut folder, part| {
            folder.push(part);
            folder
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str) -> Job {
        Job::new(&Specifier::parse(text, Path::new("/")).unwrap()).unwrap()
    }

    #[test]
    fn pins_go_without_a_path() {
        let job = job("github:o/r/sub/dir@v1");
        assert_eq!(job.identifier(Some("v1")), "github:o/r@v1");
        assert_eq!(job.identifier(None), "github:o/r");
        assert_eq!(job.url.as_str(), "https://github.com/o/r.git");
        let last = job.splits.last().unwrap();
        assert_eq!(last.reference.as_deref(), Some("v1"));
        assert_eq!(last.path.as_deref(), Some("sub/dir"));
    }

    #[test]
    fn a_path_after_the_reference_may_belong_to_it() {
        let job = job("github:o/r@feat/x/src/main.ts");
        let readings: Vec<_> = job
            .splits
            .iter()
            .map(|split| split.reference.clone().unwrap_or_default())
            .collect();
        assert_eq!(
            readings,
            ["feat/x/src/main.ts", "feat/x/src", "feat/x", "feat"]
        );
    }

    #[test]
    fn reload_names_whole_parts() {
        let named = |prefix: &str| job("github:o/repo/sub@v1").is_named_by(&[prefix.to_owned()]);
        for prefix in [
            "github:",
            "github:o/",
            "github:o/repo",
            "github:o/repo@v1",
            "github:o/repo/sub@v1",
        ] {
            assert!(named(prefix), "{prefix}");
        }
        for prefix in ["npm:", "github:o/re", "github:o/repo@v", "github:o/repo@v2"] {
            assert!(!named(prefix), "{prefix}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        let root = Path::new("/cache/tree");
        assert_eq!(
            inside(root, Some("a/../../b")),
            Path::new("/cache/tree/a/b")
        );
        assert_eq!(inside(root, Some("/etc")), Path::new("/cache/tree/etc"));
        assert_eq!(inside(root, None), root);
    }
}
