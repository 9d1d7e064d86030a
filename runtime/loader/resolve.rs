//! Resolution of imports and `require` requests, with tsx's rules for local files and Node's for packages.
//!
//! In: a specifier and the file that names it. Out: a URL: a file that exists, a built-in, or something still to be
//! fetched (`npm:`, `github:`, `https:`). Side effects: reads package.json and tsconfig.json; no network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use deno_package_json::PackageJsonDepValue;
use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_resolver::npm::{DenoInNpmPackageChecker, NpmResolver};
use deno_semver::npm::NpmPackageReqReference;
use deno_semver::package::PackageReq;
use import_map::ImportMap;
use node_resolver::errors::{NodeJsErrorCode, NodeJsErrorCoded};
use node_resolver::{
    DenoIsBuiltInNodeModuleChecker, InNpmPackageChecker, IsBuiltInNodeModuleChecker,
    NodeResolutionKind, NodeResolver, PackageJson, PackageJsonResolver, ResolutionMode, UrlOrPath,
};
use prizm_typescript::{FileKind, MediaType, TsConfig, resolve_file};
use sys_traits::impls::RealSys;
use url::Url;

use super::used::UsedFiles;
use crate::providers::manifest::{ManifestError, read_json};
use crate::sources::npm::Npm;

pub type SharedNodeResolver = Arc<
    NodeResolver<
        DenoInNpmPackageChecker,
        DenoIsBuiltInNodeModuleChecker,
        NpmResolver<RealSys>,
        RealSys,
    >,
>;
pub type SharedPackageJsons = Arc<PackageJsonResolver<RealSys>>;

