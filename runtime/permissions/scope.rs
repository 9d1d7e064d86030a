//! How much of one permission: all of it, or a list; and what two of them have in common.
//!
//! In: lists of entries in their one form. Out: unions, intersections, differences. Side effects: none.

use std::collections::BTreeSet;

use deno_runtime::deno_permissions::{NetDescriptor, QueryDescriptor};

use super::Kind;
use super::path_entry;

/// How much of a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// Entries in their one form; none of them means nothing.
    Some(BTreeSet<String>),
}

impl Default for Scope {
    fn default() -> Scope {
        Scope::Some(BTreeSet::new())
    }
}

impl Scope {
    pub fn is_nothing(&self) -> bool {
        matches!(self, Scope::Some(entries) if entries.is_empty())
    }

    /// The entries of a list; none where it is everything.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        let entries = match self {
            Scope::All => None,
            Scope::Some(entries) => Some(entries),
        };
        entries.into_iter().flatten().map(String::as_str)
    }

    /// Is `entry` within this scope?
    pub fn covers(&self, kind: Kind, entry: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Some(entries) => entries.iter().any(|outer| covers(kind, outer, entry)),
        }
    }

    /// Both together, without entries that others cover.
    pub fn union(&self, kind: Kind, other: &Scope) -> Scope {
        match (self, other) {
            (Scope::Some(one), Scope::Some(other)) => Scope::Some(distinct(kind, one | other)),
            _ => Scope::All,
        }
    }

    /// What both allow.
    pub fn intersection(&self, kind: Kind, other: &Scope) -> Scope {
        match (self, other) {
            (Scope::All, scope) | (scope, Scope::All) => scope.clone(),
            (Scope::Some(one), Scope::Some(other)) => {
                let pairs = one
                    .iter()
                    .flat_map(|one| other.iter().map(move |other| (one, other)));
                let common = pairs.filter_map(|(one, other)| common(kind, one, other));
                Scope::Some(distinct(kind, common.collect()))
            }
        }
    }

    /// What of this `other` does not allow. Everything stays everything unless `other` is that too.
    pub fn without(&self, kind: Kind, other: &Scope) -> Scope {
        match (self, other) {
            (_, Scope::All) => Scope::default(),
            (Scope::All, Scope::Some(_)) => Scope::All,
            (Scope::Some(entries), other) => {
                let rest = entries.iter().filter(|entry| !other.covers(kind, entry));
                Scope::Some(rest.cloned().collect())
            }
        }
    }

    /// Without entries that others cover.
    pub fn smallest(self, kind: Kind) -> Scope {
        match self {
            Scope::All => Scope::All,
            Scope::Some(entries) => Scope::Some(smallest(kind, entries)),
        }
    }

    /// Takes away every entry that `other` covers: what `revoke` means.
    pub fn revoked(&self, kind: Kind, other: &Scope) -> Scope {
        match other {
            Scope::All => Scope::default(),
            other => self.without(kind, other),
        }
    }
}

/// Without entries that say nothing more. A path that is named beside a folder around it does: a protected file is opened
/// by its own name alone.
fn distinct(kind: Kind, entries: BTreeSet<String>) -> BTreeSet<String> {
    match kind {
        Kind::Read | Kind::Write => entries,
        _ => smallest(kind, entries),
    }
}

fn smallest(kind: Kind, entries: BTreeSet<String>) -> BTreeSet<String> {
    let is_covered = |entry: &String| {
        entries.iter().any(|outer| {
            outer != entry && covers(kind, outer, entry) && !covers(kind, entry, outer)
        })
    };
    entries
        .iter()
        .filter(|entry| !is_covered(entry))
        .cloned()
        .collect()
}

/// Does one entry allow all that another one does?
pub(super) fn covers(kind: Kind, outer: &str, inner: &str) -> bool {
    if outer == inner {
        return true;
    }
    match kind {
        Kind::Net => match (host(outer), host(inner)) {
            (Some(outer), Some(inner)) => holds(&outer, &inner),
            _ => false,
        },
        Kind::Env => outer
            .strip_suffix('*')
            .is_some_and(|prefix| inner.starts_with(prefix)),
        Kind::Read | Kind::Write | Kind::Ffi => path_entry::covers(outer, inner),
        Kind::Run | Kind::Docker | Kind::Sys | Kind::Media => false,
    }
}

/// The entry that stands for what both allow.
fn common(kind: Kind, one: &str, other: &str) -> Option<String> {
    if covers(kind, one, other) {
        return Some(other.to_string());
    }
    if covers(kind, other, one) {
        return Some(one.to_string());
    }
    match kind {
        Kind::Net => common_host(one, other),
        _ => None,
    }
}

