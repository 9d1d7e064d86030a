//! `prizm.lock`: the exact commits, contents and packages that names in scripts stand for.
//!
//! In: the file of an earlier run. Out: pins, and the file again if they changed:
//!
//! ```json
//! {
//!   "version": "1",
//!   "git": { "github:owner/repo@v1": { "commit": "4f0c…", "hash": "sha256-9a…" } },
//!   "npm": { … },
//!   "http": { "https://host/module.ts": "9a…" },
//!   "grants": { "github:owner/repo@v1": { "accepted": { "net": ["api.example.com:443"] } } }
//! }
//! ```
//!
//! Side effects: [`Lockfile::save`] alone writes. It takes an advisory lock on the file's folder, which
//! leaves nothing behind, reads the file again, merges and renames.

mod document;
mod error;
mod folder_lock;
pub(crate) mod grants;
mod merge;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

pub use document::GitPin;
pub use error::LockfileError;
pub(crate) use write::rewrite;

use crate::permissions::Grant;
use crate::signatures::SignatureReport;
use document::Document;
use merge::merge;
use write::write;

/// Whether pins may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// New pins are added, and written by [`Lockfile::save`].
    Write,
    /// Anything new or changed is an error.
    Frozen,
    /// No file is read or written; pins last for this process.
    None,
}

/// A lock file in memory; usable from all threads.
#[derive(Debug)]
pub struct Lockfile {
    path: Option<PathBuf>,
    mode: LockMode,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The file as last read or written.
    base: Document,
    current: Document,
}

impl Lockfile {
    /// Reads the lock file at `path`; a missing one is empty. Without a path, pins are kept in memory.
    ///
    /// # Errors
    /// [`LockfileError::Read`], [`LockfileError::Syntax`] with line and column, [`LockfileError::Shape`],
    /// [`LockfileError::Newer`].
    pub fn open(path: Option<PathBuf>, mode: LockMode) -> Result<Lockfile, LockfileError> {
        let path = path.filter(|_| mode != LockMode::None);
        let base = match &path {
            Some(path) => read(path)?,
            None => Document::default(),
        };
        let state = Mutex::new(State {
            current: base.clone(),
            base,
        });
        Ok(Lockfile { path, mode, state })
    }

    /// The file, if there is to be one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether pins may change.
    pub fn mode(&self) -> LockMode {
        self.mode
    }

    /// The pin of a git identifier: `github:owner/repo@v1`.
    pub fn git(&self, identifier: &str) -> Option<GitPin> {
        self.state().current.git.get(identifier).cloned()
    }

    /// Pins a git identifier; pinning the same again changes nothing.
    ///
    /// # Errors
    /// [`LockfileError::Mismatch`] if it is pinned to something else; [`LockfileError::Frozen`] if it is new.
    pub fn pin_git(&self, identifier: &str, pin: GitPin) -> Result<(), LockfileError> {
        let mut state = self.state();
        match state.current.git.get(identifier) {
            Some(existing) if *existing == pin => return Ok(()),
            Some(existing) => return Err(git_mismatch(identifier, existing, &pin)),
            None => self.check_frozen(identifier, || format!("be added as {}", pin.describe()))?,
        }
        state.current.git.insert(identifier.to_string(), pin);
        Ok(())
    }

    /// Pins a git identifier, replacing what it was pinned to.
    ///
    /// # Errors
    /// [`LockfileError::Frozen`] if that is a change and the lock file is frozen.
    pub fn accept_git(&self, identifier: &str, pin: GitPin) -> Result<(), LockfileError> {
        let mut state = self.state();
        if state.current.git.get(identifier) == Some(&pin) {
            return Ok(());
        }
        self.check_frozen(identifier, || format!("change to {}", pin.describe()))?;
        state.current.git.insert(identifier.to_string(), pin);
        Ok(())
    }

    /// The npm part, as the npm resolver left it.
    pub fn npm(&self) -> Option<Value> {
        self.state().current.npm.clone()
    }

    /// Replaces the npm part; an empty object removes it.
    ///
    /// # Errors
    /// [`LockfileError::Frozen`] if that is a change and the lock file is frozen.
    pub fn set_npm(&self, value: Value) -> Result<(), LockfileError> {
        let mut state = self.state();
        let value = document::not_empty(value);
        if state.current.npm == value {
            return Ok(());
        }
        self.check_frozen("npm", || {
            document::describe_change(state.current.npm.as_ref(), value.as_ref())
        })?;
        state.current.npm = value;
        Ok(())
    }

    /// The SHA-256 (hexadecimal) of what a URL gave.
    pub fn http(&self, url: &str) -> Option<String> {
        self.state().current.http.get(url).cloned()
    }

