//! What a folder that was fetched says of itself.
//!
//! In: a folder, and what it was called. Out: [`Repository`], and the [`Subject`] that trust goes by. Side effects: reads
//! manifests.

use std::path::{Path, PathBuf};

use deno_path_util::url_from_file_path;
use prizm_ops::registry::{Repository, RepositoryKind};
use url::Url;

use super::{LoadError, entry, manifest};
use crate::sources::git::Checkout;
use crate::specifier::Specifier;
use crate::trust::subject::{Origin, Subject};

/// What is known of every kind.
pub(super) fn subject(asked: &str, specifier: &Specifier, repository: &Repository) -> Subject {
    Subject {
        asked: asked.to_string(),
        specifier: specifier.clone(),
        identity: repository.identity.clone(),
        name: specifier.without_version().canonical(),
        version: None,
        commit: None,
        hash: None,
        released: None,
        root: PathBuf::from(&repository.root),
        manifest: repository.manifest.clone(),
        origin: Origin::Cache,
    }
}

/// `github:owner/repo@<commit>`, with the path of a sub-folder or file: each is a thing of its own.
pub(super) fn identity_of(specifier: &Specifier, checkout: &Checkout) -> String {
    let inner = checkout
        .dir
        .strip_prefix(&checkout.root)
        .unwrap_or(Path::new(""));
    let inner = Some(inner.to_string_lossy().into_owned()).filter(|inner| !inner.is_empty());
    let mut specifier = specifier.clone();
    if let Specifier::Github {
        path, reference, ..
    }
    | Specifier::Git {
        path, reference, ..
    } = &mut specifier
    {
        *path = inner;
        *reference = Some(checkout.commit.clone());
    }
    specifier.canonical()
}

/// A module from the web is its own repository.
pub(super) fn remote(url: &Url) -> Repository {
    Repository {
        identity: url.to_string(),
        identifier: url.to_string(),
        root: url.path().to_string(),
        entry: Some(url.to_string()),
        compose_file: None,
        manifest: None,
        tried: Vec::new(),
        isolated: false,
    }
}

/// Entry point, compose file and manifest, each read once: what they say is what everything after goes by.
///
/// `path`: the repository's folder, a sub-folder, or one file of it.
///
/// # Errors
/// [`LoadError::Manifest`].
pub(super) fn describe(
    kind: RepositoryKind,
    specifier: &Specifier,
    identity: String,
    path: &Path,
) -> Result<Repository, LoadError> {
    let is_file = path.is_file();
    let root = match is_file {
        true => path.parent().unwrap_or(path),
        false => path,
    };
    let found = match is_file {
        true => entry::Found::file(path),
        false => entry::find(root)?,
    };
    let compose_file = match is_file {
        true => None,
        false => entry::compose_file(root),
    };
    // With both, a provider is the code, and a service the compose file.
    let is_compose = kind == RepositoryKind::Service
        && compose_file.is_some()
        && manifest::declares_service(root);
    Ok(Repository {
        identity,
        identifier: specifier.canonical(),
        root: root.to_string_lossy().into_owned(),
        entry: found
            .entry
            .filter(|_| !is_compose)
            .and_then(|path| url_from_file_path(&path).ok())
            .map(String::from),
        compose_file: compose_file.map(|path| path.to_string_lossy().into_owned()),
        manifest: manifest::read(root)?,
        tried: found.tried,
        isolated: false,
    })
}
