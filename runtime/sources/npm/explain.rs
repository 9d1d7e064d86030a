//! From what the resolver says to what a person can act upon: what was asked for, who asked, what there is instead.
//!
//! In: the resolver's error, the requirements, the packuments that this resolution met. Out: `NpmError`.
//! Side effects: none.

use std::collections::{HashSet, VecDeque};

use deno_npm::registry::{
    NpmDependencyEntryError, NpmPackageInfo, NpmPackageVersionInfo, NpmRegistryPackageInfoLoadError,
};
use deno_npm::resolution::{
    NpmPackageVersionNotFound, NpmPackageVersionResolutionError, NpmResolutionError,
};
use deno_npmrc::ResolvedNpmRc;
use deno_semver::package::PackageReq;
use deno_semver::{Version, VersionReq};

use super::NpmError;
use super::registry::{Absent, LoadFailure, Registry, aliased};

/// Near versions that an error lists.
const NEAREST: usize = 5;

/// What the resolver could not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    pub name: String,
    /// As it was written; `None` where the package itself is missing.
    pub requirement: Option<String>,
}

impl Missing {
    /// `None`: the error is about something else.
    pub fn of(error: &NpmResolutionError) -> Option<Missing> {
        let (name, requirement) = match error {
            NpmResolutionError::Registry(NpmRegistryPackageInfoLoadError::PackageNotExists {
                package_name,
            }) => (package_name.clone(), None),
            NpmResolutionError::Registry(_) => return None,
            NpmResolutionError::DependencyEntry(entry) => {
                (entry.key.clone(), Some(entry.value.clone()))
            }
            NpmResolutionError::Resolution(error) => {
                let (name, requirement) = versioned(error)?;
                (name, Some(requirement))
            }
        };
        Some(Missing { name, requirement })
    }

    pub fn absent(&self) -> Absent {
        Absent {
            name: self.name.clone(),
            requirement: self.requirement.clone(),
        }
    }
}

fn versioned(error: &NpmPackageVersionResolutionError) -> Option<(String, String)> {
    match error {
        NpmPackageVersionResolutionError::DistTagNotFound {
            dist_tag,
            package_name,
        }
        | NpmPackageVersionResolutionError::DistTagVersionNotFound {
            dist_tag,
            package_name,
            ..
        } => Some((package_name.to_string(), dist_tag.clone())),
        NpmPackageVersionResolutionError::VersionReqNotMatched {
            package_name,
            version_req,
            ..
        } => Some((
            package_name.to_string(),
            version_req.version_text().to_string(),
        )),
        NpmPackageVersionResolutionError::VersionNotFound(NpmPackageVersionNotFound(nv)) => {
            Some((nv.name.to_string(), nv.version.to_string()))
        }
        _ => None,
    }
}

/// What an error is to be told with.
pub struct Explainer<'a> {
    pub registry: &'a Registry,
    pub registries: &'a ResolvedNpmRc,
    pub requirements: &'a [PackageReq],
}

impl Explainer<'_> {
    pub fn explain(&self, error: &NpmResolutionError) -> NpmError {
        if let NpmResolutionError::DependencyEntry(entry) = error {
            return unsupported(entry);
        }
        if let Some(missing) = Missing::of(error) {
            return self.missing(&missing);
        }
        let failed = self.registry.failed();
        let failure = failed
            .first()
            .and_then(|name| Some((name, self.registry.failure(name)?)));
        match failure {
            Some((name, LoadFailure::Http(source))) => NpmError::Download {
                item: self.item(name),
                registry: self.registries.get_registry_url(name).to_string(),
                source,
            },
            Some((name, LoadFailure::Other(reason))) => NpmError::Metadata {
                package: self.item(name),
                reason,
            },
            None => NpmError::Metadata {
                package: self.requirements.first().map(show).unwrap_or_default(),
                reason: error.to_string(),
            },
        }
    }

    /// `name@range` as the program or a package asks for it.
    pub fn item(&self, name: &str) -> String {
        if let Some(requirement) = self
            .requirements
            .iter()
            .find(|requirement| requirement.name == name)
        {
            return show(requirement);
        }
        self.wanted_by(name, None)
            .map_or_else(|| name.to_string(), |(_, wanted)| wanted)
    }

    fn missing(&self, missing: &Missing) -> NpmError {
        let is_asked = |requirement: &&PackageReq| {
            requirement.name == missing.name.as_str()
                && missing
                    .requirement
                    .as_ref()
                    .is_none_or(|text| requirement.version_req.version_text() == text)
        };
        let (parent, wanted) = match self.requirements.iter().find(is_asked) {
            Some(requirement) => (None, show(requirement)),
            None => match self.wanted_by(&missing.name, missing.requirement.as_deref()) {
                Some((parent, wanted)) => (Some(parent), wanted),
                None => (None, missing.name.clone()),
            },
        };
        let Some(range) = &missing.requirement else {
            return NpmError::NoPackage {
                wanted,
                parent,
                registry: self.registries.get_registry_url(&missing.name).to_string(),
            };
        };
        let info = self.registry.known(&missing.name);
        let is_tag = VersionReq::parse_from_npm(range).is_ok_and(|range| range.tag().is_some());
        match is_tag {
            true => NpmError::NoTag {
                name: missing.name.clone(),
                tag: range.clone(),
                parent,
                tags: info.map(|info| tags(&info)).unwrap_or_default(),
            },
            false => NpmError::NoVersion {
                name: missing.name.clone(),
                range: range.clone(),
                parent,
                nearest: info.map(|info| nearest(&info, range)).unwrap_or_default(),
            },
        }
    }

    /// The package whose dependency led to `name`, and that dependency as `name@range`.
    fn wanted_by(&self, name: &str, range: Option<&str>) -> Option<(String, String)> {
        let requirement = |requirement: &PackageReq| {
            (
                requirement.name.to_string(),
                requirement.version_req.clone(),
            )
        };
        let mut queue: VecDeque<(String, VersionReq)> =
            self.requirements.iter().map(requirement).collect();
        let mut seen = HashSet::new();
        while let Some((package, wanted)) = queue.pop_front() {
            let Some(info) = self.registry.known(&package) else {
                continue;
            };
            let Some(version) = best(&info, &wanted) else {
                continue;
            };
            if !seen.insert((package.clone(), version.version.clone())) {
                continue;
            }
            for (key, value) in dependencies(version) {
                let (target, text) = aliased(key, value);
                if target == name && range.is_none_or(|range| range == text) {
                    return Some((
                        format!("{package}@{}", version.version),
                        format!("{target}@{text}"),
                    ));
                }
                queue.extend(
                    VersionReq::parse_from_npm(text)
                        .ok()
                        .map(|range| (target.to_string(), range)),
                );
            }
        }
        None
    }
}

