//! Builds bare repositories with git's own plumbing, well-behaved ones and hostile ones.
//!
//! In: folders of files and a declaration. Out: a bare repository; the same declaration gives the same commits.
//! Side effects: the repository's folder; no configuration outside it is read.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Failure;

/// How a fixture declares a repository.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RepositorySpec {
    /// The files of the first commit; default `repo`.
    pub dir: Option<String>,
    /// Default `main`.
    pub default_branch: Option<String>,
    /// Tags of the first commit.
    pub tags: Vec<String>,
    /// Annotated tags of the first commit.
    pub annotated_tags: Vec<String>,
    /// Annotated tags of the first commit, signed: name → the file of an SSH key.
    pub signed_tags: BTreeMap<String, String>,
    /// The file of the SSH key that signs the first commit.
    pub signed_by: Option<String>,
    /// Further commits, in order.
    pub commits: Vec<CommitSpec>,
    /// Branches with one more commit: name → folder.
    pub branches: BTreeMap<String, String>,
    /// Folders whose files are part of every commit, too. For declarations.
    pub with: Vec<String>,
    /// What a folder cannot hold; part of every commit.
    pub entries: Vec<EntrySpec>,
    /// Objects that the server has lost, as `main~1:file`: a fetch that needs them fails.
    pub lost: Vec<String>,
    /// Demanded by the server for every request.
    pub token: Option<String>,
}

/// One more commit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitSpec {
    pub dir: String,
    /// Default: the repository's default branch.
    pub branch: Option<String>,
    /// New ones, or ones that are moved here.
    #[serde(default)]
    pub tags: Vec<String>,
    /// As of [`RepositorySpec`].
    #[serde(default)]
    pub signed_tags: BTreeMap<String, String>,
    /// As of [`RepositorySpec`].
    pub signed_by: Option<String>,
    /// How long ago it was made. Default: in 2023 for commits made with the repository, in 2033 for later ones.
    pub age_hours: Option<u64>,
}

/// One entry beyond plain files. `path` may hold `%xx` for bytes that JSON cannot.
#[derive(Clone, Debug, Deserialize)]
pub struct EntrySpec {
    pub path: String,
    #[serde(flatten)]
    pub what: EntryKind,
    /// Writes the tree objects by hand, past git's own checks of names.
    #[serde(default)]
    pub unchecked: bool,
}

/// What an entry is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Content(String),
    Executable(String),
    /// A symbolic link to this target.
    Link(String),
    /// A submodule at this commit.
    Submodule(String),
    /// A Git LFS pointer to so many bytes.
    Lfs(u64),
    /// So many zero bytes.
    Zeros(usize),
}

/// A bare repository under construction.
pub struct Repository {
    git_dir: PathBuf,
    clock: u64,
    /// The SSH key that signs the next commit.
    key: Option<PathBuf>,
}

/// Builds `spec` at `git_dir`; folders are looked up with `folder`.
///
/// # Errors
/// A folder is missing, or git refuses.
pub fn build(
    git_dir: &Path,
    spec: &RepositorySpec,
    folder: impl Fn(&str) -> Result<PathBuf, Failure>,
) -> Result<(), Failure> {
    let main = spec.default_branch.as_deref().unwrap_or("main");
    let mut repository = Repository::init(git_dir, main)?;
    let key = |path: &Option<String>| path.as_deref().map(&folder).transpose();
    let first = folder(spec.dir.as_deref().unwrap_or("repo"))?;
    repository.key = key(&spec.signed_by)?;
    let commit = repository.commit(main, &first, &spec.entries)?;
    for (tag, path) in &spec.signed_tags {
        repository.sign_tag(tag, &folder(path)?, &commit)?;
    }
    for tag in &spec.tags {
        repository.set(&format!("refs/tags/{tag}"), &commit)?;
    }
    for tag in &spec.annotated_tags {
        repository.git(&["tag", "-a", "-m", tag, tag, &commit], None)?;
    }
    for (branch, dir) in &spec.branches {
        repository.set(&format!("refs/heads/{branch}"), &commit)?;
        repository.commit(branch, &folder(dir)?, &spec.entries)?;
    }
    for next in &spec.commits {
        repository.add(next, main, &folder, &spec.entries)?;
    }
    spec.lost
        .iter()
        .try_for_each(|object| repository.lose(object))
}

impl Repository {
    fn init(git_dir: &Path, main: &str) -> Result<Repository, Failure> {
        std::fs::create_dir_all(git_dir).map_err(|error| error.to_string())?;
        let repository = Repository {
            git_dir: git_dir.to_owned(),
            clock: 1_700_000_000,
            key: None,
        };
        repository.git(&["init", "--quiet", "--bare", "-b", main, "."], None)?;
        // What GitHub's servers allow.
        for key in ["uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"] {
            repository.git(&["config", key, "true"], None)?;
        }
        Ok(repository)
    }

