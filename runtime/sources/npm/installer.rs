//! The installing half: a thread that answers `Request`s, several at once.
//!
//! In: requirements. Out: the shared resolution extended, tarballs fetched, checked and unpacked.
//! Side effects: network, `npm-v1/`, the lock's `npm` section, allowed install scripts.

use std::path::PathBuf;
use std::sync::Arc;

use deno_error::JsErrorBox;
use deno_lockfile::{Lockfile as NpmLock, NewLockfileOptions, NpmPackageInfoProvider};
use deno_npm::NpmSystemInfo;
use deno_npm::registry::{NpmPackageVersionDistInfoIntegrity, NpmRegistryApi, NpmRegistryPackageInfoLoadError};
use deno_npm::resolution::{
    NpmPackageVersionResolutionError, NpmPackagesPartitioned, NpmResolutionError, NpmVersionResolver,
};
use deno_npm_cache::{
    NpmCache, NpmCacheSetting, NpmPackumentFormat, RegistryInfoProvider, TarballCache,
};
use deno_npm_installer::initializer::{NpmResolutionInitializer, NpmResolverManagedSnapshotOption};
use deno_npm_installer::resolution::NpmResolutionInstaller;
use deno_resolver::lockfile::{LockfileLock, LockfileReadFromPathOptions};
use deno_semver::package::{PackageNv, PackageReq};
use futures::stream::{FuturesUnordered, StreamExt};
use sys_traits::impls::RealSys;
use tokio::sync::{OnceCell, mpsc};

use super::http_client::RegistryClient;
use super::{Inner, NpmError, Request, scripts};
use crate::http::NetworkMode;
use crate::sources::Reload;

/// Near versions that an error lists.
const NEAREST: usize = 5;

/// Starts the thread; it ends when the sender is dropped.
pub fn start(inner: Arc<Inner>) -> mpsc::UnboundedSender<Request> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::Builder::new()
        .name("prizm-npm".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(serve(inner, receiver)),
                Err(error) => log::error!("npm: {error}"),
            }
        })
        .expect("a process that runs V8 can start a thread");
    sender
}

async fn serve(inner: Arc<Inner>, mut requests: mpsc::UnboundedReceiver<Request>) {
    let installer = Installer::new(inner);
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            request = requests.recv() => match request {
                Some(request) => running.push(answer(&installer, request)),
                None => break,
            },
            Some(()) = running.next() => {}
        }
    }
}

async fn answer(installer: &Installer, request: Request) {
    let result = installer.install(&request.requirements).await;
    // The caller may have gone away: a script that ended does not wait for its preloads.
    let _ = request.reply.send(result.map_err(Arc::new));
}

struct Installer {
    inner: Arc<Inner>,
    cache: Arc<NpmCache<RealSys>>,
    registry: Arc<RegistryInfoProvider<RegistryClient, RealSys>>,
    tarballs: Arc<TarballCache<RegistryClient, RealSys>>,
    resolution: OnceCell<Resolution>,
}

/// Made on first use, because the lock is read then.
struct Resolution {
    lock: Arc<LockfileLock<RealSys>>,
    installer: NpmResolutionInstaller<RegistryClient, RealSys>,
}

impl Installer {
    fn new(inner: Arc<Inner>) -> Installer {
        let client = Arc::new(RegistryClient {
            http: inner.options.http.clone(),
            progress: inner.options.progress.clone(),
        });
        let cache = Arc::new(NpmCache::new(
            inner.cache_dir.clone(),
            RealSys,
            cache_setting(inner.options.network, &inner.options.reload),
            inner.registries.clone(),
        ));
        let registry = Arc::new(RegistryInfoProvider::new(
            cache.clone(),
            client.clone(),
            inner.registries.clone(),
            NpmPackumentFormat::Abbreviated,
        ));
        let tarballs = Arc::new(TarballCache::new(
            cache.clone(),
            client,
            RealSys,
            inner.registries.clone(),
            None,
        ));
        Installer {
            inner,
            cache,
            registry,
            tarballs,
            resolution: OnceCell::new(),
        }
    }

