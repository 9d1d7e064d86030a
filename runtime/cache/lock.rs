//! Advisory locks between processes, one small file each under `locks/`.
//!
//! In: a name. Out: a guard that releases on drop (and when the process dies, however it dies).
//! The files stay: removing one that another process has just opened would give two owners.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::CacheError;
use super::tree::hex;

/// Holds a named lock until dropped.
#[derive(Debug)]
pub struct CacheLock {
    _file: File,
}

/// Takes the lock `name` under `folder`, waiting for its owner.
pub(super) fn acquire(folder: &Path, name: &str) -> Result<CacheLock, CacheError> {
    let path = folder.join(file_name(name));
    let file = open_or_create(&path).map_err(|source| CacheError::io("lock", &path, source))?;
    let locked = match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            log::debug!("waiting for another process to release `{name}`");
            wait(&file)
        }
        Err(TryLockError::Error(error)) => Err(error),
    };
    locked.map_err(|source| CacheError::io("lock", &path, source))?;
    Ok(CacheLock { _file: file })
}

/// Opens a lock file, making it and its folder on first use.
pub(super) fn open_or_create(path: &Path) -> io::Result<File> {
    let open = || {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
    };
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            open()
        }
        other => other,
    }
}

/// `File::lock` that a signal does not end.
fn wait(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Short plain names stay readable; anything else (URLs, identifiers) becomes a hash.
fn file_name(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if plain && !name.is_empty() && name.len() <= 100 {
        format!("{name}.lock")
    } else {
        format!("{}.lock", hex(&Sha256::digest(name.as_bytes())))
    }
}
