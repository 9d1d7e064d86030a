//! From a recorded run to the smallest block of permissions that it would have needed.
//!
//! In: lines of `--trace-permissions`. Out: one set a provider. Side effects: none.
//!
//! Smallest means: no entry that another covers, nothing that needs no grant (the provider's own files), files of one
//! folder as that folder once there are more than a few of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::denied::entry_of;
use super::error::PermissionError;
use super::trace::Access;
use super::{Kind, PermissionSet, Places, Requested, Scope, normalise};

/// More files than this of one folder are the folder.
const MOST_FILES: usize = 3;

/// Reads the recording `text` of the file `file`.
///
/// # Errors
/// [`PermissionError::Recording`] with the line.
pub fn parse(file: &Path, text: &str) -> Result<Vec<Access>, PermissionError> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with('{'));
    let parsed = lines.map(|(index, line)| {
        serde_json::from_str(line).map_err(|error| PermissionError::Recording {
            file: file.to_path_buf(),
            line: index + 1,
            reason: error.to_string(),
        })
    });
    let accesses = parsed.collect::<Result<Vec<Access>, _>>()?;
    match accesses.is_empty() {
        true => Err(PermissionError::Recording {
            file: file.to_path_buf(),
            line: 1,
            reason: "nothing was recorded".to_string(),
        }),
        false => Ok(accesses),
    }
}

/// What each provider needed. `places`: what a provider's folders are, by its name.
pub fn suggest(
    accesses: &[Access],
    places: impl Fn(Option<&str>) -> Places,
) -> BTreeMap<Option<String>, PermissionSet> {
    let mut by_provider: BTreeMap<Option<String>, Vec<&Access>> = BTreeMap::new();
    for access in accesses {
        by_provider
            .entry(access.provider.clone())
            .or_default()
            .push(access);
    }
    let suggested = by_provider.into_iter().map(|(provider, accesses)| {
        let places = places(provider.as_deref());
        let set = block(&accesses, &places);
        (provider, set)
    });
    suggested.collect()
}

fn block(accesses: &[&Access], places: &Places) -> PermissionSet {
    let mut set = PermissionSet::default();
    for access in accesses {
        add(&mut set, access, places);
    }
    for kind in [Kind::Read, Kind::Write] {
        set.set(kind, by_folder(kind, set.get(kind)));
    }
    Requested::of(set).set().clone()
}

fn add(set: &mut PermissionSet, access: &Access, places: &Places) {
    let Some(kind) = Kind::of_name(&access.permission) else {
        return;
    };
    if kind == Kind::Env && is_the_runtimes(access) {
        return;
    }
    let Some(target) = &access.target else {
        set.set(kind, Scope::All);
        return;
    };
    // A path that is not told, such as `<CWD>`, cannot be granted either.
    if target.starts_with('<') {
        return;
    }
    let is_path = matches!(kind, Kind::Read | Kind::Write | Kind::Ffi)
        || (kind == Kind::Run && target.contains('/'));
    let entry = match kind {
        _ if is_path
            && places
                .packages
                .iter()
                .any(|folder| Path::new(target).starts_with(folder)) =>
        {
            return;
        }
        _ if is_path => entry_of(kind, Path::new(target), places),
        Kind::Net => host_of(target),
        _ => target.clone(),
    };
    if let Ok(entry) = normalise(kind, &entry) {
        set.add(kind, entry);
    }
}

/// Whether nobody's code was there when it happened. Node's modules look at variables of their own when they start, and
/// do without them.
fn is_the_runtimes(access: &Access) -> bool {
    let is_internal = |frame: &String| frame.starts_with("node:") || frame.contains(" (node:");
    !access.stack.is_empty() && access.stack.iter().all(is_internal)
}

/// Some accesses are recorded with the whole address.
fn host_of(target: &str) -> String {
    match url::Url::parse(target) {
        Ok(url) if url.has_host() => {
            let host = url.host_str().unwrap_or_default();
            match url.port_or_known_default() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_string(),
            }
        }
        _ => target.to_string(),
    }
}

