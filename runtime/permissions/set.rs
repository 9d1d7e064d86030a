//! A set of permissions: what is asked for, what is granted, what is allowed at most.
//!
//! In: JSON of a manifest, lock or policy. Out: [`PermissionSet`] and JSON again. Side effects: none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::entry::{self, BadEntry};
use super::{Kind, Scope};

/// How much of each permission. Kinds that are not in it are not allowed at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionSet(BTreeMap<Kind, Scope>);

/// Why a block of permissions is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBlock {
    /// The keys that lead there: `net[0]`.
    pub place: String,
    pub reason: String,
    /// What may have been meant.
    pub meant: Option<String>,
}

impl PermissionSet {
    /// How much of `kind`; nothing where it is not in the set.
    pub fn get(&self, kind: Kind) -> Scope {
        self.0.get(&kind).cloned().unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kinds in it, each with something.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Scope)> {
        self.0.iter().map(|(kind, scope)| (*kind, scope))
    }

    /// Puts `scope` in place of what was there; nothing removes the kind.
    pub fn set(&mut self, kind: Kind, scope: Scope) {
        match scope.is_nothing() {
            true => self.0.remove(&kind),
            false => self.0.insert(kind, scope),
        };
    }

    /// Adds one entry in its one form.
    pub fn add(&mut self, kind: Kind, entry: String) {
        let one = Scope::Some(BTreeSet::from([entry]));
        self.set(kind, self.get(kind).union(kind, &one));
    }

    pub fn union(&self, other: &PermissionSet) -> PermissionSet {
        self.combine(other, |kind, one, other| one.union(kind, other))
    }

    pub fn intersection(&self, other: &PermissionSet) -> PermissionSet {
        self.combine(other, |kind, one, other| one.intersection(kind, other))
    }

    /// What of this `other` does not allow.
    pub fn without(&self, other: &PermissionSet) -> PermissionSet {
        self.combine(other, |kind, one, other| one.without(kind, other))
    }

    /// Takes away what `other` covers.
    pub fn revoked(&self, other: &PermissionSet) -> PermissionSet {
        self.combine(other, |kind, one, other| one.revoked(kind, other))
    }

    fn combine(
        &self,
        other: &PermissionSet,
        join: impl Fn(Kind, &Scope, &Scope) -> Scope,
    ) -> PermissionSet {
        let mut set = PermissionSet::default();
        for kind in Kind::ALL {
            set.set(kind, join(kind, &self.get(kind), &other.get(kind)));
        }
        set
    }

    /// Reads `{ "net": ["api.example.com:443"], "media": true }`.
    ///
    /// # Errors
    /// [`BadBlock`] with the place of the first thing that is wrong.
    pub fn from_json(value: &Value) -> Result<PermissionSet, BadBlock> {
        let mut set = PermissionSet::default();
        for (kind, scope) in scopes(value)? {
            set.set(kind, scope);
        }
        Ok(set)
    }

    /// The same as JSON, with `true` for everything.
    pub fn to_json(&self) -> Value {
        let members = self.0.iter().map(|(kind, scope)| {
            let value = match scope {
                Scope::All => Value::Bool(true),
                Scope::Some(entries) => entries.iter().cloned().map(Value::String).collect(),
            };
            (kind.name().to_string(), value)
        });
        Value::Object(members.collect::<Map<_, _>>())
    }
}

/// The kinds that `value` names, each with its scope, also where that is nothing.
pub(super) fn scopes(value: &Value) -> Result<BTreeMap<Kind, Scope>, BadBlock> {
    let Value::Object(members) = value else {
        return Err(bad(
            "",
            format!("expected an object, found {}", kind_of(value)),
        ));
    };
    let mut scopes = BTreeMap::new();
    for (name, value) in members {
        let Some(kind) = Kind::of_name(name) else {
            return Err(unknown(name));
        };
        scopes.insert(kind, scope(kind, value)?);
    }
    Ok(scopes)
}

