//! The module loader of one isolate: it joins the stages from a specifier to code that V8 runs.
//!
//! In: what `import` names. Out: a `ModuleSource`; a URL that was fetched leads to the file it became.
//! Side effects: the sources' (network, cache), and those of compiling.
//!
//! Files load synchronously, so that `require()` of an ES module works; what needs the network does not.

mod builtins;
pub mod commonjs;
pub mod compiled;
pub mod confine;
pub mod failures;
pub mod host;
mod local;
pub mod names;
pub mod prefetch;
mod real_path;
mod remote;
mod request;
pub mod require;
pub mod resolve;
mod roots;
mod type_names;
pub mod unit;
pub mod units;
pub mod used;
pub mod workspace;
pub mod wrapper;

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{
    ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader, ModuleSpecifier,
    ResolutionKind, SourceCodeCacheInfo,
};
use deno_error::JsErrorBox;
use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_runtime::code_cache::{CodeCache, CodeCacheType};
use deno_runtime::deno_permissions::PermissionsContainer;
use futures::FutureExt;
use node_resolver::ResolutionMode;

use crate::context::Context;
use crate::isolate::Confinement;
use builtins::{NODE_MODULE_URL, builtin};
use commonjs::CommonJs;
use compiled::Compiled;
use failures::Failures;
use request::Request;
pub use request::to_js;
use roots::Roots;

/// The loader. Clones share their state.
#[derive(Clone)]
pub struct Loader(Rc<State>);

pub struct State {
    pub context: Arc<Context>,
    pub permissions: PermissionsContainer,
    pub commonjs: CommonJs,
    compiled: Compiled,
    roots: Roots,
    /// Source of the main module when it comes from no file.
    stdin: RefCell<Option<(ModuleSpecifier, String)>>,
    /// What binds the code of a guest; `None` for a script's own.
    confinement: Option<Arc<Confinement>>,
}

impl Loader {
    pub fn new(context: Arc<Context>, permissions: PermissionsContainer) -> Loader {
        Loader::confined(context, permissions, None)
    }

    /// `confinement`: of a guest's code.
    pub fn confined(
        context: Arc<Context>,
        permissions: PermissionsContainer,
        confinement: Option<Arc<Confinement>>,
    ) -> Loader {
        Loader(Rc::new(State {
            confinement,
            commonjs: CommonJs::new(&context.resolver, Compiled(context.cache.clone())),
            compiled: Compiled(context.cache.clone()),
            roots: Roots::of(&context),
            context,
            permissions,
            stdin: RefCell::default(),
        }))
    }

    /// Makes `source` the module at `specifier`.
    pub fn set_source(&self, specifier: ModuleSpecifier, source: String) {
        *self.0.stdin.borrow_mut() = Some((specifier, source));
    }

    pub fn state(&self) -> &Rc<State> {
        &self.0
    }
}

impl State {
    fn failures(&self) -> &Failures {
        match &self.confinement {
            Some(confinement) => &confinement.failures,
            None => Failures::of_script(),
        }
    }

    /// # Errors
    /// A file that is not the guest's own; never in an isolate that is nobody's guest.
    fn check_confined(&self, path: &Path) -> Result<(), JsErrorBox> {
        match &self.confinement {
            Some(confinement) => confine::check_file(&self.context, confinement, path),
            None => Ok(()),
        }
    }
}

impl State {
    fn resolve(
        &self,
        specifier: &str,
        referrer: &str,
        kind: ResolutionKind,
    ) -> Result<ModuleSpecifier, JsErrorBox> {
        if kind == ResolutionKind::MainModule {
            return ModuleSpecifier::parse(specifier)
                .map_err(|error| JsErrorBox::type_error(error.to_string()));
        }
        let referrer = ModuleSpecifier::parse(referrer)
            .or_else(|_| url_from_file_path(&self.context.options.cwd.join(referrer)))
            .map_err(|error| JsErrorBox::type_error(error.to_string()))?;
        let is_refused = specifier.starts_with("ext:") && !is_internal(&referrer);
        if is_refused && self.confinement.is_some() {
            return Ok(builtins::refused(specifier));
        }
        if let Some(confinement) = &self.confinement {
            confine::check_path(&self.context, confinement, specifier, &referrer)?;
        }
        let resolver = &self.context.resolver;
        let found = match resolver.resolve(specifier, &referrer, ResolutionMode::Import) {
            // An import map may lead such a name elsewhere, and nothing else may.
            Err(_) if is_refused => return Ok(builtins::refused(specifier)),
            found => found.map_err(to_js)?,
        };
        if found.scheme() == "ext" && !is_internal(&referrer) {
            return Ok(builtins::refused(specifier));
        }
        if let Some(confinement) = &self.confinement {
            let named = (specifier, &referrer);
            confine::admit(&self.context, confinement, named, &found, kind.into())?;
        }
        // Packages too: a CommonJS one may be the first to call `require('prizm')`.
        if found.as_str() == "node:module" && referrer.scheme() == "file" {
            return Ok(ModuleSpecifier::parse(NODE_MODULE_URL).expect("a constant"));
        }
        Ok(found)
    }
}

