//! The registry as the resolver sees it: packuments, less what Prizm does not install.
//!
//! In: package names. Out: packuments from the cache or the network, amended:
//! - `prizm` is built in, so that no package's dependency on it counts;
//! - optional peers count where something else brings them, so that nobody else's metadata is fetched for them;
//! - an optional dependency that was found not to exist counts no more.
//!
//! Side effects: network, packuments in `npm-v1/`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deno_npm::registry::{
    NpmPackageInfo, NpmPackageVersionInfo, NpmRegistryApi, NpmRegistryPackageInfoLoadError,
};
use deno_npm_cache::{NpmCache, NpmPackumentFormat, RegistryInfoProvider, get_package_url};
use deno_npmrc::ResolvedNpmRc;

use super::disk::Disk;
use super::http_client::RegistryClient;
use super::sealed::Sealed;
use crate::cache::Cache;
use crate::http::{HttpClient, HttpError};

/// Dependencies on it are never installed: it is built in.
const BUILT_IN: &str = "prizm";

/// As the npm crates call it in the cache.
const PACKUMENT: &str = "registry.json";

/// An optional dependency that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    pub name: String,
    /// As the packages write it; `None` where no version is there at all.
    pub requirement: Option<String>,
}

/// Why a packument could not be loaded.
#[derive(Debug, Clone)]
pub enum LoadFailure {
    Http(HttpError),
    /// Answered, but not with a packument; or not in the cache while offline.
    Other(String),
}

#[derive(Debug)]
pub struct Registry {
    cache: Cache,
    packuments: Arc<NpmCache<Disk>>,
    provider: RegistryInfoProvider<RegistryClient, Disk>,
    client: Arc<RegistryClient>,
    registries: Arc<ResolvedNpmRc>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What has been loaded, as it came.
    loaded: HashMap<String, Arc<NpmPackageInfo>>,
    amended: HashMap<String, Arc<NpmPackageInfo>>,
    absent: Vec<Absent>,
    /// Packages that are there anyway: optional peers of these names count.
    present: HashSet<String>,
    failures: HashMap<String, LoadFailure>,
}

impl Registry {
    pub fn new(
        cache: Arc<NpmCache<Disk>>,
        registries: Arc<ResolvedNpmRc>,
        http: HttpClient,
        format: NpmPackumentFormat,
        files: Cache,
    ) -> Registry {
        let client = Arc::new(RegistryClient::new(http, format));
        Registry {
            cache: files,
            packuments: cache.clone(),
            provider: RegistryInfoProvider::new(cache, client.clone(), registries.clone(), format),
            client,
            registries,
            state: Mutex::default(),
        }
    }

    /// The packument as the registry gave it, if this process has met it.
    pub fn known(&self, name: &str) -> Option<Arc<NpmPackageInfo>> {
        self.state().loaded.get(name).cloned()
    }

    /// Why loading `name` failed.
    pub fn failure(&self, name: &str) -> Option<LoadFailure> {
        self.state().failures.get(name).cloned()
    }

    /// The packages whose metadata could not be loaded, sorted.
    pub fn failed(&self) -> Vec<String> {
        let mut names: Vec<String> = self.state().failures.keys().cloned().collect();
        names.sort();
        names
    }

    /// Leaves out an optional dependency from now on; `false` if it was left out before.
    pub fn leave_out(&self, absent: Absent) -> bool {
        let mut state = self.state();
        let is_new = !state.absent.contains(&absent);
        if is_new {
            log::debug!("npm: optional dependency {absent:?} is left out");
            state.absent.push(absent);
            state.amended.clear();
        }
        is_new
    }

    /// Lets optional peers of these names count. Says whether a packument in use has one that did not yet.
    pub fn allow_peers(&self, names: impl Iterator<Item = String>) -> bool {
        let mut state = self.state();
        let names: HashSet<String> = names.collect();
        let new: Vec<&String> = names.difference(&state.present).collect();
        let is_wanted = state.loaded.values().any(|info| {
            text(info).is_some_and(|text| {
                text.contains("\"peerDependenciesMeta\"")
                    && new.iter().any(|name| text.contains(&quoted(name)))
            })
        });
        state.present.extend(names);
        if is_wanted {
            state.amended.clear();
        }
        is_wanted
    }

    /// Forgets what a resolution kept in memory: failures may be tried again, packuments read again.
    pub fn finish(&self) {
        self.provider.clear_memory_cache();
        let mut state = self.state();
        state.loaded.clear();
        state.amended.clear();
        state.failures.clear();
    }

