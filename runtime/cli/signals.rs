//! Ctrl-C and its like: temporary files go, then the signal does what it always does.
//!
//! In: signals. Out: nothing. Side effects: removes this process's staging folders.

use deno_signals::{before_exit, register};

use crate::cache::remove_all_staging;

/// SIGHUP, SIGINT and SIGTERM.
pub const SIGNALS: [i32; 3] = [1, 2, 15];

/// Cleans up on signals that end the process. A script that catches them goes on, and so does its staging.
pub fn clean_up_on_signals() {
    before_exit(remove_all_staging);
    for signal in SIGNALS {
        // Listening is what makes `before_exit` run; the default action follows it.
        if let Err(error) = register(signal, false, Box::new(|| ())) {
            log::debug!("signal {signal}: {error}");
        }
    }
}
