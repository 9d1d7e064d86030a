//! Reads the log, one line at a time, whatever its size.
//!
//! In: the log's file. Out: its lines, and those entries that a [`Filter`] lets through. Side effects: reads.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Take};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::append::AuditLog;
use super::chain::Head;
use super::entry::Record;
use super::error::{AuditError, READ};
use super::{LONGEST_LINE, head_path};

/// A line as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first.
    pub number: u64,
    /// Without the line break; of a line longer than any entry, the beginning.
    pub bytes: Vec<u8>,
    /// It has a line break: its writer got to its end.
    pub is_whole: bool,
}

impl Line {
    /// What the line says; `None` if it is no entry.
    pub fn record(&self) -> Option<Record> {
        let is_entry = self.is_whole && self.bytes.len() <= LONGEST_LINE;
        serde_json::from_slice(&self.bytes)
            .ok()
            .filter(|_| is_entry)
    }
}

/// The lines that were there when reading began.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    file: Option<BufReader<Take<File>>>,
    number: u64,
}

impl AuditLog {
    /// The lines that are there now; none where there is no log.
    ///
    /// # Errors
    /// [`AuditError::Io`]; also from the iterator itself.
    pub fn lines(&self) -> Result<Lines, AuditError> {
        Ok(snapshot(self.path())?.lines)
    }
}

/// The log at one moment.
pub(super) struct Snapshot {
    pub(super) lines: Lines,
    /// The head as it stood at that moment; `None` if there was none, or a broken one.
    pub(super) head: Option<Head>,
}

/// Takes the log's length and head while nobody writes; reading itself hinders no writer.
pub(super) fn snapshot(path: &Path) -> Result<Snapshot, AuditError> {
    let failed = |source| AuditError::io(READ, path, source);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        other => Some(other.map_err(failed)?),
    };
    if let Some(file) = &file {
        lock_shared(file).map_err(failed)?;
    }
    let head = match std::fs::read(head_path(path)) {
        Ok(text) => Head::parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let file = match file {
        Some(file) => {
            let length = file.metadata().map_err(failed)?.len();
            file.unlock().map_err(failed)?;
            Some(BufReader::new(file.take(length)))
        }
        None => None,
    };
    let lines = Lines {
        path: path.to_path_buf(),
        file,
        number: 0,
    };
    Ok(Snapshot { lines, head })
}

/// Where files cannot be locked, what is read may be a moment's half.
fn lock_shared(file: &File) -> io::Result<()> {
    match file.try_lock_shared() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => file.lock_shared(),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Iterator for Lines {
    type Item = Result<Line, AuditError>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.file.as_mut()?;
        match read_line(file) {
            Ok(None) => {
                self.file = None;
                None
            }
            Ok(Some((bytes, is_whole))) => {
                self.number += 1;
                let number = self.number;
                Some(Ok(Line {
                    number,
                    bytes,
                    is_whole,
                }))
            }
            Err(source) => {
                self.file = None;
                Some(Err(AuditError::io(READ, &self.path, source)))
            }
        }
    }
}

/// The next line and whether it ends; a long one is read to its end, but not kept.
fn read_line(file: &mut impl BufRead) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut line = Vec::new();
    let limit = LONGEST_LINE as u64 + 2;
    if file.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let is_whole = line.ends_with(b"\n");
    if is_whole {
        line.pop();
    } else if line.len() as u64 == limit {
        return Ok(Some((line, file.skip_until(b'\n')? > 0)));
    }
    Ok(Some((line, is_whole)))
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// No older ones.
    pub since: Option<DateTime<Utc>>,
    /// Of this provider: an identifier with or without its version, or a pattern with `*`.
    pub provider: Option<String>,
}

impl Filter {
    pub fn lets_through(&self, record: &Record) -> bool {
        let is_recent = self.since.is_none_or(|since| {
            // What has no readable time is shown rather than hidden.
            let time = DateTime::parse_from_rfc3339(&record.time);
            !time.is_ok_and(|time| time < since)
        });
        let is_of = self.provider.as_ref().is_none_or(|wanted| {
            let names = [Some(&record.entry.asked), record.entry.identity.as_ref()];
            names
                .into_iter()
                .flatten()
                .any(|name| is_named(name, wanted))
        });
        is_recent && is_of
    }
}

/// `github:a/b` names `github:a/b` and `github:a/b@v1`; `*` stands for any text.
fn is_named(name: &str, wanted: &str) -> bool {
    if wanted.contains('*') {
        return matches(name.as_bytes(), wanted.as_bytes());
    }
    name.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
}

/// Whether `text` is of the pattern: greedy, with one step back to the last `*`, so that no pattern is slow.
fn matches(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut star = None;
    while at < text.len() {
        if pattern.get(next) == Some(&b'*') {
            star = Some((next, at));
            next += 1;
        } else if pattern.get(next) == Some(&text[at]) {
            at += 1;
            next += 1;
        } else if let Some((place, from)) = star {
            star = Some((place, from + 1));
            (at, next) = (from + 1, place + 1);
        } else {
            return false;
        }
    }
    pattern[next..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        let cases = [
            ("github:a/b@v1", "github:a/b", true),
            ("github:a/b", "github:a/b", true),
            ("github:a/bc", "github:a/b", false),
            ("github:a/b@v1", "github:a/b@v1", true),
            ("github:a/b@v1", "github:a/*", true),
            ("github:ab/b@v1", "github:a/*", false),
            ("npm:@a/b@1.0.0", "npm:*@1.*", true),
            ("npm:@a/b@2.0.0", "npm:*@1.*", false),
            ("x", "*", true),
            ("", "", true),
        ];
        for (name, wanted, expected) in cases {
            assert_eq!(is_named(name, wanted), expected, "{name} {wanted}");
        }
    }

    #[test]
    fn long_lines_are_not_kept() {
        let long = "x".repeat(3 * LONGEST_LINE);
        let text = format!("a\n{long}\nb\nc");
        let mut file = text.as_bytes();
        let mut lines = Vec::new();
        while let Some((line, is_whole)) = read_line(&mut file).unwrap() {
            lines.push((line.len(), is_whole));
        }
        assert_eq!(
            lines,
            [(1, true), (LONGEST_LINE + 2, true), (1, true), (1, false)]
        );
    }
}