    fn amended(&self, name: &str, info: Arc<NpmPackageInfo>) -> Arc<NpmPackageInfo> {
        let mut state = self.state();
        state.loaded.insert(name.to_string(), info.clone());
        if let Some(known) = state.amended.get(name) {
            return known.clone();
        }
        let amended = match state.concerns(&info) {
            true => Arc::new(state.amend(&info)),
            false => info,
        };
        state.amended.insert(name.to_string(), amended.clone());
        amended
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait(?Send)]
impl NpmRegistryApi for Registry {
    async fn package_info(
        &self,
        name: &str,
    ) -> Result<Arc<NpmPackageInfo>, NpmRegistryPackageInfoLoadError> {
        let sealed = match self.known(name) {
            Some(_) => None,
            None => Some(Sealed::open(
                self.packuments.package_name_folder(name).join(PACKUMENT),
            )),
        };
        let loaded = self.provider.package_info(name).await;
        if let Some(sealed) = sealed {
            sealed.close(&self.cache);
        }
        if let Err(NpmRegistryPackageInfoLoadError::LoadError(error)) = &loaded {
            let failure = match self
                .client
                .failure(&get_package_url(&self.registries, name))
            {
                Some(error) => LoadFailure::Http(error),
                None => LoadFailure::Other(innermost(error.get_ref())),
            };
            self.state().failures.insert(name.to_string(), failure);
        }
        Ok(self.amended(name, loaded?))
    }

    fn mark_force_reload(&self) -> bool {
        let is_new = self.provider.mark_force_reload();
        if is_new {
            let mut state = self.state();
            state.loaded.clear();
            state.amended.clear();
        }
        is_new
    }
}

impl State {
    /// Most packuments need no change; then the versions are not even parsed.
    fn concerns(&self, info: &NpmPackageInfo) -> bool {
        let Some(text) = text(info) else { return true };
        text.contains(&quoted(BUILT_IN))
            || text.contains("\"peerDependenciesMeta\"")
            || self.absent.iter().any(|absent| text.contains(&absent.name))
    }

    fn amend(&self, info: &NpmPackageInfo) -> NpmPackageInfo {
        let mut info = info.clone();
        for version in info.versions.values_mut() {
            self.amend_version(version);
        }
        info
    }

    fn amend_version(&self, version: &mut NpmPackageVersionInfo) {
        version.dependencies.remove(BUILT_IN);
        version.optional_dependencies.remove(BUILT_IN);
        version.peer_dependencies.remove(BUILT_IN);
        let meta = &version.peer_dependencies_meta;
        version.peer_dependencies.retain(|name, _| {
            let is_optional = meta.get(name).is_some_and(|meta| meta.optional);
            !is_optional || self.present.contains(name.as_str())
        });
        let is_absent =
            |key: &str, value: &str| self.absent.iter().any(|absent| absent.is(key, value));
        let gone = version
            .optional_dependencies
            .iter()
            .filter(|(key, value)| is_absent(key, value));
        let gone: Vec<_> = gone.map(|(key, _)| key.clone()).collect();
        for key in gone {
            version.optional_dependencies.remove(&key);
            // Registries repeat optional dependencies among the others.
            version.dependencies.remove(&key);
        }
    }
}

impl Absent {
    fn is(&self, key: &str, value: &str) -> bool {
        let (name, requirement) = aliased(key, value);
        let is_same = |wanted: &String| wanted == requirement || wanted == value;
        (self.name == name || self.name == key) && self.requirement.as_ref().is_none_or(is_same)
    }
}

/// `"key": "npm:name@range"` asks for `name`.
pub fn aliased<'a>(key: &'a str, value: &'a str) -> (&'a str, &'a str) {
    let Some(target) = value.strip_prefix("npm:") else {
        return (key, value);
    };
    match target.rsplit_once('@') {
        Some((name, requirement)) if !name.is_empty() => (name, requirement),
        _ => (target, "*"),
    }
}

fn text(info: &NpmPackageInfo) -> Option<&str> {
    std::str::from_utf8(info.lazy_packument_source_bytes()?).ok()
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(json: serde_json::Value) -> NpmPackageVersionInfo {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn prizm_and_optional_peers_do_not_count() {
        let mut version = version(serde_json::json!({
            "version": "1.0.0",
            "dependencies": { "prizm": "*", "zod": "3" },
            "peerDependencies": { "prizm": "1", "here": "1", "there": "1", "needed": "1" },
            "peerDependenciesMeta": { "here": { "optional": true }, "there": { "optional": true } },
        }));
        let state = State {
            present: HashSet::from(["there".to_string()]),
            ..State::default()
        };
        state.amend_version(&mut version);
        assert_eq!(version.dependencies.keys().collect::<Vec<_>>(), ["zod"]);
        let mut peers: Vec<_> = version
            .peer_dependencies
            .keys()
            .map(|key| key.to_string())
            .collect();
        peers.sort();
        assert_eq!(peers, ["needed", "there"]);
    }

    #[test]
    fn absent_optional_dependencies_do_not_count_but_needed_ones_do() {
        let mut version = version(serde_json::json!({
            "version": "1.0.0",
            "dependencies": { "gone": "1", "other": "1", "needed": "9" },
            "optionalDependencies": { "gone": "1", "other": "1", "alias": "npm:gone@2" },
        }));
        let absent = |name: &str, requirement: Option<&str>| Absent {
            name: name.into(),
            requirement: requirement.map(Into::into),
        };
        let state = State {
            absent: vec![
                absent("gone", None),
                absent("needed", None),
                absent("other", Some("2")),
            ],
            ..State::default()
        };
        state.amend_version(&mut version);
        let mut names: Vec<_> = version
            .dependencies
            .keys()
            .map(|key| key.to_string())
            .collect();
        names.sort();
        assert_eq!(names, ["needed", "other"]);
        assert_eq!(version.optional_dependencies.len(), 1);
    }
}
