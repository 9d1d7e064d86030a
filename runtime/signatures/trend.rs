//! Trust may not go down: what the lock remembers of a repository or package, held against what was found now.
//!
//! In: two reports on the same name. Out: the change that must stop the load. Side effects: none.

use std::collections::BTreeSet;
use std::fmt;

use super::report::{Account, Finding, Provenance, SignatureReport, Signer, Status};

/// Keys that their signatures hold.
const SSH: &str = "ssh:";

/// What changed for the worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In which respect.
    pub kind: ChangeKind,
    /// What it was.
    pub before: String,
    /// What it is.
    pub now: String,
}

/// The ways in which trust goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Signed before, and not now; or verified before, and not now.
    Signature,
    /// Signed by somebody else.
    Signer,
    /// Built in the open before, and not now.
    Provenance,
    /// Built from another repository or by another workflow.
    Builder,
    /// Published by another account of the registry.
    Publisher,
    /// Other accounts may publish.
    Maintainers,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ChangeKind::Signature => "its signature",
            ChangeKind::Signer => "who signed it",
            ChangeKind::Provenance => "its provenance",
            ChangeKind::Builder => "what it was built from",
            ChangeKind::Publisher => "who published it",
            ChangeKind::Maintainers => "who may publish it",
        };
        write!(
            formatter,
            "{what} changed: before {}, now {}",
            self.before, self.now
        )
    }
}

/// The first thing in which `new` deserves less trust than `old`, which was accepted for the same name before.
///
/// Another key of the same principal is no change: the signers file says whose keys those are. A registry may change
/// its keys.
pub fn trust_went_down(old: &SignatureReport, new: &SignatureReport) -> Option<Change> {
    signature(old, new)
        .or_else(|| signer(old, new))
        .or_else(|| provenance(old.provenance.as_ref(), new.provenance.as_ref()))
        .or_else(|| account(old.account.as_ref()?, new.account.as_ref()))
}

fn change(kind: ChangeKind, before: impl fmt::Display, now: impl fmt::Display) -> Option<Change> {
    Some(Change {
        kind,
        before: before.to_string(),
        now: now.to_string(),
    })
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Verified => 2,
        Status::UnknownSigner | Status::Expired | Status::Unsupported => 1,
        Status::Unsigned | Status::Bad | Status::Revoked => 0,
    }
}

/// What a finding is worth beside those of `old`. An SSH signature is checked with the key that it holds, so it is
/// still that of an allowed signer where only the signers file is not there.
fn worth(found: &Finding, old: &SignatureReport) -> u8 {
    let is_known = found.status == Status::UnknownSigner
        && found.signer.as_ref().is_some_and(|signer| {
            signer.key.starts_with(SSH) && old.signers().any(|known| known.key == signer.key)
        });
    match is_known {
        true => rank(Status::Verified),
        false => rank(found.status),
    }
}

/// The registry's own signature says nothing about people, so each of the two is held against its like.
fn signature(old: &SignatureReport, new: &SignatureReport) -> Option<Change> {
    let best = |report: &SignatureReport, registry: bool| {
        let of_kind = report
            .findings()
            .filter(|(name, _)| (*name == "registry") == registry);
        of_kind.map(|(_, found)| worth(found, old)).max()
    };
    let has_lost = [false, true]
        .into_iter()
        .any(|registry| best(new, registry).unwrap_or(0) < best(old, registry).unwrap_or(0));
    match has_lost {
        true => change(ChangeKind::Signature, old, new),
        false => None,
    }
}

fn signer(old: &SignatureReport, new: &SignatureReport) -> Option<Change> {
    let is_same = |left: &Signer, right: &Signer| {
        left.key == right.key || (left.principal.is_some() && left.principal == right.principal)
    };
    let before = signers(old).next()?;
    let now = signers(new).next()?;
    let is_known = signers(new).any(|now| signers(old).any(|before| is_same(before, now)));
    match is_known {
        true => None,
        false => change(ChangeKind::Signer, before, now),
    }
}

/// Whose signatures they are: those of allowed signers, and those of releases whose key is certain. Commits are made
/// by many people, who need not be known.
fn signers(report: &SignatureReport) -> impl Iterator<Item = &Signer> {
    let certain = report.findings().filter(|(name, found)| {
        matches!(*name, "tag" | "prizm.sig") && found.status == Status::UnknownSigner
    });
    let certain = certain
        .filter_map(|(_, found)| found.signer.as_ref())
        .filter(|signer| signer.key.starts_with(SSH));
    report.signers().chain(certain)
}

fn provenance(old: Option<&Provenance>, new: Option<&Provenance>) -> Option<Change> {
    let old = old.filter(|old| old.status == Status::Verified)?;
    let Some(new) = new else {
        return change(ChangeKind::Provenance, describe(old), "none");
    };
    if new.status != Status::Verified {
        return change(ChangeKind::Provenance, describe(old), new);
    }
    let is_same = old.repository == new.repository && file(old) == file(new);
    match is_same && old.issuer == new.issuer {
        true => None,
        false => change(ChangeKind::Builder, describe(old), describe(new)),
    }
}

/// The workflow without the branch or tag that it ran for, which differs from release to release.
fn file(provenance: &Provenance) -> Option<&str> {
    let workflow = provenance.workflow.as_deref()?;
    Some(workflow.rsplit_once('@').map_or(workflow, |(file, _)| file))
}

fn describe(provenance: &Provenance) -> String {
    let workflow = file(provenance).or(provenance.repository.as_deref());
    workflow.unwrap_or("an unnamed workflow").to_owned()
}

fn account(old: &Account, new: Option<&Account>) -> Option<Change> {
    let empty = Account::default();
    let new = new.unwrap_or(&empty);
    if let Some(before) = &old.publisher
        && new.publisher.as_ref() != Some(before)
    {
        let now = new.publisher.as_deref().unwrap_or("nobody that is named");
        return change(ChangeKind::Publisher, before, now);
    }
    let names = |account: &Account| account.maintainers.iter().cloned().collect::<BTreeSet<_>>();
    let (before, now) = (names(old), names(new));
    if before.is_empty() || before == now {
        return None;
    }
    let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    change(ChangeKind::Maintainers, list(before), list(now))
}

#[cfg(test)]
mod tests;
