//! What can go wrong between a git identifier and its files.
//!
//! In: failures of the stages. Out: [`GitError`], which clones, because callers that share one fetch share
//! its failure as well.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::checkout::CheckoutError;
use super::config::ConfigError;
use crate::cache::CacheError;
use crate::history::HistoryError;
use crate::http::{Cause, HttpError};
use crate::lockfile::LockfileError;
use crate::policy::{PolicyError, offline_hint};

/// Names less alike than this are not called a slip of the pen.
const LIKENESS: f64 = 0.8;

/// A git source that could not be loaded. Clones share one [`GitErrorKind`].
#[derive(Clone, Debug)]
pub struct GitError(Arc<GitErrorKind>);

/// The ways in which loading a git source fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitErrorKind {
    /// The specifier names no git repository.
    #[error("`{identifier}` is not a git repository's identifier")]
    NotGit {
        /// The identifier.
        identifier: String,
    },
    /// No repository there, or none that may be read.
    #[error("Could not find the repository of `{identifier}`: {reason}")]
    MissingRepository {
        /// The identifier.
        identifier: String,
        /// What the server said: "`https://…` answered 404".
        reason: String,
        /// What can be done about it.
        hints: Vec<String>,
    },
    /// The remote has no such branch, tag, commit or version.
    #[error("Could not find `{reference}` in the repository of `{identifier}`")]
    MissingReference {
        /// The identifier.
        identifier: String,
        /// The reference as written.
        reference: String,
        /// Identifiers with the nearest references, best first.
        nearest: Vec<String>,
    },
    /// The repository has no commits at all.
    #[error("The repository of `{identifier}` is empty")]
    Empty {
        /// The identifier.
        identifier: String,
    },
    /// A short commit id that begins several.
    #[error(
        "`{reference}` is the beginning of several commits in the repository of `{identifier}`"
    )]
    AmbiguousCommit {
        /// The identifier.
        identifier: String,
        /// The digits as written.
        reference: String,
        /// The commits, as far as they are known.
        candidates: Vec<String>,
    },
    /// The pinned commit is gone from the remote.
    #[error("The repository of `{identifier}` no longer has the commit {commit}")]
    MissingCommit {
        /// The identifier.
        identifier: String,
        /// The commit.
        commit: String,
    },
    /// The commit has no such folder or file.
    #[error("Could not find `{path}` in `{identifier}`")]
    MissingPath {
        /// The identifier.
        identifier: String,
        /// The path.
        path: String,
        /// Names like it in the same folder, best first.
        nearest: Vec<String>,
    },
    /// Not in the cache, and the network is off.
    #[error("`{identifier}` is not in the cache, and Prizm runs offline")]
    Offline {
        /// The identifier.
        identifier: String,
    },
    /// The network failed.
    #[error("Could not fetch `{identifier}`")]
    Fetch {
        /// The identifier.
        identifier: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// The server and libgit2 do not understand each other.
    #[error("Could not fetch `{identifier}`")]
    Protocol {
        /// The identifier.
        identifier: String,
        /// What libgit2 said.
        #[source]
        source: Cause,
    },
    /// What came is truncated or corrupted.
    #[error("The download of `{identifier}` is truncated or corrupted")]
    Damaged {
        /// The identifier.
        identifier: String,
        /// How libgit2 noticed.
        #[source]
        source: Cause,
    },
    /// The commit holds something that is not accepted.
    #[error("Could not use the files of `{identifier}`")]
    Checkout {
        /// The identifier.
        identifier: String,
        /// What.
        #[source]
        source: CheckoutError,
    },
    /// The cache failed.
    #[error("Could not keep `{identifier}` in the cache")]
    Cache {
        /// The identifier.
        identifier: String,
        /// Why.
        #[source]
        source: CacheError,
    },
    /// The lock file says otherwise.
    #[error("Could not accept `{identifier}`")]
    Lock {
        /// The identifier.
        identifier: String,
        /// Why.
        #[source]
        source: LockfileError,
    },
    /// The user's git configuration is broken.
    #[error("Could not fetch `{identifier}`")]
    Config {
        /// The identifier.
        identifier: String,
        /// Why.
        #[source]
        source: ConfigError,
    },
    /// The policy says no.
    #[error(transparent)]
    Policy(PolicyError),
    /// A tag is not what it was, or nobody can tell.
    #[error("Could not accept `{identifier}`")]
    History {
        /// The identifier.
        identifier: String,
        /// Why.
        #[source]
        source: HistoryError,
    },
    /// A working copy with changes that the next commit will not have.
    #[error("`{}` has changes that are not staged: {}", folder.display(), paths.join(", "))]
    Unstaged {
        /// The working copy.
        folder: PathBuf,
        /// The files.
        paths: Vec<String>,
    },
    /// The lock file or the cache gives a commit other files than it has.
    #[error(
        "The files of `{identifier}` are not those of its commit {commit}, which hash to {expected}, not {actual}"
    )]
    OtherFiles {
        /// The identifier.
        identifier: String,
        /// The commit.
        commit: String,
        /// The hash of the commit's files.
        expected: String,
        /// The hash of the files that are there.
        actual: String,
    },
    /// The thread that did the work is gone.
    #[error("Loading `{identifier}` was broken off")]
    Stopped {
        /// The identifier.
        identifier: String,
    },
}

