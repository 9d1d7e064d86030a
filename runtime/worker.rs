//! Builds isolates: the main one and web workers, with ops, JavaScript, permissions and loader.
//!
//! In: a [`Context`], permissions, the main module. Out: a `MainWorker` ready to run it.
//! Side effects: starts V8's platform with the first isolate; the inspector's server if one was asked for.

mod certificates;
mod guest;
mod node_channel;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{
    CompiledWasmModuleStore, Extension, ModuleSpecifier, SharedArrayBufferStore, SourceCodeCacheInfo, v8,
};
use deno_resolver::npm::{DenoInNpmPackageChecker, NpmResolver};
use deno_runtime::code_cache::{CodeCache, CodeCacheType};
use deno_runtime::deno_inspector_server::MainInspectorSessionChannel;
use deno_runtime::deno_io::Stdio;
use deno_runtime::deno_node::NodeExtInitServices;
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::deno_tls::RootCertStoreProvider;
use deno_runtime::deno_web::{Blob, BlobStore, BlobStoreTrait, InMemoryBroadcastChannel};
use deno_runtime::fmt_errors::format_js_error;
use deno_runtime::ops::worker_host::CreateWebWorkerCb;
use deno_runtime::web_worker::{
    SendableWebWorkerHandle, WebWorker, WebWorkerHandle, WebWorkerOptions, WebWorkerServiceOptions,
    WorkerId, WorkerMetadata, WorkerThreadType,
};
use deno_runtime::worker::{FormatJsErrorFn, MainWorker, WorkerOptions, WorkerServiceOptions};
use deno_runtime::{BootstrapOptions, FeatureChecker, WorkerExecutionMode, colors};
use prizm_ops::isolate::links::{Links, Seat};
use sys_traits::impls::RealSys;
use url::Url;

use crate::context::Context;
use crate::isolate::Confinement;
use crate::isolate::control::GuestControl;
use crate::isolate::heap;
use crate::loader::Loader;
use crate::loader::compiled::Compiled;
use crate::loader::host::ContextHost;
use crate::options::InspectorStart;
use crate::permissions::trace;
use certificates::Certificates;
use guest::{GuestParts, features_of_guest, stdio_of_guest};
pub use node_channel::take_node_channel;

/// What the isolates of a process share.
pub struct WorkerFactory {
    context: Arc<Context>,
    blobs: Arc<dyn BlobStoreTrait>,
    channel: InMemoryBroadcastChannel,
    buffers: SharedArrayBufferStore,
    wasm: CompiledWasmModuleStore,
    features: Arc<FeatureChecker>,
    certificates: Arc<dyn RootCertStoreProvider>,
    inspector_sessions: MainInspectorSessionChannel,
    /// `process.argv[0]`.
    program: String,
    /// What the isolates of one guest share: nothing with those of others.
    guest: Option<GuestParts>,
}

impl WorkerFactory {
    pub fn new(context: Arc<Context>) -> Arc<WorkerFactory> {
        Arc::new(WorkerFactory {
            certificates: Arc::new(Certificates::new(context.options.http.clone())),
            context,
            blobs: Arc::new(BlobStore::default()),
            channel: InMemoryBroadcastChannel::default(),
            buffers: SharedArrayBufferStore::default(),
            wasm: CompiledWasmModuleStore::default(),
            features: Arc::new(FeatureChecker::default()),
            inspector_sessions: MainInspectorSessionChannel::new(),
            program: std::env::args().next().unwrap_or_else(|| "prizm".into()),
            guest: None,
        })
    }

    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The same for a guest and its web workers. Stores that lead from one isolate to another by a number or a name
    /// are its own, so that it reaches no other's blobs, buffers, channels.
    pub fn for_guest(
        &self,
        confinement: Arc<Confinement>,
        control: Arc<GuestControl>,
    ) -> Arc<WorkerFactory> {
        Arc::new(WorkerFactory {
            context: self.context.clone(),
            blobs: Arc::new(BlobStore::default()),
            channel: InMemoryBroadcastChannel::default(),
            buffers: SharedArrayBufferStore::default(),
            wasm: CompiledWasmModuleStore::default(),
            features: Arc::new(features_of_guest(control.clone())),
            certificates: self.certificates.clone(),
            inspector_sessions: self.inspector_sessions.clone(),
            program: "prizm".into(),
            guest: Some(GuestParts {
                confinement,
                control,
            }),
        })
    }

