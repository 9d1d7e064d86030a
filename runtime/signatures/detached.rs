//! `prizm.sig`: a signature over the files of a repository, beside them.
//!
//! In: a folder, a key. Out: the signature's text, or a [`Finding`]. Side effects: reads; who writes `prizm.sig` is
//! `runtime/cli/provider/sign.rs`.
//!
//! What is signed is one line: the tree hash that the lock file pins, taken without `prizm.sig` itself. An SSH key signs
//! it for the namespace `prizm`, so that `ssh-keygen` can check it as well:
//!
//! ```text
//! echo sha256-3f… | ssh-keygen -Y verify -n prizm -f allowed_signers -I alice@example.com -s prizm.sig
//! ```

use std::io::Cursor;
use std::path::Path;

use jiff::Timestamp;
use minisign::{PublicKey, SecretKeyBox, SignatureBox};
use ssh_key::{LineEnding, PrivateKey};

use super::error::SignatureError;
use super::report::{Finding, Signer, Status};
use super::signers::Signers;
use super::{openpgp, ssh};
use crate::cache::{TreeHash, TreeManifest};
use crate::sources::git::staged_hash;

/// The file at the root of a repository.
pub const SIGNATURE_FILE: &str = "prizm.sig";
const NAMESPACE: &str = "prizm";
const MINISIGN: &str = "untrusted comment:";
/// Longer files are no signatures.
const MAX_SIZE: u64 = 64 * 1024;

/// The hash of a repository's files without `prizm.sig`.
///
/// `folder`: a tree of the cache; or a git working copy, of which the files count that the next commit will have; or
/// any other folder.
///
/// # Errors
/// [`SignatureError::Hash`], [`SignatureError::Git`].
pub fn content_hash(folder: &Path) -> Result<TreeHash, SignatureError> {
    if folder.join(".git").exists() {
        return Ok(staged_hash(folder, SIGNATURE_FILE)?);
    }
    let manifest = TreeManifest::scan(folder).map_err(|source| SignatureError::Hash {
        folder: folder.to_path_buf(),
        source,
    })?;
    Ok(manifest.hash_without(SIGNATURE_FILE))
}

fn message(hash: &TreeHash) -> String {
    format!("{hash}\n")
}

/// Judges `prizm.sig` of `folder`; `None` where there is none.
///
/// # Errors
/// As [`content_hash`], and a signature file that cannot be read.
pub fn verify_detached(
    folder: &Path,
    signers: &Signers,
) -> Result<Option<Finding>, SignatureError> {
    let path = folder.join(SIGNATURE_FILE);
    let size = match path.symlink_metadata() {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SignatureError::read(&path, source)),
    };
    if size > MAX_SIZE {
        return Ok(Some(Finding::bad("`prizm.sig` is too big for a signature")));
    }
    let bytes = std::fs::read(&path).map_err(|source| SignatureError::read(&path, source))?;
    let text = String::from_utf8_lossy(&bytes);
    let message = message(&content_hash(folder)?);
    Ok(Some(judge(text.trim_start(), message.as_bytes(), signers)))
}

fn judge(text: &str, message: &[u8], signers: &Signers) -> Finding {
    if text.starts_with(ssh::BEGIN) {
        ssh::verify(text, message, NAMESPACE, Timestamp::now(), signers)
    } else if text.starts_with(openpgp::BEGIN) {
        openpgp::verify(text, message, &signers.openpgp)
    } else if text.starts_with(MINISIGN) {
        minisigned(text, message, signers)
    } else {
        Finding::bad("`prizm.sig` is neither an SSH, an OpenPGP nor a minisign signature")
    }
}

fn minisigned(text: &str, message: &[u8], signers: &Signers) -> Finding {
    let signature = match SignatureBox::from_string(text) {
        Ok(signature) => signature,
        Err(error) => {
            return Finding::bad(format!("the minisign signature cannot be read: {error}"));
        }
    };
    let mut signer = Signer {
        key: key_name(signature.keynum()),
        principal: None,
    };
    let known = signers
        .minisign
        .iter()
        .find(|known| known.key.keynum() == signature.keynum());
    let Some(known) = known else {
        let reason = "no signers file has this key";
        return Finding::failed(Status::UnknownSigner, Some(signer), reason);
    };
    signer.principal = Some(known.name.clone());
    match minisign::verify(
        &known.key,
        &signature,
        Cursor::new(message),
        true,
        false,
        false,
    ) {
        Ok(()) => Finding::verified(signer),
        Err(error) => Finding::failed(Status::Bad, Some(signer), error.to_string()),
    }
}

/// minisign writes the number of a key in upper-case digits, last byte first.
fn key_name(number: &[u8]) -> String {
    let reversed: Vec<u8> = number.iter().rev().copied().collect();
    format!(
        "minisign:{}",
        crate::cache::hex(&reversed).to_ascii_uppercase()
    )
}

/// A key to sign with.
pub enum SecretKey {
    /// An OpenSSH key.
    Ssh(Box<PrivateKey>),
    /// A minisign key.
    Minisign(Box<minisign::SecretKey>),
}

