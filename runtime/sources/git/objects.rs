//! The commit and the tag behind a checkout, for those who judge signatures.
//!
//! In: a [`Checkout`]. Out: [`GitObjects`]. Side effects: reads the cache's bare repository; where the objects are not
//! in it, a fetch like any other.
//!
//! The files of a checkout are found by their hash in the lock file or the cache, which somebody may have edited.
//! A signature speaks for the commit, so the commit's own files are hashed here and must be those of the checkout.

use std::path::Path;

use git2::{ObjectType, Oid, Repository};

use super::checkout::{hash, hash_tree};
use super::error::{GitErrorKind, cause};
use super::job::Job;
use super::load::{Goal, Place, RemotePlace, locate, open_local};
use super::refs::Split;
use super::store::{Store, find_commit};
use super::{Checkout, GitError, GitSource, Inner};
use crate::cache::TreeHash;
use crate::signatures::{GitObject, GitObjects};
use crate::specifier::Specifier;

impl GitSource {
    /// The commit of `found`, and the annotated tag that `specifier` names.
    ///
    /// # Errors
    /// [`GitError`]: those of a fetch, and files that are not those of the commit. Nothing is known of such a
    /// checkout's origin.
    pub async fn objects(
        &self,
        specifier: &Specifier,
        found: &Checkout,
    ) -> Result<GitObjects, GitError> {
        let (inner, job, found) = (self.inner.clone(), Job::new(specifier)?, found.clone());
        let identifier = job.asked.clone();
        let work = tokio::task::spawn_blocking(move || inner.objects(&job, &found));
        match work.await {
            Ok(result) => result.map_err(GitError::from),
            Err(_) => Err(GitErrorKind::Stopped { identifier }.into()),
        }
    }
}

impl Inner {
    fn objects(&self, job: &Job, found: &Checkout) -> Result<GitObjects, GitErrorKind> {
        super::transport::install();
        let missing = || GitErrorKind::MissingCommit {
            identifier: found.identifier.clone(),
            commit: found.commit.clone(),
        };
        let commit = Oid::from_str(&found.commit).map_err(|_| missing())?;
        let tag = found.version.as_deref();
        let repository = match locate(job)? {
            Place::Local(path) => open_local(job, &path)?,
            Place::Remote(remote) => {
                let store = Store::new(&self.cache, &job.url);
                if !has(&store, commit, tag) {
                    self.fetch_objects(job, &remote, commit, found)?;
                }
                store.repository().ok_or_else(missing)?
            }
        };
        let objects = GitObjects {
            commit: object(&repository, commit, ObjectType::Commit, "").ok_or_else(missing)?,
            tag: tag.and_then(|name| annotated(&repository, name)),
        };
        // Without a signature there is nothing that other files could borrow.
        if objects.claim_signature() {
            check_files(&repository, commit, job, found)?;
        }
        Ok(objects)
    }

    fn fetch_objects(
        &self,
        job: &Job,
        remote: &RemotePlace,
        commit: Oid,
        found: &Checkout,
    ) -> Result<(), GitErrorKind> {
        if self.http.is_offline() {
            return Err(job.offline());
        }
        let store = Store::new(&self.cache, &job.url);
        let lock = self.cache.lock(&store.lock_name());
        let _lock = lock.map_err(|source| job.cache(source))?;
        let is_meant =
            |split: &&Split| job.identifier(split.reference.as_deref()) == found.identifier;
        let split = job.splits.iter().find(is_meant).unwrap_or(&job.splits[0]);
        let goal = Goal {
            job,
            store,
            pinned: Some((commit, split.clone())),
            is_reload: false,
        };
        self.fetch_and_keep(&goal, remote, false).map(drop)
    }
}

/// Holds the files of a checkout against those of its commit.
fn check_files(
    repository: &Repository,
    commit: Oid,
    job: &Job,
    found: &Checkout,
) -> Result<(), GitErrorKind> {
    let actual = hash(repository, commit).map_err(|source| job.files(source))?;
    if actual.as_str() == found.hash {
        return Ok(());
    }
    Err(GitErrorKind::OtherFiles {
        identifier: found.identifier.clone(),
        commit: found.commit.clone(),
        expected: actual.to_string(),
        actual: found.hash.clone(),
    })
}

/// Whether the commit is there, with the tag that led to it.
fn has(store: &Store, commit: Oid, tag: Option<&str>) -> bool {
    let Some(repository) = store.repository() else {
        return false;
    };
    let has_tag = |name| repository.refname_to_id(&reference(name)).is_ok();
    find_commit(&repository, commit).is_some() && tag.is_none_or(has_tag)
}

fn reference(tag: &str) -> String {
    format!("refs/tags/{tag}")
}

/// The tag's own object; plain tags have none.
fn annotated(repository: &Repository, name: &str) -> Option<GitObject> {
    let id = repository.refname_to_id(&reference(name)).ok()?;
    object(repository, id, ObjectType::Tag, name)
}

fn object(repository: &Repository, id: Oid, kind: ObjectType, name: &str) -> Option<GitObject> {
    let odb = repository.odb().ok()?;
    let object = odb.read(id).ok().filter(|found| found.kind() == kind)?;
    Some(GitObject {
        id: id.to_string(),
        name: name.to_owned(),
        bytes: object.data().to_vec(),
    })
}

/// The hash of what the next commit of the working copy at `folder` will hold, without the file `except`.
///
/// # Errors
/// [`GitErrorKind::Unstaged`] where files differ from what is staged, so that nobody can tell which of the two is meant;
/// [`GitErrorKind::Checkout`] for files that no checkout would have.
pub fn staged_hash(folder: &Path, except: &str) -> Result<TreeHash, GitError> {
    let identifier = folder.display().to_string();
    let failed = |error: git2::Error| GitErrorKind::Protocol {
        identifier: identifier.clone(),
        source: cause(&error),
    };
    let repository = Repository::open(folder).map_err(failed)?;
    let mut index = repository.index().map_err(failed)?;
    let changed = repository
        .diff_index_to_workdir(Some(&index), None)
        .map_err(failed)?;
    let paths: Vec<String> = changed
        .deltas()
        .filter_map(|delta| delta.new_file().path().or(delta.old_file().path()))
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| path != except)
        .collect();
    if !paths.is_empty() {
        return Err(GitErrorKind::Unstaged {
            folder: folder.to_path_buf(),
            paths,
        }
        .into());
    }
    let tree = index
        .write_tree()
        .and_then(|id| repository.find_tree(id))
        .map_err(failed)?;
    let hash = hash_tree(&repository, &tree, except);
    Ok(hash.map_err(|source| GitErrorKind::Checkout {
        identifier: identifier.clone(),
        source,
    })?)
}
