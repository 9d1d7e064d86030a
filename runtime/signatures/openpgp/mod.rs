//! OpenPGP signatures, as `git tag -s` and `gpg --detach-sign` make them, against armored public keys.
//!
//! In: an armored signature, the bytes, certificates. Out: a [`Finding`]. Side effects: none.
//!
//! Only what verifying needs is here, on the RustCrypto primitives that the runtime brings with it. The OpenPGP crates
//! ask for a version of `aes` that the runtime's exact one excludes, or are under a licence that a binary cannot carry.
//!
//! | file | does |
//! |---|---|
//! | `packet.rs` | armor, packets, numbers |
//! | `algorithm.rs` | keys, and whether a signature over a digest is theirs |
//! | `signature.rs` | one signature |
//! | `certificate.rs` | which keys of a certificate may sign, and for how long |

mod algorithm;
mod certificate;
mod packet;
mod signature;

pub use certificate::Certificate;

use certificate::{Revocation, SigningKey};
use signature::Signature;

use super::report::{Finding, Signer, Status};

pub(super) const BEGIN: &str = "-----BEGIN PGP SIGNATURE-----";
const PUBLIC_KEYS: &str = "PUBLIC KEY BLOCK";
const SIGNATURE_PACKET: u8 = 2;

/// The certificates of an armored file; several blocks may follow each other.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn read_certificates(text: &str) -> Result<Vec<Certificate>, String> {
    let begin = format!("-----BEGIN PGP {PUBLIC_KEYS}-----");
    let mut found = Vec::new();
    for block in text.split(&begin).skip(1) {
        let bytes = packet::dearmor(&format!("{begin}{block}"), PUBLIC_KEYS)?;
        found.extend(certificate::read_all(&packet::packets(&bytes)?)?);
    }
    Ok(found)
}

/// Checks `armored` over `message`.
pub(super) fn verify(armored: &str, message: &[u8], certificates: &[Certificate]) -> Finding {
    match check(armored, message, certificates) {
        Ok(finding) => finding,
        Err(reason) => Finding::bad(format!("the OpenPGP signature cannot be read: {reason}")),
    }
}

fn check(armored: &str, message: &[u8], certificates: &[Certificate]) -> Result<Finding, String> {
    let bytes = packet::dearmor(armored, "SIGNATURE")?;
    let packets = packet::packets(&bytes)?;
    let [packet] = packets[..] else {
        return Err(format!("{} packets where one belongs", packets.len()));
    };
    if packet.tag != SIGNATURE_PACKET {
        return Err("it is no signature".into());
    }
    if packet.body.first() != Some(&4) {
        return Ok(Finding::failed(
            Status::Unsupported,
            None,
            "its version is not supported",
        ));
    }
    let signature = Signature::read(packet.body)?;
    Ok(judge(&signature, message, certificates))
}

fn judge(signature: &Signature<'_>, message: &[u8], certificates: &[Certificate]) -> Finding {
    let issuers = signature.issuers();
    let unknown = issuers.first().map(|issuer| Signer {
        key: format!("openpgp:{issuer}"),
        principal: None,
    });
    if !signature.has_strong_hash() || signature.kind != signature::BINARY {
        let reason =
            "its hash or type is not supported: SHA-256, SHA-384 or SHA-512 over a document";
        return Finding::failed(Status::Unsupported, unknown, reason);
    }
    let keys = certificates.iter().flat_map(|certificate| {
        let keys = certificate.keys.iter();
        keys.map(move |key| (certificate, key))
    });
    let named = keys.filter(|(_, key)| {
        issuers
            .iter()
            .any(|issuer| key.fingerprint.ends_with(issuer.as_str()))
    });
    let mut is_named = false;
    for (certificate, key) in named {
        is_named = true;
        if signature.is_by(&key.material, &[message]) {
            return settle(signature, certificate, key);
        }
    }
    match is_named {
        true => Finding::failed(Status::Bad, unknown, "it does not fit the signed data"),
        false => Finding::failed(
            Status::UnknownSigner,
            unknown,
            "no signers file has this key",
        ),
    }
}

/// Whether the key behind a good signature was valid when it signed.
fn settle(signature: &Signature<'_>, certificate: &Certificate, key: &SigningKey) -> Finding {
    let signer = Signer {
        key: format!("openpgp:{}", certificate.fingerprint),
        principal: certificate.user_ids.first().cloned(),
    };
    let Some(time) = signature.created() else {
        return Finding::failed(
            Status::Bad,
            Some(signer),
            "it does not say when it was made",
        );
    };
    let is_revoked = match key.revoked {
        None => false,
        Some(Revocation::Always) => true,
        Some(Revocation::From(from)) => time >= from,
    };
    let (status, reason) = if is_revoked {
        (Status::Revoked, "its owner has revoked the key")
    } else if key.expires.is_some_and(|expires| time >= expires) {
        (Status::Expired, "the key had expired when it signed")
    } else if time < key.created {
        (Status::Expired, "it was made before the key")
    } else if signature.expires().is_some_and(|expires| now() >= expires) {
        (Status::Expired, "the signature itself has expired")
    } else {
        return Finding::verified(signer);
    };
    Finding::failed(status, Some(signer), reason)
}

fn now() -> u64 {
    let now = jiff::Timestamp::now().as_second();
    u64::try_from(now).unwrap_or_default()
}

#[cfg(test)]
mod tests;
