//! Isolates beside the main one: web workers, and guests, which are made as they are.
//!
//! In: a factory, and what tells the one from the other. Out: a worker, and what others hold of it.
//! Side effects: those of its bootstrap code.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{ModuleSpecifier, SourceCodeCacheInfo};
use deno_runtime::code_cache::{CodeCache, CodeCacheType};
use deno_runtime::deno_io::Stdio;
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::deno_web::Blob;
use deno_runtime::ops::worker_host::CreateWebWorkerCb;
use deno_runtime::web_worker::{
    SendableWebWorkerHandle, WebWorker, WebWorkerHandle, WebWorkerOptions, WebWorkerServiceOptions,
    WorkerId, WorkerMetadata, WorkerThreadType,
};
use deno_runtime::{BootstrapOptions, WorkerExecutionMode};
use prizm_ops::isolate::links::{Links, Seat};
use url::Url;

use super::WorkerFactory;
use super::guest::stdio_of_guest;
use crate::isolate::heap;
use crate::loader::compiled::Compiled;
use crate::permissions::trace;

impl WorkerFactory {
    /// The isolate of a guest, on the calling thread. This is the factory that [`WorkerFactory::for_guest`] made.
    pub fn guest(
        self: &Arc<Self>,
        seat: Seat,
        permissions: PermissionsContainer,
    ) -> (WebWorker, WebWorkerHandle) {
        let entry = seat.repository.entry.as_deref().unwrap_or("prizm:guest");
        let main_module = Url::parse(entry).unwrap_or_else(|_| no_module());
        let name = seat.repository.identity.clone();
        let links = match &self.guest {
            Some(guest) => Links::of_guest(seat, guest.confinement.memory.clone()),
            None => Links::new(),
        };
        let plan = Plan {
            name,
            main_module,
            worker_id: WorkerId::new(),
            worker_type: WorkerThreadType::Module,
            permissions,
            close_on_idle: false,
            metadata: None,
            main_module_blob: None,
            waits_for_debugger: false,
            waits_for_page_debugger: false,
            links,
        };
        let (worker, handle) = self.web_worker(plan, stdio_of_guest());
        (worker, handle.into())
    }

    pub(super) fn web_workers(self: &Arc<Self>, stdio: Stdio) -> Arc<CreateWebWorkerCb> {
        let factory = self.clone();
        Arc::new(move |args| {
            let plan = Plan {
                name: args.name,
                main_module: args.main_module,
                worker_id: args.worker_id,
                worker_type: args.worker_type,
                permissions: args.permissions,
                close_on_idle: args.close_on_idle,
                metadata: args.maybe_worker_metadata,
                main_module_blob: args.maybe_main_module_blob,
                waits_for_debugger: args.wait_for_debugger_on_start,
                waits_for_page_debugger: args.wait_for_page_wait_for_debugger,
                links: Links::new(),
            };
            let (mut worker, handle) = factory.web_worker(plan, stdio.clone());
            if let Some(guest) = &factory.guest {
                heap::adopt(&mut worker, &guest.control, &guest.confinement.memory);
            }
            (worker, handle)
        })
    }

