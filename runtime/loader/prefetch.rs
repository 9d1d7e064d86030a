//! Fetches ahead what a script's own modules name, while they load.
//!
//! In: the root of a module graph. Out: npm packages installed in one go, and the identifiers that the script will
//! hand to `getProvider`. Side effects: compiles the local files (they are about to run), network.
//!
//! Failures are nothing here: whoever really needs the thing reports them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_semver::npm::NpmPackageReqReference;
use deno_semver::package::PackageReq;
use node_resolver::ResolutionMode;
use prizm_typescript::{ImportKind, MediaType};
use url::Url;

use crate::context::Context;
use crate::providers::{self, LoadError};
use crate::specifier::Specifier;

/// Fewer files than this are not worth a thread.
const FILES_FOR_A_THREAD: usize = 4;
/// swc recurses with the nesting of the source, and deeply in unoptimised builds.
const STACK_SIZE: usize = 16 << 20;

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
    let named = {
        let mut seen = context
            .prefetched
            .lock()
            .expect("never held across a panic");
        walk(context, root, &mut seen)
    };
    if let Err(error) = context.npm.ensure_ahead(named.packages).await {
        log::debug!("prefetch: {error}");
    }
}

/// Fetches, in the background, what the main script and prizm.json name.
pub async fn identifiers(context: Arc<Context>, root: Url) {
    let named = named_ahead(&context, &root);
    let loads = named
        .iter()
        .map(|identifier| with_packages(&context, identifier));
    for error in futures::future::join_all(loads)
        .await
        .iter()
        .filter_map(|result| result.as_ref().err())
    {
        log::debug!("preload: {error}");
    }
}

/// Everything that `root` is known to need and that is not in the cache; for runs without a network.
pub async fn missing(context: &Context, root: &Url) -> Vec<String> {
    let named = scan(context, root);
    let mut closure = Closure::new(context);
    closure.install(named.packages).await;
    closure
        .fetch(named_ahead(context, root).into_iter().chain(named.modules))
        .await;
    let mut missing: Vec<String> = closure
        .failures
        .iter()
        .flat_map(LoadError::missing)
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

/// Fetches `identifier` and everything that it is known to need.
///
/// # Errors
/// The first of what could not be fetched; the rest is in the cache all the same.
pub async fn everything(context: &Context, identifier: &str) -> Result<(), LoadError> {
    let mut closure = Closure::new(context);
    closure.fetch([identifier.to_string()]).await;
    closure.failures.into_iter().next().map_or(Ok(()), Err)
}

/// Follows names from module to module, each once, and goes on after failures.
struct Closure<'a> {
    context: &'a Context,
    seen: HashSet<String>,
    failures: Vec<LoadError>,
}

