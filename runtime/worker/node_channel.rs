//! The channel to the program that forked this process, as `node:child_process` does.
//!
//! In: the environment. Out: the channel. Side effects: takes it out of the environment.

use std::sync::OnceLock;

use deno_runtime::deno_node::ops::ipc::ChildIpcSerialization;

const CHANNEL_FD: &str = "NODE_CHANNEL_FD";
const CHANNEL_MODE: &str = "NODE_CHANNEL_SERIALIZATION_MODE";

static NODE_CHANNEL: OnceLock<Option<(i64, ChildIpcSerialization)>> = OnceLock::new();

/// Takes the channel to the program that forked this process out of the environment, which children inherit.
///
/// # Safety
/// No other thread may run yet, as for [`std::env::remove_var`].
pub unsafe fn take_node_channel() {
    let descriptor = std::env::var(CHANNEL_FD)
        .ok()
        .and_then(|text| text.parse().ok());
    let mode = std::env::var(CHANNEL_MODE)
        .ok()
        .and_then(|mode| mode.parse().ok());
    for name in [CHANNEL_FD, CHANNEL_MODE] {
        // SAFETY: the caller vouches that this is the only thread.
        unsafe { std::env::remove_var(name) };
    }
    let channel =
        descriptor.map(|descriptor| (descriptor, mode.unwrap_or(ChildIpcSerialization::Json)));
    // A second call finds nothing in the environment, and what the first one found stays.
    let _ = NODE_CHANNEL.set(channel);
}

/// What was taken.
pub(super) fn node_channel() -> Option<(i64, ChildIpcSerialization)> {
    NODE_CHANNEL.get().copied().flatten()
}
