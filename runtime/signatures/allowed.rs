//! Lines of git's `allowed_signers` format.
//!
//! In: `alice@example.com namespaces="git" ssh-ed25519 AAAA…`. Out: [`SshSigner`]. Side effects: none.
//!
//! Source: `ssh-keygen(1)`, "ALLOWED SIGNERS".

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;

const EXPECTED_LINE: &str = "`principals [options] key-type key`";

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

impl SshSigner {
    /// A key without options.
    pub(super) fn new(principals: &str, key: PublicKey) -> SshSigner {
        SshSigner {
            principals: principals.trim_matches('"').to_owned(),
            key,
            namespaces: None,
            valid_after: None,
            valid_before: None,
        }
    }

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

/// Lines that say something, with their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

type LineError = (&'static str, String);

/// Source: `ssh-keygen(1)`, "ALLOWED SIGNERS".
pub(super) fn ssh_line(line: &str) -> Result<SshSigner, LineError> {
    let (principals, rest) = word(line);
    if principals.is_empty() || rest.is_empty() {
        return Err((EXPECTED_LINE, line.to_owned()));
    }
    if let Ok(key) = PublicKey::from_openssh(rest) {
        return Ok(SshSigner::new(principals, key));
    }
    // Options stand between the principals and the key.
    let (options, key) = word(rest);
    let key = PublicKey::from_openssh(key).map_err(|_| key_error(rest))?;
    let mut signer = SshSigner::new(principals, key);
    for option in split_outside_quotes(options) {
        apply(&mut signer, option)?;
    }
    Ok(signer)
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
pub(super) fn shorten(text: &str) -> String {
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
