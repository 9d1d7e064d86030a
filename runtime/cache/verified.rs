//! Files of the cache at the moment they are loaded: held against what they were when they came in.
//!
//! In: a path and the bytes that were read from it. Out: nothing, or [`CacheError::Changed`]. Side effects: reads the
//! lists of hashes, each once for each process.
//!
//! | file | its hash stands in |
//! |---|---|
//! | `src-v1/3f/sha256-3f…/tree/…` | `manifest.json` beside the tree; the manifest itself hashes to the folder's name |
//! | `npm-v1/<registry>/<name>/<version>/…` | `.prizm-files` in the package's folder |
//!
//! Only what is loaded is hashed, and only then. Files that are not in the cache are the user's own.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use super::error::READ;
use super::tree::hex;
use super::{Bucket, Cache, CacheError, TreeHash, TreeManifest};

/// In each package's folder: lines of a hash, a space and a path.
const FILES: &str = ".prizm-files";
/// The files of a package that Prizm itself puts there.
const OWN: &str = ".prizm-";
/// Stands in [`FILES`] while the package's own install scripts change it.
const OPEN: &str = "open\n";
/// Loaded by the system and not by us, so that they are read ahead.
const NATIVE: &str = ".node";
const MANIFEST: &str = "package.json";
/// No line about a manifest is longer.
const HEAD: usize = 128;

/// What has been looked up so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    real_root: OnceLock<PathBuf>,
    entries: Mutex<HashMap<PathBuf, Arc<Hashes>>>,
    /// Native code that is as it was.
    natives: Mutex<HashSet<PathBuf>>,
}

/// The hashes of one tree or package.
#[derive(Debug)]
enum Hashes {
    Tree(HashMap<String, String>),
    /// The text of [`FILES`]: big packages have thousands of lines, of which few are needed.
    Package(String),
}

/// The tree or package that a file belongs to.
struct Home {
    folder: PathBuf,
    /// With forward slashes.
    path: String,
    /// `None` for npm packages.
    tree: Option<TreeHash>,
}

impl Hashes {
    fn of(&self, path: &str) -> Option<&str> {
        match self {
            Hashes::Tree(files) => files.get(path).map(String::as_str),
            Hashes::Package(text) => {
                let end = text.find(&format!(" {path}\n"))?;
                let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
                Some(&text[line..end]).filter(|hash| hash.len() == 64)
            }
        }
    }
}

impl Cache {
    /// Holds `bytes`, read from `path`, against the hash that the file came in with. Files of the user's own pass.
    ///
    /// # Errors
    /// [`CacheError::Changed`] naming the file and what mends it; [`CacheError::Io`] if the list of hashes is gone.
    pub fn check_loaded(&self, path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
        let Some(home) = self.home(path) else {
            return Ok(());
        };
        let hashes = self.hashes(&home)?;
        if matches!(&*hashes, Hashes::Package(text) if text == OPEN) {
            return Ok(());
        }
        match hashes.of(&home.path) {
            Some(expected) if expected == hex(&Sha256::digest(bytes)) => Ok(()),
            Some(_) => Err(home.changed(path, "has changed since it was installed")),
            None => Err(home.changed(path, "was not there when its package was installed")),
        }
    }

    /// [`Cache::check_loaded`] for code that somebody else reads.
    ///
    /// # Errors
    /// As [`Cache::check_loaded`]. What cannot be read is left to whoever reads it.
    pub fn check_before_loading(&self, path: &Path) -> Result<(), CacheError> {
        match self.home(path).and_then(|_| fs::read(path).ok()) {
            Some(bytes) => self.check_loaded(path, &bytes),
            None => Ok(()),
        }
    }

    /// [`Cache::check_before_loading`] for native code, which is asked for several times: it is read once.
    ///
    /// # Errors
    /// As [`Cache::check_loaded`].
    pub fn check_native(&self, path: &Path) -> Result<(), CacheError> {
        let natives = || {
            let natives = self.known.natives.lock();
            natives.unwrap_or_else(PoisonError::into_inner)
        };
        if natives().contains(path) {
            return Ok(());
        }
        self.check_before_loading(path)?;
        // What is not there now may be there later.
        if path.is_file() {
            natives().insert(path.to_path_buf());
        }
        Ok(())
    }

