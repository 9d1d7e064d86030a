//! What is being loaded, in the words that policy, signatures, scan, permissions and audit share.
//!
//! In: what the sources found. Out: [`Subject`]. Side effects: none.

use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::Value;

use crate::specifier::Specifier;

/// A repository or package that was fetched and hashed, but not run.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What was asked for, as the script wrote it.
    pub asked: String,
    /// The same, parsed.
    pub specifier: Specifier,
    /// What it is, whatever it was called: `github:owner/repo@<commit>`, `npm:name@1.2.3`, `file:///…`.
    pub identity: String,
    /// What a grant and a signer belong to: the identity without commit or version, `github:owner/repo`, `npm:name`.
    pub name: String,
    /// The release: a tag, a version; `None` for branches, bare commits and folders.
    pub version: Option<String>,
    /// The full commit id, for git.
    pub commit: Option<String>,
    /// The hash of the files (`sha256-…`), or npm's integrity (`sha512-…`); `None` for folders of the user's own.
    pub hash: Option<String>,
    /// When it was published: the commit's or tag's time, the registry's `time`.
    pub released: Option<SystemTime>,
    /// The repository's folder.
    pub root: PathBuf,
    /// `prizm.config.json`, or `"prizm"` of package.json.
    pub manifest: Option<Value>,
    pub origin: Origin,
}

/// Where the bytes came from this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Cache,
    Network,
    /// A folder of the user's own.
    Folder,
}

impl Subject {
    /// The major version, which grants are pinned to: `v2.1.0` → 2; `None` where there is no version.
    pub fn major(&self) -> Option<u64> {
        let version = self.version.as_deref()?;
        let digits = version.trim_start_matches(['v', 'V']);
        digits.split('.').next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors() {
        let subject = |version: Option<&str>| Subject {
            asked: String::new(),
            specifier: Specifier::Static { id: "x".into() },
            identity: String::new(),
            name: String::new(),
            version: version.map(str::to_string),
            commit: None,
            hash: None,
            released: None,
            root: PathBuf::new(),
            manifest: None,
            origin: Origin::Folder,
        };
        assert_eq!(subject(Some("v2.1.0")).major(), Some(2));
        assert_eq!(subject(Some("10")).major(), Some(10));
        assert_eq!(subject(Some("main")).major(), None);
        assert_eq!(subject(None).major(), None);
    }
}
