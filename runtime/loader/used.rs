//! The local files that a program depends on, told to whoever watches them.
//!
//! In: paths, before they are read, and paths where something was looked for in vain. Out: each path once, to the
//! listener. Side effects: none; without a listener nothing is kept.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

type Listener = Box<dyn Fn(&Path) + Send + Sync>;

/// What is read of packages changes with package.json alone.
const PACKAGES: &str = "node_modules";

/// Files of one process, except for those in the cache and in `node_modules`.
pub struct UsedFiles {
    cache_root: PathBuf,
    listener: OnceLock<Listener>,
    known: Mutex<HashSet<PathBuf>>,
}

impl std::fmt::Debug for UsedFiles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UsedFiles")
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

impl UsedFiles {
    pub fn new(cache_root: PathBuf) -> UsedFiles {
        UsedFiles {
            cache_root,
            listener: OnceLock::new(),
            known: Mutex::default(),
        }
    }

    /// Has `listener` told of every path from now on; the first listener stays.
    pub fn listen(&self, listener: impl Fn(&Path) + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
    }

    /// Notes that the program depends on what is, or is not, at `path`.
    pub fn note(&self, path: &Path) {
        let Some(listener) = self.listener.get() else {
            return;
        };
        let is_package = path.components().any(|part| part.as_os_str() == PACKAGES);
        if is_package || path.starts_with(&self.cache_root) {
            return;
        }
        if self
            .known
            .lock()
            .expect("never held across a panic")
            .insert(path.to_path_buf())
        {
            listener(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn each_file_of_the_program_is_told_once() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let used = UsedFiles::new("/cache".into());
        used.note(Path::new("/project/early.ts"));
        let told_to = told.clone();
        used.listen(move |path| told_to.lock().unwrap().push(path.to_path_buf()));
        for path in [
            "/project/a.ts",
            "/cache/js/b.js",
            "/project/node_modules/c/index.js",
            "/project/a.ts",
        ] {
            used.note(Path::new(path));
        }
        assert_eq!(*told.lock().unwrap(), [PathBuf::from("/project/a.ts")]);
    }
}
