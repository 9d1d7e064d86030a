//! The `libc` of packages: which C library their binaries are for, a field that the npm crates do not know.
//!
//! In: packuments, a resolution. Out: packuments that carry the field among `os` (`"os": ["linux", "libc:musl"]`), the
//! one list that the crates hand through; the packages that are of use here. Side effects: none.
//!
//! A program loads binaries into its own process, so what counts is the library that Prizm itself is linked with.

use std::collections::HashSet;

use deno_npm::resolution::{NpmPackagesPartitioned, NpmResolutionSnapshot};
use deno_npm::{NpmPackageId, NpmResolutionPackage, NpmSystemInfo};
use serde_json::Value;

/// What marks an entry of `os`.
const MARK: &str = "libc:";

/// The C library of this program; `None` where npm's `libc` has no meaning.
const OWN: Option<&str> = if cfg!(all(target_os = "linux", target_env = "gnu")) {
    Some("glibc")
} else if cfg!(all(target_os = "linux", target_env = "musl")) {
    Some("musl")
} else {
    None
};

/// The packument with `libc` among `os`; as it came where no version has one.
pub fn carried(packument: Vec<u8>) -> Vec<u8> {
    let has_field = packument
        .windows(FIELD.len())
        .any(|part| part == FIELD.as_bytes());
    if !has_field {
        return packument;
    }
    // What is not JSON is told by whoever reads it next.
    let Ok(mut document) = serde_json::from_slice::<Value>(&packument) else {
        return packument;
    };
    let versions = document.get_mut("versions").and_then(Value::as_object_mut);
    for version in versions.into_iter().flat_map(|all| all.values_mut()) {
        carry(version);
    }
    serde_json::to_vec(&document).unwrap_or(packument)
}

const FIELD: &str = "\"libc\"";

fn carry(version: &mut Value) {
    let families = texts(&version["libc"]);
    if families.is_empty() {
        return;
    }
    let mut os = texts(&version["os"]);
    if os.is_empty() {
        // Only Linux has a choice of them.
        os.push("linux".to_owned());
    }
    os.extend(families.iter().map(|family| format!("{MARK}{family}")));
    version["os"] = os.into();
}

/// A list, or one text.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// Parts a list of `os` into what is one, and the `libc` among it.
pub fn parted(os: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (marked, os): (Vec<String>, Vec<String>) =
        os.into_iter().partition(|entry| entry.starts_with(MARK));
    let libc = marked
        .iter()
        .filter_map(|entry| entry.strip_prefix(MARK))
        .map(str::to_owned);
    (os, libc.collect())
}

/// The opposite of [`parted`].
pub fn joined<'a>(os: &'a [String], libc: &'a [String]) -> impl Iterator<Item = String> + 'a {
    let marked = libc.iter().map(|family| format!("{MARK}{family}"));
    os.iter().cloned().chain(marked)
}

/// The packages of `snapshot` that are to be installed on this system.
pub fn system_packages(snapshot: &NpmResolutionSnapshot) -> NpmPackagesPartitioned {
    let system = NpmSystemInfo::default();
    let mut all = snapshot.all_system_packages_partitioned(&system);
    if all.packages.iter().all(|package| fits(package, OWN)) {
        return all;
    }
    let wanted = reached(snapshot, &system);
    all.packages.retain(|package| wanted.contains(&package.id));
    all.copy_packages
        .retain(|package| wanted.contains(&package.id));
    all
}

/// Everything that the roots need, without optional packages for other systems.
fn reached(snapshot: &NpmResolutionSnapshot, system: &NpmSystemInfo) -> HashSet<NpmPackageId> {
    let mut reached = HashSet::new();
    let roots = snapshot.package_reqs().values();
    let mut open: Vec<NpmPackageId> = roots
        .filter_map(|nv| snapshot.resolve_package_from_deno_module(nv).ok())
        .map(|package| package.id.clone())
        .collect();
    while let Some(id) = open.pop() {
        let Some(package) = snapshot.package_from_id(&id) else {
            continue;
        };
        if !reached.insert(id) {
            continue;
        }
        for (name, id) in &package.dependencies {
            let is_optional = package.optional_dependencies.contains(name);
            let is_of_use = |package: &NpmResolutionPackage| {
                package.system.matches_system(system) && fits(package, OWN)
            };
            if !is_optional || snapshot.package_from_id(id).is_some_and(is_of_use) {
                open.push(id.clone());
            }
        }
    }
    reached
}

/// Is `own` among the C libraries that the package names, if it names any? By the rule for `os` and `cpu`.
fn fits(package: &NpmResolutionPackage, own: Option<&str>) -> bool {
    let families = package.system.os.iter();
    let families: Vec<&str> = families
        .filter_map(|entry| entry.strip_prefix(MARK))
        .collect();
    is_among(own, &families)
}

fn is_among(own: Option<&str>, families: &[&str]) -> bool {
    if families.is_empty() || families == ["any"] {
        return true;
    }
    let Some(own) = own else { return false };
    let excluded = families
        .iter()
        .filter_map(|family| family.strip_prefix('!'));
    let excluded: Vec<&str> = excluded.collect();
    if excluded.contains(&own) {
        return false;
    }
    families.contains(&own) || excluded.len() == families.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_travels_among_the_systems() {
        let packument = serde_json::json!({ "versions": {
            "1.0.0": { "os": ["linux"], "libc": ["musl"] },
            "2.0.0": { "libc": "glibc" },
            "3.0.0": { "os": ["darwin"] },
        } });
        let carried = carried(packument.to_string().into_bytes());
        let carried: Value = serde_json::from_slice(&carried).unwrap();
        let os = |version: &str| carried["versions"][version]["os"].clone();
        assert_eq!(os("1.0.0"), serde_json::json!(["linux", "libc:musl"]));
        assert_eq!(os("2.0.0"), serde_json::json!(["linux", "libc:glibc"]));
        assert_eq!(os("3.0.0"), serde_json::json!(["darwin"]));
        let (os, libc) = parted(texts(&os("1.0.0")));
        assert_eq!(
            joined(&os, &libc).collect::<Vec<_>>(),
            ["linux", "libc:musl"]
        );
        assert_eq!((os, libc), (vec!["linux".into()], vec!["musl".into()]));
    }

    #[test]
    fn what_has_no_field_stays_as_it_came() {
        for text in ["{ \"versions\": {} }", "not JSON, \"libc\" or not"] {
            assert_eq!(carried(text.into()), text.as_bytes());
        }
    }

    #[test]
    fn libraries_match_by_npms_rule() {
        assert!(is_among(Some("glibc"), &[]));
        assert!(is_among(None, &[]));
        assert!(is_among(Some("glibc"), &["musl", "glibc"]));
        assert!(!is_among(Some("glibc"), &["musl"]));
        assert!(is_among(Some("glibc"), &["!musl"]));
        assert!(!is_among(Some("musl"), &["!musl"]));
        assert!(!is_among(None, &["glibc"]));
        assert!(is_among(None, &["any"]));
    }
}
