//! The contents of a lock file: text to values, values to text, and the three-way merge.
//!
//! In: text. Out: [`Document`]. No I/O.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::LockfileError;
use super::grants::{self, GrantsByOwner};
use crate::cache::TreeHash;
use crate::signatures::SignatureReport;

/// The version written, and the last one understood.
const VERSION: u64 = 1;

/// What a git identifier stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitPin {
    /// The full commit id.
    pub commit: String,
    /// The hash of the checked-out files, `sha256-…`.
    pub hash: String,
}

impl GitPin {
    /// Both parts in words.
    pub(super) fn describe(&self) -> String {
        format!("commit {} with {}", self.commit, self.hash)
    }
}

/// A whole lock file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Document {
    pub(super) git: BTreeMap<String, GitPin>,
    pub(super) npm: Option<Value>,
    pub(super) http: BTreeMap<String, String>,
    pub(super) grants: GrantsByOwner,
    /// What was found out about who made something, by name: `github:owner/repo`.
    pub(super) signatures: BTreeMap<String, SignatureReport>,
    /// Keys that this version knows nothing of; they are kept.
    other: BTreeMap<String, Value>,
}

impl Document {
    /// Reads the text of the file at `path`; nothing but white space is an empty lock file.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Document, LockfileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Ok(Document::default());
        }
        let value = serde_json::from_str(text).map_err(|error| syntax_error(text, path, &error))?;
        let shape = |place: &str, reason: String| LockfileError::Shape {
            path: path.to_path_buf(),
            place: place.to_string(),
            reason,
        };
        let Value::Object(mut members) = value else {
            return Err(shape(".", "an object is expected".to_string()));
        };
        check_version(members.shift_remove("version"), path)?;
        let git = section(members.shift_remove("git"));
        let http = section(members.shift_remove("http"));
        let signatures = section(members.shift_remove("signatures"));
        let document = Document {
            git: git.map_err(|reason| shape("git", reason))?,
            npm: members.shift_remove("npm").and_then(not_empty),
            http: http.map_err(|reason| shape("http", reason))?,
            grants: grants::parse(members.shift_remove("grants")).map_err(|error| {
                let place = format!("grants.{}", error.place);
                shape(place.trim_end_matches('.'), error.reason)
            })?,
            signatures: signatures.map_err(|reason| shape("signatures", reason))?,
            other: members.into_iter().collect(),
        };
        for (identifier, pin) in &document.git {
            check_pin(pin).map_err(|reason| shape(&format!("git.{identifier}"), reason))?;
        }
        Ok(document)
    }

    /// The text of the file: sorted keys, two spaces, a newline at the end.
    pub(super) fn to_text(&self) -> String {
        let mut members = Map::new();
        members.insert("version".to_string(), Value::String(VERSION.to_string()));
        let mut add = |name: &str, value: Value, is_empty: bool| {
            if !is_empty {
                members.insert(name.to_string(), sorted(value));
            }
        };
        add("git", to_value(&self.git), self.git.is_empty());
        add(
            "npm",
            self.npm.clone().unwrap_or_default(),
            self.npm.is_none(),
        );
        add("http", to_value(&self.http), self.http.is_empty());
        let grants = grants::to_value(&self.grants);
        add("grants", grants, self.grants.is_empty());
        let signatures = to_value(&self.signatures);
        add("signatures", signatures, self.signatures.is_empty());
        for (name, value) in &self.other {
            add(name, value.clone(), false);
        }
        let mut text =
            serde_json::to_string_pretty(&members).expect("a JSON value always serialises");
        text.push('\n');
        text
    }

    /// Puts what `ours` changed since `base` on top of `self`, the file as another writer left it.
    pub(super) fn merge(mut self, base: &Document, ours: &Document) -> Document {
        merge_section(&mut self.git, &base.git, &ours.git);
        merge_section(&mut self.http, &base.http, &ours.http);
        merge_section(&mut self.signatures, &base.signatures, &ours.signatures);
        self.npm = merge_value(self.npm, base.npm.as_ref(), ours.npm.as_ref());
        grants::merge(&mut self.grants, &base.grants, &ours.grants);
        self
    }
}

fn check_version(version: Option<Value>, path: &Path) -> Result<(), LockfileError> {
    let found = match &version {
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
        None => None,
    };
    match found {
        Some(VERSION) => Ok(()),
        Some(found) if found > VERSION => Err(LockfileError::Newer {
            path: path.to_path_buf(),
            found,
            supported: VERSION,
        }),
        _ => Err(LockfileError::Shape {
            path: path.to_path_buf(),
            place: "version".to_string(),
            reason: format!("`\"{VERSION}\"` is expected"),
        }),
    }
}

