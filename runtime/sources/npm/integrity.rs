//! Subresource integrity: does this tarball have the bytes that the lock or the registry promises?
//!
//! In: `sha512-<base64>`, several of them, or the 40 hex digits of old registries. Out: yes, or the hash found.
//! Side effects: none.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// One promise that can be held against bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    algorithm: Algorithm,
    /// As it is written in the lock: `sha512-<base64>`, or bare hex for SHA-1.
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha1Hex,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Integrity {
    /// The strongest of the hashes in `text`; `None` where it names none that is known here.
    pub fn parse(text: &str) -> Option<Integrity> {
        let known = text.split_whitespace().filter_map(|part| {
            // Options after a `?` are for browsers.
            let part = part.split('?').next().unwrap_or(part);
            Some(Integrity {
                algorithm: algorithm(part)?,
                text: part.to_string(),
            })
        });
        known.max_by_key(|integrity| integrity.algorithm)
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Compares with `bytes`; the error is what they have instead, by the same algorithm.
    pub fn check(&self, bytes: &[u8]) -> Result<(), String> {
        let actual = match self.algorithm {
            Algorithm::Sha1Hex => crate::cache::hex(&Sha1::digest(bytes)),
            Algorithm::Sha1 => sri("sha1", &Sha1::digest(bytes)),
            Algorithm::Sha256 => sri("sha256", &Sha256::digest(bytes)),
            Algorithm::Sha384 => sri("sha384", &Sha384::digest(bytes)),
            Algorithm::Sha512 => sri("sha512", &Sha512::digest(bytes)),
        };
        match actual == self.text {
            true => Ok(()),
            false => Err(actual),
        }
    }
}

fn algorithm(part: &str) -> Option<Algorithm> {
    if part.len() == 40
        && part
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    {
        return Some(Algorithm::Sha1Hex);
    }
    match part.split_once('-')?.0 {
        "sha1" => Some(Algorithm::Sha1),
        "sha256" => Some(Algorithm::Sha256),
        "sha384" => Some(Algorithm::Sha384),
        "sha512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

fn sri(name: &str, digest: &[u8]) -> String {
    format!("{name}-{}", BASE64_STANDARD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO_SHA1: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    const HELLO_SHA256: &str = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

    #[test]
    fn the_strongest_hash_counts() {
        let both = Integrity::parse(&format!("{HELLO_SHA1} {HELLO_SHA256}?x")).unwrap();
        assert_eq!(both.as_str(), HELLO_SHA256);
        both.check(b"hello").unwrap();
        assert!(both.check(b"hellO").unwrap_err().starts_with("sha256-"));
    }

    #[test]
    fn old_registries_give_hex() {
        let integrity = Integrity::parse(HELLO_SHA1).unwrap();
        integrity.check(b"hello").unwrap();
        assert_eq!(integrity.check(b"x").unwrap_err().len(), 40);
    }

    #[test]
    fn unknown_hashes_promise_nothing() {
        assert_eq!(Integrity::parse("md5-1234"), None);
        assert_eq!(Integrity::parse(""), None);
    }
}