/// Files that share a folder become the folder, if they are many.
fn by_folder(kind: Kind, scope: Scope) -> Scope {
    let Scope::Some(entries) = scope else {
        return scope;
    };
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &entries {
        if let Some((folder, _)) = entry.rsplit_once('/') {
            *folders.entry(folder).or_default() += 1;
        }
    }
    // The root, and the home folder itself, are never suggested for what lies in them.
    let is_many = |folder: &str| {
        !folder.is_empty()
            && folder != "$HOME"
            && folders.get(folder).is_some_and(|count| *count > MOST_FILES)
    };
    let grouped: BTreeSet<String> = entries
        .iter()
        .map(|entry| match entry.rsplit_once('/') {
            Some((folder, _)) if is_many(folder) => folder.to_string(),
            _ => entry.clone(),
        })
        .collect();
    Scope::Some(grouped).smallest(kind)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_recording_becomes_the_smallest_block() {
        let text = r#"
{"permission":"env","target":"SCRIPT_ONLY"}
{"provider":"github:o/r@v1","permission":"net","target":"https://api.x.com/v1/models?key=1"}
{"provider":"github:o/r@v1","permission":"net","target":"api.x.com:443"}
{"provider":"github:o/r@v1","permission":"read","target":"/c/src-v1/abc/models/a.json"}
{"provider":"github:o/r@v1","permission":"read","target":"/c/npm-v1/x/package.json"}
{"provider":"github:o/r@v1","permission":"write","target":"/c/data-v1/r/out.png"}
{"provider":"github:o/r@v1","permission":"write","target":"/tmp/a"}
{"provider":"github:o/r@v1","permission":"read","target":"/srv/data/1"}
{"provider":"github:o/r@v1","permission":"read","target":"/srv/data/2"}
{"provider":"github:o/r@v1","permission":"read","target":"/srv/data/3"}
{"provider":"github:o/r@v1","permission":"read","target":"/srv/data/4"}
{"provider":"github:o/r@v1","permission":"read","target":"<CWD>"}
{"provider":"github:o/r@v1","permission":"run","target":"ffmpeg"}
{"provider":"github:o/r@v1","permission":"env","target":"NODE_OPTIONS","stack":["start (node:process:258:17)","node:fs:1:1"]}
{"provider":"github:o/r@v1","permission":"env","target":"KEY","stack":["get (node:process:2:2)","file:///c/src-v1/abc/i.ts:1:1"]}
{"provider":"github:o/r@v1","permission":"import","target":"esm.sh:443"}
"#;
        let accesses = parse(Path::new("run.jsonl"), text).unwrap();
        let places = |_: Option<&str>| Places {
            root: PathBuf::from("/c/src-v1/abc"),
            packages: vec![PathBuf::from("/c/npm-v1")],
            cache: PathBuf::from("/c/data-v1/r"),
            temporary: PathBuf::from("/tmp"),
            ..Places::default()
        };
        let suggested = suggest(&accesses, places);
        let block = suggested[&Some("github:o/r@v1".to_string())].to_json();
        let expected = json!({
            "net": ["api.x.com:443"],
            "env": ["KEY"],
            "read": ["/srv/data"],
            "write": ["$CACHE/out.png", "$TMP/a"],
            "run": ["ffmpeg"],
        });
        assert_eq!(block, expected);
        assert_eq!(
            suggested[&None].to_json(),
            json!({ "env": ["SCRIPT_ONLY"] })
        );
    }

    #[test]
    fn everything_is_everything() {
        let accesses = parse(
            Path::new("x"),
            "{\"permission\":\"env\"}\n{\"permission\":\"env\",\"target\":\"A\"}\n",
        );
        let suggested = suggest(&accesses.unwrap(), |_| Places::default());
        assert_eq!(suggested[&None].to_json(), json!({ "env": true }));
    }

    #[test]
    fn what_is_no_recording_is_refused_with_the_line() {
        let error = parse(Path::new("x.jsonl"), "a\n{\"permission\": 1}\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("x.jsonl") && error.contains("line 2"),
            "{error}"
        );
        assert!(parse(Path::new("x.jsonl"), "no\n").is_err());
    }
}
