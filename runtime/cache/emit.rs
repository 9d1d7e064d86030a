//! Compiled output: small entries that only save time, so that every failure is silent.
//!
//! In: a hexadecimal key that hashes all that the output depends on. Out: the bytes, or nothing.
//! An entry, `js-v1/4f/4f81….bin`, is a header of 24 bytes and the output:
//!
//! ```text
//! "prizmjs1" · length (u64, little-endian) · checksum (u64, little-endian) · output
//! ```
//!
//! The checksum finds damage, not malice: who can write here can write a right checksum too.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Bucket, Cache, CacheError, error::READ, stamp_use};

const MAGIC: &[u8; 8] = b"prizmjs1";
const HEADER: usize = 24;
const EXTENSION: &str = "bin";

impl Cache {
    /// The output kept under `key`. A missing, damaged or unreadable entry is `None`.
    ///
    /// `key`: hexadecimal digits, at least 3.
    pub fn emit_get(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.emit_path(key)?;
        match read_entry(&path, key) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    log::debug!("compiled output {} not used: {error}", path.display());
                }
                None
            }
        }
    }

    /// Keeps `bytes` under `key`. A failure is only logged: the output can be made again.
    pub fn emit_put(&self, key: &str, bytes: &[u8]) {
        let Some(path) = self.emit_path(key) else {
            log::debug!("not a key of compiled output: {}", key.escape_default());
            return;
        };
        let entry = [&header(key, bytes), bytes].concat();
        if let Err(error) = self.write_atomic(&path, &entry) {
            log::debug!("compiled output not kept: {error}");
        }
    }

    fn emit_path(&self, key: &str) -> Option<PathBuf> {
        let is_key =
            key.len() > 2 && key.len() <= 128 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then(|| {
            self.bucket(Bucket::Js)
                .join(&key[..2])
                .join(key)
                .with_extension(EXTENSION)
        })
    }
}

/// Checks one entry, whose file name is its key.
pub(super) fn verify(path: &Path) -> Result<(), CacheError> {
    let key = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    read_entry(path, key)
        .map(drop)
        .map_err(|source| CacheError::io(READ, path, source))
}

fn read_entry(path: &Path, key: &str) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    file.read_to_end(&mut bytes)?;
    let is_good = bytes
        .split_at_checked(HEADER)
        .is_some_and(|(head, output)| head == header(key, output));
    if !is_good {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the checksum is wrong",
        ));
    }
    stamp_use(path, metadata.modified().ok());
    bytes.drain(..HEADER);
    Ok(bytes)
}

fn header(key: &str, output: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..16].copy_from_slice(&(output.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(&checksum(key, output).to_le_bytes());
    header
}

/// A fast 64-bit checksum. Each step is a bijection of the state, so that any change within one
/// word shows for certain.
fn checksum(key: &str, bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |state: u64, word: u64| (state ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let word = |chunk: &[u8]| {
        let mut buffer = [0; 8];
        buffer[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(buffer)
    };
    // Four lanes, since one multiplication has to wait for the one before it.
    let mut lanes = [1, 2, 3, 4].map(|lane| step(FACTOR, lane));
    let mut blocks = bytes.chunks_exact(32);
    for block in &mut blocks {
        for (lane, chunk) in lanes.iter_mut().zip(block.chunks_exact(8)) {
            *lane = step(*lane, word(chunk));
        }
    }
    let rest = blocks
        .remainder()
        .chunks(8)
        .chain(key.as_bytes().chunks(8))
        .map(word);
    let state = lanes.into_iter().chain(rest).fold(bytes.len() as u64, step);
    step(state ^ (state >> 32), FACTOR)
}