    async fn install(&self, requirements: &[PackageReq]) -> Result<(), NpmError> {
        let resolution = self.resolution.get_or_try_init(|| self.read_lock()).await?;
        self.resolve(resolution, requirements).await?;
        self.pin(resolution)?;
        let packages = self.packages(requirements);
        self.fetch(&packages).await?;
        scripts::run(&self.inner.options.allow_scripts, &self.cache, &packages)
    }

    async fn read_lock(&self) -> Result<Resolution, NpmError> {
        let lock = Arc::new(read_lock(self.inner.options.lockfile.npm()).await?);
        let initializer = NpmResolutionInitializer::new(
            self.inner.resolution.clone(),
            self.inner.registries.clone(),
            Default::default(),
            NpmResolverManagedSnapshotOption::ResolveFromLockfile {
                lockfile: lock.clone(),
                dedup_equivalent_peer_variants: false,
            },
        );
        if !is_reloading_all(&self.inner.options.reload) {
            let ready = initializer.ensure_initialized().await;
            ready.map_err(|error| NpmError::Lock(error.to_string()))?;
        }
        let installer = NpmResolutionInstaller::new(
            Default::default(),
            Arc::new(NpmVersionResolver::default()),
            self.registry.clone(),
            None,
            self.inner.resolution.clone(),
            Some(lock.clone()),
        );
        Ok(Resolution { lock, installer })
    }

    async fn resolve(&self, resolution: &Resolution, requirements: &[PackageReq]) -> Result<(), NpmError> {
        let outcome = resolution.installer.add_package_reqs(requirements).await;
        let mut missing = Vec::new();
        for (requirement, result) in requirements.iter().zip(outcome.results) {
            let Err(error) = result else { continue };
            if self.inner.options.network == NetworkMode::Offline {
                missing.push(format!("npm:{requirement}"));
                continue;
            }
            return Err(self.explain(requirement, error).await);
        }
        match (missing.is_empty(), outcome.dependencies_result) {
            (true, Ok(())) => Ok(()),
            (false, _) => Err(NpmError::Offline { items: missing }),
            (true, Err(_)) if self.inner.options.network == NetworkMode::Offline => Err(NpmError::Offline {
                items: names(requirements),
            }),
            (true, Err(source)) => Err(NpmError::Install {
                items: names(requirements),
                source,
            }),
        }
    }

    async fn explain(&self, requirement: &PackageReq, error: NpmResolutionError) -> NpmError {
        match error {
            NpmResolutionError::Registry(NpmRegistryPackageInfoLoadError::PackageNotExists { package_name }) => {
                NpmError::NoPackage { name: package_name }
            }
            NpmResolutionError::Resolution(
                NpmPackageVersionResolutionError::VersionReqNotMatched {
                    package_name,
                    version_req,
                    ..
                },
            ) => NpmError::NoVersion {
                nearest: self.nearest(&package_name).await,
                name: package_name.to_string(),
                wanted: version_req.to_string(),
            },
            NpmResolutionError::Resolution(error) => NpmError::NoVersion {
                nearest: self.nearest(&requirement.name).await,
                name: format!("{} ({error})", requirement.name),
                wanted: requirement.version_req.to_string(),
            },
            error => NpmError::Install {
                items: vec![format!("npm:{requirement}")],
                source: JsErrorBox::from_err(error),
            },
        }
    }

    /// The newest few versions: what someone who mistyped one most often meant.
    async fn nearest(&self, name: &str) -> Vec<String> {
        let Ok(info) = self.registry.package_info(name).await else {
            return Vec::new();
        };
        let mut versions: Vec<_> = info.versions.keys().filter(|version| version.pre.is_empty()).collect();
        versions.sort();
        versions.iter().rev().take(NEAREST).map(ToString::to_string).collect()
    }

    fn pin(&self, resolution: &Resolution) -> Result<(), NpmError> {
        let lock = resolution.lock.lock();
        if !lock.has_content_changed {
            return Ok(());
        }
        let text = lock.as_json_string();
        let value = serde_json::from_str(&text).map_err(|error| NpmError::Lock(error.to_string()))?;
        Ok(self.inner.options.lockfile.set_npm(value)?)
    }

    fn packages(&self, requirements: &[PackageReq]) -> NpmPackagesPartitioned {
        let subset = self.inner.resolution.subset(requirements);
        subset.all_system_packages_partitioned(&NpmSystemInfo::default())
    }

