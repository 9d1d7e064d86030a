//! Who may sign: the keys that a user trusts, as files.
//!
//! In: files. Out: [`Signers`]. A file is one of three kinds, told apart by its content:
//!
//! ```text
//! alice@example.com namespaces="git,prizm" valid-before="20270101" ssh-ed25519 AAAA…   git's `allowed_signers`
//! -----BEGIN PGP PUBLIC KEY BLOCK-----                                                  OpenPGP keys, armored
//! untrusted comment: minisign public key …                                              a minisign key
//! ```
//!
//! A file that cannot be understood in whole is not used in part. Side effects: reads.

use std::path::{Path, PathBuf};

use ssh_key::PublicKey;

use super::allowed::{SshSigner, lines, shorten, ssh_line};
use super::error::SignatureError;
use super::openpgp::{self, Certificate};

const PGP: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const MINISIGN: &str = "untrusted comment:";

/// Keys, and whose they are.
#[derive(Clone, Default)]
pub struct Signers {
    pub(super) ssh: Vec<SshSigner>,
    pub(super) openpgp: Vec<Certificate>,
    pub(super) minisign: Vec<MinisignSigner>,
    files: Vec<PathBuf>,
}

/// A minisign key, and what its file calls it.
#[derive(Clone)]
pub(super) struct MinisignSigner {
    pub(super) name: String,
    pub(super) key: minisign::PublicKey,
}

impl Signers {
    /// Reads one file.
    ///
    /// # Errors
    /// [`SignatureError::Io`], [`SignatureError::SignersLine`], [`SignatureError::Signers`].
    pub fn read(path: &Path) -> Result<Signers, SignatureError> {
        let bytes = std::fs::read(path).map_err(|source| SignatureError::read(path, source))?;
        let text = String::from_utf8(bytes).map_err(|_| SignatureError::Signers {
            path: path.to_path_buf(),
            reason: "it is not text; export OpenPGP keys with `gpg --armor --export`".into(),
        })?;
        Signers::parse(&text, path)
    }

    /// Reads several files as one.
    ///
    /// # Errors
    /// As [`Signers::read`], for the first file that cannot be used.
    pub fn read_all<'a>(
        paths: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Signers, SignatureError> {
        let mut all = Signers::default();
        for path in paths {
            all.extend(Signers::read(path)?);
        }
        Ok(all)
    }

    /// Understands the text of a file. `path` is for errors alone.
    ///
    /// # Errors
    /// As [`Signers::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Signers, SignatureError> {
        let mut signers = match text.trim_start() {
            text if text.starts_with(PGP) => openpgp_file(text, path)?,
            text if text.starts_with(MINISIGN) => minisign_file(text, path)?,
            _ => ssh_file(text, path)?,
        };
        signers.files.push(path.to_path_buf());
        Ok(signers)
    }

    /// Adds the keys of `other`.
    pub fn extend(&mut self, other: Signers) {
        self.ssh.extend(other.ssh);
        self.openpgp.extend(other.openpgp);
        self.minisign.extend(other.minisign);
        self.files.extend(other.files);
    }

    /// Whether nobody may sign.
    pub fn is_empty(&self) -> bool {
        self.ssh.is_empty() && self.openpgp.is_empty() && self.minisign.is_empty()
    }

    /// Where the keys come from.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The keys of a list without options, such as GitHub's, all of one principal.
    ///
    /// # Errors
    /// [`SignatureError::SignersLine`].
    pub(super) fn of_keys(
        text: &str,
        principal: &str,
        path: &Path,
    ) -> Result<Signers, SignatureError> {
        let mut signers = Signers::default();
        for (number, line) in lines(text) {
            let key = PublicKey::from_openssh(line).map_err(|_| SignatureError::SignersLine {
                path: path.to_path_buf(),
                line: number,
                expected: "an SSH public key",
                found: shorten(line),
            })?;
            signers.ssh.push(SshSigner::new(principal, key));
        }
        signers.files.push(path.to_path_buf());
        Ok(signers)
    }
}

