//! Where an npm package was built: the sigstore statements that registries hand out.
//!
//! In: the answer of `dist.attestations.url`, the tarball's integrity, the trust root. Out: [`Provenance`].
//! Side effects: none; the trust root is part of the program or a file.
//!
//! The `sigstore-verify` crate checks, in this order: the signing certificate's chain to Fulcio, its transparency
//! (SCT), the entry in Rekor (inclusion, checkpoint, and that the entry is about this very statement), that the
//! certificate was valid when the entry was made, and the signature over the statement; then that the tarball's SHA-512
//! is a subject. Here: that the statement is about this package and version.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use sigstore_verify::trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot};
use sigstore_verify::types::{
    Artifact, ArtifactDigest, Bundle, DigestBytes, HashAlgorithm, SignatureContent,
};
use sigstore_verify::{VerificationPolicy, VerificationResult};

use super::error::SignatureError;
use super::report::{Provenance, Status};

/// Statements of other kinds, such as the registry's own about publishing, say nothing about the build.
const PREDICATE: &str = "https://slsa.dev/provenance/";

/// Whom to believe about certificates and logs.
pub struct TrustRoot(TrustedRoot);

impl TrustRoot {
    /// The public instance of sigstore, as of this version of Prizm.
    ///
    /// # Errors
    /// [`SignatureError::Answer`], if the program itself is broken.
    pub fn public() -> Result<TrustRoot, SignatureError> {
        TrustRoot::parse(SIGSTORE_PRODUCTION_TRUSTED_ROOT, "the built-in trust root")
    }

    /// Another instance's `trusted_root.json`.
    ///
    /// # Errors
    /// [`SignatureError::Io`], [`SignatureError::Answer`].
    pub fn read(path: &Path) -> Result<TrustRoot, SignatureError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| SignatureError::read(path, source))?;
        TrustRoot::parse(&text, &path.display().to_string())
    }

    fn parse(text: &str, place: &str) -> Result<TrustRoot, SignatureError> {
        let root = TrustedRoot::from_json(text).map_err(|error| SignatureError::Answer {
            what: format!("The sigstore trust root `{place}`"),
            reason: error.to_string(),
        })?;
        Ok(TrustRoot(root))
    }
}

/// Judges the statement about the build; `None` where there is none.
///
/// With several, all must hold: one that does not is a reason to look closer, not to look away.
pub fn verify_provenance(
    attestations: &Value,
    name: &str,
    version: &str,
    integrity: &str,
    root: &TrustRoot,
) -> Option<Provenance> {
    let all = attestations["attestations"].as_array()?.iter();
    let statements = all.filter(|found| {
        let kind = found["predicateType"].as_str();
        kind.is_some_and(|kind| kind.starts_with(PREDICATE))
    });
    let mut last = None;
    for statement in statements {
        let found = judge(&statement["bundle"], name, version, integrity, root);
        if found.status != Status::Verified {
            return Some(found);
        }
        last = Some(found);
    }
    last
}

fn judge(
    bundle: &Value,
    name: &str,
    version: &str,
    integrity: &str,
    root: &TrustRoot,
) -> Provenance {
    match check(bundle, name, version, integrity, root) {
        Ok(found) => found,
        Err(reason) => Provenance {
            status: Status::Bad,
            repository: None,
            workflow: None,
            commit: None,
            issuer: None,
            checked: Vec::new(),
            reason: Some(reason),
        },
    }
}

fn check(
    bundle: &Value,
    name: &str,
    version: &str,
    integrity: &str,
    root: &TrustRoot,
) -> Result<Provenance, String> {
    let bundle = Bundle::from_json(&bundle.to_string())
        .map_err(|error| format!("the statement cannot be read: {error}"))?;
    check_subject(&bundle, &package_url(name, version))?;
    let artifact = Artifact::Digest(digest(integrity)?);
    // Whose identity is acceptable is the policy's affair; here it is reported.
    let policy = VerificationPolicy::any_identity();
    let result = sigstore_verify::verify(artifact, &bundle, &policy, &root.0)
        .map_err(|error| one_line(&error.to_string()))?;
    Ok(describe(&result))
}

/// `pkg:npm/%40scope/name@1.2.3`
///
/// Source: the package URL specification, type `npm`.
fn package_url(name: &str, version: &str) -> String {
    format!("pkg:npm/{}@{version}", name.replacen('@', "%40", 1))
}

fn check_subject(bundle: &Bundle, wanted: &str) -> Result<(), String> {
    let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
        return Err("it is no statement about a build".into());
    };
    let payload: Value = serde_json::from_slice(envelope.payload.as_bytes())
        .map_err(|error| format!("the statement cannot be read: {error}"))?;
    let subjects = payload["subject"].as_array().into_iter().flatten();
    let names: Vec<&str> = subjects
        .filter_map(|subject| subject["name"].as_str())
        .collect();
    match names.contains(&wanted) {
        true => Ok(()),
        false => Err(format!(
            "it is about `{}`, not about `{wanted}`",
            one_line(&names.join(", "))
        )),
    }
}

fn digest(integrity: &str) -> Result<ArtifactDigest, String> {
    let sha512 = integrity
        .split_whitespace()
        .find_map(|hash| hash.strip_prefix("sha512-"));
    let decoded = sha512.and_then(|hash| BASE64_STANDARD.decode(hash).ok());
    let bytes = decoded.ok_or("the package has no SHA-512 integrity")?;
    ArtifactDigest::new(HashAlgorithm::Sha2512, DigestBytes::new(bytes))
        .map_err(|error| error.to_string())
}

fn describe(result: &VerificationResult) -> Provenance {
    let mut provenance = Provenance {
        status: Status::Verified,
        repository: None,
        workflow: result
            .identity()
            .map(|identity| identity.as_str().to_owned()),
        commit: None,
        issuer: result.issuer().map(str::to_owned),
        checked: vec!["signature".into(), "subject".into()],
        reason: None,
    };
    if let Some(certificate) = result.certificate() {
        let claims = &certificate.ci_claims;
        let old = &claims.deprecated_github;
        let from_old = || {
            let repository = old.workflow_repository.as_ref()?;
            Some(format!("https://github.com/{repository}"))
        };
        provenance.repository = claims.source_repository_uri.clone().or_else(from_old);
        let commit = claims.source_repository_digest.clone();
        provenance.commit = commit.or_else(|| old.workflow_sha.clone());
    }
    let checks = [
        (result.certificate_verified(), "certificate"),
        (result.sct_verified(), "certificate transparency"),
        (result.tlog_verified(), "log entry"),
    ];
    for (holds, name) in checks {
        match holds {
            true => provenance.checked.push(name.into()),
            false => {
                provenance.status = Status::Unsupported;
                provenance.reason = Some(format!("its {name} was not checked"));
            }
        }
    }
    provenance
}

/// Part of the text comes from the registry, whose words must not steer a terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|found| if found.is_control() { ' ' } else { found })
        .take(300)
        .collect()
}

#[cfg(test)]
mod tests;