    async fn fetch(&self, packages: &NpmPackagesPartitioned) -> Result<(), NpmError> {
        let mut downloads = FuturesUnordered::new();
        for package in &packages.packages {
            let Some(dist) = &package.dist else { continue };
            if matches!(
                dist.integrity(),
                NpmPackageVersionDistInfoIntegrity::None | NpmPackageVersionDistInfoIntegrity::UnknownIntegrity(_)
            ) {
                return Err(NpmError::NoIntegrity(package.id.nv.to_string()));
            }
            downloads.push(async move {
                let result = self.tarballs.ensure_package(&package.id.nv, dist).await;
                result.map_err(|error| (package.id.nv.clone(), error))
            });
        }
        let mut failed: Option<(PackageNv, JsErrorBox)> = None;
        let mut missing = Vec::new();
        while let Some(result) = downloads.next().await {
            let Err((package, error)) = result else { continue };
            missing.push(format!("npm:{package}"));
            failed.get_or_insert_with(|| (package, JsErrorBox::from_err(error)));
        }
        if let Some((package, source)) = failed {
            missing.sort();
            return Err(match self.inner.options.network {
                NetworkMode::Offline => NpmError::Offline { items: missing },
                NetworkMode::Online => NpmError::Install {
                    items: vec![format!("npm:{package}")],
                    source,
                },
            });
        }
        for copy in &packages.copy_packages {
            let copied = self.cache.ensure_copy_package(&copy.get_package_cache_folder_id());
            copied.map_err(|error| NpmError::Install {
                items: vec![format!("npm:{}", copy.id.nv)],
                source: JsErrorBox::from_err(error),
            })?;
        }
        Ok(())
    }
}

fn names(requirements: &[PackageReq]) -> Vec<String> {
    requirements.iter().map(|requirement| format!("npm:{requirement}")).collect()
}

fn is_reloading_all(reload: &Reload) -> bool {
    cache_setting(NetworkMode::Online, reload) == NpmCacheSetting::ReloadAll
}

fn cache_setting(network: NetworkMode, reload: &Reload) -> NpmCacheSetting {
    match (network, reload) {
        (NetworkMode::Offline, _) => NpmCacheSetting::Only,
        (_, Reload::None) => NpmCacheSetting::Use,
        (_, Reload::All) => NpmCacheSetting::ReloadAll,
        (_, Reload::Only(items)) if items.iter().any(|item| item == "npm:") => NpmCacheSetting::ReloadAll,
        (_, Reload::Only(items)) => NpmCacheSetting::ReloadSome {
            npm_package_names: items
                .iter()
                .filter_map(|item| item.strip_prefix("npm:"))
                .map(str::to_string)
                .collect(),
        },
    }
}

/// The npm crates keep their part of the lock in an object that believes in a file; this one never touches the disk.
async fn read_lock(pinned: Option<serde_json::Value>) -> Result<LockfileLock<RealSys>, NpmError> {
    let nowhere = PathBuf::from("/nonexistent/prizm.lock");
    let options = LockfileReadFromPathOptions {
        file_path: nowhere.clone(),
        frozen: false,
        skip_write: true,
        import_npm_lockfile: false,
    };
    let lock = LockfileLock::read_from_path(RealSys, options, &NoUpgrades)
        .await
        .map_err(|error| NpmError::Lock(error.to_string()))?;
    if let Some(value) = pinned {
        let content = value.to_string();
        let options = NewLockfileOptions {
            file_path: nowhere,
            content: &content,
            overwrite: false,
        };
        let parsed = NpmLock::new(options, &NoUpgrades).await;
        *lock.lock() = parsed.map_err(|error| NpmError::Lock(error.to_string()))?;
    }
    Ok(lock)
}

/// Asked only to upgrade lock formats older than Prizm.
struct NoUpgrades;

#[async_trait::async_trait(?Send)]
impl NpmPackageInfoProvider for NoUpgrades {
    async fn get_npm_package_info(
        &self,
        _values: &[PackageNv],
    ) -> Result<Vec<deno_lockfile::Lockfile5NpmInfo>, Box<dyn std::error::Error + Send + Sync>> {
        Err("this lock was written by another program".into())
    }
}
