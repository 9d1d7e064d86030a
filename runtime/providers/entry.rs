//! Which file of a repository is its entry point.
//!
//! In: a folder. Out: the first file that exists of: package.json `exports`, `main`; `dist/index.js`;
//! `src/index.ts`; `index.ts`; `index.js`; and what was looked for. Side effects: reads package.json.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::manifest::{ManifestError, read_json};
use crate::loader::resolve::find_file;

/// After package.json's own word, in this order.
const USUAL: [&str; 4] = ["dist/index.js", "src/index.ts", "index.ts", "index.js"];

/// Conditions of `exports` that hold here, as in Node.
const CONDITIONS: [&str; 5] = ["import", "node", "module-sync", "default", "require"];

const COMPOSE_FILES: [&str; 7] = [
    "prizm.service.yml",
    "prizm.service.yaml",
    "prizm.service.json",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// The outcome of a search.
#[derive(Debug, Default)]
pub struct Found {
    pub entry: Option<PathBuf>,
    /// What was looked for, in order, as the error message shows it.
    pub tried: Vec<String>,
}

impl Found {
    /// The entry point that the identifier itself names.
    pub fn file(path: &Path) -> Found {
        Found {
            entry: Some(path.to_path_buf()),
            tried: vec![path.display().to_string()],
        }
    }
}

/// Looks for the entry point of the repository at `root`.
///
/// # Errors
/// [`ManifestError`] when package.json is not JSON.
pub fn find(root: &Path) -> Result<Found, ManifestError> {
    let mut found = Found::default();
    let package_json = read_json(&root.join("package.json"))?;
    for (field, target) in package_json.iter().flat_map(declared) {
        let name = format!("package.json {field} → {target}");
        if found.try_file(root, &target, name) {
            return Ok(found);
        }
    }
    for target in USUAL {
        if found.try_file(root, target, target.to_string()) {
            return Ok(found);
        }
    }
    Ok(found)
}

/// The compose file of the repository at `root`.
pub fn compose_file(root: &Path) -> Option<PathBuf> {
    COMPOSE_FILES
        .iter()
        .map(|name| root.join(name))
        .find(|path| path.is_file())
}

impl Found {
    fn try_file(&mut self, root: &Path, target: &str, name: String) -> bool {
        self.tried.push(name);
        let relative = Path::new(target.trim_start_matches("./"));
        // A manifest from the internet must not point outside its own repository.
        let stays_inside = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !stays_inside {
            return false;
        }
        self.entry = find_file(&root.join(relative));
        self.entry.is_some()
    }
}

fn declared(package_json: &Value) -> Vec<(&'static str, String)> {
    let mut targets = Vec::new();
    exports(&package_json["exports"], &mut targets);
    let mut all: Vec<_> = targets
        .into_iter()
        .map(|target| ("exports", target))
        .collect();
    if let Some(main) = package_json["main"]
        .as_str()
        .filter(|main| !main.is_empty())
    {
        all.push(("main", main.to_string()));
    }
    all
}

/// The targets of `exports["."]`, in the order in which they would be taken.
fn exports(value: &Value, targets: &mut Vec<String>) {
    match value {
        Value::String(target) => targets.push(target.clone()),
        Value::Array(list) => list.iter().for_each(|item| exports(item, targets)),
        Value::Object(object) => match object.get(".") {
            Some(root) => exports(root, targets),
            None => object
                .iter()
                .filter(|(condition, _)| CONDITIONS.contains(&condition.as_str()))
                .for_each(|(_, item)| exports(item, targets)),
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::repository;

    fn entry(files: &[(&str, &str)]) -> Option<String> {
        let folder = repository(files);
        let found = find(folder.path()).unwrap();
        let entry = found.entry?;
        Some(
            entry
                .strip_prefix(folder.path())
                .unwrap()
                .display()
                .to_string(),
        )
    }

    #[test]
    fn the_order_is_exports_main_dist_src_index() {
        let package = r#"{"exports":{".":{"import":"./a.ts"}},"main":"b.js"}"#;
        let all = [
            ("package.json", package),
            ("a.ts", ""),
            ("b.js", ""),
            ("dist/index.js", ""),
            ("src/index.ts", ""),
            ("index.ts", ""),
            ("index.js", ""),
        ];
        let order = [
            "a.ts",
            "b.js",
            "dist/index.js",
            "src/index.ts",
            "index.ts",
            "index.js",
        ];
        for (skipped, expected) in order.iter().enumerate() {
            let mut files = vec![all[0]];
            files.extend(&all[1 + skipped..]);
            assert_eq!(entry(&files).as_deref(), Some(*expected));
        }
        assert_eq!(entry(&all[..1]), None);
    }

    #[test]
    fn a_manifest_cannot_point_outside() {
        let folder = repository(&[
            ("outside.ts", ""),
            ("repo/package.json", r#"{"main":"../outside.ts"}"#),
        ]);
        let found = find(&folder.path().join("repo")).unwrap();
        assert_eq!(found.entry, None);
        assert_eq!(found.tried[0], "package.json main → ../outside.ts");
    }
}
