//! Runs the program under test: captures what it says, acts on it while it runs, and never waits for ever.
//!
//! In: a prepared command and acts. Out: its exit code, stdout and stderr. The process group is killed at the deadline.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::Failure;

/// What came of a run.
#[derive(Debug)]
pub struct Output {
    /// 128 + n after signal n, as shells count.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Text that grows while a process writes.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Stream {
    fn follow(&self, mut source: impl Read + Send + 'static) -> std::thread::JoinHandle<()> {
        let stream = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read @ 1..) = source.read(&mut buffer) {
                let (bytes, grown) = &*stream.0;
                bytes
                    .lock()
                    .expect("no writer panics")
                    .extend(&buffer[..read]);
                grown.notify_all();
            }
        })
    }

    /// What has been written so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().expect("no writer panics")).into_owned()
    }

    fn wait_for(&self, part: &str, deadline: Instant) -> bool {
        let (bytes, grown) = &*self.0;
        let mut now = bytes.lock().expect("no writer panics");
        loop {
            if crate::wildcard::contains(part, &String::from_utf8_lossy(&now)) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            now = grown.wait_timeout(now, left).expect("no writer panics").0;
        }
    }
}

/// A process under way.
pub struct Running {
    id: i32,
    ended: Receiver<std::io::Result<ExitStatus>>,
    pub stdout: Stream,
    pub stderr: Stream,
    readers: Vec<std::thread::JoinHandle<()>>,
    stdin: Option<std::process::ChildStdin>,
    deadline: Instant,
}

impl Running {
    /// Starts `command` in a process group of its own.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(mut command: Command, patience: Duration) -> Result<Running, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let (stdout, stderr) = (Stream::default(), Stream::default());
        let readers = vec![
            stdout.follow(child.stdout.take().expect("stdout is piped")),
            stderr.follow(child.stderr.take().expect("stderr is piped")),
        ];
        let stdin = child.stdin.take();
        let id = child.id() as i32;
        let (end, ended) = channel();
        std::thread::spawn(move || {
            // Nobody listens any more after a timeout.
            let _ = end.send(child.wait());
        });
        Ok(Running {
            stdin,
            id,
            ended,
            stdout,
            stderr,
            readers,
            deadline: Instant::now() + patience,
        })
    }

    /// Writes to the program's stdin.
    pub fn type_text(&mut self, text: &str) {
        if let Some(stdin) = &mut self.stdin {
            // A program that does not read may have closed its end.
            let _ = stdin.write_all(text.as_bytes());
        }
    }

    /// Ends the program's stdin.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Blocks until `part` is on stdout.
    ///
    /// # Errors
    /// It did not come before the deadline.
    pub fn wait_stdout(&self, part: &str) -> Result<(), Failure> {
        self.wait(&self.stdout, "stdout", part)
    }

    /// Blocks until `part` is on stderr.
    ///
    /// # Errors
    /// It did not come before the deadline.
    pub fn wait_stderr(&self, part: &str) -> Result<(), Failure> {
        self.wait(&self.stderr, "stderr", part)
    }

    /// Whether `part` comes on stdout or stderr within `patience`.
    pub fn says(&self, part: &str, patience: Duration) -> bool {
        let half = patience / 2;
        self.stdout.wait_for(part, Instant::now() + half)
            || self.stderr.wait_for(part, Instant::now() + half)
    }

    fn wait(&self, stream: &Stream, name: &str, part: &str) -> Result<(), Failure> {
        if stream.wait_for(part, self.deadline) {
            return Ok(());
        }
        Err(format!(
            "waited in vain for `{part}` on {name}\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout.text(),
            self.stderr.text()
        ))
    }

    /// How long it may still run.
    pub fn patience(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: i32) {
        // SAFETY: plain system call on a child of ours.
        unsafe { libc::kill(self.id, signal) };
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// It did not end before the deadline; it is killed then.
    pub fn finish(mut self) -> Result<Output, Failure> {
        self.close_stdin();
        let status = match self.ended.recv_timeout(self.patience()) {
            Ok(status) => status.map_err(|error| error.to_string())?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Err(format!(
                    "did not end in time\n--- stdout\n{}\n--- stderr\n{}",
                    self.stdout.text(),
                    self.stderr.text()
                ));
            }
        };
        // Children that the script left behind keep the pipes open: end them, or the readers wait for ever.
        self.kill();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        Ok(Output {
            code: status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        })
    }

    fn kill(&self) {
        // SAFETY: plain system call on the process group that this run created.
        unsafe { libc::kill(-self.id, libc::SIGKILL) };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Does nothing where `finish` saw the end.
        self.kill();
    }
}
