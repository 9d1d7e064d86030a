//! Takes secrets out of texts before they are written down.
//!
//! In: any text. Out: the text without users, passwords, queries and fragments of URLs, tokens of known shapes, named
//! credentials, and the values of environment variables that are named like secrets. Side effects: none.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::scan::tokens;

/// What stands in a secret's place.
const HIDDEN: &str = "***";

/// Shorter values of environment variables are no secrets, and stand in too many places.
const SHORTEST_VALUE: usize = 8;

static URLS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)\b([a-z][a-z0-9+.\-]*://)([^\s"'<>`]+)"#));

/// `Authorization: Bearer abc`, `token=abc`, `"password":"abc"`.
static CREDENTIALS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(\b(?:bearer|basic)\s+|[\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key)[\w-]*(?:=|"\s*:\s*")["']?)([^\s"',;&]{4,})"#,
    )
});

/// One of these stands in each text that [`CREDENTIALS`] fits.
const CREDENTIAL_WORDS: [&str; 9] = [
    "bearer", "basic", "token", "secret", "passwd", "password", "apikey", "api_key", "api-key",
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern, which the tests use")
}

/// Knows what must not be written down.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    values: Vec<String>,
}

impl Redactor {
    /// For values of `variables` whose names sound like secrets.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Redactor {
        let variables = variables.into_iter();
        let mut values: Vec<String> = variables
            .filter(|(name, value)| sounds_secret(name) && value.len() >= SHORTEST_VALUE)
            .map(|(_, value)| value)
            .collect();
        // A value that holds another one goes first, and leaves nothing of itself.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Redactor { values }
    }

    /// For the variables of this process.
    pub fn of_process() -> Redactor {
        let variables = std::env::vars_os();
        Redactor::new(variables.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// `text` without secrets.
    pub fn clean(&self, text: &str) -> String {
        let mut text = text.to_string();
        for value in &self.values {
            if text.contains(value) {
                text = text.replace(value, HIDDEN);
            }
        }
        // Most texts hold nothing of the kind, and the patterns take longer to build than all else that is logged.
        if text.contains("://") {
            let bare_urls = URLS.replace_all(&text, |found: &Captures<'_>| {
                format!("{}{}", &found[1], bare(&found[2]))
            });
            text = bare_urls.into_owned();
        }
        let lower = text.to_ascii_lowercase();
        if CREDENTIAL_WORDS.iter().any(|word| lower.contains(word)) {
            text = CREDENTIALS
                .replace_all(&text, format!("${{1}}{HIDDEN}"))
                .into_owned();
        }
        tokens::replace(&text, HIDDEN)
    }
}

/// What follows `://`, without user, query and fragment.
fn bare(rest: &str) -> &str {
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let authority_end = rest.find(['/', '\\']).unwrap_or(end).min(end);
    let start = rest[..authority_end].rfind('@').map_or(0, |at| at + 1);
    &rest[start..end]
}

fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "TOKEN",
        "SECRET",
        "PASSW",
        "API_KEY",
        "APIKEY",
        "CREDENTIAL",
        "PRIVATE_KEY",
        "ACCESS_KEY",
    ]
    .iter()
    .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden() {
        let redactor = Redactor::new([
            ("MY_API_KEY".to_string(), "quite-plain-words".to_string()),
            ("HOME".to_string(), "/home/somebody".to_string()),
            ("SHORT_TOKEN".to_string(), "main".to_string()),
        ]);
        let cases = [
            (
                "git+https://me:hunter2@h.test/x.git@v1",
                "git+https://h.test/x.git@v1",
            ),
            (
                "see https://h.test/a?key=abc#frag, then",
                "see https://h.test/a then",
            ),
            ("https://h.test?token=abc", "https://h.test"),
            ("'https://a@b@h.test/p@q'", "'https://h.test/p@q'"),
            ("the key quite-plain-words is wrong", "the key *** is wrong"),
            ("/home/somebody/main.ts", "/home/somebody/main.ts"),
            ("branch main", "branch main"),
            ("Authorization: Bearer abcdef", "Authorization: Bearer ***"),
            ("npm_token=abcdef, next", "npm_token=***, next"),
            (r#"{"password": "abcd"}"#, r#"{"password": "***"}"#),
            ("GITHUB_TOKEN is not set", "GITHUB_TOKEN is not set"),
            ("github:owner/repo@v1", "github:owner/repo@v1"),
        ];
        for (text, expected) in cases {
            assert_eq!(redactor.clean(text), expected);
        }
    }
}
