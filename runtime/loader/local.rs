//! Files: what a `file:` URL becomes, by what was asked for and what the file is.
//!
//! In: a request and the file that answers it. Out: its source, compiled if it is code of ours; a CommonJS file as a module
//! that runs it. Side effects: reads the file; those of compiling.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{
    ModuleLoadResponse, ModuleSource, ModuleSpecifier, ModuleType, RequestedModuleType,
};
use deno_error::JsErrorBox;
use deno_media_type::MediaType;
use deno_path_util::url_to_file_path;
use deno_resolver::loader::{LoadedModuleSource, RequestedModuleType as NpmRequestedModuleType};
use deno_runtime::deno_permissions::CheckSpecifierKind;
use futures::FutureExt;
use prizm_typescript::ModuleFormat;

use super::request::{Request, to_js};
use super::wrapper::DefaultExport;
use super::{State, unit, wrapper};
use crate::cache::CacheError;

impl State {
    pub(super) fn load_file(
        self: Rc<Self>,
        request: Request,
        found: &ModuleSpecifier,
    ) -> ModuleLoadResponse {
        let found = found.clone();
        if let Err(error) = self.check_own(&request, &found) {
            return ModuleLoadResponse::Sync(Err(error));
        }
        if self.context.resolver.is_package_file(&found) {
            let future = async move { self.load_package_file(&request, &found).await };
            return ModuleLoadResponse::Async(future.boxed_local());
        }
        let result = self.check_file(&request, &found);
        ModuleLoadResponse::Sync(result.and_then(|path| self.load_local(&request, &found, &path)))
    }

    fn check_own(&self, request: &Request, found: &ModuleSpecifier) -> Result<(), JsErrorBox> {
        let path = url_to_file_path(&plain(found)).map_err(JsErrorBox::from_err)?;
        self.check_confined(&path)
            .map_err(|error| request.refused(&error))
    }

    /// Static imports are code that its author wrote down; a path made up at run time needs the read permission.
    fn check_file(
        &self,
        request: &Request,
        found: &ModuleSpecifier,
    ) -> Result<PathBuf, JsErrorBox> {
        let path = url_to_file_path(&plain(found)).map_err(JsErrorBox::from_err)?;
        if request.is_dynamic && self.confinement.is_none() && !self.roots.contain(&path) {
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
            let bytes = std::fs::read(path).map_err(|source| {
                to_js(unit::UnitError::Read {
                    path: path.to_path_buf(),
                    source,
                })
            })?;
            let checked = self.context.cache.check_loaded(path, &bytes);
            checked.map_err(changed)?;
            Ok::<_, JsErrorBox>(bytes)
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
        let path = url_to_file_path(&plain(found)).map_err(JsErrorBox::from_err)?;
        self.context
            .cache
            .check_before_loading(&path)
            .map_err(changed)?;
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
}

fn plain(url: &ModuleSpecifier) -> ModuleSpecifier {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A file of the cache that is not what it was.
pub(super) fn changed(error: CacheError) -> JsErrorBox {
    to_js(unit::UnitError::Changed(Arc::new(error)))
}
