//! Puts packages into the cache: download, integrity, unpacking beside it, one rename.
//!
//! In: a package's version and where it comes from. Out: its folder in `npm-v1/`.
//! Side effects: network, the cache. A failure of any kind leaves nothing behind.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use deno_npm::NpmPackageCacheFolderId;
use deno_npm::registry::NpmPackageVersionDistInfo;
use deno_npm_cache::{NpmCache, hard_link_dir_recursive, maybe_auth_header_value_for_npm_registry};
use deno_npmrc::ResolvedNpmRc;
use deno_semver::package::PackageNv;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use sys_traits::impls::RealSys;
use url::Url;

use super::disk::Disk;
use super::errors::Promise;
use super::http_client::{refused, set};
use super::integrity::Integrity;
use super::{NpmError, tarball};
use crate::cache::{Cache, CacheError};
use crate::http::{HttpClient, display_url};
use crate::progress::Progress;

/// In each package's folder: the integrity of the tarball that it was unpacked from.
pub const INTEGRITY_FILE: &str = ".prizm-integrity";

pub struct Downloads {
    pub cache: Cache,
    pub npm_cache: Arc<NpmCache<Disk>>,
    pub http: HttpClient,
    pub progress: Arc<dyn Progress>,
    pub registries: Arc<ResolvedNpmRc>,
    pub turns: Turns,
}

/// A package to have.
pub struct Wanted<'a> {
    pub nv: &'a PackageNv,
    pub dist: &'a NpmPackageVersionDistInfo,
    /// Who promises the integrity.
    pub promise: Promise,
    /// Download it although it is there, once in this process.
    pub is_reloading: bool,
}

impl Downloads {
    /// Whether the package is in the cache, from a tarball with the promised integrity.
    ///
    /// # Errors
    /// [`NpmError::NoIntegrity`].
    pub fn has(&self, wanted: &Wanted<'_>) -> Result<bool, NpmError> {
        let folder = self.npm_cache.package_folder_for_nv(wanted.nv);
        let found = fs::read_to_string(folder.join(INTEGRITY_FILE));
        let is_same = found.is_ok_and(|found| {
            Some(found) == integrity(wanted).ok().map(|it| it.as_str().to_string())
        });
        Ok(is_same && self.cache.is_sealed(&folder))
    }

    /// Downloads the package unless it is there.
    ///
    /// # Errors
    /// [`NpmError`]: network, no such tarball, integrity, a tarball that is refused, a cache that cannot be written.
    pub async fn ensure(&self, wanted: Wanted<'_>) -> Result<(), NpmError> {
        let turn = self.turns.of(wanted.nv);
        let _turn = turn.lock().await;
        let is_reloading = wanted.is_reloading && self.turns.is_first(wanted.nv);
        if !is_reloading && self.has(&wanted)? {
            return Ok(());
        }
        let integrity = integrity(&wanted)?;
        let bytes = self.fetch(&wanted).await?;
        integrity
            .check(&bytes)
            .map_err(|actual| NpmError::Integrity {
                package: wanted.nv.to_string(),
                promise: wanted.promise,
                expected: integrity.as_str().to_string(),
                actual,
            })?;
        let (cache, folder) = (
            self.cache.clone(),
            self.npm_cache.package_folder_for_nv(wanted.nv),
        );
        let existing = match is_reloading {
            true => Existing::Replace,
            false => Existing::KeepIfEqual,
        };
        let placed = tokio::task::spawn_blocking(move || {
            place(&cache, &bytes, integrity.as_str(), &folder, existing)
        });
        let placed = placed.await.map_err(|_| NpmError::Stopped)?;
        placed.map_err(|source| NpmError::Tarball {
            package: wanted.nv.to_string(),
            source,
        })
    }

    /// A copy of a package for other peers than the first one has.
    ///
    /// # Errors
    /// [`NpmError::Tarball`] with the cache's failure.
    pub fn ensure_copy(&self, id: &NpmPackageCacheFolderId) -> Result<(), NpmError> {
        let target = self.npm_cache.package_folder_for_id(id);
        let original = self.npm_cache.package_folder_for_nv(&id.nv);
        let same = |name: &Path| fs::read(name.join(INTEGRITY_FILE)).ok();
        let is_same = same(&target).is_some_and(|integrity| same(&original) == Some(integrity));
        if is_same && self.cache.is_sealed(&target) {
            return Ok(());
        }
        let copied = || -> Result<(), CacheError> {
            let staging = self.cache.staging()?;
            let copy = staging.path().join("package");
            let linked = hard_link_dir_recursive(&RealSys, &original, &copy);
            linked.map_err(|source| CacheError::io("copy to", &copy, source))?;
            move_in(&self.cache, &copy, &target, Existing::KeepIfEqual)
        };
        copied().map_err(|source| NpmError::Tarball {
            package: id.nv.to_string(),
            source: tarball::TarballError::Cache(source),
        })
    }

