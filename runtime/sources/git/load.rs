//! One load from beginning to end, on a thread that may block.
//!
//! In: [`Job`]. Out: [`Checkout`]. Side effects: network, the cache, pins in the lock file's memory.
//!
//! What can fail comes before what stays: files are judged and held against the lock file while they are
//! still in staging.

use std::path::{Path, PathBuf};
use std::time::Duration;

use git2::{Oid, Repository};
use url::Url;

use super::checkout::{CheckoutError, checkout};
use super::config::{GitConfig, Rewrite};
use super::error::GitErrorKind;
use super::fetch::{self, Fetched, Remote, Wanted};
use super::guard::Facts;
use super::job::Job;
use super::refs::{Split, Target};
use super::store::{Quarantine, QuarantineError, Store, find_commit};
use super::transport::{self, Session};
use super::{Checkout, Inner};
use crate::cache::{Staging, TreeHash, TreeManifest};
use crate::lockfile::{GitPin, LockMode};
use crate::trust::subject::Origin;

const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Where a repository is really read from.
pub(super) enum Place {
    Local(PathBuf),
    Remote(RemotePlace),
}

pub(super) struct RemotePlace {
    url: Url,
    /// A rule of the git configuration that was passed over, for people.
    note: Option<String>,
}

/// What is to be loaded, once the lock file was asked.
pub(super) struct Goal<'a> {
    pub(super) job: &'a Job,
    pub(super) store: Store,
    /// The commit that the lock file has, and the reading of the identifier that it has it for.
    pub(super) pinned: Option<(Oid, Split)>,
    pub(super) is_reload: bool,
}

/// Files that were judged good but are not in the cache's place for them yet.
struct Judged {
    staging: Staging,
    manifest: TreeManifest,
    hash: TreeHash,
    facts: Facts,
}

impl Inner {
    pub(super) fn load(&self, job: &Job) -> Result<Checkout, GitErrorKind> {
        let store = Store::new(&self.cache, &job.url);
        let is_reload = self.must_reload(job);
        if !is_reload && let Some(found) = self.find_cached(job, &store)? {
            return Ok(found);
        }
        transport::install();
        let goal = Goal {
            job,
            store,
            pinned: if is_reload { None } else { self.pinned(job) },
            is_reload,
        };
        let place = locate(job)?;
        if matches!(place, Place::Remote(_)) && self.http.is_offline() && !goal.is_stored() {
            return Err(job.offline());
        }
        let lock = self.cache.lock(&goal.store.lock_name());
        let _lock = lock.map_err(|source| job.cache(source))?;
        // Whoever had the lock before may have loaded the same.
        if !is_reload && let Some(found) = self.find_cached(job, &goal.store)? {
            return Ok(found);
        }
        let fetched = match place {
            Place::Local(path) => self.load_local(&goal, &path),
            Place::Remote(remote) => self.load_remote(&goal, &remote),
        };
        fetched.map(|checkout| Checkout {
            origin: Origin::Network,
            ..checkout
        })
    }

    /// A repository on this machine is read where it is.
    fn load_local(&self, goal: &Goal<'_>, path: &Path) -> Result<Checkout, GitErrorKind> {
        let job = goal.job;
        let repository = open_local(job, path)?;
        let (target, split, name) = match &goal.pinned {
            Some((commit, split)) => (Target::Commit(*commit), split.clone(), None),
            None => {
                let refs = fetch::list_local(&repository).map_err(|source| job.protocol(source))?;
                let resolution = refs.resolve(&job.splits);
                let resolution = resolution.map_err(|error| job.unresolved(error))?;
                (resolution.target, resolution.split, resolution.name)
            }
        };
        let commit = fetch::find_target(&repository, &target);
        let commit = commit.map_err(|error| job.fetch(error, None))?;
        self.check_reference(goal, &split, name.as_deref(), commit)?;
        let judged = self.judge(goal, &repository, commit, &split, name.as_deref())?;
        self.keep(goal, judged, None, commit, &split)
    }

