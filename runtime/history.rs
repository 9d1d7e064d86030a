//! What every reference stood for: an append-only log that notices a tag which has been moved.
//!
//! In: what git sources resolved. Out: nothing, or [`HistoryError::Moved`]. Side effects: appends to the log in the
//! cache, and to the shared ones that the policy names (`historyFile`). Many processes may append at once.
//!
//! `history/refs.jsonl`, one line for each new fact:
//!
//! ```text
//! {"time":"2026-11-23T09:12:44Z","repository":"https://github.com/owner/repo.git","ref":"refs/tags/v1","commit":"4f0c…"}
//! {"time":"…","repository":"…","ref":"refs/tags/v1","commit":"91ab…","accepted":true}
//! ```
//!
//! Branches may move; a tag may not, unless a person accepts it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::policy::moment;

#[cfg(test)]
mod tests;

const FOLDER: &str = "history";
const FILE_NAME: &str = "refs.jsonl";
const TAGS: &str = "refs/tags/";

/// A tag that stands for another commit than it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its address.
    pub repository: String,
    pub tag: String,
    pub before: String,
    /// When.
    pub seen: String,
    /// The log that knows.
    pub log: PathBuf,
    pub now: String,
    pub at: String,
    /// The identifier that was asked for, without its reference: `github:owner/repo`.
    pub name: String,
}

impl fmt::Display for Moved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moved {
            repository,
            tag,
            before,
            seen,
            now,
            at,
            ..
        } = self;
        let log = self.log.display();
        writeln!(formatter, "The tag `{tag}` of {repository} has been moved")?;
        writeln!(formatter, "  before: {before} (seen {seen}, {log})")?;
        write!(formatter, "  now:    {now} (seen {at})")
    }
}

/// A tag that is not what it was, or a log that cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HistoryError {
    #[error("{0}")]
    Moved(Box<Moved>),

    #[error("Could not {action} the log of references `{}`: {reason}", path.display())]
    Log {
        /// As a verb: "read".
        action: &'static str,
        path: PathBuf,
        reason: String,
    },
}

impl HistoryError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            HistoryError::Moved(moved) => {
                let Moved {
                    name,
                    tag,
                    before,
                    now,
                    ..
                } = &**moved;
                vec![
                    format!("to stay with what it was: {name}@{before}"),
                    format!(
                        "if its author says that it was meant: prizm policy accept {name}@{tag} {now}"
                    ),
                ]
            }
            HistoryError::Log { .. } => Vec::new(),
        }
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    time: String,
    repository: String,
    #[serde(rename = "ref")]
    reference: String,
    commit: String,
    /// A person said that this is right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    accepted: bool,
}

/// A reference that has been looked up.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// The address, without user and password.
    pub repository: &'a str,
    /// In full: `refs/tags/v1`.
    pub reference: &'a str,
    pub commit: &'a str,
    /// What people call the repository: `github:owner/repo`.
    pub name: &'a str,
}

/// The logs.
#[derive(Debug, Clone)]
pub struct History {
    /// The cache's own one first.
    logs: Vec<PathBuf>,
}

impl History {
    /// The log in the cache, and those that are shared with others. Does no I/O.
    pub fn new<'a>(cache: &Cache, shared: impl IntoIterator<Item = &'a Path>) -> History {
        let mut logs = vec![cache.root().join(FOLDER).join(FILE_NAME)];
        logs.extend(shared.into_iter().map(Path::to_path_buf));
        History { logs }
    }

    /// Remembers what a reference was resolved to.
    ///
    /// # Errors
    /// [`HistoryError::Moved`] for a tag that stood for another commit, in any of the logs; also where a branch has
    /// taken the name of a tag. [`HistoryError::Log`] if a log cannot be read or written.
    pub fn record(&self, resolved: Resolved<'_>, now: SystemTime) -> Result<(), HistoryError> {
        for log in &self.logs {
            let mut log = Log::open(log)?;
            log.check(&resolved, now)?;
            log.append(&resolved, now, false)?;
        }
        Ok(())
    }

    /// Holds a commit that a lock file names against what the tag of that name ever stood for.
    ///
    /// # Errors
    /// As [`History::record`].
    pub fn check_pinned(
        &self,
        resolved: Resolved<'_>,
        now: SystemTime,
    ) -> Result<(), HistoryError> {
        for path in self.logs.iter().filter(|path| path.exists()) {
            let log = Log::open(path)?;
            let mut known = log.of_tag(&resolved).peekable();
            if known.peek().is_some() && !known.any(|entry| entry.commit == resolved.commit) {
                log.check(&resolved, now)?;
            }
        }
        Ok(())
    }

    /// Remembers that a person takes the tag for what it is now.
    ///
    /// # Errors
    /// [`HistoryError::Log`].
    pub fn accept(&self, resolved: Resolved<'_>, now: SystemTime) -> Result<(), HistoryError> {
        for log in &self.logs {
            Log::open(log)?.append(&resolved, now, true)?;
        }
        Ok(())
    }
}

