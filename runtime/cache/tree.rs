//! Source trees: what they hash to, the manifest kept beside them, and the two checks.
//!
//! In: a folder of plain files. Out: [`TreeHash`], [`TreeManifest`]. A tree in the cache:
//!
//! ```text
//! src-v1/3f/sha256-3f…/tree/…           the files
//! src-v1/3f/sha256-3f…/manifest.json    {"version":1,"files":[{"path":"index.ts","mode":"644",
//!                                         "sha256":"9a…","size":120,"mtime_ns":1731000000000000000}]}
//! ```
//!
//! Side effects: reads only.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{CacheError, READ};

const PREFIX: &str = "sha256-";
const MANIFEST_VERSION: u32 = 1;

/// The hash of a tree: `sha256-` and 64 lower-case hexadecimal digits.
///
/// It is the SHA-256 over the sorted lines `<mode> <sha256 of the file> <path>\n`, where the mode is
/// `644` or `755` and the path has forward slashes. Folders without files leave no trace in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeHash(String);

impl TreeHash {
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 64 hexadecimal digits.
    pub fn digits(&self) -> &str {
        &self.0[PREFIX.len()..]
    }

    /// The hash over lines made by [`tree_line`], in any order.
    pub fn of_lines(mut lines: Vec<String>) -> TreeHash {
        lines.sort_unstable();
        let mut hasher = Sha256::new();
        lines.iter().for_each(|line| hasher.update(line));
        TreeHash(format!("{PREFIX}{}", hex(&hasher.finalize())))
    }

    /// Hashes the files of `folder`.
    ///
    /// # Errors
    /// As [`TreeManifest::scan`].
    pub fn of(folder: &Path) -> Result<TreeHash, CacheError> {
        Ok(TreeManifest::scan(folder)?.hash())
    }
}

impl FromStr for TreeHash {
    type Err = CacheError;

    fn from_str(text: &str) -> Result<TreeHash, CacheError> {
        let digits = text.strip_prefix(PREFIX).unwrap_or_default();
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() == 64 && digits.bytes().all(is_digit) {
            Ok(TreeHash(text.to_string()))
        } else {
            Err(CacheError::InvalidHash {
                text: text.escape_default().take(100).collect(),
            })
        }
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One file of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFile {
    /// Path inside the tree, with forward slashes.
    pub path: String,
    /// Whether it may be executed.
    pub mode: TreeMode,
    /// SHA-256 of the contents, lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub mtime_ns: u64,
    /// When anything about the file changed, which no program can set; 0 where the system has no such time.
    #[serde(default)]
    pub ctime_ns: u64,
}

/// The two modes that git knows for plain files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreeMode {
    /// `644`
    #[serde(rename = "644")]
    Plain,
    /// `755`
    #[serde(rename = "755")]
    Executable,
}

impl TreeMode {
    fn of(metadata: &Metadata) -> TreeMode {
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0 {
            return TreeMode::Executable;
        }
        let _ = metadata;
        TreeMode::Plain
    }

    fn as_str(self) -> &'static str {
        match self {
            TreeMode::Plain => "644",
            TreeMode::Executable => "755",
        }
    }
}

/// Every file of a tree, sorted by path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeManifest {
    version: u32,
    files: Vec<TreeFile>,
}