fn section<T: for<'a> Deserialize<'a>>(
    value: Option<Value>,
) -> Result<BTreeMap<String, T>, String> {
    match value {
        Some(value) => serde_json::from_value(value).map_err(|error| error.to_string()),
        None => Ok(BTreeMap::new()),
    }
}

/// A pin ends up in paths and in git requests.
fn check_pin(pin: &GitPin) -> Result<(), String> {
    let commit = &pin.commit;
    if !matches!(commit.len(), 40 | 64) || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!(
            "`{}` is not a full commit id",
            commit.escape_debug()
        ));
    }
    pin.hash
        .parse::<TreeHash>()
        .map(drop)
        .map_err(|error| error.to_string())
}

fn syntax_error(text: &str, path: &Path, error: &serde_json::Error) -> LockfileError {
    let full = error.to_string();
    let reason = full
        .rsplit_once(" at line ")
        .map_or(full.as_str(), |(reason, _)| reason);
    let is_conflict = text.lines().any(|line| line.starts_with("<<<<<<< "));
    LockfileError::Syntax {
        path: path.to_path_buf(),
        line: error.line(),
        column: error.column(),
        reason: if is_conflict {
            "an unresolved merge conflict".to_string()
        } else {
            reason.to_string()
        },
    }
}

fn to_value<T: Serialize>(value: T) -> Value {
    serde_json::to_value(value).expect("maps of strings always serialise")
}

/// The same value with the keys of every object sorted.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members.into_iter().collect();
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// An npm part without anything in it is none.
pub(super) fn not_empty(value: Value) -> Option<Value> {
    let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    (!is_empty).then_some(value)
}

/// How the npm part would change, naming the first few entries.
pub(super) fn describe_change(old: Option<&Value>, new: Option<&Value>) -> String {
    let mut changes = Vec::new();
    differences(old, new, "", &mut changes);
    let count = changes.len();
    changes.truncate(3);
    let more = if count > 3 {
        format!(" and {} more", count - 3)
    } else {
        String::new()
    };
    format!("change: {}{more}", changes.join(", "))
}

fn differences(old: Option<&Value>, new: Option<&Value>, place: &str, changes: &mut Vec<String>) {
    match (old, new) {
        (old, new) if old == new => {}
        (old, Some(Value::Object(new)))
            if old.is_none_or(Value::is_object) && place.split('/').count() < 3 =>
        {
            let empty = Map::new();
            let old = old.and_then(Value::as_object).unwrap_or(&empty);
            for key in old
                .keys()
                .chain(new.keys().filter(|key| !old.contains_key(*key)))
            {
                let place = if place.is_empty() {
                    key.clone()
                } else {
                    format!("{place}/{key}")
                };
                differences(old.get(key), new.get(key), &place, changes);
            }
        }
        (None, _) => changes.push(format!("+{place}")),
        (_, None) => changes.push(format!("-{place}")),
        _ => changes.push(format!("~{place}")),
    }
}

fn merge_section<T: Clone + PartialEq>(
    theirs: &mut BTreeMap<String, T>,
    base: &BTreeMap<String, T>,
    ours: &BTreeMap<String, T>,
) {
    for (key, value) in ours {
        if base.get(key) != Some(value) {
            theirs.insert(key.clone(), value.clone());
        }
    }
    theirs.retain(|key, _| ours.contains_key(key) || !base.contains_key(key));
}

/// Objects merge key by key; of other values the one that changed stays, ours if both did.
fn merge_value(theirs: Option<Value>, base: Option<&Value>, ours: Option<&Value>) -> Option<Value> {
    if ours == base || theirs.as_ref() == ours {
        return theirs;
    }
    match (theirs, ours) {
        (Some(Value::Object(theirs)), Some(Value::Object(ours))) => {
            let empty = Map::new();
            let base = base.and_then(Value::as_object).unwrap_or(&empty);
            Some(Value::Object(merge_objects(theirs, base, ours)))
        }
        _ => ours.cloned(),
    }
}

fn merge_objects(
    mut theirs: Map<String, Value>,
    base: &Map<String, Value>,
    ours: &Map<String, Value>,
) -> Map<String, Value> {
    let keys: Vec<String> = base.keys().chain(ours.keys()).cloned().collect();
    for key in keys {
        let merged = merge_value(theirs.shift_remove(&key), base.get(&key), ours.get(&key));
        if let Some(value) = merged {
            theirs.insert(key, value);
        }
    }
    theirs
}