    /// Writes the list of hashes of the package in `folder`.
    ///
    /// # Errors
    /// [`CacheError::Io`], [`CacheError::DiskFull`] or [`CacheError::ReadOnly`].
    pub fn seal_package(&self, folder: &Path) -> Result<(), CacheError> {
        let mut files = Vec::new();
        list(folder, "", &mut files)?;
        // Its manifest first: it is looked at in every process.
        files.sort_by_key(|path| (path != MANIFEST, path.clone()));
        let mut text = String::new();
        for path in files {
            let file = folder.join(&path);
            let bytes = fs::read(&file).map_err(|source| CacheError::io(READ, &file, source))?;
            let hash = hex(&Sha256::digest(&bytes));
            writeln!(text, "{hash} {path}").expect("a text takes what it is given");
        }
        self.write_seal(folder, &text)
    }

    /// Lets the package in `folder` change until it is sealed again: its install scripts are about to run.
    ///
    /// # Errors
    /// As [`Cache::seal_package`].
    pub fn open_package(&self, folder: &Path) -> Result<(), CacheError> {
        self.write_seal(folder, OPEN)
    }

    /// Whether the package in `folder` is sealed, and its package.json is what it was. Reads little: it is asked of every
    /// package in every process.
    pub fn is_sealed(&self, folder: &Path) -> bool {
        let mut head = Vec::with_capacity(HEAD);
        let list = fs::File::open(folder.join(FILES));
        let is_read = list.and_then(|list| list.take(HEAD as u64).read_to_end(&mut head));
        if is_read.is_err() {
            return false;
        }
        if head == OPEN.as_bytes() {
            return true;
        }
        let Ok(manifest) = fs::read(folder.join(MANIFEST)) else {
            return false;
        };
        let line = format!("{} {MANIFEST}\n", hex(&Sha256::digest(&manifest)));
        head.starts_with(line.as_bytes())
    }

    /// Checks every file of the package in `folder`.
    ///
    /// # Errors
    /// [`CacheError::Changed`] for the first that is not what it was.
    pub(super) fn verify_package(&self, folder: &Path) -> Result<(), CacheError> {
        let list_of_files = folder.join(FILES);
        if !list_of_files.is_file() {
            let home = Home {
                folder: folder.to_path_buf(),
                path: String::new(),
                tree: None,
            };
            return Err(home.changed(&list_of_files, "is missing"));
        }
        let mut files = Vec::new();
        list(folder, "", &mut files)?;
        for path in files {
            let file = folder.join(path);
            let bytes = fs::read(&file).map_err(|source| CacheError::io(READ, &file, source))?;
            self.check_loaded(&file, &bytes)?;
        }
        Ok(())
    }

    fn write_seal(&self, folder: &Path, text: &str) -> Result<(), CacheError> {
        let file = folder.join(FILES);
        let mut entries = self.known_entries();
        entries.remove(folder);
        drop(entries);
        self.write_atomic(&file, text.as_bytes())
    }

    fn known_entries(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Arc<Hashes>>> {
        let entries = self.known.entries.lock();
        entries.unwrap_or_else(PoisonError::into_inner)
    }

    /// The tree or package that `path` is part of; `None` for all else.
    fn home(&self, path: &Path) -> Option<Home> {
        let below = self.below_root(path)?;
        let mut parts = below.components();
        let bucket = parts.next()?.as_os_str();
        if bucket == Bucket::Sources.folder() {
            let (_, name) = (parts.next()?, parts.next()?.as_os_str().to_str()?);
            let tree = name.parse().ok()?;
            (parts.next()?.as_os_str() == "tree").then_some(())?;
            return Some(Home {
                folder: self.entry(&tree),
                path: slashes(parts.as_path())?,
                tree: Some(tree),
            });
        }
        if bucket != Bucket::Npm.folder() {
            return None;
        }
        let mut folder = self.bucket(Bucket::Npm);
        while let Some(part) = parts.next() {
            folder.push(part);
            // The outermost: what a package carries with it does not count.
            if self.known_entries().contains_key(&folder) || folder.join(FILES).is_file() {
                return Some(Home {
                    folder,
                    path: slashes(parts.as_path())?,
                    tree: None,
                });
            }
        }
        None
    }

    fn below_root<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        if let Ok(below) = path.strip_prefix(&self.root) {
            return Some(below);
        }
        let real = match self.known.real_root.get() {
            Some(real) => real,
            None => {
                let real = fs::canonicalize(&self.root).ok()?;
                self.known.real_root.get_or_init(|| real)
            }
        };
        path.strip_prefix(real).ok()
    }

