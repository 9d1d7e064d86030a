//! An OpenPGP certificate ("public key"): the keys in it that may sign, and for how long.
//!
//! In: packets. Out: [`Certificate`]. Side effects: none.
//!
//! Only what the primary key itself has signed counts: its own user ids, the subkeys that it bound and that bound
//! themselves back, revocations. Signatures of others on it are passed over.

use sha1::{Digest, Sha1};

use super::algorithm::Material;
use super::packet::{Malformed, Packet, Reader};
use super::signature::{
    BACK_BINDING, BINDING, DIRECT, KEY_REVOCATION, SUBKEY_REVOCATION, Signature, upper_hex,
};

const SIGNATURE: u8 = 2;
const PRIMARY: u8 = 6;
const USER_ID: u8 = 13;
const SUBKEY: u8 = 14;
const CERTIFICATIONS: std::ops::RangeInclusive<u8> = 0x10..=0x13;

/// A certificate whose own signatures have been verified.
#[derive(Clone)]
pub struct Certificate {
    /// The user ids, best first: `Alice <alice@example.com>`.
    pub(super) user_ids: Vec<String>,
    pub(super) fingerprint: String,
    pub(super) keys: Vec<SigningKey>,
}

/// A primary key or subkey that may sign.
#[derive(Clone)]
pub(super) struct SigningKey {
    pub(super) fingerprint: String,
    pub(super) material: Material,
    pub(super) created: u64,
    pub(super) expires: Option<u64>,
    pub(super) revoked: Option<Revocation>,
}

/// Seconds since 1970 for a soft revocation; a hard one holds for all time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revocation {
    From(u64),
    Always,
}

/// A key packet.
struct Key<'a> {
    body: &'a [u8],
    created: u64,
    material: Material,
    fingerprint: String,
}

impl<'a> Key<'a> {
    fn read(body: &'a [u8]) -> Result<Key<'a>, Malformed> {
        let mut reader = Reader(body);
        let version = reader.byte()?;
        if version != 4 {
            return Err(format!("keys of version {version} are not supported"));
        }
        let created = reader.number(4)? as u64;
        let algorithm = reader.byte()?;
        let mut key = Key {
            material: Material::read(algorithm, reader)?,
            body,
            created,
            fingerprint: String::new(),
        };
        let digest = Sha1::digest(key.hashed());
        key.fingerprint = upper_hex(&digest);
        Ok(key)
    }

    /// The form in which a key takes part in signatures and in its fingerprint.
    fn hashed(&self) -> Vec<u8> {
        let length = u16::try_from(self.body.len()).unwrap_or(u16::MAX);
        [&[0x99][..], &length.to_be_bytes(), self.body].concat()
    }
}

/// A user id or subkey with the signatures that follow it.
struct Part<'a> {
    packet: Packet<'a>,
    signatures: Vec<Signature<'a>>,
}

