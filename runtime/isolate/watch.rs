//! The thread that watches the guests while they run, and ends those that use too much.
//!
//! In: what guests tell of their turns. Out: calls of [`Watched::stop`]. Side effects: one thread a process, asleep while
//! every guest is.
//!
//! A turn is what a guest does between two looks at its messages. Only there can it be stuck: an endless loop, or an
//! endless chain of promises, never gives a turn up.

mod clock;
mod thread;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deno_core::{JsRuntime, V8CrossThreadTaskSpawner, v8};
use prizm_ops::isolate::ending::{Ending, Reason};
use prizm_ops::isolate::link::Control;

use super::control::GuestControl;
use clock::Clock;
use thread::watcher;

/// What a web worker must have used before it is asked whether it goes on: asking an idle one would keep it busy.
const NOTICEABLE: Duration = Duration::from_millis(5);
/// Between two collections of garbage because a guest seems to use too much.
const COLLECT_INTERVAL: Duration = Duration::from_millis(200);
/// One thread that runs a guest's code, as the watching thread sees it.
pub struct Watched {
    control: Arc<GuestControl>,
    isolate: v8::IsolateHandle,
    clock: Clock,
    /// Odd while a turn is under way.
    turn: AtomicU64,
    /// What the last look found.
    seen: Mutex<Seen>,
    is_measuring: AtomicBool,
    /// Of a web worker, whose turns nobody tells: tasks for its event loop, which end a turn when they come to run.
    pulse: Option<Mutex<V8CrossThreadTaskSpawner>>,
    is_pulse_sent: AtomicBool,
    /// The thread has ended, or is about to; its clock may soon be another's.
    is_over: AtomicBool,
}

/// Held by the thread that is watched.
pub struct Watch(Arc<Watched>);

impl Watch {
    /// Does `work`, which runs the guest's code.
    pub fn turn<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.turn(work)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }
}

#[derive(Default)]
struct Seen {
    turn: u64,
    cpu_before: Duration,
    answers: u64,
    answer_due: Option<Instant>,
    collected: Option<Instant>,
}

impl Watched {
    /// For the calling thread, which runs `isolate`.
    pub fn guest(control: Arc<GuestControl>, isolate: v8::IsolateHandle) -> Watch {
        Watched::add(control, isolate, None)
    }

    /// For the calling thread, which is to run a web worker of the guest.
    pub fn worker(control: Arc<GuestControl>, runtime: &mut JsRuntime) -> Watch {
        let isolate = runtime.v8_isolate().thread_safe_handle();
        let state = runtime.op_state();
        let pulse = state.borrow().borrow::<V8CrossThreadTaskSpawner>().clone();
        Watched::add(control, isolate, Some(pulse))
    }

    fn add(
        control: Arc<GuestControl>,
        isolate: v8::IsolateHandle,
        pulse: Option<V8CrossThreadTaskSpawner>,
    ) -> Watch {
        let watched = Arc::new(Watched {
            control,
            isolate,
            clock: Clock::of_this_thread(),
            turn: AtomicU64::new(u64::from(pulse.is_some())),
            seen: Mutex::default(),
            is_measuring: AtomicBool::new(false),
            pulse: pulse.map(Mutex::new),
            is_pulse_sent: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        });
        watcher().add(&watched);
        watcher().wake();
        Watch(watched)
    }

    fn turn<T>(&self, work: impl FnOnce() -> T) -> T {
        self.turn.fetch_add(1, Ordering::SeqCst);
        watcher().wake();
        let result = work();
        self.turn.fetch_add(1, Ordering::SeqCst);
        result
    }

    fn is_running(&self) -> bool {
        self.turn.load(Ordering::SeqCst) % 2 == 1 && !self.is_over.load(Ordering::SeqCst)
    }

    /// Whether there is nothing to look at.
    fn is_idle(&self) -> bool {
        let is_awaited = self.control.is_pending() && self.control.wall_limit().is_some();
        !self.is_running() && !is_awaited
    }

    /// One look. Whether there will be something to look at again.
    fn look(self: &Arc<Self>) -> bool {
        let waits = self.look_at_answers();
        if !self.is_running() {
            return waits;
        }
        let used = self.look_at_cpu();
        if self.pulse.is_none() || used > NOTICEABLE {
            self.send_pulse();
            self.measure_memory();
        }
        true
    }

