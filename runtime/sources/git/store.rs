//! What the cache keeps of one repository: its objects, and which commits its references meant.
//!
//! In: a repository's URL. Out: [`Store`], [`Quarantine`]. Layout, one folder a repository:
//!
//! ```text
//! git-v1/github.com-owner-repo-5f2d8c1e9a03/refs.json   {"version":1,"url":"https://github.com/owner/repo.git",
//!                                                         "refs":{"v1":"4f0c…"},"trees":{"4f0c…":"sha256-9a…"}}
//! git-v1/github.com-owner-repo-5f2d8c1e9a03/repo/       a bare repository
//! ```
//!
//! Side effects: that folder. A fetch goes into a [`Quarantine`] in the cache's staging area, and from
//! there into the store only when all went well, so that a failure leaves nothing behind.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{Oid, Repository, RepositoryInitOptions};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::guard::Facts;
use crate::cache::{Bucket, Cache, CacheError, Staging};
use crate::http::display_url;
use crate::lockfile::GitPin;

const VERSION: u32 = 1;
/// More are never offered to a server as what is there already.
const MAX_REFS: usize = 256;

/// The cache's part for one repository.
pub(super) struct Store {
    cache: Cache,
    folder: PathBuf,
    url: String,
}

/// Which commits references meant when they were last looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    url: String,
    /// Reference as written (empty for none) → commit.
    refs: BTreeMap<String, String>,
    /// Commit → hash of its files.
    trees: BTreeMap<String, String>,
    /// Reference as written → the tag that it meant.
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// Commit → its own time, in seconds since 1970.
    #[serde(default)]
    times: BTreeMap<String, u64>,
}

impl Record {
    /// The commit that a reference meant, or is, with the hash of its files.
    pub(super) fn pin(&self, reference: Option<&str>) -> Option<GitPin> {
        let recorded = self
            .refs
            .get(reference.unwrap_or_default())
            .map(String::as_str);
        let commit = recorded.or(reference)?;
        Some(GitPin {
            commit: commit.to_owned(),
            hash: self.trees.get(commit)?.clone(),
        })
    }

    /// The tag that a reference meant.
    pub(super) fn tag(&self, reference: Option<&str>) -> Option<&str> {
        let tag = self.tags.get(reference.unwrap_or_default());
        tag.map(String::as_str)
    }

    /// A commit's own time.
    pub(super) fn time(&self, commit: &str) -> Option<SystemTime> {
        let seconds = *self.times.get(commit)?;
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }
}

impl Store {
    /// The store of the repository at `url`. Does no I/O.
    pub(super) fn new(cache: &Cache, url: &Url) -> Store {
        let url = display_url(url);
        Store {
            folder: cache.bucket(Bucket::Git).join(folder_name(&url)),
            cache: cache.clone(),
            url,
        }
    }

    /// A name for locking the store against other processes.
    pub(super) fn lock_name(&self) -> String {
        let name = self
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        format!("git-{}", name.replace('.', "-"))
    }

    fn repository_folder(&self) -> PathBuf {
        self.folder.join("repo")
    }

    /// The repository, if there is a good one.
    pub(super) fn repository(&self) -> Option<Repository> {
        let folder = self.repository_folder();
        if !folder.exists() {
            return None;
        }
        Repository::open_bare(folder)
            .inspect_err(|error| log::debug!("a cached repository is damaged: {error}"))
            .ok()
    }

    /// What is recorded; nothing if there is no record, or none that can be read.
    pub(super) fn record(&self) -> Record {
        let bytes = fs::read(self.folder.join("refs.json")).unwrap_or_default();
        let record: Option<Record> = serde_json::from_slice(&bytes).ok();
        record
            .filter(|record| record.version == VERSION && record.url == self.url)
            .unwrap_or_default()
    }

    /// Notes that the store was used, for pruning.
    pub(super) fn mark_used(&self) {
        self.cache.mark_used(&self.folder);
    }