    /// Opens a repository that [`build`] made, to go on with it.
    pub fn open(git_dir: &Path) -> Repository {
        Repository {
            git_dir: git_dir.to_owned(),
            clock: 2_000_000_000,
            key: None,
        }
    }

    /// Adds a commit and its tags.
    ///
    /// # Errors
    /// git refuses.
    pub fn add(
        &mut self,
        spec: &CommitSpec,
        main: &str,
        folder: &impl Fn(&str) -> Result<PathBuf, Failure>,
        entries: &[EntrySpec],
    ) -> Result<(), Failure> {
        let branch = spec.branch.as_deref().unwrap_or(main);
        let clock = self.clock;
        if let Some(hours) = spec.age_hours {
            // The commit itself lets a minute pass.
            self.clock = crate::clock::hours_ago(hours) - 60;
        }
        self.key = spec.signed_by.as_deref().map(folder).transpose()?;
        let commit = self.commit(branch, &folder(&spec.dir)?, entries)?;
        self.clock = clock + 60;
        for (tag, path) in &spec.signed_tags {
            self.sign_tag(tag, &folder(path)?, &commit)?;
        }
        for tag in &spec.tags {
            self.set(&format!("refs/tags/{tag}"), &commit)?;
        }
        Ok(())
    }

    /// The settings that have git sign with `key`, which must be readable by its owner alone.
    fn signing(&self, key: Option<&Path>) -> Result<Vec<String>, Failure> {
        use std::os::unix::fs::PermissionsExt;
        let Some(key) = key else {
            return Ok(Vec::new());
        };
        let copy = self.git_dir.join("signing_key");
        let _ = std::fs::remove_file(&copy);
        std::fs::copy(key, &copy).map_err(|error| format!("{}: {error}", key.display()))?;
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600))
            .map_err(|error| error.to_string())?;
        let setting = format!("user.signingkey={}", copy.display());
        Ok(["-c", "gpg.format=ssh", "-c", &setting]
            .map(str::to_owned)
            .into())
    }

    fn sign_tag(&self, tag: &str, key: &Path, commit: &str) -> Result<(), Failure> {
        let signing = self.signing(Some(key))?;
        let mut arguments: Vec<&str> = signing.iter().map(String::as_str).collect();
        arguments.extend(["tag", "--sign", "--force", "-m", tag, tag, commit]);
        self.git(&arguments, None).map(drop)
    }

    /// The full commit behind a ref.
    ///
    /// # Errors
    /// There is no such ref.
    pub fn rev_parse(&self, reference: &str) -> Result<String, Failure> {
        let name = format!("{reference}^{{commit}}");
        self.git(&["rev-parse", "--verify", "--quiet", &name], None)
    }

    /// Deletes a loose object.
    fn lose(&self, object: &str) -> Result<(), Failure> {
        let hash = self.git(&["rev-parse", "--verify", object], None)?;
        let (folder, file) = hash.split_at(2);
        let path = self.git_dir.join("objects").join(folder).join(file);
        std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn set(&self, reference: &str, commit: &str) -> Result<(), Failure> {
        self.git(&["update-ref", reference, commit], None).map(drop)
    }

    fn commit(
        &mut self,
        branch: &str,
        dir: &Path,
        entries: &[EntrySpec],
    ) -> Result<String, Failure> {
        let tree = self.tree(dir, entries)?;
        let reference = format!("refs/heads/{branch}");
        let signing = self.signing(self.key.as_deref())?;
        let mut arguments: Vec<&str> = signing.iter().map(String::as_str).collect();
        arguments.extend(["commit-tree", "-m", "fixture", &tree]);
        if self.key.is_some() {
            arguments.push("-S");
        }
        let parent = self.rev_parse(&reference).ok();
        if let Some(parent) = &parent {
            arguments.extend(["-p", parent]);
        }
        self.clock += 60;
        let commit = self.git(&arguments, None)?;
        self.set(&reference, &commit)?;
        Ok(commit)
    }

    fn tree(&self, dir: &Path, entries: &[EntrySpec]) -> Result<String, Failure> {
        let index = self.git_dir.join("index");
        let _ = std::fs::remove_file(&index);
        let work_tree = format!("--work-tree={}", dir.display());
        self.git(&[&work_tree, "add", "--all", "--force", "."], None)?;
        let (by_hand, checked): (Vec<_>, Vec<_>) = entries.iter().partition(|e| e.unchecked);
        let mut lines = Vec::new();
        for entry in checked {
            let (mode, hash) = self.object(&entry.what)?;
            lines.extend(format!("{mode} {hash}\t").into_bytes());
            lines.extend(unescape(&entry.path));
            lines.push(0);
        }
        if !lines.is_empty() {
            self.git(&["update-index", "-z", "--index-info"], Some(&lines))?;
        }
        let mut tree = self.git(&["write-tree"], None)?;
        for entry in by_hand {
            let (mode, hash) = self.object(&entry.what)?;
            let parts: Vec<Vec<u8>> = entry.path.split('/').map(unescape).collect();
            tree = self.graft(Some(&tree), &parts, mode, &hash)?;
        }
        Ok(tree)
    }

    fn object(&self, what: &EntryKind) -> Result<(&'static str, String), Failure> {
        let blob = |bytes: &[u8]| self.git(&["hash-object", "-w", "--stdin"], Some(bytes));
        Ok(match what {
            EntryKind::Content(text) => ("100644", blob(text.as_bytes())?),
            EntryKind::Executable(text) => ("100755", blob(text.as_bytes())?),
            EntryKind::Link(target) => ("120000", blob(target.as_bytes())?),
            EntryKind::Submodule(commit) => ("160000", commit.clone()),
            EntryKind::Lfs(size) => ("100644", blob(lfs_pointer(*size).as_bytes())?),
            EntryKind::Zeros(length) => ("100644", blob(&vec![0; *length])?),
        })
    }

    /// Puts one entry into a tree object, whatever its name.
    fn graft(
        &self,
        tree: Option<&str>,
        path: &[Vec<u8>],
        mode: &str,
        hash: &str,
    ) -> Result<String, Failure> {
        let (name, rest) = path.split_first().ok_or("an entry without a name")?;
        let mut entries = match tree {
            Some(tree) => read_tree(&self.git_bytes(&["cat-file", "tree", tree], None)?),
            None => Vec::new(),
        };
        let below = entries.iter().find(|entry| &entry.name == name);
        let (mode, hash) = if rest.is_empty() {
            (mode.to_owned(), hash.to_owned())
        } else {
            let child = below.map(|entry| hex(&entry.hash));
            let tree = self.graft(child.as_deref(), rest, mode, hash)?;
            ("40000".to_owned(), tree)
        };
        entries.retain(|entry| &entry.name != name);
        entries.push(TreeEntry {
            mode,
            name: name.clone(),
            hash: unhex(&hash),
        });
        entries.sort_by_key(TreeEntry::sort_key);
        let bytes: Vec<u8> = entries.iter().flat_map(TreeEntry::to_bytes).collect();
        self.git(
            &["hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
            Some(&bytes),
        )
    }

    fn git(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<String, Failure> {
        let output = self.git_bytes(arguments, input)?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    fn git_bytes(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        let date = format!("{} +0000", self.clock);
        let mut child = Command::new("git")
            .args(arguments)
            .current_dir(&self.git_dir)
            .env("GIT_DIR", &self.git_dir)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Fixture")
            .env("GIT_AUTHOR_EMAIL", "fixture@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "Fixture")
            .env("GIT_COMMITTER_EMAIL", "fixture@example.com")
            .env("GIT_COMMITTER_DATE", &date)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("git: {error}"))?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin
            .write_all(input.unwrap_or_default())
            .map_err(|error| format!("git {arguments:?}: {error}"))?;
        drop(stdin);
        let output = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("git {arguments:?}: {complaint}"))
        }
    }
}

struct TreeEntry {
    mode: String,
    name: Vec<u8>,
    hash: Vec<u8>,
}

impl TreeEntry {
    /// git sorts a folder as if its name ended in a slash.
    fn sort_key(&self) -> Vec<u8> {
        let mut key = self.name.clone();
        if self.mode == "40000" {
            key.push(b'/');
        }
        key
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.mode).into_bytes();
        bytes.extend(&self.name);
        bytes.push(0);
        bytes.extend(&self.hash);
        bytes
    }
}

fn read_tree(mut bytes: &[u8]) -> Vec<TreeEntry> {
    let mut entries = Vec::new();
    while let Some(space) = bytes.iter().position(|byte| *byte == b' ') {
        let end = bytes
            .iter()
            .position(|byte| *byte == 0)
            .expect("git writes whole trees");
        entries.push(TreeEntry {
            mode: String::from_utf8_lossy(&bytes[..space]).into_owned(),
            name: bytes[space + 1..end].to_vec(),
            hash: bytes[end + 1..end + 21].to_vec(),
        });
        bytes = &bytes[end + 21..];
    }
    entries
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("git prints hex"))
        .collect()
}

/// `caf%E9` → the bytes.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend(rest[..at].bytes());
        bytes.push(u8::from_str_radix(&rest[at + 1..at + 3], 16).expect("%xx in an entry's path"));
        rest = &rest[at + 3..];
    }
    bytes.extend(rest.bytes());
    bytes
}

fn lfs_pointer(size: u64) -> String {
    let hash = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize {size}\n")
}
