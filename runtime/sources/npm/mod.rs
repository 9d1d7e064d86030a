//! npm source: turns requirements (`zod@^3`) into packages in the cache, with the npm graph of the deno crates.
//!
//! In: package requirements. Out: a resolution that all isolates share, package folders under `npm-v1/`.
//! Side effects: registry and tarball downloads, cache writes, the lock's `npm` section.
//!
//! The installing half is not `Send`, and `require()` must be able to wait for it: it runs on a thread of its own.

mod c_library;
mod disk;
mod download;
mod errors;
mod evidence;
mod explain;
mod guard;
mod http_client;
mod installer;
mod integrity;
mod lock;
mod npmrc;
mod registry;
mod scripts;
mod sealed;
mod shims;
mod tarball;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deno_cache_dir::npm::NpmCacheDir;
use deno_config::deno_json::NodeModulesLinkerMode;
use deno_npm::NpmSystemInfo;
use deno_npm::resolution::NpmResolutionSnapshot;
use deno_npmrc::ResolvedNpmRc;
use deno_resolver::npm::managed::{ManagedInNpmPkgCheckerCreateOptions, NpmResolutionCell};
use deno_resolver::npm::{
    CreateInNpmPkgCheckerOptions, DenoInNpmPackageChecker, NpmResolver, NpmResolverCreateOptions,
    managed::ManagedNpmResolverCreateOptions,
};
use deno_semver::package::{PackageNv, PackageReq};
use node_resolver::cache::NodeResolutionSys;
use sys_traits::impls::RealSys;
use tokio::sync::{mpsc, oneshot};

use crate::cache::{Bucket, Cache};
use crate::http::{HttpClient, NetworkMode};
use crate::lockfile::Lockfile;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::sources::Reload;
use crate::specifier::Specifier;

pub use errors::NpmError;
pub use evidence::NpmEvidence;
pub use lock::Section as LockSection;
pub use npmrc::{NpmSettings, read as read_npmrc};

/// How long a failure met ahead stands for the one that would follow.
const FORESEEN_FOR: Duration = Duration::from_secs(5);

/// What installing needs; fixed for the life of the process.
pub struct NpmOptions {
    pub cache: Cache,
    pub http: HttpClient,
    pub lockfile: Arc<Lockfile>,
    pub progress: Arc<dyn Progress>,
    pub network: NetworkMode,
    /// Whether nothing may be installed: `--no-npm`.
    pub is_refused: bool,
    pub reload: Reload,
    pub policy: Arc<Policy>,
    pub registries: ResolvedNpmRc,
    /// Packages whose install scripts may run; `*` stands for all.
    pub allow_scripts: Vec<String>,
}

/// The packages of this process: one graph, shared by every isolate. Clones are cheap.
#[derive(Clone)]
pub struct Npm(Arc<Inner>);

struct Inner {
    options: NpmOptions,
    registries: Arc<ResolvedNpmRc>,
    cache_dir: Arc<NpmCacheDir>,
    resolution: Arc<NpmResolutionCell>,
    resolver: NpmResolver<RealSys>,
    checker: DenoInNpmPackageChecker,
    /// What has been installed with all that it depends on; a package's own folder is there earlier.
    ready: RwLock<HashSet<PackageReq>>,
    foreseen: Mutex<Option<Foreseen>>,
    installer: Mutex<Option<mpsc::UnboundedSender<Request>>>,
}

/// A failure of [`Npm::ensure_ahead`] that nobody has heard of.
struct Foreseen {
    requirements: Vec<PackageReq>,
    error: Arc<NpmError>,
    at: Instant,
}

impl Inner {
    fn is_ready(&self, requirement: &PackageReq) -> bool {
        self.ready
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(requirement)
    }

