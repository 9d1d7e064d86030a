//! Writing files that several programs change: one after the other, and whole or not at all.
//!
//! In: a path, the bytes. Out: the file. Side effects: that file, and an advisory lock on its folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::error::LockfileError;
use super::folder_lock;
use crate::cache::TemporaryPath;

/// Changes the text of any file as [`Lockfile::save`] does: under the lock of its folder, on top of what is there.
///
/// `change`: the text as it is, `None` where there is no file → the text to be.
///
/// # Errors
/// Those of `change`; [`LockfileError::NotWritable`], [`LockfileError::Busy`], [`LockfileError::Write`].
pub(crate) fn rewrite<E: From<LockfileError>>(
    path: &Path,
    change: impl FnOnce(Option<String>) -> Result<String, E>,
) -> Result<(), E> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let _lock = folder_lock::acquire(&target)?;
    let before = match fs::read_to_string(&target) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            let path = path.to_path_buf();
            return Err(LockfileError::Read { path, source }.into());
        }
    };
    let after = change(before.clone())?;
    if before.as_ref() != Some(&after) {
        write(&target, after.as_bytes())?;
    }
    Ok(())
}

/// Writes beside the file, then renames. The new file has the old one's permissions.
///
/// # Errors
/// [`LockfileError::NotWritable`], [`LockfileError::Write`].
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), LockfileError> {
    let folder = folder_lock::parent(path);
    let written = || -> io::Result<()> {
        let temporary = TemporaryPath::unique_in(folder, ".prizm.lock-")?;
        let mut file = File::create_new(temporary.path())?;
        file.write_all(bytes)?;
        if let Ok(existing) = fs::metadata(path) {
            file.set_permissions(existing.permissions())?;
        }
        fs::rename(temporary.path(), path)
    };
    written().map_err(|source| write_error(path, source))
}

pub(super) fn write_error(path: &Path, source: io::Error) -> LockfileError {
    let path = path.to_path_buf();
    match source.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotFound => LockfileError::NotWritable { path, source },
        _ => LockfileError::Write { path, source },
    }
}
