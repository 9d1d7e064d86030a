//! What can go wrong with a request, told without secrets.
//!
//! In: what `sorting.rs` made of lower layers' errors. Out: [`HttpError`], which clones and carries text only.
//! Side effects: none.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// The root cause below an [`HttpError`], in the words of the layer that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub String);

/// A request that gave no usable answer. URLs in it carry no user, password or token.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Plain HTTP to a host that is neither this machine nor allowed.
    #[error("Refused to load `{url}` over plain HTTP")]
    Insecure {
        /// The refused URL.
        url: String,
        /// Its `host` or `host:port`, as `--allow-insecure` takes it.
        host: String,
    },
    /// A policy forbids it.
    #[error("Refused to load `{url}`: {reason} ({place})")]
    Forbidden {
        /// The refused URL.
        url: String,
        /// What the policy says.
        reason: &'static str,
        /// The file and line.
        place: String,
    },
    /// The network is switched off.
    #[error("Could not fetch `{url}`: Prizm runs offline")]
    Offline {
        /// The wanted URL.
        url: String,
    },
    /// The host has no address, or no name server answers.
    #[error("Could not look up the host of `{url}`")]
    Dns {
        /// The wanted URL.
        url: String,
        /// What the resolver said.
        #[source]
        cause: Cause,
    },
    /// Nobody answers at the address, or a proxy refuses.
    #[error("Could not connect to the host of `{url}`")]
    Connect {
        /// The wanted URL.
        url: String,
        /// What the network layer said.
        #[source]
        cause: Cause,
    },
    /// The certificate or the TLS handshake was refused.
    #[error("Could not make a secure connection for `{url}`")]
    Tls {
        /// The wanted URL.
        url: String,
        /// What the TLS layer said.
        #[source]
        cause: Cause,
    },
    /// A file with certificate authorities cannot be used.
    #[error("Could not read certificates from `{}` (named by {origin})", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// The flag or variable that names it.
        origin: &'static str,
        /// Why not.
        #[source]
        cause: Cause,
    },
    /// Nothing came for the whole of the time-out.
    #[error("{}", waited_for.describe(url, *after))]
    Timeout {
        /// The wanted URL.
        url: String,
        /// What did not come.
        waited_for: WaitedFor,
        /// The time-out that passed.
        after: Duration,
    },
    /// An answer with a status that the caller cannot use.
    #[error("`{url}` answered {}", describe_status(*status))]
    Status {
        /// The URL that answered.
        url: String,
        /// The status.
        status: u16,
        /// The wait that the server asked for.
        retry_after: Option<Duration>,
    },
    /// The connection closed before the answer began.
    #[error("The connection closed before `{url}` answered")]
    Reset {
        /// The wanted URL.
        url: String,
        /// What the network layer said.
        #[source]
        cause: Cause,
    },
    /// The body ended early or does not decode.
    #[error("The download of `{url}` is incomplete: got {received} bytes{}", describe_expected(*expected))]
    Truncated {
        /// The wanted URL.
        url: String,
        /// The announced length, where there was one.
        expected: Option<u64>,
        /// How much came.
        received: u64,
        /// What the network layer said.
        #[source]
        cause: Cause,
    },
    /// The body is bigger than is kept in memory.
    #[error("The answer of `{url}` is bigger than {limit} bytes")]
    TooLarge {
        /// The URL that answered.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A redirect that cannot be followed.
    #[error("Could not follow the redirect of `{url}`")]
    Redirect {
        /// The URL that redirects.
        url: String,
        /// Why not.
        #[source]
        cause: Cause,
    },
    /// The request itself cannot be made.
    #[error("Could not request `{url}`")]
    Request {
        /// The wanted URL.
        url: String,
        /// Why not.
        #[source]
        cause: Cause,
    },
    /// The client's own thread is gone or never started.
    #[error("The HTTP client stopped")]
    Stopped(#[source] Cause),
}

/// What a request had got to when its time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitedFor {
    /// Nobody took the connection, or agreed on its encryption.
    Connection,
    /// The server took the request and said nothing.
    Answer,
    /// The answer began and then stood still.
    Rest {
        /// The bytes of the body that came.
        received: u64,
        /// Its announced length, where there was one.
        expected: Option<u64>,
    },
}

impl WaitedFor {
    fn describe(self, url: &str, after: Duration) -> String {
        let after = format!("{} s", after.as_secs_f64());
        match self {
            WaitedFor::Connection => {
                format!("Could not connect to the host of `{url}` within {after}")
            }
            WaitedFor::Answer => format!("No answer from `{url}` for {after}"),
            WaitedFor::Rest { received, expected } => format!(
                "The download of `{url}` stopped: got {received} bytes{}, then nothing for {after}",
                describe_expected(expected)
            ),
        }
    }
}

