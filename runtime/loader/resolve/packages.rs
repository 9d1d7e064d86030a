//! Bare names: path aliases, what package.json declares, and `npm:` for what nobody names.
//!
//! In: `zod`, `@scope/name/sub`, `#own`, and the file that says it. Out: a file of an installed package, or the URL that it
//! is installed by. Side effects: reads package.json and tsconfig.json.

use deno_path_util::url_to_file_path;
use deno_semver::npm::NpmPackageReqReference;
use deno_semver::package::PackageReq;
use node_resolver::{InNpmPackageChecker, NodeResolutionKind, ResolutionMode, UrlOrPath};
use url::Url;

use super::dependencies::Wanted;
use super::error::invalid;
use super::files::{canonical, find_file};
use super::{ResolveError, Resolver};

impl Resolver {
    pub(super) fn bare(
        &self,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        let Ok(path) = url_to_file_path(referrer) else {
            return self.npm_specifier(&format!("npm:{specifier}"), referrer, mode);
        };
        if let Some(config) = self.tsconfig(&path)? {
            let candidates = config.path_candidates(specifier);
            if let Some(file) = candidates.iter().find_map(|candidate| find_file(candidate)) {
                return self.file_url(canonical(file), specifier, referrer);
            }
            candidates
                .iter()
                .for_each(|candidate| self.used.note(candidate));
        }
        if specifier.starts_with('#') {
            return self.own_import(specifier, referrer, mode);
        }
        let (name, subpath) = split_package(specifier);
        let wanted = Wanted {
            name,
            subpath,
            referrer,
            mode,
        };
        for package_json in self.package_jsons.get_closest_package_jsons(&path) {
            let package_json = package_json?;
            if let Some(target) = self.dependency(&package_json, &wanted)? {
                return Ok(target);
            }
            if package_json.name.as_deref() == Some(name) && package_json.exports.is_some() {
                return self.own_import(specifier, referrer, mode);
            }
            if let Some(target) = self.undeclared_member(&package_json, &wanted)? {
                return Ok(target);
            }
        }
        self.npm_specifier(&format!("npm:{specifier}"), referrer, mode)
    }

    /// `#name` and a package's import of itself; TypeScript sources may stand where the manifest says `.js`.
    fn own_import(
        &self,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        let found = self
            .node
            .resolve(specifier, referrer, mode, NodeResolutionKind::Execution)?;
        let target = found
            .into_url()
            .map_err(|error| invalid(specifier, referrer, error.to_string()))?;
        match target.scheme() {
            "file" if !self.npm.checker().in_npm_package(&target) => {
                self.file(&target, specifier, referrer)
            }
            _ => Ok(target),
        }
    }

    pub(super) fn npm_specifier(
        &self,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        let reference = NpmPackageReqReference::from_str(specifier)
            .map_err(|error| invalid(specifier, referrer, error.to_string()))?;
        self.package(reference.req(), reference.sub_path(), referrer, mode)
    }

    /// A file of the package if it is installed, else the `npm:` URL that the loader installs it by.
    pub fn package(
        &self,
        requirement: &PackageReq,
        subpath: Option<&str>,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        let Some(folder) = self
            .npm
            .folder(requirement)
            .filter(|folder| folder.exists())
        else {
            let subpath = subpath.map(|path| format!("/{path}")).unwrap_or_default();
            return Url::parse(&format!("npm:{requirement}{subpath}"))
                .map_err(|error| invalid(&requirement.to_string(), referrer, error.to_string()));
        };
        let found = self.node.resolve_package_subpath_from_deno_module(
            &folder,
            subpath,
            Some(referrer),
            mode,
            NodeResolutionKind::Execution,
        )?;
        match found {
            UrlOrPath::Url(url) => Ok(url),
            UrlOrPath::Path(path) => self.file_url(path, &requirement.name, referrer),
        }
    }
}

/// `@scope/name/sub/path` → (`@scope/name`, `sub/path`).
fn split_package(specifier: &str) -> (&str, Option<&str>) {
    let scope = match specifier.starts_with('@') {
        true => specifier
            .find('/')
            .map_or(specifier.len(), |slash| slash + 1),
        false => 0,
    };
    match specifier[scope..].find('/') {
        Some(slash) => {
            let (name, rest) = specifier.split_at(scope + slash);
            (name, Some(&rest[1..]).filter(|rest| !rest.is_empty()))
        }
        None => (specifier, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_and_subpaths_part() {
        assert_eq!(split_package("zod"), ("zod", None));
        assert_eq!(split_package("zod/v4/core"), ("zod", Some("v4/core")));
        assert_eq!(split_package("@a/b"), ("@a/b", None));
        assert_eq!(split_package("@a/b/c.js"), ("@a/b", Some("c.js")));
    }
}
