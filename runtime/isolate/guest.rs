//! One guest: its thread, its event loop, and its end.
//!
//! In: an admission and the guest's seat at a link. Out: what the host's side holds of it. Side effects: a thread.
//!
//! Nobody joins the thread: a guest that cannot be stopped, in a blocking call, must not keep the process.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use deno_core::PollEventLoopOptions;
use deno_core::error::CoreError;
use deno_runtime::deno_os::WatcherExitHandle;
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::tokio_util::create_basic_runtime;
use deno_runtime::web_worker::WebWorker;
use prizm_ops::isolate::EndCheck;
use prizm_ops::isolate::link::{Control, End};
use prizm_ops::isolate::links::Seat;

use super::control::GuestControl;
use super::end::{end_check, ending_of};
use super::heap::limit_heap;
use super::watch::{Watch, Watched};
use super::{Admission, Confinement, IsolateError};
use crate::permissions::trace;
use crate::worker::WorkerFactory;

/// Room for V8's own limit of one megabyte, and for the native code below it.
const STACK_SIZE: usize = 4 << 20;

/// A script runs this, and what it starts does the rest.
const START: &str = "void globalThis[Symbol.for('prizm.host')].guest();";

/// Starts the guest's thread.
///
/// # Errors
/// [`IsolateError::Permissions`], [`IsolateError::Thread`].
pub fn start(
    factory: Arc<WorkerFactory>,
    admission: Admission,
    seat: Seat,
    host_end: End,
) -> Result<Arc<dyn Control>, IsolateError> {
    let identity = admission.repository.identity.clone();
    let permissions = permissions(&admission)?;
    let limits = factory.context().options.isolates.limits;
    let inbox = seat.inbox.clone();
    let control = Arc::new(GuestControl::new(identity.clone(), limits, host_end, inbox));
    let guest = Guest {
        confinement: Arc::new(Confinement::of(
            &admission,
            &limits,
            &factory.context().resolver.cache_root,
        )),
        factory,
        permissions,
        seat,
        control: control.clone(),
    };
    let thread = std::thread::Builder::new()
        .name(thread_name(&identity))
        .stack_size(STACK_SIZE);
    thread
        .spawn(move || guest.run())
        .map_err(|source| IsolateError::Thread { identity, source })?;
    Ok(control)
}

fn permissions(admission: &Admission) -> Result<PermissionsContainer, IsolateError> {
    let permissions = crate::permissions::container(&admission.permissions, &admission.folder());
    permissions.map_err(|source| IsolateError::Permissions {
        identity: admission.repository.identity.clone(),
        source,
    })
}

/// Names of threads may not hold a NUL, and systems show their first fifteen bytes.
fn thread_name(identity: &str) -> String {
    identity.replace('\0', "")
}

/// What a guest's thread begins with.
struct Guest {
    factory: Arc<WorkerFactory>,
    confinement: Arc<Confinement>,
    permissions: PermissionsContainer,
    seat: Seat,
    control: Arc<GuestControl>,
}

impl Guest {
    fn run(self) {
        if let Some(sandbox) = &self.confinement.sandbox {
            let root = sandbox.places.root.to_string_lossy();
            trace::set_provider(&sandbox.granted.owner().to_string(), &root);
        }
        let runtime = create_basic_runtime();
        runtime.block_on(self.live());
        runtime.shutdown_background();
    }

    /// From the first line to the end.
    async fn live(self) {
        let control = self.control;
        let end = self.seat.end.clone();
        let factory = self
            .factory
            .for_guest(self.confinement.clone(), control.clone());
        let start = Instant::now();
        let (mut worker, handle) = factory.guest(self.seat, self.permissions);
        log::debug!(
            "{}: isolate made in {:?}",
            control.identity(),
            start.elapsed()
        );
        let isolate = worker.js_runtime.v8_isolate().thread_safe_handle();
        control.add_isolate(isolate.clone());
        limit_heap(&mut worker, &control, &self.confinement.memory);
        let check = end_check(&worker, control.identity().to_string());
        {
            let state = worker.js_runtime.op_state();
            let mut state = state.borrow_mut();
            // What asks for the end of the process gets that of this isolate.
            state.put(WatcherExitHandle(isolate.clone()));
            state.put(check);
        }
        let watched = Watched::guest(control.clone(), isolate);
        let result =
            watched.turn(|| worker.execute_script("prizm:guest", START.to_string().into()));
        let result = match result {
            Ok(()) => run_event_loop(&mut worker, &control, &watched).await,
            Err(error) => Err(error),
        };
        // Before the isolate goes, which ends its links without a reason.
        end.end(ending_of(&mut worker, result, control.identity()));
        drop(handle);
    }
}

/// Ends when the guest is stopped, stops itself, or fails.
async fn run_event_loop(
    worker: &mut WebWorker,
    control: &GuestControl,
    watched: &Watch,
) -> Result<(), CoreError> {
    let state = worker.js_runtime.op_state();
    let is_over = || {
        let state = state.borrow();
        let check = state.try_borrow::<EndCheck>();
        control.is_stopped() || check.is_some_and(|check| (check.0)(&state).is_some())
    };
    poll_fn(|context: &mut TaskContext<'_>| {
        control.wake_by(context.waker());
        if is_over() {
            return Poll::Ready(Ok(()));
        }
        let options = PollEventLoopOptions::default();
        let result = watched.turn(|| worker.js_runtime.poll_event_loop(context, options));
        match result {
            _ if is_over() => Poll::Ready(Ok(())),
            // An idle guest waits for messages, which wake it.
            Poll::Ready(Ok(())) => Poll::Pending,
            other => other,
        }
    })
    .await
}
