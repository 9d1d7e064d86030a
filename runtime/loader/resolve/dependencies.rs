//! What a package.json says of a name: a range, a folder, a repository, a package of the same workspace.
//!
//! In: a package.json, a bare name. Out: a file, or the URL that it is fetched by. Side effects: reads the files of
//! workspaces.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_package_json::{PackageJsonDepValue, PackageJsonDepWorkspaceReq};
use deno_semver::package::PackageReq;
use node_resolver::{NodeResolutionKind, PackageJson, ResolutionMode};
use url::Url;

use super::error::{invalid, readable};
use super::files::{canonical, find_file};
use super::{ResolveError, Resolver};
use crate::loader::workspace::{Member, Workspace, WorkspaceError};
use crate::providers::entry;

/// Where packages have what is built of `src`.
const BUILT: [&str; 4] = ["dist", "lib", "build", "out"];

/// One import of a bare name.
pub(super) struct Wanted<'a> {
    /// `zod`, `@scope/name`.
    pub(super) name: &'a str,
    pub(super) subpath: Option<&'a str>,
    pub(super) referrer: &'a Url,
    pub(super) mode: ResolutionMode,
}

impl Resolver {
    /// What `package_json` says of the name; `None` if it says nothing.
    pub(super) fn dependency(
        &self,
        package_json: &PackageJson,
        wanted: &Wanted,
    ) -> Result<Option<Url>, ResolveError> {
        match declared(package_json, wanted.name) {
            Some(text) => self.declared_as(package_json, text, wanted).map(Some),
            None => Ok(None),
        }
    }

    fn declared_as(
        &self,
        package_json: &PackageJson,
        text: &str,
        wanted: &Wanted,
    ) -> Result<Url, ResolveError> {
        let folder = package_json.path.parent().unwrap_or(Path::new("/"));
        if let Some(url) = repository_dependency(text, wanted.subpath) {
            return Ok(url);
        }
        // `workspace:./packages/x` is a path, as in pnpm.
        if let Some(path) = text
            .strip_prefix("workspace:")
            .filter(|path| path.starts_with('.'))
        {
            return self.package_folder(&folder.join(path), wanted);
        }
        let value = PackageJsonDepValue::parse(wanted.name, text).map_err(|error| {
            let place = package_json.path.display();
            invalid(wanted.name, wanted.referrer, format!("{place}: {error}"))
        })?;
        match value {
            PackageJsonDepValue::Req(requirement) => match self.linked(folder, &requirement)? {
                Some(member) => self.package_folder(&member.folder, wanted),
                None => self.package(&requirement, wanted.subpath, wanted.referrer, wanted.mode),
            },
            PackageJsonDepValue::File(path) => self.file_dependency(&folder.join(path), wanted),
            PackageJsonDepValue::Workspace { name, version_req } => {
                let name = name.as_deref().unwrap_or(wanted.name);
                let member = self.sibling(package_json, text, wanted.name, name, &version_req)?;
                self.package_folder(&member.folder, wanted)
            }
            PackageJsonDepValue::Catalog(catalog) => {
                let text = self.catalogued(package_json, text, &catalog, wanted.name)?;
                self.declared_as(package_json, &text, wanted)
            }
        }
    }

    fn file_dependency(&self, path: &Path, wanted: &Wanted) -> Result<Url, ResolveError> {
        let target = path.join(wanted.subpath.unwrap_or_default());
        let file = find_file(&target).ok_or_else(|| not_found(wanted))?;
        self.file_url(canonical(file), wanted.name, wanted.referrer)
    }

    /// A package of the same workspace that nobody declares: npm links them all, and a registry's package of that
    /// name is hardly meant.
    pub(super) fn undeclared_member(
        &self,
        package_json: &PackageJson,
        wanted: &Wanted,
    ) -> Result<Option<Url>, ResolveError> {
        let folder = package_json.path.parent().unwrap_or(Path::new("/"));
        let workspace = self.workspace(folder)?;
        match workspace.as_deref().and_then(|it| it.member(wanted.name)) {
            Some(member) => self.package_folder(&member.folder, wanted).map(Some),
            None => Ok(None),
        }
    }

    /// The member that a range alone means.
    fn linked(
        &self,
        folder: &Path,
        requirement: &PackageReq,
    ) -> Result<Option<Member>, ResolveError> {
        let workspace = self.workspace(folder)?;
        Ok(workspace
            .filter(|workspace| workspace.links_ranges)
            .and_then(|workspace| workspace.member(&requirement.name).cloned())
            .filter(|member| member.fits(&requirement.version_req)))
    }

    /// The member that `workspace:` means.
    fn sibling(
        &self,
        package_json: &PackageJson,
        text: &str,
        dependency: &str,
        name: &str,
        range: &PackageJsonDepWorkspaceReq,
    ) -> Result<Member, ResolveError> {
        let workspace = self.workspace_of(package_json, text, dependency)?;
        let manifest = &package_json.path;
        let member = workspace.member(name).ok_or_else(|| {
            WorkspaceError::no_member(&workspace, dependency, name, text, manifest)
        })?;
        let fits = match range {
            PackageJsonDepWorkspaceReq::Tilde | PackageJsonDepWorkspaceReq::Caret => true,
            PackageJsonDepWorkspaceReq::VersionReq(range) => member.fits(range),
        };
        if fits {
            return Ok(member.clone());
        }
        Err(WorkspaceError::other_version(member, dependency, text, manifest).into())
    }

