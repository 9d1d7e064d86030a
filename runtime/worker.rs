//! Builds isolates: the main one and web workers, with ops, JavaScript, permissions and loader.
//!
//! In: a [`Context`], permissions, the main module. Out: a `MainWorker` ready to run it.
//! Side effects: starts V8's platform with the first isolate; the inspector's server if one was asked for.

mod certificates;
mod guest;
mod node_channel;
mod web;

use std::rc::Rc;
use std::sync::Arc;

use deno_core::{CompiledWasmModuleStore, Extension, ModuleSpecifier, SharedArrayBufferStore, v8};
use deno_resolver::npm::{DenoInNpmPackageChecker, NpmResolver};
use deno_runtime::deno_inspector_server::MainInspectorSessionChannel;
use deno_runtime::deno_io::Stdio;
use deno_runtime::deno_node::NodeExtInitServices;
use deno_runtime::deno_permissions::PermissionsContainer;
use deno_runtime::deno_tls::RootCertStoreProvider;
use deno_runtime::deno_web::{BlobStore, BlobStoreTrait, InMemoryBroadcastChannel};
use deno_runtime::fmt_errors::format_js_error;
use deno_runtime::worker::{FormatJsErrorFn, MainWorker, WorkerOptions, WorkerServiceOptions};
use deno_runtime::{BootstrapOptions, FeatureChecker, WorkerExecutionMode, colors};
use prizm_ops::isolate::links::Links;
use sys_traits::impls::RealSys;
use url::Url;

use crate::context::Context;
use crate::isolate::Confinement;
use crate::isolate::control::GuestControl;
use crate::loader::Loader;
use crate::loader::compiled::Compiled;
use crate::loader::host::ContextHost;
use crate::options::InspectorStart;
use crate::permissions::trace;
use certificates::Certificates;
use guest::{GuestParts, features_of_guest};
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

/// The Deno whose APIs scripts see as `Deno.version.deno`.
pub const DENO_VERSION: &str = "2.9.8";

/// V8's own default is meant for browser tabs; a program may use the machine.
fn heap_from_system_memory() -> Option<v8::CreateParams> {
    let memory = deno_runtime::deno_os::sys_info::mem_info()?;
    Some(v8::CreateParams::default().heap_limits_from_system_memory(memory.total, 0))
}