    fn foreseen(&self) -> MutexGuard<'_, Option<Foreseen>> {
        self.foreseen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_foreseen(&self, requirements: &[PackageReq]) -> Option<Arc<NpmError>> {
        let [requirement] = requirements else {
            return None;
        };
        let mut foreseen = self.foreseen();
        let is_this = |foreseen: &Foreseen| {
            let is_alone = foreseen.requirements.len() == 1;
            foreseen.at.elapsed() < FORESEEN_FOR
                && foreseen.requirements.contains(requirement)
                && (is_alone || foreseen.error.is_about(&explain::show(requirement)))
        };
        foreseen
            .take_if(|foreseen| is_this(foreseen))
            .map(|foreseen| foreseen.error)
    }

    fn mark_ready(&self, requirements: &[PackageReq]) {
        let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
        ready.extend(requirements.iter().cloned());
    }

    fn package_folder(&self, nv: &PackageNv) -> PathBuf {
        let registry = self.registries.get_registry_url(&nv.name);
        self.cache_dir
            .package_folder_for_id(&nv.name, &nv.version.to_string(), 0, registry)
    }
}

/// Install scripts run this program as `node`, with the packages of the process that installs.
fn inherited(registries: &ResolvedNpmRc) -> NpmResolutionSnapshot {
    let read = || -> Option<NpmResolutionSnapshot> {
        let text = std::fs::read(std::env::var_os(shims::PACKAGES_VARIABLE)?).ok()?;
        serde_json::from_slice::<lock::Section>(&text)
            .ok()?
            .snapshot(registries)
            .ok()
    };
    read().unwrap_or_default()
}

type Answer = oneshot::Receiver<Result<(), Arc<NpmError>>>;

/// One installation, and where its outcome goes.
struct Request {
    requirements: Vec<PackageReq>,
    reply: oneshot::Sender<Result<(), Arc<NpmError>>>,
}

impl Npm {
    pub fn new(mut options: NpmOptions) -> Npm {
        options.http = options.http.limited_to(options.policy.registries());
        let registries = Arc::new(std::mem::replace(
            &mut options.registries,
            deno_resolver::npmrc::create_default_npmrc(&RealSys),
        ));
        let cache_dir = Arc::new(NpmCacheDir::new(
            &RealSys,
            options.cache.bucket(Bucket::Npm),
            registries.get_all_known_registries_urls(),
        ));
        let inherited = inherited(&registries);
        let ready = RwLock::new(inherited.package_reqs().keys().cloned().collect());
        let resolution = Arc::new(NpmResolutionCell::new(inherited));
        let resolver = NpmResolver::<RealSys>::new(NpmResolverCreateOptions::Managed(
            ManagedNpmResolverCreateOptions {
                sys: NodeResolutionSys::new(RealSys, None),
                npm_resolution: resolution.clone(),
                npm_cache_dir: cache_dir.clone(),
                maybe_node_modules_path: None,
                npm_system_info: NpmSystemInfo::default(),
                npmrc: registries.clone(),
                linker_mode: NodeModulesLinkerMode::Isolated,
            },
        ));
        let checker = DenoInNpmPackageChecker::new(CreateInNpmPkgCheckerOptions::Managed(
            ManagedInNpmPkgCheckerCreateOptions {
                root_cache_dir_url: cache_dir.root_dir_url(),
                maybe_node_modules_path: None,
            },
        ));
        Npm(Arc::new(Inner {
            options,
            registries,
            cache_dir,
            resolution,
            resolver,
            checker,
            ready,
            foreseen: Mutex::new(None),
            installer: Mutex::new(None),
        }))
    }

    pub fn resolver(&self) -> &NpmResolver<RealSys> {
        &self.0.resolver
    }

    pub fn checker(&self) -> &DenoInNpmPackageChecker {
        &self.0.checker
    }

    /// Where packages come from, and the tokens for it.
    pub fn registries(&self) -> &ResolvedNpmRc {
        &self.0.registries
    }

    /// The folder that holds every package.
    pub fn root(&self) -> &Path {
        self.0.cache_dir.root_dir()
    }

