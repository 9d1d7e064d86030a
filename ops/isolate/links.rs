//! The links that one isolate has: to its host, where it is a guest, and to its own guests.
//!
//! In: guests that are started, and numbers of links. Out: the ends that belong to them. Side effects: all links end
//! with the isolate, and its guests with them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::IsolateError;
use super::ending::{Ending, Reason};
use super::inbox::{Inbox, LinkId};
use super::link::{Control, End, Memory};
use crate::registry::Repository;

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
    use std::time::Duration;

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
