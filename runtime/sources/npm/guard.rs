//! Where the npm graph is held against the policy: every package of it, whoever depends on it.
//!
//! In: the policy, what was resolved. Out: nothing, or the refusal. Side effects: packuments, where ages matter.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use deno_npm::registry::{NpmPackageInfo, NpmRegistryApi};
use deno_npm::resolution::{
    NewestDependencyDate, NewestDependencyDateOptions, NpmPackageVersionResolutionError,
    NpmResolutionError, NpmVersionResolver,
};
use deno_npmrc::ResolvedNpmRc;
use deno_semver::package::PackageNv;
use deno_semver::{Version, VersionReq};

use super::NpmError;
use super::registry::Registry;
use crate::policy::{Package, Policy};

/// A resolver that passes over versions which are too young, so that a range gives the newest that is old enough.
pub fn version_resolver(policy: &Policy) -> NpmVersionResolver {
    let age = policy.longest_minimum_age();
    let newest = age.and_then(|age| SystemTime::now().checked_sub(age));
    let Some(newest) = newest else {
        return NpmVersionResolver::default();
    };
    let (names, prefixes) = policy.young_packages();
    NpmVersionResolver {
        newest_dependency_date_options: NewestDependencyDateOptions {
            date: Some(NewestDependencyDate(DateTime::<Utc>::from(newest))),
            exclude: names.iter().map(|name| name.as_str().into()).collect(),
            exclude_prefixes: prefixes.iter().map(|name| name.as_str().into()).collect(),
        },
        ..NpmVersionResolver::default()
    }
}

/// Holds packages against the policy. Each comes with the address of its tarball.
///
/// # Errors
/// [`NpmError::Policy`].
pub async fn check<'a>(
    policy: &Policy,
    registries: &ResolvedNpmRc,
    registry: &Registry,
    packages: impl Iterator<Item = (&'a PackageNv, Option<&'a str>)>,
) -> Result<(), NpmError> {
    if policy.is_empty() {
        return Ok(());
    }
    for (nv, tarball) in packages {
        let home = registries.get_registry_url(&nv.name).as_str();
        let addresses: Vec<&str> = std::iter::once(home).chain(tarball).collect();
        let released = match policy.has_minimum_age() {
            true => released(registry, nv).await,
            false => None,
        };
        policy.check_package(Package {
            name: &nv.name,
            version: &nv.version.to_string(),
            addresses: &addresses,
            released,
        })?;
    }
    Ok(())
}

async fn released(registry: &Registry, nv: &PackageNv) -> Option<SystemTime> {
    let info = registry.package_info(&nv.name).await.ok()?;
    published(&info, &nv.version)
}

fn published(info: &NpmPackageInfo, version: &Version) -> Option<SystemTime> {
    info.time.get(version).copied().map(SystemTime::from)
}

/// The refusal behind a resolution that failed because all that fits is too young.
pub fn held_back(
    policy: &Policy,
    registry: &Registry,
    error: &NpmResolutionError,
) -> Option<NpmError> {
    let NpmResolutionError::Resolution(error) = error else {
        return None;
    };
    let (name, wanted) = match error {
        NpmPackageVersionResolutionError::VersionReqNotMatched {
            package_name,
            version_req,
            newest_dependency_date: Some(_),
        } => (package_name, version_req.clone()),
        NpmPackageVersionResolutionError::DistTagVersionTooNew {
            package_name,
            version,
            ..
        } => (package_name, VersionReq::parse_from_npm(version).ok()?),
        _ => return None,
    };
    let info = registry.known(name)?;
    let fitting = info
        .versions
        .keys()
        .filter(|version| wanted.matches(version));
    let version = fitting.max()?;
    let refused = policy.check_package(Package {
        name,
        version: &version.to_string(),
        addresses: &[],
        released: published(&info, version),
    });
    refused.err().map(NpmError::from)
}
