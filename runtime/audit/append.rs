//! Adds entries to the log, from many processes at once.
//!
//! In: [`Entry`]. Out: one more line, and the head after it; or an error, and the log as it was. Side effects: the
//! log, its head, and a lock on the log for as long as that takes.
//!
//! The line reaches the disk before the head does. A process that dies between the two leaves one line that the head
//! does not count, or a part of one: the next writer takes the one in and cuts the other off, because whoever wrote
//! that never heard that it was logged, and loaded nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};

use super::chain::{GENESIS, Head, hash};
use super::entry::{Entry, Record};
use super::error::{AuditError, READ};
use super::redact::Redactor;
use super::{LONGEST_LINE, head_path};

/// Writers hold the lock for milliseconds; a program that keeps it for longer is not one of them.
const PATIENCE: Duration = Duration::from_secs(10);
const INTERVAL: Duration = Duration::from_millis(2);

/// How often the file may be removed while its lock is waited for.
const ATTEMPTS: usize = 10;

/// The log at one place.
#[derive(Debug, Clone)]
pub struct AuditLog {
    path: PathBuf,
    redactor: Redactor,
}

impl AuditLog {
    /// The log at `path`, which need not exist. Does no I/O.
    ///
    /// `redactor`: what must not be written down.
    pub fn new(path: PathBuf, redactor: Redactor) -> AuditLog {
        AuditLog { path, redactor }
    }

    /// The log's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an entry: it is on the disk when this returns. Blocks while other processes add theirs.
    ///
    /// # Errors
    /// [`AuditError::DiskFull`], [`AuditError::NotWritable`], [`AuditError::Io`], [`AuditError::Busy`];
    /// [`AuditError::Tampered`] if the log is not as its last writer left it. Nothing was added then.
    pub fn append(&self, entry: Entry) -> Result<(), AuditError> {
        let entry = entry.cleaned(&self.redactor);
        let mut open = Open::locked(&self.path)?;
        let head = open.settle()?;
        let line = line(&head, entry);
        open.add(&head, &line)
    }
}

/// The log and its head while this process alone writes them.
struct Open<'a> {
    path: &'a Path,
    log: File,
    head: File,
}

impl<'a> Open<'a> {
    fn locked(path: &'a Path) -> Result<Open<'a>, AuditError> {
        let failed = |source| AuditError::io("open", path, source);
        for _ in 0..ATTEMPTS {
            let log = open(path, true).map_err(failed)?;
            lock(&log, path)?;
            // Somebody may have moved the file away meanwhile: a line in it would be lost.
            if is_at(&log, path) {
                let head = open(&head_path(path), false).map_err(failed)?;
                return Ok(Open { path, log, head });
            }
        }
        Err(failed(io::Error::other(
            "the file is replaced all the time",
        )))
    }

    /// The end of the log, once what an interrupted writer left is put right.
    fn settle(&mut self) -> Result<Head, AuditError> {
        let length = self
            .log
            .metadata()
            .map_err(|source| self.io(READ, source))?;
        let length = length.len();
        let head = self.read_head(length)?;
        if length < head.bytes {
            let missing = head.bytes - length;
            return Err(self.tampered(format!("{missing} bytes are missing at its end")));
        }
        if head.entries > 0 {
            self.check_last(&head)?;
        }
        match length - head.bytes {
            0 => Ok(head),
            more => self.take_in(head, more),
        }
    }

    fn read_head(&mut self, length: u64) -> Result<Head, AuditError> {
        let mut text = Vec::new();
        let read = (&self.head).take(4096).read_to_end(&mut text);
        read.map_err(|source| self.io(READ, source))?;
        if text.is_empty() && length == 0 {
            // On the disk before the first line, so that a line without a head is never Prizm's doing.
            let head = Head::empty();
            self.write_head(&head)?;
            return Ok(head);
        }
        let missing = "its head file is missing or damaged";
        Head::parse(&text).ok_or_else(|| self.tampered(missing.to_string()))
    }

    fn check_last(&self, head: &Head) -> Result<(), AuditError> {
        let last = self.read(head.last, head.bytes - head.last)?;
        match last.strip_suffix(b"\n") {
            Some(line) if hash(line) == head.hash => Ok(()),
            _ => Err(self.tampered("its last entry is another one".to_string())),
        }
    }

    /// One whole line after the head belongs to a writer that did not get to write the head; part of a line is cut off.
    fn take_in(&mut self, head: Head, length: u64) -> Result<Head, AuditError> {
        let rest = self.read(head.bytes, length)?;
        let mut lines = rest.split(|byte| *byte == b'\n');
        let head = match (lines.next(), lines.next(), lines.next()) {
            (Some(line), Some(_), None) if follows(line, &head) => head.after(line),
            (_, None, _) => head,
            _ => return Err(self.tampered("something was added to it".to_string())),
        };
        log::debug!("audit log: an interrupted entry was put right");
        let cut = self.log.set_len(head.bytes);
        cut.map_err(|source| self.io("repair", source))?;
        self.write_head(&head)?;
        Ok(head)
    }

    fn add(&mut self, head: &Head, line: &[u8]) -> Result<(), AuditError> {
        let added = self
            .log
            .write_all(&[line, b"\n"].concat())
            .and_then(|()| self.log.sync_data())
            .map_err(|source| self.io("write", source))
            .and_then(|()| self.write_head(&head.after(line)));
        if added.is_err()
            && let Err(error) = self.log.set_len(head.bytes)
        {
            // The next writer finds it, and cuts it off.
            log::debug!("audit log: part of an entry stays: {error}");
        }
        added
    }

    fn write_head(&mut self, head: &Head) -> Result<(), AuditError> {
        self.head
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.head.write_all(head.to_text().as_bytes()))
            .map_err(|source| self.io("write the head of", source))
    }

