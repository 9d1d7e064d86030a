//! Looks at a package tarball before anything is unpacked.
//!
//! In: the gzip bytes as downloaded. Out: `Ok`, or the first entry that a package must not have.
//! Side effects: none.

use std::io::{self, Read};
use std::path::{Component, Path};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

/// Unpacked bytes that one package may have: several times the largest in real use.
const MAX_UNPACKED: u64 = 2 << 30;
/// Unpacked bytes for each packed byte; deflate itself cannot pass 1032.
const MAX_RATIO: u64 = 400;
/// Below this size the ratio says nothing.
const RATIO_FROM: u64 = 64 << 20;

#[derive(Debug, thiserror::Error)]
pub enum TarballError {
    #[error("the tarball is damaged or cut short")]
    Damaged(#[source] io::Error),
    #[error("the tarball's entry '{0}' leaves the package folder")]
    Escapes(String),
    #[error("the tarball's entry '{0}' is a link")]
    Link(String),
    #[error("the tarball unpacks to more than {0} bytes: it looks like a decompression bomb")]
    Bomb(u64),
}

/// Refuses absolute paths, `..`, links and decompression bombs.
///
/// # Errors
/// [`TarballError`], one variant for each of them.
pub fn inspect(bytes: &[u8]) -> Result<(), TarballError> {
    let by_ratio = (bytes.len() as u64).saturating_mul(MAX_RATIO).max(RATIO_FROM);
    let limit = by_ratio.min(MAX_UNPACKED);
    let mut counted = Counted {
        inner: GzDecoder::new(bytes),
        left: limit,
        is_over: false,
    };
    let result = entries(&mut counted);
    if counted.is_over {
        return Err(TarballError::Bomb(limit));
    }
    result
}

fn entries(reader: &mut impl Read) -> Result<(), TarballError> {
    let mut archive = Archive::new(reader);
    for entry in archive.entries().map_err(TarballError::Damaged)? {
        let entry = entry.map_err(TarballError::Damaged)?;
        let path = entry.path().map_err(TarballError::Damaged)?.into_owned();
        let shown = path.display().to_string();
        if !stays_inside(&path) {
            return Err(TarballError::Escapes(shown));
        }
        if matches!(entry.header().entry_type(), EntryType::Symlink | EntryType::Link) {
            return Err(TarballError::Link(shown));
        }
    }
    Ok(())
}

fn stays_inside(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

struct Counted<R> {
    inner: R,
    left: u64,
    is_over: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => {
                self.is_over = true;
                return Err(io::Error::other("too large"));
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;
    use tar::{Builder, Header};

    fn packed(fill: impl FnOnce(&mut Builder<GzEncoder<Vec<u8>>>)) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
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

    #[test]
    fn an_ordinary_package_passes() {
        inspect(&with("package/index.js", EntryType::Regular)).unwrap();
    }

    #[test]
    fn paths_that_leave_and_links_are_refused() {
        for path in ["package/../../evil.js", "/etc/evil"] {
            let result = inspect(&with(path, EntryType::Regular));
            assert!(matches!(result, Err(TarballError::Escapes(_))), "{path}: {result:?}");
        }
        for kind in [EntryType::Symlink, EntryType::Link] {
            let result = inspect(&with("package/link", kind));
            assert!(matches!(result, Err(TarballError::Link(_))), "{result:?}");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let size = RATIO_FROM * 2;
        let bomb = packed(|builder| {
            let entry = header("package/zeros", size, EntryType::Regular);
            builder.append(&entry, io::repeat(0).take(size)).unwrap();
        });
        assert!(matches!(inspect(&bomb), Err(TarballError::Bomb(_))));
    }

    #[test]
    fn a_cut_tarball_is_damaged() {
        let mut noise = Vec::new();
        (0..50_000u32).for_each(|n| noise.write_all(&n.wrapping_mul(2654435761).to_le_bytes()).unwrap());
        let whole = packed(|builder| {
            let entry = header("package/noise", noise.len() as u64, EntryType::Regular);
            builder.append(&entry, noise.as_slice()).unwrap();
        });
        let result = inspect(&whole[..whole.len() / 2]);
        assert!(matches!(result, Err(TarballError::Damaged(_))), "{result:?}");
    }
}
