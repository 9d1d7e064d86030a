//! What a provider declares, fetched but not run.
//!
//! In: a specifier. Out: whom a grant would belong to, and what is asked for. Side effects: the sources'.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::error::{CliError, Kind};
use crate::context::Context;
use crate::permissions::{Owner, Requested};
use crate::providers::{LoadError, manifest, requirement};
use crate::specifier::Specifier;

/// A provider that was looked at.
pub(super) struct Found {
    pub(super) owner: Owner,
    pub(super) requested: Requested,
}

/// Fetches a provider and reads its manifest.
///
/// # Errors
/// [`CliError`] of the sources; a manifest that cannot be understood.
pub(super) async fn fetch(context: &Context, specifier: &Specifier) -> Result<Found, CliError> {
    let (folder, version) = match specifier {
        Specifier::Github { .. } | Specifier::Git { .. } => {
            let checkout = context.fetch_git(specifier).await?;
            (checkout.dir, checkout.version)
        }
        Specifier::Npm { name, version, .. } => package(context, name, version.as_deref()).await?,
        Specifier::File { path } => (path.clone(), None),
        Specifier::Http { .. } | Specifier::Static { .. } => {
            let message = format!("'{specifier}' names no repository, so it declares nothing");
            return Err(CliError::new(Kind::User, message));
        }
    };
    let root = match folder.is_file() {
        true => folder.parent().unwrap_or(Path::new("/")),
        false => &folder,
    };
    let manifest = manifest::read(root)?.unwrap_or(Value::Null);
    let major = version.and_then(|version| major_of(specifier, &version));
    Ok(Found {
        owner: Owner::new(specifier.without_version().canonical(), major),
        requested: Requested::from_manifest(&manifest, root)?,
    })
}

async fn package(
    context: &Context,
    name: &str,
    version: Option<&str>,
) -> Result<(PathBuf, Option<String>), CliError> {
    let requirement =
        requirement(name, version).map_err(|reason| CliError::new(Kind::Usage, reason))?;
    let installed = context.npm.ensure(vec![requirement.clone()]).await;
    installed.map_err(LoadError::from)?;
    let folder = context
        .npm
        .folder(&requirement)
        .ok_or_else(|| CliError::new(Kind::User, format!("npm:{name} could not be installed")))?;
    Ok((folder, context.npm.version(&requirement)))
}

/// The major version of what a range or tag turned out to be.
fn major_of(specifier: &Specifier, found: &str) -> Option<u64> {
    let mut exact = specifier.clone();
    match &mut exact {
        Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => {
            *reference = Some(found.to_string());
        }
        Specifier::Npm { version, .. } => *version = Some(found.to_string()),
        _ => {}
    }
    Owner::of_specifier(&exact)?.major()
}
