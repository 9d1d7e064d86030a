//! npm packages as providers.
//!
//! In: `npm:name@range`. Out: [`Found`]. Side effects: those of the npm source.

use std::sync::Arc;

use node_resolver::ResolutionMode;
use prizm_ops::registry::RepositoryKind;
use url::Url;

use super::describe::{describe, subject};
use super::{Evidence, Found, LoadError, requirement};
use crate::context::Context;
use crate::loader::resolve::ResolveError;
use crate::sources::npm::NpmError;
use crate::specifier::Specifier;
use crate::trust::subject::Subject;

/// Installs the package `specifier` and finds its entry point. `identifier`: the same, as the script wrote it.
///
/// # Errors
/// [`LoadError::Npm`], [`LoadError::Resolve`], [`LoadError::Manifest`].
pub(super) async fn package(
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
            hash: version
                .as_deref()
                .and_then(|version| context.npm.integrity(name, version)),
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
