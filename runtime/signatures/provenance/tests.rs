//! The real statement about npm:sigstore@2.0.0, made on GitHub in 2023.

use std::path::Path;

use super::*;

/// As the registry gives it for that tarball.
const INTEGRITY: &str = "sha512-RtTi90xIdzFmQAAKb9+Ki1nx4IR2Z5c+mFn3dN0xuPHgk3gTt3f7ZqKsZ9UFQP40ZAlm7un8LMyjhwgrTIXNPA==";

fn attestations() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/specs/_keys/sigstore/sigstore-2.0.0.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn verify(attestations: &Value, name: &str, integrity: &str) -> Provenance {
    let root = TrustRoot::public().unwrap();
    verify_provenance(attestations, name, "2.0.0", integrity, &root).unwrap()
}

#[test]
fn a_statement_of_the_public_sigstore_verifies() {
    let found = verify(&attestations(), "sigstore", INTEGRITY);
    assert_eq!(found.status, Status::Verified, "{found}");
    assert_eq!(
        found.repository.as_deref(),
        Some("https://github.com/sigstore/sigstore-js")
    );
    assert_eq!(
        found.workflow.as_deref(),
        Some(
            "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"
        )
    );
    assert_eq!(
        found.issuer.as_deref(),
        Some("https://token.actions.githubusercontent.com")
    );
    assert_eq!(found.commit.map(|commit| commit.len()), Some(40));
    assert_eq!(
        found.checked,
        [
            "signature",
            "subject",
            "certificate",
            "certificate transparency",
            "log entry"
        ]
    );
}

#[test]
fn it_is_for_one_package_and_one_tarball() {
    let other = verify(&attestations(), "left-pad", INTEGRITY);
    assert_eq!(other.status, Status::Bad);
    assert_eq!(
        other.reason.as_deref(),
        Some("it is about `pkg:npm/sigstore@2.0.0`, not about `pkg:npm/left-pad@2.0.0`")
    );
    let bytes = INTEGRITY.replace("RtTi", "AAAA");
    let other = verify(&attestations(), "sigstore", &bytes);
    assert_eq!(other.status, Status::Bad, "{other}");
    let weak = verify(&attestations(), "sigstore", "sha1-AAAA");
    assert_eq!(
        weak.reason.as_deref(),
        Some("the package has no SHA-512 integrity")
    );
}

#[test]
fn every_part_counts() {
    for (pointer, from, to) in [
        ("/dsseEnvelope/payload", "eyJfdHlwZSI", "eyJfdHlwZS1"),
        ("/dsseEnvelope/signatures/0/sig", "M", "N"),
        ("/verificationMaterial/tlogEntries/0/logIndex", "1", "2"),
        (
            "/verificationMaterial/tlogEntries/0/integratedTime",
            "1",
            "2",
        ),
    ] {
        let mut changed = attestations();
        let place = changed["attestations"][0]["bundle"]
            .pointer_mut(pointer)
            .unwrap();
        let text = place.as_str().unwrap().replacen(from, to, 1);
        assert_ne!(place.as_str(), Some(text.as_str()), "{pointer}");
        *place = text.into();
        let found = verify(&changed, "sigstore", INTEGRITY);
        assert_eq!(found.status, Status::Bad, "{pointer}: {found}");
    }
    let mut bare = attestations();
    bare["attestations"][0]["bundle"]["verificationMaterial"]["tlogEntries"] = Value::Array(vec![]);
    let found = verify(&bare, "sigstore", INTEGRITY);
    assert_eq!(found.status, Status::Bad, "{found}");
}

#[test]
fn other_statements_say_nothing_about_the_build() {
    let mut other = attestations();
    other["attestations"][0]["predicateType"] =
        "https://github.com/npm/attestation/tree/main/specs/publish/v0.1".into();
    let root = TrustRoot::public().unwrap();
    assert_eq!(
        verify_provenance(&other, "sigstore", "2.0.0", INTEGRITY, &root),
        None
    );
    assert_eq!(
        verify_provenance(&Value::Null, "sigstore", "2.0.0", INTEGRITY, &root),
        None
    );
}
