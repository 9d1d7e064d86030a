//! The runtime's permissions, made safe for code that was not written by the user.
//!
//! In: [`PermissionsOptions`], as `granted.rs` makes them. Out: a [`PermissionsContainer`].
//! Side effects: at each check of a path, the links on the way to it are resolved.
//!
//! The runtime compares paths as they are written. A link inside a granted folder therefore leads anywhere, and of an
//! allowed folder inside a denied one inside an allowed one, any may win. Here:
//!
//! - a path is what its links lead to, before it is compared and when it is opened; the last part is opened without
//!   following a link, should one have taken its place meanwhile;
//! - a link may not lead to a place that the link itself could not be replaced by;
//! - of allowed and denied folders around a path, the innermost one decides.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_path_util::fs::canonicalize_path_maybe_not_exists;
use deno_runtime::deno_permissions::{
    AllowRunDescriptorParseResult, DenyRunDescriptor, EnvDescriptor, EnvDescriptorParseError,
    FfiDescriptor, Host, ImportDescriptor, NetDescriptor, NetDescriptorParseError,
    PathQueryDescriptor, PathResolveError, PermissionDescriptorParser, Permissions,
    PermissionsContainer, PermissionsFromOptionsError, PermissionsOptions, ReadDescriptor,
    RunDescriptorParseError, RunQueryDescriptor, RuntimePermissionDescriptorParser,
    SpecialFilePathQueryDescriptor, SysDescriptor, SysDescriptorParseError, WriteDescriptor,
};
use sys_traits::BaseFsCanonicalize;
use sys_traits::impls::RealSys;

/// A path that no folder holds: comparing it with any that is allowed says no.
const NOWHERE: &str = "protected";

/// Builds the permissions of an isolate that runs a provider, whose current folder is `folder`.
///
/// # Errors
/// An option that the runtime does not take.
pub fn container(
    options: &PermissionsOptions,
    folder: &Path,
) -> Result<PermissionsContainer, PermissionsFromOptionsError> {
    let parser = Arc::new(Fence {
        inner: RuntimePermissionDescriptorParser::new(RealSys),
        read: Folders::of(&options.allow_read, &options.deny_read),
        write: Folders::of(&options.allow_write, &options.deny_write),
        folder: folder.to_path_buf(),
    });
    let mut options = options.clone();
    options.deny_read = Some(parser.read.enforced());
    options.deny_write = Some(parser.write.enforced());
    // Where everything is allowed, the runtime asks nobody.
    for list in [&mut options.allow_read, &mut options.allow_write] {
        if list.as_ref().is_some_and(Vec::is_empty) {
            *list = Some(vec!["/".to_string()]);
        }
    }
    let permissions = Permissions::from_options(parser.as_ref(), &options)?;
    Ok(PermissionsContainer::new(parser, permissions))
}

/// Allowed and denied folders of one permission.
#[derive(Debug, Default)]
struct Folders {
    allowed: Vec<PathBuf>,
    denied: Vec<PathBuf>,
}

impl Folders {
    fn of(allowed: &Option<Vec<String>>, denied: &Option<Vec<String>>) -> Folders {
        let paths = |list: &Option<Vec<String>>| {
            let list = list.iter().flatten();
            list.map(PathBuf::from).collect::<Vec<_>>()
        };
        let mut allowed_paths = paths(allowed);
        if allowed.as_ref().is_some_and(Vec::is_empty) {
            allowed_paths.push(PathBuf::from("/"));
        }
        Folders {
            allowed: allowed_paths,
            denied: paths(denied),
        }
    }

    /// How deep the innermost folder around `path` is; 0 for none.
    fn depth(folders: &[PathBuf], path: &Path) -> usize {
        let around = folders.iter().filter(|folder| path.starts_with(folder));
        around
            .map(|folder| folder.components().count())
            .max()
            .unwrap_or(0)
    }

    fn allow(&self, path: &Path) -> bool {
        Self::depth(&self.allowed, path) > Self::depth(&self.denied, path)
    }

    /// The denied folders that the runtime decides on correctly: those without an allowed one inside. Of others, it
    /// may find the wrong entry first.
    fn is_enforced(&self, denied: &Path) -> bool {
        !self
            .allowed
            .iter()
            .any(|allowed| allowed.starts_with(denied))
    }

    /// What the runtime is told to deny.
    fn enforced(&self) -> Vec<String> {
        let denied = self.denied.iter().filter(|denied| self.is_enforced(denied));
        denied
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }

    /// Would the runtime allow what is denied here?
    fn leaks(&self, path: &Path) -> bool {
        let is_denied_there = || {
            let mut around = self.denied.iter().filter(|denied| path.starts_with(denied));
            around.any(|denied| self.is_enforced(denied))
        };
        !self.allow(path) && Self::depth(&self.allowed, path) > 0 && !is_denied_there()
    }
}

#[derive(Debug)]
struct Fence {
    inner: RuntimePermissionDescriptorParser<RealSys>,
    read: Folders,
    write: Folders,
    /// What paths are relative to.
    folder: PathBuf,
}

impl Fence {
    /// Is there anything that may be done with `path`, and is the rest denied by the runtime? A check does not say
    /// whether it is for reading or for writing, so what one of them must not reach is out of reach for both.
    fn reaches(&self, path: &Path) -> bool {
        (self.read.allow(path) || self.write.allow(path))
            && !self.read.leaks(path)
            && !self.write.leaks(path)
    }

