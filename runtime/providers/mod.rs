//! From an identifier to code that can be imported: fetched, classified, its entry point found.
//!
//! In: what scripts hand to `getProvider` and `getService`. Out: a [`Repository`]. Side effects: the sources'.
//! Running the code, unwrapping and validating it happen in `js/registry.ts`, inside the isolate.

pub mod entry;
pub mod manifest;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_path_util::url_from_file_path;
use deno_semver::package::PackageReq;
use prizm_ops::registry::{Repository, RepositoryKind};
use url::Url;

use crate::context::Context;
use crate::history::HistoryError;
use crate::loader::resolve::ResolveError;
use crate::policy::PolicyError;
use crate::sources::git::{Checkout, GitError};
use crate::sources::http::RemoteError;
use crate::sources::npm::NpmError;
use crate::specifier::{Specifier, SpecifierError};
use crate::trust::subject::{Origin, Subject};
use manifest::ManifestError;
use node_resolver::ResolutionMode;

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
            let is_decision = error.downcast_ref::<PolicyError>().is_some_and(|it| it.at().is_some())
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
            LoadError::Manifest(_)
            | LoadError::Refused { .. }
            | LoadError::NoRepository { .. } => Vec::new(),
        }
    }
}

/// A repository in the cache, what is known of it, and what tells who made it.
#[derive(Debug)]
pub struct Found {
    pub repository: Repository,
    pub subject: Subject,
    pub evidence: Evidence,
}

/// Where signatures are looked for.
#[derive(Debug)]
pub enum Evidence {
    Git(Box<(Specifier, Checkout)>),
    Npm { name: String, version: String },
    /// Folders, and modules from the web.
    None,
}

/// Fetches a provider without deciding on it: nothing of it may run yet.
///
/// # Errors
/// [`LoadError`].
pub async fn fetch(context: &Context, identifier: &str) -> Result<Found, LoadError> {
    let specifier = context.parse_identifier(context.expand(identifier))?;
    find(context, RepositoryKind::Provider, identifier, &specifier).await
}

/// Fetches what `specifier` names and finds its entry point. `identifier`: the same, as the script wrote it.
///
/// # Errors
/// [`LoadError`].
pub async fn find(
    context: &Context,
    kind: RepositoryKind,
    identifier: &str,
    specifier: &Specifier,
) -> Result<Found, LoadError> {
    match specifier {
        Specifier::Github { .. } | Specifier::Git { .. } if context.options.refuses_remote => {
            Err(LoadError::Refused {
                identifier: specifier.canonical(),
            })
        }
        Specifier::Github { .. } | Specifier::Git { .. } => {
            let checkout = context.fetch_git(specifier).await?;
            let identity = identity_of(specifier, &checkout);
            let repository = describe(kind, specifier, identity, &checkout.dir)?;
            Ok(Found {
                subject: Subject {
                    version: checkout.version.clone(),
                    commit: Some(checkout.commit.clone()),
                    hash: Some(checkout.hash.clone()),
                    released: checkout.released,
                    origin: checkout.origin,
                    ..subject(identifier, specifier, &repository)
                },
                repository,
                evidence: Evidence::Git(Box::new((specifier.clone(), checkout))),
            })
        }
        Specifier::File { path } => {
            let path = std::fs::canonicalize(path)
                .map_err(|_| LoadError::NothingThere { path: path.clone() })?;
            let identity =
                url_from_file_path(&path).map_or_else(|_| path.display().to_string(), String::from);
            let repository = describe(kind, specifier, identity, &path)?;
            Ok(Found {
                subject: Subject {
                    origin: Origin::Folder,
                    ..subject(identifier, specifier, &repository)
                },
                repository,
                evidence: Evidence::None,
            })
        }
        Specifier::Npm { .. } => package(context, kind, identifier, specifier).await,
        Specifier::Http { url } => {
            let repository = remote(url);
            Ok(Found {
                subject: subject(identifier, specifier, &repository),
                repository,
                evidence: Evidence::None,
            })
        }
        Specifier::Static { .. } => Err(LoadError::NoRepository {
            identifier: identifier.to_string(),
        }),
    }
}

/// What is known of every kind.
fn subject(asked: &str, specifier: &Specifier, repository: &Repository) -> Subject {
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
fn identity_of(specifier: &Specifier, checkout: &Checkout) -> String {
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

async fn package(
    context: &Context,
    kind: RepositoryKind,
    identifier: &str,
    specifier: &Specifier,
) -> Result<Found, LoadError> {
    let Specifier::Npm {
        name,
        version,
        path,
    } = specifier
    else {
        unreachable!("called for npm alone");
    };
    let requirement =
        requirement(name, version.as_deref()).map_err(|reason| ResolveError::Invalid {
            specifier: specifier.canonical(),
            referrer: "getProvider".into(),
            reason,
        })?;
    context.npm.ensure(vec![requirement.clone()]).await?;
    let folder = context
        .npm
        .folder(&requirement)
        .ok_or_else(|| Arc::new(NpmError::Stopped))?;
    let identity = Specifier::Npm {
        name: name.clone(),
        version: context.npm.version(&requirement),
        path: path.clone(),
    };
    let mut repository = describe(kind, specifier, identity.canonical(), &folder)?;
    // A package's `exports` have conditions that only Node's own algorithm knows in full.
    let nowhere = Url::parse("file:///").expect("a constant");
    let entry = context.resolver.package(
        &requirement,
        path.as_deref(),
        &nowhere,
        ResolutionMode::Import,
    );
    match entry {
        Ok(entry) => repository.entry = Some(entry.into()),
        Err(error) if repository.entry.is_none() && repository.compose_file.is_none() => {
            return Err(error.into());
        }
        Err(_) => {}
    }
    let version = context.npm.version(&requirement);
    Ok(Found {
        subject: Subject {
            hash: version.as_deref().and_then(|version| context.npm.integrity(name, version)),
            version: version.clone(),
            ..subject(identifier, specifier, &repository)
        },
        repository,
        evidence: version.map_or(Evidence::None, |version| Evidence::Npm {
            name: name.clone(),
            version,
        }),
    })
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

/// `name@range` as the npm crates want it.
pub fn requirement(name: &str, version: Option<&str>) -> Result<PackageReq, String> {
    let text = match version {
        Some(version) => format!("{name}@{version}"),
        None => name.to_string(),
    };
    PackageReq::from_str(&text).map_err(|error| error.to_string())
}

fn remote(url: &Url) -> Repository {
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

/// `path`: the repository's folder, a sub-folder, or one file of it.
fn describe(
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
