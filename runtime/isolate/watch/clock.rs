//! How long one thread has run, for another that asks.
//!
//! In: the calling thread, once. Out: its time on a processor. Side effects: none.

use std::time::{Duration, Instant};

/// How long a thread has run.
pub(super) struct Clock {
    #[cfg(target_os = "linux")]
    id: Option<libc::clockid_t>,
    started: Instant,
}

impl Clock {
    #[cfg(target_os = "linux")]
    pub(super) fn of_this_thread() -> Clock {
        let mut id = 0;
        // SAFETY: the calling thread exists, and `id` is ours to write to.
        let failure = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut id) };
        Clock {
            id: (failure == 0).then_some(id),
            started: Instant::now(),
        }
    }

    /// Where threads have no clock that others can read, the time that has passed stands for it.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn of_this_thread() -> Clock {
        Clock {
            started: Instant::now(),
        }
    }

    /// `None` when the thread has ended.
    pub(super) fn now(&self) -> Option<Duration> {
        #[cfg(target_os = "linux")]
        if let Some(id) = self.id {
            return read_clock(id);
        }
        Some(self.started.elapsed())
    }
}

#[cfg(target_os = "linux")]
fn read_clock(id: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is ours to write to; a clock whose thread has ended is refused.
    let failure = unsafe { libc::clock_gettime(id, &mut time) };
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanoseconds = u32::try_from(time.tv_nsec).ok()?;
    (failure == 0).then(|| Duration::new(seconds, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threads_clock_runs_while_it_works() {
        let clock = Clock::of_this_thread();
        let before = clock.now();
        let mut sum = 0u64;
        while clock.now() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(clock.now() > before);
    }
}
