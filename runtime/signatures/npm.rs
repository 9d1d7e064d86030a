//! Signatures of npm registries, as `npm audit signatures` checks them.
//!
//! In: one version out of a packument ([`NpmRelease`]), the registry's keys ([`RegistryKeys`]), the integrity of the
//! tarball that was unpacked. Out: [`SignatureReport`] with `registry` and `account`. Side effects: none.
//!
//! What is signed is `name@version:integrity`, so the tarball is held against that integrity here too.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::SignatureError;
use super::provenance::{TrustRoot, verify_provenance};
use super::report::{Account, Finding, SignatureReport, Signer, Status};

/// The one kind of key that registries use.
const KEY_TYPE: &str = "ecdsa-sha2-nistp256";

/// What a registry says of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NpmRelease {
    /// The package.
    pub name: String,
    /// The version.
    pub version: String,
    /// `dist.integrity`, as it was signed.
    pub integrity: String,
    /// `dist.signatures`.
    pub signatures: Vec<NpmSignature>,
    /// `dist.attestations.url`.
    pub attestations: Option<String>,
    /// `time[version]`.
    pub published: Option<Timestamp>,
    /// `_npmUser` and `maintainers`.
    pub account: Account,
}

/// One of `dist.signatures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NpmSignature {
    /// `SHA256:…`
    pub keyid: String,
    /// DER, base64.
    pub sig: String,
}

/// The keys that a registry signs with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryKeys {
    keys: Vec<RegistryKey>,
}

/// One of the keys of `/-/npm/v1/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RegistryKey {
    keyid: String,
    keytype: String,
    /// Subject public key info, DER, base64.
    key: String,
    #[serde(default)]
    expires: Option<Timestamp>,
}

impl NpmRelease {
    /// Takes one version out of a full packument.
    ///
    /// # Errors
    /// [`SignatureError::Answer`]: the version is not there or not whole.
    pub fn of(packument: &Value, name: &str, version: &str) -> Result<NpmRelease, SignatureError> {
        let refused = |reason: String| SignatureError::Answer {
            what: format!("What the registry says of `{name}@{version}`"),
            reason,
        };
        let entry = &packument["versions"][version];
        let dist = &entry["dist"];
        let integrity = dist["integrity"]
            .as_str()
            .ok_or_else(|| refused("it has no integrity".into()))?;
        let signatures = match &dist["signatures"] {
            Value::Null => Vec::new(),
            other => serde_json::from_value(other.clone())
                .map_err(|error| refused(format!("dist.signatures: {error}")))?,
        };
        let published = packument["time"][version].as_str();
        let names = |value: &Value| value["name"].as_str().map(str::to_owned);
        let maintainers = entry["maintainers"].as_array().into_iter().flatten();
        let mut maintainers: Vec<String> = maintainers.filter_map(names).collect();
        maintainers.sort();
        Ok(NpmRelease {
            name: name.to_owned(),
            version: version.to_owned(),
            integrity: integrity.to_owned(),
            signatures,
            attestations: dist["attestations"]["url"].as_str().map(str::to_owned),
            published: published.and_then(|time| time.parse().ok()),
            account: Account {
                publisher: names(&entry["_npmUser"]),
                maintainers,
            },
        })
    }
}

impl RegistryKeys {
    /// Reads what `/-/npm/v1/keys` answers.
    ///
    /// # Errors
    /// [`SignatureError::Answer`]: anything that is not a list of keys. Keys of other kinds are kept, but unusable.
    pub fn parse(bytes: &[u8], registry: &str) -> Result<RegistryKeys, SignatureError> {
        serde_json::from_slice(bytes).map_err(|error| SignatureError::Answer {
            what: format!("The signing keys of {registry}"),
            reason: error.to_string(),
        })
    }

    /// Whether the registry signs at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Judges a version. `integrity`: that of the tarball which was unpacked, several hashes separated by spaces or one.
/// `attestations`: the answer of [`NpmRelease::attestations`], where there is one.
pub fn verify_npm(
    release: &NpmRelease,
    keys: &RegistryKeys,
    attestations: Option<&Value>,
    integrity: &str,
    root: &TrustRoot,
) -> SignatureReport {
    SignatureReport {
        registry: Some(registry(release, keys, integrity)),
        provenance: attestations.and_then(|found| {
            verify_provenance(found, &release.name, &release.version, integrity, root)
        }),
        account: Some(release.account.clone()),
        ..SignatureReport::default()
    }
}

fn registry(release: &NpmRelease, keys: &RegistryKeys, integrity: &str) -> Finding {
    if keys.is_empty() {
        return Finding {
            reason: Some("the registry publishes no signing keys".into()),
            ..Finding::unsigned()
        };
    }
    if release.signatures.is_empty() {
        return Finding::unsigned();
    }
    let is_promised = |hash: &str| release.integrity.split_whitespace().any(|one| one == hash);
    if !integrity.split_whitespace().any(is_promised) {
        return Finding::bad(format!(
            "the registry signed {}, the tarball has {integrity}",
            release.integrity
        ));
    }
    let message = format!("{}@{}:{}", release.name, release.version, release.integrity);
    let found: Vec<Finding> = release
        .signatures
        .iter()
        .map(|signature| one(signature, keys, &message, release.published))
        .collect();
    // Of several, those of keys that are known count, and all of them must be good.
    let is_known = |finding: &&Finding| finding.status != Status::UnknownSigner;
    let known = || found.iter().filter(is_known);
    let worst = known().find(|finding| finding.status != Status::Verified);
    let best = worst.or_else(|| known().next()).or(found.first());
    best.cloned().unwrap_or_else(Finding::unsigned)
}

fn one(
    signature: &NpmSignature,
    keys: &RegistryKeys,
    message: &str,
    published: Option<Timestamp>,
) -> Finding {
    let signer = Signer {
        key: format!("npm:{}", signature.keyid),
        principal: None,
    };
    let known = keys.keys.iter().find(|key| key.keyid == signature.keyid);
    match known {
        Some(key) => judge(signature, key, signer, message, published),
        None => {
            let reason = "the registry does not publish this key";
            Finding::failed(Status::UnknownSigner, Some(signer), reason)
        }
    }
}

fn judge(
    signature: &NpmSignature,
    key: &RegistryKey,
    signer: Signer,
    message: &str,
    published: Option<Timestamp>,
) -> Finding {
    let failed = |status, reason: &str| Finding::failed(status, Some(signer.clone()), reason);
    if key.keytype != KEY_TYPE {
        return failed(Status::Unsupported, "its key is of an unknown kind");
    }
    let decoded = BASE64_STANDARD.decode(&key.key).ok();
    let verifying = decoded.and_then(|der| VerifyingKey::from_public_key_der(&der).ok());
    let Some(verifying) = verifying else {
        return failed(Status::Bad, "the registry's key cannot be read");
    };
    let decoded = BASE64_STANDARD.decode(&signature.sig).ok();
    let is_good = decoded
        .and_then(|der| Signature::from_der(&der).ok())
        .is_some_and(|found| verifying.verify(message.as_bytes(), &found).is_ok());
    if !is_good {
        return failed(Status::Bad, "it does not fit name, version and integrity");
    }
    // Without a time of publication nobody can tell that it was before the key's end.
    let time = published.unwrap_or_else(Timestamp::now);
    match key.expires {
        Some(expires) if time >= expires => {
            failed(Status::Expired, "the registry's key had expired")
        }
        _ => Finding::verified(signer),
    }
}

#[cfg(test)]
mod tests;
