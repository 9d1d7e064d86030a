//! What one line of the log says.
//!
//! In: a subject and what was found out about it. Out: [`Entry`]; as written, a [`Record`]. Side effects: none.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::redact::Redactor;
use crate::trust::subject::{Origin, Subject};

/// No text in an entry is longer, in characters.
const LONGEST_TEXT: usize = 1024;
/// No list in an entry is longer.
const LONGEST_LIST: usize = 256;
/// Permissions do not nest deeper.
const DEEPEST: usize = 8;

/// A load or a grant, before it has its place in the log. No value of an environment variable belongs into it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry {
    /// The main script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The identifier as the script wrote it.
    pub asked: String,
    /// What it turned out to be: `github:owner/repo@<commit>`; `None` where it did not come so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The release: a tag or version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The content's hash (`sha256-…`), or npm's integrity (`sha512-…`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyDecision>,
    /// What the provider may do, as a manifest would say it: names and hosts, never values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Value>,
    /// `cache`, `network` or `folder`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// From the question to the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    pub outcome: Outcome,
    /// Why not, where it was refused or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Loaded,
    /// By policy, signature, scan, history or permissions.
    Refused,
    /// It could not be found, fetched or run.
    #[default]
    Failed,
    /// Permissions were granted.
    Granted,
    /// Permissions were taken back.
    Revoked,
}

impl Outcome {
    /// As in the log: `refused`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Loaded => "loaded",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::Granted => "granted",
            Outcome::Revoked => "revoked",
        }
    }
}

/// What the check of a signature found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignatureResult {
    /// In a word or two: `good`, `none`, `unknown signer`.
    pub result: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signer: Option<String>,
}

/// What the source policy said, and where it says so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PolicyDecision {
    /// `allowed`, `blocked`, `held back` …
    pub decision: String,
    /// The file that decided; `None` where no file has anything to say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// 1 for the first.
    pub sequence: u64,
    /// The hash of the line before.
    pub previous: String,
    /// RFC 3339 in UTC, to the millisecond.
    pub time: String,
    pub user: String,
    pub host: String,
    pub pid: u32,
    #[serde(flatten)]
    pub entry: Entry,
}

impl Entry {
    /// For what did not come so far that it has a subject.
    pub fn asked(identifier: impl Into<String>) -> Entry {
        Entry {
            asked: identifier.into(),
            ..Entry::default()
        }
    }

    /// For a repository or package that was found.
    pub fn of(subject: &Subject) -> Entry {
        let origin = match subject.origin {
            Origin::Cache => "cache",
            Origin::Network => "network",
            Origin::Folder => "folder",
        };
        Entry {
            identity: Some(subject.identity.clone()),
            version: subject.version.clone(),
            commit: subject.commit.clone(),
            hash: subject.hash.clone(),
            origin: Some(origin.to_string()),
            ..Entry::asked(&subject.asked)
        }
    }

    /// The main script, a path or URL.
    #[must_use]
    pub fn script(mut self, script: impl Into<String>) -> Entry {
        self.script = Some(script.into());
        self
    }

    /// `result`: `good`, `none` …
    #[must_use]
    pub fn signature(mut self, result: impl Into<String>, signer: Option<String>) -> Entry {
        self.signature = Some(SignatureResult {
            result: result.into(),
            signer,
        });
        self
    }

    /// `file`: the policy file that decided.
    #[must_use]
    pub fn policy(mut self, decision: impl Into<String>, file: Option<String>) -> Entry {
        self.policy = Some(PolicyDecision {
            decision: decision.into(),
            file,
        });
        self
    }

    /// `permissions`: as a manifest would say it.
    #[must_use]
    pub fn permissions(mut self, permissions: Value) -> Entry {
        self.permissions = Some(permissions);
        self
    }

    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Entry {
        self.duration_ms = Some(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        self
    }

    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Entry {
        self.outcome = outcome;
        self
    }

    /// [`Outcome::Refused`], with the reason.
    #[must_use]
    pub fn refused(mut self, reason: impl Into<String>) -> Entry {
        self.reason = Some(reason.into());
        self.outcome(Outcome::Refused)
    }

    /// [`Outcome::Failed`], with the reason.
    #[must_use]
    pub fn failed(mut self, reason: impl Into<String>) -> Entry {
        self.reason = Some(reason.into());
        self.outcome(Outcome::Failed)
    }

    /// The same entry without secrets, and of bounded size.
    pub(super) fn cleaned(mut self, redactor: &Redactor) -> Entry {
        let clean = |text: &mut String| *text = shortened(&redactor.clean(text));
        clean(&mut self.asked);
        let signature = self.signature.as_mut();
        let policy = self.policy.as_mut();
        let (result, signer) = signature
            .map(|signature| (&mut signature.result, &mut signature.signer))
            .unzip();
        let (decision, file) = policy
            .map(|policy| (&mut policy.decision, &mut policy.file))
            .unzip();
        let optional = [
            &mut self.script,
            &mut self.identity,
            &mut self.version,
            &mut self.commit,
            &mut self.hash,
            &mut self.origin,
            &mut self.reason,
        ];
        let nested = [signer, file].into_iter().flatten();
        let optional = optional.into_iter().chain(nested).flatten();
        optional
            .chain([result, decision].into_iter().flatten())
            .for_each(clean);
        if let Some(permissions) = &mut self.permissions {
            clean_value(permissions, redactor, 0);
        }
        self
    }
}

fn clean_value(value: &mut Value, redactor: &Redactor, depth: usize) {
    match value {
        _ if depth > DEEPEST => *value = Value::Null,
        Value::String(text) => *text = shortened(&redactor.clean(text)),
        Value::Array(items) => {
            items.truncate(LONGEST_LIST);
            for item in items {
                clean_value(item, redactor, depth + 1);
            }
        }
        Value::Object(members) => {
            let kept = std::mem::take(members).into_iter().take(LONGEST_LIST);
            for (name, mut value) in kept {
                clean_value(&mut value, redactor, depth + 1);
                members.insert(shortened(&redactor.clean(&name)), value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
