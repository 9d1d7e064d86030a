//! The supervised side: tells the supervisor which files the program depends on, and ends when told to.
//!
//! In: `PRIZM_WATCHED_BY`. Out: a [`Link`]. Side effects: one connection on this machine, one thread; ends the process
//! where the script does not end it.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::SIGTERM;
use crate::cli::signals::SIGNALS;

/// The environment variable that says where the supervisor listens: `<port>:<token>`.
pub const SUPERVISOR: &str = "PRIZM_WATCHED_BY";

/// How long a script may take to end itself when it listens for the signal.
pub(super) const MOST_PATIENCE: Duration = Duration::from_secs(2);

/// How long the listeners of `unload` and `exit` may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a signal that a terminal sends to all processes may take to be seen here.
const SIGNAL_DELAY: Duration = Duration::from_millis(20);

/// Which of [`SIGNALS`] this process has had, as bits.
static HAD: AtomicU32 = AtomicU32::new(0);

/// The connection to the supervisor.
pub struct Link {
    stream: TcpStream,
    stop: Arc<Notify>,
}

impl Link {
    /// Connects to the supervisor at `address`. From now on, its end is this process's end.
    ///
    /// # Errors
    /// Nobody listens there any more.
    pub fn connect(address: &str) -> std::io::Result<Link> {
        let (port, token) = address.split_once(':').unwrap_or_default();
        let port: u16 = port.parse().map_err(std::io::Error::other)?;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        writeln!(stream, "{token}")?;
        let stop = Arc::new(Notify::new());
        for signal in SIGNALS {
            let note = move || {
                HAD.fetch_or(1 << signal, Ordering::SeqCst);
            };
            deno_signals::register(signal, false, Box::new(note))?;
        }
        let (reader, told) = (stream.try_clone()?, stop.clone());
        std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || obey(reader, &told))?;
        Ok(Link { stream, stop })
    }

    /// Tells the supervisor of files that the program depends on.
    ///
    /// # Errors
    /// The connection has no further handle.
    pub fn teller(&self) -> std::io::Result<impl Fn(&Path) + Send + Sync + 'static> {
        let stream = self.stream.try_clone()?;
        Ok(move |path: &Path| {
            // What is no text, no supervisor can be told of; where it has gone, nobody needs to know.
            if let Ok(mut line) = serde_json::to_vec(path) {
                line.push(b'\n');
                let _ = (&stream).write_all(&line);
            }
        })
    }

    /// Returns when the script is to end. It has to be fast: the process ends soon, whatever happens.
    pub async fn stopped(&self) {
        self.stop.notified().await;
    }
}

/// Waits for the order to end, gives the script its chance, and ends the process.
fn obey(stream: TcpStream, stop: &Notify) {
    let mut line = String::new();
    // The end of the connection means that the supervisor is gone.
    let _ = BufReader::new(stream).read_line(&mut line);
    let signal = line.trim().parse().unwrap_or(SIGTERM);
    std::thread::sleep(SIGNAL_DELAY);
    // A terminal sends Ctrl-C to both processes: whoever listens has heard it then.
    let has_had = HAD.load(Ordering::SeqCst) & (1 << signal) != 0;
    if has_had || deno_signals::raise(signal) {
        std::thread::sleep(MOST_PATIENCE);
    } else {
        stop.notify_one();
        std::thread::sleep(PATIENCE);
    }
    deno_signals::run_exit();
    #[expect(
        clippy::exit,
        reason = "the script does not end by itself: it may be in an endless loop"
    )]
    std::process::exit(128 + signal);
}
