//! Unpacks a package tarball, and refuses what a package must not hold.
//!
//! In: the gzip bytes as downloaded, their integrity already checked. Out: the files below a staging folder.
//! Side effects: that folder alone; after an error it holds half a package, and its owner drops it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use tar::{Archive, Entry, EntryType};

use crate::cache::CacheError;

/// Unpacked bytes that one package may have: several times the largest in real use.
const MAX_UNPACKED: u64 = 2 << 30;
/// Unpacked bytes for each packed byte; code packs ten to one, deflate itself ends at 1032.
const MAX_RATIO: u64 = 200;
/// Below this size the ratio says nothing.
const RATIO_FROM: u64 = 64 << 20;
const BUFFER: usize = 64 << 10;

#[derive(Debug, thiserror::Error)]
pub enum TarballError {
    #[error("the tarball is damaged or cut short")]
    Damaged(#[source] io::Error),
    #[error("the tarball's entry '{0}' leaves the package folder")]
    Escapes(String),
    #[error("the tarball's entry '{0}' is a link")]
    Link(String),
    #[error("the tarball's entry '{0}' is no file and no folder")]
    Special(String),
    #[error("the tarball's entry '{entry}' takes it over {} MiB: it looks like a decompression bomb", limit >> 20)]
    Bomb { entry: String, limit: u64 },
    #[error("the tarball holds no package.json")]
    NoManifest,
    #[error(transparent)]
    Cache(CacheError),
}

/// Unpacks into `folder`, without the `package/` that every path in a package begins with.
///
/// # Errors
/// [`TarballError`]: absolute paths, `..`, links, devices, decompression bombs, damage; the entry is named.
pub fn unpack(bytes: &[u8], folder: &Path) -> Result<(), TarballError> {
    let by_ratio = (bytes.len() as u64)
        .saturating_mul(MAX_RATIO)
        .max(RATIO_FROM);
    let limit = by_ratio.min(MAX_UNPACKED);
    let mut source = Counted {
        inner: GzDecoder::new(bytes),
        left: limit,
    };
    let mut last = String::from("(the first)");
    let result = entries(&mut source, folder, limit, &mut last);
    if source.left == 0 && !matches!(result, Err(TarballError::Bomb { .. })) {
        return Err(TarballError::Bomb { entry: last, limit });
    }
    result?;
    match folder.join("package.json").is_file() {
        true => Ok(()),
        false => Err(TarballError::NoManifest),
    }
}

fn entries(
    source: &mut impl Read,
    folder: &Path,
    limit: u64,
    last: &mut String,
) -> Result<(), TarballError> {
    let mut archive = Archive::new(source);
    let mut left = limit;
    for entry in archive.entries().map_err(TarballError::Damaged)? {
        let mut entry = entry.map_err(TarballError::Damaged)?;
        let path = entry.path().map_err(TarballError::Damaged)?.into_owned();
        *last = path.display().to_string();
        let Some(inside) = inside(&path) else {
            return Err(TarballError::Escapes(last.clone()));
        };
        let bomb = || TarballError::Bomb {
            entry: path.display().to_string(),
            limit,
        };
        left = left.checked_sub(entry.size()).ok_or_else(bomb)?;
        let target = folder.join(inside);
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                file(&mut entry, &target)?
            }
            EntryType::Directory => make_folder(&target)?,
            EntryType::XGlobalHeader => {}
            EntryType::Symlink | EntryType::Link => return Err(TarballError::Link(last.clone())),
            _ => return Err(TarballError::Special(last.clone())),
        }
    }
    Ok(())
}

/// The path below the package's folder; `None` if it leads out of it, even for a moment.
fn inside(path: &Path) -> Option<PathBuf> {
    let stays = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    stays.then(|| {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .skip(1)
            .collect()
    })
}

fn file(entry: &mut Entry<'_, impl Read>, target: &Path) -> Result<(), TarballError> {
    if let Some(parent) = target.parent() {
        make_folder(parent)?;
    }
    let written = |source| TarballError::Cache(CacheError::io("write", target, source));
    let is_executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
    let mut file = create(target, is_executable).map_err(written)?;
    let mut buffer = vec![0; BUFFER.min(entry.size() as usize)];
    loop {
        match entry.read(&mut buffer).map_err(TarballError::Damaged)? {
            0 => return Ok(()),
            count => file.write_all(&buffer[..count]).map_err(written)?,
        }
    }
}

