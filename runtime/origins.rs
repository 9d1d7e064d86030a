//! Where files of the cache come from, for people: a repository's name in place of the folder that holds it.
//!
//! In: folders, as repositories are loaded into them. Out: texts with `github:owner/repo@abc1234/src/x.ts` where a long
//! path stood. Side effects: a table for the whole process, because errors are shown when all else is gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use deno_path_util::url_from_file_path;

/// As many digits of a commit as tell it apart for a reader.
const SHORT_COMMIT: usize = 7;

static NAMES: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// Notes that `root` holds the repository `identifier` (`github:owner/repo@<commit>`). Of two with the same content,
/// the later one counts.
pub fn note(root: &Path, identifier: &str) {
    names().insert(root.to_path_buf(), shortened(identifier));
}

/// `text` with names for the folders that are known, as paths and as URLs.
pub fn readable(text: &str) -> String {
    let mut text = text.to_owned();
    for (root, name) in names().iter() {
        if let Ok(url) = url_from_file_path(root) {
            text = text.replace(&format!("{url}/"), &format!("{name}/"));
        }
        text = text.replace(&format!("{}/", root.display()), &format!("{name}/"));
    }
    text
}

fn shortened(identifier: &str) -> String {
    match identifier.rsplit_once('@') {
        Some((repository, commit)) if commit.bytes().all(|it| it.is_ascii_hexdigit()) => {
            let commit = &commit[..commit.len().min(SHORT_COMMIT)];
            format!("{repository}@{commit}")
        }
        _ => identifier.to_owned(),
    }
}

/// Names are whole or absent, also after a panic elsewhere.
fn names() -> MutexGuard<'static, BTreeMap<PathBuf, String>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_urls_get_the_name_of_their_repository() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        note(
            Path::new("/cache/a b/tree"),
            &format!("github:o/r@{commit}"),
        );
        assert_eq!(
            readable(
                "at f (file:///cache/a%20b/tree/src/x.ts:3:5), '/cache/a b/tree/package.json', /cache/a b/tree2/x"
            ),
            "at f (github:o/r@0123456/src/x.ts:3:5), 'github:o/r@0123456/package.json', /cache/a b/tree2/x"
        );
    }
}
