//! The module loader of one isolate: it joins the stages from a specifier to code that V8 runs.
//!
//! In: what `import` names. Out: a `ModuleSource`; a URL that was fetched leads to the file it became.
//! Side effects: the sources' (network, cache), and those of compiling.
//!
//! Files load synchronously, so that `require()` of an ES module works; what needs the network does not.

pub mod commonjs;
pub mod compiled;
pub mod host;
pub mod prefetch;
pub mod require;
pub mod resolve;
pub mod unit;
pub mod used;
pub mod wrapper;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{
    FastString, ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader,
    ModuleSource, ModuleSourceCode, ModuleSpecifier, ModuleType, RequestedModuleType,
    ResolutionKind, SourceCodeCacheInfo,
};
use deno_error::JsErrorBox;
use deno_media_type::MediaType;
use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_resolver::loader::{LoadedModuleSource, RequestedModuleType as NpmRequestedModuleType};
use deno_runtime::code_cache::{CodeCache, CodeCacheType};
use deno_runtime::deno_permissions::{CheckSpecifierKind, PermissionsContainer};
use deno_semver::npm::NpmPackageReqReference;
use futures::FutureExt;
use node_resolver::ResolutionMode;
use prizm_ops::registry::{HostError, RepositoryKind};
use prizm_typescript::ModuleFormat;

use crate::context::Context;
use crate::hints;
use crate::providers;
use commonjs::CommonJs;
use compiled::Compiled;
use wrapper::DefaultExport;

/// What files get when they import `node:module`: the same, with `require` taught our rules first.
const NODE_MODULE_URL: &str = "prizm:node-module";
const NODE_MODULE: &str = "\
globalThis[Symbol.for('prizm.host')].install();
import Module from 'node:module';
export * from 'node:module';
export default Module;
";

/// The loader. Clones share their state.
#[derive(Clone)]
pub struct Loader(Rc<State>);

pub struct State {
    pub context: Arc<Context>,
    pub permissions: PermissionsContainer,
    pub commonjs: CommonJs,
    compiled: Compiled,
    /// Folders whose files may be loaded without a read permission: they are code, not data.
    roots: RefCell<HashSet<PathBuf>>,
    /// Source of the main module when it comes from no file.
    stdin: RefCell<Option<(ModuleSpecifier, String)>>,
}

