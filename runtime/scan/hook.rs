//! A scanner of somebody else's: a program that is asked about each repository.
//!
//! In: on its stdin, one JSON object:
//!
//! ```json
//! { "version": 1, "identity": "github:owner/repo@4f0c…", "hash": "sha256-…", "root": "/…/tree",
//!   "manifest": { … }, "findings": [ { "rule": "native", "level": "warn", "file": "a.node", … } ] }
//! ```
//!
//! Out: on its stdout, one JSON object, with exit code 0:
//!
//! ```json
//! { "findings": [ { "level": "fatal", "file": "src/a.ts", "line": 3, "message": "…" } ] }
//! ```
//!
//! Side effects: runs the program, with this process's environment, outside of the repository.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ScanError;
use super::rules::{Level, Rule};
use super::{Finding, ScanOptions};

/// How long a scanner may take unless its policy says otherwise.
const LIMIT: Duration = Duration::from_secs(60);
/// No answer is longer, in bytes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// How much of stderr is shown.
const MOST_SAID: usize = 2000;
const INTERVAL: Duration = Duration::from_millis(5);

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The program, then its arguments; not interpreted by a shell.
    pub command: Vec<String>,
    pub limit: Duration,
}

/// What a scanner answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    findings: Vec<Answered>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    /// The scanner's own name for what it found; shown before the message.
    rule: Option<String>,
    level: Option<Level>,
    file: Option<String>,
    line: Option<u32>,
    message: String,
}

/// Both streams of a program, to their ends or limits.
struct Said {
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
}

impl Hook {
    /// A hook with the usual time limit.
    pub fn new(command: Vec<String>) -> Hook {
        Hook {
            command,
            limit: LIMIT,
        }
    }

    fn program(&self) -> String {
        self.command.first().cloned().unwrap_or_default()
    }

    /// Which program it is; `None` if that cannot be told, so that its answers are not kept.
    pub(super) fn fingerprint(&self) -> Option<String> {
        let program = Path::new(self.command.first()?);
        let metadata = program.metadata().ok().filter(|_| program.is_absolute())?;
        let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!(
            "{:?} {} {}",
            self.command,
            metadata.len(),
            time.as_nanos()
        ))
    }

    /// Asks the program.
    ///
    /// # Errors
    /// [`ScanError::Start`], [`ScanError::Failed`], [`ScanError::TimedOut`], [`ScanError::Answer`].
    pub(super) fn ask(
        &self,
        root: &Path,
        manifest: Option<&Value>,
        options: &ScanOptions<'_>,
        known: &[Finding],
    ) -> Result<Vec<Finding>, ScanError> {
        let question = json!({
            "version": 1,
            "identity": options.identity,
            "hash": options.hash,
            "root": root,
            "manifest": manifest,
            "findings": known,
        });
        let answer = self.run(question.to_string().into_bytes())?;
        self.read(&answer, options.levels.of(Rule::Hook))
    }

    fn run(&self, question: Vec<u8>) -> Result<Vec<u8>, ScanError> {
        let start = |source| ScanError::Start {
            program: self.program(),
            source,
        };
        let mut child = Command::new(self.program())
            .args(self.command.get(1..).unwrap_or_default())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(start)?;
        let said = exchange(&mut child, question);
        let deadline = Instant::now() + self.limit;
        let status = wait(&mut child, deadline).map_err(start)?;
        let Some(status) = status else {
            return Err(self.timed_out());
        };
        // A program that it left behind may hold the streams open.
        let stdout = receive(&said.stdout, deadline).ok_or_else(|| self.timed_out())?;
        if stdout.len() as u64 > LONGEST_ANSWER {
            let reason = format!("it is longer than {LONGEST_ANSWER} bytes");
            return Err(self.useless(reason));
        }
        if !status.success() {
            let stderr = receive(&said.stderr, deadline).unwrap_or_default();
            return Err(ScanError::Failed {
                program: self.program(),
                status: status.to_string(),
                stderr: last_of(&stderr),
            });
        }
        Ok(stdout)
    }

    fn useless(&self, reason: String) -> ScanError {
        ScanError::Answer {
            program: self.program(),
            reason,
        }
    }

    fn timed_out(&self) -> ScanError {
        ScanError::TimedOut {
            program: self.program(),
            limit: self.limit,
        }
    }

    /// `level`: what the policy says of hooks; `off` and `warn` hold for all that it finds.
    fn read(&self, answer: &[u8], level: Level) -> Result<Vec<Finding>, ScanError> {
        let answer: Answer =
            serde_json::from_slice(answer).map_err(|error| self.useless(error.to_string()))?;
        let findings = answer.findings.into_iter().map(|found| Finding {
            rule: Rule::Hook,
            level: found.level.unwrap_or(Level::Fatal).min(level),
            file: found.file,
            line: found.line,
            message: match found.rule {
                Some(rule) => format!("{rule}: {}", found.message),
                None => found.message,
            },
        });
        Ok(findings
            .filter(|finding| finding.level != Level::Off)
            .collect())
    }
}

/// Writes the question and reads both streams, each on a thread: none may wait for another.
fn exchange(child: &mut Child, question: Vec<u8>) -> Said {
    if let Some(mut stdin) = child.stdin.take() {
        // A scanner that does not read is none of our business; its answer counts.
        thread::spawn(move || {
            let _ = stdin.write_all(&question);
        });
    }
    Said {
        stdout: reader(child.stdout.take()),
        stderr: reader(child.stderr.take()),
    }
}

fn reader(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What came before an error counts; whether that is an answer shows later.
            let mut stream = stream.take(LONGEST_ANSWER + 1);
            let _ = stream.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn receive(receiver: &Receiver<Vec<u8>>, deadline: Instant) -> Option<Vec<u8>> {
    let left = deadline.saturating_duration_since(Instant::now());
    match receiver.recv_timeout(left.max(INTERVAL)) {
        Ok(bytes) => Some(bytes),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => Some(Vec::new()),
    }
}

/// Waits for the end; `None` if it was killed because time was over.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(INTERVAL);
    }
}

fn last_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(MOST_SAID)..]).into_owned()
}
