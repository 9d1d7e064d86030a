//! Pins of several processes in one file.
//!
//! In: what another process wrote, and what this one has. Out: both together, or where they disagree. Side effects: none.

use super::document::Document;
use super::error::LockfileError;
use super::{State, git_mismatch, mismatch};

/// Merges with what another process wrote since the file was read. New names that both pinned must agree.
///
/// # Errors
/// [`LockfileError::Mismatch`].
pub(super) fn merge(theirs: &Document, state: &mut State) -> Result<Document, LockfileError> {
    for (identifier, pin) in &theirs.git {
        let is_new = !state.base.git.contains_key(identifier);
        match state.current.git.get_mut(identifier) {
            Some(ours) if is_new && ours != pin && ours.commit == pin.commit => {
                return Err(git_mismatch(identifier, pin, ours));
            }
            Some(ours) if is_new && ours != pin => {
                log::warn!(
                    "`{identifier}` was pinned meanwhile to {}; that stays",
                    pin.describe()
                );
                *ours = pin.clone();
            }
            _ => {}
        }
    }
    for (url, sha256) in &theirs.http {
        match state.current.http.get(url) {
            Some(ours) if !state.base.http.contains_key(url) && ours != sha256 => {
                return Err(mismatch(url, sha256, ours));
            }
            _ => {}
        }
    }
    Ok(theirs.clone().merge(&state.base, &state.current))
}
