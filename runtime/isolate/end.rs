//! How a guest ended that nobody stopped: it asked for it, failed, or was done.
//!
//! In: the isolate's state, and what its event loop ended with. Out: [`Ending`]. Side effects: none.

use deno_core::error::{CoreError, CoreErrorKind};
use deno_runtime::deno_os::{ExitCode, WatcherExited};
use deno_runtime::web_worker::{WebWorker, WebWorkerInternalHandle};
use prizm_ops::isolate::EndCheck;
use prizm_ops::isolate::ending::{Ending, Reason};

/// Tells whether the isolate has asked for its end: `process.exit`, `Deno.exit`, `close`.
pub fn end_check(worker: &WebWorker, identity: String) -> EndCheck {
    let state = worker.js_runtime.op_state();
    let own = state.borrow().borrow::<WebWorkerInternalHandle>().clone();
    EndCheck(Box::new(move |state| {
        let has_exited = own.is_terminated() || state.has::<WatcherExited>();
        let code = state.try_borrow::<ExitCode>().map_or(0, |code| code.get());
        has_exited.then(|| Ending {
            code: Some(code),
            ..Ending::new(
                Reason::Exit,
                format!("'{identity}' ended itself with code {code}"),
            )
        })
    }))
}

/// Why the guest has ended, if nobody said so before.
pub fn ending_of(worker: &mut WebWorker, result: Result<(), CoreError>, identity: &str) -> Ending {
    let state = worker.js_runtime.op_state();
    let state = state.borrow();
    let check = state.try_borrow::<EndCheck>();
    if let Some(ending) = check.and_then(|check| (check.0)(&state)) {
        return ending;
    }
    match result {
        Ok(()) => Ending::new(
            Reason::Closed,
            format!("The isolate of '{identity}' has ended"),
        ),
        Err(error) => Ending::new(
            Reason::Error,
            format!("'{identity}' failed: {}", message_of(&error)),
        ),
    }
}

fn message_of(error: &CoreError) -> String {
    match error.as_kind() {
        CoreErrorKind::Js(error) => error.exception_message.clone(),
        _ => error.to_string(),
    }
}
