//! What code a guest may load: its repository's files, its packages, and built-ins.
//!
//! In: what imports and `require` lead to. Out: may it be loaded? Side effects: remembers the packages that the guest's
//! own imports led to.
//!
//! A package is a guest's own if package.json declares it, or an import of it is written down in the source; with it
//! come the packages that it needs itself. Another's package in the same cache is out of reach.

use std::path::{Path, PathBuf};

use deno_core::ResolutionKind;
use deno_error::JsErrorBox;
use deno_npm::NpmPackageId;
use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_semver::npm::NpmPackageReqReference;
use deno_semver::package::PackageReq;
use node_resolver::InNpmPackageChecker;
use url::Url;

use super::names;
use crate::context::Context;
use crate::isolate::Confinement;

/// How an import came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Import {
    /// It stands in the source.
    Written,
    /// Its text may have been made up at run time: `import()`, `require()`.
    MadeUp,
}

impl From<ResolutionKind> for Import {
    fn from(kind: ResolutionKind) -> Import {
        match kind {
            ResolutionKind::DynamicImport => Import::MadeUp,
            _ => Import::Written,
        }
    }
}

/// What `specifier` of `referrer` led to: the guest's own package, another file, or something to be fetched.
///
/// # Errors
/// What nobody declared, made up at run time.
pub fn admit(
    context: &Context,
    confinement: &Confinement,
    (specifier, referrer): (&str, &Url),
    found: &Url,
    import: Import,
) -> Result<(), JsErrorBox> {
    let is_remote = !matches!(
        found.scheme(),
        "file" | "node" | "prizm" | "data" | "blob" | "http" | "https" | "ext"
    );
    let is_in_package = |url: &Url| context.resolver.npm.checker().in_npm_package(url);
    let is_package = is_in_package(found) && !is_path(specifier);
    if !is_remote && !is_package {
        return Ok(());
    }
    // The imports of a package's own files are not known, but what Node's algorithm leads to is another package.
    let is_allowed = (is_in_package(referrer) && (!is_remote || import == Import::Written))
        || is_written(context, specifier, referrer, import)
        || is_declared(context, specifier, referrer)
            && (!is_remote
                || !specifier.starts_with('#')
                || names::check(context, confinement, found.as_str()).is_ok());
    if !is_allowed {
        return Err(refused(
            confinement,
            &format!("'{specifier}', which its package.json does not declare"),
        ));
    }
    if let Some(id) = package_id(context, found) {
        confinement.own(id);
    }
    Ok(())
}

/// May the path that `specifier` spells out be looked at? Whether there is a file tells something too.
///
/// # Errors
/// A path of others.
pub fn check_path(
    context: &Context,
    confinement: &Confinement,
    specifier: &str,
    referrer: &Url,
) -> Result<(), JsErrorBox> {
    let target = is_path(specifier).then(|| referrer.join(specifier).ok());
    let path = target.flatten().and_then(|url| url_to_file_path(&url).ok());
    match path {
        Some(path) => check_file(context, confinement, &path),
        None => Ok(()),
    }
}

/// May the file be loaded as code?
///
/// # Errors
/// A file of others.
pub fn check_file(
    context: &Context,
    confinement: &Confinement,
    path: &Path,
) -> Result<(), JsErrorBox> {
    // Links are followed first: one that leads out of the repository is out of it. What does not exist is judged by
    // the folder that does.
    let real = real(context, path);
    if confinement
        .roots()
        .iter()
        .any(|root| real.starts_with(root))
    {
        return Ok(());
    }
    let url = url_from_file_path(&real).map_err(JsErrorBox::from_err)?;
    match package_id(context, &url) {
        Some(id) if is_own(context, confinement, &id) => Ok(()),
        _ => Err(refused(confinement, &format!("'{}'", path.display()))),
    }
}

/// A package that was installed for the guest.
pub fn own_requirement(context: &Context, confinement: &Confinement, requirement: &PackageReq) {
    let managed = context.npm.resolver().as_managed();
    let id = managed.and_then(|it| it.resolve_pkg_id_from_deno_module_req(requirement).ok());
    if let Some(id) = id {
        confinement.own(id);
    }
}