    /// Exactly `length` bytes from `start`; more than a line holds are none of Prizm's.
    fn read(&self, start: u64, length: u64) -> Result<Vec<u8>, AuditError> {
        if length > 2 * LONGEST_LINE as u64 {
            return Err(self.tampered("there is a line longer than any entry".to_string()));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        let mut log = &self.log;
        log.seek(SeekFrom::Start(start))
            .and_then(|_| log.read_exact(&mut bytes))
            .map_err(|source| self.io(READ, source))?;
        Ok(bytes)
    }

    fn io(&self, action: &'static str, source: io::Error) -> AuditError {
        AuditError::io(action, self.path, source)
    }

    fn tampered(&self, reason: String) -> AuditError {
        AuditError::Tampered {
            path: self.path.to_path_buf(),
            reason,
        }
    }
}

/// Whether `line` is the entry that comes after `head`.
fn follows(line: &[u8], head: &Head) -> bool {
    serde_json::from_slice::<Record>(line)
        .is_ok_and(|record| record.sequence == head.entries + 1 && record.previous == head.hash)
}

/// The line of `entry`, which comes after `head`.
fn line(head: &Head, entry: Entry) -> Vec<u8> {
    debug_assert!(head.entries > 0 || head.hash == GENESIS);
    let mut record = Record {
        sequence: head.entries + 1,
        previous: head.hash.clone(),
        time: DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true),
        user: deno_whoami::username(),
        host: deno_runtime::deno_os::sys_info::hostname(),
        pid: std::process::id(),
        entry,
    };
    let line = serialized(&record);
    if line.len() < LONGEST_LINE {
        return line;
    }
    record.entry.permissions = Some("too many to be listed".into());
    serialized(&record)
}

fn serialized(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).expect("text, numbers and JSON always serialise")
}

/// Opens or makes a file that others may not read. `is_log`: to be added to, rather than overwritten.
fn open(path: &Path, is_log: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).create(true);
    match is_log {
        true => options.append(true),
        false => options.write(true).truncate(false),
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            options.open(path)
        }
        other => other,
    }
}

fn lock(file: &File, path: &Path) -> Result<(), AuditError> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                return Err(AuditError::Busy {
                    path: path.to_path_buf(),
                    seconds: PATIENCE.as_secs(),
                });
            }
            Err(TryLockError::WouldBlock) => thread::sleep(INTERVAL),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(source)) => return Err(AuditError::io("lock", path, source)),
        }
    }
}

/// Whether `path` still leads to this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    matches!((&file.metadata(), &fs::metadata(path)), (Ok(a), Ok(b)) if same(a, b))
}

/// Open files cannot be moved away here.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}
