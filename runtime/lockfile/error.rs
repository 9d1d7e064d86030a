//! What can go wrong with `prizm.lock`, and what the reader can do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A failure of `prizm.lock`.
#[derive(Debug, Error)]
pub enum LockfileError {
    /// The file exists but cannot be read.
    #[error("could not read the lock file `{}`", path.display())]
    Read {
        /// The lock file.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// The file is not JSON.
    #[error("the lock file `{}` is broken at line {line}, column {column}: {reason}", path.display())]
    Syntax {
        /// The lock file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },

    /// The file is JSON but not a lock file.
    #[error("the lock file `{}` is broken at `{place}`: {reason}", path.display())]
    Shape {
        /// The lock file.
        path: PathBuf,
        /// The keys that lead there: `git.github:o/r@v1.hash`.
        place: String,
        /// What is wrong there.
        reason: String,
    },

    /// The file was written by a later Prizm.
    #[error("the lock file `{}` has version {found}; this prizm knows up to {supported}", path.display())]
    Newer {
        /// The lock file.
        path: PathBuf,
        /// The version in the file.
        found: u64,
        /// The last version known here.
        supported: u64,
    },

    /// Something would change although the lock file is frozen.
    #[error("the lock file is frozen, and `{name}` would {change}")]
    Frozen {
        /// What would change: an identifier, a URL, "npm".
        name: String,
        /// How: "be added as commit 4f0c…".
        change: String,
    },

    /// A name was found to stand for something else than what is pinned.
    #[error("integrity mismatch for `{name}`: the lock file has {expected}, found {actual}")]
    Mismatch {
        /// The identifier or URL.
        name: String,
        /// What the lock file has.
        expected: String,
        /// What was found.
        actual: String,
    },

    /// The file's folder may not be written to.
    #[error("the lock file `{}` cannot be written", path.display())]
    NotWritable {
        /// The lock file.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// Writing failed for another reason, such as a full disk.
    #[error("could not write the lock file `{}`", path.display())]
    Write {
        /// The lock file.
        path: PathBuf,
        /// The system's reply.
        #[source]
        source: io::Error,
    },

    /// Another program keeps the folder locked.
    #[error("another program has locked the folder of `{}` for {seconds} seconds", path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long this one waited.
        seconds: u64,
    },
}

impl LockfileError {
    /// Things the reader can type or do next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            LockfileError::Syntax { path, reason, .. } if reason.contains("merge conflict") => {
                vec![format!(
                    "git checkout --theirs {} (the next run adds what is missing)",
                    path.display()
                )]
            }
            LockfileError::Syntax { path, .. } | LockfileError::Shape { path, .. } => vec![
                format!("rm {} (the next run writes it anew)", path.display()),
                "--no-lock ignores it".to_string(),
            ],
            LockfileError::Newer { .. } => {
                vec![
                    "update prizm".to_string(),
                    "--no-lock ignores the lock file".to_string(),
                ]
            }
            LockfileError::Frozen { .. } => {
                vec!["run once without --frozen, and commit the lock file".to_string()]
            }
            LockfileError::Mismatch { name, .. } => vec![format!(
                "if the new content is what you want, accept it: prizm run --reload={} …",
                shell_word(name)
            )],
            LockfileError::NotWritable { .. } | LockfileError::Busy { .. } => vec![
                "--no-lock runs without a lock file".to_string(),
                "--lock=<path> keeps it elsewhere".to_string(),
            ],
            LockfileError::Read { .. } | LockfileError::Write { .. } => {
                vec!["--no-lock runs without a lock file".to_string()]
            }
        }
    }
}

/// Quotes what a shell would not take as one plain word.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./_^-".contains(&byte);
    if text.bytes().all(is_plain) {
        text.to_string()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
