//! One guest: its thread, its event loop, and its end.
//!
//! In: an admission and the guest's seat at a link. Out: what the host's side holds of it. Side effects: a thread.
//!
//! Nobody joins the thread: a guest that cannot be stopped, in a blocking call, must not keep the process.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll};
use std::time::{Duration, Instant};

use deno_core::error::{CoreError, CoreErrorKind};
use deno_core::{PollEventLoopOptions, v8};
use deno_runtime::deno_os::{ExitCode, WatcherExitHandle, WatcherExited};
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::tokio_util::create_basic_runtime;
use deno_runtime::web_worker::{WebWorker, WebWorkerInternalHandle};
use futures::task::AtomicWaker;
use prizm_ops::isolate::EndCheck;
use prizm_ops::isolate::inbox::Inbox;
use prizm_ops::isolate::link::{Control, End, Ending, Reason, Seat};

use super::memory::Meter;
use super::settings::Limits;
use super::watch::{Watch, Watched};
use super::{Admission, Confinement, IsolateError};
use crate::permissions::trace;
use crate::worker::WorkerFactory;

/// Room for V8's own limit of one megabyte, and for the native code below it.
const STACK_SIZE: usize = 4 << 20;

/// How far a guest may pass its heap limit while it is being stopped: V8 ends the process where it cannot go on, and
/// the largest array it may be about to make takes a gigabyte.
const GRACE: usize = 2 << 30;

/// A script runs this, and what it starts does the rest.
const START: &str = "void globalThis[Symbol.for('prizm.host')].guest();";

/// What others hold of a guest.
pub struct GuestControl {
    identity: String,
    limits: Limits,
    end: End,
    inbox: Arc<Inbox>,
    /// The main isolate, and those of its web workers.
    isolates: Mutex<Vec<v8::IsolateHandle>>,
    is_stopped: AtomicBool,
    is_pending: AtomicBool,
    waker: AtomicWaker,
}

impl GuestControl {
    pub fn limits(&self) -> Limits {
        self.limits
    }

    pub fn end(&self) -> &End {
        &self.end
    }

    pub fn is_pending(&self) -> bool {
        self.is_pending.load(Ordering::Relaxed)
    }

    /// Ends the guest for a reason, which both sides learn first.
    pub fn end_with(&self, ending: Ending) {
        let message = format!(
            "The isolate of '{}' was ended: {}",
            self.identity, ending.message
        );
        self.end.end(Ending { message, ..ending });
        self.stop();
    }

    /// Whether this is more memory than the guest may use.
    pub fn is_too_large(&self, used: usize) -> bool {
        used > self.limits.memory
    }

    pub fn end_for_memory(&self) {
        let limit = self.limits.memory >> 20;
        self.end_with(Ending::new(
            Reason::Memory,
            format!("it needs more than {limit} MiB of memory"),
        ));
    }

    /// Takes up one of the guest's isolates. One that comes too late is stopped at once.
    pub fn add_isolate(&self, isolate: v8::IsolateHandle) {
        let mut isolates = self.isolates();
        if self.is_stopped.load(Ordering::SeqCst) {
            isolate.terminate_execution();
        }
        isolates.push(isolate);
    }

    fn isolates(&self) -> std::sync::MutexGuard<'_, Vec<v8::IsolateHandle>> {
        self.isolates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Control for GuestControl {
    fn stop(&self) {
        let isolates = self.isolates();
        self.is_stopped.store(true, Ordering::SeqCst);
        for isolate in isolates.iter() {
            isolate.terminate_execution();
        }
        drop(isolates);
        self.inbox.end();
        self.waker.wake();
    }

    fn wall_limit(&self) -> Option<Duration> {
        self.limits.wall
    }

    fn set_pending(&self, is_pending: bool) {
        self.is_pending.store(is_pending, Ordering::Relaxed);
        if is_pending && self.limits.wall.is_some() {
            super::watch::look_soon();
        }
    }
}

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
    let control = Arc::new(GuestControl {
        identity: identity.clone(),
        limits,
        end: host_end,
        inbox: seat.inbox.clone(),
        isolates: Mutex::default(),
        is_stopped: AtomicBool::new(false),
        is_pending: AtomicBool::new(false),
        waker: AtomicWaker::new(),
    });
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
            control.identity,
            start.elapsed()
        );
        let isolate = worker.js_runtime.v8_isolate().thread_safe_handle();
        control.add_isolate(isolate.clone());
        limit_heap(&mut worker, &control, &self.confinement.memory);
        let check = end_check(&worker, control.identity.clone());
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
        end.end(ending_of(&mut worker, result, &control.identity));
        drop(handle);
    }
}

/// Tells whether the isolate has asked for its end: `process.exit`, `Deno.exit`, `close`.
fn end_check(worker: &WebWorker, identity: String) -> EndCheck {
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
        control.is_stopped.load(Ordering::SeqCst)
            || check.is_some_and(|check| (check.0)(&state).is_some())
    };
    poll_fn(|context: &mut TaskContext<'_>| {
        control.waker.register(context.waker());
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

/// Why the guest has ended, if nobody said so before.
fn ending_of(worker: &mut WebWorker, result: Result<(), CoreError>, identity: &str) -> Ending {
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
