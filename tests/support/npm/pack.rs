//! Packs a folder as npm does, and tarballs that no package manager must swallow.
//!
//! In: a folder and an optional [`Trick`]. Out: the bytes of a `.tgz`, the same each time.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compress, Compression, Crc, FlushCompress};
use serde::Deserialize;

/// How a tarball misbehaves.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Trick {
    /// An entry `package/../../evil.txt`.
    DotDot,
    /// An entry `/tmp/prizm-evil.txt`.
    Absolute,
    /// A symbolic link out of the package, and a file written through it.
    Symlink,
    /// A hard link to a file outside.
    Hardlink,
    /// Four gibibytes of zeros in four mebibytes.
    Bomb,
    /// The packument promises other bytes.
    WrongIntegrity,
    /// Only the first half of the gzip stream, with a matching integrity.
    Truncated,
    /// Not gzip at all, with a matching integrity.
    NotGzip,
}

/// Packs `folder` under `package/`.
///
/// # Errors
/// The folder cannot be read.
pub fn tarball(folder: &Path, trick: Option<&Trick>) -> io::Result<Vec<u8>> {
    if trick == Some(&Trick::NotGzip) {
        return Ok(b"<html>this is a proxy's error page</html>".to_vec());
    }
    let mut tar = Vec::new();
    for file in files(folder, Path::new(""))? {
        let bytes = std::fs::read(folder.join(&file))?;
        let name = format!("package/{}", file.display());
        append(&mut tar, name.as_bytes(), b'0', b"", &bytes);
    }
    match trick {
        Some(Trick::DotDot) => append(&mut tar, b"package/../../evil.txt", b'0', b"", b"evil"),
        Some(Trick::Absolute) => append(&mut tar, b"/tmp/prizm-evil.txt", b'0', b"", b"evil"),
        Some(Trick::Symlink) => {
            append(&mut tar, b"package/out", b'2', b"../..", b"");
            append(&mut tar, b"package/out/evil.txt", b'0', b"", b"evil");
        }
        Some(Trick::Hardlink) => append(&mut tar, b"package/passwd", b'1', b"/etc/passwd", b""),
        Some(Trick::Bomb) => return bomb(&tar),
        _ => {}
    }
    tar.resize(tar.len() + 1024, 0);
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&tar)?;
    let mut bytes = gz.finish()?;
    if trick == Some(&Trick::Truncated) {
        bytes.truncate(bytes.len() / 2);
    }
    Ok(bytes)
}

fn files(root: &Path, below: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(root, &path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Appends one member; the `tar` crate's own builder would refuse most of these names.
fn append(tar: &mut Vec<u8>, name: &[u8], kind: u8, link: &[u8], body: &[u8]) {
    tar.extend(header(name, kind, link, body.len() as u64).as_bytes());
    tar.extend(body);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

fn header(name: &[u8], kind: u8, link: &[u8], size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let fields = header.as_ustar_mut().expect("made as ustar");
    fields.name[..name.len()].copy_from_slice(name);
    fields.linkname[..link.len()].copy_from_slice(link);
    fields.typeflag = [kind];
    header.set_mode(0o644);
    header.set_mtime(499_162_500);
    header.set_size(size);
    header.set_cksum();
    header
}

/// One deflated block of zeros, repeated: the stream is made in no time and without memory.
fn bomb(start: &[u8]) -> io::Result<Vec<u8>> {
    const BLOCK: usize = 16 << 20;
    const COUNT: usize = 256;
    let mut head = start.to_vec();
    head.extend(header(b"package/zeros", b'0', b"", (BLOCK * COUNT) as u64).as_bytes());

    let zeros = vec![0; BLOCK];
    let block = flushed(&zeros)?;
    let mut block_crc = Crc::new();
    block_crc.update(&zeros);
    let mut crc = Crc::new();
    crc.update(&head);

    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(flushed(&head)?);
    for _ in 0..COUNT {
        bytes.extend(&block);
        crc.combine(&block_crc);
    }
    let end = vec![0; 1024];
    let mut last = DeflateEncoder::new(Vec::new(), Compression::fast());
    last.write_all(&end)?;
    bytes.extend(last.finish()?);
    crc.update(&end);
    bytes.extend(crc.sum().to_le_bytes());
    bytes.extend(crc.amount().to_le_bytes());
    Ok(bytes)
}

/// A deflate stream that ends on a byte and refers to nothing before it.
fn flushed(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(data.len() / 100 + data.len().min(1 << 20) + 1024);
    compress.compress_vec(data, &mut out, FlushCompress::Full)?;
    assert_eq!(compress.total_in(), data.len() as u64, "one call takes all");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Trick, tarball};

    #[test]
    fn a_packed_folder_unpacks() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("lib")).expect("writable");
        std::fs::write(folder.path().join("lib/a.js"), "1").expect("writable");
        std::fs::write(folder.path().join("package.json"), "{}").expect("writable");
        let bytes = tarball(folder.path(), None).expect("packs");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let names: Vec<String> = archive
            .entries()
            .expect("a tar")
            .map(|entry| {
                let entry = entry.expect("whole");
                entry.path().expect("UTF-8").display().to_string()
            })
            .collect();
        assert_eq!(names, ["package/lib/a.js", "package/package.json"]);
    }

    #[test]
    fn the_bomb_is_small_and_valid() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bytes = tarball(folder.path(), Some(&Trick::Bomb)).expect("packs");
        assert!(bytes.len() < 8 << 20);
        let mut start = flate2::read::GzDecoder::new(&bytes[..]).take(64 << 20);
        let mut total = 0;
        let mut buffer = vec![0; 1 << 20];
        while let Ok(read @ 1..) = start.read(&mut buffer) {
            total += read;
        }
        assert_eq!(total, 64 << 20);
    }
}
