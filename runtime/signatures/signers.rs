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

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;

use super::error::SignatureError;
use super::openpgp::{self, Certificate};

const PGP: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const MINISIGN: &str = "untrusted comment:";
const EXPECTED_LINE: &str = "`principals [options] key-type key`";

/// Keys, and whose they are.
#[derive(Clone, Default)]
pub struct Signers {
    pub(super) ssh: Vec<SshSigner>,
    pub(super) openpgp: Vec<Certificate>,
    pub(super) minisign: Vec<MinisignSigner>,
    files: Vec<PathBuf>,
}

/// One line of an `allowed_signers` file.
#[derive(Clone, Debug)]
pub(super) struct SshSigner {
    /// As written: `alice@example.com,*@company.com`.
    pub(super) principals: String,
    pub(super) key: PublicKey,
    /// Pattern lists; `None` allows every namespace.
    namespaces: Option<String>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
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
            signers.ssh.push(SshSigner {
                principals: principal.to_owned(),
                key,
                namespaces: None,
                valid_after: None,
                valid_before: None,
            });
        }
        signers.files.push(path.to_path_buf());
        Ok(signers)
    }
}

impl SshSigner {
    pub(super) fn allows_namespace(&self, namespace: &str) -> bool {
        self.namespaces
            .as_ref()
            .is_none_or(|patterns| matches_list(patterns, namespace))
    }

    /// Why the key was not valid at `time`; `None` if it was.
    pub(super) fn invalid_at(&self, time: Timestamp) -> Option<String> {
        match (self.valid_after, self.valid_before) {
            (Some(after), _) if time < after => Some(format!("the key is valid from {after} on")),
            (_, Some(before)) if time >= before => {
                Some(format!("the key was valid until {before}"))
            }
            _ => None,
        }
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

/// Lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

type LineError = (&'static str, String);

/// Source: `ssh-keygen(1)`, "ALLOWED SIGNERS".
fn ssh_line(line: &str) -> Result<SshSigner, LineError> {
    let (principals, rest) = word(line);
    if principals.is_empty() || rest.is_empty() {
        return Err((EXPECTED_LINE, line.to_owned()));
    }
    let mut signer = SshSigner {
        principals: principals.trim_matches('"').to_owned(),
        key: match PublicKey::from_openssh(rest) {
            Ok(key) => return Ok(plain(principals, key)),
            // Options stand between the principals and the key.
            Err(_) => {
                let (_, key) = word(rest);
                PublicKey::from_openssh(key).map_err(|_| key_error(rest))?
            }
        },
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    let (options, _) = word(rest);
    for option in split_outside_quotes(options) {
        apply(&mut signer, option)?;
    }
    Ok(signer)
}

fn plain(principals: &str, key: PublicKey) -> SshSigner {
    SshSigner {
        principals: principals.trim_matches('"').to_owned(),
        key,
        namespaces: None,
        valid_after: None,
        valid_before: None,
    }
}

fn key_error(rest: &str) -> LineError {
    let (first, after) = word(rest);
    // `cert-authority` keys look like others, so the option is what there is to complain about.
    if let Some(option) = split_outside_quotes(first).find(|option| is_authority(option)) {
        return (NO_AUTHORITY, option.to_owned());
    }
    let begins_with_key = ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|kind| first.starts_with(kind));
    let key = if begins_with_key { rest } else { after };
    (
        "an SSH public key, such as `ssh-ed25519 AAAA…`",
        key.to_owned(),
    )
}

const NO_AUTHORITY: &str =
    "the signer's own key: certificate authorities (`cert-authority`) are not supported";

fn is_authority(option: &str) -> bool {
    option.eq_ignore_ascii_case("cert-authority")
}

fn apply(signer: &mut SshSigner, option: &str) -> Result<(), LineError> {
    if is_authority(option) {
        return Err((NO_AUTHORITY, option.to_owned()));
    }
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let value = value.trim_matches('"');
    let time = || parse_time(value).ok_or(("a time: YYYYMMDD[HHMM[SS]][Z]", value.to_owned()));
    match name.to_ascii_lowercase().as_str() {
        "namespaces" => signer.namespaces = Some(value.to_owned()),
        "valid-after" => signer.valid_after = Some(time()?),
        "valid-before" => signer.valid_before = Some(time()?),
        _ => {
            return Err((
                "`namespaces=`, `valid-after=` or `valid-before=`",
                option.to_owned(),
            ));
        }
    }
    Ok(())
}

/// Local time, or UTC with a `Z`.
fn parse_time(text: &str) -> Option<Timestamp> {
    let (digits, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, TimeZone::UTC),
        None => (text, TimeZone::system()),
    };
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{digits:0<14}");
    let time = DateTime::strptime("%Y%m%d%H%M%S", padded).ok()?;
    Some(time.to_zoned(zone).ok()?.timestamp())
}

/// The first word, in which quotes protect spaces, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let end = text.find(|found: char| {
        is_quoted ^= found == '"';
        !is_quoted && found.is_whitespace()
    });
    match end {
        Some(end) => (&text[..end], text[end..].trim_start()),
        None => (text, ""),
    }
}

fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |found: char| {
        is_quoted ^= found == '"';
        !is_quoted && found == ','
    })
}

/// OpenSSH's pattern lists: `git,prizm-*,!prizm-test`.
fn matches_list(patterns: &str, text: &str) -> bool {
    let is_match = |pattern: &str| matches(pattern.as_bytes(), text.as_bytes());
    let mut patterns = patterns.split(',').map(str::trim);
    let mut is_allowed = false;
    let is_denied = patterns.any(|pattern| match pattern.strip_prefix('!') {
        Some(pattern) => is_match(pattern),
        None => {
            is_allowed |= is_match(pattern);
            false
        }
    });
    is_allowed && !is_denied
}

fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches(rest, text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        ([b'?', rest @ ..], [_, text @ ..]) => matches(rest, text),
        ([first, rest @ ..], [found, text @ ..]) => first == found && matches(rest, text),
        _ => false,
    }
}

/// Part of a line for an error: keys are long, and a file that is not what it should be may hold anything.
fn shorten(text: &str) -> String {
    const LENGTH: usize = 40;
    let mut short: String = text
        .chars()
        .map(|found| if found.is_control() { '?' } else { found })
        .take(LENGTH)
        .collect();
    if text.chars().count() > LENGTH {
        short.push('…');
    }
    short
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

    #[test]
    fn pattern_lists() {
        for (patterns, text, expected) in [
            ("git", "git", true),
            ("git", "gitx", false),
            ("g*", "git", true),
            ("g?t", "git", true),
            ("*,!git", "git", false),
            ("*,!git", "prizm", true),
            ("!git", "prizm", false),
            ("", "git", false),
        ] {
            assert_eq!(matches_list(patterns, text), expected, "{patterns} {text}");
        }
    }
}