/// One log, held against other processes until dropped.
struct Log<'a> {
    path: &'a Path,
    file: File,
    entries: Vec<Entry>,
    /// Whether the last line is complete: a process may have died while it wrote.
    is_whole: bool,
}

impl<'a> Log<'a> {
    fn open(path: &'a Path) -> Result<Log<'a>, HistoryError> {
        let mut file = open_or_create(path).map_err(|error| failed("open", path, &error))?;
        wait_for(&file).map_err(|error| failed("lock", path, &error))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)
            .map_err(|error| failed("read", path, &error))?;
        let lines = text.split(|byte| *byte == b'\n');
        Ok(Log {
            path,
            file,
            is_whole: text.last().is_none_or(|byte| *byte == b'\n'),
            entries: lines
                .filter_map(|line| serde_json::from_slice(line).ok())
                .collect(),
        })
    }

    /// What is known of the tag of this name, whatever it is now.
    fn of_tag(&self, resolved: &Resolved<'_>) -> impl DoubleEndedIterator<Item = &Entry> {
        let tag = format!("{TAGS}{}", short(resolved.reference));
        let repository = resolved.repository.to_owned();
        self.entries
            .iter()
            .filter(move |entry| entry.repository == repository && entry.reference == tag)
    }

    fn check(&self, resolved: &Resolved<'_>, now: SystemTime) -> Result<(), HistoryError> {
        match self.of_tag(resolved).next_back() {
            Some(known) if known.commit != resolved.commit => {
                Err(HistoryError::Moved(Box::new(Moved {
                    repository: resolved.repository.to_owned(),
                    tag: short(resolved.reference).to_owned(),
                    before: known.commit.clone(),
                    seen: known.time.clone(),
                    log: self.path.to_path_buf(),
                    now: resolved.commit.to_owned(),
                    at: moment(now),
                    name: resolved.name.to_owned(),
                })))
            }
            _ => Ok(()),
        }
    }

    fn append(
        &mut self,
        resolved: &Resolved<'_>,
        now: SystemTime,
        accepted: bool,
    ) -> Result<(), HistoryError> {
        let mut known = self.entries.iter().rev();
        let last = known.find(|entry| {
            entry.repository == resolved.repository && entry.reference == resolved.reference
        });
        if last.is_some_and(|last| last.commit == resolved.commit) {
            return Ok(());
        }
        let entry = Entry {
            time: moment(now),
            repository: resolved.repository.to_owned(),
            reference: resolved.reference.to_owned(),
            commit: resolved.commit.to_owned(),
            accepted,
        };
        let mut line = serde_json::to_vec(&entry).expect("texts always serialise");
        line.push(b'\n');
        if !self.is_whole {
            line.insert(0, b'\n');
        }
        let written = self
            .file
            .seek(SeekFrom::End(0))
            .and_then(|_| self.file.write_all(&line));
        written.map_err(|error| failed("write", self.path, &error))?;
        self.is_whole = true;
        self.entries.push(entry);
        Ok(())
    }
}

/// The name without `refs/tags/` or `refs/heads/`.
fn short(reference: &str) -> &str {
    reference
        .strip_prefix(TAGS)
        .or_else(|| reference.strip_prefix("refs/heads/"))
        .unwrap_or(reference)
}

fn open_or_create(path: &Path) -> io::Result<File> {
    let open = || {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).open(path)
    };
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            open()
        }
        other => other,
    }
}

/// `File::lock` that a signal does not end.
fn wait_for(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn failed(action: &'static str, path: &Path, error: &io::Error) -> HistoryError {
    HistoryError::Log {
        action,
        path: path.to_path_buf(),
        reason: error.to_string(),
    }
}
