//! The SSH keys of GitHub accounts, kept as they were when they were first asked for.
//!
//! In: an account, the folder of pins. Out: [`Signers`]. Side effects: one request and one file the first time:
//!
//! ```text
//! ~/.config/prizm/signers/github.com/alice.keys       one key a line, as https://github.com/alice.keys gives them
//! ```
//!
//! A pin is never renewed by itself: keys that were added later are not known until the file is removed.

use std::io::Write;
use std::path::Path;

use reqwest::header::HeaderMap;
use url::Url;

use super::error::SignatureError;
use super::signers::Signers;
use crate::http::HttpClient;
use crate::sources::git::rewritten;

const MAX_NAME: usize = 39;

/// The keys of `account`, whose principal is `github:<account>`.
///
/// # Errors
/// [`SignatureError`]: no such account, none with keys, the network is off or down, a pin that cannot be written or
/// that is damaged.
pub async fn github_signers(
    http: &HttpClient,
    account: &str,
    folder: &Path,
) -> Result<Signers, SignatureError> {
    let what = format!(
        "The keys of the GitHub account `{}`",
        account.escape_debug()
    );
    let refused = |reason: &str| SignatureError::Answer {
        what: what.clone(),
        reason: reason.to_owned(),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if account.is_empty() || account.len() > MAX_NAME || !account.bytes().all(is_plain) {
        return Err(refused("it is not the name of an account"));
    }
    let account = account.to_ascii_lowercase();
    let principal = format!("github:{account}");
    let pin = folder.join("github.com").join(format!("{account}.keys"));
    match std::fs::read_to_string(&pin) {
        Ok(text) => return Signers::of_keys(&text, &principal, &pin),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(SignatureError::read(&pin, source)),
    }
    let url = Url::parse(&format!("https://github.com/{account}.keys"))
        .map_err(|_| refused("it is not the name of an account"))?;
    let url = rewritten(&url)?;
    let answer = http.get(&url, HeaderMap::new(), None).await;
    let answer = answer
        .and_then(|answer| answer.error_for_status())
        .map_err(|source| SignatureError::Fetch {
            what: format!("the keys of the GitHub account `{account}`"),
            source,
        })?;
    let text = std::str::from_utf8(&answer.body).map_err(|_| refused("they are not text"))?;
    let signers = Signers::of_keys(text, &principal, &pin)?;
    if signers.is_empty() {
        return Err(refused("the account has none"));
    }
    match keep(&pin, text)? {
        Kept::Ours => Ok(signers),
        Kept::Theirs => {
            let text = std::fs::read_to_string(&pin)
                .map_err(|source| SignatureError::read(&pin, source))?;
            Signers::of_keys(&text, &principal, &pin)
        }
    }
}

/// Whose pin it is, where two processes ask for the first time at once.
enum Kept {
    Ours,
    Theirs,
}

fn keep(pin: &Path, text: &str) -> Result<Kept, SignatureError> {
    let write = |source| SignatureError::Io {
        action: "write",
        path: pin.to_path_buf(),
        source,
    };
    let folder = pin.parent().unwrap_or(pin);
    std::fs::create_dir_all(folder).map_err(write)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(write)?;
    file.write_all(text.as_bytes()).map_err(write)?;
    match file.persist_noclobber(pin) {
        Ok(_) => Ok(Kept::Ours),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Kept::Theirs),
        Err(error) => Err(write(error.error)),
    }
}
