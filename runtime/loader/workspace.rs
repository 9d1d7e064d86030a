//! A workspace: several packages in one repository, which may depend on each other by name.
//!
//! In: a folder. Out: the packages and catalogs that its package.json (`workspaces`) or `pnpm-workspace.yaml` names.
//! Side effects: reads those files, and the package.json of each member when it is first asked for.
//!
//! ```yaml
//! packages: ['packages/*', '!**/test/**']
//! catalog: { zod: ^3.25.0 }              # "zod": "catalog:"
//! catalogs: { react18: { react: ^18.2.0 } } # "react": "catalog:react18"
//! ```

mod error;
mod members;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use deno_semver::{Version, VersionReq};
use serde::Deserialize;

use crate::providers::manifest::read_json;
pub use error::WorkspaceError;

const PNPM: &str = "pnpm-workspace.yaml";
const NPM: &str = "package.json";

/// Name → requirement.
type Catalog = BTreeMap<String, String>;

/// One workspace.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    /// The file that declares it.
    pub file: PathBuf,
    /// Whether a range alone may mean a member, as for npm, yarn and bun; pnpm wants `workspace:`.
    pub links_ranges: bool,
    declared: Declared,
    members: OnceLock<BTreeMap<String, Member>>,
}

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Declared {
    packages: Vec<String>,
    catalog: Catalog,
    catalogs: BTreeMap<String, Catalog>,
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub folder: PathBuf,
    pub version: Option<Version>,
}

impl Member {
    /// Does the package's version fit? One without a version fits any that is not asked for by number.
    pub fn fits(&self, wanted: &VersionReq) -> bool {
        match &self.version {
            Some(version) => wanted.tag().is_none() && wanted.matches(version),
            None => wanted.version_text() == "*",
        }
    }
}

impl Workspace {
    /// The workspace whose root is `root`, if it is one.
    ///
    /// # Errors
    /// [`WorkspaceError`]: the file that declares it cannot be read.
    pub fn read(root: &Path) -> Result<Option<Workspace>, WorkspaceError> {
        if let Some(declared) = read_yaml(&root.join(PNPM))? {
            return Ok(Some(Workspace::new(root, PNPM, declared)));
        }
        let Some(manifest) = read_json(&root.join(NPM))? else {
            return Ok(None);
        };
        Ok(of_manifest(&manifest).map(|declared| Workspace::new(root, NPM, declared)))
    }

    fn new(root: &Path, file: &str, declared: Declared) -> Workspace {
        Workspace {
            root: root.to_path_buf(),
            file: root.join(file),
            links_ranges: file == NPM,
            declared,
            members: OnceLock::new(),
        }
    }

    /// Is the package in `folder` one of this workspace?
    pub fn holds(&self, folder: &Path) -> bool {
        folder == self.root
            || self
                .members()
                .values()
                .any(|member| member.folder == folder)
    }

    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members().get(name)
    }

    /// What a catalog says of a dependency; the unnamed one is `default`.
    pub fn catalogued(&self, catalog: &str, dependency: &str) -> Option<&str> {
        let named = self.declared.catalogs.get(catalog);
        let own = named.or((catalog == "default").then_some(&self.declared.catalog))?;
        own.get(dependency).map(String::as_str)
    }

    /// The names of all members, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members().keys().map(String::as_str)
    }

    fn members(&self) -> &BTreeMap<String, Member> {
        self.members
            .get_or_init(|| members::find(&self.root, &self.declared.packages))
    }
}

fn read_yaml(path: &Path) -> Result<Option<Declared>, WorkspaceError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(WorkspaceError::Read {
                path: path.to_path_buf(),
                source,
            });
        }
    };
    if text.trim().is_empty() {
        return Ok(Some(Declared::default()));
    }
    serde_saphyr::from_str(&text)
        .map(Some)
        .map_err(|error| WorkspaceError::NotYaml {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })
}

/// `"workspaces"` is a list, or an object with `packages` and catalogs, which may also stand beside it.
fn of_manifest(manifest: &serde_json::Value) -> Option<Declared> {
    let workspaces = manifest.get("workspaces")?;
    let texts = |value: &serde_json::Value| -> Vec<String> {
        serde_json::from_value(value.clone()).unwrap_or_default()
    };
    let catalog_of = |value: &serde_json::Value| value.get("catalog").map(map::<String>);
    let catalogs_of = |value: &serde_json::Value| value.get("catalogs").map(map::<Catalog>);
    Some(Declared {
        packages: texts(workspaces.get("packages").unwrap_or(workspaces)),
        catalog: catalog_of(manifest)
            .or_else(|| catalog_of(workspaces))
            .unwrap_or_default(),
        catalogs: catalogs_of(manifest)
            .or_else(|| catalogs_of(workspaces))
            .unwrap_or_default(),
    })
}

fn map<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> BTreeMap<String, T> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::repository;

    #[test]
    fn a_folder_is_a_workspace_by_either_file() {
        let files = [(
            "package.json",
            r#"{ "workspaces": { "packages": ["p/*"], "catalog": { "zod": "3" } } }"#,
        )];
        let folder = repository(&files);
        let workspace = Workspace::read(folder.path()).unwrap().unwrap();
        assert_eq!(workspace.catalogued("default", "zod"), Some("3"));
        assert!(workspace.links_ranges);

        let yaml = "packages:\n  - 'p/*'\ncatalogs:\n  old:\n    zod: ^2\n";
        let folder = repository(&[files[0], ("pnpm-workspace.yaml", yaml)]);
        let workspace = Workspace::read(folder.path()).unwrap().unwrap();
        assert_eq!(workspace.catalogued("old", "zod"), Some("^2"));
        assert_eq!(workspace.catalogued("default", "zod"), None);
        assert!(!workspace.links_ranges);

        let folder = repository(&[("package.json", "{}")]);
        assert!(Workspace::read(folder.path()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_yaml_is_told() {
        let folder = repository(&[("pnpm-workspace.yaml", "packages: [")]);
        let error = Workspace::read(folder.path()).unwrap_err();
        assert!(error.to_string().contains("pnpm-workspace.yaml"), "{error}");
    }

    #[test]
    fn members_fit_by_their_version() {
        let member = |version: Option<&str>| Member {
            folder: PathBuf::new(),
            version: version.map(|text| Version::parse_from_npm(text).unwrap()),
        };
        let range = |text: &str| VersionReq::parse_from_npm(text).unwrap();
        assert!(member(Some("1.2.0")).fits(&range("^1.1")));
        assert!(!member(Some("1.2.0")).fits(&range("^2")));
        assert!(!member(Some("1.2.0")).fits(&range("latest")));
        assert!(member(None).fits(&range("*")));
        assert!(!member(None).fits(&range("^1")));
    }
}
