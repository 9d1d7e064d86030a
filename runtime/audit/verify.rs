//! Checks the log: every link of the chain, and that it ends where the head says.
//!
//! In: the log and its head. Out: [`Verification`]. Side effects: reads. Streams: memory does not grow with the log.

use std::collections::BTreeSet;

use super::append::AuditLog;
use super::chain::{GENESIS, Head, hash};
use super::entry::Record;
use super::error::AuditError;
use super::read::{Line, snapshot};

/// What is wrong is listed up to here.
const MOST_PROBLEMS: usize = 50;
/// Missing entries are remembered one by one up to here, to tell whether they only moved.
const MOST_MISSING: u64 = 10_000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Whole lines.
    pub entries: u64,
    /// The hash of the last line, to be noted elsewhere; `None` for an empty log.
    pub head: Option<String>,
    /// What is wrong; nothing if the log is as it was written.
    pub problems: Vec<Problem>,
    /// Left out of `problems`, because there are so many.
    pub more: u64,
    /// What is odd, but happens without anybody's doing.
    pub notes: Vec<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line concerned, 1 for the first; for missing entries, the one before which they should stand.
    pub line: u64,
    pub message: String,
}

impl Verification {
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}

impl AuditLog {
    /// Checks the log. `noted`: a head that an earlier check gave, which must still be in it.
    ///
    /// # Errors
    /// [`AuditError::Io`] if the log cannot be read.
    pub fn verify(&self, noted: Option<&str>) -> Result<Verification, AuditError> {
        let snapshot = snapshot(self.path())?;
        let mut check = Check::new(snapshot.head, noted);
        for line in snapshot.lines {
            check.line(&line?);
        }
        Ok(check.finish())
    }
}

struct Check<'a> {
    head: Option<Head>,
    noted: Option<&'a str>,
    found: Verification,
    /// The highest sequence so far, the hash of its line, and that line's number.
    last: u64,
    last_hash: String,
    last_line: u64,
    /// The line before was found to be changed, so that the link to it says nothing.
    is_suspect: bool,
    missing: BTreeSet<u64>,
    /// The hash of the line that the head counts as the last.
    hash_at_head: Option<String>,
    last_time: String,
    lines: u64,
}

