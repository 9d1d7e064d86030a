//! What can go wrong with the cache, and what the reader can do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failure of the cache folder or of something kept in it.
#[derive(Debug, Error)]
pub enum CacheError {
    /// The disk or the quota is used up.
    #[error("the disk is full: could not {action} `{}`", path.display())]
    DiskFull {
        /// What was being done, as a verb: "write".
        action: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// The cache folder may not be written to.
    #[error("the cache cannot be written to: could not {action} `{}`", path.display())]
    ReadOnly {
        /// What was being done, as a verb: "write".
        action: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// Any other failed file operation.
    #[error("could not {action} `{}`", path.display())]
    Io {
        /// What was being done, as a verb: "read".
        action: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// A tree holds something other than plain files with portable names.
    #[error("`{path}` is {reason}, which a source tree may not hold")]
    Unsupported {
        /// Path inside the tree.
        path: String,
        /// What it is: "a symbolic link".
        reason: &'static str,
    },

    /// A tree's files do not give the hash under which it is (or was to be) kept.
    #[error("integrity mismatch in `{}`: expected {expected}, found {actual} ({detail})", path.display())]
    Mismatch {
        /// Folder of the tree.
        path: PathBuf,
        /// The hash it should have.
        expected: String,
        /// The hash of the files that are there.
        actual: String,
        /// The first differences, in words.
        detail: String,
    },

    /// A file is not what it was when it came into the cache.
    #[error("the cached file `{}` {how}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// "has changed since it was installed"
        how: &'static str,
        /// The command that brings it back.
        mend: String,
    },

    /// The manifest beside a tree is missing or damaged.
    #[error("damaged manifest `{}`: {reason}", path.display())]
    Manifest {
        /// The manifest file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// No tree with this hash is in the cache.
    #[error("the cache holds no tree {hash}")]
    Missing {
        /// The hash asked for.
        hash: String,
    },

    /// A text that is not `sha256-` and 64 hexadecimal digits.
    #[error("`{text}` is not a content hash (`sha256-` and 64 hexadecimal digits)")]
    InvalidHash {
        /// The text as found.
        text: String,
    },
}

impl CacheError {
    /// Sorts an I/O failure under the variant that has the right hint.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> CacheError {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => CacheError::DiskFull {
                action,
                path,
                source,
            },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
                if action != READ =>
            {
                CacheError::ReadOnly {
                    action,
                    path,
                    source,
                }
            }
            _ => CacheError::Io {
                action,
                path,
                source,
            },
        }
    }

    /// Things the reader can type or do next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            CacheError::DiskFull { .. } => vec![
                "prizm cache clean".to_string(),
                "PRIZM_HOME=/path/on/another/disk prizm …".to_string(),
            ],
            CacheError::ReadOnly { .. } => {
                vec!["PRIZM_HOME=/path/you/can/write prizm …".to_string()]
            }
            CacheError::Changed { mend, .. } => vec![mend.clone()],
            CacheError::Mismatch { .. } | CacheError::Manifest { .. } => {
                vec![
                    "prizm cache verify".to_string(),
                    "prizm cache clean sources".to_string(),
                ]
            }
            _ => Vec::new(),
        }
    }
}

/// The action of failures that say nothing about whether the cache can be written to.
pub(crate) const READ: &str = "read";