    async fn fetch(&self, wanted: &Wanted<'_>) -> Result<Bytes, NpmError> {
        let package = wanted.nv.to_string();
        let malformed = |reason: String| NpmError::Metadata {
            package: package.clone(),
            reason,
        };
        let url = Url::parse(&wanted.dist.tarball).map_err(|error| {
            malformed(format!(
                "the tarball's address '{}': {error}",
                wanted.dist.tarball
            ))
        })?;
        let url = self.registries.replace_tarball_url(url, &wanted.nv.name);
        let headers = self.headers(&url, wanted.nv).map_err(malformed)?;
        let item = self.progress.begin(&format!("npm:{package}"), None);
        let response = self.http.get(&url, headers, Some(item.as_ref())).await;
        let source = match response {
            Ok(response) if (200..300).contains(&response.status) => return Ok(response.body),
            Ok(response) if response.status == 404 => {
                return Err(NpmError::NoTarball {
                    package,
                    url: display_url(&url),
                });
            }
            Ok(response) => refused(&url, response.status),
            Err(error) => error,
        };
        Err(NpmError::Download {
            item: package,
            registry: self
                .registries
                .get_registry_url(&wanted.nv.name)
                .to_string(),
            source,
        })
    }

    /// A token goes to the addresses that .npmrc gives it for, wherever the metadata may send us.
    fn headers(&self, url: &Url, nv: &PackageNv) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        if let Some(config) = self.registries.tarball_config_for_package(url, &nv.name) {
            let value = maybe_auth_header_value_for_npm_registry(config)
                .map_err(|error| error.to_string())?;
            set(&mut headers, AUTHORIZATION, value)?;
        }
        Ok(headers)
    }
}

/// One download at a time for each package; several packages at once.
#[derive(Default)]
pub struct Turns {
    locks: Mutex<HashMap<PackageNv, Arc<tokio::sync::Mutex<()>>>>,
    reloaded: Mutex<HashSet<PackageNv>>,
}

impl Turns {
    fn of(&self, nv: &PackageNv) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.entry(nv.clone()).or_default().clone()
    }

    fn is_first(&self, nv: &PackageNv) -> bool {
        self.reloaded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(nv.clone())
    }
}

fn integrity(wanted: &Wanted<'_>) -> Result<Integrity, NpmError> {
    let promised = wanted.dist.integrity();
    let integrity = promised
        .for_lockfile()
        .and_then(|text| Integrity::parse(&text));
    integrity.ok_or_else(|| NpmError::NoIntegrity(wanted.nv.to_string()))
}

/// What becomes of a package that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Existing {
    KeepIfEqual,
    Replace,
}

fn place(
    cache: &Cache,
    bytes: &[u8],
    integrity: &str,
    folder: &Path,
    existing: Existing,
) -> Result<(), tarball::TarballError> {
    let staging = cache.staging().map_err(tarball::TarballError::Cache)?;
    let staged = staging.path().join("package");
    let made = fs::create_dir(&staged).map_err(|source| CacheError::io("create", &staged, source));
    made.map_err(tarball::TarballError::Cache)?;
    tarball::unpack(bytes, &staged)?;
    let file = staged.join(INTEGRITY_FILE);
    let written =
        fs::write(&file, integrity).map_err(|source| CacheError::io("write", &file, source));
    written
        .and_then(|()| cache.seal_package(&staged))
        .and_then(|()| move_in(cache, &staged, folder, existing))
        .map_err(tarball::TarballError::Cache)
}

/// Renames `staged` to `folder`. What is there makes way; another process may put it there at any moment.
fn move_in(
    cache: &Cache,
    staged: &Path,
    folder: &Path,
    existing: Existing,
) -> Result<(), CacheError> {
    let failed = |source| CacheError::io("create", folder, source);
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(failed)?;
    for _ in 0..3 {
        match fs::rename(staged, folder) {
            Ok(()) => return Ok(()),
            Err(error) if is_taken(&error) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(parent).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        }
        let is_equal =
            integrity_of(folder).is_some_and(|there| integrity_of(staged) == Some(there));
        if is_equal && existing == Existing::KeepIfEqual && cache.is_sealed(folder) {
            return Ok(());
        }
        let bin = cache.staging()?;
        // If it is gone already, all the better.
        let _ = fs::rename(folder, bin.path().join("replaced"));
    }
    fs::rename(staged, folder).map_err(failed)
}

fn integrity_of(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(INTEGRITY_FILE)).ok()
}

fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
    )
}
