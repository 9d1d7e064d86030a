//! Releases signed with a key made for the test, as a registry signs them.

use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::EncodePublicKey;
use serde_json::json;

use super::*;

const INTEGRITY: &str = "sha512-AAAA";

struct Registry {
    key: SigningKey,
}

impl Registry {
    fn new() -> Registry {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        Registry { key }
    }

    fn keys(&self, expires: Option<&str>) -> RegistryKeys {
        let der = self.key.verifying_key().to_public_key_der().unwrap();
        let keys = json!({ "keys": [{
            "keyid": "SHA256:k", "keytype": KEY_TYPE, "scheme": KEY_TYPE, "expires": expires,
            "key": BASE64_STANDARD.encode(der.as_bytes()),
        }] });
        RegistryKeys::parse(keys.to_string().as_bytes(), "https://r.test/").unwrap()
    }

    fn release(&self, keyid: &str) -> NpmRelease {
        let signature: Signature = self.key.sign(b"@s/a@1.0.0:sha512-AAAA");
        let packument = json!({
            "time": { "1.0.0": "2024-01-01T00:00:00.000Z" },
            "versions": { "1.0.0": {
                "dist": {
                    "integrity": INTEGRITY,
                    "signatures": [{ "keyid": keyid, "sig": BASE64_STANDARD.encode(signature.to_der()) }],
                },
                "_npmUser": { "name": "alice" },
                "maintainers": [{ "name": "bob" }, { "name": "alice" }],
            } },
        });
        NpmRelease::of(&packument, "@s/a", "1.0.0").unwrap()
    }
}

fn status(release: &NpmRelease, keys: &RegistryKeys, integrity: &str) -> Status {
    registry(release, keys, integrity).status
}

#[test]
fn a_registry_signs_name_version_and_integrity() {
    let registry = Registry::new();
    let (keys, release) = (registry.keys(None), registry.release("SHA256:k"));
    assert_eq!(status(&release, &keys, INTEGRITY), Status::Verified);
    for change in [
        |release: &mut NpmRelease| release.name = "@s/b".into(),
        |release: &mut NpmRelease| release.version = "1.0.1".into(),
        |release: &mut NpmRelease| release.signatures[0].sig = "AAAA".into(),
    ] {
        let mut changed = release.clone();
        change(&mut changed);
        assert_eq!(status(&changed, &keys, INTEGRITY), Status::Bad);
    }
    assert_eq!(status(&release, &keys, "sha512-BBBB"), Status::Bad);
}

#[test]
fn keys_that_are_unknown_or_had_expired() {
    let registry = Registry::new();
    let release = registry.release("SHA256:k");
    let status = |release: &NpmRelease, keys| status(release, &keys, INTEGRITY);
    assert_eq!(
        status(&registry.release("SHA256:other"), registry.keys(None)),
        Status::UnknownSigner
    );
    let before = registry.keys(Some("2023-01-01T00:00:00.000Z"));
    assert_eq!(status(&release, before), Status::Expired);
    let after = registry.keys(Some("2024-01-02T00:00:00.000Z"));
    assert_eq!(status(&release, after.clone()), Status::Verified);
    let undated = NpmRelease {
        published: None,
        ..release.clone()
    };
    assert_eq!(status(&undated, after), Status::Expired);
    assert_eq!(status(&release, RegistryKeys::default()), Status::Unsigned);
    let unsigned = NpmRelease {
        signatures: Vec::new(),
        ..release
    };
    assert_eq!(status(&unsigned, registry.keys(None)), Status::Unsigned);
}

#[test]
fn of_several_signatures_all_known_ones_must_be_good() {
    let registry = Registry::new();
    let keys = registry.keys(None);
    let with = |extra: NpmSignature| {
        let mut release = registry.release("SHA256:k");
        release.signatures.push(extra);
        status(&release, &keys, INTEGRITY)
    };
    let signature = |keyid: &str| NpmSignature {
        keyid: keyid.into(),
        sig: "AAAA".into(),
    };
    assert_eq!(with(signature("SHA256:other")), Status::Verified);
    assert_eq!(with(signature("SHA256:k")), Status::Bad);
}

#[test]
fn accounts_are_reported() {
    let account = Registry::new().release("SHA256:k").account;
    assert_eq!(account.publisher.as_deref(), Some("alice"));
    assert_eq!(account.maintainers, ["alice", "bob"]);
}

#[test]
fn what_is_not_whole_is_an_error() {
    let bad = json!({ "versions": { "1.0.0": { "dist": {} } } });
    NpmRelease::of(&bad, "a", "1.0.0").unwrap_err();
    NpmRelease::of(&Value::Null, "a", "1.0.0").unwrap_err();
    let odd = json!({ "versions": { "1.0.0": { "dist": { "integrity": "x", "signatures": 1 } } } });
    NpmRelease::of(&odd, "a", "1.0.0").unwrap_err();
    RegistryKeys::parse(b"[]", "r").unwrap_err();
}
