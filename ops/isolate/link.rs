//! A link between two isolates, and the table of the links that one isolate has.
//!
//! In: byte arrays from one side. Out: the same in the inbox of the other; at the end, the reason for it in both.
//! Side effects: wakes the other side.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deno_core::v8;
use serde::Serialize;

use super::IsolateError;
use super::inbox::{Inbox, KIND_END, LinkId, Waited, unpoisoned};
use crate::registry::Repository;

/// Why an isolate has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// It asked for it: `process.exit`, `Deno.exit`, `self.close`.
    Exit,
    Memory,
    Cpu,
    Wall,
    /// An error that nobody caught.
    Error,
    /// Nobody needs it any more.
    Closed,
}

/// The end of an isolate, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ending {
    pub reason: Reason,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
}

impl Ending {
    pub fn new(reason: Reason, message: impl Into<String>) -> Ending {
        Ending {
            reason,
            message: message.into(),
            code: None,
        }
    }

    fn to_message(&self) -> Vec<u8> {
        let text = serde_json::to_string(self).unwrap_or_default();
        [&[KIND_END], text.as_bytes()].concat()
    }
}

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

/// What a guest is told when it starts.
#[derive(Clone)]
pub struct Seat {
    pub inbox: Arc<Inbox>,
    pub end: End,
    pub repository: Repository,
}

/// The number that the link to its host has in every guest.
pub const HOST_LINK: LinkId = 0;

struct Entry {
    end: End,
    /// Only of links to guests.
    control: Option<Arc<dyn Control>>,
}

/// The links of one isolate. They end with it.
pub struct Links {
    inbox: Arc<Inbox>,
    entries: RefCell<HashMap<LinkId, Entry>>,
    next: Cell<LinkId>,
    repository: Option<Repository>,
    memory: Option<Arc<dyn Memory>>,
}

impl Links {
    /// Of an isolate that is nobody's guest.
    pub fn new() -> Links {
        Links {
            inbox: Arc::default(),
            entries: RefCell::default(),
            next: Cell::new(HOST_LINK + 1),
            repository: None,
            memory: None,
        }
    }

    /// Of a guest, whose array buffers `memory` counts.
    pub fn of_guest(seat: Seat, memory: Arc<dyn Memory>) -> Links {
        let mut links = Links::new();
        links.inbox = seat.inbox;
        links.repository = Some(seat.repository);
        links.memory = Some(memory);
        let entry = Entry {
            end: seat.end,
            control: None,
        };
        links.entries.borrow_mut().insert(HOST_LINK, entry);
        links
    }

    pub fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    pub fn memory(&self) -> Option<&Arc<dyn Memory>> {
        self.memory.as_ref()
    }

    /// What a guest is to load.
    pub fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
    }

    /// Takes up a guest that `start` starts with its seat; the link to it.
    ///
    /// # Errors
    /// Whatever `start` fails with.
    pub fn add_guest<E>(
        &self,
        repository: Repository,
        start: impl FnOnce(Seat, End) -> Result<Arc<dyn Control>, E>,
    ) -> Result<LinkId, E> {
        let id = self.next.get();
        self.next.set(id + 1);
        let inbox = Arc::<Inbox>::default();
        let (host, guest) = End::pair((self.inbox.clone(), id), (inbox.clone(), HOST_LINK));
        let seat = Seat {
            inbox,
            end: guest,
            repository,
        };
        let control = start(seat, host.clone())?;
        let entry = Entry {
            end: host,
            control: Some(control),
        };
        self.entries.borrow_mut().insert(id, entry);
        Ok(id)
    }

    /// # Errors
    /// [`IsolateError::NoLink`]: it is not this isolate's.
    pub fn end(&self, id: LinkId) -> Result<End, IsolateError> {
        let entries = self.entries.borrow();
        let entry = entries.get(&id).ok_or(IsolateError::NoLink(id))?;
        Ok(entry.end.clone())
    }

    /// Of a link to a guest.
    pub fn control(&self, id: LinkId) -> Option<Arc<dyn Control>> {
        self.entries.borrow().get(&id)?.control.clone()
    }

    /// Ends a guest's link to its host.
    pub fn leave(&self, ending: Ending) {
        if let Some(host) = self.entries.borrow().get(&HOST_LINK) {
            host.end.end(ending);
        }
    }

    /// Ends a link to a guest, and the guest; the link to a host stays.
    pub fn close(&self, id: LinkId, ending: Ending) {
        if id == HOST_LINK {
            return;
        }
        if let Some(entry) = self.entries.borrow_mut().remove(&id) {
            entry.close(ending);
        }
    }
}

impl Default for Links {
    fn default() -> Links {
        Links::new()
    }
}

impl Entry {
    fn close(self, ending: Ending) {
        self.end.end(ending);
        if let Some(control) = self.control {
            control.stop();
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        for (_, entry) in self.entries.borrow_mut().drain() {
            entry.close(Ending::new(Reason::Closed, "The script has ended"));
        }
        self.inbox.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Links, End, LinkId) {
        let links = Links::new();
        let mut guest = None;
        let id = links.add_guest(repository(), |seat, _| {
            guest = Some(seat.end);
            Ok::<_, ()>(Arc::new(Nothing) as Arc<dyn Control>)
        });
        (
            links,
            guest.expect("it was started"),
            id.expect("nothing fails"),
        )
    }

    struct Nothing;

    impl Control for Nothing {
        fn stop(&self) {}
        fn wall_limit(&self) -> Option<Duration> {
            None
        }
        fn set_pending(&self, _: bool) {}
    }

    fn repository() -> Repository {
        Repository {
            identity: "file:///painter".into(),
            identifier: "file:///painter".into(),
            root: "/painter".into(),
            entry: None,
            compose_file: None,
            manifest: None,
            tried: Vec::new(),
            isolated: true,
        }
    }

    #[test]
    fn what_one_side_posts_the_other_gets() {
        let (links, guest, id) = pair();
        let host = links.end(id).expect("it is ours");
        host.post(vec![1, 5]).expect("it is open");
        assert_eq!(guest.wait(None).ok(), Some(vec![1, 5]));
        guest.post(vec![2, 6]).expect("it is open");
        assert_eq!(host.wait(None).ok(), Some(vec![2, 6]));
        assert_eq!(host.answers(), 1);
    }

    #[test]
    fn a_link_ends_once_and_says_why() {
        let (links, guest, id) = pair();
        let host = links.end(id).expect("it is ours");
        assert!(guest.end(Ending::new(Reason::Memory, "too much")));
        assert!(!host.end(Ending::new(Reason::Cpu, "too slow")));
        let error = host.post(vec![0]).expect_err("it has ended");
        assert!(matches!(&error, IsolateError::Ended(ending) if ending.reason == Reason::Memory));
        assert_eq!(error.to_string(), "too much");
        assert!(host.wait(None).is_err());
        assert!(guest.wait(None).is_err());
    }

    #[test]
    fn links_end_with_their_isolate() {
        let (links, guest, _) = pair();
        drop(links);
        let reason = guest.ending().map(|ending| ending.reason);
        assert_eq!(reason, Some(Reason::Closed));
    }

    #[test]
    fn other_isolates_links_are_out_of_reach() {
        let (links, _guest, id) = pair();
        assert!(matches!(links.end(id + 1), Err(IsolateError::NoLink(_))));
        assert!(Links::new().end(id).is_err());
    }
}
