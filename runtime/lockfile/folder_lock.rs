//! The lock under which a lock file is rewritten.
//!
//! In: the lock file's path. Out: a guard. The lock is an advisory one on the folder itself, so that no
//! second file appears beside the user's. Where the file system cannot lock folders, an empty file in
//! the system's temporary folder, named after the folder, stands in.

use std::env;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::error::LockfileError;
use super::write::write_error;
use crate::cache::hex;

/// Writers hold the lock for milliseconds; a program that keeps it for longer is not one of them.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(3);

/// Takes the lock for the folder of `path`. Dropping the file releases it.
pub(super) fn acquire(path: &Path) -> Result<File, LockfileError> {
    let folder = parent(path);
    let opened = match File::open(folder) {
        // Windows opens no folders as files.
        Err(_) if cfg!(windows) && folder.is_dir() => stand_in(folder),
        other => other,
    };
    let mut file = opened.map_err(|source| write_error(path, source))?;
    let start = Instant::now();
    let mut is_stand_in = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                return Err(LockfileError::Busy {
                    path: path.to_path_buf(),
                    seconds: PATIENCE.as_secs(),
                });
            }
            Err(TryLockError::WouldBlock) => thread::sleep(INTERVAL),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) if !is_stand_in => {
                log::debug!("{} cannot be locked: {error}", folder.display());
                file = stand_in(folder).map_err(|source| write_error(path, source))?;
                is_stand_in = true;
            }
            Err(TryLockError::Error(source)) => return Err(write_error(path, source)),
        }
    }
}

/// The folder that `path` is in; `.` for a bare file name.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn stand_in(folder: &Path) -> io::Result<File> {
    let folder = folder.canonicalize()?;
    let name = hex(&Sha256::digest(folder.as_os_str().as_encoded_bytes()));
    let path = env::temp_dir().join(format!("prizm-{}.lock", &name[..32]));
    // Another user's file may be opened, but in a shared folder not with `create`.
    File::open(&path).or_else(|_| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
    })
}
