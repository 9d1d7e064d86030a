//! Goes through the files of a repository and hands each to the checks that concern it.
//!
//! In: a folder. Out: findings. Side effects: reads files, up to the sizes below. Links are not followed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::ScanError;
use super::text::Minified;
use super::{Finding, Findings, Rule, binary, code, package, text};

const MOST_FILES: usize = 50_000;
const DEEPEST: usize = 64;
/// What is looked at of one file, in bytes.
const MOST_OF_A_FILE: u64 = 8 << 20;
const MOST_IN_ALL: u64 = 512 << 20;

/// One file as read.
pub(super) struct Source {
    /// Relative to the repository, with `/`.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// There is more of it.
    pub(super) is_cut: bool,
}

impl Source {
    /// The last part of the name.
    pub(super) fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// In lower case; of `.mjs` and `mjs` nothing.
    pub(super) fn extension(&self) -> String {
        let parts = self.base().rsplit_once('.');
        let extension = parts.filter(|(stem, _)| !stem.is_empty());
        extension.map_or(String::new(), |(_, extension)| {
            extension.to_ascii_lowercase()
        })
    }
}

/// All findings in the files below `root`.
pub(super) fn look_through(root: &Path) -> Result<Vec<Finding>, ScanError> {
    let mut walk = Walk {
        root,
        findings: Findings::default(),
        minified: Minified::default(),
        files: 0,
        bytes: 0,
    };
    walk.folder(root, 0)?;
    walk.minified.finish(&mut walk.findings);
    Ok(walk.findings.0)
}

struct Walk<'a> {
    root: &'a Path,
    findings: Findings,
    minified: Minified,
    files: usize,
    bytes: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), ScanError> {
        if depth > DEEPEST {
            self.unread(
                folder,
                "its folders are nested too deep to be looked through",
            );
            return Ok(());
        }
        let read = |source| ScanError::Read {
            path: folder.to_path_buf(),
            source,
        };
        let entries = fs::read_dir(folder).map_err(read)?;
        let mut entries = entries.collect::<io::Result<Vec<_>>>().map_err(read)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let kind = entry.file_type().map_err(read)?;
            if kind.is_dir() && !(depth == 0 && entry.file_name() == ".git") {
                self.folder(&path, depth + 1)?;
            } else if kind.is_file() {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), ScanError> {
        self.files += 1;
        if self.files > MOST_FILES || self.bytes > MOST_IN_ALL {
            self.unread(
                path,
                "there are too many files to be looked through, from this one on",
            );
            return Ok(());
        }
        let source = self.read(path).map_err(|source| ScanError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        self.bytes += source.bytes.len() as u64;
        self.check(&source);
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Source> {
        let mut bytes = Vec::new();
        let mut file = File::open(path)?.take(MOST_OF_A_FILE + 1);
        file.read_to_end(&mut bytes)?;
        let limit = usize::try_from(MOST_OF_A_FILE).unwrap_or(usize::MAX);
        let is_cut = bytes.len() > limit;
        bytes.truncate(limit);
        let name = self.name(path);
        Ok(Source {
            name,
            bytes,
            is_cut,
        })
    }

    fn check(&mut self, source: &Source) {
        let findings = &mut self.findings;
        if let Some(kind) = binary::native(source) {
            return findings.add(Rule::Native, &source.name, None, kind);
        }
        let Some(content) = text::of(source) else {
            return;
        };
        text::check(source, &content, findings);
        if matches!(source.base(), "package.json" | "binding.gyp") {
            package::check(source, &content, findings);
        }
        if !code::concerns(source, &content) {
            return;
        }
        if source.is_cut {
            let message = "is too big to be looked through";
            return findings.add(Rule::Unreadable, &source.name, None, message);
        }
        code::check(source, &content, findings);
        self.minified.add(source, &content);
    }

    fn unread(&mut self, path: &Path, message: &str) {
        let name = self.name(path);
        let is_known =
            |finding: &Finding| finding.rule == Rule::Unreadable && finding.message == message;
        if !self.findings.0.iter().any(is_known) {
            self.findings.add(Rule::Unreadable, &name, None, message);
        }
    }

    fn name(&self, path: &Path) -> String {
        let relative: PathBuf = path.strip_prefix(self.root).unwrap_or(path).into();
        let parts = relative.components();
        let parts = parts.map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}
