//! What a path leads to, links resolved.
//!
//! In: paths, most of them in the cache. Out: real paths. Side effects: looks at the file system; what folders of the
//! cache lead to is remembered, because nothing below it is changed once it is there.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Real paths, for one cache.
pub struct RealPaths {
    cache_root: PathBuf,
    folders: Mutex<HashMap<PathBuf, PathBuf>>,
}

impl RealPaths {
    pub fn new(cache_root: PathBuf) -> RealPaths {
        RealPaths {
            cache_root,
            folders: Mutex::default(),
        }
    }

    /// As `std::fs::canonicalize`, which asks the system about each part of the path.
    ///
    /// # Errors
    /// A path that leads nowhere.
    pub fn of(&self, path: &Path) -> io::Result<PathBuf> {
        let is_plain = path
            .components()
            .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return std::fs::canonicalize(path);
        };
        if !is_plain || !folder.starts_with(&self.cache_root) {
            return std::fs::canonicalize(path);
        }
        let real = self.folder(folder)?.join(name);
        match std::fs::symlink_metadata(&real)?.is_symlink() {
            true => std::fs::canonicalize(real),
            false => Ok(real),
        }
    }

    fn folder(&self, folder: &Path) -> io::Result<PathBuf> {
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(real) = known.get(folder) {
            return Ok(real.clone());
        }
        let real = std::fs::canonicalize(folder)?;
        known.insert(folder.to_path_buf(), real.clone());
        Ok(real)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_the_systems() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::write(root.join("a/b/file"), "").unwrap();
        std::os::unix::fs::symlink(root.join("a/b"), root.join("a/link")).unwrap();
        std::os::unix::fs::symlink("b/file", root.join("a/to_file")).unwrap();
        let paths = RealPaths::new(root.join("a"));
        for _ in 0..2 {
            for name in [
                "a/b/file",
                "a/link/file",
                "a/to_file",
                "a/b",
                "a/link",
                "a",
                "a/b/../to_file",
            ] {
                let path = root.join(name);
                assert_eq!(
                    paths.of(&path).unwrap(),
                    path.canonicalize().unwrap(),
                    "{name}"
                );
            }
            assert!(paths.of(&root.join("a/none/file")).is_err());
            assert!(paths.of(&root.join("a/b/none")).is_err());
        }
    }
}
