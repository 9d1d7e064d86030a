//! Signatures that GnuPG made; `tests/specs/_keys/openpgp/make.sh` says how.

use std::path::{Path, PathBuf};

use super::{read_certificates, verify};
use crate::signatures::report::{Finding, Status};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/_keys/openpgp")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn check(key: &str, signature: &str, message: &[u8]) -> Finding {
    let certificates = read_certificates(&read(&format!("{key}.asc"))).unwrap();
    verify(&read(&format!("{signature}.sig")), message, &certificates)
}

const MESSAGE: &[u8] = b"signed by GnuPG\n";

#[test]
fn keys_of_all_kinds_verify() {
    for key in ["rsa", "ed25519", "nistp256", "nistp384", "subkey"] {
        let finding = check(key, key, MESSAGE);
        assert_eq!(finding.status, Status::Verified, "{key}: {finding}");
        let signer = finding.signer.unwrap();
        assert_eq!(signer.principal, Some(format!("{key} <{key}@example.com>")));
        assert_eq!(signer.key.len(), "openpgp:".len() + 40);
    }
}

#[test]
fn another_message_does_not() {
    for key in ["rsa", "ed25519", "nistp256", "nistp384", "subkey"] {
        let finding = check(key, key, b"signed by gnuPG\n");
        assert_eq!(finding.status, Status::Bad, "{key}: {finding}");
    }
}

#[test]
fn each_byte_of_a_signature_counts() {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    let certificates = read_certificates(&read("ed25519.asc")).unwrap();
    let bytes = super::packet::dearmor(&read("ed25519.sig"), "SIGNATURE").unwrap();
    let good = |bytes: &[u8]| {
        let text = format!(
            "-----BEGIN PGP SIGNATURE-----\n\n{}\n-----END PGP SIGNATURE-----\n",
            BASE64_STANDARD.encode(bytes)
        );
        verify(&text, MESSAGE, &certificates).status == Status::Verified
    };
    assert!(good(&bytes));
    let body = super::packet::packets(&bytes).unwrap()[0].body;
    let start = bytes.len() - body.len();
    let hashed = usize::from(body[4]) << 8 | usize::from(body[5]);
    // Only the unhashed part (the key's id, a hint) and the left bits of the hash carry no weight.
    let numbers = start + body.len() - 68;
    let weighty = (start..start + 6 + hashed).chain(numbers + 2..bytes.len());
    for at in weighty {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        // The algorithm's number repeats what the key says.
        assert!(at == start + 2 || !good(&changed), "byte {at}");
    }
}

#[test]
fn other_keys_are_unknown() {
    let finding = check("rsa", "ed25519", MESSAGE);
    assert_eq!(finding.status, Status::UnknownSigner, "{finding}");
    assert!(finding.signer.unwrap().principal.is_none());
}

#[test]
fn expired_revoked_and_weak_are_told_apart() {
    for (key, signature, status) in [
        ("expired", "expired", Status::Expired),
        ("revoked", "revoked", Status::Revoked),
        ("rsa", "sha1", Status::Unsupported),
    ] {
        let finding = check(key, signature, MESSAGE);
        assert_eq!(finding.status, status, "{signature}: {finding}");
    }
}

#[test]
fn keys_that_are_too_short_are_refused() {
    let error = read_certificates(&read("weak.asc")).err().unwrap();
    assert!(error.contains("no signature of its own"), "{error}");
}

#[test]
fn several_certificates_in_one_file() {
    let both = [read("rsa.asc"), read("ed25519.asc")].concat();
    let certificates = read_certificates(&both).unwrap();
    assert_eq!(certificates.len(), 2);
    assert_eq!(
        verify(&read("ed25519.sig"), MESSAGE, &certificates).status,
        Status::Verified
    );
}

#[test]
fn a_certificate_that_was_tampered_with_is_refused() {
    let text = read("ed25519.asc");
    let bytes = super::packet::dearmor(&text, "PUBLIC KEY BLOCK").unwrap();
    let at = bytes
        .windows(7)
        .position(|part| part == b"ed25519")
        .unwrap();
    let mut changed = bytes.clone();
    changed[at] = b'E';
    let packets = super::packet::packets(&changed).unwrap();
    let error = super::certificate::read_all(&packets).err().unwrap();
    assert!(error.contains("no signature of its own"), "{error}");
}