#[cfg(unix)]
fn create(target: &Path, is_executable: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = match is_executable {
        true => 0o755,
        false => 0o644,
    };
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(target)
}

#[cfg(not(unix))]
fn create(target: &Path, _is_executable: bool) -> io::Result<File> {
    File::create(target)
}

fn make_folder(path: &Path) -> Result<(), TarballError> {
    fs::create_dir_all(path)
        .map_err(|source| TarballError::Cache(CacheError::io("create", path, source)))
}

/// Ends a stream that gives more than it may; `left` is 0 then.
struct Counted<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        match self.left {
            0 => Err(io::Error::other("too large")),
            _ => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    type Packer = Builder<GzEncoder<Vec<u8>>>;

    fn packed(fill: impl FnOnce(&mut Packer)) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        builder
            .append(
                &header("package/package.json", 2, EntryType::Regular),
                &b"{}"[..],
            )
            .unwrap();
        fill(&mut builder);
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn header(path: &str, size: u64, kind: EntryType) -> Header {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(size);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        header
    }

    fn with(path: &str, kind: EntryType) -> Vec<u8> {
        packed(|builder| builder.append(&header(path, 0, kind), io::empty()).unwrap())
    }

    fn unpacked(bytes: &[u8]) -> Result<tempfile::TempDir, TarballError> {
        let folder = tempfile::tempdir().unwrap();
        unpack(bytes, folder.path()).map(|()| folder)
    }

    #[test]
    fn an_ordinary_package_unpacks_without_its_first_folder() {
        for path in ["package/lib/index.js", "./package/lib/index.js"] {
            let folder = unpacked(&with(path, EntryType::Regular)).unwrap();
            assert!(folder.path().join("lib/index.js").is_file(), "{path}");
        }
    }

    #[test]
    fn paths_that_leave_and_links_are_refused_by_name() {
        for path in ["package/../../evil.js", "/etc/evil"] {
            let result = unpacked(&with(path, EntryType::Regular));
            assert!(
                matches!(&result, Err(TarballError::Escapes(entry)) if entry == path),
                "{path}: {result:?}"
            );
        }
        for kind in [EntryType::Symlink, EntryType::Link] {
            let result = unpacked(&with("package/link", kind));
            assert!(
                matches!(&result, Err(TarballError::Link(entry)) if entry == "package/link"),
                "{result:?}"
            );
        }
        let device = unpacked(&with("package/tty", EntryType::Char));
        assert!(
            matches!(device, Err(TarballError::Special(_))),
            "{device:?}"
        );
    }

    #[test]
    fn a_bomb_is_refused_by_the_size_it_announces() {
        let size = RATIO_FROM * 2;
        let bomb = packed(|builder| {
            let entry = header("package/zeros", size, EntryType::Regular);
            builder.append(&entry, io::repeat(0).take(size)).unwrap();
        });
        let result = unpacked(&bomb);
        assert!(
            matches!(&result, Err(TarballError::Bomb { entry, .. }) if entry == "package/zeros"),
            "{result:?}"
        );
    }

    #[test]
    fn a_cut_tarball_is_damaged_and_an_empty_one_no_package() {
        let noise: Vec<u8> = (0..50_000u32)
            .flat_map(|n| n.wrapping_mul(2654435761).to_le_bytes())
            .collect();
        let whole = packed(|builder| {
            let entry = header("package/noise", noise.len() as u64, EntryType::Regular);
            builder.append(&entry, noise.as_slice()).unwrap();
        });
        let result = unpacked(&whole[..whole.len() / 2]);
        assert!(
            matches!(result, Err(TarballError::Damaged(_))),
            "{result:?}"
        );
        let empty = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
        let empty = empty.into_inner().unwrap().finish().unwrap();
        assert!(matches!(unpacked(&empty), Err(TarballError::NoManifest)));
    }
}
