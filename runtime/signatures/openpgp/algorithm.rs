//! The public keys of OpenPGP, and whether a signature over a digest is theirs.
//!
//! In: key material, a digest, the numbers of a signature. Out: yes or no. Side effects: none.
//!
//! RSA from 2048 bits, Ed25519 and the NIST curves, over SHA-2. SHA-1, MD5 and DSA count for nothing.

use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::packet::{Malformed, Reader};

const RSA: [u8; 2] = [1, 3];
const ECDSA: u8 = 19;
const EDDSA_LEGACY: u8 = 22;
const ED25519: u8 = 27;

const LEAST_RSA_BITS: usize = 2048;
const MOST_RSA_BITS: usize = 16384;

const OID_ED25519: &[u8] = &[0x2b, 6, 1, 4, 1, 0xda, 0x47, 15, 1];
const OID_P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const OID_P384: &[u8] = &[0x2b, 0x81, 4, 0, 0x22];
const OID_P521: &[u8] = &[0x2b, 0x81, 4, 0, 0x23];

/// Hashes that signatures may be made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(number: u8) -> Option<Hash> {
        match number {
            8 => Some(Hash::Sha256),
            9 => Some(Hash::Sha384),
            10 => Some(Hash::Sha512),
            _ => None,
        }
    }

    pub(super) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        fn run<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut hasher = D::new();
            parts.iter().for_each(|part| hasher.update(part));
            hasher.finalize().to_vec()
        }
        match self {
            Hash::Sha256 => run::<Sha256>(parts),
            Hash::Sha384 => run::<Sha384>(parts),
            Hash::Sha512 => run::<Sha512>(parts),
        }
    }
}

/// A key that can verify.
#[derive(Clone)]
pub(super) enum Material {
    Rsa(Box<RsaPublicKey>),
    /// `is_native`: its signatures are 64 bytes, not two integers.
    Ed25519 {
        key: Ed25519Key,
        is_native: bool,
    },
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    /// One that cannot, or not here: an encryption key, a curve that is not known.
    Other,
}

impl Material {
    /// The material behind an algorithm's number in a key packet.
    pub(super) fn read(algorithm: u8, mut reader: Reader<'_>) -> Result<Material, Malformed> {
        let refused = |_| "a key has impossible numbers".to_owned();
        match algorithm {
            number if RSA.contains(&number) => {
                let modulus = BigUint::from_bytes_be(reader.integer()?);
                let exponent = BigUint::from_bytes_be(reader.integer()?);
                let key = RsaPublicKey::new_with_max_size(modulus, exponent, MOST_RSA_BITS);
                Ok(Material::Rsa(Box::new(key.map_err(|_| refused(()))?)))
            }
            ED25519 => Self::ed25519(reader.take(32)?, true),
            EDDSA_LEGACY => {
                let (curve, point) = Self::point(&mut reader)?;
                match (curve, point) {
                    (OID_ED25519, [0x40, point @ ..]) => Self::ed25519(point, false),
                    _ => Ok(Material::Other),
                }
            }
            ECDSA => {
                let (curve, point) = Self::point(&mut reader)?;
                match curve {
                    OID_P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(Material::P256)
                        .map_err(|_| refused(())),
                    OID_P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(Material::P384)
                        .map_err(|_| refused(())),
                    OID_P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
                        .map(Material::P521)
                        .map_err(|_| refused(())),
                    _ => Ok(Material::Other),
                }
            }
            _ => Ok(Material::Other),
        }
    }

    fn ed25519(point: &[u8], is_native: bool) -> Result<Material, Malformed> {
        let point: &[u8; 32] = point
            .try_into()
            .map_err(|_| "an Ed25519 key is too short")?;
        let key = Ed25519Key::from_bytes(point);
        Ok(Material::Ed25519 {
            key: key.map_err(|_| "a key has impossible numbers")?,
            is_native,
        })
    }

    fn point<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8], &'a [u8]), Malformed> {
        let length = usize::from(reader.byte()?);
        Ok((reader.take(length)?, reader.integer()?))
    }

    /// Whether the numbers in `signature` are this key's signature over `digest`.
    pub(super) fn verifies(&self, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
        self.check(hash, digest, Reader(signature))
            .unwrap_or_default()
    }

    fn check(
        &self,
        hash: Hash,
        digest: &[u8],
        mut signature: Reader<'_>,
    ) -> Result<bool, Malformed> {
        Ok(match self {
            Material::Rsa(key) => {
                let number = padded(signature.integer()?, key.size())?;
                let scheme = match hash {
                    Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                    Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                    Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                };
                key.n().bits() >= LEAST_RSA_BITS && key.verify(scheme, digest, &number).is_ok()
            }
            Material::Ed25519 { key, is_native } => {
                let bytes = match is_native {
                    true => signature.take(64)?.to_vec(),
                    false => pair(&mut signature, 32)?,
                };
                let signature = ed25519_dalek::Signature::from_slice(&bytes);
                signature.is_ok_and(|signature| key.verify_strict(digest, &signature).is_ok())
            }
            Material::P256(key) => {
                let found = p256::ecdsa::Signature::from_slice(&pair(&mut signature, 32)?);
                found.is_ok_and(|found| key.verify_prehash(digest, &found).is_ok())
            }
            Material::P384(key) => {
                let found = p384::ecdsa::Signature::from_slice(&pair(&mut signature, 48)?);
                found.is_ok_and(|found| key.verify_prehash(digest, &found).is_ok())
            }
            Material::P521(key) => {
                let found = p521::ecdsa::Signature::from_slice(&pair(&mut signature, 66)?);
                found.is_ok_and(|found| key.verify_prehash(digest, &found).is_ok())
            }
            Material::Other => false,
        })
    }
}

/// Two integers side by side, each of `size` bytes.
fn pair(reader: &mut Reader<'_>, size: usize) -> Result<Vec<u8>, Malformed> {
    let mut both = padded(reader.integer()?, size)?;
    both.extend(padded(reader.integer()?, size)?);
    Ok(both)
}

fn padded(number: &[u8], size: usize) -> Result<Vec<u8>, Malformed> {
    let missing = size
        .checked_sub(number.len())
        .ok_or("a signature has too large a number")?;
    let mut bytes = vec![0; missing];
    bytes.extend(number);
    Ok(bytes)
}