    fn web_worker(
        self: &Arc<Self>,
        plan: Plan,
        stdio: Stdio,
    ) -> (WebWorker, SendableWebWorkerHandle) {
        let loader = self.loader(plan.permissions.clone());
        let services = WebWorkerServiceOptions {
            blob_store: self.blobs.clone(),
            broadcast_channel: self.channel.clone(),
            deno_rt_native_addon_loader: None,
            compiled_wasm_module_store: Some(self.wasm.clone()),
            feature_checker: self.features.clone(),
            fs: Arc::new(deno_runtime::deno_fs::RealFs),
            main_inspector_session_tx: self.inspector_sessions.clone(),
            module_loader: Rc::new(loader.clone()),
            node_services: Some(self.node_services(loader)),
            npm_process_state_provider: None,
            permissions: plan.permissions,
            root_cert_store_provider: Some(self.certificates.clone()),
            shared_array_buffer_store: Some(self.buffers.clone()),
            bundle_provider: None,
        };
        let options = WebWorkerOptions {
            name: plan.name,
            main_module: plan.main_module.clone(),
            worker_id: plan.worker_id,
            bootstrap: BootstrapOptions {
                location: Some(plan.main_module),
                mode: WorkerExecutionMode::Worker,
                close_on_idle: plan.close_on_idle,
                ..self.bootstrap()
            },
            extensions: vec![self.extension(plan.links)],
            startup_snapshot: Some(prizm_snapshot::SNAPSHOT),
            residual_lazy_js_sources: prizm_snapshot::LAZY_SCRIPTS,
            residual_lazy_esm_sources: prizm_ops::lazy_modules(prizm_snapshot::LAZY_MODULES),
            unsafely_ignore_certificate_errors: None,
            create_params: self.create_params(),
            seed: self.context.options.seed,
            create_web_worker_cb: self.web_workers(stdio.clone()),
            format_js_error_fn: Some(self.format_errors()),
            worker_type: plan.worker_type,
            cache_storage_dir: None,
            stdio,
            trace_ops: None,
            close_on_idle: plan.close_on_idle,
            maybe_worker_metadata: plan.metadata,
            maybe_main_module_blob: plan.main_module_blob,
            maybe_coverage_dir: None,
            maybe_cpu_prof_config: None,
            enable_raw_imports: true,
            enable_stack_trace_arg_in_ops: trace::is_on(),
            wait_for_debugger_on_start: plan.waits_for_debugger,
            wait_for_page_wait_for_debugger: plan.waits_for_page_debugger,
        };
        let (mut worker, handle, bootstrap) = WebWorker::from_options(services, options);
        self.keep_bytecode(&worker);
        worker.bootstrap(&bootstrap);
        if let Some(guest) = &self.guest {
            guest.confine(&mut worker);
        }
        (worker, handle)
    }

    /// Has the bytecode of CommonJS files kept; the runtime does that by itself for main isolates alone.
    ///
    /// Each guest has its own: code may have any text compiled under any name, and a hash of 64 bits is no proof.
    fn keep_bytecode(&self, worker: &WebWorker) {
        let compiled = Compiled(self.context.cache.clone());
        let kept = compiled.clone();
        let owner = self
            .guest
            .as_ref()
            .map(|guest| guest.confinement.identity.clone());
        let owned = move |specifier: &ModuleSpecifier| {
            let mut specifier = specifier.clone();
            specifier.set_fragment(owner.as_deref());
            specifier
        };
        let own = owned.clone();
        let get = move |specifier: &ModuleSpecifier, source: &[u16]| {
            let hash = Compiled::hash_of_units(source);
            let data = compiled.get_sync(&owned(specifier), CodeCacheType::Script, hash);
            Ok(SourceCodeCacheInfo {
                hash,
                data: data.map(Cow::Owned),
            })
        };
        let put = move |specifier: ModuleSpecifier, hash: u64, data: &[u8]| {
            kept.set_sync(own(&specifier), CodeCacheType::Script, hash, data);
        };
        let callbacks = Some((Box::new(get) as _, Box::new(put) as _));
        worker.js_runtime.set_eval_context_code_cache_cbs(callbacks);
    }
}

/// What tells one web worker from another.
struct Plan {
    name: String,
    main_module: ModuleSpecifier,
    worker_id: WorkerId,
    worker_type: WorkerThreadType,
    permissions: PermissionsContainer,
    close_on_idle: bool,
    metadata: Option<WorkerMetadata>,
    main_module_blob: Option<Arc<Blob>>,
    waits_for_debugger: bool,
    waits_for_page_debugger: bool,
    links: Links,
}

fn no_module() -> ModuleSpecifier {
    Url::parse("prizm:guest").expect("a constant")
}
