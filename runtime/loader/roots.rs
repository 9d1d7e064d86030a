//! The folders whose files an isolate may load without a read permission: they are code, not data.
//!
//! In: the script's folder and the cache. Out: does a path lie in one of them? Side effects: looks for the project's files.

use std::path::{Path, PathBuf};

use crate::context::Context;

/// What an isolate may load as code.
pub(super) struct Roots(Vec<PathBuf>);

impl Roots {
    /// The project of the script, and the whole cache.
    pub(super) fn of(context: &Context) -> Roots {
        Roots(vec![
            project_root(&context.base),
            context.resolver.cache_root.clone(),
        ])
    }

    pub(super) fn contain(&self, path: &Path) -> bool {
        self.0.iter().any(|root| path.starts_with(root))
    }
}

/// The nearest folder above the script that is a project; else the script's own.
fn project_root(base: &Path) -> PathBuf {
    let is_project = |folder: &&Path| {
        ["prizm.json", "package.json"]
            .iter()
            .any(|name| folder.join(name).is_file())
    };
    let root = base.ancestors().find(is_project).unwrap_or(base);
    std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf())
}
