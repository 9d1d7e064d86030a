//! The memory of array buffers that a guest and its web workers hold: counted, and bounded.
//!
//! In: what V8 asks for. Out: the memory, or none beyond the limit. Side effects: `malloc`; calls back when the limit
//! is reached for good.

use std::collections::HashSet;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use deno_core::v8;
use prizm_ops::isolate::link::Memory;

/// V8 collects garbage and asks again when it gets nothing; this often in vain, there is none to collect.
const ATTEMPTS: u32 = 4;
/// Garbage is freed by another thread of V8, which gets this long.
const PATIENCE: Duration = Duration::from_millis(100);

/// Buffers from this size on are followed when they move; smaller ones count until they are freed.
const LARGE: usize = 64 << 10;

type OnFull = Box<dyn Fn() + Send + Sync>;

/// Counts the bytes of array buffers.
pub struct Meter {
    limit: usize,
    used: AtomicUsize,
    /// Requests in a row that were refused.
    refusals: AtomicU32,
    on_full: OnceLock<OnFull>,
    /// The large ones that count. What was given to another isolate counts no more, though this allocator frees it;
    /// what another gave never did.
    large: Mutex<HashSet<usize>>,
}

impl Meter {
    pub fn new(limit: usize) -> Arc<Meter> {
        Arc::new(Meter {
            limit,
            used: AtomicUsize::new(0),
            refusals: AtomicU32::new(0),
            on_full: OnceLock::new(),
            large: Mutex::default(),
        })
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// `callback` is called, on any thread, when the limit is reached and collecting garbage does not help.
    pub fn when_full(&self, callback: impl Fn() + Send + Sync + 'static) {
        // A second callback is for the same guest, and would do the same.
        let _ = self.on_full.set(Box::new(callback));
    }

    /// Counts memory that is no array buffer's; whether there is room for it.
    pub fn add(&self, length: usize) -> bool {
        self.reserve(length)
    }

    /// What [`Meter::add`] counted is free again.
    pub fn remove(&self, length: usize) {
        self.used.fetch_sub(length, Ordering::Relaxed);
    }

    /// The allocator for one isolate.
    pub fn allocator(self: &Arc<Self>) -> v8::UniqueRef<v8::Allocator> {
        // SAFETY: the handle comes from `Arc::into_raw` and is what the functions of the table expect; `release`
        // takes it back.
        unsafe { v8::new_rust_allocator(Arc::into_raw(self.clone()), &TABLE) }
    }

    fn reserve(&self, length: usize) -> bool {
        let before = self.used.fetch_add(length, Ordering::Relaxed);
        if before.saturating_add(length) <= self.limit {
            self.refusals.store(0, Ordering::Relaxed);
            return true;
        }
        self.used.fetch_sub(length, Ordering::Relaxed);
        let refusals = self.refusals.fetch_add(1, Ordering::Relaxed) + 1;
        if refusals > 1 && length <= self.limit && self.frees_soon(length) {
            return self.reserve(length);
        }
        if let Some(on_full) = self.on_full.get().filter(|_| refusals >= ATTEMPTS) {
            on_full();
        }
        false
    }

    /// Waits for what collecting garbage frees.
    fn frees_soon(&self, length: usize) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.used() + length <= self.limit {
                return true;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        false
    }

    fn hold(&self, data: usize, length: usize) {
        if length >= LARGE {
            self.large().insert(data);
        }
    }

    fn release(&self, data: usize, length: usize) {
        if length < LARGE || self.large().remove(&data) {
            self.used.fetch_sub(length, Ordering::Relaxed);
        }
    }

    fn large(&self) -> MutexGuard<'_, HashSet<usize>> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Meter({} of {})", self.used(), self.limit)
    }
}

impl Memory for Meter {
    fn give(&self, data: usize, length: usize) {
        if length >= LARGE && self.large().remove(&data) {
            self.used.fetch_sub(length, Ordering::Relaxed);
        }
    }
}

static TABLE: v8::RustAllocatorVtable<Meter> = v8::RustAllocatorVtable {
    allocate,
    allocate_uninitialized,
    free,
    drop: release,
};

unsafe extern "C" fn allocate(meter: &Meter, length: usize) -> *mut c_void {
    if !meter.reserve(length) {
        return std::ptr::null_mut();
    }
    // SAFETY: `calloc` may be called with any size.
    checked(meter, length, unsafe { libc::calloc(length.max(1), 1) })
}

unsafe extern "C" fn allocate_uninitialized(meter: &Meter, length: usize) -> *mut c_void {
    if !meter.reserve(length) {
        return std::ptr::null_mut();
    }
    // SAFETY: `malloc` may be called with any size.
    checked(meter, length, unsafe { libc::malloc(length.max(1)) })
}

fn checked(meter: &Meter, length: usize, data: *mut c_void) -> *mut c_void {
    match data.is_null() {
        true => {
            meter.used.fetch_sub(length, Ordering::Relaxed);
        }
        false => meter.hold(data as usize, length),
    }
    data
}

unsafe extern "C" fn free(meter: &Meter, data: *mut c_void, length: usize) {
    meter.release(data as usize, length);
    // SAFETY: V8 frees what one of the two functions above gave it, once.
    unsafe { libc::free(data) };
}

unsafe extern "C" fn release(meter: *const Meter) {
    // SAFETY: it comes from `Arc::into_raw` in `allocator`, and V8 drops it once.
    drop(unsafe { Arc::from_raw(meter) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_counts() {
        let meter = Meter::new(100);
        assert!(meter.reserve(60));
        assert!(!meter.reserve(60));
        assert_eq!(meter.used(), 60);
        meter.release(1, 60);
        assert!(meter.reserve(100));
    }

    #[test]
    fn the_limit_is_reached_when_collecting_does_not_help() {
        let meter = Meter::new(10);
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        meter.when_full(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        for _ in 1..ATTEMPTS {
            assert!(!meter.reserve(11));
        }
        assert_eq!(calls.load(Ordering::Relaxed), 0);
        assert!(!meter.reserve(11));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn what_was_given_away_counts_no_more() {
        let meter = Meter::new(2 * LARGE);
        assert!(meter.reserve(LARGE));
        meter.hold(0x1000, LARGE);
        meter.give(0x1000, LARGE);
        assert_eq!(meter.used(), 0);
        meter.release(0x1000, LARGE);
        assert_eq!(meter.used(), 0);
    }

    #[test]
    fn what_another_gave_never_counts() {
        let meter = Meter::new(2 * LARGE);
        meter.give(0x2000, LARGE);
        assert_eq!(meter.used(), 0);
    }
}