fn unknown(name: &str) -> BadBlock {
    let names = Kind::ALL.map(Kind::name).join(", ");
    BadBlock {
        place: super::words::visible(name),
        reason: format!("there is no such permission; expected {names}"),
        meant: Kind::near(name).first().map(ToString::to_string),
    }
}

fn scope(kind: Kind, value: &Value) -> Result<Scope, BadBlock> {
    let expected = || {
        let reason = format!("expected {}, found {}", kind.expected(), kind_of(value));
        bad(kind.name(), reason)
    };
    match value {
        Value::Bool(true) => Ok(Scope::All),
        Value::Bool(false) => Ok(Scope::default()),
        Value::Array(items) if kind != Kind::Media => list(kind, items),
        Value::String(text) => Err(BadBlock {
            meant: (kind != Kind::Media).then(|| format!("[\"{}\"]", super::words::visible(text))),
            ..expected()
        }),
        _ => Err(expected()),
    }
}

fn list(kind: Kind, items: &[Value]) -> Result<Scope, BadBlock> {
    let mut entries = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        let place = format!("{kind}[{index}]");
        let Value::String(text) = item else {
            return Err(bad(
                &place,
                format!("expected a string, found {}", kind_of(item)),
            ));
        };
        if text == "*" {
            let mut error = bad(
                &place,
                "`*` is not an entry; everything is `true`".to_string(),
            );
            error.meant = Some(format!("\"{kind}\": true"));
            return Err(error);
        }
        let entry = entry::normalise(kind, text).map_err(|error| in_block(place, text, error))?;
        entries.insert(entry);
    }
    // Without entries that others cover.
    Ok(Scope::Some(entries).union(kind, &Scope::default()))
}

fn in_block(place: String, text: &str, error: BadEntry) -> BadBlock {
    BadBlock {
        place,
        reason: format!("`{}`: {}", super::words::visible(text), error.reason),
        meant: error.meant,
    }
}

fn bad(place: &str, reason: String) -> BadBlock {
    BadBlock {
        place: place.to_string(),
        reason,
        meant: None,
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_block_reads_and_writes() {
        let block = json!({
            "env": ["API_KEY"], "net": ["API.example.com:443"], "read": ["models"],
            "run": false, "ffi": [], "media": true, "docker": true,
        });
        let set = PermissionSet::from_json(&block).unwrap();
        let expected = json!({
            "net": ["api.example.com:443"], "env": ["API_KEY"], "read": ["./models"],
            "docker": true, "media": true,
        });
        assert_eq!(set.to_json(), expected);
        assert_eq!(PermissionSet::from_json(&expected).unwrap(), set);
    }

    #[test]
    fn errors_name_place_and_what_was_expected() {
        let cases = [
            (json!([]), "", "expected an object, found a list"),
            (
                json!({ "nett": true }),
                "nett",
                "there is no such permission",
            ),
            (json!({ "net": "a.com" }), "net", "list of hosts"),
            (
                json!({ "net": ["a.com", 1] }),
                "net[1]",
                "expected a string, found a number",
            ),
            (json!({ "env": ["*"] }), "env[0]", "everything is `true`"),
            (
                json!({ "media": ["x"] }),
                "media",
                "expected true or false, found a list",
            ),
            (
                json!({ "read": ["../x"] }),
                "read[0]",
                "leads out of the repository",
            ),
            (json!({ "run": null }), "run", "found null"),
        ];
        for (block, place, reason) in cases {
            let error = PermissionSet::from_json(&block).unwrap_err();
            assert_eq!(error.place, place, "{block}");
            assert!(error.reason.contains(reason), "{block}: {}", error.reason);
        }
        let error = PermissionSet::from_json(&json!({ "netwrok": true })).unwrap_err();
        assert_eq!(error.meant.as_deref(), Some("net"));
    }
}
