//! A link between two isolates: one [`End`] for each of them.
//!
//! In: byte arrays from one side. Out: the same in the inbox of the other; at the end, the reason for it in both.
//! Side effects: wakes the other side.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deno_core::v8;

use super::IsolateError;
use super::ending::{Ending, Reason};
use super::inbox::{Inbox, LinkId, Waited, unpoisoned};

/// What the host's side may do to the guest beyond sending it messages.
pub trait Control: Send + Sync {
    /// Ends the guest, wherever it is; its link has been ended before.
    fn stop(&self);
    /// How long an answer may take; `None` for ever.
    fn wall_limit(&self) -> Option<Duration>;
    /// The host waits for answers from now on, or no more.
    fn set_pending(&self, is_pending: bool);
}

/// One side of a link: where messages for it go, and what it has not taken yet.
struct Side {
    inbox: Arc<Inbox>,
    id: LinkId,
    /// Buffers on their way to this side, which only it can take.
    buffers: Mutex<HashMap<u32, Buffer>>,
    next_buffer: AtomicUsize,
}

type Buffer = v8::SharedRef<v8::BackingStore>;

struct Shared {
    ending: Mutex<Option<Ending>>,
    has_ended: AtomicBool,
    /// Messages that went from the guest to the host.
    answers: AtomicU64,
    host: Side,
    guest: Side,
}

/// One end of a link. Clones are the same end.
#[derive(Clone)]
pub struct End {
    shared: Arc<Shared>,
    is_host: bool,
}

impl End {
    /// Joins two inboxes: the host's end, and the guest's.
    pub fn pair(host: (Arc<Inbox>, LinkId), guest: (Arc<Inbox>, LinkId)) -> (End, End) {
        let shared = Arc::new(Shared {
            ending: Mutex::default(),
            has_ended: AtomicBool::new(false),
            answers: AtomicU64::new(0),
            host: Side::new(host),
            guest: Side::new(guest),
        });
        let end = |is_host| End {
            shared: shared.clone(),
            is_host,
        };
        (end(true), end(false))
    }

    /// # Errors
    /// [`IsolateError::Ended`].
    pub fn post(&self, message: Vec<u8>) -> Result<(), IsolateError> {
        self.check()?;
        if !self.is_host {
            self.shared.answers.fetch_add(1, Ordering::Relaxed);
        }
        let peer = self.peer();
        peer.inbox.push(peer.id, message);
        Ok(())
    }

    /// Blocks until a call or a reply comes.
    ///
    /// # Errors
    /// [`IsolateError::Ended`], [`IsolateError::TimedOut`].
    pub fn wait(&self, limit: Option<Duration>) -> Result<Vec<u8>, IsolateError> {
        match self.own().inbox.wait(self.own().id, limit) {
            Waited::Message(message) => Ok(message),
            Waited::TimedOut => Err(IsolateError::TimedOut),
            Waited::Ended => Err(self.ended()),
        }
    }

    /// Ends the link, if it has not ended; whether it did so now. Both sides are told.
    pub fn end(&self, ending: Ending) -> bool {
        let mut current = unpoisoned(self.shared.ending.lock());
        if current.is_some() {
            return false;
        }
        let message = ending.to_message();
        *current = Some(ending);
        self.shared.has_ended.store(true, Ordering::Release);
        drop(current);
        for side in [&self.shared.host, &self.shared.guest] {
            side.inbox.push(side.id, message.clone());
            unpoisoned(side.buffers.lock()).clear();
        }
        true
    }

    pub fn ending(&self) -> Option<Ending> {
        unpoisoned(self.shared.ending.lock()).clone()
    }

    /// How many messages the guest has sent: it lives if this grows.
    pub fn answers(&self) -> u64 {
        self.shared.answers.load(Ordering::Relaxed)
    }

    /// Gives a buffer to the other side, which takes it by the number.
    ///
    /// # Errors
    /// [`IsolateError::Ended`].
    pub fn give(&self, buffer: Buffer) -> Result<u32, IsolateError> {
        self.check()?;
        let peer = self.peer();
        let number = peer.next_buffer.fetch_add(1, Ordering::Relaxed) as u32;
        unpoisoned(peer.buffers.lock()).insert(number, buffer);
        Ok(number)
    }

    /// What the other side gave under this number; once.
    pub fn take(&self, number: u32) -> Option<Buffer> {
        unpoisoned(self.own().buffers.lock()).remove(&number)
    }

    fn check(&self) -> Result<(), IsolateError> {
        match self.shared.has_ended.load(Ordering::Acquire) {
            true => Err(self.ended()),
            false => Ok(()),
        }
    }

    fn ended(&self) -> IsolateError {
        let nobody = || Ending::new(Reason::Closed, "The isolate has ended");
        IsolateError::Ended(self.ending().unwrap_or_else(nobody))
    }

    fn own(&self) -> &Side {
        match self.is_host {
            true => &self.shared.host,
            false => &self.shared.guest,
        }
    }

    fn peer(&self) -> &Side {
        match self.is_host {
            true => &self.shared.guest,
            false => &self.shared.host,
        }
    }
}

impl Side {
    fn new((inbox, id): (Arc<Inbox>, LinkId)) -> Side {
        Side {
            inbox,
            id,
            buffers: Mutex::default(),
            next_buffer: AtomicUsize::new(1),
        }
    }
}

/// What counts the memory of an isolate's array buffers.
pub trait Memory: Send + Sync {
    /// The buffer at `data` is another isolate's from now on.
    fn give(&self, data: usize, length: usize);
}
