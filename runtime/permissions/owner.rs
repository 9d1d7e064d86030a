//! Whom a grant belongs to: a provider by its canonical name, in one major version.
//!
//! In: a [`Subject`], or an identifier from the command line. Out: [`Owner`], whose text is the key in the lock and the
//! word to type: `github:owner/repo@v1`, `npm:name@2`, `github:owner/repo` for branches and commits. No I/O.

use std::fmt;

use crate::specifier::Specifier;
use crate::trust::subject::Subject;

/// The longest text that is looked at as a version; longer ones are commits.
const LONGEST_VERSION: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// `github:owner/repo`, `npm:name`, `file:///…`
    name: String,
    /// `None` where there are no releases: branches, commits, folders.
    major: Option<u64>,
}

impl Owner {
    pub fn new(name: impl Into<String>, major: Option<u64>) -> Owner {
        Owner {
            name: name.into(),
            major,
        }
    }

    pub fn of(subject: &Subject) -> Owner {
        Owner::new(subject.name.clone(), subject.major())
    }

    /// The owner that an identifier means without asking anyone; `None` where that depends on what the versions of the
    /// provider are: `npm:name`, `@latest`, `@>=1`.
    pub fn of_specifier(specifier: &Specifier) -> Option<Owner> {
        let mut bare = specifier.clone();
        let version = match &mut bare {
            Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => {
                reference.take()
            }
            Specifier::Npm { version, .. } => {
                // A package always has a version.
                let version = version.take()?;
                let major = major_of(&version)?;
                return Some(Owner::new(bare.canonical(), Some(major)));
            }
            _ => None,
        };
        let major = match version.as_deref() {
            None => None,
            Some("latest") => return None,
            Some(text) if text.contains(['<', '>', '*', ' ', '|']) => return None,
            Some(text) => major_of(text),
        };
        Some(Owner::new(bare.canonical(), major))
    }

    /// Reads a key of the lock or the policy.
    ///
    /// # Errors
    /// Why it is no owner.
    pub fn parse(key: &str) -> Result<Owner, String> {
        let specifier =
            Specifier::parse(key, std::path::Path::new("/")).map_err(|error| error.to_string())?;
        let owner = Owner::of_specifier(&specifier).filter(|owner| owner.to_string() == key);
        owner.ok_or_else(|| {
            "expected a provider with its major version, such as `github:owner/repo@v1` or `npm:name@1`"
                .to_string()
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn major(&self) -> Option<u64> {
        self.major
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(major) = self.major else {
            return formatter.write_str(&self.name);
        };
        match self.name.starts_with("npm:") {
            // A sub-path comes after the version.
            true => {
                let (name, path) = split_npm(&self.name);
                write!(formatter, "{name}@{major}{path}")
            }
            false => write!(formatter, "{}@v{major}", self.name),
        }
    }
}

/// `npm:@scope/name/sub` → `npm:@scope/name`, `/sub`.
fn split_npm(name: &str) -> (&str, &str) {
    let scheme = "npm:".len();
    let start = match name[scheme..].starts_with('@') {
        true => name[scheme..]
            .find('/')
            .map_or(name.len(), |at| scheme + at + 1),
        false => scheme,
    };
    match name[start..].find('/') {
        Some(at) => name.split_at(start + at),
        None => (name, ""),
    }
}

/// `v1.2.3`, `1`, `^1.2`, `~2`, `1.x` → the major version.
fn major_of(version: &str) -> Option<u64> {
    let text = version.trim_start_matches(['^', '~', '=', 'v', 'V']);
    let digits = text.split('.').next()?.split('-').next()?;
    let is_version = version.len() <= LONGEST_VERSION && !digits.is_empty();
    digits.parse().ok().filter(|_| is_version)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn owner(text: &str) -> Option<String> {
        let specifier = Specifier::parse(text, Path::new("/")).unwrap();
        Owner::of_specifier(&specifier).map(|owner| owner.to_string())
    }

    #[test]
    fn identifiers_have_owners() {
        let commit = "1234567890123456789012345678901234567890";
        let cases = [
            ("github:o/r@v1.2.3", Some("github:o/r@v1")),
            ("github:o/r@1", Some("github:o/r@v1")),
            ("github:o/r@^2.1", Some("github:o/r@v2")),
            ("github:o/r/sub@v1", Some("github:o/r/sub@v1")),
            ("github:o/r", Some("github:o/r")),
            ("github:o/r@main", Some("github:o/r")),
            ("github:o/r@latest", None),
            ("npm:x@1.2", Some("npm:x@1")),
            ("npm:@s/x@^3", Some("npm:@s/x@3")),
            ("npm:x", None),
            ("npm:x@latest", None),
            ("file:///srv/p", Some("file:///srv/p")),
        ];
        for (text, expected) in cases {
            assert_eq!(owner(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            owner(&format!("github:o/r@{commit}")).as_deref(),
            Some("github:o/r")
        );
    }

    #[test]
    fn keys_lead_back() {
        for key in [
            "github:o/r@v1",
            "github:o/r",
            "github:o/r/sub@v1",
            "npm:x@1",
            "npm:@s/x@12",
            "npm:@s/x@12/sub",
            "git+https://host/x.git@v3",
            "file:///srv/p",
        ] {
            assert_eq!(
                Owner::parse(key).map(|owner| owner.to_string()).as_deref(),
                Ok(key)
            );
        }
        for key in ["github:o/r@v1.2", "npm:x", "github:o", "", "x y"] {
            assert!(Owner::parse(key).is_err(), "{key}");
        }
    }
}