/// `*.x.com:443` and `api.x.com` have `api.x.com:443` in common.
fn common_host(one: &str, other: &str) -> Option<String> {
    let (one, other) = (host(one)?, host(other)?);
    let port = match (one.1, other.1) {
        (Some(port), Some(other)) if port != other => return None,
        (port, other) => port.or(other),
    };
    let of = |host: &NetDescriptor| NetDescriptor(host.0.clone(), None);
    let narrow = match (holds(&of(&one), &of(&other)), holds(&of(&other), &of(&one))) {
        (true, _) => other.0,
        (_, true) => one.0,
        _ => return None,
    };
    Some(NetDescriptor(narrow, port).to_string())
}

fn host(text: &str) -> Option<NetDescriptor> {
    NetDescriptor::parse_for_list(text).ok()
}

/// Subnets within subnets are beyond the runtime's own comparison, which is between addresses and rules.
fn holds(outer: &NetDescriptor, inner: &NetDescriptor) -> bool {
    use deno_runtime::deno_permissions::Host;
    match (&outer.0, &inner.0) {
        (Host::IpSubnet(wide), Host::IpSubnet(narrow)) => {
            (outer.1.is_none() || outer.1 == inner.1) && wide.contains(narrow)
        }
        (Host::FqdnWithSubdomainWildcard(wide), Host::FqdnWithSubdomainWildcard(narrow)) => {
            (outer.1.is_none() || outer.1 == inner.1) && narrow.is_subdomain_of(wide)
        }
        _ => inner.matches_allow(outer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Scope {
        Scope::Some(entries.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn hosts_cover_hosts() {
        for (outer, inner) in [
            ("a.com", "a.com:443"),
            ("*.a.com", "x.a.com:80"),
            ("*.a.com", "*.b.a.com"),
            ("10.0.0.0/8", "10.1.2.3:80"),
            ("10.0.0.0/8", "10.1.0.0/16"),
        ] {
            assert!(covers(Kind::Net, outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [
            ("a.com:443", "a.com"),
            ("a.com:443", "a.com:80"),
            ("a.com", "x.a.com"),
            ("*.a.com:443", "x.a.com"),
            ("10.1.0.0/16", "10.0.0.0/8"),
            ("a.com", "*.a.com"),
            ("evil-a.com", "a.com"),
        ] {
            assert!(!covers(Kind::Net, outer, inner), "{outer} {inner}");
        }
    }

    #[test]
    fn intersections_are_what_both_allow() {
        let both = |kind, one: &[&str], other: &[&str]| list(one).intersection(kind, &list(other));
        assert_eq!(
            both(Kind::Net, &["*.a.com:443"], &["x.a.com", "b.com"]),
            list(&["x.a.com:443"])
        );
        assert_eq!(both(Kind::Net, &["a.com:1"], &["a.com:2"]), list(&[]));
        assert_eq!(
            both(Kind::Env, &["A_*", "B"], &["A_B", "C"]),
            list(&["A_B"])
        );
        assert_eq!(
            both(Kind::Read, &["./", "$TMP/x"], &["./m", "$TMP"]),
            list(&["./m", "$TMP/x"])
        );
        assert_eq!(
            Scope::All.intersection(Kind::Run, &list(&["a"])),
            list(&["a"])
        );
        assert_eq!(list(&[]).intersection(Kind::Run, &Scope::All), list(&[]));
    }

    #[test]
    fn differences_are_exact() {
        let asked = list(&["a.com:443", "b.com"]);
        assert_eq!(
            asked.without(Kind::Net, &list(&["a.com", "b.com:1"])),
            list(&["b.com"])
        );
        assert_eq!(Scope::All.without(Kind::Net, &list(&["a.com"])), Scope::All);
        assert!(asked.without(Kind::Net, &Scope::All).is_nothing());
    }

    #[test]
    fn unions_hold_no_entry_twice() {
        let union = list(&["A_B", "C"]).union(Kind::Env, &list(&["A_*"]));
        assert_eq!(union, list(&["A_*", "C"]));
        assert_eq!(list(&["a"]).union(Kind::Run, &Scope::All), Scope::All);
        let paths = list(&["/a"]).union(Kind::Read, &list(&["/a/b"]));
        assert_eq!(paths, list(&["/a", "/a/b"]));
        assert_eq!(paths.smallest(Kind::Read), list(&["/a"]));
    }
}
