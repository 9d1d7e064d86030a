//! Why there is no repository.
//!
//! In: the errors of the sources. Out: [`LoadError`]. Side effects: hints look for similar names in a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::ManifestError;
use crate::history::HistoryError;
use crate::loader::resolve::ResolveError;
use crate::policy::PolicyError;
use crate::sources::git::GitError;
use crate::sources::http::RemoteError;
use crate::sources::npm::NpmError;
use crate::specifier::SpecifierError;

/// Similarity from which a name counts as mistyped.
const SIMILAR: f64 = 0.6;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Specifier(#[from] SpecifierError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Npm(#[from] Arc<NpmError>),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("There is nothing at '{}'", path.display())]
    NothingThere { path: PathBuf },
    #[error("Remote repositories are refused by --no-remote: {identifier}")]
    Refused { identifier: String },
    #[error("'{identifier}' names no repository")]
    NoRepository { identifier: String },
}

impl LoadError {
    /// What is not in the cache while the network is off, as `prizm cache add` takes it.
    pub fn missing(&self) -> Vec<String> {
        match self {
            LoadError::Npm(error) => error.missing(),
            LoadError::Git(error) => error
                .offline_identifier()
                .map(str::to_string)
                .into_iter()
                .collect(),
            LoadError::Remote(RemoteError::Offline { url }) => vec![url.to_string()],
            _ => Vec::new(),
        }
    }

    /// Whether somebody decided against it: it did not just fail.
    pub fn is_refusal(&self) -> bool {
        let mut next: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = next {
            let is_decision = error
                .downcast_ref::<PolicyError>()
                .is_some_and(|it| it.at().is_some())
                || error.is::<HistoryError>();
            if is_decision {
                return true;
            }
            next = error.source();
        }
        matches!(self, LoadError::Refused { .. })
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            LoadError::Specifier(error) => error.hints(),
            LoadError::Git(error) => error.hints(),
            LoadError::Npm(error) => error.hints(),
            LoadError::Remote(error) => error.hints(),
            LoadError::NothingThere { path } => vec![nearby(path)],
            LoadError::Resolve(error) => error.hints(),
            LoadError::Manifest(_) | LoadError::Refused { .. } | LoadError::NoRepository { .. } => {
                Vec::new()
            }
        }
    }
}

/// What stands where `path` does not: the most similar name beside it, or the folder to look into.
fn nearby(path: &Path) -> String {
    let existing = path
        .ancestors()
        .skip(1)
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("/"));
    let wanted = path
        .strip_prefix(existing)
        .ok()
        .and_then(|rest| rest.iter().next())
        .unwrap_or_default();
    let likeness =
        |name: &str| strsim::normalized_damerau_levenshtein(name, &wanted.to_string_lossy());
    let names = std::fs::read_dir(existing).into_iter().flatten().flatten();
    let nearest = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .map(|name| (likeness(&name), name))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((_, name)) => format!("did you mean '{}'?", existing.join(name).display()),
        None => format!("ls {}", existing.display()),
    }
}