fn openpgp_file(text: &str, path: &Path) -> Result<Signers, SignatureError> {
    let certificates = openpgp::read_certificates(text);
    let openpgp = certificates.map_err(|reason| SignatureError::Signers {
        path: path.to_path_buf(),
        reason,
    })?;
    Ok(Signers {
        openpgp,
        ..Signers::default()
    })
}

fn minisign_file(text: &str, path: &Path) -> Result<Signers, SignatureError> {
    let key = minisign::PublicKeyBox::from_string(text)
        .and_then(minisign::PublicKeyBox::into_public_key)
        .map_err(|error| SignatureError::Signers {
            path: path.to_path_buf(),
            reason: format!("expected a minisign public key: {error}"),
        })?;
    let comment = text.trim_start().lines().next().unwrap_or_default();
    let name = comment.trim_start_matches(MINISIGN).trim().to_owned();
    Ok(Signers {
        minisign: vec![MinisignSigner { name, key }],
        ..Signers::default()
    })
}

fn ssh_file(text: &str, path: &Path) -> Result<Signers, SignatureError> {
    let mut signers = Signers::default();
    for (number, line) in lines(text) {
        let signer = ssh_line(line).map_err(|(expected, found)| SignatureError::SignersLine {
            path: path.to_path_buf(),
            line: number,
            expected,
            found: shorten(&found),
        })?;
        signers.ssh.push(signer);
    }
    Ok(signers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJAv0n0F4pXOhsP0n6eNdEvVpNrdVHsIYq1Oji0E3U6u";

    fn parse(text: &str) -> Result<Signers, String> {
        Signers::parse(text, Path::new("signers")).map_err(|error| error.to_string())
    }

    fn refusal(text: &str) -> String {
        parse(text).err().unwrap()
    }

    #[test]
    fn lines_are_read_as_ssh_keygen_reads_them() {
        let text = format!(
            "# people\n\nalice@a.test {KEY} comment\nbob@b.test,*@c.test namespaces=\"git,prizm\",valid-after=\"20240101Z\",valid-before=20250101120000Z {KEY}\n"
        );
        let signers = parse(&text).unwrap();
        let [alice, bob] = &signers.ssh[..] else {
            panic!("two signers")
        };
        assert_eq!(alice.principals, "alice@a.test");
        assert!(alice.allows_namespace("anything"));
        assert_eq!(bob.principals, "bob@b.test,*@c.test");
        assert!(bob.allows_namespace("git") && !bob.allows_namespace("file"));
        let at = |text: &str| bob.invalid_at(text.parse().unwrap());
        assert_eq!(at("2024-06-01T00:00:00Z"), None);
        assert!(at("2023-12-31T23:59:59Z").unwrap().contains("from"));
        assert!(at("2025-01-01T12:00:00Z").unwrap().contains("until"));
    }

    #[test]
    fn a_broken_line_is_named_and_nothing_is_used() {
        let text = format!("alice {KEY}\nbob ssh-ed25519 AAAAnonsense\n");
        assert_eq!(
            refusal(&text),
            "signers:2: expected an SSH public key, such as `ssh-ed25519 AAAA…`, found `ssh-ed25519 AAAAnonsense`"
        );
        assert!(refusal("alice").starts_with("signers:1: expected `principals [options]"));
        assert!(refusal(&format!("a valid-before=soon {KEY}")).contains("YYYYMMDD"));
        assert!(refusal(&format!("a valid-before=20251399 {KEY}")).contains("YYYYMMDD"));
        assert!(refusal(&format!("a namespace=\"git\" {KEY}")).contains("`namespaces=`"));
        assert!(refusal(&format!("*@a cert-authority {KEY}")).contains("not supported"));
        assert!(refusal("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n").contains("signers"));
        assert!(refusal("untrusted comment: x\nRWQ\n").contains("minisign"));
    }
}