    /// Records what `reference` means, and what else is known of it. The store's lock must be held.
    ///
    /// # Errors
    /// Those of [`Cache::write_atomic`].
    pub(super) fn remember(
        &self,
        reference: Option<&str>,
        pin: &GitPin,
        facts: &Facts,
    ) -> Result<(), CacheError> {
        let old = self.record();
        let mut new = old.clone();
        new.version = VERSION;
        new.url.clone_from(&self.url);
        new.refs
            .insert(reference.unwrap_or_default().to_owned(), pin.commit.clone());
        new.trees.insert(pin.commit.clone(), pin.hash.clone());
        let reference = reference.unwrap_or_default().to_owned();
        match &facts.version {
            Some(tag) => drop(new.tags.insert(reference, tag.clone())),
            None => drop(new.tags.remove(&reference)),
        }
        let since = facts.released.map(|time| time.duration_since(UNIX_EPOCH));
        if let Some(Ok(since)) = since {
            new.times.insert(pin.commit.clone(), since.as_secs());
        }
        if new == old {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&new).expect("maps of strings serialise");
        self.cache
            .write_atomic(&self.folder.join("refs.json"), &bytes)
    }

    fn discard_repository(&self) -> Result<(), CacheError> {
        let folder = self.repository_folder();
        if !folder.exists() {
            return Ok(());
        }
        let staging = self.cache.staging()?;
        match fs::rename(&folder, staging.path().join("replaced")) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(CacheError::io("remove", &folder, source))
            }
            _ => Ok(()),
        }
    }

    /// Takes over what a quarantine holds. The store's lock must be held.
    ///
    /// # Errors
    /// [`QuarantineError`]; what was there before is still good.
    pub(super) fn adopt(&self, quarantine: Quarantine) -> Result<(), QuarantineError> {
        if quarantine.is_addition {
            return self.add(&quarantine);
        }
        let place = self.repository_folder();
        let write = |source| CacheError::io("write", &place, source);
        self.discard_repository()?;
        fs::create_dir_all(&self.folder).map_err(write)?;
        // The objects are on disk already; only the handle has to go before the folder moves.
        let Quarantine {
            repository,
            staging,
            ..
        } = quarantine;
        drop(repository);
        fs::rename(staging.path(), &place).map_err(write)?;
        Ok(())
    }

    fn add(&self, quarantine: &Quarantine) -> Result<(), QuarantineError> {
        let place = self.repository_folder();
        let write = |source| CacheError::io("write", &place, source);
        let packs = place.join("objects").join("pack");
        fs::create_dir_all(&packs).map_err(write)?;
        let mut names: Vec<_> = fs::read_dir(quarantine.folder().join("objects").join("pack"))
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(write)?
            .into_iter()
            .map(|entry| entry.file_name())
            .collect();
        // A pack is found by its index, so the index comes last.
        names.sort_by_key(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|kind| kind == "idx")
        });
        for name in names {
            let from = quarantine.folder().join("objects").join("pack").join(&name);
            fs::rename(from, packs.join(&name)).map_err(write)?;
        }
        if let Ok(shallow) = fs::read(quarantine.folder().join("shallow")) {
            self.cache.write_atomic(&place.join("shallow"), &shallow)?;
        }
        let repository = Repository::open_bare(&place)?;
        copy_references(&quarantine.repository, &repository)?;
        Ok(())
    }
}

/// A quarantine that cannot be made or taken over.
#[derive(Debug, thiserror::Error)]
pub(super) enum QuarantineError {
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Git(#[from] git2::Error),
}

/// A bare repository in staging, gone when dropped.
pub(super) struct Quarantine {
    pub(super) repository: Repository,
    is_addition: bool,
    // Dropped after the repository, which has files of it open.
    staging: Staging,
}

impl Quarantine {
    /// One that sees what the store has, to fetch only what is new.
    ///
    /// # Errors
    /// [`QuarantineError`].
    pub(super) fn beside(cache: &Cache, store: &Store) -> Result<Quarantine, QuarantineError> {
        let Some(existing) = store.repository() else {
            return Quarantine::fresh(cache);
        };
        let staging = cache.staging()?;
        let folder = staging.path();
        drop(init(folder)?);
        let write = |source| CacheError::io("write", folder, source);
        let objects = store.repository_folder().join("objects");
        let line = [objects.as_os_str().as_encoded_bytes(), b"\n"].concat();
        fs::write(folder.join("objects").join("info").join("alternates"), line).map_err(write)?;
        if let Ok(shallow) = fs::read(store.repository_folder().join("shallow")) {
            fs::write(folder.join("shallow"), shallow).map_err(write)?;
        }
        let repository = Repository::open_bare(folder)?;
        if let Err(error) = copy_references(&existing, &repository) {
            log::debug!("a cached repository is damaged: {error}");
            return Quarantine::fresh(cache);
        }
        Ok(Quarantine {
            repository,
            is_addition: true,
            staging,
        })
    }