impl Loader {
    pub fn new(context: Arc<Context>, permissions: PermissionsContainer) -> Loader {
        let roots = HashSet::from([
            project_root(&context.base),
            context.resolver.cache_root.clone(),
        ]);
        Loader(Rc::new(State {
            commonjs: CommonJs::new(&context.resolver, Compiled(context.cache.clone())),
            compiled: Compiled(context.cache.clone()),
            context,
            permissions,
            roots: RefCell::new(roots),
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

impl ModuleLoader for Loader {
    fn resolve(
        &self,
        specifier: &str,
        referrer: &str,
        kind: ResolutionKind,
    ) -> Result<ModuleSpecifier, JsErrorBox> {
        let state = &self.0;
        if kind == ResolutionKind::MainModule {
            return ModuleSpecifier::parse(specifier)
                .map_err(|error| JsErrorBox::type_error(error.to_string()));
        }
        let referrer = ModuleSpecifier::parse(referrer)
            .or_else(|_| url_from_file_path(&state.context.options.cwd.join(referrer)))
            .map_err(|error| JsErrorBox::type_error(error.to_string()))?;
        let found = state
            .context
            .resolver
            .resolve(specifier, &referrer, ResolutionMode::Import)
            .map_err(to_js)?;
        // Packages too: a CommonJS one may be the first to call `require('prizm')`.
        if found.as_str() == "node:module" && referrer.scheme() == "file" {
            return Ok(ModuleSpecifier::parse(NODE_MODULE_URL).expect("a constant"));
        }
        Ok(found)
    }

    fn load(
        &self,
        specifier: &ModuleSpecifier,
        referrer: Option<&ModuleLoadReferrer>,
        options: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        let request = Request {
            asked: specifier.clone(),
            referrer: referrer.map(|referrer| referrer.specifier.clone()),
            place: referrer
                .filter(|_| !options.is_dynamic_import)
                .map(|it| format!("{}:{}:{}", it.specifier, it.line_number, it.column_number)),
            is_dynamic: options.is_dynamic_import,
            kind: options.requested_module_type,
        };
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
        }
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
        if specifier.scheme() != "file" {
            return None;
        }
        let hash = Compiled::hash(source.as_bytes());
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
        let text = std::fs::read_to_string(url_to_file_path(&url).ok()?).ok()?;
        text.lines().nth(line_number).map(str::to_string)
    }
}

/// One `load` call.
struct Request {
    asked: ModuleSpecifier,
    referrer: Option<ModuleSpecifier>,
    /// Of the import: `file:///main.ts:1:8`.
    place: Option<String>,
    is_dynamic: bool,
    kind: RequestedModuleType,
}

impl State {
    fn load_file(self: Rc<Self>, request: Request, found: &ModuleSpecifier) -> ModuleLoadResponse {
        let found = found.clone();
        if self.context.resolver.is_package_file(&found) {
            let future = async move { self.load_package_file(&request, &found).await };
            return ModuleLoadResponse::Async(future.boxed_local());
        }
        let result = self.check_file(&request, &found);
        ModuleLoadResponse::Sync(result.and_then(|path| self.load_local(&request, &found, &path)))
    }

    /// Static imports are code that its author wrote down; a path made up at run time needs the read permission.
    fn check_file(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
    ) -> Result<PathBuf, JsErrorBox> {
        let path = url_to_file_path(&plain(found)).map_err(JsErrorBox::from_err)?;
        let is_code = self
            .roots
            .borrow()
            .iter()
            .any(|root| path.starts_with(root));
        if request.is_dynamic && !is_code {
            self.permissions
                .check_specifier(found, CheckSpecifierKind::Dynamic)
                .map_err(JsErrorBox::from_err)?;
        }
        Ok(path)
    }

    fn load_local(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
        path: &Path,
    ) -> Result<ModuleSource, JsErrorBox> {
        let read = || {
            self.context.resolver.used.note(path);
            std::fs::read(path).map_err(|source| {
                to_js(unit::UnitError::Read {
                    path: path.to_path_buf(),
                    source,
                })
            })
        };
        match (&request.kind, MediaType::from_path(path)) {
            (RequestedModuleType::Text, _) => Ok(request.bytes(found, ModuleType::Text, read()?)),
            (RequestedModuleType::Bytes, _) => Ok(request.bytes(found, ModuleType::Bytes, read()?)),
            (RequestedModuleType::Json, _) => Ok(request.bytes(found, ModuleType::Json, read()?)),
            (_, MediaType::Wasm) => Ok(request.bytes(found, ModuleType::Wasm, read()?)),
            (_, MediaType::Json) => {
                let text = String::from_utf8_lossy(&read()?).into_owned();
                let code = wrapper::json(&text).map_err(|error| {
                    JsErrorBox::new("SyntaxError", format!("{}: {error}", path.display()))
                })?;
                Ok(request.javascript(found, code))
            }
            _ => self.load_code(request, found, path),
        }
    }

    fn load_code(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
        path: &Path,
    ) -> Result<ModuleSource, JsErrorBox> {
        let stdin = self
            .stdin
            .borrow_mut()
            .take_if(|(specifier, _)| specifier == found);
        let unit = match stdin {
            Some((_, source)) => self.context.units.put(path, source),
            None => self.context.units.get(path),
        }
        .map_err(to_js)?;
        if unit.format == ModuleFormat::Esm {
            return Ok(request.javascript(found, unit.code.clone()));
        }
        let names = self
            .commonjs
            .exports(&self.context, path, &unit)
            .map_err(to_js)?;
        let default = match unit.has_module_exports() {
            true => DefaultExport::Own,
            false => DefaultExport::ModuleExports,
        };
        Ok(request.javascript(found, wrapper::commonjs(path, &names, default)))
    }

    async fn load_package_file(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
    ) -> Result<ModuleSource, JsErrorBox> {
        let media_type = MediaType::from_specifier(found);
        // Node asks for an attribute here; existing code often has none.
        if media_type == MediaType::Json && request.kind == RequestedModuleType::None {
            let path = url_to_file_path(&plain(found)).map_err(JsErrorBox::from_err)?;
            return self.load_local(request, found, &path);
        }
        let kind = match &request.kind {
            RequestedModuleType::Json => NpmRequestedModuleType::Json,
            RequestedModuleType::Text => NpmRequestedModuleType::Text,
            RequestedModuleType::Bytes => NpmRequestedModuleType::Bytes,
            _ => NpmRequestedModuleType::None,
        };
        let loaded = self
            .commonjs
            .packages
            .load(Cow::Borrowed(found), request.referrer.as_ref(), &kind, None)
            .await
            .map_err(JsErrorBox::from_err)?;
        let bytes = match loaded.source {
            LoadedModuleSource::ArcStr(text) => text.as_bytes().to_vec(),
            LoadedModuleSource::ArcBytes(bytes) => bytes.to_vec(),
            LoadedModuleSource::String(text) => text.as_bytes().to_vec(),
            LoadedModuleSource::Bytes(bytes) => bytes.into_owned(),
        };
        let module_type = match (&request.kind, media_type) {
            (RequestedModuleType::Text, _) => ModuleType::Text,
            (RequestedModuleType::Bytes, _) => ModuleType::Bytes,
            (_, MediaType::Json) => ModuleType::Json,
            (_, MediaType::Wasm) => ModuleType::Wasm,
            _ => ModuleType::JavaScript,
        };
        Ok(request.bytes(found, module_type, bytes))
    }

    fn load_data(&self, request: &Request) -> Result<ModuleSource, JsErrorBox> {
        let data = deno_media_type::data_url::RawDataUrl::parse(&request.asked)
            .map_err(JsErrorBox::from_err)?;
        let media_type = data.media_type();
        let text = data.decode().map_err(JsErrorBox::from_err)?;
        self.load_text(request, &request.asked, media_type, text)
    }

    /// Source that is in no file of ours: it is an ES module.
    fn load_text(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
        media_type: MediaType,
        text: String,
    ) -> Result<ModuleSource, JsErrorBox> {
        match (&request.kind, media_type) {
            (RequestedModuleType::Text, _) => {
                return Ok(request.bytes(found, ModuleType::Text, text.into()));
            }
            (RequestedModuleType::Json, _) => {
                return Ok(request.bytes(found, ModuleType::Json, text.into()));
            }
            (_, MediaType::Json) => {
                let code = wrapper::json(&text)
                    .map_err(|error| JsErrorBox::new("SyntaxError", format!("{found}: {error}")))?;
                return Ok(request.javascript(found, code));
            }
            _ => {}
        }
        let emitted = prizm_typescript::parse(found, media_type, text.into())
            .and_then(|parsed| parsed.emit(&Default::default(), ModuleFormat::Esm));
        let emitted = emitted.map_err(|error| to_js(unit::UnitError::Compile(Arc::new(error))))?;
        Ok(request.javascript(found, emitted.code))
    }

    async fn load_remote(self: Rc<Self>, request: Request) -> Result<ModuleSource, JsErrorBox> {
        let asked = request.asked.clone();
        let file = match asked.scheme() {
            "npm" => self.install(&request).await?,
            "github" | "git+https" | "git+http" | "git+file" => self.check_out(&request).await?,
            "https" | "http" => return self.load_https(&request).await,
            "node" => {
                return Err(JsErrorBox::type_error(format!(
                    "There is no built-in module '{asked}'"
                )));
            }
            scheme => {
                return Err(JsErrorBox::type_error(format!(
                    "'{scheme}:' is not supported: {asked}"
                )));
            }
        };
        match self.load_file(request, &file) {
            ModuleLoadResponse::Sync(result) => result,
            ModuleLoadResponse::Async(future) => future.await,
        }
    }

    async fn install(&self, request: &Request) -> Result<ModuleSpecifier, JsErrorBox> {
        let reference =
            NpmPackageReqReference::from_specifier(&request.asked).map_err(JsErrorBox::from_err)?;
        let context = &self.context;
        let installed = context.npm.ensure(vec![reference.req().clone()]).await;
        installed.map_err(|error| request.failed(&*error))?;
        let referrer = request.referrer.as_ref().unwrap_or(&request.asked);
        let found = context
            .resolver
            .package(
                reference.req(),
                reference.sub_path(),
                referrer,
                ResolutionMode::Import,
            )
            .map_err(to_js)?;
        match found.scheme() {
            "file" => Ok(found),
            _ => Err(JsErrorBox::type_error(format!(
                "'{}' was not installed",
                request.asked
            ))),
        }
    }

    async fn check_out(&self, request: &Request) -> Result<ModuleSpecifier, JsErrorBox> {
        let identifier = request.asked.as_str();
        let repository =
            providers::load_repository(&self.context, RepositoryKind::Provider, identifier)
                .await
                .map_err(|error| request.failed(&error))?;
        let entry = repository.entry.as_deref().map(ModuleSpecifier::parse);
        entry.and_then(Result::ok).ok_or_else(|| {
            JsErrorBox::type_error(format!(
                "'{identifier}' has no entry point; looked for {}",
                repository.tried.join(", ")
            ))
        })
    }

    async fn load_https(&self, request: &Request) -> Result<ModuleSource, JsErrorBox> {
        let kind = match request.is_dynamic {
            true => CheckSpecifierKind::Dynamic,
            false => CheckSpecifierKind::Static,
        };
        let checked = self.permissions.check_specifier(&request.asked, kind);
        checked.map_err(|error| request.refused(&error))?;
        let module = self.context.remote.load(&request.asked).await;
        let module = module.map_err(|error| request.failed(&error))?;
        let media_type =
            MediaType::from_specifier_and_content_type(&module.url, module.content_type.as_deref());
        match media_type {
            MediaType::Wasm => Ok(request.bytes(&module.url, ModuleType::Wasm, module.body)),
            _ => {
                let text = String::from_utf8_lossy(&module.body).into_owned();
                self.load_text(request, &module.url, media_type, text)
            }
        }
    }
}

impl Request {
    fn javascript(&self, found: &ModuleSpecifier, code: impl Into<FastString>) -> ModuleSource {
        let code = ModuleSourceCode::String(code.into());
        ModuleSource::new_with_redirect(ModuleType::JavaScript, code, &self.asked, found, None)
    }

    /// The error, with the place of the import that may not be. A dynamic import has a stack, which says it.
    fn refused(&self, error: &(impl deno_error::JsErrorClass + std::fmt::Display)) -> JsErrorBox {
        let place = self.place.as_ref().map(|place| format!("\n    at {place}"));
        JsErrorBox::new(
            error.get_class(),
            format!("{error}{}", place.unwrap_or_default()),
        )
    }

    /// One of our own errors, with the same.
    fn failed(&self, error: &(dyn std::error::Error + 'static)) -> JsErrorBox {
        JsErrorBox::from_err(
            HostError::new("TypeError", error, hints::of(error)).at(self.place.as_deref()),
        )
    }

    fn bytes(
        &self,
        found: &ModuleSpecifier,
        module_type: ModuleType,
        bytes: Vec<u8>,
    ) -> ModuleSource {
        let code = ModuleSourceCode::Bytes(bytes.into_boxed_slice().into());
        ModuleSource::new_with_redirect(module_type, code, &self.asked, found, None)
    }
}

fn builtin(specifier: &ModuleSpecifier) -> Result<ModuleSource, JsErrorBox> {
    let code = match specifier.as_str() {
        prizm_ops::MODULE_URL => prizm_ops::module_source(),
        NODE_MODULE_URL => NODE_MODULE.to_string(),
        other => {
            return Err(JsErrorBox::type_error(format!(
                "There is no module '{other}'"
            )));
        }
    };
    let code = ModuleSourceCode::String(code.into());
    Ok(ModuleSource::new(
        ModuleType::JavaScript,
        code,
        specifier,
        None,
    ))
}

/// Our own errors, on their way through V8 with their causes and hints.
pub fn to_js(error: impl deno_error::JsErrorClass + 'static) -> JsErrorBox {
    match &*error.get_class() {
        "SyntaxError" => host_error("SyntaxError", &error),
        "NotFound" => host_error("NotFound", &error),
        _ => host_error("TypeError", &error),
    }
}

fn host_error(class: &'static str, error: &(dyn std::error::Error + 'static)) -> JsErrorBox {
    JsErrorBox::from_err(HostError::new(class, error, hints::of(error)))
}

fn plain(url: &ModuleSpecifier) -> ModuleSpecifier {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// The nearest folder above the script that is a project; else the script's own.
fn project_root(base: &Path) -> PathBuf {
    let is_project = |folder: &&Path| {
        ["prizm.json", "package.json"]
            .iter()
            .any(|name| folder.join(name).is_file())
    };
    let root = base.ancestors().find(is_project).unwrap_or(base);
    std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf())
}
