//! `file:` URLs and plain paths. Nothing is looked up: links stay as they are.

use std::path::{Component, Path, PathBuf};

use super::error::SpecifierError;
use super::text::Part;

/// Reads what follows `file:`: percent-encoded, absolute or relative to `base`.
pub(super) fn parse_url(rest: Part<'_>, base: &Path) -> Result<PathBuf, SpecifierError> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(after) => {
            let end = after.as_str().find('/').unwrap_or(after.as_str().len());
            let (host, path) = (after.before(end), after.after(end));
            if !host.is_empty() && !host.as_str().eq_ignore_ascii_case("localhost") {
                let error = host.fail("a `file:` URL cannot name another computer");
                let path = error.text_from(error.span.start);
                return Err(error
                    .hint(format!("file:./{path}"))
                    .hint(format!("file:///{path}")));
            }
            path
        }
    };
    if path.is_empty() {
        return Err(path
            .fail("the path is missing")
            .hint("file:./folder")
            .hint("file:///path/to/folder"));
    }
    if let Some(at) = path.as_str().find(['?', '#']) {
        let found = path.slice(at..at + 1);
        return Err(found
            .fail("a `file:` URL has neither query nor fragment here")
            .hint("write `%3F` for `?` and `%23` for `#` in a name"));
    }
    let mut decoded = Vec::new();
    for segment in path.split('/') {
        decoded.push(decode_segment(segment)?);
    }
    absolute(path, &decoded.join("/"), base)
}

/// The user's own path may go up, but only where one can see it.
fn decode_segment(segment: Part<'_>) -> Result<String, SpecifierError> {
    let decoded = segment.decode()?;
    if decoded.contains('/')
        || (matches!(decoded.as_str(), "." | "..") && decoded != segment.as_str())
    {
        return Err(segment.fail("`/`, `.` and `..` may not be percent-encoded in a path"));
    }
    Ok(decoded)
}

/// Takes a plain path as it is, relative to `base`.
pub(super) fn parse_path(part: Part<'_>, base: &Path) -> Result<PathBuf, SpecifierError> {
    absolute(part, part.as_str(), base)
}

fn absolute(part: Part<'_>, path: &str, base: &Path) -> Result<PathBuf, SpecifierError> {
    let joined = base.join(path);
    if !joined.is_absolute() {
        return Err(part.fail("this path is relative, and to what is not known"));
    }
    let mut normal = PathBuf::new();
    for component in joined.components() {
        match component {
            Component::CurDir => {}
            // At the root, `..` is the root.
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    Ok(normal)
}

/// The `file:` URL of an absolute path.
pub(super) fn canonical(path: &Path) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
    let mut url = String::from("file://");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if is_plain(byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}
