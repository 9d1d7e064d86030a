//! SSH signatures ("sshsig", what `ssh-keygen -Y sign` and git make) against allowed signers.
//!
//! In: an armored signature, the bytes, a namespace and the time of signing. Out: a [`Finding`]. Side effects: none.

use jiff::Timestamp;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest, Sha512};
use ssh_key::private::{KeypairData, RsaKeypair};
use ssh_key::{Algorithm, HashAlg, PrivateKey, PublicKey, Signature, SshSig};

use super::report::{Finding, Signer, Status};
use super::signers::Signers;

pub(super) const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";

/// Checks `armored` over `message`, which must have been signed for `namespace`, at `time`.
///
/// A key may stand on several lines: one that allows the signature is enough.
pub(super) fn verify(
    armored: &str,
    message: &[u8],
    namespace: &str,
    time: Timestamp,
    signers: &Signers,
) -> Finding {
    let signature: SshSig = match armored.parse() {
        Ok(signature) => signature,
        Err(error) => return Finding::bad(format!("the SSH signature cannot be read: {error}")),
    };
    let key = PublicKey::from(signature.public_key().clone());
    let signer = Signer {
        key: key_name(&key),
        principal: None,
    };
    if signature.namespace() != namespace {
        let found = signature.namespace().escape_debug();
        return Finding::failed(
            Status::Bad,
            Some(signer),
            format!("it was made for `{found}`, not for `{namespace}`"),
        );
    }
    if let Err(error) = key.verify(namespace, message, &signature) {
        let finding = match error {
            ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. } => {
                (Status::Unsupported, "its algorithm is not supported")
            }
            _ => (Status::Bad, "it does not fit the signed data"),
        };
        return Finding::failed(finding.0, Some(signer), finding.1);
    }
    judge(&key, signer, namespace, time, signers)
}

/// Holds a key whose signature is good against the signers.
fn judge(
    key: &PublicKey,
    signer: Signer,
    namespace: &str,
    time: Timestamp,
    signers: &Signers,
) -> Finding {
    let lines = signers
        .ssh
        .iter()
        .filter(|line| line.key.key_data() == key.key_data());
    let mut refusal = None;
    for line in lines {
        let known = Signer {
            principal: Some(line.principals.clone()),
            ..signer.clone()
        };
        if !line.allows_namespace(namespace) {
            let reason = format!("the key may not sign for `{namespace}`");
            refusal.get_or_insert(Finding::failed(Status::UnknownSigner, Some(known), reason));
        } else if let Some(reason) = line.invalid_at(time) {
            refusal = Some(Finding::failed(Status::Expired, Some(known), reason));
        } else {
            return Finding::verified(known);
        }
    }
    refusal.unwrap_or_else(|| {
        Finding::failed(
            Status::UnknownSigner,
            Some(signer),
            "no signers file has this key",
        )
    })
}

/// Signs `message` for `namespace`.
///
/// # Errors
/// A key that cannot sign: one on a hardware token, DSA.
pub(super) fn sign(
    key: &PrivateKey,
    namespace: &str,
    message: &[u8],
) -> Result<SshSig, ssh_key::Error> {
    let KeypairData::Rsa(pair) = key.key_data() else {
        return key.sign(namespace, HashAlg::Sha512, message);
    };
    // The crate's own way takes one of the two primes twice, and so makes no key at all.
    let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message)?;
    let bytes = rsa_key(pair)?
        .sign(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(signed))
        .map_err(|_| ssh_key::Error::Crypto)?;
    let algorithm = Algorithm::Rsa {
        hash: Some(HashAlg::Sha512),
    };
    let public = key.public_key().key_data().clone();
    SshSig::new(
        public,
        namespace,
        HashAlg::Sha512,
        Signature::new(algorithm, bytes)?,
    )
}

fn rsa_key(pair: &RsaKeypair) -> Result<RsaPrivateKey, ssh_key::Error> {
    let primes = vec![
        BigUint::try_from(&pair.private.p)?,
        BigUint::try_from(&pair.private.q)?,
    ];
    let key = RsaPrivateKey::from_components(
        BigUint::try_from(&pair.public.n)?,
        BigUint::try_from(&pair.public.e)?,
        BigUint::try_from(&pair.private.d)?,
        primes,
    );
    key.map_err(|_| ssh_key::Error::Crypto)
}

/// `ssh:SHA256:…`, as `ssh-keygen -l` shows it.
pub(super) fn key_name(key: &PublicKey) -> String {
    format!("ssh:{}", key.fingerprint(HashAlg::Sha256))
}