    /// Pins the SHA-256 of what a URL gave.
    ///
    /// # Errors
    /// [`LockfileError::Mismatch`] if another is pinned; [`LockfileError::Frozen`] if it is new.
    pub fn pin_http(&self, url: &str, sha256: &str) -> Result<(), LockfileError> {
        let mut state = self.state();
        match state.current.http.get(url) {
            Some(existing) if existing == sha256 => return Ok(()),
            Some(existing) => return Err(mismatch(url, existing, sha256)),
            None => self.check_frozen(url, || format!("be added with {sha256}"))?,
        }
        state
            .current
            .http
            .insert(url.to_string(), sha256.to_string());
        Ok(())
    }

    /// Pins the SHA-256 of what a URL gave, replacing what was pinned.
    ///
    /// # Errors
    /// [`LockfileError::Frozen`] if that is a change and the lock file is frozen.
    pub fn accept_http(&self, url: &str, sha256: &str) -> Result<(), LockfileError> {
        let mut state = self.state();
        if state
            .current
            .http
            .get(url)
            .is_some_and(|existing| existing == sha256)
        {
            return Ok(());
        }
        self.check_frozen(url, || format!("change to {sha256}"))?;
        state
            .current
            .http
            .insert(url.to_string(), sha256.to_string());
        Ok(())
    }

    /// What was found out last time about who made `name` (`github:owner/repo`).
    pub fn signatures(&self, name: &str) -> Option<SignatureReport> {
        self.state().current.signatures.get(name).cloned()
    }

    /// Remembers who made `name`. What vouches for nothing is not kept; a frozen lock file stays as it is.
    pub fn remember_signatures(&self, name: &str, report: &SignatureReport) {
        if report.is_worth_keeping() && self.mode != LockMode::Frozen {
            let mut state = self.state();
            state
                .current
                .signatures
                .insert(name.to_string(), report.clone());
        }
    }

    /// What was granted to a provider: `github:owner/repo@v1`.
    pub fn grant(&self, owner: &str) -> Option<Grant> {
        self.state().current.grants.get(owner).cloned()
    }

    /// All grants, by provider.
    pub fn grants(&self) -> BTreeMap<String, Grant> {
        self.state().current.grants.clone()
    }

    /// Replaces what was granted to a provider; an empty grant removes it.
    ///
    /// # Errors
    /// [`LockfileError::Frozen`] if that is a change and the lock file is frozen.
    pub fn set_grant(&self, owner: &str, grant: Grant) -> Result<(), LockfileError> {
        let mut state = self.state();
        let before = state.current.grants.get(owner).cloned().unwrap_or_default();
        if before == grant {
            return Ok(());
        }
        self.check_frozen(owner, || format!("change its grant to {}", grant.to_json()))?;
        match grant.is_empty() {
            true => state.current.grants.remove(owner),
            false => state.current.grants.insert(owner.to_string(), grant),
        };
        Ok(())
    }

    /// Writes the file if a pin changed, on top of what other processes wrote meanwhile. Says whether it wrote.
    ///
    /// # Errors
    /// [`LockfileError::Mismatch`] if another process pinned other contents for the same commit or URL;
    /// [`LockfileError::NotWritable`], [`LockfileError::Busy`], [`LockfileError::Write`]; and as
    /// [`Lockfile::open`] if the file was broken meanwhile. The file is then as it was.
    pub fn save(&self) -> Result<bool, LockfileError> {
        let mut state = self.state();
        let Some(path) = &self.path else {
            return Ok(false);
        };
        if self.mode != LockMode::Write || state.current == state.base {
            return Ok(false);
        }
        // A lock file that is a link to a shared one stays a link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let _lock = folder_lock::acquire(&target)?;
        let theirs = read(&target)?;
        let merged = merge(&theirs, &mut state)?;
        let is_changed = merged != theirs;
        if is_changed {
            write(&target, merged.to_text().as_bytes())?;
        }
        state.base = merged.clone();
        state.current = merged;
        Ok(is_changed)
    }

    fn check_frozen(
        &self,
        name: &str,
        change: impl FnOnce() -> String,
    ) -> Result<(), LockfileError> {
        match self.mode {
            LockMode::Frozen => Err(LockfileError::Frozen {
                name: name.to_string(),
                change: change(),
            }),
            LockMode::Write | LockMode::None => Ok(()),
        }
    }

    /// No code panics between two halves of a change, so the state is good even after a panic elsewhere.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn git_mismatch(identifier: &str, expected: &GitPin, actual: &GitPin) -> LockfileError {
    mismatch(identifier, &expected.describe(), &actual.describe())
}

fn mismatch(name: &str, expected: &str, actual: &str) -> LockfileError {
    LockfileError::Mismatch {
        name: name.to_string(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}

fn read(path: &Path) -> Result<Document, LockfileError> {
    match fs::read_to_string(path) {
        Ok(text) => Document::parse(&text, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Document::default()),
        Err(source) => Err(LockfileError::Read {
            path: path.to_path_buf(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests;