impl<'a> Closure<'a> {
    fn new(context: &'a Context) -> Closure<'a> {
        Closure {
            context,
            seen: HashSet::new(),
            failures: Vec::new(),
        }
    }

    async fn fetch(&mut self, names: impl IntoIterator<Item = String>) {
        let mut queue: Vec<String> = names.into_iter().collect();
        while let Some(name) = queue.pop() {
            if !self.seen.insert(name.clone()) {
                continue;
            }
            match self.one(&name).await {
                Ok(named) => {
                    self.install(named.packages).await;
                    queue.extend(named.modules.into_iter().chain(named.identifiers));
                }
                Err(error) => self.failures.push(error),
            }
        }
    }

    async fn install(&mut self, packages: Vec<PackageReq>) {
        if let Err(error) = self.context.npm.ensure(packages).await {
            self.failures.push(error.into());
        }
    }

    async fn one(&self, name: &str) -> Result<Named, LoadError> {
        match self.context.parse_identifier(name)? {
            Specifier::Http { url } => self.remote(&url).await,
            Specifier::Static { .. } => Ok(Named::default()),
            Specifier::Npm { name, version, .. } => {
                let requirement = providers::requirement(&name, version.as_deref());
                Ok(Named {
                    packages: requirement.into_iter().collect(),
                    ..Named::default()
                })
            }
            _ => {
                let found = providers::fetch(self.context, name).await?;
                let entry = found
                    .repository
                    .entry
                    .and_then(|entry| Url::parse(&entry).ok());
                Ok(entry
                    .map(|entry| scan(self.context, &entry))
                    .unwrap_or_default())
            }
        }
    }

    async fn remote(&self, url: &Url) -> Result<Named, LoadError> {
        let module = self.context.remote.load(url).await?;
        let media_type =
            MediaType::from_specifier_and_content_type(&module.url, module.content_type.as_deref());
        let text = String::from_utf8_lossy(&module.body).into_owned();
        let mut named = Named::default();
        let parsed = prizm_typescript::parse(&module.url, media_type, text.into());
        // What cannot be parsed is no module of code, or says so when it is run.
        let Ok(facts) = parsed.and_then(|parsed| parsed.facts(&Default::default())) else {
            return Ok(named);
        };
        for import in facts
            .imports
            .iter()
            .filter(|import| import.kind != ImportKind::Dynamic)
        {
            let found = self.context.resolver.resolve(
                &import.specifier,
                &module.url,
                ResolutionMode::Import,
            );
            if let Ok(target) = found {
                named.note(&target);
            }
        }
        Ok(named)
    }
}

impl Named {
    fn note(&mut self, target: &Url) {
        match target.scheme() {
            "npm" => self.packages.extend(requirement(target)),
            "github" | "git+https" | "git+http" | "git+file" | "https" | "http" => {
                self.modules.push(target.to_string())
            }
            _ => {}
        }
    }
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
    let found = providers::fetch(context, identifier).await?;
    if let Some(entry) = found
        .repository
        .entry
        .and_then(|entry| Url::parse(&entry).ok())
    {
        context.npm.ensure(scan(context, &entry).packages).await?;
    }
    Ok(())
}

/// Walks the local files that `root` reaches without dynamic imports.
pub fn scan(context: &Context, root: &Url) -> Named {
    walk(context, root, &mut HashSet::new())
}

/// [`scan`], but for the files that are in `seen`, which it extends.
fn walk(context: &Context, root: &Url, seen: &mut HashSet<PathBuf>) -> Named {
    let mut named = Named::default();
    let mut level: Vec<PathBuf> = local_path(context, root).into_iter().collect();
    while !level.is_empty() {
        level.retain(|path| seen.insert(path.clone()));
        compile(context, &level);
        level = level
            .iter()
            .flat_map(|path| visit(context, path, &mut named))
            .collect();
    }
    named.packages.sort();
    named.packages.dedup();
    named
}

/// Compiles the files of one level, on all processors if there are many.
fn compile(context: &Context, paths: &[PathBuf]) {
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(paths.len() / FILES_FOR_A_THREAD);
    if threads < 2 {
        return;
    }
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Whoever imports the file reports what is wrong with it.
            let _ = context.units.get(path);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            let builder = std::thread::Builder::new().stack_size(STACK_SIZE);
            // Without a further thread, this one does it all.
            let _ = builder.spawn_scoped(scope, work);
        }
        work();
    });
}

/// Notes what one file names; gives the local files that it imports.
fn visit(context: &Context, path: &Path, named: &mut Named) -> Vec<PathBuf> {
    let (Ok(unit), Ok(referrer)) = (context.units.get(path), url_from_file_path(path)) else {
        return Vec::new();
    };
    named
        .identifiers
        .extend(unit.meta.identifiers.iter().cloned());
    let mut files = Vec::new();
    for import in unit.meta.imports.iter().filter(|import| !import.is_dynamic) {
        let found = context
            .resolver
            .resolve(&import.specifier, &referrer, ResolutionMode::Import);
        let Ok(target) = found else { continue };
        match target.scheme() {
            "file" => files.extend(local_path(context, &target)),
            _ => named.note(&target),
        }
    }
    files
}

fn requirement(target: &Url) -> Option<PackageReq> {
    let reference = NpmPackageReqReference::from_specifier(target).ok()?;
    Some(reference.req().clone())
}

/// The path of a local file of code.
fn local_path(context: &Context, url: &Url) -> Option<PathBuf> {
    if url.scheme() != "file" || context.resolver.is_package_file(url) {
        return None;
    }
    let path = url_to_file_path(url).ok()?;
    let is_code = !matches!(
        MediaType::from_path(&path),
        MediaType::Json | MediaType::Wasm | MediaType::Unknown
    );
    is_code.then_some(path)
}
