//! What was found out about who made something, in a form that the lock keeps.
//!
//! In: the findings of the verifiers. Out: [`SignatureReport`]. As JSON, which must stay readable to later versions:
//!
//! ```json
//! { "tag": { "status": "verified", "signer": { "key": "ssh:SHA256:…", "principal": "alice@example.com" } },
//!   "commit": { "status": "unsigned" } }
//! ```
//!
//! Side effects: none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Everything that is known of the origin of one release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SignatureReport {
    /// The annotated tag that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Finding>,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<Finding>,
    /// The npm registry's own signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<Finding>,
    /// `prizm.sig` beside the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detached: Option<Finding>,
    /// Where and how an npm package was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Who published to the registry, and who may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
}

/// What became of one signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The result.
    pub status: Status,
    /// Whose signature it is, or says it is; never set without a signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// Why it is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The ways in which looking at a signature ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A valid signature of an allowed signer.
    Verified,
    /// There is no signature.
    Unsigned,
    /// There is one, but not over these bytes.
    Bad,
    /// There is one, of a key that no signers file allows.
    UnknownSigner,
    /// A valid signature, of a key that was no longer, or not yet, valid.
    Expired,
    /// A valid signature, of a key that its owner has revoked.
    Revoked,
    /// There is one, of a kind that cannot be checked here.
    Unsupported,
}

/// A key, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// `ssh:SHA256:…`, `openpgp:<fingerprint>`, `minisign:<key id>`, `npm:SHA256:…`
    pub key: String,
    /// Its owner, as the signers file or the key itself says; `None` while the key is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
}

/// A statement of a build service about an npm package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// `Verified` only if all of [`Provenance::checked`] holds.
    pub status: Status,
    /// `https://github.com/owner/repo`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// `https://github.com/owner/repo/.github/workflows/release.yml@refs/heads/main`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// The commit that was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Who vouches for the identity: `https://token.actions.githubusercontent.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What was checked and holds.
    #[serde(default)]
    pub checked: Vec<String>,
    /// Why it is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The accounts of a package on its registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    /// Who published this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Who may publish, sorted.
    pub maintainers: Vec<String>,
}

impl Finding {
    /// A finding without signature or reason.
    pub fn unsigned() -> Finding {
        Finding {
            status: Status::Unsigned,
            signer: None,
            reason: None,
        }
    }

    pub(super) fn verified(signer: Signer) -> Finding {
        Finding {
            status: Status::Verified,
            signer: Some(signer),
            reason: None,
        }
    }

    pub(super) fn failed(
        status: Status,
        signer: Option<Signer>,
        reason: impl Into<String>,
    ) -> Finding {
        Finding {
            status,
            signer,
            reason: Some(reason.into()),
        }
    }

    pub(super) fn bad(reason: impl Into<String>) -> Finding {
        Finding::failed(Status::Bad, None, reason)
    }
}

impl SignatureReport {
    /// The signatures that were looked at, with their names: "tag", "commit", "registry", "prizm.sig".
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, &Finding)> {
        let all = [
            ("tag", &self.tag),
            ("commit", &self.commit),
            ("registry", &self.registry),
            ("prizm.sig", &self.detached),
        ];
        all.into_iter()
            .filter_map(|(name, finding)| Some((name, finding.as_ref()?)))
    }

    /// The result of all together: one bad signature spoils it, then one verified one is enough.
    pub fn status(&self) -> Status {
        const ORDER: [Status; 6] = [
            Status::Bad,
            Status::Verified,
            Status::Revoked,
            Status::Expired,
            Status::UnknownSigner,
            Status::Unsupported,
        ];
        let has = |status: &Status| self.findings().any(|(_, found)| found.status == *status);
        ORDER.into_iter().find(has).unwrap_or(Status::Unsigned)
    }

    /// Whether an allowed signer vouches for it, and nothing speaks against it.
    pub fn is_verified(&self) -> bool {
        self.status() == Status::Verified
    }

    /// Whether a verified statement says where it was built.
    pub fn has_provenance(&self) -> bool {
        self.provenance
            .as_ref()
            .is_some_and(|provenance| provenance.status == Status::Verified)
    }

    /// Whether a later release can fall behind it: somebody signed, a build is known, or an account published.
    pub fn is_worth_keeping(&self) -> bool {
        let is_signed = self
            .findings()
            .any(|(_, found)| found.status != Status::Unsigned);
        is_signed || self.provenance.is_some() || self.account.is_some()
    }

    /// The signatures of people that are verified. A registry signs everything.
    pub(super) fn signers(&self) -> impl Iterator<Item = &Signer> {
        self.findings()
            .filter(|(name, found)| *name != "registry" && found.status == Status::Verified)
            .filter_map(|(_, found)| found.signer.as_ref())
    }
}

impl fmt::Display for SignatureReport {
    /// One line: "tag: verified (alice@example.com, ssh:SHA256:…); commit: unsigned"
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self
            .findings()
            .map(|(name, found)| format!("{name}: {found}"))
            .collect();
        parts.extend(self.provenance.as_ref().map(Provenance::to_string));
        match parts.is_empty() {
            true => formatter.write_str("unsigned"),
            false => formatter.write_str(&parts.join("; ")),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signer = self.signer.as_ref().map(Signer::to_string);
        let details: Vec<&str> = signer
            .iter()
            .map(String::as_str)
            .chain(self.reason.as_deref())
            .collect();
        match details.is_empty() {
            true => write!(formatter, "{}", self.status),
            false => write!(formatter, "{} ({})", self.status, details.join(", ")),
        }
    }
}

impl fmt::Display for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.principal {
            Some(principal) => write!(formatter, "{principal}, {}", self.key),
            None => formatter.write_str(&self.key),
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "provenance: {}", self.status)?;
        let details: Vec<&str> = [&self.workflow, &self.reason]
            .into_iter()
            .filter_map(|detail| detail.as_deref())
            .collect();
        match details.is_empty() {
            true => Ok(()),
            false => write!(formatter, " ({})", details.join(", ")),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Status::Verified => "verified",
            Status::Unsigned => "unsigned",
            Status::Bad => "bad signature",
            Status::UnknownSigner => "unknown signer",
            Status::Expired => "expired key",
            Status::Revoked => "revoked key",
            Status::Unsupported => "signature of an unsupported kind",
        })
    }
}

#[cfg(test)]
mod tests;