    /// May what is at `link` stand at `target` too?
    fn may_lead(&self, link: &Path, target: &Path) -> bool {
        self.reaches(target)
            && (!self.read.allow(link) || self.read.allow(target))
            && (!self.write.allow(link) || self.write.allow(target))
    }
}

impl PermissionDescriptorParser for Fence {
    fn parse_path_query<'a>(
        &self,
        path: Cow<'a, Path>,
    ) -> Result<PathQueryDescriptor<'a>, PathResolveError> {
        if path.as_os_str().is_empty() {
            return Err(PathResolveError::EmptyPath);
        }
        let shown = path.to_string_lossy().into_owned();
        let asked = self
            .inner
            .parse_path_query(Cow::Owned(self.folder.join(path)))?;
        let written = asked.into_descriptor().into_path_buf();
        let path = with_resolved_folder(&written).map_err(PathResolveError::Canonicalize)?;
        let is_reachable = self.reaches(&path);
        let is_same = path == written && Path::new(&shown) == written;
        let descriptor = match is_reachable {
            true => PathQueryDescriptor::new_known_absolute(Cow::Owned(path)),
            false => PathQueryDescriptor::new_known_absolute(Cow::Borrowed(Path::new(NOWHERE))),
        };
        Ok(match is_reachable && is_same {
            true => descriptor,
            false => descriptor.with_requested(shown),
        })
    }

    fn parse_special_file_descriptor<'a>(
        &self,
        path: PathQueryDescriptor<'a>,
    ) -> Result<SpecialFilePathQueryDescriptor<'a>, PathResolveError> {
        let shown = path.display_name().into_owned();
        let link = path.as_descriptor().into_path_buf();
        let target = canonicalize_path_maybe_not_exists(&RealSys, &link)
            .map_err(PathResolveError::Canonicalize)?;
        if target != link && !self.may_lead(&link, &target) {
            let reason = format!("{shown} is a symbolic link to a place that was not granted");
            let error = io::Error::new(io::ErrorKind::PermissionDenied, reason);
            return Err(PathResolveError::Canonicalize(error));
        }
        let path = PathQueryDescriptor::new_known_absolute(Cow::Owned(target));
        SpecialFilePathQueryDescriptor::parse(&AsItIs, path.with_requested(shown))
    }

    fn parse_read_descriptor(&self, text: &str) -> Result<ReadDescriptor, PathResolveError> {
        self.inner.parse_read_descriptor(text)
    }

    fn parse_write_descriptor(&self, text: &str) -> Result<WriteDescriptor, PathResolveError> {
        self.inner.parse_write_descriptor(text)
    }

    fn parse_net_descriptor(&self, text: &str) -> Result<NetDescriptor, NetDescriptorParseError> {
        // The runtime reads no IPv6 networks, but compares with them.
        match text.contains('/').then(|| text.parse()) {
            Some(Ok(network)) => Ok(NetDescriptor(Host::IpSubnet(network), None)),
            _ => self.inner.parse_net_descriptor(text),
        }
    }

    fn parse_import_descriptor(
        &self,
        text: &str,
    ) -> Result<ImportDescriptor, NetDescriptorParseError> {
        self.inner.parse_import_descriptor(text)
    }

    fn parse_env_descriptor(&self, text: &str) -> Result<EnvDescriptor, EnvDescriptorParseError> {
        self.inner.parse_env_descriptor(text)
    }

    fn parse_sys_descriptor(&self, text: &str) -> Result<SysDescriptor, SysDescriptorParseError> {
        self.inner.parse_sys_descriptor(text)
    }

    fn parse_allow_run_descriptor(
        &self,
        text: &str,
    ) -> Result<AllowRunDescriptorParseResult, RunDescriptorParseError> {
        self.inner.parse_allow_run_descriptor(text)
    }

    fn parse_deny_run_descriptor(&self, text: &str) -> Result<DenyRunDescriptor, PathResolveError> {
        self.inner.parse_deny_run_descriptor(text)
    }

    fn parse_ffi_descriptor(&self, text: &str) -> Result<FfiDescriptor, PathResolveError> {
        self.inner.parse_ffi_descriptor(text)
    }

    fn parse_net_query(&self, text: &str) -> Result<NetDescriptor, NetDescriptorParseError> {
        self.inner.parse_net_query(text)
    }

    fn parse_run_query<'a>(
        &self,
        requested: &'a str,
    ) -> Result<RunQueryDescriptor<'a>, RunDescriptorParseError> {
        self.inner.parse_run_query(requested)
    }
}

/// Resolves all links but the last part's: what is done with a link itself is done with the link.
fn with_resolved_folder(path: &Path) -> io::Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => {
            Ok(canonicalize_path_maybe_not_exists(&RealSys, folder)?.join(name))
        }
        _ => Ok(path.to_path_buf()),
    }
}

/// For a path that was resolved already. The runtime then opens its last part without following links.
struct AsItIs;

impl BaseFsCanonicalize for AsItIs {
    fn base_fs_canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_path_buf())
    }
}

#[cfg(all(test, unix))]
mod tests;
