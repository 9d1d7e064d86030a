//! The half of `require` that the runtime asks of us: may this file be read, what is its code, is it CommonJS.
//!
//! In: paths. Out: compiled code. Side effects: as those of compiling.

use std::borrow::Cow;
use std::path::Path;

use deno_core::FastString;
use deno_error::JsErrorBox;
use deno_path_util::url_from_file_path;
use deno_runtime::deno_node::NodeRequireLoader;
use deno_runtime::deno_permissions::{OpenAccessKind, PermissionsContainer};
use node_resolver::errors::PackageJsonLoadError;
use prizm_typescript::MediaType;
use url::Url;

use super::commonjs::is_commonjs;
use super::{Loader, to_js};

/// Whether it is code that the system loads, and not V8.
pub(super) fn is_native(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "node")
}

impl NodeRequireLoader for Loader {
    fn ensure_read_permission<'a>(
        &self,
        permissions: &mut PermissionsContainer,
        path: Cow<'a, Path>,
    ) -> Result<Cow<'a, Path>, JsErrorBox> {
        // The system opens it by its path, so that this is the last chance to look at it.
        if is_native(&path) {
            let checked = self.state().context.cache.check_native(&path);
            checked.map_err(super::local::changed)?;
        }
        if self.state().confinement.is_some() {
            let checked = self.state().check_confined(&path);
            // Node looks for a package in many places; those of others look empty to a guest.
            return match checked {
                Err(_) if path.starts_with(self.state().context.npm.root()) => Ok(nowhere()),
                checked => checked.map(|()| path),
            };
        }
        // Code of the project and of packages may always be loaded, wherever a link in it leads within them.
        let real_paths = &self.state().context.resolver.real_paths;
        let real = real_paths.of(&path).unwrap_or_else(|_| path.to_path_buf());
        if self.state().roots.contain(&real) {
            return Ok(path);
        }
        permissions
            .check_open(path, OpenAccessKind::Read, Some("require()"))
            .map(|checked| Cow::Owned(checked.into_owned_path()))
            .map_err(JsErrorBox::from_err)
    }

    fn load_text_file_lossy(&self, path: &Path) -> Result<FastString, JsErrorBox> {
        let context = &self.state().context;
        let url = url_from_file_path(path).map_err(JsErrorBox::from_err)?;
        let is_code = !matches!(
            MediaType::from_path(path),
            MediaType::Json
                | MediaType::Wasm
                | MediaType::SourceMap
                | MediaType::Css
                | MediaType::Html
        );
        if is_code && !context.resolver.is_package_file(&url) {
            let unit = context.units.get(path).map_err(to_js)?;
            return Ok(FastString::from(unit.code.clone()));
        }
        context.resolver.used.note(path);
        let bytes = std::fs::read(path).map_err(JsErrorBox::from_err)?;
        let checked = context.cache.check_loaded(path, &bytes);
        checked.map_err(super::local::changed)?;
        Ok(FastString::from(
            String::from_utf8_lossy(&bytes).into_owned(),
        ))
    }

    fn is_maybe_cjs(&self, specifier: &Url) -> Result<bool, PackageJsonLoadError> {
        self.is_maybe_cjs_from_require(specifier)
    }

    fn is_maybe_cjs_from_require(&self, specifier: &Url) -> Result<bool, PackageJsonLoadError> {
        let state = self.state();
        if state.context.resolver.is_package_file(specifier) {
            let media_type = MediaType::from_specifier(specifier);
            return state
                .commonjs
                .tracker
                .is_maybe_cjs_from_require(specifier, media_type);
        }
        let path = deno_path_util::url_to_file_path(specifier).ok();
        let unit = path.and_then(|path| state.context.units.get(&path).ok());
        // A file that cannot be compiled says so when it is loaded.
        Ok(unit.is_none_or(|unit| is_commonjs(&unit)))
    }
}

/// A path that no file has: below a file.
fn nowhere() -> Cow<'static, Path> {
    Cow::Borrowed(Path::new("/dev/null/nothing"))
}
