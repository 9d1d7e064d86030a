//! One entry of a permission's list: checked, and brought into the one form in which it is compared and stored.
//!
//! In: `API.Example.com.:443`, `models/../x`, `$CACHE/`. Out: `api.example.com:443`, `./x`, `$CACHE`, or a reason.
//! Side effects: none.

use deno_runtime::deno_permissions::{NetDescriptor, SysDescriptor};

use super::Kind;
use super::kind::near;
use super::path_entry;

/// Longer entries are refused before they are looked at.
const MAX_LENGTH: usize = 1024;

/// The kinds of system information that there are.
const SYS_KINDS: [&str; 22] = [
    "hostname",
    "osRelease",
    "osUptime",
    "loadavg",
    "networkInterfaces",
    "systemMemoryInfo",
    "uid",
    "gid",
    "cpus",
    "homedir",
    "userInfo",
    "statfs",
    "getPriority",
    "setPriority",
    "getegid",
    "setegid",
    "seteuid",
    "setgid",
    "setuid",
    "umask",
    "ca",
    "inspector",
];

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEntry {
    /// `what was expected, and what is wrong`
    pub reason: String,
    /// What may have been meant.
    pub meant: Option<String>,
}

impl BadEntry {
    pub(super) fn new(reason: impl Into<String>) -> BadEntry {
        BadEntry {
            reason: reason.into(),
            meant: None,
        }
    }

    pub(super) fn meant(mut self, text: impl Into<String>) -> BadEntry {
        self.meant = Some(text.into());
        self
    }
}

/// Checks `text` and gives its one form. `*` stands for everything and is not an entry: the caller handles it.
///
/// # Errors
/// [`BadEntry`].
pub fn normalise(kind: Kind, text: &str) -> Result<String, BadEntry> {
    if text.is_empty() {
        return Err(BadEntry::new("an entry must not be empty"));
    }
    if text.len() > MAX_LENGTH {
        return Err(BadEntry::new(format!(
            "an entry has at most {MAX_LENGTH} characters"
        )));
    }
    if text.chars().any(super::words::is_hidden) {
        return Err(BadEntry::new("an entry holds no control characters"));
    }
    match kind {
        Kind::Net => host(text),
        Kind::Env => variable(text),
        Kind::Read | Kind::Write | Kind::Ffi => path_entry::normalise(text),
        Kind::Run => program(text),
        Kind::Docker => service(text),
        Kind::Sys => system(text),
        Kind::Media => Err(BadEntry::new(format!("expected {}", kind.expected()))),
    }
}

fn host(text: &str) -> Result<String, BadEntry> {
    if let Some((_, rest)) = text.split_once("://") {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        return Err(
            BadEntry::new("expected a host, with or without a port, and not a URL")
                .meant(authority),
        );
    }
    let descriptor = NetDescriptor::parse_for_list(text)
        .map_err(|error| BadEntry::new(format!("expected a host: {error}")))?;
    Ok(descriptor.to_string())
}

fn variable(text: &str) -> Result<String, BadEntry> {
    let name = text.strip_suffix('*').unwrap_or(text);
    if name.contains(['=', '*']) || name.chars().any(char::is_whitespace) {
        let reason = "expected a variable's name; `*` may stand at its end";
        return Err(BadEntry::new(reason).meant(name.replace(['=', '*', ' '], "")));
    }
    if let Some(bare) = name.strip_prefix('$') {
        return Err(BadEntry::new("expected a variable's name, without `$`").meant(bare));
    }
    Ok(text.to_string())
}

fn program(text: &str) -> Result<String, BadEntry> {
    if text.chars().any(char::is_whitespace) {
        let first = text.split_whitespace().next().unwrap_or_default();
        return Err(BadEntry::new("expected a program's name, without arguments").meant(first));
    }
    match text.contains('/') {
        true => path_entry::normalise(text),
        false if text.starts_with('$') => Err(BadEntry::new("expected a program's name")),
        false => Ok(text.to_string()),
    }
}

fn service(text: &str) -> Result<String, BadEntry> {
    let is_allowed = |char: char| char.is_ascii_alphanumeric() || "._-/:@+".contains(char);
    match text.chars().all(is_allowed) {
        true => Ok(text.to_string()),
        false => Err(BadEntry::new(
            "expected the name of a service, of letters, digits, `.`, `_` and `-`",
        )),
    }
}

fn system(text: &str) -> Result<String, BadEntry> {
    SysDescriptor::parse(text.to_string())
        .map(SysDescriptor::into_string)
        .map_err(|_| BadEntry {
            reason: format!("expected one of {}", SYS_KINDS.join(", ")),
            meant: near(text, SYS_KINDS).first().map(ToString::to_string),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_one_form() {
        let cases = [
            ("API.Example.com", "api.example.com"),
            ("api.example.com.:443", "api.example.com:443"),
            ("*.Example.com:443", "*.example.com:443"),
            ("[::1]:80", "[::1]:80"),
            ("[0:0:0:0:0:0:0:1]", "[::1]"),
            ("[::ffff:127.0.0.1]:80", "127.0.0.1:80"),
            ("127.0.0.1", "127.0.0.1"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("unix:/var/../run/x.sock", "unix:/run/x.sock"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                normalise(Kind::Net, text).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            "a b",
            "host:99999",
            "host:",
            "::1",
            "[::1",
            "*",
            "a.*.b",
            "x/y",
        ] {
            assert!(normalise(Kind::Net, text).is_err(), "{text}");
        }
        let error = normalise(Kind::Net, "https://api.example.com:8443/v1").unwrap_err();
        assert_eq!(error.meant.as_deref(), Some("api.example.com:8443"));
    }

    #[test]
    fn variables_programs_services_and_kinds() {
        assert_eq!(normalise(Kind::Env, "AWS_*").as_deref(), Ok("AWS_*"));
        for text in ["A=B", "A*B", "A B", "$HOME"] {
            assert!(normalise(Kind::Env, text).is_err(), "{text}");
        }
        assert_eq!(normalise(Kind::Run, "ffmpeg").as_deref(), Ok("ffmpeg"));
        assert_eq!(normalise(Kind::Run, "bin/x").as_deref(), Ok("./bin/x"));
        let error = normalise(Kind::Run, "ffmpeg -i x").unwrap_err();
        assert_eq!(error.meant.as_deref(), Some("ffmpeg"));
        assert!(normalise(Kind::Docker, "gpu service").is_err());
        assert_eq!(normalise(Kind::Sys, "username").as_deref(), Ok("userInfo"));
        let error = normalise(Kind::Sys, "hostName").unwrap_err();
        assert_eq!(error.meant.as_deref(), Some("hostname"));
    }

    #[test]
    fn hidden_characters_are_refused_everywhere() {
        for kind in Kind::ALL {
            for text in ["a\x1b[2J", "a\n", "a\u{202e}b", "a\u{200b}", "a\0"] {
                assert!(normalise(kind, text).is_err(), "{kind} {text:?}");
            }
        }
    }
}
