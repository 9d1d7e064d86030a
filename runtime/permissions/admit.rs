//! From a repository that was fetched to the permissions of its isolate: declared, granted or asked for, and in the
//! runtime's form.
//!
//! In: a [`Context`], a provider and its manifest. Out: [`Sandbox`]. Side effects: the user may be asked, and the answer
//! is kept in lock or policy.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::PermissionError;
use super::{Caps, Owner, Places, Requested, Sandbox};
use crate::cache::Bucket;
use crate::context::Context;

/// Files of the user's home that hold passwords and tokens which Prizm itself uses.
const SECRETS: [&str; 12] = [
    ".npmrc",
    ".netrc",
    ".git-credentials",
    ".gitconfig",
    ".config/git",
    ".config/gh",
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
];

/// Decides on the provider `owner`, resolved to `identity`, whose files are at `root`.
///
/// `manifest`: read once, with the rest of the repository; `Value::Null` where there is none.
///
/// # Errors
/// [`PermissionError`]: a manifest or a cap that cannot be understood, and whatever is not granted.
pub fn admit(
    context: &Context,
    owner: &Owner,
    identity: &str,
    manifest: &Value,
    root: &Path,
) -> Result<Sandbox, PermissionError> {
    let requested = Requested::from_manifest(manifest, root)?;
    let caps = context.options.policy.permission_caps();
    let caps = caps
        .into_iter()
        .map(|caps| Caps::parse(&caps.value, &caps.at.path))
        .collect::<Result<Vec<_>, _>>()?;
    let home = std::env::home_dir();
    let granted = context.grants.admit(
        owner,
        identity,
        &requested,
        &caps,
        home.as_deref(),
        context.ask(),
    )?;
    Sandbox::new(granted, places(context, owner, root))
}

/// What the folders of a permissions block stand for, for the provider `owner`.
pub fn places(context: &Context, owner: &Owner, root: &Path) -> Places {
    let cache_root = &context.resolver.cache_root;
    let home = std::env::home_dir();
    let in_home = |name: &&str| home.as_ref().map(|home| home.join(name));
    let policies = context.options.policy.files().map(Path::to_path_buf);
    let config = context.options.config.iter();
    let project = config.map(|config| config.dir.join(".npmrc"));
    let mut protected: Vec<PathBuf> = SECRETS.iter().filter_map(in_home).collect();
    protected.extend(policies);
    protected.extend(context.options.user_policy.clone());
    protected.extend(context.options.lock.path.clone());
    protected.extend(project);
    protected.push(context.base.join(".npmrc"));
    protected.push(context.options.audit_log.clone());
    protected.push(cache_root.clone());
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    Places {
        is_root_writable: !root.starts_with(cache_root),
        packages: readable(cache_root, &root),
        root,
        cache: Places::cache_of(cache_root, owner),
        temporary: std::env::temp_dir(),
        home,
        protected,
    }
}

/// npm packages, and the checkout that the provider is one folder of.
fn readable(cache_root: &Path, root: &Path) -> Vec<PathBuf> {
    let sources = cache_root.join(Bucket::Sources.folder());
    let checkout = root
        .strip_prefix(&sources)
        .ok()
        .and_then(|inner| inner.iter().next())
        .map(|first| sources.join(first));
    let packages = cache_root.join(Bucket::Npm.folder());
    std::iter::once(packages).chain(checkout).collect()
}