    /// One that sees nothing and replaces what the store has.
    ///
    /// # Errors
    /// [`QuarantineError`].
    pub(super) fn fresh(cache: &Cache) -> Result<Quarantine, QuarantineError> {
        let staging = cache.staging()?;
        Ok(Quarantine {
            repository: init(staging.path())?,
            is_addition: false,
            staging,
        })
    }

    fn folder(&self) -> &Path {
        self.staging.path()
    }
}

/// Without what the system's templates for new repositories hold.
fn init(folder: &Path) -> Result<Repository, git2::Error> {
    let mut options = RepositoryInitOptions::new();
    options.bare(true).external_template(false);
    Repository::init_opts(folder, &options)
}

fn copy_references(from: &Repository, to: &Repository) -> Result<(), git2::Error> {
    for reference in from.references()?.take(MAX_REFS) {
        let reference = reference?;
        if let (Ok(name), Some(target)) = (reference.name(), reference.target()) {
            to.reference(name, target, true, "")?;
        }
    }
    Ok(())
}

/// The commit that `id` is or leads to, if the repository has it.
pub(super) fn find_commit(repository: &Repository, id: Oid) -> Option<Oid> {
    let object = repository.find_object(id, None).ok()?;
    let commit = object.peel_to_commit().ok()?;
    // A commit without its files is no use: a partial or damaged repository may have one.
    commit.tree().ok()?;
    Some(commit.id())
}

fn folder_name(url: &str) -> String {
    let (_, place) = url.split_once("://").unwrap_or(("", url));
    let place = place.trim_matches('/');
    let place = place.strip_suffix(".git").unwrap_or(place);
    let plain: String = place
        .chars()
        .map(|found| {
            if found.is_ascii_alphanumeric() || found == '.' {
                found
            } else {
                '-'
            }
        })
        .collect();
    // The end of a long path says more than its beginning.
    let readable = &plain[plain.len().saturating_sub(60)..];
    let digest = Sha256::digest(url.as_bytes());
    let digits: String = digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}-{digits}", readable.trim_matches(['.', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn folders_are_readable_and_distinct() {
        let name = folder_name("https://github.com/owner/repo.git");
        assert!(name.starts_with("github.com-owner-repo-"), "{name}");
        assert_ne!(name, folder_name("https://github.com/owner-repo.git"));
        let long = folder_name(&format!("file:///{}x.git", "deep/".repeat(100)));
        assert!(long.len() < 80 && long.contains("deep-x-"), "{long}");
    }

    #[test]
    fn records_survive_and_belong_to_one_url() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned());
        let store = Store::new(&cache, &url("https://h.test/r.git"));
        assert_eq!(store.record(), Record::default());
        let pin = |commit: &str| GitPin {
            commit: commit.to_owned(),
            hash: format!("sha256-{commit}"),
        };
        let facts = Facts {
            version: Some("v1.0.0".to_owned()),
            released: Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000)),
        };
        store.remember(None, &pin("c1"), &Facts::default()).unwrap();
        store.remember(Some("v1"), &pin("c2"), &facts).unwrap();
        let record = store.record();
        assert_eq!(record.tag(Some("v1")), Some("v1.0.0"));
        assert_eq!(record.time("c2"), facts.released);
        assert_eq!((record.tag(None), record.time("c1")), (None, None));
        assert_eq!(record.pin(None), Some(pin("c1")));
        assert_eq!(record.pin(Some("v1")), Some(pin("c2")));
        assert_eq!(record.pin(Some("c2")), Some(pin("c2")));
        assert_eq!(record.pin(Some("v2")), None);

        fs::write(store.folder.join("refs.json"), "{").unwrap();
        assert_eq!(store.record(), Record::default());
    }
}