    fn load_remote(&self, goal: &Goal<'_>, remote: &RemotePlace) -> Result<Checkout, GitErrorKind> {
        if let Some((commit, split)) = &goal.pinned {
            match self.judge_stored(goal, *commit, split) {
                Some(Ok(judged)) => return self.keep(goal, judged, None, *commit, split),
                Some(Err(error)) if self.http.is_offline() || !is_damage(&error) => {
                    return Err(error);
                }
                Some(Err(_)) | None => {}
            }
        }
        match self.fetch_and_keep(goal, remote, false) {
            Err(error) if is_damage(&error) => {
                log::debug!("the cached repository of `{}` is damaged", goal.job.asked);
                self.fetch_and_keep(goal, remote, true)
            }
            other => other,
        }
    }

    /// The files of a pinned commit that was fetched earlier.
    fn judge_stored(
        &self,
        goal: &Goal<'_>,
        commit: Oid,
        split: &Split,
    ) -> Option<Result<Judged, GitErrorKind>> {
        let repository = goal.store.repository()?;
        find_commit(&repository, commit)?;
        Some(self.judge(goal, &repository, commit, split, None))
    }

    pub(super) fn fetch_and_keep(
        &self,
        goal: &Goal<'_>,
        remote: &RemotePlace,
        is_anew: bool,
    ) -> Result<Checkout, GitErrorKind> {
        let Fetched {
            quarantine,
            commit,
            split,
            name,
        } = self.fetch(goal, remote, is_anew)?;
        let pinned = || goal.pinned.as_ref().map(|(_, split)| split.clone());
        let split = split
            .or_else(pinned)
            .expect("a fetch without a pin resolves a split");
        self.check_reference(goal, &split, name.as_deref(), commit)?;
        let judged = self.judge(
            goal,
            &quarantine.repository,
            commit,
            &split,
            name.as_deref(),
        )?;
        self.keep(goal, judged, Some(quarantine), commit, &split)
    }

    /// `is_anew`: pay no heed to what was fetched earlier, which may be damaged.
    fn fetch(
        &self,
        goal: &Goal<'_>,
        remote: &RemotePlace,
        is_anew: bool,
    ) -> Result<Fetched, GitErrorKind> {
        let job = goal.job;
        let item = self.progress.begin(&job.asked, None);
        let mut bare = remote.url.clone();
        // A login in the URL is for our side of the transport alone.
        let _ = bare.set_username("");
        let _ = bare.set_password(None);
        let wanted = match &goal.pinned {
            Some((commit, _)) => Wanted::Commit(*commit),
            None => Wanted::Splits(&job.splits),
        };
        let mut tries = 0;
        loop {
            let config = GitConfig::load().map_err(|source| job.config(source))?;
            let attempt = Remote {
                cache: &self.cache,
                session: Session::new(self.http.blocking(), remote.url.clone(), config),
                url: &bare,
                item: item.as_ref(),
            };
            let store = Some(&goal.store).filter(|_| tries == 0 && !is_anew);
            match attempt.fetch(store, wanted) {
                Ok(fetched) => return Ok(fetched),
                Err(error) if error.is_transient() && tries < self.http.retries() => {
                    log::debug!("fetching `{}` again: {error:?}", job.asked);
                    std::thread::sleep(FIRST_WAIT * 2u32.saturating_pow(tries));
                    tries += 1;
                }
                Err(error) => return Err(job.fetch(error, remote.note.as_deref())),
            }
        }
    }

    /// Writes a commit's files to staging and refuses those that cannot be accepted.
    fn judge(
        &self,
        goal: &Goal<'_>,
        repository: &Repository,
        commit: Oid,
        split: &Split,
        name: Option<&str>,
    ) -> Result<Judged, GitErrorKind> {
        let job = goal.job;
        let mut facts = Facts::of(repository, commit, name, split);
        if facts.version.is_none() {
            let recorded = goal.store.record();
            let recorded = recorded.tag(split.reference.as_deref());
            facts.version = recorded.filter(|_| name.is_none()).map(str::to_owned);
        }
        self.check_commit(job, &goal.store, &commit.to_string(), &facts)?;
        let cache = |source| job.cache(source);
        let staging = self.cache.staging().map_err(cache)?;
        checkout(repository, commit, staging.path()).map_err(|source| job.files(source))?;
        let manifest = TreeManifest::scan(staging.path()).map_err(cache)?;
        let hash = manifest.hash();
        let pin = GitPin {
            commit: commit.to_string(),
            hash: hash.to_string(),
        };
        let found = job.checkout(split, staging.path().to_path_buf(), &pin, &facts);
        if !found.dir.exists() {
            return Err(job.missing_path(split, staging.path()));
        }
        // Pins that change nothing, or must not, are settled before anything is kept.
        if goal.pinned.is_some() || self.lockfile.mode() == LockMode::Frozen {
            self.pin(goal, &found.identifier, pin)?;
        }
        Ok(Judged {
            staging,
            manifest,
            hash,
            facts,
        })
    }

