//! Modules that are no file yet: packages, repositories, `https:` and `data:` URLs.
//!
//! In: a request. Out: the source of the file that it became, or of the text that came. Side effects: the sources'.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{
    ModuleLoadResponse, ModuleSource, ModuleSpecifier, ModuleType, RequestedModuleType,
};
use deno_error::JsErrorBox;
use deno_media_type::MediaType;
use deno_runtime::deno_permissions::CheckSpecifierKind;
use deno_semver::npm::NpmPackageReqReference;
use node_resolver::ResolutionMode;
use prizm_typescript::ModuleFormat;

use super::request::{Request, to_js};
use super::{State, confine, names, unit, wrapper};
use crate::trust::{self, Purpose};

impl State {
    pub(super) async fn load_remote(
        self: Rc<Self>,
        request: Request,
    ) -> Result<ModuleSource, JsErrorBox> {
        let asked = request.asked.clone();
        self.check_main(&request)?;
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

    /// What a guest's worker begins with was not imported by anyone who could be asked. Modules from the web need a
    /// permission of their own.
    fn check_main(&self, request: &Request) -> Result<(), JsErrorBox> {
        match &self.confinement {
            Some(confinement)
                if request.referrer.is_none()
                    && !matches!(request.asked.scheme(), "http" | "https") =>
            {
                let checked = names::check(&self.context, confinement, request.asked.as_str());
                checked.map_err(|error| request.failed(&error))
            }
            _ => Ok(()),
        }
    }

    async fn install(&self, request: &Request) -> Result<ModuleSpecifier, JsErrorBox> {
        let reference =
            NpmPackageReqReference::from_specifier(&request.asked).map_err(JsErrorBox::from_err)?;
        let context = &self.context;
        let installed = context.npm.ensure(vec![reference.req().clone()]).await;
        installed.map_err(|error| request.failed(&*error))?;
        if let Some(confinement) = &self.confinement {
            confine::own_requirement(context, confinement, reference.req());
        }
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
        let repository = trust::load(&self.context, Purpose::Import, identifier)
            .await
            .map_err(|error| request.failed(&error))?
            .repository;
        if let Some(confinement) = &self.confinement {
            let root = Path::new(&repository.root);
            confinement.add_root(root, &self.context.resolver.cache_root);
        }
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

    pub(super) fn load_data(&self, request: &Request) -> Result<ModuleSource, JsErrorBox> {
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
}
