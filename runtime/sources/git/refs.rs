//! Which commit a reference means: branches, tags, SHAs, version ranges and `latest`.
//!
//! In: what a remote advertises, and the ways to read the text after `@`. Out: [`Resolution`]. No side effects.
//!
//! The text may go on with a path (`feat/x/src/main.ts`): the longest part of it that names something
//! wins. For one and the same text a tag goes before a branch, as in git itself, and both before a
//! version or a SHA.

use std::cmp::Reverse;

use git2::Oid;

use super::versions::{Wanted, distance, parse_version};

/// Fewer digits than git itself ever shortens to are not taken for a SHA.
const SHORTEST_SHA: usize = 7;
const NEAREST_COUNT: usize = 5;
/// More tags of one commit are not looked at.
const MAX_TAGS: usize = 16;

/// One advertised reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoteRef {
    /// Full name: `refs/heads/main`.
    pub(super) name: String,
    /// What it points at; a tag object for annotated tags.
    pub(super) target: Oid,
    /// The commit, after following tag objects.
    pub(super) commit: Oid,
}

/// Everything that a remote advertises.
#[derive(Clone, Debug, Default)]
pub(super) struct RemoteRefs {
    refs: Vec<RemoteRef>,
    /// The commit of `HEAD`.
    head: Option<Oid>,
}

/// One way to read what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The part that is the reference; `None` for the default.
    pub(super) reference: Option<String>,
    /// The part that is a path inside the repository.
    pub(super) path: Option<String>,
}

/// What a reference means on one remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolution {
    /// The way in which it was to be read.
    pub(super) split: Split,
    /// The commit, as far as it is known.
    pub(super) target: Target,
    /// The reference in full, `refs/tags/v1`; `None` for a commit that was named itself.
    pub(super) name: Option<String>,
}

/// A commit that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Known in full.
    Commit(Oid),
    /// Only its first digits, which no advertised commit has.
    Abbreviated(String),
}

/// Nothing on the remote fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The remote has no commits.
    Empty,
    /// No such reference; the nearest names, best first.
    Missing(Vec<String>),
    /// A short SHA that begins several.
    Ambiguous(Vec<String>),
}

impl RemoteRef {
    fn named(&self) -> (Target, Option<String>) {
        (Target::Commit(self.commit), Some(self.name.clone()))
    }
}

impl RemoteRefs {
    /// Takes in one line of an advertisement. `^{}` lines must follow the tag that they peel.
    pub(super) fn add(&mut self, name: &str, target: Oid) {
        if name == "HEAD" {
            self.head = Some(target);
        } else if let Some(tag) = name.strip_suffix("^{}") {
            let tagged = self.refs.iter_mut().rev().find(|found| found.name == tag);
            if let Some(tagged) = tagged {
                tagged.commit = target;
            }
        } else {
            self.refs.push(RemoteRef {
                name: name.to_owned(),
                target,
                commit: target,
            });
        }
    }

    /// A reference that leads to `commit`, to ask for it by name.
    pub(super) fn name_of(&self, commit: Oid) -> Option<&str> {
        self.refs
            .iter()
            .find(|found| found.commit == commit || found.target == commit)
            .map(|found| found.name.as_str())
    }

    /// The tags that lead to `commit`: full names, and the tag object or commit that they point at.
    pub(super) fn tags_at(&self, commit: Oid) -> Vec<(&str, Oid)> {
        let tags = self
            .refs
            .iter()
            .filter(|found| found.commit == commit && found.name.starts_with("refs/tags/"));
        tags.take(MAX_TAGS)
            .map(|found| (found.name.as_str(), found.target))
            .collect()
    }

