//! One question on the terminal.
//!
//! In: a text and the keys that answer it. Out: a key. Side effects: stderr, stdin; other output waits meanwhile.
//!
//! What was typed before the question stood there answers nothing: it is thrown away until the terminal is quiet.

use std::io::{self, IsTerminal, StderrLock, StdoutLock, Write};
use std::sync::MutexGuard;

use deno_runtime::deno_permissions::prompter::lock_terminal_input;

use crate::cli::output::Paint;

/// No answer is this long.
const MAX_ANSWER: usize = 1024;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Yes,
    No,
    All,
}

/// Why nobody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Stdin or stderr is none.
    NoTerminal,
    /// Keys come one by one, and are not shown: a line is never finished.
    RawMode,
}

/// The terminal, for one question. Other threads that ask, or that write to stdout and stderr, wait.
pub(super) struct Terminal {
    error: StderrLock<'static>,
    _output: StdoutLock<'static>,
    _input: MutexGuard<'static, ()>,
}

impl Terminal {
    pub(super) fn open() -> Result<Terminal, Refusal> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Refusal::NoTerminal);
        }
        let input = lock_terminal_input();
        if system::is_raw() {
            return Err(Refusal::RawMode);
        }
        Ok(Terminal {
            error: io::stderr().lock(),
            _output: io::stdout().lock(),
            _input: input,
        })
    }

    /// Shows `text` and the keys, and waits for one of them. Whatever goes wrong is a no.
    pub(super) fn ask(&mut self, text: &str, keys: &[(Key, &str)], paint: Paint) -> Key {
        let letters: Vec<&str> = keys.iter().map(|(key, _)| letter(*key)).collect();
        let meanings: Vec<&str> = keys.iter().map(|(_, meaning)| *meaning).collect();
        let options = format!("[{}] ({})", letters.join("/"), meanings.join("; "));
        if system::discard_input().is_err() {
            return Key::No;
        }
        self.say(&format!("{text}┗ {} {options} > ", paint.bold("Allow?")));
        loop {
            if system::discard_input().is_err() {
                return Key::No;
            }
            let answer = system::read_line(MAX_ANSWER).unwrap_or_default();
            let answer = answer.trim_end_matches(['\r', '\n']);
            let mut chars = answer.chars();
            let (Some(char), None) = (chars.next(), chars.next()) else {
                return Key::No;
            };
            let key = match char {
                'y' | 'Y' => Key::Yes,
                'A' => Key::All,
                'n' | 'N' | '\x1b' => Key::No,
                _ => {
                    self.say(&format!(
                        "┗ {} {options} > ",
                        paint.bold("Unrecognized option. Allow?")
                    ));
                    continue;
                }
            };
            if key == Key::No || keys.iter().any(|(offered, _)| *offered == key) {
                return key;
            }
            self.say(&format!(
                "┗ {} {options} > ",
                paint.bold("Unrecognized option. Allow?")
            ));
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        // Where the terminal has gone, there is nobody to tell.
        let _ = self.error.write_all(text.as_bytes());
        let _ = self.error.flush();
    }
}

fn letter(key: Key) -> &'static str {
    match key {
        Key::Yes => "y",
        Key::No => "n",
        Key::All => "A",
    }
}

#[cfg(unix)]
mod system {
    use std::io;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, read};
    use rustix::stdio::stdin;
    use rustix::termios::{LocalModes, QueueSelector, tcflush, tcgetattr};

    /// Quiet for so long is quiet.
    const QUIET: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };

    pub(super) fn is_raw() -> bool {
        let line_mode = LocalModes::ICANON | LocalModes::ECHO;
        tcgetattr(stdin()).is_ok_and(|state| !state.local_modes.intersects(line_mode))
    }

    pub(super) fn discard_input() -> io::Result<()> {
        loop {
            tcflush(stdin(), QueueSelector::IFlush)?;
            let standard_input = stdin();
            let mut files = [PollFd::new(&standard_input, PollFlags::IN)];
            match poll(&mut files, Some(&QUIET)) {
                Ok(0) => return Ok(()),
                // What hung up is not going to be quiet.
                Ok(_) if !files[0].revents().contains(PollFlags::IN) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// One line, past all buffers: what other code of this process has read stays with it.
    pub(super) fn read_line(limit: usize) -> io::Result<String> {
        let mut line = Vec::new();
        let mut buffer = [0_u8; 256];
        while line.len() < limit && !line.ends_with(b"\n") {
            match read(stdin(), &mut buffer) {
                Ok(0) => break,
                Ok(count) => line.extend_from_slice(&buffer[..count]),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    pub(super) fn is_raw() -> bool {
        false
    }

    /// There is no way to do so here that has no other effects.
    pub(super) fn discard_input() -> io::Result<()> {
        Ok(())
    }

    pub(super) fn read_line(limit: usize) -> io::Result<String> {
        use std::io::{BufRead, Read};
        let mut line = String::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        io::stdin().lock().take(limit).read_line(&mut line)?;
        Ok(line)
    }
}