    fn check_reference(
        &self,
        goal: &Goal<'_>,
        split: &Split,
        name: Option<&str>,
        commit: Oid,
    ) -> Result<(), GitErrorKind> {
        match &goal.pinned {
            Some(_) => self.check_pinned_reference(goal.job, split, commit),
            None => self.remember_reference(goal.job, name, commit),
        }
    }

    /// Moves judged files, and what was fetched for them, to their places, and pins them.
    fn keep(
        &self,
        goal: &Goal<'_>,
        judged: Judged,
        quarantine: Option<Quarantine>,
        commit: Oid,
        split: &Split,
    ) -> Result<Checkout, GitErrorKind> {
        let job = goal.job;
        let cache = |source| job.cache(source);
        let Judged {
            staging,
            manifest,
            hash,
            facts,
        } = judged;
        let root = self
            .cache
            .install_scanned(staging, &manifest, &hash)
            .map_err(cache)?;
        let pin = GitPin {
            commit: commit.to_string(),
            hash: hash.to_string(),
        };
        let reference = split.reference.as_deref();
        if let Some(quarantine) = quarantine {
            goal.store.adopt(quarantine).map_err(|error| match error {
                QuarantineError::Cache(source) => job.cache(source),
                QuarantineError::Git(source) => job.protocol(source),
            })?;
        }
        goal.store
            .remember(reference, &pin, &facts)
            .map_err(cache)?;
        let found = job.checkout(split, root, &pin, &facts);
        self.pin(goal, &found.identifier, pin)?;
        if goal.is_reload {
            self.mark_reloaded(job);
        }
        Ok(found)
    }

    fn pin(&self, goal: &Goal<'_>, identifier: &str, pin: GitPin) -> Result<(), GitErrorKind> {
        let pinned = match goal.is_reload {
            true => self.lockfile.accept_git(identifier, pin),
            false => self.lockfile.pin_git(identifier, pin),
        };
        pinned.map_err(|source| goal.job.lock(source))
    }
}

impl Goal<'_> {
    /// Whether the pinned commit was fetched earlier, so that no network is needed.
    fn is_stored(&self) -> bool {
        let repository = self.pinned.as_ref().and_then(|_| self.store.repository());
        let pinned = self.pinned.as_ref().zip(repository);
        pinned.is_some_and(|((commit, _), repository)| find_commit(&repository, *commit).is_some())
    }
}

/// Whether objects of the repository itself cannot be read.
fn is_damage(error: &GitErrorKind) -> bool {
    let GitErrorKind::Checkout { source, .. } = error else {
        return false;
    };
    matches!(source, CheckoutError::Object { .. })
}

pub(super) fn open_local(job: &Job, path: &Path) -> Result<Repository, GitErrorKind> {
    // URLs of hosted repositories end in `.git`, folders often do not.
    let plain = path.with_extension("");
    let is_plain = !path.exists() && path.extension().is_some_and(|end| end == "git");
    let path = if is_plain && plain.exists() {
        &plain
    } else {
        path
    };
    Repository::open(path).map_err(|error| job.missing_local(path, &error))
}

pub(super) fn locate(job: &Job) -> Result<Place, GitErrorKind> {
    if job.url.scheme() == "file" {
        let path = job.url.to_file_path();
        return path.map(Place::Local).map_err(|()| GitErrorKind::NotGit {
            identifier: job.asked.clone(),
        });
    }
    let config = GitConfig::load().map_err(|source| job.config(source))?;
    let unchanged = |note| {
        Place::Remote(RemotePlace {
            url: job.url.clone(),
            note,
        })
    };
    Ok(match config.rewrite(&job.url) {
        Rewrite::Unchanged => unchanged(None),
        Rewrite::Url(url) => Place::Remote(RemotePlace { url, note: None }),
        Rewrite::Path(path) => Place::Local(path),
        Rewrite::Unsupported(target) => unchanged(Some(format!(
            "the git configuration leads to `{target}`; only https, http on this machine and paths are followed"
        ))),
    })
}
