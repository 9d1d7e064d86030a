//! What a user granted to one provider, as lock and policy keep it.
//!
//! In: JSON. Out: [`Grant`], and the merge of grants that several programs wrote. Side effects: none.
//!
//! ```json
//! { "accepted": { "net": ["api.example.com:443"] }, "added": { "env": ["API_KEY"] } }
//! ```

use serde_json::{Map, Value};

use super::set::{BadBlock, kind_of};
use super::{Kind, PermissionSet, Scope};

/// One provider's grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// What the provider asked for and got. It counts as long as the provider declares it.
    pub accepted: PermissionSet,
    /// What it got from `prizm policy grant`, whatever it declares.
    pub added: PermissionSet,
}

impl Grant {
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty() && self.added.is_empty()
    }

    /// Both parts together.
    pub fn all(&self) -> PermissionSet {
        self.accepted.union(&self.added)
    }

    pub fn union(&self, other: &Grant) -> Grant {
        Grant {
            accepted: self.accepted.union(&other.accepted),
            added: self.added.union(&other.added),
        }
    }

    /// Takes away what `set` covers, from both parts.
    pub fn revoked(&self, set: &PermissionSet) -> Grant {
        Grant {
            accepted: self.accepted.revoked(set),
            added: self.added.revoked(set),
        }
    }

    /// # Errors
    /// [`BadBlock`] with the place of what is wrong: `added.net[0]`.
    pub fn from_json(value: &Value) -> Result<Grant, BadBlock> {
        let bad = |place: &str, reason: String| BadBlock {
            place: place.to_string(),
            reason,
            meant: None,
        };
        let Value::Object(members) = value else {
            return Err(bad(
                "",
                format!("expected an object, found {}", kind_of(value)),
            ));
        };
        let mut grant = Grant::default();
        for (name, value) in members {
            let part = match name.as_str() {
                "accepted" => &mut grant.accepted,
                "added" => &mut grant.added,
                _ => {
                    let name = super::words::visible(name);
                    return Err(bad(&name, "expected `accepted` and `added`".to_string()));
                }
            };
            *part = PermissionSet::from_json(value).map_err(|error| BadBlock {
                place: format!("{name}.{}", error.place)
                    .trim_end_matches('.')
                    .to_string(),
                ..error
            })?;
        }
        Ok(grant)
    }

    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        for (name, set) in [("accepted", &self.accepted), ("added", &self.added)] {
            if !set.is_empty() {
                members.insert(name.to_string(), set.to_json());
            }
        }
        Value::Object(members)
    }

    /// Puts what changed from `base` to `ours` on top of `theirs`: what either added stays, what either took away goes.
    pub fn merged(theirs: &Grant, base: &Grant, ours: &Grant) -> Grant {
        Grant {
            accepted: merge_sets(&theirs.accepted, &base.accepted, &ours.accepted),
            added: merge_sets(&theirs.added, &base.added, &ours.added),
        }
    }
}

fn merge_sets(theirs: &PermissionSet, base: &PermissionSet, ours: &PermissionSet) -> PermissionSet {
    let mut merged = PermissionSet::default();
    for kind in Kind::ALL {
        let scope = merge_scopes(kind, theirs.get(kind), base.get(kind), ours.get(kind));
        merged.set(kind, scope);
    }
    merged
}

fn merge_scopes(kind: Kind, theirs: Scope, base: Scope, ours: Scope) -> Scope {
    if ours == base || theirs == ours {
        return theirs;
    }
    if theirs == base {
        return ours;
    }
    match (&theirs, &base, &ours) {
        (Scope::Some(theirs), Scope::Some(base), Scope::Some(ours)) => {
            let added = ours.difference(base).chain(theirs.difference(base));
            let kept = base
                .iter()
                .filter(|entry| ours.contains(*entry) && theirs.contains(*entry));
            Scope::Some(added.chain(kept).cloned().collect()).union(kind, &Scope::default())
        }
        // One widened it to everything while the other changed the list.
        _ => ours.union(kind, &theirs),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grant(value: Value) -> Grant {
        Grant::from_json(&value).unwrap()
    }

    #[test]
    fn both_sides_of_a_race_survive() {
        let base = grant(json!({ "added": { "net": ["a.com", "b.com"] } }));
        let theirs = grant(json!({ "added": { "net": ["a.com", "b.com", "c.com"] } }));
        let ours = grant(json!({ "added": { "net": ["a.com", "d.com"], "run": ["x"] } }));
        assert_eq!(
            Grant::merged(&theirs, &base, &ours).to_json(),
            json!({ "added": { "net": ["a.com", "c.com", "d.com"], "run": ["x"] } })
        );
        let none = Grant::default();
        assert_eq!(Grant::merged(&theirs, &none, &ours), theirs.union(&ours));
        assert_eq!(Grant::merged(&none, &base, &base), none);
        assert_eq!(Grant::merged(&base, &base, &none), none);
    }

    #[test]
    fn broken_grants_name_the_place() {
        let cases = [
            (json!(true), ""),
            (json!({ "net": ["a.com"] }), "net"),
            (json!({ "added": [] }), "added"),
            (json!({ "added": { "net": ["http://x"] } }), "added.net[0]"),
        ];
        for (value, place) in cases {
            assert_eq!(
                Grant::from_json(&value).unwrap_err().place,
                place,
                "{value}"
            );
        }
    }
}
