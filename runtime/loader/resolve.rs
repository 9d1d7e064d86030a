//! Resolution of imports and `require` requests, with tsx's rules for local files and Node's for packages.
//!
//! In: a specifier and the file that names it. Out: a URL: a file that exists, a built-in, or something still to be
//! fetched (`npm:`, `github:`, `https:`). Side effects: reads package.json and tsconfig.json; no network.

mod configs;
mod dependencies;
mod error;
mod files;
mod packages;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use deno_path_util::url_to_file_path;
use deno_resolver::npm::{DenoInNpmPackageChecker, NpmResolver};
use import_map::ImportMap;
use node_resolver::{
    DenoIsBuiltInNodeModuleChecker, InNpmPackageChecker, IsBuiltInNodeModuleChecker,
    NodeResolutionKind, NodeResolver, PackageJsonResolver, ResolutionMode,
};
use prizm_typescript::TsConfig;
use sys_traits::impls::RealSys;
use url::Url;

use super::real_path::RealPaths;
use super::used::UsedFiles;
use super::workspace::Workspace;
use crate::sources::npm::Npm;
use configs::PackageJsonMemory;
pub use error::ResolveError;
use error::{invalid, readable};
pub use files::find_file;
use files::{is_typescript, relative_file};

pub type SharedNodeResolver = Arc<
    NodeResolver<
        DenoInNpmPackageChecker,
        DenoIsBuiltInNodeModuleChecker,
        NpmResolver<RealSys>,
        RealSys,
    >,
>;
pub type SharedPackageJsons = Arc<PackageJsonResolver<RealSys>>;

/// What every isolate of a process shares for resolving.
pub struct Resolver {
    pub npm: Npm,
    pub node: SharedNodeResolver,
    pub package_jsons: SharedPackageJsons,
    /// `imports` and `scopes` of prizm.json or `--import-map`; they hold for the project's own files alone.
    pub import_map: Option<ImportMap>,
    /// The cache: what lies below it is not the project's.
    pub cache_root: PathBuf,
    /// What paths lead to.
    pub real_paths: RealPaths,
    /// What a watcher is told of.
    pub used: Arc<UsedFiles>,
    tsconfigs: Mutex<HashMap<PathBuf, Option<Arc<TsConfig>>>>,
    /// By their roots; `None` for folders that are none.
    workspaces: Mutex<HashMap<PathBuf, Option<Arc<Workspace>>>>,
}

impl Resolver {
    pub fn new(npm: Npm, import_map: Option<ImportMap>, cache_root: PathBuf) -> Resolver {
        let used = Arc::new(UsedFiles::new(cache_root.clone()));
        let memory = PackageJsonMemory {
            used: used.clone(),
            known: Mutex::default(),
        };
        let package_jsons = Arc::new(PackageJsonResolver::new(RealSys, Some(Arc::new(memory))));
        let node = Arc::new(NodeResolver::new(
            npm.checker().clone(),
            DenoIsBuiltInNodeModuleChecker,
            npm.resolver().clone(),
            package_jsons.clone(),
            node_resolver::cache::NodeResolutionSys::new(RealSys, None),
            Default::default(),
        ));
        Resolver {
            npm,
            node,
            package_jsons,
            import_map,
            real_paths: RealPaths::new(cache_root.clone()),
            cache_root,
            used,
            tsconfigs: Mutex::default(),
            workspaces: Mutex::default(),
        }
    }

