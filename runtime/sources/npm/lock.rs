//! The `npm` section of prizm.lock:
//!
//! ```json
//! {
//!   "specifiers": { "zod@^3": "zod@3.25.76" },
//!   "packages": {
//!     "zod@3.25.76": { "integrity": "sha512-…", "dependencies": { "alias": "other@1.0.0" } }
//!   }
//! }
//! ```
//!
//! In: the section, or a resolution. Out: the other. Side effects: none.
//! Every id is written in full, so that sections of two processes can be merged key by key.

use std::collections::{BTreeMap, HashMap, HashSet};

use deno_npm::registry::NpmPackageVersionDistInfo;
use deno_npm::resolution::{
    NpmResolutionSnapshot, SerializedNpmResolutionSnapshot, SerializedNpmResolutionSnapshotPackage,
};
use deno_npm::{NpmPackageId, NpmResolutionPackageSystemInfo};
use deno_npmrc::ResolvedNpmRc;
use deno_semver::package::{PackageNv, PackageReq};
use serde::{Deserialize, Serialize};

use super::c_library;

/// The section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Section {
    /// Requirement → package id.
    pub specifiers: BTreeMap<String, String>,
    /// Package id → what it is.
    pub packages: BTreeMap<String, Package>,
}

/// One package. An id is `name@version`, and the peers it was resolved with: `a@1.0.0_b@2.0.0`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Package {
    pub integrity: String,
    /// Only where it is not the registry's usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tarball: Option<String>,
    /// The name that the package uses → package id; optional ones among them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dependencies: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub optional_dependencies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub os: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpu: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub libc: Vec<String>,
    /// Has install scripts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scripts: bool,
}

impl Section {
    /// What `snapshot` holds. `dist` says where a package comes from: the lock's word counts before the registry's.
    pub fn of(
        snapshot: &NpmResolutionSnapshot,
        registries: &ResolvedNpmRc,
        dist: impl Fn(&PackageNv) -> Option<NpmPackageVersionDistInfo>,
    ) -> Section {
        let serialized = snapshot.as_valid_serialized().into_serialized();
        let specifiers = serialized.root_packages.iter();
        let packages = serialized.packages.into_iter().map(|mut package| {
            package.dist = dist(&package.id.nv).or(package.dist);
            (
                package.id.as_serialized().to_string(),
                Package::of(package, registries),
            )
        });
        Section {
            specifiers: specifiers
                .map(|(req, id)| (req.to_string(), id.as_serialized().to_string()))
                .collect(),
            packages: packages.collect(),
        }
    }

    /// Adds what `old` pins for requirements that this section does not have.
    pub fn carry_over(&mut self, old: &Section) {
        let kept = old
            .specifiers
            .iter()
            .filter(|(requirement, _)| !self.specifiers.contains_key(*requirement));
        let mut kept = Section {
            specifiers: kept
                .map(|(requirement, id)| (requirement.clone(), id.clone()))
                .collect(),
            packages: old.packages.clone(),
        };
        kept.prune();
        self.specifiers.extend(kept.specifiers);
        for (id, package) in kept.packages {
            self.packages.entry(id).or_insert(package);
        }
    }

    /// Drops requirements whose packages are not all there, then packages that nothing asks for.
    pub fn prune(&mut self) {
        let mut reached = HashSet::new();
        let packages = &self.packages;
        self.specifiers.retain(|_, id| match closure(packages, id) {
            Some(ids) => {
                reached.extend(ids);
                true
            }
            None => false,
        });
        self.packages.retain(|id, _| reached.contains(id));
    }

    /// The section as a resolution to start from.
    ///
    /// # Errors
    /// The reason, where an id cannot be read.
    pub fn snapshot(&self, registries: &ResolvedNpmRc) -> Result<NpmResolutionSnapshot, String> {
        let mut root_packages = HashMap::new();
        for (requirement, id) in &self.specifiers {
            let requirement =
                PackageReq::from_str(requirement).map_err(|error| error.to_string())?;
            root_packages.insert(requirement, parse_id(id)?);
        }
        let packages = self
            .packages
            .iter()
            .map(|(id, package)| package.restored(parse_id(id)?, registries));
        let serialized = SerializedNpmResolutionSnapshot {
            root_packages,
            packages: packages.collect::<Result<_, String>>()?,
        };
        let valid = serialized.into_valid().map_err(|error| error.to_string())?;
        Ok(NpmResolutionSnapshot::new(valid))
    }
}

impl Package {
    fn of(package: SerializedNpmResolutionSnapshotPackage, registries: &ResolvedNpmRc) -> Package {
        let dist = package.dist.as_ref();
        let integrity = dist.and_then(|dist| Some(dist.integrity().for_lockfile()?.into_owned()));
        let tarball = dist.map(|dist| dist.tarball.clone());
        let usual = usual_tarball(&package.id.nv, registries);
        let mut optional: Vec<String> = package
            .optional_dependencies
            .iter()
            .map(ToString::to_string)
            .collect();
        optional.retain(|name| package.dependencies.contains_key(name.as_str()));
        optional.sort();
        let dependencies = package.dependencies.iter();
        let (os, libc) =
            c_library::parted(package.system.os.iter().map(ToString::to_string).collect());
        Package {
            integrity: integrity.unwrap_or_default(),
            tarball: tarball
                .filter(|tarball| *tarball != usual && !is_default(tarball, &package.id.nv)),
            dependencies: dependencies
                .map(|(name, id)| (name.to_string(), id.as_serialized().to_string()))
                .collect(),
            optional_dependencies: optional,
            os,
            cpu: package.system.cpu.iter().map(ToString::to_string).collect(),
            libc,
            scripts: package.has_scripts,
        }
    }

