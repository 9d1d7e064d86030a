//! Looking after the cache: list, verify, clean, prune.
//!
//! In: a bucket or an age. Out: entries, reports, what was removed. Side effects: an entry leaves its
//! bucket in one rename before it is deleted, so that no process finds half of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::error::READ;
use super::{Bucket, Cache, CacheError, TreeHash, emit};

/// One thing in the cache.
#[derive(Debug, Clone)]
pub struct CacheEntry {
    /// The bucket it is in.
    pub bucket: Bucket,
    /// Its path inside the bucket: `registry.npmjs.org/zod`.
    pub name: String,
    /// Its full path.
    pub path: PathBuf,
    /// Bytes, all files together.
    pub size: u64,
    /// When it was last used, to a day.
    pub last_used: SystemTime,
}

/// What [`Cache::clean`] and [`Cache::prune`] removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Entries.
    pub entries: u64,
    /// Bytes.
    pub bytes: u64,
}

/// The outcome of checking one entry.
#[derive(Debug)]
pub struct VerifyReport {
    /// The bucket it is in.
    pub bucket: Bucket,
    /// Its path inside the bucket.
    pub name: String,
    /// Its full path.
    pub path: PathBuf,
    /// What is wrong with it; `None` if it is good.
    pub error: Option<CacheError>,
}

impl Cache {
    /// Every entry, by bucket and name.
    ///
    /// # Errors
    /// [`CacheError::Io`] if a folder cannot be read.
    pub fn list(&self) -> Result<Vec<CacheEntry>, CacheError> {
        let mut entries = Vec::new();
        for bucket in Bucket::ALL {
            for path in self.entry_paths(bucket)? {
                // Another process may remove an entry at any time.
                let Ok(metadata) = path.symlink_metadata() else {
                    continue;
                };
                entries.push(CacheEntry {
                    bucket,
                    name: self.entry_name(bucket, &path),
                    size: size(&path),
                    last_used: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                    path,
                });
            }
        }
        Ok(entries)
    }

    /// Checks every source tree by its hash, every npm package file by file, and every compiled output by its checksum.
    pub fn verify(&self) -> Vec<VerifyReport> {
        let mut reports = Vec::new();
        for bucket in [Bucket::Sources, Bucket::Npm, Bucket::Js] {
            let paths = match self.entry_paths(bucket) {
                Ok(paths) => paths,
                Err(error) => {
                    let path = self.bucket(bucket);
                    reports.push(VerifyReport {
                        bucket,
                        name: String::new(),
                        path,
                        error: Some(error),
                    });
                    continue;
                }
            };
            for path in paths {
                let name = self.entry_name(bucket, &path);
                let error = self.verify_entry(bucket, &path).err();
                reports.push(VerifyReport {
                    bucket,
                    name,
                    path,
                    error,
                });
            }
        }
        reports
    }

    /// Empties one bucket; with `None`, all but the audit log, which cannot be rebuilt.
    ///
    /// # Errors
    /// [`CacheError::ReadOnly`] or [`CacheError::Io`].
    pub fn clean(&self, bucket: Option<Bucket>) -> Result<Removed, CacheError> {
        let mut removed = Removed::default();
        let buckets = match bucket {
            Some(bucket) => vec![bucket],
            None => rebuildable().collect(),
        };
        for bucket in buckets {
            let paths = self.entry_paths(bucket)?;
            let found = Removed {
                entries: paths.len() as u64,
                bytes: paths.iter().map(|path| size(path)).sum(),
            };
            self.discard(&self.bucket(bucket))?;
            removed.entries += found.entries;
            removed.bytes += found.bytes;
        }
        Ok(removed)
    }

    /// Removes what was not used in the last `keep_days` days; the audit log stays.
    ///
    /// # Errors
    /// [`CacheError::ReadOnly`] or [`CacheError::Io`].
    pub fn prune(&self, keep_days: u64) -> Result<Removed, CacheError> {
        let keep = Duration::from_secs(keep_days.saturating_mul(24 * 60 * 60));
        let mut removed = Removed::default();
        let now = SystemTime::now();
        for entry in self.list()? {
            let is_old = now
                .duration_since(entry.last_used)
                .is_ok_and(|age| age >= keep);
            if is_old && entry.bucket != Bucket::Audit {
                self.discard(&entry.path)?;
                removed.entries += 1;
                removed.bytes += entry.size;
            }
        }
        Ok(removed)
    }

    fn verify_entry(&self, bucket: Bucket, path: &Path) -> Result<(), CacheError> {
        match bucket {
            Bucket::Js => return emit::verify(path),
            Bucket::Npm => return self.verify_versions(path),
            _ => {}
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.verify_tree(&name.parse::<TreeHash>()?)
    }

    /// Every version of one package.
    fn verify_versions(&self, path: &Path) -> Result<(), CacheError> {
        let versions = children(path)?.into_iter().filter(|path| path.is_dir());
        versions
            .into_iter()
            .try_for_each(|folder| self.verify_package(&folder))
    }

    fn entry_name(&self, bucket: Bucket, path: &Path) -> String {
        path.strip_prefix(self.bucket(bucket))
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned()
    }

    fn entry_paths(&self, bucket: Bucket) -> Result<Vec<PathBuf>, CacheError> {
        let mut paths = Vec::new();
        for child in children(&self.bucket(bucket))? {
            match bucket {
                Bucket::Npm => paths.extend(npm_packages(child)?),
                _ if is_shard(&child) => paths.extend(children(&child)?),
                _ => paths.push(child),
            }
        }
        Ok(paths)
    }
}

fn rebuildable() -> impl Iterator<Item = Bucket> {
    Bucket::ALL
        .into_iter()
        .filter(|bucket| *bucket != Bucket::Audit)
}

/// `<registry>/<name>` and `<registry>/@<scope>/<name>`.
fn npm_packages(registry: PathBuf) -> Result<Vec<PathBuf>, CacheError> {
    if !registry.is_dir() {
        return Ok(vec![registry]);
    }
    let mut paths = Vec::new();
    for child in children(&registry)? {
        let is_scope = child
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('@'));
        if is_scope && child.is_dir() {
            paths.extend(children(&child)?);
        } else {
            paths.push(child);
        }
    }
    Ok(paths)
}

/// Folders named by two hexadecimal digits only spread entries out.
fn is_shard(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.len() == 2 && name.iter().all(u8::is_ascii_hexdigit) && path.is_dir()
}

/// The sorted contents of a folder; none if it is missing.
fn children(folder: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|source| CacheError::io(READ, folder, source))?,
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Bytes of all files under `path`; what cannot be read counts nothing.
fn size(path: &Path) -> u64 {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => children(path)
            .unwrap_or_default()
            .iter()
            .map(|child| size(child))
            .sum(),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    }
}
