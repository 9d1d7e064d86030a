//! What code did and was checked for: every access as a line of JSON, for `--trace-permissions`.
//!
//! In: the runtime's own audit hook. Out: lines to a writer. Side effects: the writer's; once for the process.
//!
//! ```json
//! {"provider":"github:owner/repo@v1","permission":"start","target":"/…/src-v1/…"}
//! {"provider":"github:owner/repo@v1","permission":"net","target":"api.example.com:443","stack":["Painter.paint (file:///…/src/index.ts:12:9)"]}
//! ```
//!
//! `provider` is missing for the script's own accesses. Values, such as those of variables, never appear.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

use deno_runtime::deno_permissions::{AUDIT_SINK, AuditSink};
use serde::{Deserialize, Serialize};

/// The `permission` of the line with which a provider begins; its `target` is the provider's folder.
pub const START: &str = "start";

/// One access, allowed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whose code; `None` for the script's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `net`, `read` …
    pub permission: String,
    /// `None` for everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// From the place that asked, outwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<String>,
}

type Sink = Mutex<Box<dyn Write + Send>>;

static SINK: OnceLock<Sink> = OnceLock::new();

thread_local! {
    /// Whose isolate runs on this thread.
    static PROVIDER: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Starts to record. The first call of a process counts.
pub fn start(writer: Box<dyn Write + Send>) {
    if SINK.set(Mutex::new(writer)).is_ok() {
        // Only one of them can be set, and this is the one place that does.
        let _ = AUDIT_SINK.set(AuditSink::Otel(record));
    }
}

/// Whether accesses are recorded: stacks then have to be kept ready.
pub fn is_on() -> bool {
    SINK.get().is_some()
}

/// Says whose code runs on this thread from now on, and where its files are.
pub fn set_provider(provider: &str, root: &str) {
    PROVIDER.with(|slot| *slot.borrow_mut() = Some(provider.to_string()));
    record(START, root, None);
}

fn record(permission: &str, value: &str, stack: Option<&[String]>) {
    let Some(sink) = SINK.get() else { return };
    let access = Access {
        provider: PROVIDER.with(|slot| slot.borrow().clone()),
        permission: permission.to_string(),
        target: Some(value.to_string()).filter(|value| value != "null" && !value.is_empty()),
        stack: stack.map(shown).unwrap_or_default(),
    };
    let Ok(mut line) = serde_json::to_vec(&access) else {
        return;
    };
    line.push(b'\n');
    let mut sink = sink.lock().unwrap_or_else(PoisonError::into_inner);
    // A full disk must not change what the script does.
    if sink.write_all(&line).and_then(|()| sink.flush()).is_err() {
        log::debug!("an access could not be recorded");
    }
}

/// Without the runtime's own frames.
fn shown(stack: &[String]) -> Vec<String> {
    let frames = stack.iter().map(|frame| frame.trim().to_string());
    frames.filter(|frame| !frame.contains("ext:")).collect()
}
