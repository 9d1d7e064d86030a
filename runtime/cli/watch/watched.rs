//! Which changes in the file system are changes of the program.
//!
//! In: files that it reads, files that it looked for in vain, whole folders; the path of an event. Out: yes or no.
//! Side effects: looks whether files exist.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Folders whose content is nobody's source.
const IGNORED: [&str; 2] = ["node_modules", ".git"];

#[derive(Debug, Default)]
pub(super) struct Watched {
    files: HashSet<PathBuf>,
    /// Those of `files` that did not exist.
    missing: Vec<PathBuf>,
    trees: Vec<Tree>,
}

#[derive(Debug)]
struct Tree {
    root: PathBuf,
    except: PathBuf,
}

impl Watched {
    /// Gives the folders to be watched for it.
    pub(super) fn add(&mut self, path: &Path) -> Vec<PathBuf> {
        let path = real(path);
        let folders = folders_of(&path);
        if !path.is_file() && !self.files.contains(&path) {
            self.missing.push(path.clone());
        }
        self.files.insert(path);
        folders
    }

    /// Everything below `path`, except what is below `except`. Gives the folder to be watched for it.
    pub(super) fn add_tree(&mut self, path: &Path, except: &Path) -> PathBuf {
        let root = real(path);
        self.trees.push(Tree {
            root: root.clone(),
            except: except.to_path_buf(),
        });
        root
    }

    /// The folders of all files, those of trees excluded.
    pub(super) fn folders(&self) -> HashSet<PathBuf> {
        self.files
            .iter()
            .flat_map(|path| folders_of(path))
            .collect()
    }

    pub(super) fn concerns(&self, path: &Path) -> bool {
        self.files.contains(path)
            || self.missing.iter().any(|missing| may_be(path, missing))
            || self.trees.iter().any(|tree| tree.holds(path))
    }
}

impl Tree {
    fn holds(&self, path: &Path) -> bool {
        let Ok(inside) = path.strip_prefix(&self.root) else {
            return false;
        };
        let is_ignored = inside
            .components()
            .any(|part| IGNORED.iter().any(|name| part.as_os_str() == *name));
        !is_ignored && !path.starts_with(&self.except)
    }
}

/// Whether `path` may be what was looked for at `missing`: `./lib` is `lib.ts` or `lib/index.ts`, and `./lib.js` may
/// be `lib.ts`.
fn may_be(path: &Path, missing: &Path) -> bool {
    // A folder on the way to it.
    if missing.starts_with(path) {
        return true;
    }
    if path.parent() == Some(missing) {
        return true;
    }
    let (Some(name), Some(wanted)) = (text(path.file_name()), text(missing.file_name())) else {
        return false;
    };
    let stem = text(missing.file_stem()).unwrap_or(wanted);
    let begins_so = |start: &str| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    path.parent() == missing.parent() && (begins_so(wanted) || begins_so(stem))
}

fn text(name: Option<&std::ffi::OsStr>) -> Option<&str> {
    name.and_then(std::ffi::OsStr::to_str)
}

/// The folder that `path` is in, or the nearest one above that exists; and `path` itself if it is a folder.
fn folders_of(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1).find(|folder| folder.is_dir());
    let own = path.is_dir().then_some(path);
    above
        .into_iter()
        .chain(own)
        .map(Path::to_path_buf)
        .collect()
}

/// Events carry the paths of real folders.
fn real(path: &Path) -> PathBuf {
    let resolved = || {
        let folder = path
            .ancestors()
            .skip(1)
            .find_map(|folder| Some((folder, std::fs::canonicalize(folder).ok()?)));
        folder.and_then(|(folder, real)| Some(real.join(path.strip_prefix(folder).ok()?)))
    };
    match path.is_dir() {
        true => std::fs::canonicalize(path).ok(),
        false => resolved(),
    }
    .unwrap_or_else(|| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_module_may_come_under_several_names() {
        let missing = Path::new("/p/lib.js");
        for path in ["/p/lib.js", "/p/lib.ts", "/p/lib.js.ts", "/p"] {
            assert!(may_be(Path::new(path), missing), "{path}");
        }
        for path in ["/p/library.ts", "/p/other.js", "/q/lib.ts", "/p/sub/lib.ts"] {
            assert!(!may_be(Path::new(path), missing), "{path}");
        }
        assert!(may_be(Path::new("/p/lib/index.ts"), Path::new("/p/lib")));
        assert!(may_be(
            Path::new("/p/name.test.ts"),
            Path::new("/p/name.test")
        ));
    }

    #[test]
    fn trees_leave_out_packages_history_and_the_cache() {
        let mut watched = Watched::default();
        watched.trees.push(Tree {
            root: "/p".into(),
            except: "/p/cache".into(),
        });
        assert!(watched.concerns(Path::new("/p/assets/a.txt")));
        for path in [
            "/p/node_modules/a/b.js",
            "/p/.git/index",
            "/p/cache/js/a",
            "/q/a.txt",
        ] {
            assert!(!watched.concerns(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn the_nearest_folder_is_watched_for_what_is_missing() {
        let dir = tempfile::TempDir::new().unwrap();
        let root = std::fs::canonicalize(dir.path()).unwrap();
        let mut watched = Watched::default();
        assert_eq!(
            watched.add(&root.join("a/b/c.ts")),
            std::slice::from_ref(&root)
        );
        assert!(watched.concerns(&root.join("a")));
        std::fs::write(root.join("d.ts"), "").unwrap();
        assert_eq!(watched.add(&root.join("d.ts")), std::slice::from_ref(&root));
        assert!(!watched.concerns(&root.join("d.js")));
    }
}
