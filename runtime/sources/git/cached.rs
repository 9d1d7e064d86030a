//! The quick way: a load that finds all it needs in the lock file and the cache.
//!
//! In: [`Job`]. Out: [`Checkout`] or nothing. Reads the cache; may add a recorded commit to the lock
//! file's memory.

use git2::Oid;

use super::error::GitErrorKind;
use super::guard::Facts;
use super::job::Job;
use super::refs::Split;
use super::store::{Record, Store};
use super::{Checkout, Inner};
use crate::cache::TreeHash;
use crate::lockfile::GitPin;

impl Inner {
    /// The load without network or lock: a pinned or recorded commit whose files are here.
    pub(super) fn find_cached(
        &self,
        job: &Job,
        store: &Store,
    ) -> Result<Option<Checkout>, GitErrorKind> {
        let pin_of = |split: &Split| {
            self.lockfile
                .git(&job.identifier(split.reference.as_deref()))
        };
        let record = store.record();
        let mut is_pinned = false;
        for split in &job.splits {
            if let Some(pin) = pin_of(split) {
                is_pinned = true;
                if let Some((found, facts)) = self.cached_tree(job, split, &pin, &record) {
                    self.check_commit(job, store, &pin.commit, &facts)?;
                    store.mark_used();
                    return Ok(Some(found));
                }
            }
        }
        if is_pinned {
            return Ok(None);
        }
        for split in &job.splits {
            let reference = split.reference.as_deref();
            let Some(pin) = record.pin(reference) else {
                continue;
            };
            let Some((found, facts)) = self.cached_tree(job, split, &pin, &record) else {
                continue;
            };
            self.check_commit(job, store, &pin.commit, &facts)?;
            let pinned = self.lockfile.pin_git(&found.identifier, pin);
            pinned.map_err(|source| job.lock(source))?;
            store.mark_used();
            return Ok(Some(found));
        }
        Ok(None)
    }

    fn cached_tree(
        &self,
        job: &Job,
        split: &Split,
        pin: &GitPin,
        record: &Record,
    ) -> Option<(Checkout, Facts)> {
        let hash: TreeHash = pin.hash.parse().ok()?;
        let root = self.cache.tree(&hash)?;
        if let Err(error) = self.cache.check_tree(&hash) {
            log::debug!("`{}` is checked out again: {error}", job.asked);
            return None;
        }
        let facts = Facts::recorded(record, split, &pin.commit);
        let found = job.checkout(split, root, pin, &facts);
        // A shorter reference than the one meant may be known too; then the path gives it away.
        found.dir.exists().then_some((found, facts))
    }

    /// The commit that the lock file has, and the reading of the identifier that it has it for.
    pub(super) fn pinned(&self, job: &Job) -> Option<(Oid, Split)> {
        job.splits.iter().find_map(|split| {
            let pin = self
                .lockfile
                .git(&job.identifier(split.reference.as_deref()))?;
            Some((Oid::from_str(&pin.commit).ok()?, split.clone()))
        })
    }
}
