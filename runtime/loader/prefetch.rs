//! Fetches ahead what a script's own modules name, while they load.
//!
//! In: the root of a module graph. Out: npm packages installed in one go, and the identifiers that the script will
//! hand to `getProvider`. Side effects: compiles the local files (they are about to run), network.
//!
//! Failures are nothing here: whoever really needs the thing reports them.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_semver::npm::NpmPackageReqReference;
use deno_semver::package::PackageReq;
use node_resolver::{InNpmPackageChecker, ResolutionMode};
use prizm_ops::registry::RepositoryKind;
use prizm_typescript::MediaType;
use url::Url;

use crate::context::Context;
use crate::providers::{self, LoadError};
use crate::sources::http::RemoteError;
use crate::specifier::Specifier;

/// What the local files reachable from a root name.
#[derive(Debug, Default)]
pub struct Named {
    pub packages: Vec<PackageReq>,
    /// Other modules to fetch: `github:…`, `https:…`.
    pub modules: Vec<String>,
    /// Literals handed to `getProvider` or `getService`.
    pub identifiers: Vec<String>,
}

/// Installs the packages that the graph below `root` imports; one resolution instead of one for each import.
pub async fn packages(context: &Context, root: &Url) {
    let named = scan(context, root);
    if let Err(error) = context.npm.ensure(named.packages).await {
        log::debug!("prefetch: {error}");
    }
}

/// Fetches, in the background, what the main script and prizm.json name.
pub async fn identifiers(context: Arc<Context>, root: Url) {
    let named = named_ahead(&context, &root);
    let loads = named.iter().map(|identifier| with_packages(&context, identifier));
    for error in futures::future::join_all(loads).await.iter().filter_map(|result| result.as_ref().err()) {
        log::debug!("preload: {error}");
    }
}

/// Everything that `root` is known to need and that is not in the cache; for runs without a network.
pub async fn missing(context: &Context, root: &Url) -> Vec<String> {
    let mut missing = Vec::new();
    let named = scan(context, root);
    if let Err(error) = context.npm.ensure(named.packages).await {
        missing.extend(error.missing());
    }
    let modules = named.modules.iter().cloned();
    for identifier in named_ahead(context, root).into_iter().chain(modules) {
        match with_packages(context, &identifier).await {
            Ok(()) => {}
            Err(LoadError::Npm(error)) => missing.extend(error.missing()),
            Err(LoadError::Git(error)) => missing.extend(error.offline_identifier().map(str::to_string)),
            Err(_) => {}
        }
        if let Ok(Specifier::Http { url }) = context.parse_identifier(&identifier)
            && matches!(context.remote.load(&url).await, Err(RemoteError::Offline { .. }))
        {
            missing.push(url.to_string());
        }
    }
    missing.sort();
    missing.dedup();
    missing
}

fn named_ahead(context: &Context, root: &Url) -> Vec<String> {
    let mut all = context.options.preload.identifiers.clone();
    all.extend(scan(context, root).identifiers);
    all.sort();
    all.dedup();
    all
}

/// Fetches a repository and the packages that its entry point reaches.
async fn with_packages(context: &Context, identifier: &str) -> Result<(), LoadError> {
    let repository = providers::load_repository(context, RepositoryKind::Provider, identifier).await?;
    if let Some(entry) = repository.entry.and_then(|entry| Url::parse(&entry).ok()) {
        context.npm.ensure(scan(context, &entry).packages).await?;
    }
    Ok(())
}

/// Walks the local files that `root` reaches without dynamic imports.
pub fn scan(context: &Context, root: &Url) -> Named {
    let mut named = Named::default();
    let mut seen = HashSet::new();
    let mut queue: Vec<PathBuf> = local_path(context, root).into_iter().collect();
    while let Some(path) = queue.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let (Ok(unit), Ok(referrer)) = (context.units.get(&path), url_from_file_path(&path)) else { continue };
        named.identifiers.extend(unit.meta.identifiers.iter().cloned());
        for import in unit.meta.imports.iter().filter(|import| !import.is_dynamic) {
            let mode = ResolutionMode::Import;
            let Ok(target) = context.resolver.resolve(&import.specifier, &referrer, mode) else { continue };
            match target.scheme() {
                "file" => queue.extend(local_path(context, &target)),
                "npm" => named.packages.extend(requirement(&target)),
                "github" | "git+https" | "https" => named.modules.push(target.to_string()),
                _ => {}
            }
        }
    }
    named.packages.sort();
    named.packages.dedup();
    named
}

fn requirement(target: &Url) -> Option<PackageReq> {
    let reference = NpmPackageReqReference::from_specifier(target).ok()?;
    Some(reference.req().clone())
}

/// The path of a local file of code.
fn local_path(context: &Context, url: &Url) -> Option<PathBuf> {
    if url.scheme() != "file" || context.npm.checker().in_npm_package(url) {
        return None;
    }
    let path = url_to_file_path(url).ok()?;
    let is_code = !matches!(
        MediaType::from_path(&path),
        MediaType::Json | MediaType::Wasm | MediaType::Unknown
    );
    is_code.then_some(path)
}
