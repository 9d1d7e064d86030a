//! The cache: everything that can be fetched or computed again, in one folder safe for many processes.
//!
//! In: bytes, staged folders, names. Out: paths, bytes, locks. Layout under the root:
//!
//! ```text
//! git-v1/ src-v1/ npm-v1/ js-v1/ http-v1/ audit-v1/    one bucket each; a new layout gets a new number
//! locks/                                               advisory locks between processes
//! tmp/                                                 staging, on the same file system as the buckets
//! ```
//!
//! Side effects: this folder only. Nothing appears in a bucket but by one rename, so that a reader
//! never sees half an entry and any bucket may be deleted at any time.

mod emit;
mod error;
mod lock;
mod maintain;
mod staging;
mod tree;
mod verified;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::RwLock;
use std::time::{Duration, SystemTime};

pub use error::CacheError;
pub use lock::CacheLock;
pub use maintain::{CacheEntry, Removed, VerifyReport};
pub(crate) use staging::TemporaryPath;
pub use staging::{Staging, remove_all_staging};
pub(crate) use tree::hex;
pub use tree::{TreeFile, TreeHash, TreeManifest, TreeMode, tree_line};

/// Use is recorded at most this often.
const USE_STAMP_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// How often a folder may vanish between its making and its use.
const RENAME_ATTEMPTS: usize = 20;

/// The cache folder.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
    /// Shared by clones.
    known: Arc<verified::Known>,
}

/// A part of the cache with a layout of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Bare git repositories.
    Git,
    /// Checked-out source trees by content hash.
    Sources,
    /// npm metadata and packages.
    Npm,
    /// Compiled output.
    Js,
    /// Modules fetched over HTTP.
    Http,
    /// The log of loads and grants; the one bucket that cannot be rebuilt.
    Audit,
}

impl Bucket {
    /// Every bucket.
    pub const ALL: [Bucket; 6] = [
        Bucket::Git,
        Bucket::Sources,
        Bucket::Npm,
        Bucket::Js,
        Bucket::Http,
        Bucket::Audit,
    ];

    /// Its name on the command line: `sources`.
    pub fn name(self) -> &'static str {
        match self {
            Bucket::Git => "git",
            Bucket::Sources => "sources",
            Bucket::Npm => "npm",
            Bucket::Js => "js",
            Bucket::Http => "http",
            Bucket::Audit => "audit",
        }
    }

    /// Its folder under the root: `src-v1`.
    pub fn folder(self) -> &'static str {
        match self {
            Bucket::Git => "git-v1",
            Bucket::Sources => "src-v1",
            Bucket::Npm => "npm-v1",
            Bucket::Js => "js-v1",
            Bucket::Http => "http-v1",
            Bucket::Audit => "audit-v1",
        }
    }
}

/// Those who are writing a file.
static WRITERS: RwLock<()> = RwLock::new(());

/// Waits for files that other threads are writing, and lets none begin another one: for the end of the process, which
/// stops threads wherever they are.
pub fn stop_writing() {
    std::mem::forget(WRITERS.write());
}

impl Cache {
    /// A cache in `root`, which need not exist. Does no I/O.
    pub fn new(root: PathBuf) -> Cache {
        Cache {
            root,
            known: Arc::default(),
        }
    }

    /// The cache's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a bucket, which need not exist.
    pub fn bucket(&self, bucket: Bucket) -> PathBuf {
        self.root.join(bucket.folder())
    }

    /// Makes a fresh folder on the cache's file system; it is removed on drop.
    ///
    /// # Errors
    /// [`CacheError::DiskFull`], [`CacheError::ReadOnly`] or [`CacheError::Io`].
    pub fn staging(&self) -> Result<Staging, CacheError> {
        staging::stage(&self.temporary())
    }

