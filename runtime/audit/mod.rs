//! The audit log: one line for every dynamic load and every grant, each carrying the hash of the line before.
//!
//! In: [`Entry`]. Out: JSON Lines in one file, by default `audit-v1/log.jsonl` in the cache, and beside it the head:
//!
//! ```text
//! log.jsonl        {"sequence":1,"previous":"sha256-0000…","time":"2026-03-01T12:00:00.000Z","user":"ada",…}
//!                  {"sequence":2,"previous":"sha256-9f3c…",…}
//! log.jsonl.head   {"entries":2,"bytes":812,"last":405,"hash":"sha256-41aa…"}
//! ```
//!
//! A hash is SHA-256 over the exact bytes of a line, without its line break. Side effects: these two files.
//!
//! What that shows: an entry that was changed, taken out, moved or added by something else, and, because the head says
//! how many there are, entries cut off at the end. Who may write both files can write both anew; `prizm audit verify
//! --head` finds that too, given a head that was noted elsewhere.

mod append;
mod chain;
mod entry;
mod error;
mod read;
mod redact;
#[cfg(test)]
mod tests;
mod verify;

pub mod advisories;

use std::path::{Path, PathBuf};

pub use append::AuditLog;
pub use chain::is_hash;
pub use entry::{Entry, Outcome, PolicyDecision, Record, SignatureResult};
pub use error::AuditError;
pub use read::{Filter, Line, Lines};
pub use redact::Redactor;
pub use verify::{Problem, Verification};

use crate::cache::{Bucket, Cache};

/// The file's name in the cache.
const FILE_NAME: &str = "log.jsonl";

/// No line is longer, in bytes.
const LONGEST_LINE: usize = 256 * 1024;

/// Where the log stands unless another place was named.
pub fn default_path(cache: &Cache) -> PathBuf {
    cache.bucket(Bucket::Audit).join(FILE_NAME)
}

/// The head file of the log at `path`: `log.jsonl.head`.
fn head_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".head");
    name.into()
}
