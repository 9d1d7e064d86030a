//! The lines of the audit log that grants and their revocations leave.
//!
//! In: whom what is granted to. Out: nothing, or why nothing was granted. Side effects: the log, and whatever the caller
//! does between its lines.

use super::error::TrustError;
use super::record::append;
use crate::audit::{Entry, Outcome};
use crate::context::Context;
use crate::permissions::{Owner, PermissionSet};

/// Does `grant` once it is logged: a grant that nobody can see afterwards is none. If it then fails, the log says so.
///
/// `asked`: the provider as it was called.
///
/// # Errors
/// [`TrustError::GrantNotLogged`]; those of `grant`.
pub fn granting<E>(
    context: &Context,
    asked: &str,
    owner: &Owner,
    set: &PermissionSet,
    grant: impl FnOnce() -> Result<(), E>,
) -> Result<(), E>
where
    E: From<TrustError> + std::fmt::Display,
{
    log_granted(context, asked, owner, set)?;
    grant().inspect_err(|error| {
        let entry = entry(context, asked, owner, set).failed(error.to_string());
        // The error itself is the one to tell.
        if let Err(error) = append(context, &owner.to_string(), entry) {
            log::debug!("not logged: {error}");
        }
    })
}

/// Logs what was granted, or is about to be.
///
/// # Errors
/// [`TrustError::GrantNotLogged`].
pub fn log_granted(
    context: &Context,
    asked: &str,
    owner: &Owner,
    set: &PermissionSet,
) -> Result<(), TrustError> {
    let entry = entry(context, asked, owner, set).outcome(Outcome::Granted);
    let owner = owner.to_string();
    append(context, &owner, entry).map_err(|source| TrustError::GrantNotLogged { owner, source })
}

/// Logs what was taken back. That stays taken back, whether it can be logged or not.
///
/// # Errors
/// [`TrustError::RevocationNotLogged`].
pub fn log_revoked(
    context: &Context,
    asked: &str,
    owner: &Owner,
    set: &PermissionSet,
) -> Result<(), TrustError> {
    let entry = entry(context, asked, owner, set).outcome(Outcome::Revoked);
    let owner = owner.to_string();
    append(context, &owner, entry)
        .map_err(|source| TrustError::RevocationNotLogged { owner, source })
}

fn entry(context: &Context, asked: &str, owner: &Owner, set: &PermissionSet) -> Entry {
    let entry = Entry {
        identity: Some(owner.to_string()),
        ..Entry::asked(asked)
    };
    let entry = entry.permissions(set.to_json());
    match &context.options.script {
        Some(script) => entry.script(script.to_string()),
        None => entry,
    }
}
