//! Cached packuments, held against what the registry sent.
//!
//! In: the path of a packument in the cache. Out: nothing; a changed one is gone afterwards, and is fetched again.
//! Side effects: `registry.json.sha256` beside each packument.
//!
//! A packument decides which version is installed and what its tarball must hash to, and the crate that keeps it does
//! not check it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::cache::{Cache, hex};

/// A packument's file as it was before it was used.
pub struct Sealed {
    path: PathBuf,
    /// Size and time; `None` if there was none.
    was: Option<(u64, SystemTime)>,
}

impl Sealed {
    /// Looks at the packument at `path`, and removes it if it is not what was fetched.
    pub fn open(path: PathBuf) -> Sealed {
        if let Ok(bytes) = fs::read(&path)
            && fs::read_to_string(seal(&path)).ok() != Some(hash(&bytes))
        {
            log::debug!("{} has changed and is fetched again", path.display());
            // Whoever needs it fetches it again, and says so if that fails.
            let _ = fs::remove_file(&path);
        }
        Sealed {
            was: state(&path),
            path,
        }
    }

    /// Seals what has been fetched meanwhile. A failure is only logged: the packument is then fetched again.
    pub fn close(&self, cache: &Cache) {
        if state(&self.path) == self.was {
            return;
        }
        let Ok(bytes) = fs::read(&self.path) else {
            return;
        };
        if let Err(error) = cache.write_atomic(&seal(&self.path), hash(&bytes).as_bytes()) {
            log::debug!("packument not sealed: {error}");
        }
    }
}

fn seal(path: &Path) -> PathBuf {
    path.with_extension("json.sha256")
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_packument_is_gone() {
        let room = tempfile::tempdir().unwrap();
        let cache = Cache::new(room.path().join("cache"));
        let path = room.path().join("registry.json");
        let fetch = Sealed::open(path.clone());
        fs::write(&path, "{}").unwrap();
        fetch.close(&cache);
        Sealed::open(path.clone()).close(&cache);
        assert!(path.exists());
        fs::write(&path, "[]").unwrap();
        Sealed::open(path.clone());
        assert!(!path.exists());
    }
}
