//! Which files a checkout will have, judged before the first is written.
//!
//! In: a tree as a repository has it, untrusted. Out: blobs by path, or [`CheckoutError`]. Reads the
//! repository, writes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use git2::{ObjectType, Odb, Oid, Repository, Tree};

use super::checkout::{CheckoutError, MAX_ENTRIES, MAX_FILE_SIZE, MAX_TOTAL_SIZE};
use super::error::cause;
use super::names;

/// The deepest folder.
const MAX_DEPTH: usize = 64;
/// Links that lead to links.
const MAX_LINKS: usize = 8;
/// A link's target is a path; anything longer is none.
const MAX_LINK_SIZE: usize = 4096;

pub(super) const MODE_FILE: i32 = 0o100644;
#[cfg(test)]
pub(super) const MODE_EXECUTABLE: i32 = 0o100755;
pub(super) const MODE_LINK: i32 = 0o120000;
pub(super) const MODE_TREE: i32 = 0o040000;
pub(super) const MODE_SUBMODULE: i32 = 0o160000;

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFile {
    pub(super) blob: Oid,
    pub(super) is_executable: bool,
}

/// Lists the files of a tree by path, or refuses it.
pub(super) fn plan(
    repository: &Repository,
    tree: &Tree<'_>,
) -> Result<BTreeMap<String, PlannedFile>, CheckoutError> {
    let mut planner = Planner {
        repository,
        files: BTreeMap::new(),
        folders: HashSet::new(),
        links: BTreeMap::new(),
        count: 0,
    };
    planner.visit(tree, "", 0)?;
    planner.follow_links()?;
    check_sizes(
        &repository.odb().map_err(|error| unreadable("", error))?,
        &planner.files,
    )?;
    Ok(planner.files)
}

struct Planner<'a> {
    repository: &'a Repository,
    files: BTreeMap<String, PlannedFile>,
    folders: HashSet<String>,
    links: BTreeMap<String, String>,
    count: usize,
}

impl Planner<'_> {
    fn visit(&mut self, tree: &Tree<'_>, prefix: &str, depth: usize) -> Result<(), CheckoutError> {
        if depth > MAX_DEPTH {
            return Err(CheckoutError::Bounds {
                what: "levels of folders",
                limit: MAX_DEPTH,
            });
        }
        let mut seen: HashMap<String, String> = HashMap::new();
        for entry in tree {
            self.count += 1;
            if self.count > MAX_ENTRIES {
                return Err(CheckoutError::Bounds {
                    what: "files and folders",
                    limit: MAX_ENTRIES,
                });
            }
            let name = names::check(entry.name_bytes()).map_err(|reason| CheckoutError::Name {
                path: format!("{prefix}{}", entry.name_bytes().escape_ascii()),
                reason,
            })?;
            let path = format!("{prefix}{name}");
            if let Some(first) = seen.insert(names::fold(name), path.clone()) {
                return Err(CheckoutError::CaseClash {
                    first,
                    second: path,
                });
            }
            self.add(path, entry.id(), entry.filemode_raw(), depth)?;
        }
        Ok(())
    }

    fn add(&mut self, path: String, id: Oid, mode: i32, depth: usize) -> Result<(), CheckoutError> {
        match mode {
            MODE_TREE => {
                let tree = self.repository.find_tree(id);
                let tree = tree.map_err(|error| unreadable(&path, error))?;
                self.visit(&tree, &format!("{path}/"), depth + 1)?;
                self.folders.insert(path);
            }
            MODE_LINK => {
                let target = self.link_target(&path, id)?;
                self.links.insert(path, target);
            }
            MODE_SUBMODULE => return Err(CheckoutError::Submodule { path }),
            // Files written by very old versions of git carry other permission bits.
            _ if mode & !0o777 == MODE_FILE & !0o777 => {
                let is_executable = mode & 0o100 != 0;
                let file = PlannedFile {
                    blob: id,
                    is_executable,
                };
                self.files.insert(path, file);
            }
            _ => {
                return Err(CheckoutError::Name {
                    path,
                    reason: "it is neither a file nor a folder",
                });
            }
        }
        Ok(())
    }

    fn link_target(&self, path: &str, id: Oid) -> Result<String, CheckoutError> {
        let (size, _) = self
            .repository
            .odb()
            .and_then(|odb| odb.read_header(id))
            .map_err(|error| unreadable(path, error))?;
        if size > MAX_LINK_SIZE {
            return Err(CheckoutError::Link {
                path: path.to_owned(),
                target: "…".to_owned(),
                reason: "the target is not a path",
            });
        }
        let blob = self.repository.find_blob(id);
        let blob = blob.map_err(|error| unreadable(path, error))?;
        let text = std::str::from_utf8(blob.content()).ok();
        let refuse = |reason| CheckoutError::Link {
            path: path.to_owned(),
            target: blob.content().escape_ascii().to_string(),
            reason,
        };
        let text = text.ok_or_else(|| refuse("the target is not UTF-8"))?;
        if text.contains(char::is_control) {
            return Err(refuse("the target is not a path"));
        }
        Ok(text.to_owned())
    }

    /// Turns links to plain files of this repository into copies of them.
    fn follow_links(&mut self) -> Result<(), CheckoutError> {
        let mut copies = Vec::new();
        for (path, target) in &self.links {
            let file = self.follow(path).map_err(|reason| CheckoutError::Link {
                path: path.clone(),
                target: target.clone(),
                reason,
            })?;
            copies.push((path.clone(), file.clone()));
        }
        self.files.extend(copies);
        Ok(())
    }

    fn follow(&self, link: &str) -> Result<&PlannedFile, &'static str> {
        let mut path = link.to_owned();
        for _ in 0..=MAX_LINKS {
            if let Some(file) = self.files.get(&path) {
                return Ok(file);
            }
            match self.links.get(&path) {
                Some(target) => path = names::resolve_link(&path, target)?,
                None if self.folders.contains(&path) => return Err("it leads to a folder"),
                None if path.is_empty() => return Err("it leads to a folder"),
                None if self.passes_link(&path) => return Err("it leads through another link"),
                None => return Err("it leads to nothing"),
            }
        }
        Err("it goes round in a circle")
    }

    fn passes_link(&self, path: &str) -> bool {
        path.match_indices('/')
            .any(|(at, _)| self.links.contains_key(&path[..at]))
    }
}

fn check_sizes(odb: &Odb<'_>, files: &BTreeMap<String, PlannedFile>) -> Result<(), CheckoutError> {
    let mut total = 0;
    for (path, file) in files {
        let (size, kind) = odb
            .read_header(file.blob)
            .map_err(|error| unreadable(path, error))?;
        if kind != ObjectType::Blob {
            return Err(unreadable(path, git2::Error::from_str("it is not a file")));
        }
        let size = size as u64;
        if size > MAX_FILE_SIZE {
            return Err(CheckoutError::BigFile {
                path: path.clone(),
                size,
                limit: MAX_FILE_SIZE,
            });
        }
        total += size;
        if total > MAX_TOTAL_SIZE {
            return Err(CheckoutError::BigTree {
                limit: MAX_TOTAL_SIZE,
            });
        }
    }
    Ok(())
}

/// An object that is missing or damaged.
pub(super) fn unreadable(path: &str, error: git2::Error) -> CheckoutError {
    CheckoutError::Object {
        path: if path.is_empty() { "." } else { path }.to_owned(),
        cause: cause(&error),
    }
}
