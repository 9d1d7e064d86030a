//! Faults that a loopback server shows on demand, and the barriers that prove that two requests overlap.
//!
//! In: rules from a fixture. Out: what to do with one request. No side effects of its own.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Notify;

/// How long a request waits at a barrier for the others.
const BARRIER_PATIENCE: Duration = Duration::from_secs(20);

/// One rule: requests to `on` whose path contains `path` meet `action`, at most `times` times.
#[derive(Clone, Debug, Deserialize)]
pub struct FaultRule {
    /// `git`, `npm` or `http`.
    pub on: String,
    /// A part of the path and query.
    pub path: String,
    /// How many requests meet the fault; the default is all of them.
    #[serde(default = "always")]
    pub times: u32,
    #[serde(flatten)]
    pub action: FaultAction,
}

fn always() -> u32 {
    u32::MAX
}

/// What happens to a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultAction {
    /// Answered with this status and no body.
    Status(u16),
    /// Answered with 429 and `Retry-After: <seconds>`.
    RetryAfter(u32),
    /// The connection ends after this many bytes of the body, whose full length was announced.
    Truncate(usize),
    /// Nothing more comes after this many bytes of the body, and the connection stays.
    Stall(usize),
    /// The byte at this offset of the body is flipped; negative counts from the end.
    Corrupt(i64),
    /// The byte `offset` bytes after the first place of `text` is flipped; bodies without it stay whole.
    CorruptAfter { text: String, offset: usize },
    /// The connection is reset without an answer.
    Reset(bool),
    /// No answer until the server stops.
    Hold(bool),
    /// Waits until `count` requests are at the barrier `name`, then goes on as usual.
    Barrier { name: String, count: usize },
    /// Answered with a redirect to this address.
    Redirect(String),
}

/// Takes the first rule that fits and still has a turn left.
pub fn take(rules: &Mutex<Vec<FaultRule>>, site: &str, path: &str) -> Option<FaultAction> {
    let mut rules = rules.lock().expect("no fault holder panics");
    let rule = rules
        .iter_mut()
        .find(|rule| rule.on == site && rule.times > 0 && path.contains(&rule.path))?;
    rule.times -= 1;
    Some(rule.action.clone())
}

/// Meeting points shared by all servers of one test.
#[derive(Default)]
pub struct Barriers {
    arrived: Mutex<HashMap<String, usize>>,
    failed: Mutex<Vec<String>>,
    changed: Notify,
}

impl Barriers {
    /// Waits until `count` requests have arrived at `name`; `false` if they did not come in time.
    pub async fn arrive(&self, name: &str, count: usize) -> bool {
        *self
            .arrived
            .lock()
            .expect("no barrier holder panics")
            .entry(name.to_owned())
            .or_default() += 1;
        self.changed.notify_waiters();
        let met = tokio::time::timeout(BARRIER_PATIENCE, self.until(name, count))
            .await
            .is_ok();
        if !met {
            self.failed
                .lock()
                .expect("no barrier holder panics")
                .push(name.to_owned());
        }
        met
    }

    async fn until(&self, name: &str, count: usize) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.here(name) >= count {
                return;
            }
            changed.await;
        }
    }

    fn here(&self, name: &str) -> usize {
        let arrived = self.arrived.lock().expect("no barrier holder panics");
        arrived.get(name).copied().unwrap_or(0)
    }

    /// The barriers at which a request waited in vain.
    pub fn failed(&self) -> Vec<String> {
        self.failed
            .lock()
            .expect("no barrier holder panics")
            .clone()
    }
}
