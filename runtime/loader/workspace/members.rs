//! The packages that the patterns of a workspace name.
//!
//! In: the root, patterns such as `packages/*`, `apps/**`, `!**/test/**`. Out: packages by their name.
//! Side effects: lists folders as far as the patterns reach, reads package.json of each.
//!
//! Nothing outside of the root is looked at, whatever a pattern or a link says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use deno_semver::Version;
use globset::{Glob, GlobBuilder, GlobMatcher};

use super::Member;
use crate::providers::manifest::read_json;

/// How deep `**` goes.
const MAX_DEPTH: usize = 16;

/// What no pattern means.
const NEVER: [&str; 2] = ["node_modules", "bower_components"];

/// All members. A folder without a readable package.json, or without a name in it, is none.
pub fn find(root: &Path, patterns: &[String]) -> BTreeMap<String, Member> {
    let mut folders = BTreeSet::new();
    for pattern in patterns.iter().filter(|pattern| !pattern.starts_with('!')) {
        let parts: Vec<&str> = parts(pattern).collect();
        if !parts.contains(&"..") {
            expand(root, &parts, MAX_DEPTH, &mut folders);
        }
    }
    let excluded: Vec<GlobMatcher> = patterns
        .iter()
        .filter_map(|pattern| pattern.strip_prefix('!'))
        .filter_map(|pattern| matcher(&parts(pattern).collect::<Vec<_>>().join("/")))
        .collect();
    let is_excluded = |folder: &Path| {
        let inner = folder.strip_prefix(root).unwrap_or(folder);
        excluded.iter().any(|glob| glob.is_match(inner))
    };
    folders
        .into_iter()
        .filter(|folder| !is_excluded(folder))
        .filter_map(|folder| member(root, folder))
        .collect()
}

fn parts(pattern: &str) -> impl Iterator<Item = &str> {
    pattern
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// Adds the folders below `folder` that `parts` lead to.
fn expand(folder: &Path, parts: &[&str], depth: usize, found: &mut BTreeSet<PathBuf>) {
    let Some((part, rest)) = parts.split_first() else {
        found.insert(folder.to_path_buf());
        return;
    };
    if depth == 0 {
        return;
    }
    if *part == "**" {
        expand(folder, rest, depth, found);
        for child in children(folder) {
            expand(&child, parts, depth - 1, found);
        }
    } else if part.contains(['*', '?', '[', '{']) {
        let Some(glob) = matcher(part) else { return };
        let is_match = |child: &PathBuf| child.file_name().is_some_and(|name| glob.is_match(name));
        for child in children(folder).into_iter().filter(is_match) {
            expand(&child, rest, depth - 1, found);
        }
    } else {
        expand(&folder.join(part), rest, depth - 1, found);
    }
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_candidate = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        path.is_dir() && name.is_some_and(|name| !name.starts_with('.') && !NEVER.contains(&name))
    };
    entries
        .map(|entry| entry.path())
        .filter(is_candidate)
        .collect()
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let glob: Result<Glob, _> = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.ok().map(|glob| glob.compile_matcher())
}

fn member(root: &Path, folder: PathBuf) -> Option<(String, Member)> {
    let inner = folder.strip_prefix(root).ok()?;
    let is_plain = |part: Component| matches!(part, Component::Normal(_));
    if !inner.components().all(is_plain) || leads_out(root, &folder) {
        return None;
    }
    let manifest = read_json(&folder.join("package.json")).ok()??;
    let name = manifest["name"].as_str()?.to_owned();
    let version = manifest["version"].as_str();
    let version = version.and_then(|text| Version::parse_from_npm(text).ok());
    Some((name, Member { folder, version }))
}

fn leads_out(root: &Path, folder: &Path) -> bool {
    match (std::fs::canonicalize(root), std::fs::canonicalize(folder)) {
        (Ok(root), Ok(folder)) => !folder.starts_with(root),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for folder in [
            "packages/a",
            "packages/b/test/fixture",
            "packages/b",
            "apps/web/deep",
            "node_modules/n",
            "tool",
        ] {
            let path = root.path().join("repo").join(folder);
            std::fs::create_dir_all(&path).unwrap();
            let manifest = format!(r#"{{ "name": "{folder}", "version": "1.0.0" }}"#);
            std::fs::write(path.join("package.json"), manifest).unwrap();
        }
        std::fs::create_dir_all(root.path().join("outside")).unwrap();
        std::fs::write(
            root.path().join("outside/package.json"),
            r#"{ "name": "outside" }"#,
        )
        .unwrap();
        let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        let found = find(&root.path().join("repo"), &patterns);
        found.into_keys().collect()
    }

    #[test]
    fn patterns_name_folders() {
        assert_eq!(names(&["packages/*"]), ["packages/a", "packages/b"]);
        assert_eq!(
            names(&["./tool/", "packages/{a,c}"]),
            ["packages/a", "tool"]
        );
        assert_eq!(
            names(&["**", "!**/test/**"]),
            ["apps/web/deep", "packages/a", "packages/b", "tool"]
        );
    }

    #[test]
    fn nothing_outside_is_a_member() {
        assert_eq!(
            names(&["../outside", "packages/../../outside", "/etc"]),
            [""; 0]
        );
    }
}
