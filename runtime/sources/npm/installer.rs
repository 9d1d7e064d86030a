//! The installing half: a thread that answers `Request`s, several at once.
//!
//! In: requirements. Out: the shared resolution extended, packages in the cache, the lock's section.
//! Side effects: network, `npm-v1/`, the lock in memory, allowed install scripts.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use deno_npm::NpmResolutionPackage;
use deno_npm::registry::{NpmPackageVersionDistInfo, NpmRegistryApi};
use deno_npm::resolution::{AddPkgReqsOptions, NpmPackagesPartitioned, NpmResolutionError};
use deno_npm_cache::{NpmCache, NpmCacheSetting, NpmPackumentFormat};
use deno_semver::package::{PackageNv, PackageReq};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{OnceCell, mpsc};

use super::c_library;
use super::disk::Disk;
use super::download::{Downloads, Turns, Wanted};
use super::errors::{Promise, split};
use super::explain::{Explainer, Missing, show};
use super::guard;
use super::lock::Section;
use super::registry::Registry;
use super::scripts::Scripts;
use super::{Inner, NpmError, Request};
use crate::http::NetworkMode;
use crate::lockfile::LockMode;
use crate::sources::Reload;

/// Starts the thread; it ends when the sender is dropped.
pub fn start(inner: Arc<Inner>) -> mpsc::UnboundedSender<Request> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::Builder::new()
        .name("prizm-npm".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
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
    disk: Disk,
    registry: Registry,
    downloads: Downloads,
    scripts: Scripts,
    /// Made on first use, because the lock is read then.
    pinned: OnceCell<Pinned>,
    /// One resolution at a time: each begins where the one before ended.
    resolving: tokio::sync::Mutex<()>,
    done: Mutex<Done>,
}

/// What the lock pins.
#[derive(Default)]
struct Pinned {
    section: Section,
    /// Where its packages come from: this counts before what the registry says.
    dists: HashMap<PackageNv, NpmPackageVersionDistInfo>,
}

/// What has been installed, and so goes into the lock.
#[derive(Default)]
struct Done {
    requirements: BTreeSet<PackageReq>,
    dists: HashMap<PackageNv, NpmPackageVersionDistInfo>,
}

impl Installer {
    fn new(inner: Arc<Inner>) -> Installer {
        let options = &inner.options;
        let disk = Disk::new(options.cache.temporary());
        let npm_cache = Arc::new(NpmCache::new(
            inner.cache_dir.clone(),
            disk.clone(),
            cache_setting(options.network, &options.reload),
            inner.registries.clone(),
        ));
        Installer {
            disk,
            registry: Registry::new(
                npm_cache.clone(),
                inner.registries.clone(),
                options.http.clone(),
                match options.policy.has_minimum_age() {
                    true => NpmPackumentFormat::Full,
                    false => NpmPackumentFormat::Abbreviated,
                },
                options.cache.clone(),
            ),
            downloads: Downloads {
                cache: options.cache.clone(),
                npm_cache,
                http: options.http.clone(),
                progress: options.progress.clone(),
                registries: inner.registries.clone(),
                turns: Turns::default(),
            },
            scripts: Scripts {
                allowed: options.allow_scripts.clone(),
                cache: options.cache.clone(),
            },
            inner,
            pinned: OnceCell::new(),
            resolving: tokio::sync::Mutex::default(),
            done: Mutex::default(),
        }
    }

    async fn install(&self, requirements: &[PackageReq]) -> Result<(), NpmError> {
        let pinned = self
            .pinned
            .get_or_try_init(|| async { self.read_lock() })
            .await?;
        self.resolve(requirements).await?;
        let subset = self.inner.resolution.subset(requirements);
        let packages = c_library::system_packages(&subset);
        self.check_policy(pinned, &packages).await?;
        let dists = self.fetch(pinned, &packages).await?;
        self.run_scripts(&packages)?;
        for copy in &packages.copy_packages {
            self.downloads
                .ensure_copy(&copy.get_package_cache_folder_id())?;
        }
        self.pin(pinned, requirements, dists)?;
        self.inner.mark_ready(requirements);
        Ok(())
    }