/// `zod`, `zod@^3`.
pub fn show(requirement: &PackageReq) -> String {
    match requirement.version_req.version_text() {
        "*" => requirement.name.to_string(),
        text => format!("{}@{text}", requirement.name),
    }
}

fn unsupported(entry: &NpmDependencyEntryError) -> NpmError {
    NpmError::Unsupported {
        parent: entry.parent_nv.to_string(),
        key: entry.key.clone(),
        value: entry.value.clone(),
    }
}

fn dependencies(version: &NpmPackageVersionInfo) -> impl Iterator<Item = (&str, &str)> {
    let all = [
        &version.dependencies,
        &version.optional_dependencies,
        &version.peer_dependencies,
    ];
    let mut all: Vec<(&str, &str)> = all
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    all.sort_unstable();
    all.into_iter()
}

fn best<'a>(info: &'a NpmPackageInfo, range: &VersionReq) -> Option<&'a NpmPackageVersionInfo> {
    let version = match range.tag() {
        Some(tag) => info.dist_tags.get(tag)?,
        None => info
            .versions
            .keys()
            .filter(|version| range.matches(version))
            .max()?,
    };
    info.versions.get(version)
}

fn tags(info: &NpmPackageInfo) -> Vec<String> {
    let mut tags: Vec<String> = info.dist_tags.keys().cloned().collect();
    // `latest` is what most people want.
    tags.sort_by_key(|tag| (tag != "latest", tag.clone()));
    tags
}

/// The versions next to the one that `range` begins with, the nearest first; the newest ones where it names none.
fn nearest(info: &NpmPackageInfo, range: &str) -> Vec<String> {
    let mut versions: Vec<&Version> = info.versions.keys().collect();
    if versions.iter().any(|version| version.pre.is_empty()) {
        versions.retain(|version| version.pre.is_empty());
    }
    versions.sort();
    let place = match lower_bound(range) {
        Some(wanted) => versions.partition_point(|version| **version < wanted),
        None => versions.len(),
    };
    let (below, above) = versions.split_at(place);
    let mut near: Vec<&&Version> = Vec::new();
    let (mut below, mut above) = (below.iter().rev(), above.iter());
    while near.len() < NEAREST {
        let before = near.len();
        near.extend(below.next());
        near.extend(above.next());
        if near.len() == before {
            break;
        }
    }
    near.iter().take(NEAREST).map(ToString::to_string).collect()
}

/// `^4.2` → 4.2.0.
fn lower_bound(range: &str) -> Option<Version> {
    let start = range.find(|letter: char| letter.is_ascii_digit())?;
    let number = range[start..]
        .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .next()?;
    let mut parts: Vec<&str> = number
        .split('.')
        .filter(|part| !part.is_empty())
        .take(3)
        .collect();
    parts.resize(3, "0");
    Version::parse_from_npm(&parts.join(".")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(versions: &[&str]) -> NpmPackageInfo {
        let all: serde_json::Map<String, serde_json::Value> = versions
            .iter()
            .map(|version| {
                (
                    version.to_string(),
                    serde_json::json!({ "version": version }),
                )
            })
            .collect();
        serde_json::from_value(serde_json::json!({ "name": "a", "versions": all })).unwrap()
    }

    #[test]
    fn the_nearest_versions_come_first() {
        let info = with(&["1.0.0", "1.2.8", "1.3.0", "2.0.0-beta.1", "2.0.0"]);
        assert_eq!(
            nearest(&info, "1.2.9"),
            ["1.2.8", "1.3.0", "1.0.0", "2.0.0"]
        );
        assert_eq!(nearest(&info, "^99"), ["2.0.0", "1.3.0", "1.2.8", "1.0.0"]);
        assert_eq!(nearest(&with(&["1.0.0-rc.1"]), "1"), ["1.0.0-rc.1"]);
    }
}
