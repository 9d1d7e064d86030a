//! What a provider may do in the end, and the form in which the runtime takes it.
//!
//! In: the effective set, and what `$CACHE`, `./` and the others stand for on this computer. Out:
//! [`PermissionsOptions`] with absolute paths that are what they seem, and without a prompt.
//! Side effects: [`Granted::to_options`] resolves links, and makes the provider's own cache folder where it is granted.
//!
//! A provider may always read its repository and its npm packages: packages read files beside their code. It may never
//! read what [`Places::protected`] names, unless it was granted exactly that, and never `/proc`.

use std::path::{Path, PathBuf};

use deno_path_util::fs::canonicalize_path_maybe_not_exists;
use deno_runtime::deno_permissions::PermissionsOptions;
use sys_traits::impls::RealSys;

use super::decide::Cut;
use super::error::PermissionError;
use super::{Kind, Owner, PermissionSet, Scope, private_net};

/// Kernel files that show other programs, and this one's memory and environment.
const KERNEL: &str = "/proc";

/// The effective permissions of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    owner: Owner,
    set: PermissionSet,
    cuts: Vec<Cut>,
}

/// What the folders of a permissions block stand for.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// `./`: the repository's folder.
    pub root: PathBuf,
    /// Whether files in `root` may be changed at all; they may not in the cache, where others share them.
    pub is_root_writable: bool,
    /// Folders of the npm packages that belong to the provider.
    pub packages: Vec<PathBuf>,
    /// `$CACHE`; need not exist.
    pub cache: PathBuf,
    /// `$TMP`
    pub temporary: PathBuf,
    /// `$HOME`
    pub home: Option<PathBuf>,
    /// What a provider may not see, even where a folder around it is granted: lock, policies, logs, `.npmrc`, the cache.
    pub protected: Vec<PathBuf>,
}

impl Places {
    /// The folder that belongs to `owner` alone in the cache at `root`.
    pub fn cache_of(root: &Path, owner: &Owner) -> PathBuf {
        use sha2::{Digest, Sha256};
        // All major versions share it: it is the provider's, and holds no grants.
        let digest = Sha256::digest(owner.name().as_bytes());
        let last = owner.name().rsplit(['/', ':']).next().unwrap_or_default();
        let readable: String = last
            .chars()
            .filter(|char| char.is_ascii_alphanumeric() || "._-".contains(*char))
            .take(32)
            .collect();
        let name = format!("{readable}-{}", &crate::cache::hex(&digest)[..16]);
        root.join("data-v1").join(name.trim_start_matches('.'))
    }
}

impl Granted {
    pub(super) fn new(owner: Owner, set: PermissionSet, cuts: Vec<Cut>) -> Granted {
        Granted { owner, set, cuts }
    }

    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    pub fn set(&self) -> &PermissionSet {
        &self.set
    }

    /// What of this `most` allows, too.
    #[must_use]
    pub fn within(self, most: &PermissionSet) -> Granted {
        Granted {
            set: self.set.intersection(most),
            ..self
        }
    }

    /// What policies took away.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Which Docker services it may start.
    pub fn docker(&self) -> Scope {
        self.set.get(Kind::Docker)
    }

    pub fn has_media(&self) -> bool {
        !self.set.get(Kind::Media).is_nothing()
    }

    /// The runtime's form. Nothing is ever prompted for.
    ///
    /// # Errors
    /// [`PermissionError::Path`]: a granted path leads elsewhere by a symbolic link, or cannot be resolved.
    pub fn to_options(&self, places: &Places) -> Result<PermissionsOptions, PermissionError> {
        let own = std::iter::once(&places.root).chain(&places.packages);
        let own: Vec<String> = own.map(|path| text(&canonical(path))).collect();
        let mut allow_read = self.paths(Kind::Read, places)?;
        if let Some(list) = allow_read.as_mut().filter(|list| !list.is_empty()) {
            list.extend(own.clone());
        }
        let allow_read = allow_read.or(Some(own));
        let mut allow_write = self.paths(Kind::Write, places)?;
        let root = canonical(&places.root);
        let mut deny_write = protected(places, allow_write.as_deref());
        if !places.is_root_writable {
            // The user's own word for the folder would change what others share, too.
            if let Some(list) = allow_write.as_mut().filter(|list| !list.is_empty()) {
                list.retain(|path| !Path::new(path).starts_with(&root));
                if list.is_empty() {
                    allow_write = None;
                }
            }
            deny_write.push(text(&root));
        }
        let net = self.list(Kind::Net);
        let env = self.list(Kind::Env);
        Ok(PermissionsOptions {
            deny_read: Some(protected(places, allow_read.as_deref())),
            allow_read,
            deny_write: Some(deny_write),
            allow_write,
            deny_net: net.as_deref().and_then(private_net::denied),
            allow_net: net.map(private_net::with_local_addresses),
            ignore_env: ignored_env(env.as_deref()),
            allow_env: env,
            allow_run: self.programs(places)?,
            allow_sys: self.list(Kind::Sys),
            allow_ffi: self.paths(Kind::Ffi, places)?,
            prompt: false,
            ..PermissionsOptions::default()
        })
    }

