//! Whether a provider may have what it asks for: yes, or exactly what is still to be granted.
//!
//! In: what it declares, what was granted, what policies allow at most. Out: [`Decision`]. Side effects: none.
//!
//! Effective = (declared ∩ accepted) ∪ added, cut by every cap. Asking for less than was granted needs nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ask::Question;
use super::error::PermissionError;
use super::set::scopes;
use super::{Grant, Granted, Kind, Owner, PermissionSet, Requested, Scope};

/// What a policy file allows at most. Kinds that it does not name are not limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    limits: BTreeMap<Kind, Scope>,
    file: PathBuf,
}

impl Caps {
    /// Reads `permissionCaps` of the policy in `file`: the form of a permissions block, where `false` is nothing at all.
    ///
    /// # Errors
    /// [`PermissionError::Policy`].
    pub fn parse(value: &Value, file: &Path) -> Result<Caps, PermissionError> {
        let limits = scopes(value).map_err(|error| PermissionError::Policy {
            file: file.to_path_buf(),
            place: format!("permissionCaps.{}", error.place)
                .trim_end_matches('.')
                .to_string(),
            reason: error.reason,
            meant: error.meant,
        })?;
        Ok(Caps {
            limits,
            file: file.to_path_buf(),
        })
    }

    /// The policy file that limits.
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn limit(&self, set: &PermissionSet) -> PermissionSet {
        let mut limited = set.clone();
        for (kind, limit) in &self.limits {
            limited.set(*kind, set.get(*kind).intersection(*kind, limit));
        }
        limited
    }
}

/// What the caps took away, and which file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub set: PermissionSet,
    pub file: PathBuf,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Granted(Granted),
    /// Exactly what is to be granted first.
    Ask(Box<Question>),
}

/// Decides on the provider `owner`, resolved to `identity`.
///
/// `grant`: of lock and user policy together. `home`: the home folder, for the words of the question.
pub fn decide(
    owner: &Owner,
    identity: &str,
    requested: &Requested,
    grant: &Grant,
    caps: &[Caps],
    home: Option<&Path>,
) -> Decision {
    let (wanted, _) = limit(requested.set(), caps);
    let asked = wanted.without(&grant.all());
    if asked.is_empty() {
        return Decision::Granted(granted(owner, requested, grant, caps));
    }
    Decision::Ask(Box::new(Question {
        owner: owner.clone(),
        identity: identity.to_string(),
        asked,
        is_update: !grant.is_empty(),
        can_remember: false,
        home: home.map(|home| home.to_string_lossy().into_owned()),
    }))
}

/// What is effective once nothing is left to ask.
pub fn granted(owner: &Owner, requested: &Requested, grant: &Grant, caps: &[Caps]) -> Granted {
    let declared = requested.set().intersection(&grant.accepted);
    let (set, cuts) = limit(&declared.union(&grant.added), caps);
    Granted::new(owner.clone(), set, cuts)
}

fn limit(set: &PermissionSet, caps: &[Caps]) -> (PermissionSet, Vec<Cut>) {
    let mut left = set.clone();
    let mut cuts = Vec::new();
    for cap in caps {
        let limited = cap.limit(&left);
        let lost = left.without(&limited);
        if !lost.is_empty() {
            cuts.push(Cut {
                set: lost,
                file: cap.file.clone(),
            });
        }
        left = limited;
    }
    (left, cuts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(value: Value) -> PermissionSet {
        PermissionSet::from_json(&value).unwrap()
    }

    fn run(declared: Value, accepted: Value, added: Value, caps: &[Value]) -> Decision {
        let grant = Grant {
            accepted: set(accepted),
            added: set(added),
        };
        let caps: Vec<Caps> = caps
            .iter()
            .map(|caps| Caps::parse(caps, Path::new("/etc/prizm/policy.json")).unwrap())
            .collect();
        let owner = Owner::new("github:o/r", Some(1));
        decide(
            &owner,
            "github:o/r@abc",
            &Requested::of(set(declared)),
            &grant,
            &caps,
            None,
        )
    }

    fn effective(decision: Decision) -> Value {
        match decision {
            Decision::Granted(granted) => granted.set().to_json(),
            Decision::Ask(question) => panic!("asks for {}", question.asked.to_json()),
        }
    }

    fn difference(decision: Decision) -> (Value, bool) {
        match decision {
            Decision::Ask(question) => (question.asked.to_json(), question.is_update),
            Decision::Granted(granted) => panic!("grants {}", granted.set().to_json()),
        }
    }

    #[test]
    fn nothing_asked_for_is_nothing_granted() {
        assert_eq!(
            effective(run(json!({}), json!({}), json!({}), &[])),
            json!({})
        );
    }

    #[test]
    fn the_first_load_asks_for_all_and_an_update_for_the_difference() {
        let declared = json!({ "net": ["a.com:443", "b.com"], "run": ["x"] });
        let (asked, is_update) = difference(run(declared.clone(), json!({}), json!({}), &[]));
        assert_eq!((asked, is_update), (declared.clone(), false));
        let accepted = json!({ "net": ["a.com"] });
        let (asked, is_update) = difference(run(declared, accepted, json!({}), &[]));
        assert_eq!(
            (asked, is_update),
            (json!({ "net": ["b.com"], "run": ["x"] }), true)
        );
    }

    #[test]
    fn asking_for_less_needs_nothing_and_gets_less() {
        let accepted = json!({ "net": ["*.a.com"], "run": ["x"] });
        let decision = run(
            json!({ "net": ["api.a.com:443"] }),
            accepted,
            json!({}),
            &[],
        );
        assert_eq!(effective(decision), json!({ "net": ["api.a.com:443"] }));
    }

    #[test]
    fn what_was_added_counts_whatever_is_declared() {
        let added = json!({ "env": ["KEY"], "net": ["a.com"] });
        let decision = run(json!({ "net": ["a.com:1"] }), json!({}), added.clone(), &[]);
        assert_eq!(
            effective(decision),
            json!({ "net": ["a.com"], "env": ["KEY"] })
        );
    }

    #[test]
    fn caps_cut_and_are_not_asked_for() {
        let caps = [json!({ "run": false, "net": ["*.company.com"] })];
        let declared = json!({ "run": ["x"], "net": ["api.company.com:443", "evil.com"] });
        let (asked, _) = difference(run(declared.clone(), json!({}), json!({}), &caps));
        assert_eq!(asked, json!({ "net": ["api.company.com:443"] }));
        let Decision::Granted(granted) = run(declared.clone(), declared, json!({}), &caps) else {
            panic!("granted");
        };
        assert_eq!(
            granted.set().to_json(),
            json!({ "net": ["api.company.com:443"] })
        );
        let cut = &granted.cuts()[0];
        assert_eq!(
            cut.set.to_json(),
            json!({ "net": ["evil.com"], "run": ["x"] })
        );
        assert_eq!(cut.file, Path::new("/etc/prizm/policy.json"));
    }

    #[test]
    fn everything_needs_everything() {
        let (asked, _) = difference(run(
            json!({ "net": true }),
            json!({ "net": ["a.com"] }),
            json!({}),
            &[],
        ));
        assert_eq!(asked, json!({ "net": true }));
        let decision = run(
            json!({ "net": true }),
            json!({ "net": true }),
            json!({}),
            &[json!({ "net": ["a.com"] })],
        );
        assert_eq!(effective(decision), json!({ "net": ["a.com"] }));
    }
}