    /// Begins with what the lock pins, less what is to be loaded again.
    fn read_lock(&self) -> Result<Pinned, NpmError> {
        let Some(value) = self.inner.options.lockfile.npm() else {
            return Ok(Pinned::default());
        };
        let mut section: Section =
            serde_json::from_value(value).map_err(|error| NpmError::Lock(error.to_string()))?;
        section.prune();
        let whole = section
            .snapshot(&self.inner.registries)
            .map_err(NpmError::Lock)?;
        let packages = whole
            .all_packages_for_every_system()
            .filter(|package| !self.is_renewing(&package.id.nv.name));
        let dists = packages
            .filter_map(|package| Some((package.id.nv.clone(), package.dist.clone()?)))
            .collect();
        let mut start = section.clone();
        start
            .specifiers
            .retain(|requirement, _| !self.is_renewing(split(requirement).0));
        let snapshot = match start.specifiers.len() == section.specifiers.len() {
            true => whole,
            false => {
                start.prune();
                start
                    .snapshot(&self.inner.registries)
                    .map_err(NpmError::Lock)?
            }
        };
        self.inner.resolution.set_snapshot(snapshot);
        Ok(Pinned { section, dists })
    }

    /// Whether the lock's word on a package may change.
    fn is_renewing(&self, name: &str) -> bool {
        self.is_reloading(name) && self.inner.options.lockfile.mode() != LockMode::Frozen
    }

    fn is_reloading(&self, name: &str) -> bool {
        !self
            .downloads
            .npm_cache
            .cache_setting()
            .should_use_for_npm_package(name)
            && !self.is_offline()
    }

    fn is_offline(&self) -> bool {
        self.inner.options.network == NetworkMode::Offline
    }

