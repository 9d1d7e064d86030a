//! What was found in content that was looked through before.
//!
//! In: the content's hash. Out: findings. Side effects: entries in the cache, with the compiled output.
//!
//! A hook's answer also depends on the program: on its file's size and time, and on its arguments.

use sha2::{Digest, Sha256};

use super::hook::Hook;
use super::{Finding, ScanOptions};
use crate::cache::hex;

/// Raised with every change of what is looked for.
const REVISION: u32 = 1;

/// What is kept; `None` where nothing is, or where nothing may be kept.
pub(super) fn get(options: &ScanOptions<'_>, hook: Option<&Hook>) -> Option<Vec<Finding>> {
    let bytes = options.cache?.emit_get(&key(options.hash?, hook)?)?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps what was found.
pub(super) fn put(options: &ScanOptions<'_>, hook: Option<&Hook>, findings: &[Finding]) {
    let key = options.hash.and_then(|hash| key(hash, hook));
    if let (Some(cache), Some(key)) = (options.cache, key)
        && let Ok(bytes) = serde_json::to_vec(findings)
    {
        cache.emit_put(&key, &bytes);
    }
}

fn key(hash: &str, hook: Option<&Hook>) -> Option<String> {
    let mut hasher = Sha256::new();
    let hook = match hook {
        Some(hook) => hook.fingerprint()?,
        None => String::new(),
    };
    for part in [
        "scan",
        &REVISION.to_string(),
        env!("CARGO_PKG_VERSION"),
        hash,
        &hook,
    ] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    Some(hex(&hasher.finalize()))
}
