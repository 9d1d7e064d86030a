//! Staging: fresh folders under `tmp/` in which things are built before one rename puts them in place.
//!
//! In: the cache's `tmp` folder. Out: [`Staging`], gone on drop. Layout, for one running process:
//!
//! ```text
//! tmp/4711-9f3c2a.lock   held locked for as long as the process stages
//! tmp/4711-9f3c2a/0/     a staging folder
//! tmp/w-4711-77ab01      a single file on its way to its place
//! ```
//!
//! Side effects: what dead processes left (their lock can be taken) is swept whenever a staging
//! folder is made; [`remove_all_staging`] clears everything of this process on a signal.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use super::error::CacheError;

/// A file that no lock guards is left alone for this long: its writer may be alive.
const LOOSE_FILE_AGE: Duration = Duration::from_secs(60 * 60);

static STOPPING: AtomicBool = AtomicBool::new(false);
static PATHS: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);
static AREAS: LazyLock<Mutex<HashMap<PathBuf, Weak<Area>>>> = LazyLock::new(Mutex::default);

/// A fresh folder on the cache's file system, removed on drop.
#[derive(Debug)]
pub struct Staging {
    path: PathBuf,
    area: Arc<Area>,
}

impl Staging {
    /// The folder; empty at first.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Another staging folder of the same process.
    pub(super) fn sibling(&self) -> Result<Staging, CacheError> {
        Area::stage(&self.area)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes every staging folder and temporary file of this process, for use when a signal ends it.
///
/// May be called from any thread. Staging fails in this process from then on.
pub fn remove_all_staging() {
    STOPPING.store(true, Ordering::SeqCst);
    let paths: Vec<PathBuf> = lock(&PATHS).drain().collect();
    // Other threads may still be writing into a folder while it is being removed: try again.
    for attempt in 0..5 {
        if attempt > 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        paths.iter().for_each(|path| remove(path));
        if !paths.iter().any(|path| path.symlink_metadata().is_ok()) {
            return;
        }
    }
}

/// Makes a staging folder under `temporary`, after sweeping what dead processes left there.
pub(super) fn stage(temporary: &Path) -> Result<Staging, CacheError> {
    let area = Area::current(temporary)?;
    sweep(temporary);
    Area::stage(&area)
}

/// A path that is removed on drop and on a signal, unless it has been renamed away.
#[derive(Debug)]
pub(crate) struct TemporaryPath(PathBuf);

impl TemporaryPath {
    /// Registers `path`, which need not exist yet.
    pub(crate) fn new(path: PathBuf) -> io::Result<TemporaryPath> {
        if STOPPING.load(Ordering::SeqCst) {
            return Err(io::Error::new(
                io::ErrorKind::Interrupted,
                "the program is being stopped",
            ));
        }
        lock(&PATHS).insert(path.clone());
        Ok(TemporaryPath(path))
    }

    /// A registered name of its own in `folder`.
    pub(crate) fn unique_in(folder: &Path, prefix: &str) -> io::Result<TemporaryPath> {
        TemporaryPath::new(folder.join(format!("{prefix}{}", unique_name())))
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryPath {
    fn drop(&mut self) {
        remove(&self.0);
        lock(&PATHS).remove(&self.0);
    }
}

/// This process's part of one `tmp` folder.
#[derive(Debug)]
struct Area {
    // Fields drop in this order: the folder goes first, then the lock file, then the lock itself.
    folder: TemporaryPath,
    _lock_path: TemporaryPath,
    _lock: File,
    next: AtomicU64,
}

impl Area {
    /// The area in use, or a new one.
    fn current(temporary: &Path) -> Result<Arc<Area>, CacheError> {
        let mut areas = lock(&AREAS);
        if let Some(area) = areas.get(temporary).and_then(Weak::upgrade) {
            return Ok(area);
        }
        let area = Area::create(temporary)
            .map(Arc::new)
            .map_err(|source| CacheError::io("create a folder in", temporary, source))?;
        areas.insert(temporary.to_path_buf(), Arc::downgrade(&area));
        Ok(area)
    }

    /// The lock file gets its final name only once it is locked: a sweep never sees it unlocked.
    fn create(temporary: &Path) -> io::Result<Area> {
        fs::create_dir_all(temporary)?;
        let name = unique_name();
        let unlocked = TemporaryPath::new(temporary.join(format!("w-{name}")))?;
        let lock = File::create_new(unlocked.path())?;
        lock.try_lock()?;
        let lock_path = TemporaryPath::new(temporary.join(format!("{name}.lock")))?;
        fs::rename(unlocked.path(), lock_path.path())?;
        let folder = TemporaryPath::new(temporary.join(name))?;
        fs::create_dir(folder.path())?;
        Ok(Area {
            folder,
            _lock_path: lock_path,
            _lock: lock,
            next: AtomicU64::new(0),
        })
    }

    fn stage(area: &Arc<Area>) -> Result<Staging, CacheError> {
        let number = area.next.fetch_add(1, Ordering::Relaxed);
        let path = area.folder.path().join(number.to_string());
        let created = if STOPPING.load(Ordering::SeqCst) {
            Err(io::Error::new(
                io::ErrorKind::Interrupted,
                "the program is being stopped",
            ))
        } else {
            fs::create_dir(&path)
        };
        created.map_err(|source| CacheError::io("create", &path, source))?;
        Ok(Staging {
            path,
            area: area.clone(),
        })
    }
}

/// Removes what dead processes left. Failures are left for the next sweep.
fn sweep(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if lock(&PATHS).contains(&path) {
            continue;
        }
        if path
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            sweep_area(&path);
        } else if is_older_than(&path, LOOSE_FILE_AGE) && !path.with_extension("lock").exists() {
            remove(&path);
        }
    }
}

/// Removes an area whose lock nobody holds; the lock file last, so that a sweep cut short is resumed.
fn sweep_area(lock_path: &Path) {
    let Ok(file) = File::open(lock_path) else {
        return;
    };
    if file.try_lock().is_ok() {
        log::debug!("removing what a dead process left: {}", lock_path.display());
        remove(&lock_path.with_extension(""));
        remove(lock_path);
    }
}

fn is_older_than(path: &Path, age: Duration) -> bool {
    let modified = path
        .symlink_metadata()
        .and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| {
        SystemTime::now()
            .duration_since(modified)
            .is_ok_and(|since| since > age)
    })
}

/// Removes a file or a whole folder; what is not there or cannot be removed is passed over.
pub(super) fn remove(path: &Path) {
    let removed = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return,
    };
    if let Err(error) = removed
        && error.kind() != io::ErrorKind::NotFound
    {
        log::debug!("could not remove {}: {error}", path.display());
    }
}

/// `<process id>-<random>`: unique also among machines that share the folder.
fn unique_name() -> String {
    format!(
        "{}-{:012x}",
        std::process::id(),
        RandomState::new().build_hasher().finish() >> 16
    )
}

/// The registries hold plain sets: after a panic elsewhere they are still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
