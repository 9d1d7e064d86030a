//! Progress of long work, as the library sees it: something begins, advances and ends.
//!
//! In: calls of the stages that fetch or unpack. Out: nothing here; `cli/output.rs` draws.
//! Side effects: none, so that the library never touches the terminal.

/// Shows that work is under way. Shared by every stage of one run.
pub trait Progress: Send + Sync {
    /// Starts one item. `label`: what is fetched (`github:owner/repo@v1`), or a phrase that begins with a verb
    /// (`Install 12 packages`).
    ///
    /// `total`: bytes expected, where already known. The item is over when the returned value is dropped.
    fn begin(&self, label: &str, total: Option<u64>) -> Box<dyn ProgressItem>;
}

/// One item of work; dropping it ends it.
pub trait ProgressItem: Send + Sync {
    /// Adds `delta` bytes to what is done.
    fn advance(&self, delta: u64);

    /// Sets the bytes expected, once they are known.
    fn set_total(&self, total: u64);

    /// Says what the item is doing at the moment, e.g. `unpacking`.
    fn message(&self, text: &str);
}

/// Shows nothing: for tests, embedding and `--quiet`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _label: &str, _total: Option<u64>) -> Box<dyn ProgressItem> {
        Box::new(NoProgress)
    }
}

impl ProgressItem for NoProgress {
    fn advance(&self, _delta: u64) {}

    fn set_total(&self, _total: u64) {}

    fn message(&self, _text: &str) {}
}
