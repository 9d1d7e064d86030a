//! `npm:name@range/path` and `@scope/name@range`.
//!
//! Source of the rules for names: `validate-npm-package-name`; capital letters are allowed, since older
//! packages have them.

use super::Specifier;
use super::error::SpecifierError;
use super::text::Part;

const MAX_NAME: usize = 214;

/// Reads what follows `npm:`, or a bare `@scope/name@range`.
pub(super) fn parse(rest: Part<'_>) -> Result<Specifier, SpecifierError> {
    let rest = rest.strip_prefix("/").unwrap_or(rest);
    let end = name_end(rest.as_str());
    let name = check_name(rest.before(end))?;
    let rest = rest.after(end);
    let (version, path) = match rest.strip_prefix("@") {
        Some(rest) => match rest.split_once('/') {
            Some((version, path)) => (Some(version), Some(path)),
            None => (Some(rest), None),
        },
        None => (None, rest.strip_prefix("/")),
    };
    Ok(Specifier::Npm {
        name,
        version: version.map(check_version).transpose()?,
        path: path.map(Part::decode_path).transpose()?,
    })
}

/// Where the name ends: at the first `@` or `/` that is not part of `@scope/`.
fn name_end(text: &str) -> usize {
    let scope = if text.starts_with('@') {
        text.find('/').map_or(text.len(), |at| at + 1)
    } else {
        0
    };
    text[scope..]
        .find(['@', '/'])
        .map_or(text.len(), |at| scope + at)
}

fn check_name(part: Part<'_>) -> Result<String, SpecifierError> {
    let text = part.as_str();
    if text.is_empty() {
        return Err(part
            .fail("the package name is missing")
            .hint("npm:name@version"));
    }
    if text.len() > MAX_NAME {
        return Err(part.fail(format!("a package name has at most {MAX_NAME} characters")));
    }
    let name = match part.strip_prefix("@") {
        None => part,
        Some(scoped) => {
            let (scope, name) = scoped.split_once('/').ok_or_else(|| {
                part.fail("a scope must be followed by `/` and a name")
                    .hint(format!("npm:{text}/name"))
            })?;
            check_word(scope)?;
            name
        }
    };
    check_word(name)?;
    if text.starts_with('_') {
        return Err(part.fail("a package name may not begin with `_`"));
    }
    if ["node_modules", "favicon.ico"].contains(&text.to_ascii_lowercase().as_str()) {
        return Err(part.fail(format!("`{text}` may not be a package name")));
    }
    Ok(text.to_string())
}

/// The scope or the name after it.
fn check_word(part: Part<'_>) -> Result<(), SpecifierError> {
    let text = part.as_str();
    if text.is_empty() {
        return Err(part.fail("a part of the package name is empty"));
    }
    if text.starts_with(['.', '-']) {
        return Err(part.fail("a package name may not begin with `.` or `-`"));
    }
    let is_good =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    if let Some((at, found)) = text
        .char_indices()
        .find(|(_, character)| !is_good(*character))
    {
        let found_part = part.slice(at..at + found.len_utf8());
        return Err(found_part.fail(format!("a package name may not hold `{found}`")));
    }
    Ok(())
}

/// A version, a range or a tag such as `latest`.
fn check_version(part: Part<'_>) -> Result<String, SpecifierError> {
    let decoded = part.decode()?;
    let version = decoded.trim();
    if version.is_empty() {
        return Err(part.fail("a version, range or tag is missing after `@`"));
    }
    let is_good =
        |character: char| character.is_ascii_alphanumeric() || "-_.+^~<>=|*, ".contains(character);
    if let Some(found) = version.chars().find(|character| !is_good(*character)) {
        return Err(part.fail(format!("a version, range or tag may not hold `{found}`")));
    }
    if version.contains("..") || version.starts_with(['.', '-']) {
        return Err(part.fail("this is neither a version nor a range nor a tag"));
    }
    Ok(version.to_string())
}