    fn hashes(&self, home: &Home) -> Result<Arc<Hashes>, CacheError> {
        if let Some(known) = self.known_entries().get(&home.folder) {
            return Ok(known.clone());
        }
        let hashes = Arc::new(match &home.tree {
            Some(hash) => Hashes::Tree(tree_hashes(&home.folder, hash)?),
            None => {
                let file = home.folder.join(FILES);
                let text = fs::read_to_string(&file);
                let text = text.map_err(|source| CacheError::io(READ, &file, source))?;
                check_native(home, &text)?;
                Hashes::Package(text)
            }
        });
        self.known_entries()
            .insert(home.folder.clone(), hashes.clone());
        Ok(hashes)
    }
}

impl Home {
    fn changed(&self, path: &Path, how: &'static str) -> CacheError {
        let mend = match (&self.tree, package_name(&self.folder)) {
            (None, Some((name, version))) => {
                format!("prizm cache add --reload=npm:{name} npm:{name}@{version}")
            }
            (None, None) => "prizm cache clean npm".to_owned(),
            (Some(_), _) => "prizm cache clean sources".to_owned(),
        };
        CacheError::Changed {
            path: path.to_path_buf(),
            how,
            mend,
        }
    }
}

fn tree_hashes(entry: &Path, hash: &TreeHash) -> Result<HashMap<String, String>, CacheError> {
    let path = entry.join("manifest.json");
    let manifest = TreeManifest::read(&path)?;
    if manifest.hash() != *hash {
        let reason = format!("it lists the files of {}", manifest.hash());
        return Err(CacheError::Manifest { path, reason });
    }
    let files = manifest.files().iter();
    Ok(files
        .map(|file| (file.path.clone(), file.sha256.clone()))
        .collect())
}

/// Native code is opened by its path alone, so it is read before anything of its package runs.
fn check_native(home: &Home, text: &str) -> Result<(), CacheError> {
    for line in text.lines().filter(|line| line.ends_with(NATIVE)) {
        let Some((hash, path)) = line.split_once(' ') else {
            continue;
        };
        let file = home.folder.join(path);
        let is_good = fs::read(&file).is_ok_and(|bytes| hex(&Sha256::digest(&bytes)) == hash);
        if !is_good {
            return Err(home.changed(&file, "has changed since it was installed"));
        }
    }
    Ok(())
}

/// `…/<registry>/@scope/name/1.2.3` → (`@scope/name`, `1.2.3`). A copy for other peers ends in `_1`.
fn package_name(folder: &Path) -> Option<(String, String)> {
    let mut names = folder.components().rev().map(Component::as_os_str);
    let version = names.next()?.to_str()?;
    let version = version.split('_').next().unwrap_or(version).to_owned();
    let name = names.next()?.to_str()?;
    let scope = names.next()?.to_str()?;
    Some(match scope.starts_with('@') {
        true => (format!("{scope}/{name}"), version),
        false => (name.to_owned(), version),
    })
}

fn slashes(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    parts.map(|parts| parts.join("/"))
}

/// Every file below `folder` but our own, with forward slashes.
fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), CacheError> {
    let path = folder.join(prefix);
    let read = |source: io::Error| CacheError::io(READ, &path, source);
    for entry in fs::read_dir(&path).map_err(read)? {
        let entry = entry.map_err(read)?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.contains('\n')) else {
            continue;
        };
        let below = match prefix {
            "" => name.to_owned(),
            _ => format!("{prefix}/{name}"),
        };
        // Install scripts may leave links; what these lead to is hashed as the file that is loaded.
        let kind = entry.path().metadata();
        match kind {
            Ok(kind) if kind.is_dir() && !entry.path().is_symlink() => list(folder, &below, files)?,
            Ok(kind) if kind.is_file() && !(prefix.is_empty() && name.starts_with(OWN)) => {
                files.push(below);
            }
            _ => {}
        }
    }
    Ok(())
}
