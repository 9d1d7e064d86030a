//! `prizm run --watch`: runs the script in a process of its own, and starts it anew when a file of it changes.
//!
//! In: settled options. Out: an exit code, once a signal ends it. Side effects: child processes, messages on stderr.
//!
//! A fresh isolate in this process would not do. Endless loops can be terminated, but not a script that waits in
//! `execSync`, in native code or on a lock; nor would it get back its environment, its current folder, its open
//! ports, its flags and its memory. A process that ends gives everything back, a crash of the script is nothing but
//! the end of one run, and the settings are read anew each time.
//!
//! ```text
//! supervisor ── starts ──▶ the same command line, PRIZM_WATCHED_BY=<port>:<token>
//!            ◀── one JSON string a line: a file that the program depends on ──
//!            ── `<signal>`: end, as if by this signal ──▶
//! ```
//!
//! The connection's end is the other side's end: neither process outlives the other unseen.

use std::path::Path;

use deno_signals::{SignalStream, signal_stream};
use futures::future::select_all;

pub use link::{Link, SUPERVISOR};

use super::error::CliError;
use super::output::{Paint, stderr};
use super::signals::SIGNALS;
use crate::options::{Options, Script, Watch};
use child::{Child, News};
use files::Files;

mod child;
mod files;
mod link;
mod offspring;
mod watched;

/// The signal that ends a run whose files have changed.
const SIGTERM: i32 = 15;

/// What Deno writes, too: clear, and go to the corner.
const CLEAR_SCREEN: &str = "\x1b[2J\x1b[1;1H";

/// Why a run is over for the supervisor.
enum Turn {
    Changed,
    Signal(i32),
}

/// Runs the script of `options` again whenever it changes, until a signal ends it.
///
/// # Errors
/// [`CliError`]: the system gives no watches, or no process can be started.
pub async fn supervise(options: &Options, watch: &Watch, paint: Paint) -> Result<i32, CliError> {
    let voice = Voice {
        paint,
        is_quiet: options.is_quiet,
        clears_screen: watch.clears_screen && std::io::IsTerminal::is_terminal(&std::io::stderr()),
    };
    let mut signals = Signals::listen()?;
    let mut files = Files::new(&options.cache_root)?;
    voice.say("Process started.");
    loop {
        files.begin_run(watch, script(options));
        let mut child = Child::start(options).await?;
        let turn = follow(&mut child, &mut files, &mut signals, &voice).await?;
        let signal = match turn {
            Turn::Changed => SIGTERM,
            Turn::Signal(signal) => signal,
        };
        tokio::select! {
            // Whoever asks twice does not want to wait.
            _ = signals.next() => child.kill().await,
            () = child.stop(signal) => {}
        }
        match turn {
            Turn::Changed => voice.restart(),
            Turn::Signal(signal) => return Ok(128 + signal),
        }
    }
}

fn script(options: &Options) -> Option<&Path> {
    match &options.script {
        Some(Script::File(path)) => Some(path),
        _ => None,
    }
}

/// Accompanies one run until it has to give way to the next.
async fn follow(
    child: &mut Child,
    files: &mut Files,
    signals: &mut Signals,
    voice: &Voice,
) -> Result<Turn, CliError> {
    loop {
        let news = tokio::select! {
            biased;
            signal = signals.next() => return Ok(Turn::Signal(signal)),
            () = files.changed() => return Ok(Turn::Changed),
            news = child.news() => news?,
        };
        match news {
            News::File(path) => files.add(&path),
            News::Ended(status) if status.success() => {
                voice.say("Process finished. Restarting on file change...");
            }
            News::Ended(_) => voice.say("Process failed. Restarting on file change..."),
        }
    }
}

/// The signals that end a program from outside.
struct Signals(Vec<(i32, SignalStream)>);

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        let listen = |signal| Ok((signal, signal_stream(signal)?));
        Ok(Signals(
            SIGNALS
                .into_iter()
                .map(listen)
                .collect::<std::io::Result<_>>()?,
        ))
    }

    async fn next(&mut self) -> i32 {
        let each = self.0.iter_mut().map(|(signal, stream)| {
            Box::pin(async move {
                match stream.recv().await {
                    Some(()) => *signal,
                    None => std::future::pending().await,
                }
            })
        });
        select_all(each).await.0
    }
}

/// What the supervisor says.
struct Voice {
    paint: Paint,
    is_quiet: bool,
    clears_screen: bool,
}

impl Voice {
    fn say(&self, text: &str) {
        if !self.is_quiet {
            stderr(&format!("{} {text}\n", self.paint.good("Watcher")));
        }
    }

    fn restart(&self) {
        if self.clears_screen {
            stderr(CLEAR_SCREEN);
        }
        self.say("File change detected! Restarting!");
    }
}
