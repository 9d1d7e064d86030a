//! The file system as the cache of the npm crates sees it: their temporary files are ours.
//!
//! In: what they read and write. Out: the same; a packument on its way to its place lies in the cache's `tmp/`, where it
//! is cleared away on failure and on signals. Side effects: those asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sys_traits::impls::{RealFsDirEntry, RealFsFile, RealFsMetadata, RealSys};
use sys_traits::{
    BaseFsCanonicalize, BaseFsCreateDir, BaseFsHardLink, BaseFsMetadata, BaseFsOpen, BaseFsRead,
    BaseFsReadDir, BaseFsRemoveDirAll, BaseFsRemoveFile, BaseFsRename, CreateDirOptions, FsOpen,
    OpenOptions, SystemRandom, ThreadSleep,
};

use crate::cache::TemporaryPath;

/// How the crates call what they rename afterwards: `registry.0a1b2c3d.tmp`.
const EXTENSION: &str = "tmp";

/// The file system. Clones share what is being written.
#[derive(Clone, Debug)]
pub struct Disk {
    temporary: PathBuf,
    /// The crates' name for a file → where it really is.
    writing: Arc<Mutex<HashMap<PathBuf, TemporaryPath>>>,
}

impl Disk {
    /// `temporary`: a folder on the cache's file system.
    pub fn new(temporary: PathBuf) -> Disk {
        Disk {
            temporary,
            writing: Arc::default(),
        }
    }

    /// Removes what was begun and given up: a write that fails tells nobody.
    pub fn forget_unfinished(&self) {
        self.writing().clear();
    }

    fn divert(&self, path: &Path, options: &OpenOptions) -> io::Result<RealFsFile> {
        std::fs::create_dir_all(&self.temporary)?;
        let place = TemporaryPath::unique_in(&self.temporary, "w-")?;
        let file = RealSys.fs_open(place.path(), options)?;
        let mut writing = self.writing();
        // Another try at the same file: the one before has failed.
        writing.retain(|other, _| !is_same_target(other, path));
        writing.insert(path.to_path_buf(), place);
        Ok(file)
    }

    fn writing(&self) -> MutexGuard<'_, HashMap<PathBuf, TemporaryPath>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_same_target(one: &Path, other: &Path) -> bool {
    let target = |path: &Path| path.with_extension("").with_extension("");
    target(one) == target(other)
}

impl BaseFsOpen for Disk {
    type File = RealFsFile;

    fn base_fs_open(&self, path: &Path, options: &OpenOptions) -> io::Result<RealFsFile> {
        let is_temporary = path.extension().is_some_and(|it| it == EXTENSION);
        // A missing folder must be told, because the crates make it then.
        let has_folder = path.parent().is_some_and(Path::is_dir);
        match options.write && is_temporary && has_folder {
            true => self.divert(path, options),
            false => RealSys.base_fs_open(path, options),
        }
    }
}

impl BaseFsRename for Disk {
    fn base_fs_rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let Some(place) = self.writing().remove(from) else {
            return RealSys.base_fs_rename(from, to);
        };
        RealSys.base_fs_rename(place.path(), to)
    }
}

impl BaseFsRemoveFile for Disk {
    fn base_fs_remove_file(&self, path: &Path) -> io::Result<()> {
        match self.writing().remove(path) {
            Some(_) => Ok(()),
            None => RealSys.base_fs_remove_file(path),
        }
    }
}

impl BaseFsCanonicalize for Disk {
    fn base_fs_canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        RealSys.base_fs_canonicalize(path)
    }
}

impl BaseFsCreateDir for Disk {
    fn base_fs_create_dir(&self, path: &Path, options: &CreateDirOptions) -> io::Result<()> {
        RealSys.base_fs_create_dir(path, options)
    }
}

impl BaseFsHardLink for Disk {
    fn base_fs_hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealSys.base_fs_hard_link(from, to)
    }
}

impl BaseFsMetadata for Disk {
    type Metadata = RealFsMetadata;

    fn base_fs_metadata(&self, path: &Path) -> io::Result<RealFsMetadata> {
        RealSys.base_fs_metadata(path)
    }

    fn base_fs_symlink_metadata(&self, path: &Path) -> io::Result<RealFsMetadata> {
        RealSys.base_fs_symlink_metadata(path)
    }
}

impl BaseFsRead for Disk {
    fn base_fs_read(&self, path: &Path) -> io::Result<Cow<'static, [u8]>> {
        RealSys.base_fs_read(path)
    }
}

impl BaseFsReadDir for Disk {
    type ReadDirEntry = RealFsDirEntry;

    fn base_fs_read_dir(
        &self,
        path: &Path,
    ) -> io::Result<Box<dyn Iterator<Item = io::Result<RealFsDirEntry>>>> {
        RealSys.base_fs_read_dir(path)
    }
}

impl BaseFsRemoveDirAll for Disk {
    fn base_fs_remove_dir_all(&self, path: &Path) -> io::Result<()> {
        RealSys.base_fs_remove_dir_all(path)
    }
}

impl SystemRandom for Disk {
    fn sys_random(&self, buffer: &mut [u8]) -> io::Result<()> {
        RealSys.sys_random(buffer)
    }
}

impl ThreadSleep for Disk {
    fn thread_sleep(&self, duration: Duration) {
        RealSys.thread_sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use deno_path_util::fs::atomic_write_file_with_retries;
    use sys_traits::{FsRemoveFile, FsRename};

    use super::*;

    struct Place {
        folder: tempfile::TempDir,
        disk: Disk,
    }

    impl Place {
        fn new() -> Place {
            let folder = tempfile::tempdir().unwrap();
            let disk = Disk::new(folder.path().join("tmp"));
            Place { folder, disk }
        }

        fn begin(&self, name: &str) -> PathBuf {
            let target = self.folder.path().join("zod");
            std::fs::create_dir_all(&target).unwrap();
            let path = target.join(name);
            let mut file = self.disk.fs_open(&path, &OpenOptions::new_write()).unwrap();
            file.write_all(b"half").unwrap();
            path
        }

        fn files(&self, folder: &str) -> usize {
            let entries = std::fs::read_dir(self.folder.path().join(folder));
            entries.map_or(0, Iterator::count)
        }
    }

    #[test]
    fn a_packument_comes_to_its_place_by_one_rename() {
        let place = Place::new();
        let target = place.folder.path().join("zod/registry.json");
        for text in ["{}", "{ }"] {
            atomic_write_file_with_retries(&place.disk, &target, text.as_bytes(), 0o644).unwrap();
            assert_eq!(std::fs::read_to_string(&target).unwrap(), text);
        }
        assert_eq!((place.files("zod"), place.files("tmp")), (1, 0));
    }

    #[test]
    fn what_is_half_written_is_cleared_away() {
        let place = Place::new();
        place.begin("registry.00000001.tmp");
        place.begin("registry.00000002.tmp");
        assert_eq!((place.files("zod"), place.files("tmp")), (0, 1));
        place.disk.forget_unfinished();
        assert_eq!(place.files("tmp"), 0);

        let given_up = place.begin("registry.00000003.tmp");
        place.disk.fs_remove_file(&given_up).unwrap();
        assert_eq!(place.files("tmp"), 0);

        let refused = place.begin("registry.00000004.tmp");
        let nowhere = place.folder.path().join("none/registry.json");
        assert!(place.disk.fs_rename(&refused, &nowhere).is_err());
        assert_eq!((place.files("zod"), place.files("tmp")), (0, 0));
    }
}
