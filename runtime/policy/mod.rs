//! Source policy: what may be loaded, from where, how old it must be, and what it may be granted.
//!
//! In: the machine's, the user's and the project's policy. Out: [`Policy`], whose decisions name the file and line
//! that made them. Side effects: reading the files.
//!
//! Of several files the stricter wins, setting by setting: every block list counts, every allow list must have the
//! thing, the longest minimum age holds. The machine's file is asked first, then the user's, then the project's.
//!
//! | file | does |
//! |---|---|
//! | `files.rs`, `document.rs` | where the files are, and what they say |
//! | `layer.rs` | one file, understood |
//! | `pattern.rs`, `target.rs` | `npm:@company/*` and what it is held against |
//! | `check.rs` | the decisions |

mod age;
mod check;
mod document;
mod error;
mod files;
mod layer;
mod pattern;
mod target;
#[cfg(test)]
mod tests;

pub use age::{moment, parse_moment, words as span_in_words};
pub use check::{Decision, Package, Registries};
pub(crate) use document::read_value as read_project;
pub use error::PolicyError;
pub use files::{PolicyFiles, note_offline, offline_hint};
pub use layer::{At, Layer, MinimumAge, Origin, Placed, Rule};
pub use pattern::Pattern;
pub use target::Target;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::scan::Level;
use crate::specifier::Specifier;

/// The setting that names who may sign; what it holds is for the signatures to understand.
const SIGNERS: &str = "allowedSigners";

/// All policies that hold for a run, joined.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// In the order in which they are asked.
    layers: Vec<Layer>,
}

impl Policy {
    /// Joins what the files say.
    pub fn join(layers: Vec<Layer>) -> Policy {
        Policy { layers }
    }