impl GitError {
    /// What happened.
    pub fn kind(&self) -> &GitErrorKind {
        &self.0
    }

    /// The identifier to fetch while online, if this failed only because the network is off.
    pub fn offline_identifier(&self) -> Option<&str> {
        match self.kind() {
            GitErrorKind::Offline { identifier } => Some(identifier),
            _ => None,
        }
    }

    /// Things that the reader can type to get further. Those of the error's source are not repeated.
    pub fn hints(&self) -> Vec<String> {
        match self.kind() {
            GitErrorKind::MissingRepository { hints, .. } => hints.clone(),
            GitErrorKind::MissingReference {
                reference, nearest, ..
            } => match nearest.first() {
                Some(first) if !is_like(reference, first) => {
                    vec![format!("there are: {}", quote(nearest))]
                }
                _ => did_you_mean(nearest),
            },
            GitErrorKind::MissingPath { nearest, .. } => did_you_mean(nearest),
            GitErrorKind::AmbiguousCommit { candidates, .. } => did_you_mean(candidates),
            GitErrorKind::MissingCommit { identifier, .. } => vec![format!(
                "to take what `{identifier}` means now: prizm run --reload={identifier} …"
            )],
            GitErrorKind::Offline { identifier } => {
                vec![offline_hint(format!("prizm cache add {identifier}"))]
            }
            GitErrorKind::Policy(error) => error.hints(),
            GitErrorKind::Unstaged { .. } => vec!["git add --all".to_owned()],
            GitErrorKind::OtherFiles { identifier, .. } => vec![format!(
                "to take what `{identifier}` means now: prizm run --reload={identifier} …"
            )],
            GitErrorKind::Damaged { .. } => vec!["try again later".to_owned()],
            _ => Vec::new(),
        }
    }
}

fn did_you_mean(candidates: &[String]) -> Vec<String> {
    match candidates {
        [] => Vec::new(),
        [one] => vec![format!("did you mean `{one}`?")],
        [first, others @ ..] => vec![
            format!("did you mean `{first}`?"),
            format!("also there: {}", quote(others)),
        ],
    }
}

fn quote(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Whether `reference` may well be a slip for the reference of `identifier`.
fn is_like(reference: &str, identifier: &str) -> bool {
    let (_, name) = identifier.rsplit_once('@').unwrap_or(("", identifier));
    strsim::jaro_winkler(reference, name) >= LIKENESS
}

/// What libgit2 says, without its numbers. It may quote a server, whose words must not steer a terminal.
pub(super) fn cause(error: &git2::Error) -> Cause {
    Cause(match error.code() {
        git2::ErrorCode::Eof => "the transfer ended early".to_owned(),
        _ => error.message().trim_end().replace(char::is_control, " "),
    })
}

impl From<GitErrorKind> for GitError {
    fn from(kind: GitErrorKind) -> GitError {
        GitError(Arc::new(kind))
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for GitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
