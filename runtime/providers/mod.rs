//! From an identifier to code that can be imported: fetched, classified, its entry point found.
//!
//! In: what scripts hand to `getProvider` and `getService`. Out: a [`Repository`]. Side effects: the sources'.
//! Running the code, unwrapping and validating it happen in `js/registry.ts`, inside the isolate.

mod describe;
pub mod entry;
mod error;
pub mod manifest;
mod package;

use deno_path_util::url_from_file_path;
use deno_semver::package::PackageReq;
use prizm_ops::registry::{Repository, RepositoryKind};

pub use error::LoadError;

use crate::context::Context;
use crate::sources::git::Checkout;
use crate::specifier::Specifier;
use crate::trust::subject::{Origin, Subject};
use describe::{describe, identity_of, remote, subject};
use package::package;

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
    Npm {
        name: String,
        version: String,
    },
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

/// `name@range` as the npm crates want it.
pub fn requirement(name: &str, version: Option<&str>) -> Result<PackageReq, String> {
    let text = match version {
        Some(version) => format!("{name}@{version}"),
        None => name.to_string(),
    };
    PackageReq::from_str(&text).map_err(|error| error.to_string())
}
