//! One request for a module, and the ways to answer it.
//!
//! In: what V8 asks for. Out: a `ModuleSource`, or an error with the place of the import. Side effects: none.

use deno_core::{
    FastString, ModuleLoadOptions, ModuleLoadReferrer, ModuleSource, ModuleSourceCode,
    ModuleSpecifier, ModuleType, RequestedModuleType,
};
use deno_error::JsErrorBox;
use prizm_ops::registry::HostError;

use crate::hints;

/// One `load` call.
pub(super) struct Request {
    pub(super) asked: ModuleSpecifier,
    pub(super) referrer: Option<ModuleSpecifier>,
    /// Of the import: `file:///main.ts:1:8`.
    pub(super) place: Option<String>,
    pub(super) is_dynamic: bool,
    pub(super) kind: RequestedModuleType,
}

impl Request {
    pub(super) fn new(
        specifier: &ModuleSpecifier,
        referrer: Option<&ModuleLoadReferrer>,
        options: ModuleLoadOptions,
    ) -> Request {
        Request {
            asked: specifier.clone(),
            referrer: referrer.map(|referrer| referrer.specifier.clone()),
            place: referrer
                .filter(|_| !options.is_dynamic_import)
                .map(|it| format!("{}:{}:{}", it.specifier, it.line_number, it.column_number)),
            is_dynamic: options.is_dynamic_import,
            kind: options.requested_module_type,
        }
    }

    pub(super) fn javascript(
        &self,
        found: &ModuleSpecifier,
        code: impl Into<FastString>,
    ) -> ModuleSource {
        let code = ModuleSourceCode::String(code.into());
        ModuleSource::new_with_redirect(ModuleType::JavaScript, code, &self.asked, found, None)
    }

    /// The error, with the place of the import that may not be. A dynamic import has a stack, which says it.
    pub(super) fn refused(
        &self,
        error: &(impl deno_error::JsErrorClass + std::fmt::Display),
    ) -> JsErrorBox {
        let place = self.place.as_ref().map(|place| format!("\n    at {place}"));
        JsErrorBox::new(
            error.get_class(),
            format!("{error}{}", place.unwrap_or_default()),
        )
    }

    /// One of our own errors, with the same.
    pub(super) fn failed(&self, error: &(dyn std::error::Error + 'static)) -> JsErrorBox {
        JsErrorBox::from_err(
            HostError::new("TypeError", error, hints::of(error)).at(self.place.as_deref()),
        )
    }

    pub(super) fn bytes(
        &self,
        found: &ModuleSpecifier,
        module_type: ModuleType,
        bytes: Vec<u8>,
    ) -> ModuleSource {
        let code = ModuleSourceCode::Bytes(bytes.into_boxed_slice().into());
        ModuleSource::new_with_redirect(module_type, code, &self.asked, found, None)
    }
}

/// Our own errors, on their way through V8 with their causes and hints.
pub fn to_js(error: impl deno_error::JsErrorClass + 'static) -> JsErrorBox {
    JsErrorBox::from_err(match &*error.get_class() {
        "SyntaxError" => host_error("SyntaxError", &error),
        "NotFound" => host_error("NotFound", &error),
        _ => host_error("TypeError", &error),
    })
}

pub(super) fn host_error(
    class: &'static str,
    error: &(dyn std::error::Error + 'static),
) -> HostError {
    HostError::new(class, error, hints::of(error))
}