    /// `None` is nothing and an empty list everything, as in the runtime.
    fn list(&self, kind: Kind) -> Option<Vec<String>> {
        match self.set.get(kind) {
            Scope::All => Some(Vec::new()),
            Scope::Some(entries) if entries.is_empty() => None,
            Scope::Some(entries) => Some(entries.into_iter().collect()),
        }
    }

    fn paths(&self, kind: Kind, places: &Places) -> Result<Option<Vec<String>>, PermissionError> {
        let Some(entries) = self.list(kind) else {
            return Ok(None);
        };
        let resolved = entries
            .iter()
            .map(|entry| self.resolve(kind, entry, places).map(|path| text(&path)));
        resolved.collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn programs(&self, places: &Places) -> Result<Option<Vec<String>>, PermissionError> {
        let Some(entries) = self.list(Kind::Run) else {
            return Ok(None);
        };
        let resolve = |entry: &String| match entry.contains('/') {
            true => self
                .resolve(Kind::Run, entry, places)
                .map(|path| text(&path)),
            false => Ok(entry.clone()),
        };
        entries
            .iter()
            .map(resolve)
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    }

    /// The file that `entry` is, with all links resolved.
    fn resolve(
        &self,
        kind: Kind,
        entry: &str,
        places: &Places,
    ) -> Result<PathBuf, PermissionError> {
        let bad = |reason: String| PermissionError::Path {
            owner: self.owner.to_string(),
            kind,
            entry: entry.to_string(),
            reason,
        };
        let Some((base, rest)) = base_of(entry, places) else {
            return Err(bad("there is no such folder here".to_string()));
        };
        if entry.starts_with("$CACHE") {
            std::fs::create_dir_all(&base).map_err(|error| bad(error.to_string()))?;
        }
        let base = canonical(&base);
        let path = canonicalize_path_maybe_not_exists(&RealSys, &base.join(rest))
            .map_err(|error| bad(error.to_string()))?;
        match path.starts_with(&base) {
            true => Ok(path),
            false => Err(bad(format!(
                "a symbolic link leads to {}, outside of {}",
                path.display(),
                base.display()
            ))),
        }
    }
}

/// The folder that an entry starts from, and the rest of it.
fn base_of<'a>(entry: &'a str, places: &Places) -> Option<(PathBuf, &'a str)> {
    let named = [
        ("$CACHE", Some(&places.cache)),
        ("$TMP", Some(&places.temporary)),
        ("$HOME", places.home.as_ref()),
        ("./", Some(&places.root)),
    ];
    for (name, folder) in named {
        if let Some(rest) = entry.strip_prefix(name) {
            return Some((folder?.clone(), rest.trim_start_matches('/')));
        }
    }
    // The user named the path; where a link of it leads is what the user has there.
    Some((PathBuf::from("/"), entry.trim_start_matches('/')))
}

/// The protected paths that were not granted by their own name.
fn protected(places: &Places, allowed: Option<&[String]>) -> Vec<String> {
    let kernel = PathBuf::from(KERNEL);
    let paths = places.protected.iter().chain(std::iter::once(&kernel));
    let is_named = |path: &String| allowed.is_some_and(|allowed| allowed.contains(path));
    let paths = paths.map(|path| text(&canonical(path)));
    paths.filter(|path| !is_named(path)).collect()
}

/// All others look unset: a provider's environment holds what was granted, and reading more is no error, because
/// programs ask for variables that they can do without.
fn ignored_env(allowed: Option<&[String]>) -> Option<Vec<String>> {
    let is_everything = allowed.is_some_and(<[String]>::is_empty);
    (!is_everything).then(Vec::new)
}

fn canonical(path: &Path) -> PathBuf {
    canonicalize_path_maybe_not_exists(&RealSys, path).unwrap_or_else(|_| path.to_path_buf())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
