//! The package.json and tsconfig.json that hold for a file, each read once for each process.
//!
//! In: paths. Out: what the nearest of them says. Side effects: reads them; tells a watcher of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use deno_package_json::{PackageJsonCache, PackageJsonCacheResult};
use node_resolver::PackageJson;
use prizm_typescript::TsConfig;

use super::{ResolveError, Resolver};
use crate::loader::used::UsedFiles;
use crate::loader::workspace::Workspace;

impl Resolver {
    /// The `tsconfig.json` that holds for a file.
    ///
    /// # Errors
    /// [`ResolveError::TsConfig`] when it cannot be parsed.
    pub fn tsconfig(&self, file: &Path) -> Result<Option<Arc<TsConfig>>, ResolveError> {
        let Some(folder) = file.parent() else {
            return Ok(None);
        };
        let known = self
            .tsconfigs
            .lock()
            .expect("never held across a panic")
            .get(folder)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let stop_at = self.repository_root(folder);
        let read = |path: &Path| {
            let text = std::fs::read_to_string(path);
            text.inspect(|_| self.used.note(path))
        };
        let config = TsConfig::discover(folder, stop_at.as_deref(), &read)
            .map_err(Arc::new)?
            .map(Arc::new);
        if let Some(config) = &config {
            config
                .warnings()
                .iter()
                .for_each(|warning| log::warn!("{warning}"));
        }
        let mut tsconfigs = self.tsconfigs.lock().expect("never held across a panic");
        Ok(tsconfigs
            .entry(folder.to_path_buf())
            .or_insert(config)
            .clone())
    }

    /// The workspace that the package in `folder` belongs to.
    ///
    /// # Errors
    /// [`ResolveError::Workspace`] when a file that declares one cannot be read.
    pub(super) fn workspace(&self, folder: &Path) -> Result<Option<Arc<Workspace>>, ResolveError> {
        let stop_at = self.repository_root(folder);
        for root in folder.ancestors() {
            if let Some(workspace) = self.workspace_at(root)?
                && workspace.holds(folder)
            {
                return Ok(Some(workspace));
            }
            if stop_at.as_deref() == Some(root) {
                break;
            }
        }
        Ok(None)
    }

    fn workspace_at(&self, root: &Path) -> Result<Option<Arc<Workspace>>, ResolveError> {
        let mut workspaces = self.workspaces.lock().expect("never held across a panic");
        if let Some(known) = workspaces.get(root) {
            return Ok(known.clone());
        }
        let workspace = Workspace::read(root)?.map(Arc::new);
        if let Some(workspace) = &workspace {
            self.used.note(&workspace.file);
        }
        workspaces.insert(root.to_path_buf(), workspace.clone());
        Ok(workspace)
    }

    /// A repository in the cache must not see what lies above it.
    fn repository_root(&self, folder: &Path) -> Option<PathBuf> {
        let inside = folder.strip_prefix(&self.cache_root).ok()?;
        let depth = inside
            .components()
            .position(|part| part.as_os_str() == "tree")?;
        Some(
            self.cache_root
                .join(inside.components().take(depth + 1).collect::<PathBuf>()),
        )
    }
}

/// Package.json files read in this process; they do not change under a running program.
#[derive(Debug)]
pub(super) struct PackageJsonMemory {
    pub(super) used: Arc<UsedFiles>,
    pub(super) known: Mutex<HashMap<PathBuf, Option<Arc<PackageJson>>>>,
}

impl PackageJsonCache for PackageJsonMemory {
    fn get(&self, path: &Path) -> PackageJsonCacheResult {
        let known = self
            .known
            .lock()
            .expect("never held across a panic")
            .get(path)
            .cloned();
        match known {
            Some(known) => PackageJsonCacheResult::Hit(known),
            None => PackageJsonCacheResult::NotCached,
        }
    }

    fn set(&self, path: PathBuf, package_json: Option<Arc<PackageJson>>) {
        if package_json.is_some() {
            self.used.note(&path);
        }
        self.known
            .lock()
            .expect("never held across a panic")
            .insert(path, package_json);
    }
}