    fn restored(
        &self,
        id: NpmPackageId,
        registries: &ResolvedNpmRc,
    ) -> Result<SerializedNpmResolutionSnapshotPackage, String> {
        let mut dependencies = HashMap::new();
        for (name, id) in &self.dependencies {
            dependencies.insert(name.as_str().into(), parse_id(id)?);
        }
        Ok(SerializedNpmResolutionSnapshotPackage {
            dist: Some(self.dist(&id.nv, registries)),
            id,
            system: NpmResolutionPackageSystemInfo {
                os: c_library::joined(&self.os, &self.libc)
                    .map(|os| os.as_str().into())
                    .collect(),
                cpu: self.cpu.iter().map(|cpu| cpu.as_str().into()).collect(),
            },
            dependencies,
            optional_dependencies: self
                .optional_dependencies
                .iter()
                .map(|name| name.as_str().into())
                .collect(),
            optional_peer_dependencies: HashSet::new(),
            extra: None,
            is_deprecated: false,
            has_bin: false,
            has_scripts: self.scripts,
        })
    }

    fn dist(&self, nv: &PackageNv, registries: &ResolvedNpmRc) -> NpmPackageVersionDistInfo {
        let key = match self.integrity.contains('-') {
            true => "integrity",
            false => "shasum",
        };
        let tarball = self
            .tarball
            .clone()
            .unwrap_or_else(|| usual_tarball(nv, registries));
        serde_json::from_value(serde_json::json!({ "tarball": tarball, key: self.integrity }))
            .expect("the fields of a dist, as texts")
    }
}

/// All ids that `root` needs, itself included; `None` if one is missing or has no integrity.
fn closure(packages: &BTreeMap<String, Package>, root: &str) -> Option<HashSet<String>> {
    let mut ids = HashSet::new();
    let mut queue = vec![root.to_string()];
    while let Some(id) = queue.pop() {
        let package = packages
            .get(&id)
            .filter(|package| !package.integrity.is_empty())?;
        if ids.insert(id) {
            queue.extend(package.dependencies.values().cloned());
        }
    }
    Some(ids)
}

fn parse_id(id: &str) -> Result<NpmPackageId, String> {
    NpmPackageId::from_serialized(id).map_err(|error| error.to_string())
}

/// Where registries keep tarballs: `<registry>/@scope/name/-/name-1.0.0.tgz`.
fn usual_tarball(nv: &PackageNv, registries: &ResolvedNpmRc) -> String {
    let registry = registries.get_registry_url(&nv.name).as_str();
    format!("{}/{}", registry.trim_end_matches('/'), tarball_path(nv))
}

/// A mirror may hand out the addresses of the public registry.
fn is_default(tarball: &str, nv: &PackageNv) -> bool {
    tarball == format!("{}{}", deno_npmrc::NPM_DEFAULT_REGISTRY, tarball_path(nv))
        || tarball == format!("{}/{}", deno_npmrc::NPM_DEFAULT_REGISTRY, tarball_path(nv))
}

fn tarball_path(nv: &PackageNv) -> String {
    let base = nv.name.rsplit('/').next().unwrap_or(&nv.name);
    format!("{}/-/{base}-{}.tgz", nv.name, nv.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use deno_resolver::npmrc::create_default_npmrc;
    use sys_traits::impls::RealSys;

    fn section(json: serde_json::Value) -> Section {
        serde_json::from_value(json).unwrap()
    }

    fn two() -> Section {
        section(serde_json::json!({
            "specifiers": { "a@1": "a@1.0.0", "@s/b@^2": "@s/b@2.1.0" },
            "packages": {
                "a@1.0.0": { "integrity": "sha512-YQ==", "dependencies": { "alias": "@s/b@2.1.0" }, "scripts": true },
                "@s/b@2.1.0": { "integrity": "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "os": ["linux"], "libc": ["musl"] },
            },
        }))
    }

    #[test]
    fn a_section_survives_the_way_through_a_resolution() {
        let registries = create_default_npmrc(&RealSys);
        let snapshot = two().snapshot(&registries).unwrap();
        assert_eq!(Section::of(&snapshot, &registries, |_| None), two());
    }

    #[test]
    fn what_is_incomplete_or_unused_goes() {
        let mut section = two();
        section
            .packages
            .get_mut("@s/b@2.1.0")
            .unwrap()
            .integrity
            .clear();
        section.specifiers.insert("c@*".into(), "c@1.0.0".into());
        section.prune();
        assert_eq!(section, Section::default());
    }

    #[test]
    fn pins_of_others_are_carried_over() {
        let mut new = section(serde_json::json!({
            "specifiers": { "@s/b@^2": "@s/b@2.2.0" },
            "packages": { "@s/b@2.2.0": { "integrity": "sha512-Yg==" } },
        }));
        new.carry_over(&two());
        assert_eq!(new.specifiers["a@1"], "a@1.0.0");
        assert_eq!(new.specifiers["@s/b@^2"], "@s/b@2.2.0");
        assert_eq!(new.packages.len(), 3);
    }
}
