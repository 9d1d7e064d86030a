//! Why permissions cannot be read, granted or used, and what the reader can type.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::ask::Question;
use super::words;
use crate::lockfile::LockfileError;

#[derive(Debug, Error)]
pub enum PermissionError {
    /// A block in a manifest.
    #[error("{} asks for permissions in a way that cannot be understood\n    at `{place}`: {reason}", file.display())]
    Declared {
        file: PathBuf,
        /// The keys that lead there.
        place: String,
        reason: String,
        meant: Option<String>,
    },

    /// Grants or caps in a policy file.
    #[error("the policy file {} is broken at `{place}`: {reason}", file.display())]
    Policy {
        file: PathBuf,
        place: String,
        reason: String,
        meant: Option<String>,
    },

    #[error("could not {action} the policy file {}", file.display())]
    PolicyFile {
        action: &'static str,
        file: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("there is no home folder to keep a policy file in")]
    NoHome,

    #[error(transparent)]
    Lockfile(#[from] LockfileError),

    /// Asked for, and there is nobody to ask.
    #[error("{}", words::refusal(question))]
    NotGranted { question: Box<Question> },

    /// Asked for, and the answer was no.
    #[error("the permissions of {} were refused", question.owner)]
    Refused { question: Box<Question> },

    /// A granted path is not what it says.
    #[error("the {kind} permission of {owner} for `{entry}` cannot be used: {reason}")]
    Path {
        owner: String,
        kind: super::Kind,
        entry: String,
        reason: String,
    },

    /// The runtime does not take what was granted.
    #[error("the permissions of {owner} cannot be used")]
    Unusable {
        owner: String,
        #[source]
        source: deno_runtime::deno_permissions::PermissionsFromOptionsError,
    },

    /// A recorded run that is none.
    #[error("{} is no recording of `--trace-permissions`, line {line}: {reason}", file.display())]
    Recording {
        file: PathBuf,
        /// From 1.
        line: usize,
        reason: String,
    },
}

impl PermissionError {
    /// Whether somebody decided against it: it did not just fail.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            PermissionError::NotGranted { .. } | PermissionError::Refused { .. }
        )
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            PermissionError::Declared { meant, .. } | PermissionError::Policy { meant, .. } => {
                let meant = meant.iter();
                meant
                    .map(|meant| format!("did you mean `{meant}`?"))
                    .collect()
            }
            PermissionError::NotGranted { question } | PermissionError::Refused { question } => {
                vec![question.command()]
            }
            PermissionError::Lockfile(error) => error.hints(),
            PermissionError::NoHome => vec!["XDG_CONFIG_HOME=/path/to/folder prizm …".to_string()],
            PermissionError::Path {
                owner, kind, entry, ..
            } => vec![format!(
                "prizm policy revoke {} {}",
                words::shell_word(owner),
                words::shell_word(&format!("--{kind}={entry}"))
            )],
            PermissionError::Recording { .. } => {
                vec!["prizm run -A --trace-permissions=run.jsonl main.ts".to_string()]
            }
            PermissionError::PolicyFile { .. } | PermissionError::Unusable { .. } => Vec::new(),
        }
    }
}