/// Whether a module is a part of the program.
fn is_internal(referrer: &ModuleSpecifier) -> bool {
    matches!(referrer.scheme(), "ext" | "node")
}

impl ModuleLoader for Loader {
    fn resolve(
        &self,
        specifier: &str,
        referrer: &str,
        kind: ResolutionKind,
    ) -> Result<ModuleSpecifier, JsErrorBox> {
        self.0
            .resolve(specifier, referrer, kind)
            .map_err(|error| self.0.failures().told(error))
    }

    fn load(
        &self,
        specifier: &ModuleSpecifier,
        referrer: Option<&ModuleLoadReferrer>,
        options: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        let request = Request::new(specifier, referrer, options);
        failures::told_of(
            &self.0,
            match specifier.scheme() {
                "file" => self.0.clone().load_file(request, specifier),
                "prizm" => ModuleLoadResponse::Sync(builtin(specifier)),
                "data" => ModuleLoadResponse::Sync(self.0.load_data(&request)),
                _ => {
                    let state = self.0.clone();
                    ModuleLoadResponse::Async(
                        async move { state.load_remote(request).await }.boxed_local(),
                    )
                }
            },
        )
    }

    fn prepare_load(
        &self,
        specifier: &ModuleSpecifier,
        _referrer: Option<String>,
        _content: Option<String>,
        options: ModuleLoadOptions,
    ) -> Pin<Box<dyn Future<Output = Result<(), JsErrorBox>>>> {
        let context = self.0.context.clone();
        let specifier = specifier.clone();
        if options.is_synchronous {
            return futures::future::ready(Ok(())).boxed_local();
        }
        async move {
            prefetch::packages(&context, &specifier).await;
            Ok(())
        }
        .boxed_local()
    }

    fn get_code_cache(
        &self,
        specifier: &ModuleSpecifier,
        source: &str,
    ) -> Option<SourceCodeCacheInfo> {
        let hash = match specifier.scheme() {
            "file" => Compiled::hash(source.as_bytes()),
            // Compiled once for each build of the program: its own modules and the runtime's.
            "ext" | "node" => prizm_snapshot::IDENTITY,
            _ => return None,
        };
        let data = self.0.compiled.module(specifier, hash);
        Some(SourceCodeCacheInfo {
            hash,
            data: data.map(Cow::Owned),
        })
    }

    fn code_cache_ready(
        &self,
        specifier: ModuleSpecifier,
        hash: u64,
        code_cache: &[u8],
    ) -> Pin<Box<dyn Future<Output = ()>>> {
        self.0
            .compiled
            .set_sync(specifier, CodeCacheType::EsModule, hash, code_cache);
        futures::future::ready(()).boxed_local()
    }

    fn get_source_map(&self, file_name: &str) -> Option<Cow<'_, [u8]>> {
        let url = ModuleSpecifier::parse(file_name).ok()?;
        let unit = self.0.context.units.known(&url_to_file_path(&url).ok()?)?;
        Some(Cow::Owned(unit.source_map.as_ref()?.as_bytes().to_vec()))
    }

    fn get_source_mapped_source_line(&self, file_name: &str, line_number: usize) -> Option<String> {
        let url = ModuleSpecifier::parse(file_name).ok()?;
        let path = url_to_file_path(&url).ok()?;
        // Code can give itself any name, and this one is read.
        self.0.check_confined(&path).ok()?;
        let text = std::fs::read_to_string(path).ok()?;
        text.lines().nth(line_number).map(str::to_string)
    }
}
