//! The grants in a lock file: what the users of a project allowed its providers.
//!
//! In: the section `grants`, an object by provider and major version. Out: [`Grant`]s, and the section again. No I/O.
//!
//! ```json
//! "grants": { "github:owner/repo@v1": { "accepted": { "net": ["api.example.com:443"] } } }
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use crate::permissions::Grant;
use crate::permissions::words::visible;

/// Grants by provider: `github:owner/repo@v1`.
pub(crate) type GrantsByOwner = BTreeMap<String, Grant>;

/// Why the section is refused.
#[derive(Debug)]
pub(crate) struct BadGrants {
    /// The keys that lead there, below the section: `github:owner/repo@v1.added.net[0]`.
    pub(crate) place: String,
    pub(crate) reason: String,
}

/// Reads the section.
///
/// # Errors
/// [`BadGrants`], for the first thing in it that is wrong.
pub(crate) fn parse(value: Option<Value>) -> Result<GrantsByOwner, BadGrants> {
    let members = match value {
        None => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) => members,
        Some(_) => {
            return Err(BadGrants {
                place: String::new(),
                reason: "an object is expected".to_string(),
            });
        }
    };
    let grants = members.into_iter().map(|(owner, value)| {
        let grant = Grant::from_json(&value).map_err(|error| {
            let meant = error
                .meant
                .map(|meant| format!("; did you mean `{meant}`?"));
            BadGrants {
                place: format!("{}.{}", visible(&owner), error.place)
                    .trim_end_matches('.')
                    .to_string(),
                reason: error.reason + meant.as_deref().unwrap_or_default(),
            }
        })?;
        Ok((owner, grant))
    });
    grants.collect()
}

/// The section as JSON.
pub(crate) fn to_value(grants: &GrantsByOwner) -> Value {
    let members = grants
        .iter()
        .map(|(owner, grant)| (owner.clone(), grant.to_json()));
    Value::Object(members.collect())
}

/// Puts what `ours` changed since `base` on top of `theirs`, entry by entry.
pub(crate) fn merge(theirs: &mut GrantsByOwner, base: &GrantsByOwner, ours: &GrantsByOwner) {
    let none = Grant::default();
    let owners: Vec<String> = base.keys().chain(ours.keys()).cloned().collect();
    for owner in owners {
        let of = |grants: &GrantsByOwner| grants.get(&owner).unwrap_or(&none).clone();
        let merged = Grant::merged(&of(theirs), &of(base), &of(ours));
        match merged.is_empty() {
            true => theirs.remove(&owner),
            false => theirs.insert(owner, merged),
        };
    }
}