    fn catalogued(
        &self,
        package_json: &PackageJson,
        text: &str,
        catalog: &str,
        dependency: &str,
    ) -> Result<String, ResolveError> {
        let workspace = self.workspace_of(package_json, text, dependency)?;
        let found = workspace.catalogued(catalog, dependency);
        // A catalog that names a catalog would never end.
        let found = found.filter(|text| !text.starts_with("catalog:"));
        found.map(str::to_owned).ok_or_else(|| {
            ResolveError::from(WorkspaceError::NoCatalog {
                dependency: dependency.to_owned(),
                text: text.to_owned(),
                manifest: package_json.path.clone(),
                file: workspace.file.clone(),
            })
        })
    }

    fn workspace_of(
        &self,
        package_json: &PackageJson,
        text: &str,
        dependency: &str,
    ) -> Result<Arc<Workspace>, ResolveError> {
        let folder = package_json.path.parent().unwrap_or(Path::new("/"));
        self.workspace(folder)?.ok_or_else(|| {
            ResolveError::from(WorkspaceError::Outside {
                dependency: dependency.to_owned(),
                text: text.to_owned(),
                manifest: package_json.path.clone(),
            })
        })
    }

    /// A file of the package in `folder`: what its package.json says, or the source of what nobody has built.
    fn package_folder(&self, folder: &Path, wanted: &Wanted) -> Result<Url, ResolveError> {
        let said = self.node.resolve_package_subpath_from_deno_module(
            folder,
            wanted.subpath,
            Some(wanted.referrer),
            wanted.mode,
            NodeResolutionKind::Execution,
        );
        let said = match said.map_err(ResolveError::from) {
            Err(error) if error.code().is_some() => return Err(error),
            Err(_) => None,
            Ok(found) => found.into_path().ok(),
        };
        let candidates = said
            .iter()
            .flat_map(|path| [Some(path.clone()), source_of(folder, path)])
            .flatten()
            .chain(sources(folder, wanted.subpath));
        let found = candidates.into_iter().find_map(|path| find_file(&path));
        let found = match (found, wanted.subpath) {
            (None, None) => entry::find(folder).map_err(ResolveError::Manifest)?.entry,
            (found, _) => found,
        };
        let file = found.ok_or_else(|| not_found(wanted))?;
        self.file_url(canonical(file), wanted.name, wanted.referrer)
    }
}

/// `dist/a.js` is built of `src/a.ts`.
fn source_of(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut parts = path.strip_prefix(folder).ok()?.components();
    let built = parts.next()?.as_os_str().to_str()?;
    let inner = parts.as_path();
    (BUILT.contains(&built)).then(|| folder.join("src").join(inner))
}

fn sources(folder: &Path, subpath: Option<&str>) -> Vec<PathBuf> {
    let Some(subpath) = subpath else {
        return Vec::new();
    };
    vec![folder.join(subpath), folder.join("src").join(subpath)]
}

fn not_found(wanted: &Wanted) -> ResolveError {
    let subpath = wanted.subpath.map(|path| format!("/{path}"));
    ResolveError::NotFound {
        specifier: format!("{}{}", wanted.name, subpath.unwrap_or_default()),
        referrer: readable(wanted.referrer),
        near: None,
    }
}

fn declared<'a>(package_json: &'a PackageJson, name: &str) -> Option<&'a str> {
    [
        &package_json.dependencies,
        &package_json.dev_dependencies,
        &package_json.optional_dependencies,
        &package_json.peer_dependencies,
    ]
    .into_iter()
    .flatten()
    .find_map(|dependencies| dependencies.get(name))
    .map(String::as_str)
}

/// `"name": "github:owner/repo#v1"` in a package.json, as an identifier of ours.
fn repository_dependency(text: &str, subpath: Option<&str>) -> Option<Url> {
    let (source, reference) = match text.split_once('#') {
        Some((source, reference)) => (source, Some(reference)),
        None => (text, None),
    };
    if !source.starts_with("github:") && !source.starts_with("git+") {
        return None;
    }
    let reference = reference.map(|reference| {
        let reference = reference.strip_prefix("semver:").unwrap_or(reference);
        format!("@{reference}")
    });
    let subpath = subpath.map(|path| format!("/{path}")).unwrap_or_default();
    Url::parse(&format!(
        "{source}{subpath}{}",
        reference.unwrap_or_default()
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_dependencies_become_identifiers() {
        let url = repository_dependency("github:o/r#semver:^1.2", Some("lib")).unwrap();
        assert_eq!(url.as_str(), "github:o/r/lib@^1.2");
        assert!(repository_dependency("^1.2.3", None).is_none());
    }

    #[test]
    fn what_is_not_built_has_a_source() {
        let folder = Path::new("/p");
        assert_eq!(
            source_of(folder, Path::new("/p/dist/sub/a.js")),
            Some(PathBuf::from("/p/src/sub/a.js"))
        );
        assert_eq!(source_of(folder, Path::new("/p/other/a.js")), None);
    }
}
