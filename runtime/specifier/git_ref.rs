//! What may stand after `@` in a git specifier: a branch, a tag, a commit or a range of versions.
//!
//! Source of the rules for names: `git help check-ref-format`.

use semver::{Version, VersionReq};

use super::error::SpecifierError;
use super::text::Part;

/// Names that no branch continues after a slash: what follows is a path.
const WHOLE_NAMES: [&str; 6] = ["HEAD", "latest", "main", "master", "develop", "trunk"];

/// A file with one of these extensions after `@ref/` is a path, not the end of a branch name.
const MODULE_EXTENSIONS: [&str; 12] = [
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "json", "wasm", "yml", "yaml",
];

/// Splits `ref` and `ref/path`. Since a ref may hold slashes too, all of it is the ref unless the first
/// part is a version, a range, a commit or a name like `main`, or the last part names a module file.
/// `%2F` is always a slash of the ref.
pub(super) fn split(part: Part<'_>) -> Result<(Part<'_>, Option<Part<'_>>), SpecifierError> {
    let Some((first, rest)) = part.split_once('/') else {
        return Ok((part, None));
    };
    let is_whole = is_whole_ref(&first.decode()?);
    let file = rest.as_str().rsplit('/').next().unwrap_or_default();
    let is_module = file.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty() && MODULE_EXTENSIONS.contains(&extension)
    });
    Ok(if is_whole || is_module {
        (first, Some(rest))
    } else {
        (part, None)
    })
}

fn is_whole_ref(name: &str) -> bool {
    WHOLE_NAMES.contains(&name)
        || is_commit(name)
        || is_version(name)
        || version_ranges(name).is_some()
}

/// `v1`, `1.2`, `v1.2.3-beta.1`; not a lone number.
fn is_version(name: &str) -> bool {
    let bare = name.strip_prefix('v').unwrap_or(name);
    let numbers: Vec<&str> = bare.split('.').collect();
    let is_number =
        |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_partial = numbers.iter().all(is_number) && (bare != name || numbers.len() > 1);
    is_partial || Version::parse(bare).is_ok()
}

/// A full commit id.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Decodes a ref and checks that git could have it, or that it is a range of versions.
pub(super) fn decode(part: Part<'_>) -> Result<String, SpecifierError> {
    let decoded = part.decode()?;
    let name = decoded.trim();
    if name.is_empty() {
        return Err(part.fail("a branch, tag, commit or version is missing after `@`"));
    }
    if version_ranges(name).is_some() {
        return Ok(name.to_string());
    }
    match forbidden(name) {
        Some(reason) => Err(part.fail(reason)),
        None => Ok(name.to_string()),
    }
}

/// Why git cannot have a ref of this name.
fn forbidden(name: &str) -> Option<String> {
    let holds = |text: &str| {
        name.contains(text)
            .then(|| format!("a ref may not hold `{text}`"))
    };
    let component = |name: &str| {
        if name.is_empty() {
            Some("a ref may not begin or end with `/` or hold `//`")
        } else if name.starts_with('.') {
            Some("no part of a ref may begin with `.`")
        } else if name.ends_with(".lock") {
            Some("no part of a ref may end with `.lock`")
        } else {
            None
        }
    };
    if name.starts_with('-') {
        return Some("a ref may not begin with `-`".to_string());
    }
    if let Some(character) = name
        .chars()
        .find(|character| " ~^:?*[\\".contains(*character))
    {
        return Some(format!(
            "a ref may not hold `{character}`, and this is no range of versions"
        ));
    }
    holds("..")
        .or_else(|| holds("@{"))
        .or_else(|| name.split('/').find_map(component).map(str::to_string))
        .or_else(|| {
            name.ends_with('.')
                .then(|| "a ref may not end with `.`".to_string())
        })
        .or_else(|| (name == "@").then(|| "`@` alone is not a ref".to_string()))
}

/// Reads a ref as a range of versions as npm writes them: `^2.1`, `>=1 <3`, `1.2 - 2.0`, `^1 || ^3`, `*`.
///
/// `None` for what may be the name of a branch or tag: `1.x`, `v1.2.3`. A version fits the range if
/// it fits one of the alternatives.
pub fn version_ranges(reference: &str) -> Option<Vec<VersionReq>> {
    let is_marked =
        reference.starts_with(['^', '~', '<', '>', '=']) || reference.contains([' ', '*', '|']);
    if !is_marked {
        return None;
    }
    reference
        .split("||")
        .map(|alternative| alternative_range(alternative.trim()))
        .collect()
}

fn alternative_range(text: &str) -> Option<VersionReq> {
    if let Some((low, high)) = text.split_once(" - ") {
        return VersionReq::parse(&format!(">={}, <={}", bare(low), bare(high))).ok();
    }
    // `> = 1` and `>= 1`: an operator belongs to what follows it.
    let mut comparators: Vec<String> = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let is_operator = |text: &String| text.chars().all(|character| "^~<>=".contains(character));
        match comparators.last_mut().filter(|last| is_operator(last)) {
            Some(last) => last.push_str(word),
            None => comparators.push(word.to_string()),
        }
    }
    let comparators: Vec<String> = comparators.iter().map(|text| comparator(text)).collect();
    VersionReq::parse(&comparators.join(", "))
        .ok()
        .filter(|_| !comparators.is_empty())
}

/// npm takes a bare version as exact and `v1` as `1`; Rust's ranges would read `^`.
fn comparator(text: &str) -> String {
    let version = text.trim_start_matches(['^', '~', '<', '>', '=']);
    let operator = &text[..text.len() - version.len()];
    let is_exact = operator.is_empty()
        && version.starts_with(|first: char| first == 'v' || first.is_ascii_digit());
    let operator = if is_exact { "=" } else { operator };
    format!("{operator}{}", bare(version))
}

fn bare(version: &str) -> &str {
    let version = version.trim();
    version.strip_prefix('v').unwrap_or(version)
}
