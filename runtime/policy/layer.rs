//! What one policy file says.
//!
//! In: values that `document.rs` read. Out: [`Layer`], whose settings know where they stand. Side effects: none.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::pattern::{Case, Fit, Pattern};
use super::target::Target;
use crate::scan::Level;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// /etc/prizm/policy.json
    Machine,
    /// ~/.config/prizm/policy.json
    User,
    /// `policy` in prizm.json
    Project,
}

/// A place in a policy file: `/etc/prizm/policy.json:4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    pub path: Arc<Path>,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.path.display(), self.line)
    }
}

/// A setting, with the place that it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    pub value: T,
    pub at: At,
}

/// Patterns, each with its place.
pub type Patterns = Vec<Placed<Pattern>>;

/// `true`, `false` or a list of patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `true`
    All,
    /// `false`, or only these.
    Only(Patterns),
}

impl Rule {
    /// Whether it covers nothing: `false`, or an empty list.
    pub fn is_empty(&self) -> bool {
        matches!(self, Rule::Only(patterns) if patterns.is_empty())
    }

    /// Whether it covers `target`; what cannot be told counts as `unsure`.
    pub fn covers(&self, target: &Target, unsure: bool) -> bool {
        match self {
            Rule::All => true,
            Rule::Only(patterns) => {
                patterns
                    .iter()
                    .any(|pattern| match pattern.value.fit(target, Case::OfSource) {
                        Fit::Yes => true,
                        Fit::No => false,
                        Fit::Unsure => unsure,
                    })
            }
        }
    }
}

/// `minimumAge`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumAge {
    pub age: Duration,
    /// What may be younger.
    pub except: Patterns,
}

/// One policy file. `None` where it does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub path: Arc<Path>,
    pub origin: Origin,
    pub allow: Option<Placed<Patterns>>,
    pub block: Patterns,
    pub require_signature: Option<Placed<Rule>>,
    pub require_provenance: Option<Placed<Rule>>,
    pub minimum_age: Option<Placed<MinimumAge>>,
    /// The block as written; its names have been checked.
    pub permission_caps: Option<Placed<Value>>,
    pub https_only: Option<Placed<bool>>,
    pub allowed_registries: Option<Placed<Vec<Url>>>,
    pub offline: Option<Placed<bool>>,
    pub trusted: Option<Placed<Rule>>,
    /// Rule of the scan → level; `*` for those that are not named.
    pub scan: BTreeMap<String, Placed<Level>>,
    /// A program that looks at what is to be loaded, and its arguments.
    pub scanner: Option<Placed<Vec<String>>>,
    pub audit_required: Option<Placed<bool>>,
    /// Absolute.
    pub history_file: Option<Placed<PathBuf>>,
    /// Settings that other parts of the program read: `grants`, `allowedSigners`.
    pub other: BTreeMap<String, Placed<Value>>,
}

impl Layer {
    /// A file that says nothing.
    pub fn new(path: &Path, origin: Origin) -> Layer {
        Layer {
            path: path.into(),
            origin,
            allow: None,
            block: Vec::new(),
            require_signature: None,
            require_provenance: None,
            minimum_age: None,
            permission_caps: None,
            https_only: None,
            allowed_registries: None,
            offline: None,
            trusted: None,
            scan: BTreeMap::new(),
            scanner: None,
            audit_required: None,
            history_file: None,
            other: BTreeMap::new(),
        }
    }
}
