//! git sources: `github:…` and `git+…` to a verified folder of plain files in the cache.
//!
//! In: [`Specifier::Github`] and [`Specifier::Git`]. Out: [`Checkout`]. One load goes through these files:
//!
//! | file | does |
//! |---|---|
//! | `job.rs` | the names of one load: identifiers, references, paths |
//! | `load.rs`, `cached.rs` | the order of steps, and the short cut |
//! | `config.rs` | the user's git configuration: where URLs really lead |
//! | `transport.rs`, `credentials.rs` | libgit2's HTTP on our client, logins |
//! | `refs.rs`, `versions.rs` | which commit a branch, tag, SHA or range means |
//! | `fetch.rs`, `store.rs` | bring that commit into the cache's bare repository |
//! | `guard.rs` | what policy and the log of moved tags say |
//! | `objects.rs` | the commit and tag behind a checkout, for signatures |
//! | `plan.rs`, `names.rs`, `checkout.rs` | judge and write its files |
//!
//! Side effects: network, the cache, pins in the lock file's memory. A load whose commit is pinned or
//! recorded, and whose files are in the cache, reads the cache and nothing else.

mod cached;
mod checkout;
mod config;
mod credentials;
mod error;
mod fetch;
mod guard;
mod job;
mod load;
mod names;
mod objects;
mod plan;
mod refs;
mod store;
mod transport;
mod versions;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use url::Url;

use crate::cache::Cache;
use crate::history::History;
use crate::http::HttpClient;
use crate::lockfile::Lockfile;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::sources::Reload;
use crate::specifier::Specifier;
use crate::trust::subject::Origin;

pub use checkout::{CheckoutError, MAX_ENTRIES, MAX_FILE_SIZE, MAX_TOTAL_SIZE};
pub use config::{ConfigError, rewritten};
pub use error::{GitError, GitErrorKind};
pub use objects::staged_hash;

use job::Job;

/// A repository at one commit, as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// What it was asked for as, without a path: `github:owner/repo@v1`. Pins go by this name.
    pub identifier: String,
    /// The repository's root, in the cache. Nothing may be written there.
    pub root: PathBuf,
    /// The wanted folder or file: the root, or a path inside it.
    pub dir: PathBuf,
    /// The full commit id.
    pub commit: String,
    /// The hash of all files: `sha256-…`.
    pub hash: String,
    /// The tag that was meant, where it was one: `v2.1.0`, also for `^2.1`.
    pub version: Option<String>,
    /// The commit's own time, as far as it is known.
    pub released: Option<SystemTime>,
    /// Whether it was there already.
    pub origin: Origin,
}

/// Loads git repositories. Cheap to clone; clones share loads that are under way.
#[derive(Clone)]
pub struct GitSource {
    inner: Arc<Inner>,
}

type Load = Shared<BoxFuture<'static, Result<Checkout, GitError>>>;

struct Inner {
    http: HttpClient,
    cache: Cache,
    lockfile: Arc<Lockfile>,
    progress: Arc<dyn Progress>,
    reload: Reload,
    policy: Arc<Policy>,
    history: History,
    /// What was fetched again already: once in a run is enough.
    reloaded: Mutex<HashSet<String>>,
    loads: Mutex<HashMap<String, Load>>,
}

impl GitSource {
    /// A source that keeps its files in `cache` and its pins in `lockfile`. Does no I/O.
    pub fn new(
        http: HttpClient,
        cache: Cache,
        lockfile: Arc<Lockfile>,
        progress: Arc<dyn Progress>,
        reload: Reload,
        policy: Arc<Policy>,
        history: History,
    ) -> GitSource {
        GitSource {
            inner: Arc::new(Inner {
                http,
                cache,
                lockfile,
                progress,
                reload,
                policy,
                history,
                reloaded: Mutex::default(),
                loads: Mutex::default(),
            }),
        }
    }

    /// Finds the commit that a specifier means and has its files in the cache.
    ///
    /// Callers that ask for the same at the same time share one load. Once begun it goes to its end, even
    /// if nobody waits any more. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`GitError`]. The cache and the lock file are then as they were.
    pub async fn load(&self, specifier: &Specifier) -> Result<Checkout, GitError> {
        let job = Job::new(specifier)?;
        self.inner.check_name(&job)?;
        let load = {
            let mut loads = lock(&self.inner.loads);
            let load = loads.entry(job.asked.clone());
            load.or_insert_with(|| self.inner.clone().start(job))
                .clone()
        };
        load.await
    }
}

/// Where the repository of a git specifier is, before the user's git configuration is applied.
pub fn address(specifier: &Specifier) -> Option<Url> {
    Job::new(specifier).ok().map(|job| job.url)
}

/// Takes a load off the list when it ends, however it ends.
struct Listed {
    inner: Arc<Inner>,
    asked: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        lock(&self.inner.loads).remove(&self.asked);
    }
}

impl Inner {
    fn start(self: Arc<Self>, job: Job) -> Load {
        let identifier = job.asked.clone();
        let listed = Listed {
            asked: job.asked.clone(),
            inner: self.clone(),
        };
        let work = tokio::task::spawn_blocking(move || {
            let _listed = listed;
            self.load(&job)
        });
        async move {
            match work.await {
                Ok(result) => result.map_err(GitError::from),
                Err(_) => Err(GitErrorKind::Stopped { identifier }.into()),
            }
        }
        .boxed()
        .shared()
    }

    fn must_reload(&self, job: &Job) -> bool {
        let is_wanted = match &self.reload {
            Reload::None => false,
            Reload::All => true,
            Reload::Only(prefixes) => job.is_named_by(prefixes),
        };
        is_wanted && !lock(&self.reloaded).contains(&job.asked)
    }

    fn mark_reloaded(&self, job: &Job) {
        lock(&self.reloaded).insert(job.asked.clone());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Both maps are whole between any two statements, so a panic elsewhere leaves them good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
