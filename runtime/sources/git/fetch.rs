//! Finds a commit on a remote and brings it into quarantine.
//!
//! In: a [`Session`], what is wanted. Out: [`Fetched`]. Side effects: network; writes to staging.
//!
//! One connection lists the references and fetches one commit without its history. A server that does
//! not hand out that commit alone is asked for all branches and tags.

use std::cell::Cell;
use std::sync::Arc;

use git2::{AutotagOption, Direction, ErrorClass, ErrorCode, FetchOptions, Oid, RemoteCallbacks};
use git2::{Reference, RemoteConnection, Repository};
use url::Url;

use super::refs::{RemoteRefs, Split, Target, Unresolved};
use super::store::{Quarantine, QuarantineError, Store, find_commit};
use super::transport::{Failure, Session};
use crate::cache::{Cache, CacheError};
use crate::progress::ProgressItem;

const ALL_REFS: [&str; 2] = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// What to look for.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// Exactly this commit.
    Commit(Oid),
    /// What one of these means on the remote, the first that exists.
    Splits(&'a [Split]),
}

/// A commit that is there.
pub(super) struct Fetched {
    /// Where it is; holds the files until the store takes them over.
    pub(super) quarantine: Quarantine,
    pub(super) commit: Oid,
    /// The split that fitted; `None` for a commit that was asked for.
    pub(super) split: Option<Split>,
    /// The reference that it was resolved from, in full; for a commit that was asked for, its tag.
    pub(super) name: Option<String>,
}

/// Why there is no commit.
#[derive(Debug)]
pub(super) enum FetchError {
    /// The conversation failed below libgit2.
    Failure(Failure),
    /// The conversation failed within libgit2.
    Git(git2::Error),
    /// What came is incomplete or damaged.
    Damaged(git2::Error),
    /// The cache failed.
    Cache(CacheError),
    /// The remote has nothing that fits.
    Unresolved(Unresolved),
    /// The remote does not have this commit.
    MissingCommit(Oid),
}

impl FetchError {
    /// Whether another try may well succeed. The HTTP client has retried everything before an answer began.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            FetchError::Failure(Failure::Http { error, is_partial }) => {
                *is_partial && error.is_transient()
            }
            FetchError::Damaged(_) => true,
            _ => false,
        }
    }
}

impl From<CacheError> for FetchError {
    fn from(error: CacheError) -> Self {
        FetchError::Cache(error)
    }
}

impl From<QuarantineError> for FetchError {
    fn from(error: QuarantineError) -> Self {
        match error {
            QuarantineError::Cache(error) => FetchError::Cache(error),
            QuarantineError::Git(error) => FetchError::Git(error),
        }
    }
}

/// One remote, as it is reached.
pub(super) struct Remote<'a> {
    pub(super) cache: &'a Cache,
    pub(super) session: Arc<Session>,
    pub(super) url: &'a Url,
    pub(super) item: &'a dyn ProgressItem,
}

impl Remote<'_> {
    /// Finds and fetches what is wanted. What `store` has is not fetched again.
    ///
    /// # Errors
    /// [`FetchError`]; the store is as it was.
    pub(super) fn fetch(
        &self,
        store: Option<&Store>,
        wanted: Wanted<'_>,
    ) -> Result<Fetched, FetchError> {
        self.session.enter(|| {
            let quarantine = match store {
                Some(store) => Quarantine::beside(self.cache, store)?,
                None => Quarantine::fresh(self.cache)?,
            };
            let Alone {
                found,
                target,
                split,
                name,
            } = self.fetch_alone(&quarantine.repository, wanted)?;
            if let Some(commit) = found {
                return Ok(Fetched {
                    quarantine,
                    commit,
                    split,
                    name,
                });
            }
            drop(quarantine);
            log::debug!("fetching all branches and tags of {}", self.url);
            let quarantine = Quarantine::fresh(self.cache)?;
            self.fetch_all(&quarantine.repository)?;
            Ok(Fetched {
                commit: find_target(&quarantine.repository, &target)?,
                quarantine,
                split,
                name,
            })
        })
    }

    fn fetch_alone(
        &self,
        repository: &Repository,
        wanted: Wanted<'_>,
    ) -> Result<Alone, FetchError> {
        let mut remote = repository
            .remote_anonymous(self.url.as_str())
            .map_err(FetchError::Git)?;
        let mut connection = remote
            .connect_auth(Direction::Fetch, None, None)
            .map_err(|error| self.explain(error))?;
        let refs = list(&connection).map_err(|error| self.explain(error))?;
        let mut alone = match wanted {
            Wanted::Commit(commit) => Alone {
                found: None,
                target: Target::Commit(commit),
                split: None,
                name: refs.tag_of(commit).map(|tag| format!("refs/tags/{tag}")),
            },
            Wanted::Splits(splits) => {
                let resolution = refs.resolve(splits).map_err(FetchError::Unresolved)?;
                Alone {
                    found: None,
                    target: resolution.target,
                    split: Some(resolution.split),
                    name: resolution.name,
                }
            }
        };
        alone.found = find_target(repository, &alone.target).ok();
        let Target::Commit(id) = alone.target else {
            return Ok(alone);
        };
        let tags = refs.tags_at(id);
        if alone.found.is_some() && has_tags(repository, &tags) {
            return Ok(alone);
        }
        match self.fetch_one(&mut connection, &refs, id, &tags) {
            Ok(()) => {}
            Err(error) => match self.explain(error) {
                FetchError::Git(error) => log::debug!("no shallow fetch of {id}: {error}"),
                other => return Err(other),
            },
        }
        alone.found = find_commit(repository, id);
        Ok(alone)
    }

    fn fetch_one(
        &self,
        connection: &mut RemoteConnection<'_, '_, '_>,
        refs: &RemoteRefs,
        id: Oid,
        tags: &[(&str, Oid)],
    ) -> Result<(), git2::Error> {
        let source = refs
            .name_of(id)
            .map_or_else(|| id.to_string(), str::to_owned);
        let mut refspecs = vec![format!("+{source}:refs/prizm/{id}")];
        // Signatures are on the tag objects.
        refspecs.extend(tags.iter().map(|(tag, _)| format!("+{tag}:{tag}")));
        let mut options = self.options();
        options.depth(1);
        connection
            .remote()
            .fetch(&refspecs, Some(&mut options), None)
    }

    fn fetch_all(&self, repository: &Repository) -> Result<(), FetchError> {
        let mut remote = repository
            .remote_anonymous(self.url.as_str())
            .map_err(FetchError::Git)?;
        remote
            .fetch(&ALL_REFS, Some(&mut self.options()), None)
            .map_err(|error| self.explain(error))
    }

    fn options(&self) -> FetchOptions<'_> {
        let mut callbacks = RemoteCallbacks::new();
        let reported = Cell::new(0);
        callbacks.transfer_progress(move |progress| {
            let received = progress.received_bytes() as u64;
            self.item
                .advance(received.saturating_sub(reported.replace(received)));
            let (done, total) = (progress.received_objects(), progress.total_objects());
            self.item.message(&format!("{done} of {total} objects"));
            true
        });
        let mut options = FetchOptions::new();
        options
            .remote_callbacks(callbacks)
            .download_tags(AutotagOption::None)
            .update_fetchhead(false);
        options
    }

    /// Finds what is behind an error of libgit2, which passes on only the text of what our side reports.
    fn explain(&self, error: git2::Error) -> FetchError {
        if let Some(failure) = self.session.take_failure() {
            return FetchError::Failure(failure);
        }
        match (error.code(), error.class()) {
            (ErrorCode::Eof, _) | (_, ErrorClass::Indexer | ErrorClass::Zlib) => {
                FetchError::Damaged(error)
            }
            (_, ErrorClass::Os | ErrorClass::Filesystem) => {
                FetchError::Cache(os_error(&error, self.cache))
            }
            _ => FetchError::Git(error),
        }
    }
}

