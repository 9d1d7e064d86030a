//! What others hold of a guest: its limits, and the way to end it.
//!
//! In: reasons to end it. Out: its link told of them. Side effects: V8 stops what the guest runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use deno_core::v8;
use futures::task::AtomicWaker;
use prizm_ops::isolate::ending::{Ending, Reason};
use prizm_ops::isolate::inbox::Inbox;
use prizm_ops::isolate::link::{Control, End};

use super::settings::Limits;

/// What others hold of a guest.
pub struct GuestControl {
    identity: String,
    limits: Limits,
    end: End,
    inbox: Arc<Inbox>,
    /// The main isolate, and those of its web workers.
    isolates: Mutex<Vec<v8::IsolateHandle>>,
    is_stopped: AtomicBool,
    is_pending: AtomicBool,
    waker: AtomicWaker,
}

impl GuestControl {
    /// Of a guest that has not started; `end` is the host's end of its link.
    pub fn new(identity: String, limits: Limits, end: End, inbox: Arc<Inbox>) -> GuestControl {
        GuestControl {
            identity,
            limits,
            end,
            inbox,
            isolates: Mutex::default(),
            is_stopped: AtomicBool::new(false),
            is_pending: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    pub fn identity(&self) -> &str {
        &self.identity
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }

    /// Has the guest's thread woken when it is stopped.
    pub fn wake_by(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    pub fn end(&self) -> &End {
        &self.end
    }

    pub fn is_pending(&self) -> bool {
        self.is_pending.load(Ordering::Relaxed)
    }

    /// Ends the guest for a reason, which both sides learn first.
    pub fn end_with(&self, ending: Ending) {
        let message = format!(
            "The isolate of '{}' was ended: {}",
            self.identity, ending.message
        );
        self.end.end(Ending { message, ..ending });
        self.stop();
    }

    /// Whether this is more memory than the guest may use.
    pub fn is_too_large(&self, used: usize) -> bool {
        used > self.limits.memory
    }

    pub fn end_for_memory(&self) {
        let limit = self.limits.memory >> 20;
        self.end_with(Ending::new(
            Reason::Memory,
            format!("it needs more than {limit} MiB of memory"),
        ));
    }

    /// Takes up one of the guest's isolates. One that comes too late is stopped at once.
    pub fn add_isolate(&self, isolate: v8::IsolateHandle) {
        let mut isolates = self.isolates();
        if self.is_stopped.load(Ordering::SeqCst) {
            isolate.terminate_execution();
        }
        isolates.push(isolate);
    }

    fn isolates(&self) -> std::sync::MutexGuard<'_, Vec<v8::IsolateHandle>> {
        self.isolates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Control for GuestControl {
    fn stop(&self) {
        let isolates = self.isolates();
        self.is_stopped.store(true, Ordering::SeqCst);
        for isolate in isolates.iter() {
            isolate.terminate_execution();
        }
        drop(isolates);
        self.inbox.end();
        self.waker.wake();
    }

    fn wall_limit(&self) -> Option<Duration> {
        self.limits.wall
    }

    fn set_pending(&self, is_pending: bool) {
        self.is_pending.store(is_pending, Ordering::Relaxed);
        if is_pending && self.limits.wall.is_some() {
            super::watch::look_soon();
        }
    }
}
