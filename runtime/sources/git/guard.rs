//! Where a load is held against the policy and the log of moved references.
//!
//! In: [`Job`], what was resolved. Out: nothing, or the refusal. Side effects: the log of references.
//!
//! Names are judged before the first request, references when they are resolved, releases before anything of them is
//! kept, and all again when they come from the cache.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{Oid, Repository};

use super::Inner;
use super::error::GitErrorKind;
use super::job::Job;
use super::refs::Split;
use super::store::{Record, Store};
use super::versions::parse_version;
use crate::history::Resolved;
use crate::http::display_url;

/// What is known of a release besides its commit and files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// The tag.
    pub(super) version: Option<String>,
    /// The commit's own time.
    pub(super) released: Option<SystemTime>,
}

impl Facts {
    /// What a repository says. `name`: the reference in full.
    pub(super) fn of(
        repository: &Repository,
        commit: Oid,
        name: Option<&str>,
        split: &Split,
    ) -> Facts {
        let tag = name.and_then(|name| name.strip_prefix("refs/tags/"));
        Facts {
            version: tag.map(str::to_owned).or_else(|| written_version(split)),
            released: time_of(repository, commit),
        }
    }

    /// What was recorded when it was fetched.
    pub(super) fn recorded(record: &Record, split: &Split, commit: &str) -> Facts {
        let tag = record.tag(split.reference.as_deref());
        Facts {
            version: tag.map(str::to_owned).or_else(|| written_version(split)),
            released: record.time(commit),
        }
    }
}

/// A reference that is a version can only have meant the tag of that name.
fn written_version(split: &Split) -> Option<String> {
    let reference = split.reference.clone()?;
    parse_version(&reference).map(|_| reference)
}

fn time_of(repository: &Repository, commit: Oid) -> Option<SystemTime> {
    let seconds = repository.find_commit(commit).ok()?.time().seconds();
    Some(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}

impl Inner {
    /// Asks the policy whether the repository may be looked up.
    pub(super) fn check_name(&self, job: &Job) -> Result<(), GitErrorKind> {
        let checked = self.policy.check_name(&job.specifier);
        checked.map(drop).map_err(GitErrorKind::Policy)
    }

    /// Asks the policy whether this commit may be used.
    pub(super) fn check_commit(
        &self,
        job: &Job,
        store: &Store,
        commit: &str,
        facts: &Facts,
    ) -> Result<(), GitErrorKind> {
        let stored = || {
            let repository = store.repository()?;
            time_of(&repository, Oid::from_str(commit).ok()?)
        };
        let released = || facts.released.or_else(stored);
        let version = facts.version.as_deref();
        self.policy
            .check_commit(&job.specifier, version, commit, released)
            .map_err(GitErrorKind::Policy)
    }

    /// Remembers what a reference was resolved to. `name`: in full; `None` for a commit that was named itself.
    pub(super) fn remember_reference(
        &self,
        job: &Job,
        name: Option<&str>,
        commit: Oid,
    ) -> Result<(), GitErrorKind> {
        let Some(reference) = name else { return Ok(()) };
        self.hold_against_log(job, reference, commit, false)
    }

    /// Holds what the lock file says of a tag against what the tag ever stood for.
    pub(super) fn check_pinned_reference(
        &self,
        job: &Job,
        split: &Split,
        commit: Oid,
    ) -> Result<(), GitErrorKind> {
        match &split.reference {
            Some(reference) => self.hold_against_log(job, reference, commit, true),
            None => Ok(()),
        }
    }

    fn hold_against_log(
        &self,
        job: &Job,
        reference: &str,
        commit: Oid,
        is_pinned: bool,
    ) -> Result<(), GitErrorKind> {
        let (repository, commit) = (display_url(&job.url), commit.to_string());
        let resolved = Resolved {
            repository: &repository,
            reference,
            commit: &commit,
            name: &job.identifier(None),
        };
        let held = match is_pinned {
            true => self.history.check_pinned(resolved, SystemTime::now()),
            false => self.history.record(resolved, SystemTime::now()),
        };
        held.map_err(|source| GitErrorKind::History {
            identifier: job.asked.clone(),
            source,
        })
    }
}
