//! What isolates of a guest have in place of what the script's have.
//!
//! In: a guest's confinement and control. Out: ops, memory and standard input for its isolates. Side effects: none.

use std::rc::Rc;
use std::sync::Arc;

use deno_core::{Extension, v8};
use deno_runtime::FeatureChecker;
use deno_runtime::deno_io::{Stdio, StdioPipe};
use deno_runtime::web_worker::WebWorker;
use prizm_ops::isolate::ending::{Ending, Reason};
use prizm_ops::isolate::environment::Surroundings;
use prizm_ops::isolate::process;

use crate::isolate::Confinement;
use crate::isolate::blobs;
use crate::isolate::control::GuestControl;
use crate::isolate::environment::Granted;

/// What binds a guest and its web workers.
pub(super) struct GuestParts {
    pub(super) confinement: Arc<Confinement>,
    pub(super) control: Arc<GuestControl>,
}

impl GuestParts {
    fn surroundings(&self) -> Surroundings {
        Surroundings {
            identity: self.confinement.identity.clone(),
            variables: Box::new(Granted),
            changes: self.confinement.environment.clone(),
            folder: self.confinement.folder.clone(),
        }
    }

    /// Puts the guest's own in the place of what is the process's.
    pub(super) fn restrict(&self, extension: &mut Extension) {
        let surroundings = self.surroundings();
        let memory = self.confinement.memory.clone();
        let put = extension.op_state_fn.take();
        extension.op_state_fn = Some(Box::new(move |state| {
            put.into_iter().for_each(|put| put(state));
            state.put(Rc::new(surroundings));
            state.put(memory);
        }));
        let restrict = process::restrict();
        extension.middleware_fn = Some(Box::new(move |op| blobs::restrict(restrict(op))));
    }

    /// Runs what is to run in each of its isolates before its code.
    pub(super) fn confine(&self, worker: &mut WebWorker) {
        if let Err(error) = worker.execute_script("prizm:confine", CONFINE.to_string().into()) {
            let why = format!("it could not be confined: {error}");
            self.control.end_with(Ending::new(Reason::Error, why));
        }
    }

    pub(super) fn create_params(&self) -> v8::CreateParams {
        let memory = &self.confinement.memory;
        v8::CreateParams::default()
            .heap_limits(0, memory.limit())
            .array_buffer_allocator(memory.allocator().make_shared())
    }
}

/// A feature that is not there ends the guest that asks for it, not the process.
pub(super) fn features_of_guest(control: Arc<GuestControl>) -> FeatureChecker {
    let mut features = FeatureChecker::default();
    features.enable_feature("worker-options");
    features.set_exit_cb(Box::new(move |_, api| {
        let why = format!("it asked for {api}, which there is not");
        control.end_with(Ending::new(Reason::Error, why));
    }));
    features
}

/// What is typed is meant for the script.
pub(super) fn stdio_of_guest() -> Stdio {
    let nothing = std::fs::File::open(NOTHING);
    Stdio {
        stdin: nothing.map_or_else(|_| StdioPipe::inherit(), StdioPipe::file),
        ..Stdio::default()
    }
}

/// Runs in each isolate of a guest before its code.
const CONFINE: &str = "globalThis[Symbol.for('prizm.host')].confine();";

const NOTHING: &str = match cfg!(windows) {
    true => "NUL",
    false => "/dev/null",
};
