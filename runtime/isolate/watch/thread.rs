//! The thread that looks at all guests, one after another, while any of them runs.
//!
//! In: guests, and that one begins a turn. Out: calls of [`Watched::look`]. Side effects: the thread, asleep while every
//! guest is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, Weak};
use std::time::Duration;

use super::{Watched, unpoisoned};

/// Between two looks at the guests that run.
const TICK: Duration = Duration::from_millis(10);
/// Looks in a row without a guest that runs, before the thread sleeps.
const QUIET_TICKS: u32 = 50;

/// The thread's side.
#[derive(Default)]
pub(super) struct Watcher {
    guests: Mutex<Vec<Weak<Watched>>>,
    woken: Condvar,
    is_asleep: AtomicBool,
    has_started: AtomicBool,
}

pub(super) fn watcher() -> &'static Watcher {
    static WATCHER: OnceLock<Watcher> = OnceLock::new();
    WATCHER.get_or_init(Watcher::default)
}

impl Watcher {
    pub(super) fn add(&'static self, guest: &Arc<Watched>) {
        unpoisoned(&self.guests).push(Arc::downgrade(guest));
        if !self.has_started.swap(true, Ordering::AcqRel) {
            let thread = std::thread::Builder::new().name("prizm-watch".into());
            if let Err(error) = thread.spawn(|| self.run()) {
                log::warn!("the limits of providers do not hold: {error}");
            }
        }
    }

    /// Called at each turn; costs one load while the thread is awake.
    pub(super) fn wake(&self) {
        if self.is_asleep.load(Ordering::SeqCst) {
            let _guests = unpoisoned(&self.guests);
            self.woken.notify_one();
        }
    }

    fn run(&self) {
        let mut quiet = 0;
        loop {
            quiet = match self.look() {
                true => 0,
                false => quiet + 1,
            };
            match quiet > QUIET_TICKS {
                true => self.sleep(),
                false => std::thread::sleep(TICK),
            }
        }
    }

    fn look(&self) -> bool {
        let guests: Vec<_> = {
            let mut guests = unpoisoned(&self.guests);
            guests.retain(|guest| guest.strong_count() > 0);
            guests.iter().filter_map(Weak::upgrade).collect()
        };
        let looks: Vec<bool> = guests.iter().map(Watched::look).collect();
        looks.contains(&true)
    }

    /// Until a guest begins a turn. One that begins between the look and the sleep is seen by the second look.
    fn sleep(&self) {
        let guests = unpoisoned(&self.guests);
        self.is_asleep.store(true, Ordering::SeqCst);
        let is_idle = |guest: &Weak<Watched>| guest.upgrade().is_none_or(|it| it.is_idle());
        if guests.iter().all(is_idle) {
            drop(self.woken.wait(guests));
        }
        self.is_asleep.store(false, Ordering::SeqCst);
    }
}