    /// Puts `bytes` at `path`, so that a reader finds the old file or the new one, never a part.
    ///
    /// Missing folders are made. `path` must be on the cache's file system.
    ///
    /// # Errors
    /// [`CacheError::DiskFull`], [`CacheError::ReadOnly`] or [`CacheError::Io`].
    pub fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
        let _writing = WRITERS.read();
        let temporary = self.write_temporary(bytes)?;
        self.rename(temporary.path(), path)
            .map_err(|source| CacheError::io("write", path, source))
    }

    /// Takes the lock `name`, waiting while another process or thread has it.
    ///
    /// # Errors
    /// [`CacheError::DiskFull`], [`CacheError::ReadOnly`] or [`CacheError::Io`].
    pub fn lock(&self, name: &str) -> Result<CacheLock, CacheError> {
        lock::acquire(&self.root.join("locks"), name)
    }

    /// Moves a staged tree to its place and returns that place. A good tree already there stays,
    /// a damaged one is replaced. Safe for any number of processes doing the same.
    ///
    /// # Errors
    /// [`CacheError::Mismatch`] if the staged files do not have this `hash`;
    /// [`CacheError::Unsupported`] if they include links; otherwise as [`Cache::staging`].
    pub fn install_tree(&self, staged: Staging, hash: &TreeHash) -> Result<PathBuf, CacheError> {
        let manifest = TreeManifest::scan(staged.path())?;
        self.install_scanned(staged, &manifest, hash)
    }

    /// [`Cache::install_tree`] for a caller that has scanned the staged files already.
    ///
    /// # Errors
    /// As [`Cache::install_tree`].
    pub fn install_scanned(
        &self,
        staged: Staging,
        manifest: &TreeManifest,
        hash: &TreeHash,
    ) -> Result<PathBuf, CacheError> {
        let actual = manifest.hash();
        if actual != *hash {
            return Err(CacheError::Mismatch {
                path: staged.path().to_path_buf(),
                expected: hash.to_string(),
                actual: actual.to_string(),
                detail: format!("{} files staged", manifest.files().len()),
            });
        }
        let entry = staged.sibling()?;
        let tree = entry.path().join("tree");
        fs::rename(staged.path(), &tree)
            .map_err(|source| CacheError::io("write", &tree, source))?;
        let file = entry.path().join("manifest.json");
        fs::write(&file, manifest.to_json())
            .map_err(|source| CacheError::io("write", &file, source))?;
        self.place_entry(&entry, hash)
    }

    fn place_entry(&self, entry: &Staging, hash: &TreeHash) -> Result<PathBuf, CacheError> {
        let place = self.entry(hash);
        let io = |source| CacheError::io("write", &place, source);
        match self.rename(entry.path(), &place) {
            Ok(()) => return Ok(place.join("tree")),
            Err(error) if !is_occupied(&error) => return Err(io(error)),
            Err(_) => {}
        }
        // Only one process may replace a damaged tree; the others then find a good one.
        let _lock = self.lock(&format!("tree-{}", hash.digits()))?;
        if let Err(error) = self.check_tree(hash) {
            log::debug!("replacing a damaged tree: {error}");
            self.discard(&place)?;
            match self.rename(entry.path(), &place) {
                Err(error) if !is_occupied(&error) => return Err(io(error)),
                _ => {}
            }
        }
        Ok(place.join("tree"))
    }

    /// The folder of the tree with this hash, if the cache has it. Records its use.
    pub fn tree(&self, hash: &TreeHash) -> Option<PathBuf> {
        let entry = self.entry(hash);
        let metadata = entry.metadata().ok()?;
        stamp_use(&entry, metadata.modified().ok());
        Some(entry.join("tree"))
    }

    /// Checks a tree by the names, sizes and times of its files, reading only those that look changed.
    ///
    /// # Errors
    /// [`CacheError::Missing`], or [`CacheError::Mismatch`] naming both hashes.
    pub fn check_tree(&self, hash: &TreeHash) -> Result<(), CacheError> {
        let (tree, file) = self.existing_entry(hash)?;
        let manifest = match TreeManifest::read(&file) {
            Ok(manifest) if manifest.hash() == *hash => manifest,
            _ => return self.renew_manifest(&tree, &file, hash),
        };
        let comparison = manifest.compare(&tree)?;
        if !comparison.differences.is_empty() {
            return Err(mismatch(&tree, hash, &comparison.differences));
        }
        // A cache that was copied has new times throughout: read everything once, not at every load.
        if comparison.is_touched {
            return self.renew_manifest(&tree, &file, hash);
        }
        Ok(())
    }

    /// Checks a tree by reading every file.
    ///
    /// # Errors
    /// [`CacheError::Missing`], [`CacheError::Manifest`], or [`CacheError::Mismatch`] naming both hashes.
    pub fn verify_tree(&self, hash: &TreeHash) -> Result<(), CacheError> {
        let (tree, file) = self.existing_entry(hash)?;
        let found = TreeManifest::scan(&tree)?;
        if found.hash() != *hash {
            let differences = match TreeManifest::read(&file) {
                Ok(manifest) => manifest.compare(&tree)?.differences,
                Err(error) => vec![error.to_string()],
            };
            return Err(mismatch(&tree, hash, &differences));
        }
        let manifest = TreeManifest::read(&file)?;
        if manifest.hash() != *hash {
            let reason = format!("it lists the files of {}", manifest.hash());
            return Err(CacheError::Manifest { path: file, reason });
        }
        Ok(())
    }

    fn renew_manifest(&self, tree: &Path, file: &Path, hash: &TreeHash) -> Result<(), CacheError> {
        let manifest = TreeManifest::scan(tree)?;
        if manifest.hash() != *hash {
            return Err(mismatch(tree, hash, &["the files changed".to_string()]));
        }
        if let Err(error) = self.write_atomic(file, &manifest.to_json()) {
            log::debug!("manifest not renewed: {error}");
        }
        Ok(())
    }

    /// Records that a file or folder of the cache was used, at most once a day. Never fails.
    pub fn mark_used(&self, path: &Path) {
        stamp_use(
            path,
            path.metadata()
                .and_then(|metadata| metadata.modified())
                .ok(),
        );
    }

    fn entry(&self, hash: &TreeHash) -> PathBuf {
        self.bucket(Bucket::Sources)
            .join(&hash.digits()[..2])
            .join(hash.as_str())
    }

    fn existing_entry(&self, hash: &TreeHash) -> Result<(PathBuf, PathBuf), CacheError> {
        let entry = self.entry(hash);
        let tree = entry.join("tree");
        if !tree.is_dir() {
            return Err(CacheError::Missing {
                hash: hash.to_string(),
            });
        }
        Ok((tree, entry.join("manifest.json")))
    }

    /// Where files lie on their way to their place.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    fn write_temporary(&self, bytes: &[u8]) -> Result<TemporaryPath, CacheError> {
        let folder = self.temporary();
        let io = |source| CacheError::io("write to", &folder, source);
        let temporary = TemporaryPath::unique_in(&folder, "w-").map_err(io)?;
        let created = match File::create_new(temporary.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&folder).and_then(|()| File::create_new(temporary.path()))
            }
            other => other,
        };
        created
            .and_then(|mut file| file.write_all(bytes))
            .map_err(io)?;
        Ok(temporary)
    }

    /// Renames, making the target's folder where it is missing: on first use, and whenever another
    /// process cleans the bucket at this moment.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut renamed = fs::rename(from, to);
        for _ in 0..RENAME_ATTEMPTS {
            match &renamed {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                _ => break,
            }
            let made = to.parent().map_or(Ok(()), fs::create_dir_all);
            renamed = made.and_then(|()| fs::rename(from, to));
        }
        renamed
    }

    /// Takes an entry out of its bucket in one step, then deletes it.
    fn discard(&self, path: &Path) -> Result<(), CacheError> {
        let staging = self.staging()?;
        match fs::rename(path, staging.path().join("discarded")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CacheError::io("remove", path, error))
            }
            _ => Ok(()),
        }
    }
}

fn is_occupied(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
    )
}

fn mismatch(tree: &Path, expected: &TreeHash, differences: &[String]) -> CacheError {
    let actual = match TreeHash::of(tree) {
        Ok(hash) => hash.to_string(),
        Err(error) => error.to_string(),
    };
    CacheError::Mismatch {
        path: tree.to_path_buf(),
        expected: expected.to_string(),
        actual,
        detail: tree::summarize(differences),
    }
}

/// The modification time of an entry is when it was last used.
fn stamp_use(path: &Path, modified: Option<SystemTime>) {
    if let Some(modified) = modified
        && SystemTime::now()
            .duration_since(modified)
            .is_ok_and(|age| age > USE_STAMP_INTERVAL)
        && let Err(error) = File::open(path).and_then(|file| file.set_modified(SystemTime::now()))
    {
        log::debug!("use of {} not recorded: {error}", path.display());
    }
}

#[cfg(test)]
pub(crate) mod tests;
