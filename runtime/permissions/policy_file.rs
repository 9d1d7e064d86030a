//! The grants in the user's own policy file, which hold in every project.
//!
//! In: `~/.config/prizm/policy.json`. Out: grants, and the file with others in it. Side effects: reads it, and rewrites
//! it under a lock, keeping comments and everything else in it as it was.

use std::io;
use std::path::Path;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use serde_json::Value;

use super::error::PermissionError;
use crate::lockfile::grants::{self, BadGrants, GrantsByOwner};
use crate::lockfile::{LockfileError, rewrite};

const KEY: &str = "grants";

/// The grants in the file at `path`; none where there is no file.
///
/// # Errors
/// [`PermissionError::PolicyFile`], [`PermissionError::Policy`] with the place.
pub(super) fn read(path: &Path) -> Result<GrantsByOwner, PermissionError> {
    match std::fs::read_to_string(path) {
        Ok(text) => section(path, &parse(path, &text)?),
        Err(error) if is_absent(&error) => Ok(GrantsByOwner::new()),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// Changes the grants in the file at `path`, which need not exist.
///
/// # Errors
/// As [`read`], and [`PermissionError::PolicyFile`] where it cannot be written. The file is then as it was.
pub(super) fn change(
    path: &Path,
    change: impl FnOnce(&mut GrantsByOwner),
) -> Result<(), PermissionError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| failed("write", path, source))?;
    }
    let result = rewrite(path, |before| -> Result<String, Failure> {
        let text = before.unwrap_or_default();
        let root = parse(path, &text)?;
        let mut grants = section(path, &root)?;
        change(&mut grants);
        put(&root, &grants);
        let text = root.to_string();
        Ok(format!("{}\n", text.trim_end()))
    });
    result.map_err(|failure| failure.into_error(path))
}

/// Of a change: what is wrong with the file's contents, or with the file.
enum Failure {
    Contents(PermissionError),
    File(LockfileError),
}

impl From<PermissionError> for Failure {
    fn from(error: PermissionError) -> Failure {
        Failure::Contents(error)
    }
}

impl From<LockfileError> for Failure {
    fn from(error: LockfileError) -> Failure {
        Failure::File(error)
    }
}

impl Failure {
    /// The words of a lock file's errors are about a lock file.
    fn into_error(self, path: &Path) -> PermissionError {
        match self {
            Failure::Contents(error) => error,
            Failure::File(LockfileError::Read { source, .. }) => failed("read", path, source),
            Failure::File(
                LockfileError::NotWritable { source, .. } | LockfileError::Write { source, .. },
            ) => failed("write", path, source),
            Failure::File(other) => failed("write", path, io::Error::other(other.to_string())),
        }
    }
}

fn failed(action: &'static str, file: &Path, source: io::Error) -> PermissionError {
    PermissionError::PolicyFile {
        action,
        file: file.to_path_buf(),
        source,
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn parse(path: &Path, text: &str) -> Result<CstRootNode, PermissionError> {
    let broken = |place: String, reason: String| PermissionError::Policy {
        file: path.to_path_buf(),
        place,
        reason,
        meant: None,
    };
    let options = ParseOptions::default();
    let root = CstRootNode::parse(text, &options).map_err(|error| {
        let place = format!("{}:{}", error.line_display(), error.column_display());
        broken(place, error.kind().to_string())
    })?;
    match root.value() {
        Some(value) if value.as_object().is_none() => {
            Err(broken(".".to_string(), "an object is expected".to_string()))
        }
        _ => Ok(root),
    }
}

fn section(path: &Path, root: &CstRootNode) -> Result<GrantsByOwner, PermissionError> {
    let value = root
        .object_value()
        .and_then(|object| object.get(KEY))
        .and_then(|property| property.value())
        .and_then(|value| value.to_serde_value());
    grants::parse(value).map_err(|BadGrants { place, reason }| PermissionError::Policy {
        file: path.to_path_buf(),
        place: format!("{KEY}.{place}").trim_end_matches('.').to_string(),
        reason,
        meant: None,
    })
}

fn put(root: &CstRootNode, grants: &GrantsByOwner) {
    let object = root.object_value_or_set();
    let value = input(&grants::to_value(grants));
    match object.get(KEY) {
        Some(property) if grants.is_empty() => property.remove(),
        Some(property) => property.set_value(value),
        None if grants.is_empty() => {}
        None => {
            object.append(KEY, value);
        }
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(members.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::permissions::{Grant, Kind};

    fn add(path: &Path, owner: &str, host: &str) -> Result<(), PermissionError> {
        change(path, |grants| {
            let grant: &mut Grant = grants.entry(owner.to_string()).or_default();
            grant.added.add(Kind::Net, host.to_string());
        })
    }

    #[test]
    fn comments_and_settings_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prizm/policy.json");
        add(&path, "npm:x@1", "a.com").unwrap();
        assert!(read(&path).unwrap().contains_key("npm:x@1"));

        std::fs::write(&path, "{\n  // strict\n  \"httpsOnly\": true\n}\n").unwrap();
        add(&path, "npm:x@1", "a.com").unwrap();
        add(&path, "npm:x@1", "b.com").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("// strict") && text.contains("httpsOnly"),
            "{text}"
        );
        let grant = read(&path).unwrap()["npm:x@1"].to_json();
        assert_eq!(grant, json!({ "added": { "net": ["a.com", "b.com"] } }));
        change(&path, |grants| grants.clear()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("// strict") && !text.contains("grants"),
            "{text}"
        );
    }

    #[test]
    fn a_broken_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        let cases = [
            ("{\n  \"grants\": {,\n}", "`2:14`"),
            ("[]", "an object is expected"),
            (
                r#"{"grants": {"npm:x@1": {"added": {"nett": true}}}}"#,
                "`grants.npm:x@1.added.nett`",
            ),
            (r#"{"grants": 1}"#, "`grants`"),
        ];
        for (text, expected) in cases {
            std::fs::write(&path, text).unwrap();
            let error = add(&path, "npm:y@1", "a.com").unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn writers_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    for round in 0..10 {
                        add(path, "npm:x@1", &format!("t{thread}r{round}.com")).unwrap();
                    }
                });
            }
        });
        assert_eq!(
            read(&path).unwrap()["npm:x@1"]
                .added
                .get(Kind::Net)
                .entries()
                .count(),
            40
        );
    }
}
