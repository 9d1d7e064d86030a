//! Lays out a case: copies its files into the test's folders and fills in what is known only at run time.
//!
//! `{{git}}`, `{{npm}}`, `{{http}}` and `{{https}}` (the plain web server), `{{proxy}}` are addresses, `{{dir}}`, `{{home}}`,
//! `{{cache}}`, `{{root}}` and `{{ca}}` paths, `{{npm_host}}`, `{{http_host}}` hosts with port, `{{port}}` a free port, `{{commit:owner/repo@ref}}` a commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::declaration::{Packages, Spec};
use crate::Failure;
use crate::context::{Furnishing, TestContext};
use crate::git::repository::{EntryKind, EntrySpec};

/// A laid out case.
pub struct Room {
    pub context: TestContext,
    port: u16,
}

/// Builds servers and project for a case.
///
/// # Errors
/// A folder is missing, or a repository cannot be built.
pub fn lay_out(case: &Path, spec: &Spec, binary: &Path) -> Result<Room, Failure> {
    let specs = case
        .ancestors()
        .find(|folder| folder.join("_shared").is_dir())
        .unwrap_or(case);
    let packages = match &spec.packages {
        Packages::Shared(true) => vec![specs.join("_registry")],
        Packages::Shared(false) => Vec::new(),
        Packages::Folder(folder) => vec![case.join(folder)],
        Packages::Folders(folders) => folders.iter().map(|folder| case.join(folder)).collect(),
    };
    let repositories = spec
        .repos
        .iter()
        .map(|(name, repository)| {
            let name = name.strip_prefix("github:").unwrap_or(name);
            let mut repository = repository.clone();
            for folder in std::mem::take(&mut repository.with) {
                repository.entries.extend(contents(&case.join(folder))?);
            }
            Ok((name.to_owned(), repository))
        })
        .collect::<Result<_, Failure>>()?;
    // The plain server's files need the ports of the others, so they are copied once all servers run.
    let context = TestContext::furnished(
        binary,
        Furnishing {
            repositories,
            folders: case.to_owned(),
            packages,
            files: None,
            https: spec.https,
            live: spec.live,
        },
    )?;
    let room = Room {
        context,
        port: free_port()?,
    };
    room.copy(case, &room.context.project(), &held_back(spec))?;
    for name in &spec.shared {
        let path = specs.join("_shared").join(name);
        room.copy_file(&path, &room.context.project().join(name))
            .map_err(|what| format!("{}: {what}", path.display()))?;
    }
    if let Some(files) = &spec.files {
        let served = room.context.root().join("files");
        room.copy(&case.join(files), &served, &BTreeSet::new())?;
    }
    for (name, text) in &spec.home {
        let path = room.context.home().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        }
        std::fs::write(path, room.fill(text)?).map_err(|error| error.to_string())?;
    }
    Ok(room)
}

/// The files of a folder, as entries of a repository.
fn contents(folder: &Path) -> Result<Vec<EntrySpec>, Failure> {
    let entry = |path: PathBuf| {
        let text = std::fs::read_to_string(folder.join(&path));
        Ok(EntrySpec {
            path: path.to_string_lossy().into_owned(),
            what: EntryKind::Content(text.map_err(|error| format!("{}: {error}", path.display()))?),
            unchecked: false,
        })
    };
    list(folder).into_iter().map(entry).collect()
}

/// What belongs to the declaration or the servers, not to the project.
fn held_back(spec: &Spec) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["spec.json".to_owned()]);
    names.extend(spec.files.clone());
    match &spec.packages {
        Packages::Shared(_) => {}
        Packages::Folder(folder) => names.extend([folder.clone()]),
        Packages::Folders(folders) => names.extend(folders.iter().cloned()),
    }
    for repository in spec.repos.values() {
        names.insert(repository.dir.clone().unwrap_or_else(|| "repo".into()));
        names.extend(repository.branches.values().cloned());
        names.extend(repository.commits.iter().map(|commit| commit.dir.clone()));
    }
    for step in &spec.steps {
        names.extend(step.commit.values().map(|commit| commit.dir.clone()));
    }
    names
}

impl Room {
    /// Replaces the placeholders in `text`.
    ///
    /// # Errors
    /// A placeholder names a ref that does not exist.
    pub fn fill(&self, text: &str) -> Result<String, Failure> {
        if !text.contains("{{") {
            return Ok(text.to_owned());
        }
        let context = &self.context;
        let mut text = text.to_owned();
        for (name, value) in [
            ("git", context.git.http()),
            ("git_https", context.git.https()),
            ("npm", context.npm.http()),
            ("npm_host", context.npm.http().replace("http://", "")),
            ("proxy", context.proxy.address()),
            ("npm_https", context.npm.https()),
            ("http", context.http.http()),
            ("http_host", context.http.http().replace("http://", "")),
            ("https", context.http.https()),
            ("dir", context.project().display().to_string()),
            ("home", context.home().display().to_string()),
            ("cache", context.cache().display().to_string()),
            ("root", context.root().display().to_string()),
            ("ca", context.authority().display().to_string()),
            ("port", self.port.to_string()),
        ] {
            text = text.replace(&format!("{{{{{name}}}}}"), &value);
        }
        while let Some(start) = text.find("{{commit:") {
            let end = start
                + text[start..]
                    .find("}}")
                    .ok_or("`{{commit:` without an end")?;
            let (repository, reference) = text[start + 9..end]
                .split_once('@')
                .ok_or("`{{commit:owner/repo@ref}}` without a ref")?;
            let commit = context.repository(repository).rev_parse(reference)?;
            text.replace_range(start..end + 2, &commit);
        }
        Ok(text)
    }

    fn copy(&self, from: &Path, to: &Path, except: &BTreeSet<String>) -> Result<(), Failure> {
        let show = |error: std::io::Error| format!("{}: {error}", from.display());
        std::fs::create_dir_all(to).map_err(show)?;
        for entry in std::fs::read_dir(from).map_err(show)? {
            let entry = entry.map_err(show)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if except.contains(&name) || name.ends_with(".out") {
                continue;
            }
            let target = to.join(&name);
            if entry.file_type().map_err(show)?.is_dir() {
                self.copy(&entry.path(), &target, &BTreeSet::new())?;
            } else {
                self.copy_file(&entry.path(), &target)?;
            }
        }
        Ok(())
    }

    fn copy_file(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let bytes = std::fs::read(from).map_err(|error| error.to_string())?;
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => self.fill(&text)?.into_bytes(),
            Err(binary) => binary.into_bytes(),
        };
        std::fs::write(to, bytes).map_err(|error| error.to_string())
    }
}

/// All files below `root`, relative, sorted; links are listed and not followed.
pub fn list(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
            } else if let Ok(relative) = entry.path().strip_prefix(root) {
                found.insert(relative.to_owned());
            }
        }
    }
    found
}

fn free_port() -> Result<u16, Failure> {
    let listener =
        std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.port())
}