    /// Has a web worker's event loop say that it goes on.
    fn send_pulse(self: &Arc<Self>) {
        let Some(pulse) = &self.pulse else {
            return;
        };
        if !self.is_pulse_sent.swap(true, Ordering::AcqRel) {
            let watched = self.clone();
            unpoisoned(pulse).spawn(move |_| {
                watched.turn.fetch_add(2, Ordering::SeqCst);
                watched.is_pulse_sent.store(false, Ordering::Release);
            });
        }
    }

    /// What this turn has used so far.
    fn look_at_cpu(&self) -> Duration {
        let turn = self.turn.load(Ordering::SeqCst);
        let Some(now) = self.clock.now() else {
            return Duration::ZERO;
        };
        let mut seen = unpoisoned(&self.seen);
        if seen.turn != turn {
            seen.turn = turn;
            seen.cpu_before = now;
            return Duration::ZERO;
        }
        let limit = self.control.limits().cpu;
        let used = now.saturating_sub(seen.cpu_before);
        // The clock is read first: it was this thread's if that still runs.
        if used > limit && self.is_running() {
            let seconds = limit.as_secs_f64();
            self.stop(
                Reason::Cpu,
                format!("it ran for more than {seconds} s without a pause"),
            );
        }
        used
    }

    /// Answers are due within the limit for a call, from the last one on.
    fn look_at_answers(&self) -> bool {
        let (Some(limit), true) = (self.control.wall_limit(), self.control.is_pending()) else {
            unpoisoned(&self.seen).answer_due = None;
            return false;
        };
        let answers = self.control.end().answers();
        let mut seen = unpoisoned(&self.seen);
        let now = Instant::now();
        if seen.answers != answers || seen.answer_due.is_none() {
            seen.answers = answers;
            seen.answer_due = Some(now + limit);
        }
        if seen.answer_due.is_some_and(|due| due < now) {
            let seconds = limit.as_secs_f64();
            self.stop(
                Reason::Wall,
                format!("it did not answer within {seconds} s"),
            );
        }
        true
    }

    /// Has the guest's thread, at its next chance, say how much it uses.
    fn measure_memory(self: &Arc<Self>) {
        if self.is_measuring.swap(true, Ordering::AcqRel) {
            return;
        }
        let data = Arc::into_raw(self.clone());
        let is_asked = self
            .isolate
            .request_interrupt(measure, data.cast_mut().cast());
        if !is_asked {
            // SAFETY: the isolate is gone, and nobody else got the pointer.
            drop(unsafe { Arc::from_raw(data) });
        }
    }

    /// Collecting garbage takes time, and is not done at each look.
    fn may_collect(&self) -> bool {
        let mut seen = unpoisoned(&self.seen);
        let is_due = seen
            .collected
            .is_none_or(|before| before.elapsed() > COLLECT_INTERVAL);
        if is_due {
            seen.collected = Some(Instant::now());
        }
        is_due
    }

    fn stop(&self, reason: Reason, why: String) {
        self.control.end_with(Ending::new(reason, why));
    }
}

/// # Safety
/// `data` comes from `Arc::into_raw` in `measure_memory`.
unsafe extern "C" fn measure(mut isolate: v8::UnsafeRawIsolatePtr, data: *mut std::ffi::c_void) {
    // SAFETY: see above; V8 calls once for each request.
    let watched = unsafe { Arc::from_raw(data.cast_const().cast::<Watched>()) };
    watched.is_measuring.store(false, Ordering::Release);
    // SAFETY: V8 hands out the isolate whose thread this is.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut isolate) };
    if watched.control.is_too_large(used_by(isolate)) && watched.may_collect() {
        // What is counted may be garbage.
        isolate.low_memory_notification();
        if watched.control.is_too_large(used_by(isolate)) {
            watched.control.end_for_memory();
        }
    }
}

/// The heap, array buffers and WebAssembly memory, in bytes.
fn used_by(isolate: &mut v8::Isolate) -> usize {
    let external = isolate.adjust_amount_of_external_allocated_memory(0);
    let external = usize::try_from(external).unwrap_or(0);
    isolate.get_heap_statistics().used_heap_size() + external
}

/// Has the watching thread look, if it sleeps.
pub fn look_soon() {
    watcher().wake();
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
