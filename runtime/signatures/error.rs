//! What keeps signatures from being judged at all. That a signature is bad is no error, but a finding of the report.
//!
//! In: failures of files, keys and the network. Out: [`SignatureError`]. Side effects: none.

use std::path::{Path, PathBuf};

use crate::cache::CacheError;
use crate::http::HttpError;
use crate::sources::git::{ConfigError, GitError, GitErrorKind};

/// Why signatures could not be judged, or one not be made. Whoever meets it must not go on as if all were well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// A line of a signers file that means nothing.
    #[error("{}:{line}: expected {expected}, found `{found}`", path.display())]
    SignersLine {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A signers file that is no such thing.
    #[error("`{}` is not usable as a signers file: {reason}", path.display())]
    Signers {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// `allowedSigners` of a policy that is neither a word nor a list of words.
    #[error("{}: `allowedSigners` expects a file or `github:account`, or a list of them", path.display())]
    Setting {
        /// The policy file.
        path: PathBuf,
    },
    /// A file that cannot be read or written.
    #[error("Could not {action} `{}`", path.display())]
    Io {
        /// "read", "write"
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The folder of a repository cannot be hashed.
    #[error("Could not hash the files of `{}`", folder.display())]
    Hash {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: CacheError,
    },
    /// A key to sign with that cannot be used.
    #[error("Could not use the key `{}`: {reason}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to type instead.
        hint: Option<String>,
    },
    /// A key that is encrypted, and nobody to ask for its passphrase.
    #[error("The key `{}` is encrypted, and no passphrase was given", path.display())]
    Passphrase {
        /// The file.
        path: PathBuf,
    },
    /// No signature to check.
    #[error("`{}` has no `prizm.sig`", folder.display())]
    NoSignature {
        /// The repository's folder.
        folder: PathBuf,
    },
    /// The commit or tag could not be had.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The user's git configuration is broken.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The registry or GitHub did not answer.
    #[error("Could not fetch {what}")]
    Fetch {
        /// "the keys of the GitHub account `alice`"
        what: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// The registry or GitHub answered with something else.
    #[error("{what} cannot be used: {reason}")]
    Answer {
        /// "The signing keys of https://…"
        what: String,
        /// What is wrong.
        reason: String,
    },
}

impl SignatureError {
    /// Things that the reader can type.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            SignatureError::SignersLine { .. } => {
                "one line for each signer: alice@example.com namespaces=\"git\" ssh-ed25519 AAAA…"
                    .to_owned()
            }
            SignatureError::Setting { .. } => {
                "\"allowedSigners\": [\"./allowed_signers\", \"github:alice\"]".to_owned()
            }
            SignatureError::Key { hint, .. } => return hint.iter().cloned().collect(),
            SignatureError::Passphrase { .. } => {
                "PRIZM_KEY_PASSPHRASE='…' prizm provider sign …".to_owned()
            }
            SignatureError::NoSignature { .. } => {
                "prizm provider sign --key ~/.ssh/id_ed25519".to_owned()
            }
            SignatureError::Git(error) => return error.hints(),
            _ => return Vec::new(),
        };
        vec![hint]
    }

    /// Whether evidence could not be fetched: a network that is off or down, a registry that does not answer as others
    /// do. Where nobody demands the evidence, the load can go on without; all other errors are mistakes or damage.
    pub fn is_unavailable(&self) -> bool {
        match self {
            SignatureError::Fetch { .. } | SignatureError::Answer { .. } => true,
            SignatureError::Git(error) => !matches!(
                error.kind(),
                GitErrorKind::OtherFiles { .. } | GitErrorKind::Checkout { .. }
            ),
            _ => false,
        }
    }

    pub(super) fn read(path: &Path, source: std::io::Error) -> SignatureError {
        SignatureError::Io {
            action: "read",
            path: path.to_path_buf(),
            source,
        }
    }
}