    /// The files that have a say.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.layers.iter().map(|layer| &*layer.path)
    }

    /// Whether no file says anything about anything that is fetched.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Where a signature is required for `specifier`; `None` where it is not.
    pub fn require_signature(&self, specifier: &Specifier) -> Option<&At> {
        self.required(specifier, |layer| layer.require_signature.as_ref())
    }

    /// Where a provenance attestation is required for `specifier`; `None` where it is not.
    pub fn require_provenance(&self, specifier: &Specifier) -> Option<&At> {
        self.required(specifier, |layer| layer.require_provenance.as_ref())
    }

    fn required(
        &self,
        specifier: &Specifier,
        setting: impl Fn(&Layer) -> Option<&Placed<Rule>>,
    ) -> Option<&At> {
        let target = Target::of_name(specifier);
        self.layers
            .iter()
            .filter_map(setting)
            .find(|rule| rule.value.covers(&target, true))
            .map(|rule| &rule.at)
    }

    /// How old `target` must be at least, and where that stands.
    pub fn minimum_age(&self, target: &Target) -> Option<(Duration, &At)> {
        let ages = self.layers.iter().filter_map(|layer| {
            let minimum = layer.minimum_age.as_ref()?;
            let except = Rule::Only(minimum.value.except.clone());
            (!except.covers(target, false)).then_some((minimum.value.age, &minimum.at))
        });
        // Of equal ones the first: a later file that repeats it has not decided.
        ages.filter(|(age, _)| !age.is_zero())
            .reduce(|one, other| if other.0 > one.0 { other } else { one })
    }

    /// Whether any release is held back for its age.
    pub fn has_minimum_age(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.any(|layer| layer.minimum_age.is_some())
    }

    /// The longest minimum age: for resolvers that choose versions.
    pub fn longest_minimum_age(&self) -> Option<Duration> {
        let ages = self
            .layers
            .iter()
            .filter_map(|layer| layer.minimum_age.as_ref());
        ages.map(|minimum| minimum.value.age).max()
    }

    /// The npm packages that no file's minimum age covers: names, and beginnings of names. Where several files set
    /// one, or patterns are more than that, they are left out: a resolver then chooses an older version.
    pub fn young_packages(&self) -> (Vec<String>, Vec<String>) {
        let layers = self.layers.iter();
        let said: Vec<_> = layers
            .filter_map(|layer| layer.minimum_age.as_ref())
            .collect();
        let [only] = said[..] else {
            return Default::default();
        };
        let patterns = only.value.except.iter();
        let names = patterns.filter_map(|pattern| pattern.value.package_name());
        let (prefixes, names): (Vec<&str>, Vec<&str>) = names.partition(|name| name.ends_with('*'));
        let whole = |name: &&str| !name.trim_end_matches('*').contains('*');
        let plain = |name: &str| name.trim_end_matches('*').to_owned();
        (
            names.into_iter().filter(whole).map(plain).collect(),
            prefixes.into_iter().filter(whole).map(plain).collect(),
        )
    }

    /// The most that may be granted: each block has the shape of a manifest's `permissions`, and all of them hold.
    /// A permission that a block does not name is not capped by it.
    pub fn permission_caps(&self) -> Vec<&Placed<Value>> {
        let layers = self.layers.iter();
        layers
            .filter_map(|layer| layer.permission_caps.as_ref())
            .collect()
    }

    /// Where plain HTTP is forbidden.
    pub fn https_only(&self) -> Option<&At> {
        self.flag(|layer| layer.https_only.as_ref())
    }

    /// Where the network is switched off.
    pub fn offline(&self) -> Option<&At> {
        self.flag(|layer| layer.offline.as_ref())
    }

    fn flag(&self, setting: impl Fn(&Layer) -> Option<&Placed<bool>>) -> Option<&At> {
        let mut said = self.layers.iter().filter_map(setting);
        said.find(|flag| flag.value).map(|flag| &flag.at)
    }

    /// Where it says that `specifier` may run in the script's own isolate: some file must say so, and each that
    /// speaks of it.
    pub fn trusted(&self, specifier: &Specifier) -> Option<&At> {
        let target = Target::of_name(specifier);
        let mut said = None;
        for rule in self
            .layers
            .iter()
            .filter_map(|layer| layer.trusted.as_ref())
        {
            if !rule.value.covers(&target, false) {
                return None;
            }
            said.get_or_insert(&rule.at);
        }
        said
    }

    /// The strictest level of each check of the scan; `*` stands for those that are not named.
    pub fn scan_levels(&self) -> BTreeMap<&str, (Level, &At)> {
        let mut strictest: BTreeMap<&str, (Level, &At)> = BTreeMap::new();
        for (name, level) in self.layers.iter().flat_map(|layer| &layer.scan) {
            let entry = strictest.entry(name).or_insert((level.value, &level.at));
            if level.value > entry.0 {
                *entry = (level.value, &level.at);
            }
        }
        strictest
    }

    /// The programs that are asked about what is to be loaded; every one of them.
    pub fn scanners(&self) -> Vec<&Placed<Vec<String>>> {
        let layers = self.layers.iter();
        layers.filter_map(|layer| layer.scanner.as_ref()).collect()
    }

    /// Whether a load fails if it cannot be written to the audit log, and where it stands; without a word, it does.
    /// A project cannot take that back: the log is the user's.
    pub fn audit_required(&self) -> (bool, Option<&At>) {
        if let Some(at) = self.flag(|layer| layer.audit_required.as_ref()) {
            return (true, Some(at));
        }
        let mut said = self
            .layers
            .iter()
            .filter(|layer| layer.origin != Origin::Project)
            .filter_map(|layer| layer.audit_required.as_ref());
        match said.next() {
            Some(flag) => (false, Some(&flag.at)),
            None => (true, None),
        }
    }

    /// The shared logs of moved references.
    pub fn history_files(&self) -> Vec<&Path> {
        let layers = self.layers.iter();
        let files = layers.filter_map(|layer| Some(layer.history_file.as_ref()?.value.as_path()));
        files.collect()
    }

    /// Who may sign, as the most authoritative file has it that names anyone. A project cannot vouch for itself: where the
    /// machine or the user requires signatures, its own list does not count.
    pub fn allowed_signers(&self) -> Vec<&Placed<Value>> {
        let of = |origin: Origin| -> Vec<&Placed<Value>> {
            let layers = self.layers.iter().filter(|layer| layer.origin == origin);
            layers
                .filter_map(|layer| layer.other.get(SIGNERS))
                .collect()
        };
        let is_required = self.layers.iter().any(|layer| {
            layer.origin != Origin::Project
                && (layer.require_signature.as_ref()).is_some_and(|rule| !rule.value.is_empty())
        });
        let mut origins = [Origin::Machine, Origin::User, Origin::Project].into_iter();
        let named = origins.find(|origin| !of(*origin).is_empty());
        match named {
            Some(Origin::Project) if is_required => Vec::new(),
            Some(origin) => of(origin),
            None => Vec::new(),
        }
    }
}