impl SecretKey {
    /// Reads a key. `passphrase` is called once, if the key is encrypted.
    ///
    /// # Errors
    /// [`SignatureError::Io`], [`SignatureError::Key`], [`SignatureError::Passphrase`].
    pub fn read(
        path: &Path,
        passphrase: impl FnOnce() -> Option<String>,
    ) -> Result<SecretKey, SignatureError> {
        let bytes = std::fs::read(path).map_err(|source| SignatureError::read(path, source))?;
        let text = String::from_utf8_lossy(&bytes);
        match text.trim_start() {
            text if text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----") => {
                read_ssh(text, path, passphrase)
            }
            text if text.starts_with(MINISIGN) => read_minisign(text, path, passphrase),
            text => Err(unusable(path, text)),
        }
    }

    /// Whose signature it will be: `ssh:SHA256:…`, `minisign:…`.
    pub fn name(&self) -> String {
        match self {
            SecretKey::Ssh(key) => ssh::key_name(key.public_key()),
            SecretKey::Minisign(key) => key_name(key.keynum()),
        }
    }

    /// The line, or the file, that lets others verify.
    pub fn public(&self) -> String {
        let ssh = |key: &PrivateKey| key.public_key().to_openssh().ok();
        let text = match self {
            SecretKey::Ssh(key) => ssh(key),
            SecretKey::Minisign(key) => PublicKey::from_secret_key(key)
                .ok()
                .map(|key| key.to_base64()),
        };
        text.unwrap_or_default()
    }
}

fn unusable(path: &Path, text: &str) -> SignatureError {
    let (reason, hint) = if text.starts_with("-----BEGIN") && text.contains("PRIVATE KEY") {
        (
            "it is a key in PEM form, not in OpenSSH's",
            Some(format!("ssh-keygen -p -f {}", path.display())),
        )
    } else if text.starts_with("ssh-") || text.starts_with("ecdsa-") {
        (
            "it is the public half",
            path.to_str()
                .and_then(|path| path.strip_suffix(".pub"))
                .map(|path| format!("prizm provider sign --key {path}")),
        )
    } else {
        (
            "it is neither an OpenSSH private key nor a minisign one",
            None,
        )
    };
    SignatureError::Key {
        path: path.to_path_buf(),
        reason: reason.to_owned(),
        hint,
    }
}

fn read_ssh(
    text: &str,
    path: &Path,
    passphrase: impl FnOnce() -> Option<String>,
) -> Result<SecretKey, SignatureError> {
    let refused = |reason: String| SignatureError::Key {
        path: path.to_path_buf(),
        reason,
        hint: None,
    };
    let key = PrivateKey::from_openssh(text).map_err(|error| refused(error.to_string()))?;
    if !key.is_encrypted() {
        return Ok(SecretKey::Ssh(Box::new(key)));
    }
    let passphrase = passphrase().ok_or_else(|| SignatureError::Passphrase {
        path: path.to_path_buf(),
    })?;
    let key = key
        .decrypt(passphrase)
        .map_err(|_| refused("the passphrase is wrong".into()))?;
    Ok(SecretKey::Ssh(Box::new(key)))
}

fn read_minisign(
    text: &str,
    path: &Path,
    passphrase: impl FnOnce() -> Option<String>,
) -> Result<SecretKey, SignatureError> {
    let refused = |error: minisign::PError| SignatureError::Key {
        path: path.to_path_buf(),
        reason: error.to_string(),
        hint: None,
    };
    let sealed = || SecretKeyBox::from_string(text).map_err(refused);
    if let Ok(key) = sealed()?.into_unencrypted_secret_key() {
        return Ok(SecretKey::Minisign(Box::new(key)));
    }
    // Without a passphrase the crate would ask on stdout, which is the script's.
    let passphrase = passphrase().ok_or_else(|| SignatureError::Passphrase {
        path: path.to_path_buf(),
    })?;
    let key = sealed()?
        .into_secret_key(Some(passphrase))
        .map_err(refused)?;
    Ok(SecretKey::Minisign(Box::new(key)))
}

/// The text of `prizm.sig` for the files that hash to `hash`.
///
/// # Errors
/// [`SignatureError::Key`]: a key that cannot sign, such as one on a hardware token.
pub fn sign_detached(
    hash: &TreeHash,
    key: &SecretKey,
    path: &Path,
) -> Result<String, SignatureError> {
    let refused = |reason: String| SignatureError::Key {
        path: path.to_path_buf(),
        reason,
        hint: None,
    };
    let message = message(hash);
    match key {
        SecretKey::Ssh(key) => ssh::sign(key, NAMESPACE, message.as_bytes())
            .and_then(|signature| signature.to_pem(LineEnding::LF))
            .map_err(|error| refused(error.to_string())),
        SecretKey::Minisign(key) => {
            let comment = format!("prizm {hash}");
            minisign::sign(None, key, Cursor::new(&message), Some(&comment), None)
                .map(|signature| signature.to_string())
                .map_err(|error| refused(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests;
