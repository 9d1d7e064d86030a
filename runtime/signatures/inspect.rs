//! All that is known of the origin of one repository, package or folder.
//!
//! In: what the sources found. Out: [`SignatureReport`]. Side effects: those of the sources, where the evidence is not
//! in the cache.

use std::path::Path;

use super::detached::verify_detached;
use super::error::SignatureError;
use super::git::verify_git;
use super::npm::verify_npm;
use super::provenance::TrustRoot;
use super::report::SignatureReport;
use super::signers::Signers;
use crate::sources::git::{Checkout, GitSource};
use crate::sources::npm::Npm;
use crate::specifier::Specifier;

/// Commit, annotated tag and `prizm.sig` of a git repository, of which the files in the cache are held against the
/// commit.
///
/// # Errors
/// [`SignatureError`].
pub async fn inspect_git(
    git: &GitSource,
    specifier: &Specifier,
    checkout: &Checkout,
    signers: &Signers,
) -> Result<SignatureReport, SignatureError> {
    let objects = git.objects(specifier, checkout).await?;
    let report = verify_git(&objects, signers);
    Ok(SignatureReport {
        detached: verify_detached(&checkout.root, signers)?,
        ..report
    })
}

/// The registry's signature, the provenance and the accounts of a package that is in the cache.
///
/// # Errors
/// [`SignatureError`].
pub async fn inspect_npm(
    npm: &Npm,
    name: &str,
    version: &str,
    root: &TrustRoot,
) -> Result<SignatureReport, SignatureError> {
    let evidence = npm.evidence(name, version).await?;
    Ok(verify_npm(
        &evidence.release,
        &evidence.keys,
        evidence.attestations.as_ref(),
        &evidence.integrity,
        root,
    ))
}

/// `prizm.sig` of a folder.
///
/// # Errors
/// [`SignatureError`].
pub fn inspect_folder(folder: &Path, signers: &Signers) -> Result<SignatureReport, SignatureError> {
    Ok(SignatureReport {
        detached: verify_detached(folder, signers)?,
        ..SignatureReport::default()
    })
}
