//! The end of an isolate: why, and in what words.
//!
//! In: a reason. Out: the last message of a link. Side effects: none.

use serde::Serialize;

use super::inbox::KIND_END;

/// Why an isolate has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// It asked for it: `process.exit`, `Deno.exit`, `self.close`.
    Exit,
    Memory,
    Cpu,
    Wall,
    /// An error that nobody caught.
    Error,
    /// Nobody needs it any more.
    Closed,
}

/// The end of an isolate, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ending {
    pub reason: Reason,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
}

impl Ending {
    pub fn new(reason: Reason, message: impl Into<String>) -> Ending {
        Ending {
            reason,
            message: message.into(),
            code: None,
        }
    }

    pub(super) fn to_message(&self) -> Vec<u8> {
        let text = serde_json::to_string(self).unwrap_or_default();
        [&[KIND_END], text.as_bytes()].concat()
    }
}
