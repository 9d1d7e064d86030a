//! Which files make up a project, and reading them.
//!
//! In: a directory, or names. Out: paths, texts. Side effects: reads files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ComposeError;
use super::node::Source;

/// Names of compose files; the first that is there is taken.
pub(crate) const NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// No compose file needs more.
const LONGEST: u64 = 8 * 1024 * 1024;

/// The compose file of a directory, and its override file if it has one.
///
/// # Errors
/// [`ComposeError::NotFound`].
pub(crate) fn find(directory: &Path) -> Result<Vec<PathBuf>, ComposeError> {
    let first = |names: [&str; 4]| {
        names
            .into_iter()
            .map(|name| directory.join(name))
            .find(|path| path.is_file())
    };
    let main = first(NAMES).ok_or_else(|| ComposeError::NotFound {
        directory: directory.to_owned(),
    })?;
    Ok(std::iter::once(main).chain(first(OVERRIDES)).collect())
}

/// Whether a directory has a compose file.
pub fn has_compose_file(directory: &Path) -> bool {
    find(directory).is_ok()
}

/// Reads a compose file.
pub(crate) fn read(path: &Path) -> io::Result<Arc<Source>> {
    let text = text(path)?;
    Ok(Arc::new(Source {
        path: path.to_owned(),
        text,
        is_private: false,
    }))
}

/// Reads a file of variables, whose values no error shows.
pub(crate) fn read_variables(path: &Path) -> io::Result<Arc<Source>> {
    let text = text(path)?;
    Ok(Arc::new(Source {
        path: path.to_owned(),
        text,
        is_private: true,
    }))
}

/// The text of a file of a sane length. Pipes and devices, which may never end, are refused.
fn text(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    if metadata.len() > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {} MiB", LONGEST >> 20),
        ));
    }
    fs::read_to_string(path)
}
