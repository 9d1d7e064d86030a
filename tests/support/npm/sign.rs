//! Signatures as npm registries make them: ECDSA P-256 over `name@version:integrity`.
//!
//! In: what a fixture wants. Out: `dist.signatures` and the answer of `/-/npm/v1/keys`. The key is made once a process.
//!
//! A root with a file `registry_keys.json` publishes the key: `{}`, or `{ "expires": "2019-01-01T00:00:00.000Z" }`.

use std::path::PathBuf;
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Digest;

use crate::server::Reply;

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().expect("a P-256 key"));

/// How a version is signed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    Good,
    /// Over another version.
    Bad,
    /// With a key that is not published.
    UnknownKey,
}

impl Signing {
    pub fn signatures(self, name: &str, version: &str, integrity: &str) -> Value {
        let version = match self {
            Signing::Bad => "0.0.0-other",
            _ => version,
        };
        let message = format!("{name}@{version}:{integrity}");
        let signature = KEY.sign(message.as_bytes()).expect("the key signs");
        let keyid = match self {
            Signing::UnknownKey => "SHA256:unknown".to_owned(),
            _ => key_id(),
        };
        json!([{ "keyid": keyid, "sig": BASE64_STANDARD.encode(signature) }])
    }
}

fn key_id() -> String {
    let digest = sha2::Sha256::digest(KEY.subject_public_key_info());
    format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(digest))
}

/// The answer of `/-/npm/v1/keys`.
pub fn keys(roots: &[PathBuf]) -> Reply {
    let published = roots
        .iter()
        .find_map(|root| std::fs::read_to_string(root.join("registry_keys.json")).ok());
    let Some(text) = published else {
        return Reply::status(404);
    };
    let settings: Value = serde_json::from_str(&text).expect("a fixture's keys are valid");
    let keys = json!({ "keys": [{
        "expires": settings["expires"],
        "keyid": key_id(),
        "keytype": "ecdsa-sha2-nistp256",
        "scheme": "ecdsa-sha2-nistp256",
        "key": BASE64_STANDARD.encode(KEY.subject_public_key_info()),
    }] });
    Reply::ok("application/json", keys.to_string())
}
