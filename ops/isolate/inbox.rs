//! The messages that wait for one isolate, from all of its links.
//!
//! In: byte arrays of other threads. Out: batches for the event loop, or single ones for a thread that blocks.
//! Side effects: wakes the isolate's task or its blocked thread.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// The number of a link within its isolate.
pub type LinkId = u32;

/// The first byte of what only a blocked thread, or an idle one, may answer.
pub const KIND_CALL: u8 = 1;
/// The first byte of an answer to it.
pub const KIND_REPLY: u8 = 2;
/// The first byte of the last message of a link, which this side makes itself.
pub const KIND_END: u8 = 3;

/// How long [`Inbox::poll_soon`] looks.
const SOON: Duration = Duration::from_micros(30);

/// A message and the link that it came by.
pub type Letter = (LinkId, Vec<u8>);

/// What a thread got that blocked.
#[derive(Debug, PartialEq, Eq)]
pub enum Waited {
    /// A call or a reply.
    Message(Vec<u8>),
    /// The link, or this isolate, has ended.
    Ended,
    TimedOut,
}

/// The messages for one isolate, in the order of their arrival.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<State>,
    arrived: Condvar,
    /// Counts the changes, so that none is missed between a look and the sleep.
    changes: AtomicU64,
}

#[derive(Default)]
struct State {
    letters: VecDeque<Letter>,
    waker: Option<Waker>,
    has_sleeper: bool,
    is_ended: bool,
}

impl Inbox {
    /// Adds a message, and wakes whoever waits.
    pub fn push(&self, link: LinkId, message: Vec<u8>) {
        let mut state = self.lock();
        if state.is_ended {
            return;
        }
        state.letters.push_back((link, message));
        self.wake(state);
    }

    /// Ends it: nothing comes in any more, and nobody waits any more.
    pub fn end(&self) {
        let mut state = self.lock();
        state.is_ended = true;
        state.letters.clear();
        self.wake(state);
    }

    /// All messages, once there are some; `None` when it has ended.
    pub fn poll_all(&self, context: &mut Context<'_>) -> Poll<Option<Vec<Letter>>> {
        let mut state = self.lock();
        if state.is_ended {
            return Poll::Ready(None);
        }
        if state.letters.is_empty() {
            state.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Some(state.letters.drain(..).collect()))
    }

    /// What is there, or comes while looking for it costs less than sleeping and waking.
    pub fn poll_soon(&self) -> Vec<Letter> {
        let seen = self.changes.load(Ordering::Acquire);
        let end = Instant::now() + SOON;
        while self.lock().letters.is_empty() {
            while self.changes.load(Ordering::Acquire) == seen {
                if Instant::now() >= end {
                    return Vec::new();
                }
                std::hint::spin_loop();
            }
        }
        self.lock().letters.drain(..).collect()
    }

    /// Blocks until a call or a reply has come by `link`, or its end; other messages stay where they are.
    ///
    /// The end of a link stays too: it is the event loop that handles it.
    pub fn wait(&self, link: LinkId, limit: Option<Duration>) -> Waited {
        let deadline = limit.map(|limit| Instant::now() + limit);
        loop {
            let seen = self.changes.load(Ordering::Acquire);
            let state = self.lock();
            if let Some(result) = take(state, link) {
                return result;
            }
            if !self.sleep(seen, deadline) {
                return Waited::TimedOut;
            }
        }
    }

    /// Sleeps until something changes; whether it did before the deadline.
    fn sleep(&self, seen: u64, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        while self.changes.load(Ordering::Acquire) == seen {
            state.has_sleeper = true;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                None => unpoisoned(self.arrived.wait(state)),
                Some(Duration::ZERO) => return false,
                Some(left) => unpoisoned(self.arrived.wait_timeout(state, left)).0,
            };
        }
        state.has_sleeper = false;
        true
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        self.changes.fetch_add(1, Ordering::Release);
        let waker = state.waker.take();
        let has_sleeper = state.has_sleeper;
        drop(state);
        if has_sleeper {
            self.arrived.notify_all();
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        unpoisoned(self.state.lock())
    }
}

fn take(mut state: MutexGuard<'_, State>, link: LinkId) -> Option<Waited> {
    if state.is_ended {
        return Some(Waited::Ended);
    }
    let is_meant = |letter: &Letter| {
        let kind = letter.1.first().copied();
        letter.0 == link && matches!(kind, Some(KIND_CALL | KIND_REPLY | KIND_END))
    };
    let found = state.letters.iter().position(is_meant)?;
    if state.letters[found].1[0] == KIND_END {
        return Some(Waited::Ended);
    }
    let (_, message) = state.letters.remove(found)?;
    Some(Waited::Message(message))
}

/// No code panics while it holds one of these locks; if it did, what it guards would still be whole.
pub(super) fn unpoisoned<T>(result: Result<T, PoisonError<T>>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn all(inbox: &Inbox) -> Poll<Option<Vec<Letter>>> {
        inbox.poll_all(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn messages_come_in_order() {
        let inbox = Inbox::default();
        assert!(all(&inbox).is_pending());
        inbox.push(1, vec![0, 1]);
        inbox.push(2, vec![1, 2]);
        let expected = vec![(1, vec![0, 1]), (2, vec![1, 2])];
        assert_eq!(all(&inbox), Poll::Ready(Some(expected)));
        assert!(all(&inbox).is_pending());
    }

    #[test]
    fn a_blocked_thread_takes_calls_and_replies_of_its_link_alone() {
        let inbox = Inbox::default();
        for letter in [
            (1, vec![0]),
            (2, vec![2, 9]),
            (1, vec![1, 7]),
            (1, vec![2, 8]),
        ] {
            inbox.push(letter.0, letter.1);
        }
        assert_eq!(inbox.wait(1, None), Waited::Message(vec![1, 7]));
        assert_eq!(inbox.wait(1, None), Waited::Message(vec![2, 8]));
        let limit = Some(Duration::from_millis(1));
        assert_eq!(inbox.wait(1, limit), Waited::TimedOut);
        let expected = vec![(1, vec![0]), (2, vec![2, 9])];
        assert_eq!(all(&inbox), Poll::Ready(Some(expected)));
    }

    #[test]
    fn a_sleeping_thread_wakes() {
        let inbox = Arc::new(Inbox::default());
        let waiting = std::thread::spawn({
            let inbox = inbox.clone();
            move || inbox.wait(1, None)
        });
        while !inbox.lock().has_sleeper {
            std::thread::yield_now();
        }
        inbox.push(1, vec![0]);
        inbox.push(1, vec![2]);
        assert_eq!(waiting.join().ok(), Some(Waited::Message(vec![2])));
    }

    #[test]
    fn the_end_of_a_link_wakes_and_stays_for_the_event_loop() {
        let inbox = Inbox::default();
        inbox.push(1, vec![3, b'{']);
        assert_eq!(inbox.wait(1, None), Waited::Ended);
        assert_eq!(all(&inbox), Poll::Ready(Some(vec![(1, vec![3, b'{'])])));
    }

    #[test]
    fn an_ended_inbox_takes_nothing() {
        let inbox = Inbox::default();
        inbox.push(1, vec![2]);
        inbox.end();
        inbox.push(1, vec![2]);
        assert_eq!(all(&inbox), Poll::Ready(None));
        assert_eq!(inbox.wait(1, None), Waited::Ended);
    }
}