#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum ResolveError {
    #[class(type)]
    #[error("Cannot find module '{specifier}' from {referrer}{}", found(near))]
    NotFound {
        specifier: String,
        referrer: String,
        near: Option<String>,
    },
    #[class(type)]
    #[error("'{specifier}' is no valid specifier (from {referrer}): {reason}")]
    Invalid {
        specifier: String,
        referrer: String,
        reason: String,
    },
    #[class(type)]
    #[error("{0}")]
    ImportMap(String),
    #[class(inherit)]
    #[error(transparent)]
    Node(#[from] node_resolver::errors::NodeResolveError),
    #[class(inherit)]
    #[error(transparent)]
    Subpath(#[from] node_resolver::errors::PackageSubpathFromDenoModuleResolveError),
    #[class(inherit)]
    #[error(transparent)]
    PackageJson(node_resolver::errors::PackageJsonLoadError),
    #[class(syntax)]
    #[error(transparent)]
    Manifest(ManifestError),
    #[class(type)]
    #[error(transparent)]
    TsConfig(#[from] Arc<prizm_typescript::TypeScriptError>),
}

impl From<node_resolver::errors::PackageJsonLoadError> for ResolveError {
    /// Where package.json is not JSON, our own reader says where.
    fn from(error: node_resolver::errors::PackageJsonLoadError) -> ResolveError {
        match &error.0 {
            deno_package_json::PackageJsonLoadError::Deserialize { path, .. } => {
                match read_json(path) {
                    Err(own) => ResolveError::Manifest(own),
                    Ok(_) => ResolveError::PackageJson(error),
                }
            }
            _ => ResolveError::PackageJson(error),
        }
    }
}

impl ResolveError {
    /// Node's code for a package that is there but does not offer what was asked for; `None` where something is
    /// missing altogether.
    pub fn code(&self) -> Option<&'static str> {
        let code = match self {
            ResolveError::Node(error) => error.maybe_code()?,
            ResolveError::Subpath(error) => error.code(),
            _ => return None,
        };
        match code {
            NodeJsErrorCode::ERR_MODULE_NOT_FOUND | NodeJsErrorCode::ERR_TYPES_NOT_FOUND => None,
            code => Some(code.as_str()),
        }
    }
}

fn found(near: &Option<String>) -> String {
    near.as_ref()
        .map(|near| format!("; did you mean '{near}'?"))
        .unwrap_or_default()
}

/// What every isolate of a process shares for resolving.
pub struct Resolver {
    pub npm: Npm,
    pub node: SharedNodeResolver,
    pub package_jsons: SharedPackageJsons,
    /// `imports` and `scopes` of prizm.json or `--import-map`; they hold for the project's own files alone.
    pub import_map: Option<ImportMap>,
    /// The cache: what lies below it is not the project's.
    pub cache_root: PathBuf,
    /// What a watcher is told of.
    pub used: Arc<UsedFiles>,
    tsconfigs: Mutex<HashMap<PathBuf, Option<Arc<TsConfig>>>>,
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
            cache_root,
            used,
            tsconfigs: Mutex::default(),
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
            if is_typescript(referrer) && is_path_like(specifier) {
                let target = referrer.join(specifier);
                let target =
                    target.map_err(|error| invalid(specifier, referrer, error.to_string()))?;
                return self.file(&target, specifier, referrer);
            }
            let found =
                self.node
                    .resolve(specifier, referrer, mode, NodeResolutionKind::Execution)?;
            return found
                .into_url()
                .map_err(|error| invalid(specifier, referrer, error.to_string()));
        }
        if let Some(mapped) = self.mapped(specifier, referrer)? {
            return match mapped.scheme() {
                "file" => self.file(&mapped, specifier, referrer),
                _ => Ok(mapped),
            };
        }
        if is_path_like(specifier) {
            let target = referrer
                .join(specifier)
                .map_err(|error| invalid(specifier, referrer, error.to_string()))?;
            return match target.scheme() {
                "file" => self.file(&target, specifier, referrer),
                _ => Ok(target),
            };
        }
        if let Ok(target) = Url::parse(specifier)
            && !is_alias_like(specifier)
        {
            return match target.scheme() {
                "file" => {
                    // `file:./x` is relative to the file that says it.
                    let target = relative_file(specifier, referrer).unwrap_or(target);
                    self.file(&target, specifier, referrer)
                }
                "npm" => self.npm_specifier(specifier, referrer, mode),
                _ => Ok(target),
            };
        }
        self.bare(specifier, referrer, mode)
    }

    /// Is this a package's file that runs as it is? TypeScript in packages is compiled like a script's own.
    pub fn is_package_file(&self, url: &Url) -> bool {
        self.npm.checker().in_npm_package(url) && !is_typescript(url)
    }

    /// The file that a module's URL names, by tsx's rules; `None` for what is no file.
    pub fn local_path(&self, target: &Url) -> Option<PathBuf> {
        let path = url_to_file_path(&without_query(target)).ok()?;
        find_file(&path).map(canonical)
    }

    fn file(&self, target: &Url, specifier: &str, referrer: &Url) -> Result<Url, ResolveError> {
        let missing = || {
            if let Ok(path) = url_to_file_path(&without_query(target)) {
                self.used.note(&path);
            }
            ResolveError::NotFound {
                specifier: specifier.to_string(),
                referrer: readable(referrer),
                near: near(target),
            }
        };
        let path = self.local_path(target).ok_or_else(missing)?;
        let mut found = url_from_file_path(&path).map_err(|_| missing())?;
        // `./x.ts?v=2` is another module than `./x.ts`, as on the web.
        found.set_query(target.query());
        found.set_fragment(target.fragment());
        Ok(found)
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

    fn bare(
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
        for package_json in self.package_jsons.get_closest_package_jsons(&path) {
            let package_json = package_json?;
            if let Some(target) = self.dependency(&package_json, name, subpath, referrer, mode)? {
                return Ok(target);
            }
            if package_json.name.as_deref() == Some(name) && package_json.exports.is_some() {
                return self.own_import(specifier, referrer, mode);
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

    fn dependency(
        &self,
        package_json: &PackageJson,
        name: &str,
        subpath: Option<&str>,
        referrer: &Url,
        mode: ResolutionMode,
    ) -> Result<Option<Url>, ResolveError> {
        let Some(text) = declared(package_json, name) else {
            return Ok(None);
        };
        let folder = package_json.path.parent().unwrap_or(Path::new("/"));
        if let Some(url) = repository_dependency(text, subpath) {
            return Ok(Some(url));
        }
        let value = PackageJsonDepValue::parse(name, text).map_err(|error| {
            invalid(
                name,
                referrer,
                format!("{}: {error}", package_json.path.display()),
            )
        })?;
        match value {
            PackageJsonDepValue::Req(requirement) => self
                .package(&requirement, subpath, referrer, mode)
                .map(Some),
            PackageJsonDepValue::File(path) => {
                let target = folder.join(path).join(subpath.unwrap_or_default());
                let file = find_file(&target).ok_or_else(|| ResolveError::NotFound {
                    specifier: name.to_string(),
                    referrer: readable(referrer),
                    near: None,
                })?;
                self.file_url(canonical(file), name, referrer).map(Some)
            }
            PackageJsonDepValue::Workspace { .. } | PackageJsonDepValue::Catalog(_) => {
                Err(invalid(
                    name,
                    referrer,
                    format!("{}: '{text}' is not supported", package_json.path.display()),
                ))
            }
        }
    }

    fn npm_specifier(
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

    fn file_url(
        &self,
        path: PathBuf,
        specifier: &str,
        referrer: &Url,
    ) -> Result<Url, ResolveError> {
        url_from_file_path(&path).map_err(|error| invalid(specifier, referrer, error.to_string()))
    }

    /// The `tsconfig.json` that holds for a file.
    ///
    /// # Errors
    /// [`ResolveError::TsConfig`] when it cannot be parsed.
    pub fn tsconfig(&self, file: &Path) -> Result<Option<Arc<TsConfig>>, ResolveError> {
        let Some(folder) = file.parent() else {
            return Ok(None);
        };
        let known = self
            .tsconfigs
            .lock()
            .expect("never held across a panic")
            .get(folder)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let stop_at = self.repository_root(folder);
        let read = |path: &Path| {
            let text = std::fs::read_to_string(path);
            text.inspect(|_| self.used.note(path))
        };
        let config = TsConfig::discover(folder, stop_at.as_deref(), &read)
            .map_err(Arc::new)?
            .map(Arc::new);
        if let Some(config) = &config {
            config
                .warnings()
                .iter()
                .for_each(|warning| log::warn!("{warning}"));
        }
        let mut tsconfigs = self.tsconfigs.lock().expect("never held across a panic");
        Ok(tsconfigs
            .entry(folder.to_path_buf())
            .or_insert(config)
            .clone())
    }

    /// A repository in the cache must not see what lies above it.
    fn repository_root(&self, folder: &Path) -> Option<PathBuf> {
        let inside = folder.strip_prefix(&self.cache_root).ok()?;
        let depth = inside
            .components()
            .position(|part| part.as_os_str() == "tree")?;
        Some(
            self.cache_root
                .join(inside.components().take(depth + 1).collect::<PathBuf>()),
        )
    }
}

/// Package.json files read in this process; they do not change under a running program.
#[derive(Debug)]
struct PackageJsonMemory {
    used: Arc<UsedFiles>,
    known: Mutex<HashMap<PathBuf, Option<Arc<PackageJson>>>>,
}

impl deno_package_json::PackageJsonCache for PackageJsonMemory {
    fn get(&self, path: &Path) -> deno_package_json::PackageJsonCacheResult {
        let known = self
            .known
            .lock()
            .expect("never held across a panic")
            .get(path)
            .cloned();
        match known {
            Some(known) => deno_package_json::PackageJsonCacheResult::Hit(known),
            None => deno_package_json::PackageJsonCacheResult::NotCached,
        }
    }

    fn set(&self, path: PathBuf, package_json: Option<Arc<PackageJson>>) {
        if package_json.is_some() {
            self.used.note(&path);
        }
        self.known
            .lock()
            .expect("never held across a panic")
            .insert(path, package_json);
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

fn declared<'a>(package_json: &'a PackageJson, name: &str) -> Option<&'a str> {
    [
        &package_json.dependencies,
        &package_json.dev_dependencies,
        &package_json.optional_dependencies,
        &package_json.peer_dependencies,
    ]
    .into_iter()
    .flatten()
    .find_map(|dependencies| dependencies.get(name))
    .map(String::as_str)
}

/// `"name": "github:owner/repo#v1"` in a package.json, as an identifier of ours.
fn repository_dependency(text: &str, subpath: Option<&str>) -> Option<Url> {
    let (source, reference) = match text.split_once('#') {
        Some((source, reference)) => (source, Some(reference)),
        None => (text, None),
    };
    if !source.starts_with("github:") && !source.starts_with("git+") {
        return None;
    }
    let reference = reference.map(|reference| {
        let reference = reference.strip_prefix("semver:").unwrap_or(reference);
        format!("@{reference}")
    });
    let subpath = subpath.map(|path| format!("/{path}")).unwrap_or_default();
    Url::parse(&format!(
        "{source}{subpath}{}",
        reference.unwrap_or_default()
    ))
    .ok()
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

fn is_typescript(url: &Url) -> bool {
    MediaType::from_specifier(url).is_typed() && !MediaType::from_specifier(url).is_declaration()
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

fn relative_file(specifier: &str, referrer: &Url) -> Option<Url> {
    let path = specifier.strip_prefix("file:")?;
    (!path.starts_with('/')).then(|| referrer.join(path).ok())?
}

fn without_query(target: &Url) -> Url {
    let mut target = target.clone();
    target.set_query(None);
    target.set_fragment(None);
    target
}

/// One identity for a file, whatever links lead to it.
fn canonical(path: PathBuf) -> PathBuf {
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// `prizm_typescript::resolve_file` on the real file system.
pub fn find_file(candidate: &Path) -> Option<PathBuf> {
    resolve_file(candidate, &probe, &|path| std::fs::read_to_string(path))
}

fn probe(path: &Path) -> FileKind {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => FileKind::Dir,
        Ok(_) => FileKind::File,
        Err(_) => FileKind::Missing,
    }
}

/// A file of nearly the same name beside the one that is missing.
fn near(target: &Url) -> Option<String> {
    let path = url_to_file_path(&without_query(target)).ok()?;
    let wanted = path.file_name()?.to_str()?.to_string();
    let names = std::fs::read_dir(path.parent()?).ok()?.flatten();
    names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| (strsim::normalized_damerau_levenshtein(&name, &wanted), name))
        .filter(|(similarity, _)| *similarity > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!("./{name}"))
}

fn readable(referrer: &Url) -> String {
    referrer.to_string()
}

fn invalid(specifier: &str, referrer: &Url, reason: String) -> ResolveError {
    ResolveError::Invalid {
        specifier: specifier.to_string(),
        referrer: readable(referrer),
        reason,
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a constant with a scheme")
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

    #[test]
    fn repository_dependencies_become_identifiers() {
        let url = repository_dependency("github:o/r#semver:^1.2", Some("lib")).unwrap();
        assert_eq!(url.as_str(), "github:o/r/lib@^1.2");
        assert!(repository_dependency("^1.2.3", None).is_none());
    }
}