    /// The isolate that runs `main_module`.
    pub fn main(
        self: &Arc<Self>,
        main_module: &ModuleSpecifier,
        permissions: PermissionsContainer,
        loader: Loader,
    ) -> MainWorker {
        let options = &self.context.options;
        let start = options.inspector.as_ref().map(|inspector| inspector.start);
        let services = WorkerServiceOptions {
            blob_store: self.blobs.clone(),
            broadcast_channel: self.channel.clone(),
            deno_rt_native_addon_loader: None,
            feature_checker: self.features.clone(),
            fs: Arc::new(deno_runtime::deno_fs::RealFs),
            module_loader: Rc::new(loader.clone()),
            node_services: Some(self.node_services(loader)),
            npm_process_state_provider: None,
            permissions,
            root_cert_store_provider: Some(self.certificates.clone()),
            fetch_dns_resolver: Default::default(),
            shared_array_buffer_store: Some(self.buffers.clone()),
            compiled_wasm_module_store: Some(self.wasm.clone()),
            v8_code_cache: Some(Arc::new(Compiled(self.context.cache.clone()))),
            bundle_provider: None,
        };
        let stdio = Stdio::default();
        let worker_options = WorkerOptions {
            bootstrap: BootstrapOptions {
                location: options.location.clone(),
                mode: WorkerExecutionMode::Run,
                node_ipc_init: node_channel::node_channel(),
                ..self.bootstrap()
            },
            extensions: vec![prizm_ops::extension(self.host(), Links::new())],
            startup_snapshot: Some(prizm_snapshot::SNAPSHOT),
            skip_op_registration: true,
            residual_lazy_js_sources: prizm_snapshot::LAZY_SCRIPTS,
            residual_lazy_esm_sources: prizm_ops::lazy_modules(prizm_snapshot::LAZY_MODULES),
            create_params: heap_from_system_memory(),
            seed: options.seed,
            format_js_error_fn: Some(self.format_errors()),
            create_web_worker_cb: self.web_workers(stdio.clone()),
            should_break_on_first_statement: start == Some(InspectorStart::Break),
            should_wait_for_inspector_session: start == Some(InspectorStart::Attached),
            stdio,
            enable_raw_imports: true,
            enable_stack_trace_arg_in_ops: trace::is_on(),
            ..WorkerOptions::default()
        };
        let worker = MainWorker::bootstrap_from_options(main_module, services, worker_options);
        let sessions = worker.js_runtime.inspector().get_session_sender();
        self.inspector_sessions.set(sessions);
        worker
    }

    fn bootstrap(&self) -> BootstrapOptions {
        let options = &self.context.options;
        let version = env!("CARGO_PKG_VERSION");
        BootstrapOptions {
            deno_version: DENO_VERSION.to_string(),
            args: match self.guest {
                Some(_) => Vec::new(),
                None => options.script_args.clone(),
            },
            log_level: log::max_level()
                .to_level()
                .unwrap_or(log::Level::Info)
                .into(),
            locale: v8::icu::get_language_tag(),
            color_level: colors::get_color_level(),
            user_agent: format!("prizm/{version} Deno/{DENO_VERSION}"),
            inspect: options.inspector.is_some(),
            argv0: Some(self.program.clone()),
            ..BootstrapOptions::default()
        }
    }

    fn node_services(
        &self,
        loader: Loader,
    ) -> NodeExtInitServices<DenoInNpmPackageChecker, NpmResolver<RealSys>, RealSys> {
        let resolver = &self.context.resolver;
        NodeExtInitServices {
            node_require_loader: Rc::new(loader),
            node_resolver: resolver.node.clone(),
            pkg_json_resolver: resolver.package_jsons.clone(),
            sys: RealSys,
        }
    }

    fn format_errors(&self) -> Arc<FormatJsErrorFn> {
        let cwd = Url::from_directory_path(&self.context.options.cwd).ok();
        Arc::new(move |error| format_js_error(error, cwd.as_ref()))
    }

    fn host(self: &Arc<Self>) -> Rc<ContextHost> {
        let confinement = self.guest.as_ref().map(|guest| guest.confinement.clone());
        Rc::new(ContextHost::new(
            self.context.clone(),
            self.clone(),
            confinement,
        ))
    }

    fn loader(&self, permissions: PermissionsContainer) -> Loader {
        let confinement = self.guest.as_ref().map(|guest| guest.confinement.clone());
        Loader::confined(self.context.clone(), permissions, confinement)
    }

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

    fn web_workers(self: &Arc<Self>, stdio: Stdio) -> Arc<CreateWebWorkerCb> {
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
        let owner = self.guest.as_ref().map(|guest| guest.confinement.identity.clone());
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

    fn extension(self: &Arc<Self>, links: Links) -> Extension {
        let mut extension = prizm_ops::extension(self.host(), links);
        if let Some(guest) = &self.guest {
            guest.restrict(&mut extension);
        }
        extension
    }

    fn create_params(&self) -> Option<v8::CreateParams> {
        let Some(guest) = &self.guest else {
            return heap_from_system_memory();
        };
        Some(guest.create_params())
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

/// The Deno whose APIs scripts see as `Deno.version.deno`.
pub const DENO_VERSION: &str = "2.9.8";

/// V8's own default is meant for browser tabs; a program may use the machine.
fn heap_from_system_memory() -> Option<v8::CreateParams> {
    let memory = deno_runtime::deno_os::sys_info::mem_info()?;
    Some(v8::CreateParams::default().heap_limits_from_system_memory(memory.total, 0))
}
