//! How findings add up, and the form that the lock keeps.

use super::*;

fn finding(status: Status) -> Option<Finding> {
    Some(Finding {
        status,
        signer: None,
        reason: None,
    })
}

#[test]
fn one_bad_signature_spoils_a_good_one() {
    let mut report = SignatureReport {
        tag: finding(Status::Verified),
        commit: finding(Status::Unsigned),
        ..SignatureReport::default()
    };
    assert!(report.is_verified());
    report.commit = finding(Status::UnknownSigner);
    assert!(report.is_verified());
    report.commit = finding(Status::Bad);
    assert_eq!(report.status(), Status::Bad);
    assert_eq!(SignatureReport::default().status(), Status::Unsigned);
}

#[test]
fn the_form_in_the_lock_is_stable() {
    let text = r#"{"tag":{"status":"verified","signer":{"key":"ssh:SHA256:x","principal":"a@b"}},"commit":{"status":"unknown-signer","reason":"why"},"account":{"publisher":"p","maintainers":["m"]}}"#;
    let report: SignatureReport = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&report).unwrap(), text);
    assert_eq!(
        report.to_string(),
        "tag: verified (a@b, ssh:SHA256:x); commit: unknown signer (why)"
    );
    let older: SignatureReport = serde_json::from_str(r#"{"later":1}"#).unwrap();
    assert_eq!(older, SignatureReport::default());
}
