//! Where a policy and the command line say that allowed signers are found.
//!
//! In: `"allowedSigners": ["./allowed_signers", "github:alice"]`. Out: [`SignerSource`], then [`Signers`].
//! Side effects of [`load_signers`]: reads; the first use of a GitHub account asks for its keys.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::SignatureError;
use super::github::github_signers;
use super::signers::Signers;
use crate::http::HttpClient;

const GITHUB: &str = "github:";

/// One place of signers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerSource {
    /// A file; see [`Signers`].
    File(PathBuf),
    /// The keys of a GitHub account.
    Github(String),
}

impl SignerSource {
    /// Understands one word; relative paths start at `folder`.
    pub fn parse(text: &str, folder: &Path) -> SignerSource {
        match text.strip_prefix(GITHUB) {
            Some(account) => SignerSource::Github(account.to_owned()),
            None => SignerSource::File(folder.join(text).components().collect()),
        }
    }

    /// Understands the setting `allowedSigners` of the policy file `file`: a word or a list of them.
    ///
    /// # Errors
    /// [`SignatureError::Setting`].
    pub fn of_setting(value: &Value, file: &Path) -> Result<Vec<SignerSource>, SignatureError> {
        let words: Option<Vec<&str>> = match value {
            Value::String(word) => Some(vec![word]),
            Value::Array(words) => words.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let words = words.filter(|words| words.iter().all(|word| !word.is_empty()));
        let words = words.ok_or_else(|| SignatureError::Setting {
            path: file.to_path_buf(),
        })?;
        let folder = file.parent().unwrap_or(Path::new("."));
        Ok(words
            .into_iter()
            .map(|word| SignerSource::parse(word, folder))
            .collect())
    }
}

/// Reads all of `sources`. `pins`: the folder for keys of GitHub accounts.
///
/// # Errors
/// Of the first source that cannot be used: nobody may sign then.
pub async fn load_signers(
    sources: &[SignerSource],
    http: &HttpClient,
    pins: &Path,
) -> Result<Signers, SignatureError> {
    let mut signers = Signers::default();
    for source in sources {
        signers.extend(match source {
            SignerSource::File(path) => Signers::read(path)?,
            SignerSource::Github(account) => github_signers(http, account, pins).await?,
        });
    }
    Ok(signers)
}

/// What counts where neither policy nor command line names signers: `allowed_signers` in the folder of the user's
/// policy, if it is there.
pub fn usual_sources(folder: &Path) -> Vec<SignerSource> {
    let path = folder.join("allowed_signers");
    // Only a file that is not there is no file: one that cannot be read must not pass for none.
    match path.try_exists() {
        Ok(false) => Vec::new(),
        _ => vec![SignerSource::File(path)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_words_or_lists() {
        let read = |text: &str| {
            let value = serde_json::from_str(text).unwrap();
            SignerSource::of_setting(&value, Path::new("/p/prizm.json"))
        };
        assert_eq!(
            read(r#"["./team", "github:alice"]"#).unwrap(),
            [
                SignerSource::File("/p/team".into()),
                SignerSource::Github("alice".into())
            ]
        );
        assert_eq!(
            read(r#""/etc/signers""#).unwrap(),
            [SignerSource::File("/etc/signers".into())]
        );
        for bad in ["1", "[1]", r#"[""]"#, "{}", "null"] {
            let error = read(bad).unwrap_err().to_string();
            assert!(error.contains("/p/prizm.json"), "{error}");
        }
    }
}