/// The outcome of asking for one commit.
struct Alone {
    /// `None` where the server does not hand it out alone.
    found: Option<Oid>,
    target: Target,
    split: Option<Split>,
    name: Option<String>,
}

fn list(connection: &RemoteConnection<'_, '_, '_>) -> Result<RemoteRefs, git2::Error> {
    let mut refs = RemoteRefs::default();
    for head in connection.list()? {
        let name = head.name();
        // What a server calls its references ends up in refspecs and on the screen.
        let plain = name.strip_suffix("^{}").unwrap_or(name);
        if Reference::is_valid_name(plain) {
            refs.add(name, head.oid());
        }
    }
    Ok(refs)
}

/// Whether all of a commit's tags are there as the remote has them. Plain ones are put there.
fn has_tags(repository: &Repository, tags: &[(&str, Oid)]) -> bool {
    tags.iter().all(|(name, target)| {
        let is_same = || repository.refname_to_id(name).is_ok_and(|id| id == *target);
        let is_there = || repository.find_object(*target, None).is_ok();
        is_same() || (is_there() && repository.reference(name, *target, true, "").is_ok())
    })
}

/// The references of a repository on this machine.
pub(super) fn list_local(repository: &Repository) -> Result<RemoteRefs, git2::Error> {
    let mut refs = RemoteRefs::default();
    if let Ok(head) = repository.find_reference("HEAD")
        && let Ok(commit) = head.peel_to_commit()
    {
        refs.add("HEAD", commit.id());
    }
    for reference in repository.references()? {
        let reference = reference?;
        let (Ok(name), Ok(target)) = (reference.name(), reference.resolve()) else {
            continue;
        };
        if let Some(id) = target.target() {
            refs.add(name, id);
        }
        if let Ok(commit) = reference.peel_to_commit() {
            refs.add(&format!("{name}^{{}}"), commit.id());
        }
    }
    Ok(refs)
}

/// The commit that a resolved text means in a repository that has all there is.
pub(super) fn find_target(repository: &Repository, target: &Target) -> Result<Oid, FetchError> {
    let digits = match target {
        Target::Commit(id) => {
            return find_commit(repository, *id).ok_or(FetchError::MissingCommit(*id));
        }
        Target::Abbreviated(digits) => digits,
    };
    let found = repository.revparse_single(digits);
    match found.map(|object| find_commit(repository, object.id())) {
        Ok(Some(commit)) => Ok(commit),
        Err(error) if error.code() == ErrorCode::Ambiguous => {
            Err(FetchError::Unresolved(Unresolved::Ambiguous(Vec::new())))
        }
        Ok(None) | Err(_) => Err(FetchError::Unresolved(Unresolved::Missing(Vec::new()))),
    }
}

/// libgit2 keeps the system's reply as text alone.
fn os_error(error: &git2::Error, cache: &Cache) -> CacheError {
    use std::io::ErrorKind;
    let known = [
        ("No space left", ErrorKind::StorageFull),
        ("Disk quota", ErrorKind::QuotaExceeded),
        ("Read-only file system", ErrorKind::ReadOnlyFilesystem),
        ("Permission denied", ErrorKind::PermissionDenied),
    ];
    let message = error.message();
    let found = known.into_iter().find(|(text, _)| message.contains(text));
    let kind = found.map_or(ErrorKind::Other, |(_, kind)| kind);
    CacheError::io(
        "write to",
        cache.root(),
        std::io::Error::new(kind, message.to_owned()),
    )
}