    /// Takes the first of `splits` whose reference exists. Without a reference that is `main`, else what
    /// `HEAD` names.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub(super) fn resolve(&self, splits: &[Split]) -> Result<Resolution, Unresolved> {
        for split in splits {
            let found = match &split.reference {
                Some(reference) => self.lookup(reference)?,
                None => self.default_commit(),
            };
            if let Some((target, name)) = found {
                return Ok(Resolution {
                    split: split.clone(),
                    target,
                    name,
                });
            }
        }
        if self.refs.is_empty() && self.head.is_none() {
            return Err(Unresolved::Empty);
        }
        Err(Unresolved::Missing(self.nearest(splits)))
    }

    fn default_commit(&self) -> Option<(Target, Option<String>)> {
        let main = self.find("refs/heads/main").map(RemoteRef::named);
        main.or_else(|| self.head_commit())
    }

    fn head_commit(&self) -> Option<(Target, Option<String>)> {
        Some((Target::Commit(self.head?), Some("HEAD".to_owned())))
    }

    /// The tag that leads to `commit`; one that is a version, if there is one.
    pub(super) fn tag_of(&self, commit: Oid) -> Option<&str> {
        let tags = self.refs.iter().filter(|found| found.commit == commit);
        let mut tags: Vec<&str> = tags
            .filter_map(|found| found.name.strip_prefix("refs/tags/"))
            .collect();
        tags.sort_by_key(|tag| (parse_version(tag).is_none(), tag.to_string()));
        tags.first().copied()
    }

    fn lookup(&self, text: &str) -> Result<Option<(Target, Option<String>)>, Unresolved> {
        let head = || self.head_commit().filter(|_| text == "HEAD");
        let named = self
            .find_named(text)
            .or_else(|| self.find_version(text))
            .map(RemoteRef::named)
            .or_else(head);
        match named {
            Some(found) => Ok(Some(found)),
            None => Ok(self.find_sha(text)?.map(|target| (target, None))),
        }
    }

    fn find(&self, name: &str) -> Option<&RemoteRef> {
        self.refs.iter().find(|found| found.name == name)
    }

    fn find_named(&self, text: &str) -> Option<&RemoteRef> {
        let full = text.starts_with("refs/").then(|| self.find(text)).flatten();
        full.or_else(|| self.find(&format!("refs/tags/{text}")))
            .or_else(|| self.find(&format!("refs/heads/{text}")))
            .or_else(|| self.find(&format!("refs/{text}")))
    }

    /// The tag with the highest version that fits a range, `latest`, or one version with or without `v`.
    fn find_version(&self, text: &str) -> Option<&RemoteRef> {
        let wanted = Wanted::parse(text)?;
        self.refs
            .iter()
            .filter_map(|found| {
                let version = parse_version(found.name.strip_prefix("refs/tags/")?)?;
                wanted.accepts(&version).then_some((version, found))
            })
            .max_by(|(left, _), (right, _)| left.cmp(right))
            .map(|(_, found)| found)
    }

    fn find_sha(&self, text: &str) -> Result<Option<Target>, Unresolved> {
        let text = text.to_ascii_lowercase();
        let is_sha = (SHORTEST_SHA..=40).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_sha {
            return Ok(None);
        }
        if let (40, Ok(commit)) = (text.len(), Oid::from_str(&text)) {
            return Ok(Some(Target::Commit(commit)));
        }
        let mut found: Vec<Oid> = self
            .refs
            .iter()
            .map(|found| found.commit)
            .chain(self.head)
            .collect();
        found.retain(|commit| commit.to_string().starts_with(&text));
        found.sort_unstable();
        found.dedup();
        match found[..] {
            [] => Ok(Some(Target::Abbreviated(text))),
            [commit] => Ok(Some(Target::Commit(commit))),
            _ => Err(Unresolved::Ambiguous(
                found.iter().map(Oid::to_string).collect(),
            )),
        }
    }

    /// The branches and tags that are most like one of the references, best first: versions for a
    /// version, names for a name.
    fn nearest(&self, splits: &[Split]) -> Vec<String> {
        let wanted: Vec<&str> = splits
            .iter()
            .filter_map(|split| split.reference.as_deref())
            .collect();
        let is_version = |wanted: &&&str| Wanted::parse(wanted).is_some();
        let versions = match wanted.iter().find(is_version) {
            Some(wanted) => self.nearest_versions(wanted),
            None => Vec::new(),
        };
        if versions.is_empty() {
            self.nearest_names(&wanted)
        } else {
            versions
        }
    }

    fn nearest_versions(&self, wanted: &str) -> Vec<String> {
        let mut tags: Vec<_> = self
            .refs
            .iter()
            .filter_map(|found| {
                let tag = found.name.strip_prefix("refs/tags/")?;
                Some((parse_version(tag)?, tag))
            })
            .collect();
        tags.sort_by_cached_key(|(version, _)| {
            (
                distance(wanted, version),
                !version.pre.is_empty(),
                Reverse(version.clone()),
            )
        });
        tags.into_iter()
            .take(NEAREST_COUNT)
            .map(|(_, tag)| tag.to_owned())
            .collect()
    }

    fn nearest_names(&self, wanted: &[&str]) -> Vec<String> {
        let score = |name: &str| {
            let name = name.to_lowercase();
            let likeness = |wanted: &&str| strsim::jaro_winkler(&wanted.to_lowercase(), &name);
            wanted.iter().map(likeness).fold(0.0, f64::max)
        };
        let mut names: Vec<(f64, &str)> = self
            .refs
            .iter()
            .filter_map(|found| {
                let name = found.name.strip_prefix("refs/tags/");
                name.or_else(|| found.name.strip_prefix("refs/heads/"))
            })
            .map(|name| (score(name), name))
            .collect();
        names.sort_by(|(left, left_name), (right, right_name)| {
            right
                .total_cmp(left)
                .then_with(|| left_name.cmp(right_name))
        });
        names.dedup_by(|left, right| left.1 == right.1);
        names
            .into_iter()
            .take(NEAREST_COUNT)
            .map(|(_, name)| name.to_owned())
            .collect()
    }
}

