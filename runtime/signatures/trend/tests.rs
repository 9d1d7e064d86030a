//! Pairs of reports, and whether the second deserves less trust.

use super::*;

fn signed(key: &str, principal: &str) -> SignatureReport {
    SignatureReport {
        commit: Some(Finding::verified(Signer {
            key: key.into(),
            principal: Some(principal.into()),
        })),
        ..SignatureReport::default()
    }
}

fn built(repository: &str, reference: &str) -> SignatureReport {
    SignatureReport {
        provenance: Some(Provenance {
            status: Status::Verified,
            repository: Some(repository.into()),
            workflow: Some(format!("{repository}/.github/release.yml@{reference}")),
            commit: None,
            issuer: None,
            checked: Vec::new(),
            reason: None,
        }),
        ..SignatureReport::default()
    }
}

fn owned(publisher: &str, maintainers: &[&str]) -> SignatureReport {
    SignatureReport {
        account: Some(Account {
            publisher: Some(publisher.into()),
            maintainers: maintainers.iter().map(|name| (*name).into()).collect(),
        }),
        ..SignatureReport::default()
    }
}

fn kind(old: &SignatureReport, new: &SignatureReport) -> Option<ChangeKind> {
    trust_went_down(old, new).map(|change| change.kind)
}

#[test]
fn a_lost_signature_stops() {
    let unsigned = SignatureReport {
        commit: Some(Finding::unsigned()),
        ..SignatureReport::default()
    };
    let alice = signed("k1", "alice");
    assert_eq!(kind(&alice, &unsigned), Some(ChangeKind::Signature));
    assert_eq!(
        kind(&alice, &SignatureReport::default()),
        Some(ChangeKind::Signature)
    );
    assert_eq!(kind(&unsigned, &alice), None);
    assert_eq!(kind(&unsigned, &unsigned), None);
    let text = trust_went_down(&alice, &unsigned).unwrap().to_string();
    assert_eq!(
        text,
        "its signature changed: before commit: verified (alice, k1), now commit: unsigned"
    );
}

#[test]
fn an_unknown_signature_that_is_gone_stops_too() {
    let mut unknown = signed("k1", "alice");
    unknown.commit.as_mut().unwrap().status = Status::UnknownSigner;
    let unsigned = SignatureReport::default();
    assert_eq!(kind(&unknown, &unsigned), Some(ChangeKind::Signature));
    assert_eq!(kind(&unknown, &signed("k1", "alice")), None);
}

#[test]
fn a_signers_file_that_is_not_there_changes_nothing() {
    let alice = signed("ssh:k1", "alice");
    let without = |key: &str| {
        let mut report = signed(key, "alice");
        let commit = report.commit.as_mut().unwrap();
        commit.status = Status::UnknownSigner;
        commit.signer.as_mut().unwrap().principal = None;
        report
    };
    assert_eq!(kind(&alice, &without("ssh:k1")), None);
    assert_eq!(
        kind(&alice, &without("ssh:k2")),
        Some(ChangeKind::Signature)
    );
    // Whether such an OpenPGP signature is good is not known.
    let alice = signed("openpgp:k1", "alice");
    assert_eq!(
        kind(&alice, &without("openpgp:k1")),
        Some(ChangeKind::Signature)
    );
}

#[test]
fn releases_have_signers_before_these_are_allowed() {
    let unknown = |key: &str| SignatureReport {
        tag: Some(Finding::failed(
            Status::UnknownSigner,
            Some(Signer {
                key: key.into(),
                principal: None,
            }),
            "",
        )),
        ..SignatureReport::default()
    };
    assert_eq!(kind(&unknown("ssh:a"), &unknown("ssh:a")), None);
    assert_eq!(
        kind(&unknown("ssh:a"), &unknown("ssh:b")),
        Some(ChangeKind::Signer)
    );
}

#[test]
fn another_signer_stops_but_another_key_of_the_same_does_not() {
    let alice = signed("k1", "alice");
    assert_eq!(kind(&alice, &signed("k2", "bob")), Some(ChangeKind::Signer));
    assert_eq!(kind(&alice, &signed("k2", "alice")), None);
}

#[test]
fn provenance_that_is_gone_or_moved_stops() {
    let old = built("https://github.com/o/r", "refs/tags/v1");
    assert_eq!(
        kind(&old, &built("https://github.com/o/r", "refs/tags/v2")),
        None
    );
    assert_eq!(
        kind(&old, &built("https://github.com/evil/r", "refs/tags/v2")),
        Some(ChangeKind::Builder)
    );
    assert_eq!(
        kind(&old, &SignatureReport::default()),
        Some(ChangeKind::Provenance)
    );
    let mut bad = old.clone();
    bad.provenance.as_mut().unwrap().status = Status::Bad;
    assert_eq!(kind(&old, &bad), Some(ChangeKind::Provenance));
}

#[test]
fn accounts_that_change_stop() {
    let old = owned("alice", &["alice", "bob"]);
    assert_eq!(kind(&old, &old), None);
    assert_eq!(
        kind(&old, &owned("mallory", &["alice", "bob"])),
        Some(ChangeKind::Publisher)
    );
    assert_eq!(
        kind(&old, &owned("alice", &["alice", "bob", "mallory"])),
        Some(ChangeKind::Maintainers)
    );
    assert_eq!(
        kind(&old, &SignatureReport::default()),
        Some(ChangeKind::Publisher)
    );
}
