//! The limits on the heaps of a guest and of its web workers.
//!
//! In: a worker that has run nothing yet. Out: nothing. Side effects: V8 and the meter end the guest that passes a limit.

use std::sync::Arc;

use deno_runtime::deno_os::WatcherExitHandle;
use deno_runtime::web_worker::WebWorker;

use super::control::GuestControl;
use super::memory::Meter;
use super::watch::Watched;

/// How far a guest may pass its heap limit while it is being stopped: V8 ends the process where it cannot go on, and
/// the largest array it may be about to make takes a gigabyte.
const GRACE: usize = 2 << 30;

/// Has V8 ask before the heap passes its limit, which is the guest's end.
pub fn limit_heap(worker: &mut WebWorker, control: &Arc<GuestControl>, memory: &Arc<Meter>) {
    let ender = control.clone();
    worker
        .js_runtime
        .add_near_heap_limit_callback(move |current, _initial| {
            ender.end_for_memory();
            current + GRACE
        });
    let ender = control.clone();
    memory.when_full(move || ender.end_for_memory());
}

/// Makes a web worker share the limits and the end of the guest that made it.
pub fn adopt(worker: &mut WebWorker, control: &Arc<GuestControl>, memory: &Arc<Meter>) {
    let isolate = worker.js_runtime.v8_isolate().thread_safe_handle();
    control.add_isolate(isolate.clone());
    limit_heap(worker, control, memory);
    let watched = Watched::worker(control.clone(), &mut worker.js_runtime);
    let state = worker.js_runtime.op_state();
    let mut state = state.borrow_mut();
    state.put(WatcherExitHandle(isolate));
    // It is watched for as long as it lives.
    state.put(watched);
}
