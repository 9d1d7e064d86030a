//! One OpenPGP signature: what it says of itself, and whether it fits.
//!
//! In: the body of a signature packet. Out: [`Signature`]. Side effects: none.
//!
//! Source: RFC 9580, section 5.2. Version 4 alone: what GnuPG and all others write for keys of that version.

use super::algorithm::{Hash, Material};
use super::packet::{Malformed, Reader, Subpacket, subpackets};

pub(super) const BINARY: u8 = 0x00;
pub(super) const BINDING: u8 = 0x18;
pub(super) const BACK_BINDING: u8 = 0x19;
pub(super) const DIRECT: u8 = 0x1f;
pub(super) const KEY_REVOCATION: u8 = 0x20;
pub(super) const SUBKEY_REVOCATION: u8 = 0x28;

const CREATED: u8 = 2;
const SIGNATURE_EXPIRES: u8 = 3;
const KEY_EXPIRES: u8 = 9;
const ISSUER: u8 = 16;
const NOTATION: u8 = 20;
const KEY_FLAGS: u8 = 27;
const REASON: u8 = 29;
const EMBEDDED: u8 = 32;
const ISSUER_FINGERPRINT: u8 = 33;
/// What is known, and so may be marked critical.
const KNOWN: [u8; 24] = [
    2, 3, 4, 5, 7, 9, 11, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 39,
];
const FLAG_SIGN: u8 = 2;
/// "No longer used", "superseded", "user id no longer valid": what was signed before stays good.
const SOFT_REASONS: [u8; 3] = [1, 3, 32];

/// A signature packet, read but not verified.
pub(super) struct Signature<'a> {
    pub(super) kind: u8,
    /// `None` for hashes that are too weak to count.
    hash: Option<Hash>,
    hashed: Vec<Subpacket<'a>>,
    unhashed: Vec<Subpacket<'a>>,
    /// Version to hashed subpackets: part of what is signed.
    head: &'a [u8],
    numbers: &'a [u8],
}

impl<'a> Signature<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Signature<'a>, Malformed> {
        let mut reader = Reader(body);
        let version = reader.byte()?;
        if version != 4 {
            return Err(format!("signatures of version {version} are not supported"));
        }
        let (kind, _algorithm, hash) = (reader.byte()?, reader.byte()?, reader.byte()?);
        let length = reader.number(2)?;
        let hashed = subpackets(reader.take(length)?)?;
        let head = &body[..6 + length];
        let length = reader.number(2)?;
        let unhashed = subpackets(reader.take(length)?)?;
        reader.take(2)?;
        let unknown = |part: &Subpacket<'_>| {
            part.is_critical && (part.kind == NOTATION || !KNOWN.contains(&part.kind))
        };
        if let Some(part) = hashed.iter().find(|part| unknown(part)) {
            return Err(format!(
                "it says that it must not be trusted without understanding its part {}",
                part.kind
            ));
        }
        Ok(Signature {
            kind,
            hash: Hash::of(hash),
            hashed,
            unhashed,
            head,
            numbers: reader.0,
        })
    }

    /// Whether its hash is good enough to be looked at.
    pub(super) fn has_strong_hash(&self) -> bool {
        self.hash.is_some()
    }

    /// Whether it is `key`'s signature over `parts`.
    pub(super) fn is_by(&self, key: &Material, parts: &[&[u8]]) -> bool {
        let Some(hash) = self.hash else { return false };
        let length = u32::try_from(self.head.len()).unwrap_or_default();
        let trailer = [&[4, 0xff][..], &length.to_be_bytes()].concat();
        let all = [parts, &[self.head, &trailer]].concat();
        key.verifies(hash, &hash.digest(&all), self.numbers)
    }

    fn part(&self, kind: u8) -> Option<&'a [u8]> {
        let found = self.hashed.iter().find(|part| part.kind == kind);
        found.map(|part| part.body)
    }

    fn seconds(&self, kind: u8) -> Option<u64> {
        let bytes: [u8; 4] = self.part(kind)?.try_into().ok()?;
        Some(u64::from(u32::from_be_bytes(bytes)))
    }

    /// Seconds since 1970; a signature without it is not valid.
    pub(super) fn created(&self) -> Option<u64> {
        self.seconds(CREATED)
    }

    /// When the signature itself stops to count.
    pub(super) fn expires(&self) -> Option<u64> {
        let after = self.seconds(SIGNATURE_EXPIRES).filter(|after| *after > 0)?;
        Some(self.created()?.saturating_add(after))
    }

    /// How many seconds after its creation the key expires that this signature is about.
    pub(super) fn key_lifetime(&self) -> Option<u64> {
        self.seconds(KEY_EXPIRES).filter(|after| *after > 0)
    }

    /// Whether the key that this signature is about may sign; `None` where it does not say.
    pub(super) fn may_sign(&self) -> Option<bool> {
        let flags = self.part(KEY_FLAGS)?;
        Some(flags.first().is_some_and(|flags| flags & FLAG_SIGN != 0))
    }

    /// Whether a revocation leaves good what was signed before it.
    pub(super) fn is_soft_revocation(&self) -> bool {
        let reason = self.part(REASON).and_then(|reason| reason.first());
        reason.is_some_and(|reason| SOFT_REASONS.contains(reason))
    }

    /// The signatures inside it; they stand for themselves, wherever they are.
    pub(super) fn embedded(&self) -> impl Iterator<Item = &'a [u8]> {
        let all = self.hashed.iter().chain(&self.unhashed);
        all.filter(|part| part.kind == EMBEDDED)
            .map(|part| part.body)
    }

    /// Whose it says it is: fingerprints, key ids. Only a hint to the right key.
    pub(super) fn issuers(&self) -> Vec<String> {
        let all = self.hashed.iter().chain(&self.unhashed);
        all.filter_map(|part| match (part.kind, part.body) {
            (ISSUER_FINGERPRINT, [4, fingerprint @ ..]) if fingerprint.len() == 20 => {
                Some(upper_hex(fingerprint))
            }
            (ISSUER, id) if id.len() == 8 => Some(upper_hex(id)),
            _ => None,
        })
        .collect()
    }
}

/// Upper-case digits, as key ids are written.
pub(super) fn upper_hex(bytes: &[u8]) -> String {
    crate::cache::hex(bytes).to_ascii_uppercase()
}