impl HttpError {
    /// Things that the reader can type to get further.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            HttpError::Insecure { url, host } => {
                let secure = url.replacen("http://", "https://", 1);
                return vec![
                    format!("use `{secure}`"),
                    format!("if that host is trusted: `--allow-insecure={host}`"),
                ];
            }
            HttpError::Offline { .. } => "run once without `--offline` to fetch it",
            HttpError::Dns { .. } | HttpError::Connect { .. } => {
                "check the network; behind a proxy set `HTTPS_PROXY=http://host:port`"
            }
            HttpError::Tls { .. } => {
                "to trust another certificate authority: `--cert=ca.pem`, or `SSL_CERT_FILE=ca.pem`"
            }
            HttpError::Certificates { origin, .. } => {
                return vec![format!("point {origin} at a PEM file, or leave it out")];
            }
            HttpError::Status { status: 407, .. } => {
                "the proxy wants a login: `HTTPS_PROXY=http://user:password@host:port`"
            }
            HttpError::Timeout { after, .. } => {
                let longer = (after.as_secs_f64() * 4.0).ceil();
                return vec![
                    "try again later".to_owned(),
                    format!("wait longer: `PRIZM_HTTP_TIMEOUT={longer}`"),
                ];
            }
            HttpError::Status { status: 429, .. }
            | HttpError::Status { status: 500.., .. }
            | HttpError::Reset { .. }
            | HttpError::Truncated { .. } => "try again later",
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }

    /// Whether the same request may well succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            HttpError::Reset { .. } | HttpError::Truncated { .. } | HttpError::Timeout { .. } => {
                true
            }
            HttpError::Status { status, .. } => is_retryable_status(*status),
            _ => false,
        }
    }

    /// The same error about another URL, for callers whose requests mean nothing to people.
    pub fn about(mut self, shown: &Url) -> HttpError {
        match &mut self {
            HttpError::Insecure { url, .. }
            | HttpError::Forbidden { url, .. }
            | HttpError::Offline { url }
            | HttpError::Dns { url, .. }
            | HttpError::Connect { url, .. }
            | HttpError::Tls { url, .. }
            | HttpError::Timeout { url, .. }
            | HttpError::Status { url, .. }
            | HttpError::Reset { url, .. }
            | HttpError::Truncated { url, .. }
            | HttpError::TooLarge { url, .. }
            | HttpError::Redirect { url, .. }
            | HttpError::Request { url, .. } => *url = display_url(shown),
            HttpError::Certificates { .. } | HttpError::Stopped(_) => {}
        }
        self
    }

    pub(super) fn stopped() -> HttpError {
        HttpError::Stopped(Cause("the request was dropped".to_owned()))
    }
}

/// Whether a server that answers `status` may well do better a moment later.
pub(super) fn is_retryable_status(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

/// A URL as text without its user, password, fragment, and values of query parameters that look secret.
pub fn display_url(url: &Url) -> String {
    let mut url = url.clone();
    // Both only fail for URLs that cannot hold a user at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                let shown = if is_secret(&name) { "***" } else { &*value };
                (name.to_string(), shown.to_owned())
            })
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.into()
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "key", "secret", "password", "auth", "sig", "cred"]
        .iter()
        .any(|word| name.contains(word))
}

fn describe_status(status: u16) -> String {
    let reason = reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    match reason {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

fn describe_expected(expected: Option<u64>) -> String {
    expected
        .map(|expected| format!(" of {expected}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_url_hides_secrets() {
        let url = Url::parse("https://me:hunter2@h.test/a?v=1&access_token=abc#x").unwrap();
        assert_eq!(display_url(&url), "https://h.test/a?v=1&access_token=***");
        let plain = Url::parse("https://h.test/a?target=es2022").unwrap();
        assert_eq!(display_url(&plain), "https://h.test/a?target=es2022");
    }

    #[test]
    fn insecure_hint_can_be_typed() {
        let error = HttpError::Insecure {
            url: "http://r.test:81/x".to_owned(),
            host: "r.test:81".to_owned(),
        };
        assert_eq!(
            error.hints(),
            [
                "use `https://r.test:81/x`",
                "if that host is trusted: `--allow-insecure=r.test:81`"
            ]
        );
    }

    #[test]
    fn truncated_names_both_lengths() {
        let error = HttpError::Truncated {
            url: "https://h.test/a".to_owned(),
            expected: Some(10),
            received: 4,
            cause: Cause("end of file".to_owned()),
        };
        assert_eq!(
            error.to_string(),
            "The download of `https://h.test/a` is incomplete: got 4 bytes of 10"
        );
        assert!(error.is_transient());
    }
}
