//! Local files: what a path means by tsx's rules, and which file nearly has the name of a missing one.
//!
//! In: a `file:` URL or a path. Out: a file that exists. Side effects: looks at the file system.

use std::path::{Path, PathBuf};

use deno_path_util::{url_from_file_path, url_to_file_path};
use prizm_typescript::{FileKind, MediaType, resolve_file};
use url::Url;

use super::error::{invalid, readable};
use super::{ResolveError, Resolver};

impl Resolver {
    /// The file that a module's URL names, by tsx's rules; `None` for what is no file.
    pub fn local_path(&self, target: &Url) -> Option<PathBuf> {
        let path = url_to_file_path(&without_query(target)).ok()?;
        find_file(&path).map(canonical)
    }

    pub(super) fn file(
        &self,
        target: &Url,
        specifier: &str,
        referrer: &Url,
    ) -> Result<Url, ResolveError> {
        let missing = || {
            if let Ok(path) = url_to_file_path(&without_query(target)) {
                self.used.note(&path);
            }
            ResolveError::NotFound {
                specifier: specifier.to_string(),
                referrer: readable(referrer),
                near: near(target),
            }
        };
        let path = self.local_path(target).ok_or_else(missing)?;
        let mut found = url_from_file_path(&path).map_err(|_| missing())?;
        // `./x.ts?v=2` is another module than `./x.ts`, as on the web.
        found.set_query(target.query());
        found.set_fragment(target.fragment());
        Ok(found)
    }

    pub(super) fn file_url(
        &self,
        path: PathBuf,
        specifier: &str,
        referrer: &Url,
    ) -> Result<Url, ResolveError> {
        url_from_file_path(&path).map_err(|error| invalid(specifier, referrer, error.to_string()))
    }
}

pub(super) fn is_typescript(url: &Url) -> bool {
    MediaType::from_specifier(url).is_typed() && !MediaType::from_specifier(url).is_declaration()
}

pub(super) fn relative_file(specifier: &str, referrer: &Url) -> Option<Url> {
    let path = specifier.strip_prefix("file:")?;
    (!path.starts_with('/')).then(|| referrer.join(path).ok())?
}

fn without_query(target: &Url) -> Url {
    let mut target = target.clone();
    target.set_query(None);
    target.set_fragment(None);
    target
}

/// One identity for a file, whatever links lead to it.
pub(super) fn canonical(path: PathBuf) -> PathBuf {
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// `prizm_typescript::resolve_file` on the real file system.
pub fn find_file(candidate: &Path) -> Option<PathBuf> {
    resolve_file(candidate, &probe, &|path| std::fs::read_to_string(path))
}

fn probe(path: &Path) -> FileKind {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => FileKind::Dir,
        Ok(_) => FileKind::File,
        Err(_) => FileKind::Missing,
    }
}

/// A file of nearly the same name beside the one that is missing.
fn near(target: &Url) -> Option<String> {
    let path = url_to_file_path(&without_query(target)).ok()?;
    let wanted = path.file_name()?.to_str()?.to_string();
    let names = std::fs::read_dir(path.parent()?).ok()?.flatten();
    names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| (strsim::normalized_damerau_levenshtein(&name, &wanted), name))
        .filter(|(similarity, _)| *similarity > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!("./{name}"))
}