/// Splits packets into certificates, each with its parts.
pub(super) fn read_all(packets: &[Packet<'_>]) -> Result<Vec<Certificate>, Malformed> {
    let mut found = Vec::new();
    let mut rest = packets;
    while let [first, after @ ..] = rest {
        if first.tag != PRIMARY {
            return Err("it does not begin with a public key".into());
        }
        let length = after.iter().take_while(|next| next.tag != PRIMARY).count();
        found.push(read(first, &after[..length])?);
        rest = &after[length..];
    }
    match found.is_empty() {
        true => Err("it holds no public key".into()),
        false => Ok(found),
    }
}

fn read(first: &Packet<'_>, others: &[Packet<'_>]) -> Result<Certificate, Malformed> {
    let primary = Key::read(first.body)?;
    let parts = parts(first, others);
    let hashed = primary.hashed();
    let is_own = |signature: &Signature<'_>, more: &[&[u8]]| {
        let all = [&[hashed.as_slice()][..], more].concat();
        signature.created().is_some() && signature.is_by(&primary.material, &all)
    };

    let mut user_ids = Vec::new();
    let mut about_primary: Vec<&Signature<'_>> = Vec::new();
    let mut revocation = None;
    for part in &parts {
        match part.packet.tag {
            PRIMARY => {
                for signature in part.signatures.iter().filter(|found| is_own(found, &[])) {
                    match signature.kind {
                        DIRECT => about_primary.push(signature),
                        KEY_REVOCATION => revocation = stronger(revocation, signature),
                        _ => {}
                    }
                }
            }
            USER_ID => {
                let length = u32::try_from(part.packet.body.len()).unwrap_or_default();
                let prefix = [&[0xb4][..], &length.to_be_bytes()].concat();
                let own = part.signatures.iter().filter(|found| {
                    CERTIFICATIONS.contains(&found.kind)
                        && is_own(found, &[&prefix, part.packet.body])
                });
                let before = about_primary.len();
                about_primary.extend(own);
                if about_primary.len() > before {
                    user_ids.push(String::from_utf8_lossy(part.packet.body).into_owned());
                }
            }
            _ => {}
        }
    }
    let Some(latest) = about_primary.iter().max_by_key(|found| found.created()) else {
        return Err(format!(
            "the key {} has no signature of its own that still counts: RSA from 2048 bits, no SHA-1",
            primary.fingerprint
        ));
    };
    let expires = expiry(&primary, latest);
    let mut keys = Vec::new();
    if latest.may_sign().unwrap_or(true) {
        keys.push(signing_key(&primary, expires, revocation));
    }
    for part in parts.iter().filter(|part| part.packet.tag == SUBKEY) {
        // A subkey of a kind that is not known is none that could have signed.
        let Ok(subkey) = Key::read(part.packet.body) else {
            continue;
        };
        keys.extend(bound(
            &primary,
            &subkey,
            &part.signatures,
            expires,
            revocation,
        ));
    }
    Ok(Certificate {
        user_ids,
        fingerprint: primary.fingerprint,
        keys,
    })
}

fn parts<'a>(first: &Packet<'a>, others: &[Packet<'a>]) -> Vec<Part<'a>> {
    let part = |packet: &Packet<'a>| Part {
        packet: *packet,
        signatures: Vec::new(),
    };
    let mut parts = vec![part(first)];
    for packet in others {
        match (packet.tag, parts.last_mut()) {
            (SIGNATURE, Some(last)) => last.signatures.extend(Signature::read(packet.body)),
            _ => parts.push(part(packet)),
        }
    }
    parts
}

/// A subkey that may sign, if primary and subkey say so of each other.
fn bound(
    primary: &Key<'_>,
    subkey: &Key<'_>,
    signatures: &[Signature<'_>],
    primary_expires: Option<u64>,
    primary_revoked: Option<Revocation>,
) -> Option<SigningKey> {
    let (first, second) = (primary.hashed(), subkey.hashed());
    let both: [&[u8]; 2] = [&first, &second];
    let own = |signature: &&Signature<'_>| {
        signature.created().is_some() && signature.is_by(&primary.material, &both)
    };
    let binding = signatures
        .iter()
        .filter(|found| found.kind == BINDING)
        .filter(own)
        .max_by_key(|found| found.created())?;
    let is_bound_back = binding.embedded().any(|body| {
        Signature::read(body)
            .is_ok_and(|back| back.kind == BACK_BINDING && back.is_by(&subkey.material, &both))
    });
    if !binding.may_sign().unwrap_or_default() || !is_bound_back {
        return None;
    }
    let revoked = signatures
        .iter()
        .filter(|found| found.kind == SUBKEY_REVOCATION)
        .filter(own)
        .fold(primary_revoked, stronger);
    let expires = [expiry(subkey, binding), primary_expires]
        .into_iter()
        .flatten()
        .min();
    Some(signing_key(subkey, expires, revoked))
}

fn signing_key(key: &Key<'_>, expires: Option<u64>, revoked: Option<Revocation>) -> SigningKey {
    SigningKey {
        fingerprint: key.fingerprint.clone(),
        material: key.material.clone(),
        created: key.created,
        expires,
        revoked,
    }
}

fn expiry(key: &Key<'_>, signature: &Signature<'_>) -> Option<u64> {
    Some(key.created.saturating_add(signature.key_lifetime()?))
}

fn stronger(known: Option<Revocation>, signature: &Signature<'_>) -> Option<Revocation> {
    let soft = signature
        .created()
        .filter(|_| signature.is_soft_revocation());
    match (known, soft) {
        (Some(Revocation::Always), _) | (_, None) => Some(Revocation::Always),
        (Some(Revocation::From(known)), Some(time)) => Some(Revocation::From(known.min(time))),
        (None, Some(time)) => Some(Revocation::From(time)),
    }
}
