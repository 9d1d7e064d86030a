//! A provider in an isolate of its own: on a thread of its own, with its own permissions and limits.
//!
//! In: an [`Admission`], and the links of the isolate that asks. Out: a link to the guest. Side effects: threads.
//!
//! ```text
//! admit(repository, permissions) ─spawn→ thread ─WorkerFactory→ isolate ─ext:prizm/isolate/guest.ts→ its provider
//! ```

pub mod blobs;
pub mod control;
mod end;
pub mod environment;
pub mod guest;
pub mod heap;
pub mod memory;
pub mod settings;
pub mod watch;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deno_npm::NpmPackageId;
use deno_runtime::deno_permissions::PermissionsOptions;
use prizm_ops::isolate::environment::Changes;
use prizm_ops::isolate::inbox::LinkId;
use prizm_ops::isolate::links::Links;
use prizm_ops::registry::Repository;

use crate::loader::failures::Failures;
use crate::permissions::Sandbox;
use crate::worker::WorkerFactory;

#[derive(Debug, thiserror::Error)]
pub enum IsolateError {
    #[error("'{identity}' was not loaded here, so it gets no isolate")]
    NotAdmitted { identity: String },
    #[error("Could not start a thread for '{identity}'")]
    Thread {
        identity: String,
        #[source]
        source: std::io::Error,
    },
    #[error("The permissions of '{identity}' are not usable")]
    Permissions {
        identity: String,
        #[source]
        source: deno_runtime::deno_permissions::PermissionsFromOptionsError,
    },
}

impl IsolateError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            IsolateError::NotAdmitted { identity } => vec![format!("getProvider('{identity}')")],
            IsolateError::Thread { .. } => {
                vec!["ulimit -u, or --max-idle=<seconds> to drop idle providers".into()]
            }
            IsolateError::Permissions { .. } => Vec::new(),
        }
    }
}

/// A repository that may run, and what it may do.
#[derive(Debug, Clone)]
pub struct Admission {
    pub repository: Repository,
    pub permissions: PermissionsOptions,
    /// What the permissions come from, to explain a denial by; `None` where nothing was decided.
    pub sandbox: Option<Arc<Sandbox>>,
}

impl Admission {
    /// What is the current folder for it: the repository.
    pub fn folder(&self) -> PathBuf {
        let root = PathBuf::from(&self.repository.root);
        std::fs::canonicalize(&root).unwrap_or(root)
    }
}

/// What was admitted in one isolate, by identity, and how guests are started from it.
pub struct Guests {
    factory: Arc<WorkerFactory>,
    admitted: RefCell<HashMap<String, Admission>>,
}

impl Guests {
    pub fn new(factory: Arc<WorkerFactory>) -> Guests {
        Guests {
            factory,
            admitted: RefCell::default(),
        }
    }

    /// Remembers that this may run. A later admission of the same identity takes the place of an earlier one.
    pub fn admit(&self, admission: Admission) {
        let identity = admission.repository.identity.clone();
        self.admitted.borrow_mut().insert(identity, admission);
    }

    /// Starts the isolate of what was admitted before; the link to it.
    ///
    /// # Errors
    /// [`IsolateError`].
    pub fn spawn(&self, identity: &str, links: &Links) -> Result<LinkId, IsolateError> {
        let admitted = self.admitted.borrow().get(identity).cloned();
        let admission = admitted.ok_or_else(|| IsolateError::NotAdmitted {
            identity: identity.to_string(),
        })?;
        links.add_guest(admission.repository.clone(), |seat, end| {
            guest::start(self.factory.clone(), admission, seat, end)
        })
    }
}

/// What binds the code of a guest, and of the web workers that it makes.
pub struct Confinement {
    pub identity: String,
    /// What its permissions come from.
    pub sandbox: Option<Arc<Sandbox>>,
    /// Array buffers of all its isolates.
    pub memory: Arc<memory::Meter>,
    /// The current folder, for it.
    pub folder: PathBuf,
    /// What it changed of its environment.
    pub environment: Changes,
    /// What lay below the imports of it that failed.
    pub failures: Failures,
    /// Folders whose files it may load as code, without links.
    roots: Mutex<Vec<PathBuf>>,
    /// Packages that are its own.
    packages: Mutex<HashSet<NpmPackageId>>,
}

impl Confinement {
    /// `cache_root`: a folder in a checkout below it stands for the whole checkout.
    fn of(admission: &Admission, limits: &settings::Limits, cache_root: &Path) -> Confinement {
        let repository = &admission.repository;
        let is_local = repository
            .entry
            .as_deref()
            .is_none_or(|it| it.starts_with("file:"));
        let roots = is_local.then(|| checkout_of(Path::new(&repository.root), cache_root));
        Confinement {
            identity: repository.identity.clone(),
            sandbox: admission.sandbox.clone(),
            memory: memory::Meter::new(limits.memory),
            folder: admission.folder(),
            environment: Changes::default(),
            failures: Failures::default(),
            roots: Mutex::new(roots.into_iter().collect()),
            packages: Mutex::default(),
        }
    }

    pub fn roots(&self) -> Vec<PathBuf> {
        unpoisoned(&self.roots).clone()
    }

    /// Adds a repository that its own imports name.
    pub fn add_root(&self, root: &Path, cache_root: &Path) {
        unpoisoned(&self.roots).push(checkout_of(root, cache_root));
    }

    pub fn own(&self, package: NpmPackageId) {
        unpoisoned(&self.packages).insert(package);
    }

    pub fn owns(&self, package: &NpmPackageId) -> bool {
        unpoisoned(&self.packages).contains(package)
    }

    /// Adds what the packages need, as `needs` tells.
    pub fn close_over(&self, needs: impl Fn(&NpmPackageId) -> Vec<NpmPackageId>) {
        let mut packages = unpoisoned(&self.packages);
        let mut open: Vec<_> = packages.iter().cloned().collect();
        while let Some(package) = open.pop() {
            for needed in needs(&package) {
                if packages.insert(needed.clone()) {
                    open.push(needed);
                }
            }
        }
    }
}

/// The folder of the cache's bucket in which `root` lies: a repository may be one folder of a checkout, and use others.
/// Packages of npm stand deeper, and each for itself.
fn checkout_of(root: &Path, cache_root: &Path) -> PathBuf {
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let sources = cache_root.join(crate::cache::Bucket::Sources.folder());
    let first = root
        .strip_prefix(&sources)
        .ok()
        .and_then(|rest| rest.iter().next());
    first.map_or(root.clone(), |first| sources.join(first))
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
