//! Why something is not loaded.
//!
//! In: the errors of the parts. Out: [`TrustError`]. Side effects: none.

use crate::audit::AuditError;
use crate::lockfile::LockfileError;
use crate::permissions::PermissionError;
use crate::policy::PolicyError;
use crate::providers::LoadError;
use crate::scan::ScanError;
use crate::signatures::{Change, SignatureError, Status};

#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(
        "Refused to load `{what}`: the policy requires a signature ({at}), and it has none that counts: {status}"
    )]
    Unsigned {
        what: String,
        status: Status,
        /// The place in the policy.
        at: String,
    },
    #[error("Refused to load `{what}`: its signature does not fit its files")]
    BadSignature { what: String },
    #[error(
        "Refused to load `{what}`: the policy requires to know how it was built ({at}), and its registry has no statement that holds"
    )]
    NoProvenance { what: String, at: String },
    #[error("Refused to load `{what}`: {change}")]
    LessTrusted {
        what: String,
        /// The key in the lock: `github:owner/repo`.
        name: String,
        change: Change,
    },
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Permission(#[from] PermissionError),
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
    #[error("Refused to load `{what}`: the load cannot be logged")]
    NotLogged {
        what: String,
        #[source]
        source: AuditError,
    },
    #[error("Nothing was granted to `{owner}`: the grant cannot be logged")]
    GrantNotLogged {
        owner: String,
        #[source]
        source: AuditError,
    },
    #[error("What was granted to `{owner}` is taken back, but that cannot be logged")]
    RevocationNotLogged {
        owner: String,
        #[source]
        source: AuditError,
    },
}

impl TrustError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            TrustError::Load(error) => error.hints(),
            TrustError::Policy(error) => error.hints(),
            TrustError::Signature(error) => error.hints(),
            TrustError::Scan(error) => error.hints(),
            TrustError::Permission(error) => error.hints(),
            TrustError::Lockfile(error) => error.hints(),
            TrustError::NotLogged { source, .. }
            | TrustError::GrantNotLogged { source, .. }
            | TrustError::RevocationNotLogged { source, .. } => source.hints(),
            TrustError::Unsigned { what, .. }
            | TrustError::BadSignature { what }
            | TrustError::NoProvenance { what, .. } => {
                vec![format!("prizm provider verify {what}")]
            }
            TrustError::LessTrusted { name, .. } => vec![format!(
                "find out why; to accept it, delete \"{name}\" below \"signatures\" in prizm.lock"
            )],
        }
    }

    /// Whether somebody decided against it: it did not just fail.
    pub fn is_refusal(&self) -> bool {
        match self {
            TrustError::Load(error) => error.is_refusal(),
            TrustError::Policy(error) => error.at().is_some(),
            TrustError::Permission(error) => error.is_refusal(),
            TrustError::Scan(error) => matches!(error, ScanError::Refused { .. }),
            TrustError::Signature(_) | TrustError::Lockfile(_) => false,
            TrustError::Unsigned { .. }
            | TrustError::BadSignature { .. }
            | TrustError::NoProvenance { .. }
            | TrustError::LessTrusted { .. }
            | TrustError::NotLogged { .. }
            | TrustError::GrantNotLogged { .. }
            | TrustError::RevocationNotLogged { .. } => true,
        }
    }

    /// What is not in the cache while the network is off.
    pub fn missing(&self) -> Vec<String> {
        match self {
            TrustError::Load(error) => error.missing(),
            _ => Vec::new(),
        }
    }
}