/// The ways to read `a/b/c` as a reference and a path, the longest reference first.
pub(super) fn splits(text: &str) -> Vec<Split> {
    let whole = Split {
        reference: Some(text.to_owned()),
        path: None,
    };
    let shorter = text.rmatch_indices('/').filter_map(|(at, _)| {
        let (reference, path) = (&text[..at], &text[at + 1..]);
        (!reference.is_empty() && !path.is_empty()).then(|| Split {
            reference: Some(reference.to_owned()),
            path: Some(path.to_owned()),
        })
    });
    std::iter::once(whole).chain(shorter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(number: u8) -> Oid {
        Oid::from_str(&format!("{number:02x}").repeat(20)).unwrap()
    }

    fn remote(names: &[&str]) -> RemoteRefs {
        let mut refs = RemoteRefs::default();
        for (number, name) in names.iter().enumerate() {
            refs.add(name, oid(number as u8 + 1));
        }
        refs
    }

    /// The number, counted from 1, of the reference that a text leads to, and the path that is left.
    fn resolve(refs: &RemoteRefs, text: &str) -> (u8, Option<String>) {
        let resolution = refs.resolve(&splits(text)).unwrap();
        let Target::Commit(commit) = resolution.target else {
            panic!("{text} is no commit");
        };
        (commit.as_bytes()[0], resolution.split.path)
    }

    #[test]
    fn main_goes_before_the_default_branch() {
        let mut refs = RemoteRefs::default();
        refs.add("HEAD", oid(1));
        refs.add("refs/heads/trunk", oid(1));
        let default = [Split {
            reference: None,
            path: None,
        }];
        let target = |refs: &RemoteRefs| refs.resolve(&default).unwrap().target;
        assert_eq!(target(&refs), Target::Commit(oid(1)));
        refs.add("refs/heads/main", oid(2));
        assert_eq!(target(&refs), Target::Commit(oid(2)));
    }

    #[test]
    fn an_explicit_reference_never_falls_back() {
        let mut refs = remote(&["refs/heads/main", "refs/heads/develop", "refs/tags/v1.0.0"]);
        refs.add("HEAD", oid(1));
        let Err(Unresolved::Missing(nearest)) = refs.resolve(&splits("devlop")) else {
            panic!("it does not exist");
        };
        assert_eq!(nearest[0], "develop");
        assert_eq!(
            RemoteRefs::default().resolve(&splits("main")),
            Err(Unresolved::Empty)
        );
    }

    #[test]
    fn versions_near_a_missing_one_are_offered() {
        let names: Vec<String> = [
            "v1.0.0",
            "v1.9.0",
            "v2.0.0",
            "v3.1.0",
            "v3.2.0",
            "v4.0.0-rc.1",
            "other",
        ]
        .map(|tag| format!("refs/tags/{tag}"))
        .to_vec();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let nearest = |text: &str| match remote(&names).resolve(&splits(text)) {
            Err(Unresolved::Missing(nearest)) => nearest,
            other => panic!("{other:?}"),
        };
        assert_eq!(nearest("^9.1")[..2], ["v4.0.0-rc.1", "v3.2.0"]);
        assert_eq!(nearest("v1.8.0")[..2], ["v1.9.0", "v1.0.0"]);
        assert_eq!(nearest("oter")[0], "other");
    }

    #[test]
    fn tags_are_peeled_and_go_before_branches() {
        let mut refs = remote(&["refs/heads/v1", "refs/tags/v1"]);
        refs.add("refs/tags/v1^{}", oid(9));
        assert_eq!(resolve(&refs, "v1").0, 9);
        assert_eq!(resolve(&refs, "heads/v1").0, 1);
        assert_eq!(resolve(&refs, "refs/heads/v1").0, 1);
        assert_eq!(refs.name_of(oid(9)), Some("refs/tags/v1"));
    }

    #[test]
    fn the_longest_existing_reference_wins() {
        let refs = remote(&["refs/tags/feat", "refs/heads/feat/x", "refs/tags/v1.2.0"]);
        assert_eq!(
            resolve(&refs, "feat/x/sub/file.ts"),
            (2, Some("sub/file.ts".to_owned()))
        );
        assert_eq!(
            resolve(&refs, "feat/y/file.ts"),
            (1, Some("y/file.ts".to_owned()))
        );
        assert_eq!(
            resolve(&refs, "^1.0/mod.ts"),
            (3, Some("mod.ts".to_owned()))
        );
    }

    #[test]
    fn ranges_take_the_highest_fitting_tag() {
        let refs = remote(&[
            "refs/tags/v1.9.0",
            "refs/tags/2.1.0",
            "refs/tags/v2.10.0",
            "refs/tags/v2.2.0",
            "refs/tags/v3.0.0-rc.1",
            "refs/tags/nightly",
        ]);
        for (text, number) in [
            ("^2.1", 3),
            ("~2.1", 2),
            ("~1", 1),
            ("1.x", 1),
            ("2.*", 3),
            ("*", 3),
            (">=1 <2.5", 4),
            (">= 1.0, < 2.0", 1),
            ("1.x || 3.x", 1),
            ("^v2.1", 3),
            ("latest", 3),
            ("v2.1.0", 2),
            ("1.9.0", 1),
            (">=3.0.0-rc.0", 5),
            ("3.0.0-rc.1", 5),
        ] {
            assert_eq!(resolve(&refs, text).0, number, "{text}");
        }
        for text in ["^3", "4.x", "2.1", "<1", "xyz"] {
            assert!(refs.resolve(&splits(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_branch_named_like_a_range_is_a_branch() {
        let refs = remote(&["refs/tags/v1.5.0", "refs/heads/1.x", "refs/heads/latest"]);
        assert_eq!(resolve(&refs, "1.x").0, 2);
        assert_eq!(resolve(&refs, "latest").0, 3);
    }

    #[test]
    fn shas_may_be_short() {
        let refs = remote(&["refs/heads/main"]);
        assert_eq!(resolve(&refs, "0101010").0, 1);
        let full = "AB".repeat(20);
        assert_eq!(resolve(&refs, &full).0, 0xab);
        assert_eq!(
            refs.resolve(&splits("abcdef0")).unwrap().target,
            Target::Abbreviated("abcdef0".to_owned())
        );
        assert!(refs.resolve(&splits("abcdef")).is_err());
    }
}
