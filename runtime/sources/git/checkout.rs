//! Writes the files of a commit: plain files alone, and none that could reach outside.
//!
//! In: a repository, a commit, an empty folder. Out: files in that folder. Side effects: that folder only.
//!
//! libgit2's own checkout is not used: it follows settings, filters and links. Here the whole tree is
//! [planned](super::plan) and judged before the first byte is written.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use git2::{Odb, Oid, Repository, Tree};

use super::plan::{PlannedFile, plan, unreadable};
use crate::cache::{CacheError, TreeHash, TreeMode, tree_line};
use crate::http::Cause;

/// The biggest file that a repository may hold.
pub const MAX_FILE_SIZE: u64 = 50 * 1024 * 1024;
/// The biggest sum of all files.
pub const MAX_TOTAL_SIZE: u64 = 1024 * 1024 * 1024;
/// The most files and folders; a tree that names the same folder many times grows without bounds.
pub const MAX_ENTRIES: usize = 100_000;
/// The first line of every pointer file.
///
/// Source: the Git LFS specification, "The Pointer".
const LFS_PREFIX: &[u8] = b"version https://git-lfs.github.com/spec/";
const LFS_MAX_SIZE: u64 = 1024;

/// A commit whose files cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckoutError {
    /// A name that is not safe, or not the same, on every system.
    #[error("`{path}` has a name that is refused: {reason}")]
    Name {
        /// The path, with unprintable bytes escaped.
        path: String,
        /// What is wrong with the last part of it.
        reason: &'static str,
    },
    /// Two names that are one on some systems.
    #[error("`{first}` and `{second}` differ only in upper and lower case")]
    CaseClash {
        /// One of the two.
        first: String,
        /// The other.
        second: String,
    },
    /// A link that does not lead to a plain file of the same repository.
    #[error("`{path}` is a symbolic link to `{target}`: {reason}")]
    Link {
        /// The link.
        path: String,
        /// Where it leads, as written.
        target: String,
        /// Why that is refused.
        reason: &'static str,
    },
    /// Another repository inside this one.
    #[error("`{path}` is a submodule, whose files are in another repository")]
    Submodule {
        /// Where it is mounted.
        path: String,
    },
    /// A file whose contents are kept outside of git.
    #[error("`{path}` is a Git LFS pointer, whose contents are not in the repository")]
    LfsPointer {
        /// The file.
        path: String,
    },
    /// One file is too big.
    #[error("`{path}` has {}, more than the {} that one file may have", describe_size(*size), describe_size(*limit))]
    BigFile {
        /// The file.
        path: String,
        /// Its bytes.
        size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// All files together are too big.
    #[error("the files have more than {} together", describe_size(*limit))]
    BigTree {
        /// The most bytes.
        limit: u64,
    },
    /// Too many files and folders, or too deep.
    #[error("the repository has more than {limit} {what}")]
    Bounds {
        /// Of what there are too many.
        what: &'static str,
        /// The most of them.
        limit: usize,
    },
    /// The repository's own data is damaged.
    #[error("could not read `{path}` from the repository")]
    Object {
        /// The file or folder.
        path: String,
        /// What libgit2 said.
        #[source]
        cause: Cause,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(CacheError),
}

impl CheckoutError {
    /// Things that the reader, or the repository's author, can do.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            CheckoutError::Submodule { .. } => {
                "have the files in the repository itself, or load the other one by its own identifier"
            }
            CheckoutError::LfsPointer { path } => {
                return vec![format!(
                    "git lfs migrate export --include='{path}' --everything"
                )];
            }
            CheckoutError::BigFile { path, .. } => {
                return vec![format!(
                    "git rm '{path}' and have the program download it when it runs"
                )];
            }
            CheckoutError::Link { path, .. } => {
                return vec![format!("replace the link `{path}` by a file")];
            }
            CheckoutError::CaseClash { second, .. } => {
                return vec![format!("git mv '{second}' to a name of its own")];
            }
            CheckoutError::Object { .. } => "prizm cache clean git",
            CheckoutError::Write(error) => return error.hints(),
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

/// Writes the files of `commit` into `folder`, which is empty.
///
/// # Errors
/// [`CheckoutError`]; `folder` may then hold some of the files.
pub(super) fn checkout(
    repository: &Repository,
    commit: Oid,
    folder: &Path,
) -> Result<(), CheckoutError> {
    let object = |error| unreadable("", error);
    let tree = repository
        .find_object(commit, None)
        .and_then(|found| found.peel_to_tree())
        .map_err(object)?;
    let files = plan(repository, &tree)?;
    write(&repository.odb().map_err(object)?, &files, folder)
}

/// The hash that the files of `commit` have once they are checked out.
///
/// # Errors
/// [`CheckoutError`].
pub(super) fn hash(repository: &Repository, commit: Oid) -> Result<TreeHash, CheckoutError> {
    let object = |error| unreadable("", error);
    let found = repository.find_object(commit, None).map_err(object)?;
    let tree = found.peel_to_tree().map_err(object)?;
    hash_tree(repository, &tree, "")
}

/// The hash of the files of `tree` without the one at `except`.
///
/// # Errors
/// [`CheckoutError`].
pub(super) fn hash_tree(
    repository: &Repository,
    tree: &Tree<'_>,
    except: &str,
) -> Result<TreeHash, CheckoutError> {
    let odb = repository.odb().map_err(|error| unreadable("", error))?;
    let mut files = plan(repository, tree)?;
    files.remove(except);
    let mut lines = Vec::new();
    for (path, file) in files {
        let object = odb.read(file.blob);
        let object = object.map_err(|error| unreadable(&path, error))?;
        let mode = match file.is_executable {
            true => TreeMode::Executable,
            false => TreeMode::Plain,
        };
        lines.push(tree_line(&path, mode, object.data()));
    }
    Ok(TreeHash::of_lines(lines))
}

fn write(
    odb: &Odb<'_>,
    files: &BTreeMap<String, PlannedFile>,
    folder: &Path,
) -> Result<(), CheckoutError> {
    // Sorted paths name each folder in one run, so the last one made is all there is to remember.
    let mut last_folder = "";
    for (path, file) in files {
        let object = odb
            .read(file.blob)
            .map_err(|error| unreadable(path, error))?;
        let bytes = object.data();
        if bytes.len() as u64 <= LFS_MAX_SIZE && bytes.starts_with(LFS_PREFIX) {
            return Err(CheckoutError::LfsPointer { path: path.clone() });
        }
        let target = folder.join(path);
        if let Some((parent, _)) = path.rsplit_once('/')
            && parent != last_folder
        {
            let parent_path = folder.join(parent);
            fs::create_dir_all(&parent_path).map_err(|source| {
                CheckoutError::Write(CacheError::io("create", &parent_path, source))
            })?;
            last_folder = parent;
        }
        write_file(&target, bytes, file.is_executable)
            .map_err(|source| CheckoutError::Write(CacheError::io("write", &target, source)))?;
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8], is_executable: bool) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if is_executable { 0o755 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = is_executable;
    options.open(path)?.write_all(bytes)
}

fn describe_size(bytes: u64) -> String {
    const MIB: f64 = 1024.0 * 1024.0;
    match bytes {
        0..1_048_576 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use git2::ObjectType;

    use super::super::plan::{MODE_EXECUTABLE, MODE_FILE, MODE_LINK, MODE_SUBMODULE, MODE_TREE};
    use super::*;

    /// A repository whose trees are written by hand, as a hostile server would.
    struct Fixture {
        _folder: tempfile::TempDir,
        repository: Repository,
    }

    impl Fixture {
        fn new() -> Fixture {
            super::super::transport::install();
            let folder = tempfile::tempdir().unwrap();
            let repository = Repository::init_bare(folder.path()).unwrap();
            Fixture {
                _folder: folder,
                repository,
            }
        }

        fn blob(&self, bytes: &[u8]) -> Oid {
            self.repository.blob(bytes).unwrap()
        }

        /// A tree object with exactly these entries.
        fn tree(&self, entries: &[(i32, &[u8], Oid)]) -> Oid {
            let mut bytes = Vec::new();
            for (mode, name, id) in entries {
                bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
                bytes.extend_from_slice(name);
                bytes.push(0);
                bytes.extend_from_slice(id.as_bytes());
            }
            let odb = self.repository.odb().unwrap();
            odb.write(ObjectType::Tree, &bytes).unwrap()
        }

        fn checkout(&self, tree: Oid) -> Result<tempfile::TempDir, CheckoutError> {
            let folder = tempfile::tempdir().unwrap();
            checkout(&self.repository, tree, folder.path()).map(|()| folder)
        }

        fn refusal(&self, entries: &[(i32, &[u8], Oid)]) -> String {
            self.checkout(self.tree(entries)).unwrap_err().to_string()
        }
    }

    #[test]
    fn files_folders_and_modes_are_written() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"hello");
        let inner = fixture.tree(&[(MODE_EXECUTABLE, b"run.sh", blob)]);
        let root = fixture.tree(&[(MODE_FILE, b"a.ts", blob), (MODE_TREE, b"bin", inner)]);
        let folder = fixture.checkout(root).unwrap();
        assert_eq!(fs::read(folder.path().join("a.ts")).unwrap(), b"hello");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name: &str| {
                fs::metadata(folder.path().join(name))
                    .unwrap()
                    .permissions()
                    .mode()
            };
            assert_eq!(mode("bin/run.sh") & 0o111, 0o111);
            assert_eq!(mode("a.ts") & 0o111, 0);
        }
    }

    #[test]
    fn links_inside_are_copied() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"hello");
        let up = fixture.blob(b"../a.ts");
        let chain = fixture.blob(b"sub/b.ts");
        let inner = fixture.tree(&[(MODE_LINK, b"b.ts", up)]);
        let root = fixture.tree(&[
            (MODE_FILE, b"a.ts", blob),
            (MODE_LINK, b"c.ts", chain),
            (MODE_TREE, b"sub", inner),
        ]);
        let folder = fixture.checkout(root).unwrap();
        for name in ["sub/b.ts", "c.ts"] {
            let path = folder.path().join(name);
            assert!(path.symlink_metadata().unwrap().is_file(), "{name}");
            assert_eq!(fs::read(path).unwrap(), b"hello", "{name}");
        }
    }

    #[test]
    fn links_that_lead_elsewhere_are_refused() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"x");
        let sub = fixture.tree(&[(MODE_FILE, b"f", blob)]);
        for (target, reason) in [
            ("/etc/passwd", "absolute"),
            ("../../etc/passwd", "outside"),
            ("sub/../../x", "outside"),
            ("missing", "nothing"),
            ("link", "circle"),
            ("sub", "folder"),
            (".", "folder"),
            ("to-sub/f", "another link"),
            ("sub\\f", "backslash"),
            ("C:/x", "drive"),
            ("", "empty"),
        ] {
            let link = fixture.blob(target.as_bytes());
            let to_sub = fixture.blob(b"sub");
            let mut entries: Vec<(i32, &[u8], Oid)> =
                vec![(MODE_LINK, b"link", link), (MODE_TREE, b"sub", sub)];
            if target.starts_with("to-sub") {
                entries.push((MODE_LINK, b"to-sub", to_sub));
            }
            let message = fixture.refusal(&entries);
            assert!(
                message.contains("`link`") && message.contains(reason),
                "{target}: {message}"
            );
        }
    }

    #[test]
    fn unsafe_names_are_refused() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"x");
        for name in [
            &b".."[..],
            b".",
            b".git",
            b".GIT",
            b".git ",
            b"git~1",
            b"a/b",
            b"/etc",
            b"a\\b",
            b"C:",
            b"c:x",
            b"a\nb",
            b"\xff\xfe",
        ] {
            let message = fixture.refusal(&[(MODE_FILE, name, blob)]);
            assert!(message.contains("refused"), "{name:?}: {message}");
        }
    }

    #[test]
    fn case_clashes_are_refused() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"x");
        let message = fixture.refusal(&[(MODE_FILE, b"A.ts", blob), (MODE_FILE, b"a.ts", blob)]);
        assert!(message.contains("`A.ts` and `a.ts`"), "{message}");
        let (upper, lower) = ("Ärger".as_bytes(), "ärger".as_bytes());
        let message = fixture.refusal(&[(MODE_FILE, upper, blob), (MODE_FILE, lower, blob)]);
        assert!(message.contains("`Ärger` and `ärger`"), "{message}");
    }

    #[test]
    fn submodules_and_pointers_are_told() {
        let fixture = Fixture::new();
        let blob = fixture.blob(b"x");
        let message = fixture.refusal(&[(MODE_SUBMODULE, b"vendor", blob)]);
        assert!(message.contains("`vendor` is a submodule"), "{message}");
        let pointer = fixture
            .blob(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        let message = fixture.refusal(&[(MODE_FILE, b"model.bin", pointer)]);
        assert!(
            message.contains("`model.bin` is a Git LFS pointer"),
            "{message}"
        );
    }

    #[test]
    fn big_files_are_named() {
        let fixture = Fixture::new();
        let blob = fixture.blob(&vec![0; MAX_FILE_SIZE as usize + 1]);
        let message = fixture.refusal(&[(MODE_FILE, b"weights.bin", blob)]);
        assert!(message.contains("`weights.bin` has 50.0 MiB"), "{message}");
    }

    #[test]
    fn a_tree_that_multiplies_is_refused() {
        let fixture = Fixture::new();
        let mut tree = fixture.tree(&[(MODE_FILE, b"f", fixture.blob(b"x"))]);
        for _ in 0..10 {
            let names: Vec<String> = (0..10).map(|number| number.to_string()).collect();
            let entries: Vec<(i32, &[u8], Oid)> = names
                .iter()
                .map(|name| (MODE_TREE, name.as_bytes(), tree))
                .collect();
            tree = fixture.tree(&entries);
        }
        let message = fixture.checkout(tree).unwrap_err().to_string();
        assert!(message.contains("files and folders"), "{message}");
    }
}