impl TreeManifest {
    /// Reads and hashes every file under `folder`.
    ///
    /// # Errors
    /// [`CacheError::Unsupported`] for links, devices and names that are not plain UTF-8;
    /// [`CacheError::Io`] for what cannot be read.
    pub fn scan(folder: &Path) -> Result<TreeManifest, CacheError> {
        let mut files = Vec::new();
        for (path, metadata) in walk(folder)? {
            let sha256 = hash_file(&folder.join(&path))?;
            files.push(TreeFile {
                sha256,
                mode: TreeMode::of(&metadata),
                size: metadata.len(),
                mtime_ns: mtime_ns(&metadata),
                ctime_ns: ctime_ns(&metadata),
                path,
            });
        }
        Ok(TreeManifest {
            version: MANIFEST_VERSION,
            files,
        })
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[TreeFile] {
        &self.files
    }

    /// The hash of the tree.
    pub fn hash(&self) -> TreeHash {
        self.hash_without("")
    }

    /// The hash of the tree without the file `path`.
    pub fn hash_without(&self, path: &str) -> TreeHash {
        let files = self.files.iter().filter(|file| file.path != path);
        TreeHash::of_lines(
            files
                .map(|file| line(file.mode, &file.sha256, &file.path))
                .collect(),
        )
    }

    pub(super) fn read(path: &Path) -> Result<TreeManifest, CacheError> {
        let bytes = fs::read(path).map_err(|source| CacheError::io(READ, path, source))?;
        let damaged = |reason: String| CacheError::Manifest {
            path: path.to_path_buf(),
            reason,
        };
        let manifest: TreeManifest =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if manifest.version != MANIFEST_VERSION {
            return Err(damaged(format!("unknown version {}", manifest.version)));
        }
        Ok(manifest)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers always serialise")
    }

    /// Compares with the files under `folder`, reading only those whose size or time differs.
    pub(super) fn compare(&self, folder: &Path) -> Result<Comparison, CacheError> {
        let mut found: BTreeMap<String, Metadata> = walk(folder)?.into_iter().collect();
        let mut comparison = Comparison::default();
        for file in &self.files {
            let Some(metadata) = found.remove(&file.path) else {
                comparison
                    .differences
                    .push(format!("missing: {}", file.path));
                continue;
            };
            let is_same_size = metadata.len() == file.size && TreeMode::of(&metadata) == file.mode;
            let is_same_time =
                mtime_ns(&metadata) == file.mtime_ns && ctime_ns(&metadata) == file.ctime_ns;
            if is_same_size && is_same_time && !is_read_by_us(&file.path) {
                continue;
            }
            if is_same_size && hash_file(&folder.join(&file.path))? == file.sha256 {
                comparison.is_touched |= !is_same_time;
            } else {
                comparison
                    .differences
                    .push(format!("changed: {}", file.path));
            }
        }
        comparison
            .differences
            .extend(found.into_keys().map(|path| format!("extra: {path}")));
        Ok(comparison)
    }
}

fn line(mode: TreeMode, sha256: &str, path: &str) -> String {
    format!("{} {sha256} {path}\n", mode.as_str())
}

/// What a file adds to the hash of its tree.
pub fn tree_line(path: &str, mode: TreeMode, bytes: &[u8]) -> String {
    line(mode, &hex(&Sha256::digest(bytes)), path)
}

/// What [`TreeManifest::compare`] found.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// "changed: src/index.ts"
    pub(super) differences: Vec<String>,
    /// Some file has another time but the same contents.
    pub(super) is_touched: bool,
}

/// The first few differences in one line.
pub(super) fn summarize(differences: &[String]) -> String {
    let mut text = differences
        .iter()
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if differences.len() > 3 {
        text.push_str(&format!(" and {} more", differences.len() - 3));
    }
    text
}

/// Every file under `folder` with its slash path, sorted by path.
fn walk(folder: &Path) -> Result<Vec<(String, Metadata)>, CacheError> {
    let mut files = Vec::new();
    let mut pending = vec![String::new()];
    while let Some(prefix) = pending.pop() {
        let path = folder.join(&prefix);
        let read = |source: io::Error| CacheError::io(READ, &path, source);
        for entry in fs::read_dir(&path).map_err(read)? {
            let entry = entry.map_err(read)?;
            let name = prefix.clone() + portable_name(&entry.file_name())?;
            let kind = entry.file_type().map_err(read)?;
            if kind.is_dir() {
                pending.push(name + "/");
            } else if kind.is_file() {
                files.push((name, entry.metadata().map_err(read)?));
            } else {
                let reason = if kind.is_symlink() {
                    "a symbolic link"
                } else {
                    "not a plain file"
                };
                return Err(CacheError::Unsupported { path: name, reason });
            }
        }
    }
    files.sort_unstable_by(|left, right| left.0.cmp(&right.0));
    Ok(files)
}

/// A control character could forge a line of the hashed list; other bytes than UTF-8 have no slash path.
fn portable_name(name: &std::ffi::OsStr) -> Result<&str, CacheError> {
    let refuse = |reason| CacheError::Unsupported {
        path: name.to_string_lossy().escape_debug().to_string(),
        reason,
    };
    let text = name
        .to_str()
        .ok_or_else(|| refuse("a name that is not UTF-8"))?;
    if text.contains(|character: char| character.is_control() || character == '\\') {
        return Err(refuse("a name with a control character or backslash"));
    }
    Ok(text)
}

fn mtime_ns(metadata: &Metadata) -> u64 {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    modified
        .and_then(|since| u64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}

fn ctime_ns(metadata: &Metadata) -> u64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (seconds, rest) = (metadata.ctime(), metadata.ctime_nsec());
        u64::try_from(seconds * 1_000_000_000 + rest).unwrap_or_default()
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0
    }
}

/// Small files that decide what is run and with which permissions: they are read at every check.
fn is_read_by_us(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_ours = name.starts_with("prizm.") || name.starts_with("tsconfig");
    (name == "package.json" || is_ours) && !path.contains("node_modules/")
}

fn hash_file(path: &Path) -> Result<String, CacheError> {
    let read = |source| CacheError::io(READ, path, source);
    let mut file = File::open(path).map_err(read)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read(error)),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
