//! The links of the log: hashes of lines, and the head that says where the log ends.
//!
//! In: lines, the head file's text. Out: hashes, [`Head`]. Side effects: none.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::hex;

/// What the first entry carries as the hash of the one before.
pub(super) const GENESIS: &str =
    "sha256-0000000000000000000000000000000000000000000000000000000000000000";

/// The head file always has this many bytes: it is overwritten in place, which a full disk does not hinder.
const HEAD_SIZE: usize = 192;

/// The end of the log, as its last writer left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// How many entries there are.
    pub(super) entries: u64,
    /// The log's length.
    pub(super) bytes: u64,
    /// Where its last line begins.
    pub(super) last: u64,
    /// The hash of its last line.
    pub(super) hash: String,
}

impl Head {
    /// That of an empty log.
    pub(super) fn empty() -> Head {
        Head {
            entries: 0,
            bytes: 0,
            last: 0,
            hash: GENESIS.to_string(),
        }
    }

    /// The head after `line`, without its line break, was added.
    pub(super) fn after(&self, line: &[u8]) -> Head {
        Head {
            entries: self.entries + 1,
            bytes: self.bytes + line.len() as u64 + 1,
            last: self.bytes,
            hash: hash(line),
        }
    }

    /// Reads a head file; `None` if that is none.
    pub(super) fn parse(text: &[u8]) -> Option<Head> {
        let head: Head = serde_json::from_slice(text).ok()?;
        let is_whole = head.last <= head.bytes && (head.entries == 0) == (head.bytes == 0);
        (is_whole && is_hash(&head.hash)).then_some(head)
    }

    /// The text of the head file.
    pub(super) fn to_text(&self) -> String {
        let text = serde_json::to_string(self).expect("numbers and text always serialise");
        format!("{text:<width$}\n", width = HEAD_SIZE - 1)
    }
}

/// The hash of a line, without its line break.
pub(super) fn hash(line: &[u8]) -> String {
    format!("sha256-{}", hex(&Sha256::digest(line)))
}

/// Whether `text` looks like what [`hash`] gives.
pub fn is_hash(text: &str) -> bool {
    text.strip_prefix("sha256-").is_some_and(|digits| {
        digits.len() == 64
            && digits
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_one_size() {
        let small = Head::empty();
        let big = Head {
            entries: u64::MAX,
            bytes: u64::MAX,
            last: u64::MAX,
            ..Head::empty()
        };
        for head in [small, big] {
            let text = head.to_text();
            assert_eq!(text.len(), HEAD_SIZE);
            assert_eq!(Head::parse(text.as_bytes()), Some(head));
        }
    }

    #[test]
    fn broken_heads_are_none() {
        for text in [
            "",
            "{}",
            "null",
            r#"{"entries":1,"bytes":0,"last":0,"hash":"sha256-00"}"#,
        ] {
            assert_eq!(Head::parse(text.as_bytes()), None, "{text}");
        }
        let torn = Head::empty().to_text();
        assert_eq!(Head::parse(&torn.as_bytes()[..40]), None);
    }
}