fn real(context: &Context, path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    for folder in path.ancestors() {
        if let Ok(real) = context.resolver.real_paths.of(folder) {
            return rest.iter().rev().fold(real, |path, name| path.join(name));
        }
        rest.extend(folder.file_name());
    }
    path.to_path_buf()
}

/// A package of the guest, or one that such a package needs.
fn is_own(context: &Context, confinement: &Confinement, id: &NpmPackageId) -> bool {
    if confinement.owns(id) {
        return true;
    }
    let Some(managed) = context.npm.resolver().as_managed() else {
        return false;
    };
    // A provider from npm is itself a package.
    let roots = confinement.roots();
    let roots = roots
        .iter()
        .filter_map(|root| url_from_file_path(root).ok());
    roots
        .filter_map(|root| package_id(context, &root))
        .for_each(|id| confinement.own(id));
    let snapshot = managed.resolution().snapshot();
    confinement.close_over(|own| {
        let package = snapshot.package_from_id(own);
        package.map_or(Vec::new(), |it| it.dependencies.values().cloned().collect())
    });
    confinement.owns(id)
}

fn package_id(context: &Context, url: &Url) -> Option<NpmPackageId> {
    let managed = context.npm.resolver().as_managed()?;
    managed.resolve_pkg_id_from_specifier(url).ok().flatten()
}

/// `./x`, `/x`, `file:///x`: not a name of a package.
fn is_path(specifier: &str) -> bool {
    specifier.starts_with(['.', '/']) || specifier.starts_with("file:")
}

/// Whether the import stands in the source of `referrer`. Of a file, that is known; of a module from the web, only an
/// `import` statement is sure to.
fn is_written(context: &Context, specifier: &str, referrer: &Url, import: Import) -> bool {
    if matches!(referrer.scheme(), "http" | "https") {
        return import == Import::Written;
    }
    let path = url_to_file_path(referrer).ok();
    let unit = path.and_then(|path| context.units.known(&path));
    unit.is_some_and(|unit| unit.meta.imports.iter().any(|it| it.specifier == specifier))
}

/// Whether a package.json above `referrer` names what `specifier` names; where there is none, nothing is declared
/// and nothing can be.
fn is_declared(context: &Context, specifier: &str, referrer: &Url) -> bool {
    let Ok(path) = url_to_file_path(referrer) else {
        return false;
    };
    let name = match NpmPackageReqReference::from_str(specifier) {
        Ok(reference) => reference.req().name.to_string(),
        Err(_) => package_name(specifier).to_string(),
    };
    let manifests = context
        .resolver
        .package_jsons
        .get_closest_package_jsons(&path);
    manifests.flatten().any(|manifest| {
        let lists = [
            &manifest.dependencies,
            &manifest.dev_dependencies,
            &manifest.optional_dependencies,
            &manifest.peer_dependencies,
        ];
        let mut declared = lists.into_iter().flatten().flatten();
        specifier.starts_with('#')
            || manifest.name.as_deref() == Some(&name)
            || declared.any(|(key, value)| *key == name || value == specifier)
    })
}

fn package_name(specifier: &str) -> &str {
    let parts = match specifier.starts_with('@') {
        true => 2,
        false => 1,
    };
    let end = specifier.match_indices('/').nth(parts - 1);
    end.map_or(specifier, |(end, _)| &specifier[..end])
}

fn refused(confinement: &Confinement, what: &str) -> JsErrorBox {
    let message = format!(
        "'{}' may load its own files and packages alone, not {what}",
        confinement.identity
    );
    JsErrorBox::new("NotCapable", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        assert_eq!(package_name("zod/v4"), "zod");
        assert_eq!(package_name("@a/b/c/d"), "@a/b");
        assert_eq!(package_name("@a/b"), "@a/b");
    }

    #[test]
    fn paths_are_no_names() {
        assert!(is_path("./x"));
        assert!(is_path("file:///x"));
        assert!(!is_path("zod"));
    }
}
