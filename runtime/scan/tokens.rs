//! Secrets by their shape: tokens and keys whose issuers gave them a prefix to be found by.
//!
//! In: text. Out: where the secrets are. Side effects: none.
//!
//! Source: the prefixes that the issuers document; only shapes that hardly occur by chance are listed.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// A kind of secret.
struct Shape {
    kind: &'static str,
    /// One of these stands in each of them.
    marks: &'static [&'static str],
    pattern: &'static str,
}

const SHAPES: [Shape; 21] = [
    Shape {
        kind: "an AWS access key",
        marks: &["AKIA", "ASIA"],
        pattern: r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    },
    Shape {
        kind: "a GitHub token",
        marks: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        pattern: r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b",
    },
    Shape {
        kind: "a GitHub token",
        marks: &["github_pat_"],
        pattern: r"\bgithub_pat_[A-Za-z0-9_]{22,255}\b",
    },
    Shape {
        kind: "a GitLab token",
        marks: &["glpat-"],
        pattern: r"\bglpat-[A-Za-z0-9_-]{20,}",
    },
    Shape {
        kind: "an npm token",
        marks: &["npm_"],
        pattern: r"\bnpm_[A-Za-z0-9]{36}\b",
    },
    Shape {
        kind: "a PyPI token",
        marks: &["pypi-"],
        pattern: r"\bpypi-[A-Za-z0-9_-]{50,}",
    },
    Shape {
        kind: "a Slack token",
        marks: &["xox"],
        pattern: r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}",
    },
    Shape {
        kind: "a Slack webhook",
        marks: &["hooks.slack.com/"],
        pattern: r"\bhooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
    },
    Shape {
        kind: "a Google API key",
        marks: &["AIza"],
        pattern: r"\bAIza[0-9A-Za-z_-]{35}",
    },
    Shape {
        kind: "a Stripe key",
        marks: &["k_live_"],
        pattern: r"\b[sr]k_live_[A-Za-z0-9]{20,}",
    },
    Shape {
        kind: "an Anthropic key",
        marks: &["sk-ant-"],
        pattern: r"\bsk-ant-[A-Za-z0-9_-]{32,}",
    },
    Shape {
        kind: "an OpenAI key",
        marks: &["sk-"],
        pattern: r"\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{32,}",
    },
    Shape {
        kind: "an OpenAI key",
        marks: &["sk-"],
        pattern: r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b",
    },
    Shape {
        kind: "a Hugging Face token",
        marks: &["hf_"],
        pattern: r"\bhf_[A-Za-z0-9]{34,}\b",
    },
    Shape {
        kind: "a Replicate token",
        marks: &["r8_"],
        pattern: r"\br8_[A-Za-z0-9]{37,}\b",
    },
    Shape {
        kind: "a SendGrid key",
        marks: &["SG."],
        pattern: r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    },
    Shape {
        kind: "a DigitalOcean token",
        marks: &["_v1_"],
        pattern: r"\bdo[opr]_v1_[a-f0-9]{64}\b",
    },
    Shape {
        kind: "a Telegram bot token",
        marks: &[":AA"],
        pattern: r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b",
    },
    Shape {
        kind: "a Discord webhook",
        marks: &["/api/webhooks/"],
        pattern: r"\bdiscord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}",
    },
    Shape {
        kind: "an age key",
        marks: &["AGE-SECRET-KEY-1"],
        pattern: r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
    },
    Shape {
        kind: "a private key",
        marks: &["-----BEGIN "],
        pattern: r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s]|\\n){40,}",
    },
];

/// Built when a text may hold one: all of them take milliseconds.
static PATTERNS: [OnceLock<Regex>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn pattern<'a>(shape: &Shape, built: &'a OnceLock<Regex>, text: &str) -> Option<&'a Regex> {
    let may_be_there = shape.marks.iter().any(|mark| text.contains(mark));
    may_be_there.then(|| {
        built.get_or_init(|| {
            Regex::new(shape.pattern).expect("a constant pattern, which the tests use")
        })
    })
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// In words: "a GitHub token".
    pub kind: &'static str,
    pub range: Range<usize>,
}

/// The secrets in `text`, by position. Placeholders of documentation are none.
pub fn find(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for (shape, built) in SHAPES.iter().zip(&PATTERNS) {
        let Some(pattern) = pattern(shape, built, text) else {
            continue;
        };
        let kind = shape.kind;
        for place in pattern.find_iter(text) {
            if !is_placeholder(place.as_str()) {
                let range = place.range();
                found.push(Token { kind, range });
            }
        }
    }
    found.sort_by_key(|token| (token.range.start, std::cmp::Reverse(token.range.end)));
    found.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    found
}

/// `text` with `replacement` in the place of each secret.
pub fn replace(text: &str, replacement: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for token in find(text) {
        replaced.push_str(&text[end..token.range.start]);
        replaced.push_str(replacement);
        end = token.range.end;
    }
    replaced + &text[end..]
}

/// `ghp_xxxxxxxx…`, `AKIAIOSFODNN7EXAMPLE`: few different characters, or a word that says so.
fn is_placeholder(secret: &str) -> bool {
    let different: std::collections::HashSet<char> = secret.chars().collect();
    let lower = secret.to_ascii_lowercase();
    let says_so = ["example", "xxxxxx", "placeholder", "your_", "your-"];
    different.len() < 10 || says_so.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn token(prefix: &str, length: usize) -> String {
        let characters = "a1B2c3D4e5F6g7H8i9J0".chars().cycle();
        prefix.chars().chain(characters.take(length)).collect()
    }

    #[test]
    fn known_shapes_are_found() {
        let cases = [
            (token("ghp_", 36), "a GitHub token"),
            (token("npm_", 36), "an npm token"),
            (token("AIza", 35), "a Google API key"),
            (token("sk-ant-", 40), "an Anthropic key"),
            (token("hf_", 34), "a Hugging Face token"),
            (token("AKIA", 16).to_uppercase(), "an AWS access key"),
        ];
        for (secret, kind) in cases {
            let text = format!("const key = '{secret}';");
            let found = find(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].kind, kind);
            assert_eq!(text[found[0].range.clone()], secret);
            assert_eq!(replace(&text, "***"), "const key = '***';");
        }
        let key = format!(
            "-----BEGIN RSA {} KEY-----\n{}\n-----END",
            "PRIVATE",
            token("", 64)
        );
        assert_eq!(find(&key)[0].kind, "a private key");
    }

    #[test]
    fn placeholders_and_words_are_none() {
        let texts = [
            format!("ghp_{}", "x".repeat(36)),
            "AKIAIOSFODNN7EXAMPLE".to_string(),
            "npm_config_registry".to_string(),
            "sk-your-key-here".to_string(),
            "-----BEGIN PRIVATE KEY----- is how it starts".to_string(),
        ];
        for text in texts {
            assert_eq!(find(&text), [], "{text}");
        }
    }
}
