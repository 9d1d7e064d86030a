//! What a provider asks for: `permissions` in `prizm.config.json`, or below `"prizm"` in package.json.
//!
//! In: the manifest as it was read once, and the repository's folder for messages. Out: [`Requested`], or an error that
//! names file and place. No I/O. Nothing declared is nothing asked for.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::PermissionError;
use super::set::BadBlock;
use super::{Kind, Scope};
use super::{PermissionSet, path_entry};

/// A checked block of permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requested {
    set: PermissionSet,
}

impl Requested {
    /// `manifest`: all of it; `Value::Null` where there is none.
    ///
    /// # Errors
    /// [`PermissionError::Declared`].
    pub fn from_manifest(manifest: &Value, root: &Path) -> Result<Requested, PermissionError> {
        let Some(block) = manifest.get("permissions") else {
            return Ok(Requested::default());
        };
        let set = PermissionSet::from_json(block).map_err(|error| in_manifest(root, error))?;
        Ok(Requested::of(set))
    }

    /// For a set that was checked before.
    pub fn of(mut set: PermissionSet) -> Requested {
        // The repository's own files are always readable.
        if let Scope::Some(entries) = set.get(Kind::Read) {
            let rest = entries.into_iter().filter(|path| !path_entry::is_own(path));
            set.set(Kind::Read, Scope::Some(rest.collect()));
        }
        Requested { set }
    }

    pub fn set(&self) -> &PermissionSet {
        &self.set
    }
}

fn in_manifest(root: &Path, error: BadBlock) -> PermissionError {
    let (file, prefix) = manifest_of(root);
    PermissionError::Declared {
        file,
        place: format!("{prefix}{}", error.place)
            .trim_end_matches('.')
            .to_string(),
        reason: error.reason,
        meant: error.meant,
    }
}

/// The file that a manifest comes from, for messages, and what leads to the block in it.
fn manifest_of(root: &Path) -> (PathBuf, &'static str) {
    let own = root.join("prizm.config.json");
    match own.is_file() || !root.join("package.json").is_file() {
        true => (own, "permissions."),
        false => (root.join("package.json"), "prizm.permissions."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_declared_is_nothing_asked_for() {
        for manifest in [json!(null), json!({}), json!({ "permissions": {} })] {
            let requested = Requested::from_manifest(&manifest, Path::new("/r")).unwrap();
            assert!(requested.set().is_empty());
        }
    }

    #[test]
    fn reading_its_own_files_need_not_be_asked_for() {
        let manifest =
            json!({ "permissions": { "read": ["./models", "$CACHE"], "write": ["./out"] } });
        let requested = Requested::from_manifest(&manifest, Path::new("/r")).unwrap();
        let expected = json!({ "read": ["$CACHE"], "write": ["./out"] });
        assert_eq!(requested.set().to_json(), expected);
    }

    #[test]
    fn errors_name_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = json!({ "permissions": { "net": ["https://a.com/x"] } });
        let error = Requested::from_manifest(&manifest, folder.path()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("prizm.config.json"), "{text}");
        assert!(text.contains("`permissions.net[0]`"), "{text}");
        assert_eq!(error.hints(), ["did you mean `a.com`?"]);

        std::fs::write(folder.path().join("package.json"), "{}").unwrap();
        let manifest = json!({ "permissions": { "nett": true } });
        let text = Requested::from_manifest(&manifest, folder.path())
            .unwrap_err()
            .to_string();
        assert!(text.contains("package.json"), "{text}");
        assert!(text.contains("`prizm.permissions.nett`"), "{text}");
    }
}