impl<'a> Check<'a> {
    fn new(head: Option<Head>, noted: Option<&'a str>) -> Check<'a> {
        Check {
            head,
            noted: noted.filter(|noted| *noted != GENESIS),
            found: Verification::default(),
            last: 0,
            last_hash: GENESIS.to_string(),
            last_line: 0,
            is_suspect: false,
            missing: BTreeSet::new(),
            hash_at_head: None,
            last_time: String::new(),
            lines: 0,
        }
    }

    fn line(&mut self, line: &Line) {
        if !line.is_whole {
            return self.torn(line);
        }
        self.lines = line.number;
        self.found.entries += 1;
        let own_hash = hash(&line.bytes);
        if self.noted == Some(&own_hash) {
            self.noted = None;
        }
        let Some(record) = line.record() else {
            self.problem(line.number, "is no entry of this log: it was changed");
            self.last += 1;
            self.advance(line.number, own_hash);
            self.is_suspect = true;
            return;
        };
        match record.sequence.cmp(&(self.last + 1)) {
            std::cmp::Ordering::Equal => self.check_link(line.number, &record),
            std::cmp::Ordering::Greater => self.gap(line.number, record.sequence),
            std::cmp::Ordering::Less => return self.misplaced(line.number, record.sequence),
        }
        self.check_time(line.number, &record);
        self.last = record.sequence;
        self.advance(line.number, own_hash);
    }

    fn advance(&mut self, number: u64, own_hash: String) {
        if self
            .head
            .as_ref()
            .is_some_and(|head| head.entries == self.last)
        {
            self.hash_at_head = Some(own_hash.clone());
        }
        self.last_hash = own_hash;
        self.last_line = number;
        self.is_suspect = false;
    }

    fn check_link(&mut self, number: u64, record: &Record) {
        if record.previous == self.last_hash || self.is_suspect {
            return;
        }
        match self.last_line {
            0 => self.problem(number, "was changed: it is not how a log begins"),
            last => self.problem(
                last,
                &format!("was changed: line {number} carries another hash of it"),
            ),
        }
    }

    fn gap(&mut self, number: u64, sequence: u64) {
        let first = self.last + 1;
        let until = sequence.min(first + MOST_MISSING);
        self.missing.extend(first..until);
        if sequence - first > MOST_MISSING {
            let many = sequence - first;
            self.problem(
                number,
                &format!("{many} entries are missing before this line"),
            );
        }
    }

    /// An entry that should stand further up.
    fn misplaced(&mut self, number: u64, sequence: u64) {
        let message = match self.missing.remove(&sequence) {
            true => {
                format!("holds entry {sequence}, which belongs further up: the order was changed")
            }
            false => format!("holds entry {sequence} once more"),
        };
        self.problem(number, &message);
    }

    fn check_time(&mut self, number: u64, record: &Record) {
        if record.time < self.last_time && self.found.notes.len() < MOST_PROBLEMS {
            self.found.notes.push(format!(
                "line {number}: {} is earlier than the line before ({}): the clock was set back",
                record.time, self.last_time
            ));
        }
        self.last_time.clone_from(&record.time);
    }

    fn torn(&mut self, line: &Line) {
        let is_counted = self
            .head
            .as_ref()
            .is_none_or(|head| head.entries > self.last);
        match is_counted {
            true => self.problem(line.number, "was changed: its end is missing"),
            false => self.found.notes.push(format!(
                "line {} is the beginning of an entry whose writer was interrupted; nothing was loaded",
                line.number
            )),
        }
    }

    fn finish(mut self) -> Verification {
        self.report_missing();
        self.check_head();
        if let Some(noted) = self.noted {
            let message = format!("no entry has the hash {noted}: the log was written anew");
            self.problem(self.lines, &message);
        }
        self.found.problems.sort_by_key(|problem| problem.line);
        self.found.head = (self.found.entries > 0).then_some(self.last_hash);
        self.found
    }

    fn report_missing(&mut self) {
        let missing = std::mem::take(&mut self.missing);
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for sequence in missing {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == sequence => *last = sequence,
                _ => runs.push((sequence, sequence)),
            }
        }
        for (first, last) in runs {
            // Entries and lines run in step up to the first that is missing.
            let message = format!("{} missing", entries(first, last));
            self.problem(first.min(self.lines), &message);
        }
    }

    fn check_head(&mut self) {
        let last = self.last_line;
        let Some(head) = self.head.clone() else {
            if self.found.entries > 0 {
                self.problem(
                    last,
                    "the head file is missing or damaged: entries after this line may be missing",
                );
            }
            return;
        };
        if head.entries > self.last {
            let gone = entries(self.last + 1, head.entries);
            self.problem(last, &format!("{gone} missing after this line"));
        } else if head.entries > 0 && self.hash_at_head.as_ref() != Some(&head.hash) {
            self.problem(
                last,
                "was changed: the head file carries another hash of it",
            );
        } else if self.last - head.entries > 1 {
            let first = head.entries + 1;
            self.problem(
                last,
                &format!(
                    "{} added by something else than Prizm",
                    entries(first, self.last)
                ),
            );
        } else if self.last > head.entries {
            let note =
                format!("line {last} is not counted by the head: its writer was interrupted");
            self.found.notes.push(note);
        }
    }

    fn problem(&mut self, line: u64, message: &str) {
        if self.found.problems.len() >= MOST_PROBLEMS {
            self.found.more += 1;
            return;
        }
        self.found.problems.push(Problem {
            line,
            message: message.to_string(),
        });
    }
}

fn entries(first: u64, last: u64) -> String {
    match first == last {
        true => format!("entry {first} is"),
        false => format!("entries {first} to {last} are"),
    }
}