    /// Resolves what `referrer` calls `specifier`.
    ///
    /// # Errors
    /// [`ResolveError`]: no such file, an export that a package does not have, a specifier of no known form.
    pub fn resolve(
        &self,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        if specifier == "prizm" {
            return Ok(url(prizm_ops::MODULE_URL));
        }
        if specifier.starts_with("prizm/") {
            return Err(ResolveError::NotFound {
                specifier: specifier.to_string(),
                referrer: readable(referrer),
                near: Some("prizm".into()),
            });
        }
        if let Some(builtin) = builtin(specifier) {
            return Ok(builtin);
        }
        if self.npm.checker().in_npm_package(referrer) {
            return self.within_package(specifier, referrer, mode);
        }
        if let Some(mapped) = self.mapped(specifier, referrer)? {
            return self.local(mapped, specifier, referrer);
        }
        if is_path_like(specifier) {
            return self.local(join(specifier, referrer)?, specifier, referrer);
        }
        match Url::parse(specifier) {
            Ok(target) if !is_alias_like(specifier) => {
                self.absolute(target, specifier, referrer, mode)
            }
            _ => self.bare(specifier, referrer, mode),
        }
    }

    /// What a package's own file names: Node's business, except that its TypeScript may say `./x` of `./x.ts`.
    fn within_package(
        &self,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        if is_typescript(referrer) && is_path_like(specifier) {
            return self.file(&join(specifier, referrer)?, specifier, referrer);
        }
        let found = self
            .node
            .resolve(specifier, referrer, mode, NodeResolutionKind::Execution)?;
        found
            .into_url()
            .map_err(|error| invalid(specifier, referrer, error.to_string()))
    }

    fn absolute(
        &self,
        target: Url,
        specifier: &str,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Url, ResolveError> {
        match target.scheme() {
            "file" => {
                // `file:./x` is relative to the file that says it.
                let target = relative_file(specifier, referrer).unwrap_or(target);
                self.file(&target, specifier, referrer)
            }
            "npm" => self.npm_specifier(specifier, referrer, mode),
            _ => Ok(target),
        }
    }

    fn local(&self, target: Url, specifier: &str, referrer: &Url) -> Result<Url, ResolveError> {
        match target.scheme() {
            "file" => self.file(&target, specifier, referrer),
            _ => Ok(target),
        }
    }

    /// Is this a package's file that runs as it is? TypeScript in packages is compiled like a script's own.
    pub fn is_package_file(&self, url: &Url) -> bool {
        self.npm.checker().in_npm_package(url) && !is_typescript(url)
    }

    fn mapped(&self, specifier: &str, referrer: &Url) -> Result<Option<Url>, ResolveError> {
        let Some(map) = &self.import_map else {
            return Ok(None);
        };
        if url_to_file_path(referrer).is_ok_and(|path| path.starts_with(&self.cache_root)) {
            return Ok(None);
        }
        match map.resolve(specifier, referrer) {
            Ok(target)
                if !is_path_like(specifier)
                    && Url::parse(specifier).ok().as_ref() != Some(&target) =>
            {
                Ok(Some(target))
            }
            Ok(_) => Ok(None),
            Err(error) => match error.as_kind() {
                import_map::ImportMapErrorKind::UnmappedBareSpecifier(..) => Ok(None),
                _ => Err(ResolveError::ImportMap(error.to_string())),
            },
        }
    }
}

/// `fs`, `node:fs`: the runtime has them; `node:nothing` fails when it is loaded.
fn builtin(specifier: &str) -> Option<Url> {
    if specifier.starts_with("node:") {
        return Url::parse(specifier).ok();
    }
    DenoIsBuiltInNodeModuleChecker
        .is_builtin_node_module(specifier)
        .then(|| url(&format!("node:{specifier}")))
}

fn is_path_like(specifier: &str) -> bool {
    matches!(specifier, "." | "..")
        || specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier.starts_with('/')
}

/// `@/components`, `~/x` and `#x` are aliases, although some of them parse as URLs with a base.
fn is_alias_like(specifier: &str) -> bool {
    specifier.starts_with(['@', '~', '#'])
}

fn join(specifier: &str, referrer: &Url) -> Result<Url, ResolveError> {
    referrer
        .join(specifier)
        .map_err(|error| invalid(specifier, referrer, error.to_string()))
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a constant with a scheme")
}
