//! What Prizm itself says: on stderr, except for what was asked for, which goes to stdout.
//!
//! In: texts, progress, log records. Out: lines and bars. Side effects: writes to the terminal.
//!
//! Everything on stderr goes through [`stderr`], so that it does not mix with progress bars.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use indicatif::MultiProgress;

pub use log::init_log;
pub use progress::{TerminalProgress, pause_progress, resume_progress};

use crate::options::ColorChoice;

mod log;
mod progress;

/// The bars on stderr, once there are any.
static BARS: OnceLock<MultiProgress> = OnceLock::new();

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    is_coloured: bool,
}

impl Paint {
    /// For texts that go to stderr.
    pub fn for_stderr(choice: ColorChoice) -> Self {
        Self::when(choice, io::stderr().is_terminal())
    }

    /// For texts that go to stdout.
    pub fn for_stdout(choice: ColorChoice) -> Self {
        Self::when(choice, io::stdout().is_terminal())
    }

    /// None at all.
    pub fn plain() -> Self {
        Self { is_coloured: false }
    }

    fn when(choice: ColorChoice, is_terminal: bool) -> Self {
        let is_coloured = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal,
        };
        Self { is_coloured }
    }

    pub fn is_coloured(self) -> bool {
        self.is_coloured
    }

    /// `error:`
    pub fn error(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// `warning:`
    pub fn warning(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    /// `hint:`
    pub fn hint(self, text: &str) -> String {
        self.wrap("1;36", text)
    }

    /// What went well, or is going on.
    pub fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What stands out.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What matters less.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.is_coloured {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Has the formatters of the runtime, which print JavaScript errors, use the same colours.
pub fn set_runtime_colours(paint: Paint) {
    deno_runtime::colors::set_use_color(paint.is_coloured());
}

/// Writes `text` to stdout as it is.
///
/// A reader that went away, as in `prizm types | head`, is no error.
///
/// # Errors
/// Whatever else writing gives, e.g. a full disk.
pub fn stdout(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes `text` to stderr, above the bars if there are any. Nothing can be done where that fails.
pub fn stderr(text: &str) {
    let write = || {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    };
    match BARS.get() {
        Some(bars) => bars.suspend(write),
        None => write(),
    }
}

/// [`stderr`] as a writer, for whole lines.
#[derive(Debug, Clone, Copy)]
pub struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stderr(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Warns of something, in one line.
pub fn warn(paint: Paint, text: &str) {
    stderr(&format!("{} {text}\n", paint.warning("warning:")));
}