    async fn resolve(&self, requirements: &[PackageReq]) -> Result<(), NpmError> {
        let _turn = self.resolving.lock().await;
        let snapshot = self.inner.resolution.snapshot();
        let is_new =
            |requirement: &&PackageReq| !snapshot.package_reqs().contains_key(*requirement);
        let new: Vec<&PackageReq> = requirements.iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(());
        }
        if self.inner.options.lockfile.mode() == LockMode::Frozen {
            return Err(NpmError::Frozen {
                items: names(new.into_iter()),
            });
        }
        let result = self.extend(requirements).await;
        self.registry.finish();
        self.disk.forget_unfinished();
        result
    }

    async fn extend(&self, requirements: &[PackageReq]) -> Result<(), NpmError> {
        loop {
            let start = self.inner.resolution.snapshot();
            let options = AddPkgReqsOptions {
                package_reqs: requirements,
                // Once packages may have been loaded, they must stay what they are.
                should_dedup: start.is_empty(),
                version_resolver: &guard::version_resolver(&self.inner.options.policy),
            };
            let outcome = start.add_pkg_reqs(&self.registry, options, None).await;
            let snapshot = match outcome.dep_graph_result {
                Ok(snapshot) => snapshot,
                Err(error) if self.may_try_again(&error) => continue,
                Err(error) => return Err(self.explain(requirements, &outcome.results, &error)),
            };
            let names = snapshot
                .all_packages_for_every_system()
                .map(|package| package.id.nv.name.to_string());
            if !self.registry.allow_peers(names) {
                self.inner.resolution.set_snapshot(snapshot);
                return Ok(());
            }
        }
    }

    /// With newer metadata, or without an optional dependency that does not exist.
    fn may_try_again(&self, error: &NpmResolutionError) -> bool {
        if matches!(error, NpmResolutionError::Resolution(_)) && self.registry.mark_force_reload() {
            return true;
        }
        Missing::of(error).is_some_and(|missing| self.registry.leave_out(missing.absent()))
    }

    fn explain(
        &self,
        requirements: &[PackageReq],
        results: &[Result<PackageNv, NpmResolutionError>],
        error: &NpmResolutionError,
    ) -> NpmError {
        if let Some(refused) = guard::held_back(&self.inner.options.policy, &self.registry, error) {
            return refused;
        }
        let explainer = Explainer {
            registry: &self.registry,
            registries: &self.inner.registries,
            requirements,
        };
        if !self.is_offline() {
            return explainer.explain(error);
        }
        let failed = requirements
            .iter()
            .zip(results)
            .filter(|(_, result)| result.is_err());
        let mut items = names(failed.map(|(requirement, _)| requirement));
        if items.is_empty() {
            items = self
                .registry
                .failed()
                .iter()
                .map(|name| format!("npm:{}", explainer.item(name)))
                .collect();
        }
        match items.is_empty() {
            true => explainer.explain(error),
            false => NpmError::Offline { items },
        }
    }

    async fn check_policy(
        &self,
        pinned: &Pinned,
        packages: &NpmPackagesPartitioned,
    ) -> Result<(), NpmError> {
        let all = packages.packages.iter().map(|package| {
            let locked = pinned.dists.get(&package.id.nv);
            let dist = locked.or(package.dist.as_ref());
            (&package.id.nv, dist.map(|dist| dist.tarball.as_str()))
        });
        let options = &self.inner.options;
        guard::check(&options.policy, &self.inner.registries, &self.registry, all).await
    }

    /// Gives where the packages came from.
    async fn fetch(
        &self,
        pinned: &Pinned,
        packages: &NpmPackagesPartitioned,
    ) -> Result<HashMap<PackageNv, NpmPackageVersionDistInfo>, NpmError> {
        let mut downloads: FuturesUnordered<_> = packages
            .packages
            .iter()
            .map(|package| self.fetch_one(package, pinned))
            .collect();
        let mut dists = HashMap::new();
        let mut missing = Vec::new();
        let mut failed = None;
        while let Some(result) = downloads.next().await {
            match result {
                Ok((nv, dist)) => drop(dists.insert(nv, dist)),
                Err(NpmError::Offline { items }) => missing.extend(items),
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if !missing.is_empty() {
            missing.sort();
            return Err(NpmError::Offline { items: missing });
        }
        Ok(dists)
    }

    async fn fetch_one(
        &self,
        package: &NpmResolutionPackage,
        pinned: &Pinned,
    ) -> Result<(PackageNv, NpmPackageVersionDistInfo), NpmError> {
        let nv = &package.id.nv;
        let is_reloading = self.is_reloading(&nv.name);
        let locked = pinned.dists.get(nv);
        let published = match locked {
            None if is_reloading => self.published(nv).await,
            _ => None,
        };
        let dist = locked.or(published.as_ref()).or(package.dist.as_ref());
        let dist = dist
            .cloned()
            .ok_or_else(|| NpmError::NoIntegrity(nv.to_string()))?;
        let wanted = Wanted {
            nv,
            dist: &dist,
            promise: match locked {
                Some(_) => Promise::Lock,
                None => Promise::Registry,
            },
            is_reloading,
        };
        if self.is_offline() && !self.downloads.has(&wanted)? {
            return Err(NpmError::Offline {
                items: vec![format!("npm:{nv}")],
            });
        }
        self.downloads.ensure(wanted).await?;
        Ok((nv.clone(), dist))
    }

    /// What the registry says now.
    async fn published(&self, nv: &PackageNv) -> Option<NpmPackageVersionDistInfo> {
        let info = self.registry.package_info(&nv.name).await.ok()?;
        info.versions.get(&nv.version)?.dist.clone()
    }

    fn run_scripts(&self, packages: &NpmPackagesPartitioned) -> Result<(), NpmError> {
        let with_scripts: Vec<_> = packages
            .packages
            .iter()
            .filter(|package| package.has_scripts)
            .collect();
        match with_scripts.is_empty() {
            true => Ok(()),
            false => self.scripts.run(&self.inner, &with_scripts),
        }
    }

    fn pin(
        &self,
        pinned: &Pinned,
        requirements: &[PackageReq],
        dists: HashMap<PackageNv, NpmPackageVersionDistInfo>,
    ) -> Result<(), NpmError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.requirements.extend(requirements.iter().cloned());
        let is_pinned = |requirement: &PackageReq| {
            pinned
                .section
                .specifiers
                .contains_key(&requirement.to_string())
        };
        if requirements.iter().all(is_pinned) && dists.keys().all(|nv| !self.is_renewing(&nv.name))
        {
            return Ok(());
        }
        done.dists.extend(dists);
        let requirements: Vec<PackageReq> = done.requirements.iter().cloned().collect();
        let subset = self.inner.resolution.subset(&requirements);
        let mut section = Section::of(&subset, &self.inner.registries, |nv| {
            done.dists.get(nv).or_else(|| pinned.dists.get(nv)).cloned()
        });
        section.carry_over(&pinned.section);
        let value =
            serde_json::to_value(section).map_err(|error| NpmError::Lock(error.to_string()))?;
        Ok(self.inner.options.lockfile.set_npm(value)?)
    }
}

fn names<'a>(requirements: impl Iterator<Item = &'a PackageReq>) -> Vec<String> {
    requirements
        .map(|requirement| format!("npm:{}", show(requirement)))
        .collect()
}

fn cache_setting(network: NetworkMode, reload: &Reload) -> NpmCacheSetting {
    match (network, reload) {
        (NetworkMode::Offline, _) => NpmCacheSetting::Only,
        (_, Reload::None) => NpmCacheSetting::Use,
        (_, Reload::All) => NpmCacheSetting::ReloadAll,
        (_, Reload::Only(items)) if items.iter().any(|item| item == "npm:") => {
            NpmCacheSetting::ReloadAll
        }
        (_, Reload::Only(items)) => NpmCacheSetting::ReloadSome {
            npm_package_names: items
                .iter()
                .filter_map(|item| item.strip_prefix("npm:"))
                .map(|item| split(item).0.to_string())
                .collect(),
        },
    }
}
