//! What can go wrong with the audit log, and what the reader can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A log that could not be written or read, or that is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The disk or the quota is used up; nothing of the entry is left in the log.
    #[error("The disk is full: could not write to the audit log '{}'", path.display())]
    DiskFull {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The log's folder or file may not be written to.
    #[error("The audit log '{}' cannot be written to", path.display())]
    NotWritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Any other failed file operation.
    #[error("Could not {action} the audit log '{}'", path.display())]
    Io {
        /// A verb: "read".
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Another process has kept the lock for longer than an entry takes.
    #[error("The audit log '{}' has been locked by another process for {seconds} seconds", path.display())]
    Busy { path: PathBuf, seconds: u64 },
    /// The log is not as it was left: nothing is added to it.
    #[error("The audit log '{}' was changed by something else than Prizm: {reason}", path.display())]
    Tampered { path: PathBuf, reason: String },
}

impl AuditError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            AuditError::DiskFull { .. } => &[
                "prizm cache clean",
                "keep the log on another disk: `--audit-log=/path/to/log.jsonl`",
            ],
            AuditError::NotWritable { .. } => {
                &["keep the log elsewhere: `--audit-log=/path/to/log.jsonl`"]
            }
            AuditError::Tampered { .. } => &[
                "prizm audit verify",
                "to begin a new log, move the old one and its `.head` file away",
            ],
            AuditError::Io { .. } | AuditError::Busy { .. } => &[],
        };
        hints.iter().map(|hint| (*hint).to_string()).collect()
    }

    /// Sorts a failure under the variant that has the right hint.
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> AuditError {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => AuditError::DiskFull { path, source },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
                if action != READ =>
            {
                AuditError::NotWritable { path, source }
            }
            _ => AuditError::Io {
                action,
                path,
                source,
            },
        }
    }
}

/// The action of failures that say nothing about whether the log can be written to.
pub(super) const READ: &str = "read";
