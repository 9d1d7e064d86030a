//! Why the policy stops something, or cannot be used itself.
//!
//! In: the parts of the policy. Out: [`PolicyError`]. Side effects: none.

use std::io;
use std::path::PathBuf;

use super::layer::At;
use crate::config::ConfigError;

/// A refusal, with the file that decided; or a policy that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A policy file that is there and cannot be read.
    #[error("Could not read the policy `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    /// Not JSON, an unknown setting, or a value of the wrong kind.
    #[error("{reason}\n  --> {}:{line}:{column}\n{excerpt}", path.display())]
    Malformed {
        path: PathBuf,
        line: usize,
        column: usize,
        reason: String,
        excerpt: String,
    },

    #[error("Refused to load `{what}`: the policy blocks `{pattern}`{} ({at})", of_version(version.as_deref()))]
    Blocked {
        what: String,
        pattern: String,
        /// Where it was only found out by the version.
        version: Option<String>,
        at: At,
    },

    #[error("Refused to load `{what}`: the policy does not allow it ({at})")]
    NotAllowed { what: String, at: At },

    #[error("Refused to load `{what}`: the policy allows HTTPS only ({at})")]
    Insecure { what: String, at: At },

    #[error(
        "Refused to load `{what}`: it comes from `{address}`, and the policy allows only other registries ({at})"
    )]
    Registry {
        what: String,
        address: String,
        at: At,
    },

    #[error(
        "Refused to load `{what}`: it was released {age} ago, and the policy holds back what is younger than {minimum} ({at})"
    )]
    TooYoung {
        what: String,
        /// `6 hours`
        age: String,
        minimum: String,
        at: At,
    },

    #[error(
        "Refused to load `{what}`: nothing says when it was released, and the policy holds back what is younger than {minimum} ({at})"
    )]
    AgeUnknown {
        what: String,
        minimum: String,
        at: At,
    },

    #[error(
        "Refused to load `{what}`: it was released at {released}, but the clock of this machine says {now}; its age cannot be told ({at})"
    )]
    Clock {
        what: String,
        released: String,
        now: String,
        at: At,
    },
}

impl PolicyError {
    /// What the reader can type or do next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            PolicyError::Read { .. } => {
                vec!["make the file readable; without it nothing is loaded".to_owned()]
            }
            PolicyError::Malformed { .. } => {
                vec!["nothing is loaded until the policy can be read".to_owned()]
            }
            PolicyError::Blocked { what, .. } | PolicyError::NotAllowed { what, .. } => {
                vec![format!("prizm policy check {what}")]
            }
            PolicyError::Insecure { what, .. } => {
                vec![format!("use `{}`", what.replacen("http:", "https:", 1))]
            }
            PolicyError::TooYoung { .. } => {
                vec!["ask for an older version, or try again later".to_owned()]
            }
            PolicyError::Clock { .. } => vec!["date".to_owned()],
            PolicyError::Registry { .. } | PolicyError::AgeUnknown { .. } => Vec::new(),
        }
    }

    /// The place in a policy file that decided; `None` where the policy itself is at fault.
    pub fn at(&self) -> Option<&At> {
        match self {
            PolicyError::Read { .. } | PolicyError::Malformed { .. } => None,
            PolicyError::Blocked { at, .. }
            | PolicyError::NotAllowed { at, .. }
            | PolicyError::Insecure { at, .. }
            | PolicyError::Registry { at, .. }
            | PolicyError::TooYoung { at, .. }
            | PolicyError::AgeUnknown { at, .. }
            | PolicyError::Clock { at, .. } => Some(at),
        }
    }
}

impl From<ConfigError> for PolicyError {
    fn from(error: ConfigError) -> PolicyError {
        match error {
            ConfigError::Read { path, source } => PolicyError::Read { path, source },
            ConfigError::Invalid {
                path,
                line,
                column,
                reason,
                excerpt,
            } => PolicyError::Malformed {
                path,
                line,
                column,
                reason,
                excerpt,
            },
        }
    }
}

fn of_version(version: Option<&str>) -> String {
    version
        .map(|version| format!(", and this is {version}"))
        .unwrap_or_default()
}