    /// The folder of a requirement that has been installed in this process.
    pub fn folder(&self, requirement: &PackageReq) -> Option<PathBuf> {
        if !self.0.is_ready(requirement) {
            return None;
        }
        let managed = self.0.resolver.as_managed()?;
        managed
            .resolve_pkg_folder_from_deno_module_req(requirement)
            .ok()
    }

    /// The integrity (`sha512-…`) of a package that was installed.
    pub fn integrity(&self, name: &str, version: &str) -> Option<String> {
        let nv = PackageNv::from_str(&format!("{name}@{version}")).ok()?;
        let place = self.0.package_folder(&nv).join(download::INTEGRITY_FILE);
        std::fs::read_to_string(place).ok()
    }

    /// The exact version of a requirement that has been installed in this process.
    pub fn version(&self, requirement: &PackageReq) -> Option<String> {
        let id = self
            .0
            .resolution
            .resolve_pkg_id_from_pkg_req(requirement)
            .ok()?;
        Some(id.nv.version.to_string())
    }

    /// Resolves and fetches `requirements` with all they depend on; those already here cost nothing.
    ///
    /// # Errors
    /// [`NpmError`]: no such package or version, network, integrity, a tarball that is refused, a frozen lock.
    pub async fn ensure(&self, requirements: Vec<PackageReq>) -> Result<(), Arc<NpmError>> {
        match self.submit(requirements)? {
            None => Ok(()),
            Some(answer) => answer
                .await
                .unwrap_or_else(|_| Err(Arc::new(NpmError::Stopped))),
        }
    }

    /// [`Npm::ensure`] for what will be asked for in a moment: whoever asks then gets the same failure, without the
    /// waiting and the retries that led to it.
    ///
    /// # Errors
    /// As [`Npm::ensure`].
    pub async fn ensure_ahead(&self, requirements: Vec<PackageReq>) -> Result<(), Arc<NpmError>> {
        let result = self.ensure(requirements.clone()).await;
        if let Err(error) = &result {
            let foreseen = Foreseen {
                requirements,
                error: error.clone(),
                at: Instant::now(),
            };
            *self.0.foreseen() = Some(foreseen);
        }
        result
    }

    /// [`Npm::ensure`] for `require()`, which cannot await.
    ///
    /// # Errors
    /// As [`Npm::ensure`].
    pub fn ensure_blocking(&self, requirements: Vec<PackageReq>) -> Result<(), Arc<NpmError>> {
        match self.submit(requirements)? {
            None => Ok(()),
            // Not tokio's `blocking_recv`: this thread is inside a runtime.
            Some(answer) => futures::executor::block_on(answer)
                .unwrap_or_else(|_| Err(Arc::new(NpmError::Stopped))),
        }
    }

    fn submit(&self, mut requirements: Vec<PackageReq>) -> Result<Option<Answer>, Arc<NpmError>> {
        requirements.retain(|requirement| !self.0.is_ready(requirement));
        if requirements.is_empty() {
            return Ok(None);
        }
        if self.0.options.is_refused {
            let items = requirements
                .iter()
                .map(|requirement| format!("npm:{requirement}"))
                .collect();
            return Err(Arc::new(NpmError::Refused { items }));
        }
        for requirement in &requirements {
            let version = requirement.version_req.version_text();
            let asked = Specifier::Npm {
                name: requirement.name.to_string(),
                version: Some(version.to_owned()).filter(|version| version != "*"),
                path: None,
            };
            let checked = self.0.options.policy.check_name(&asked);
            checked.map_err(|error| Arc::new(NpmError::from(error)))?;
        }
        if let Some(error) = self.0.take_foreseen(&requirements) {
            return Err(error);
        }
        let (reply, answer) = oneshot::channel();
        let mut installer = self
            .0
            .installer
            .lock()
            .expect("the lock is never held across a panic");
        let sender = installer.get_or_insert_with(|| installer::start(self.0.clone()));
        // A closed channel drops `reply`, and the caller hears `Stopped`.
        let _ = sender.send(Request {
            requirements,
            reply,
        });
        Ok(Some(answer))
    }
}
