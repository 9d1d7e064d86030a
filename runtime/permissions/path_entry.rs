//! Paths in a permissions block: relative to the repository, below `$CACHE`, `$TMP` or `$HOME`, or absolute.
//!
//! In: text. Out: one form (`./models`, `$CACHE/x`, `/srv/data`), and whether one covers another. No I/O: what the
//! names stand for is decided in `options.rs`.

use super::entry::BadEntry;
use super::kind::near;

/// The folders that have a name.
const VARIABLES: [&str; 3] = ["$CACHE", "$TMP", "$HOME"];

/// The one form of `text`.
///
/// # Errors
/// [`BadEntry`]: an unknown `$NAME`, or a path that leads out of where it starts.
pub(super) fn normalise(text: &str) -> Result<String, BadEntry> {
    if text.contains('\\') {
        return Err(BadEntry::new("expected a path with `/` between its parts")
            .meant(text.replace('\\', "/")));
    }
    if let Some(rest) = text.strip_prefix('~') {
        return Err(BadEntry::new("expected a path; the home folder is `$HOME`")
            .meant(format!("$HOME{rest}")));
    }
    let (base, rest) = split(text)?;
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." if base == "/" => {
                return Err(BadEntry::new("an absolute path has no `..` in it"));
            }
            ".." if parts.pop().is_none() => return Err(leads_out(base)),
            ".." => {}
            part if part.starts_with('$') && VARIABLES.contains(&part) => {
                return Err(BadEntry::new(format!(
                    "`{part}` may only stand at the start"
                )));
            }
            part => parts.push(part),
        }
    }
    Ok(match (base, parts.join("/")) {
        ("/", inner) => format!("/{inner}"),
        ("./", inner) => format!("./{inner}"),
        (variable, inner) if inner.is_empty() => variable.to_string(),
        (variable, inner) => format!("{variable}/{inner}"),
    })
}

fn leads_out(base: &str) -> BadEntry {
    match base {
        "./" => BadEntry::new(
            "the path leads out of the repository; a folder elsewhere is named by an absolute path",
        ),
        _ => BadEntry::new(format!("the path leads out of `{base}`")),
    }
}

/// Where a path starts, and the rest of it.
fn split(text: &str) -> Result<(&'static str, &str), BadEntry> {
    if let Some(rest) = text.strip_prefix('/') {
        return Ok(("/", rest));
    }
    if !text.starts_with('$') {
        return Ok(("./", text));
    }
    let (name, rest) = text.split_once('/').unwrap_or((text, ""));
    let plain = name.replace(['{', '}'], "").to_uppercase();
    match VARIABLES.into_iter().find(|variable| *variable == name) {
        Some(variable) => Ok((variable, rest)),
        None => Err(BadEntry {
            reason: format!("expected {} in place of `{name}`", VARIABLES.join(", ")),
            meant: near(&plain, VARIABLES).first().map(ToString::to_string),
        }),
    }
}

/// Does `outer` hold `inner`? Both in their one form.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    let outer = outer.trim_end_matches('/');
    match inner.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

/// Is it inside the repository's own folder?
pub(super) fn is_own(path: &str) -> bool {
    path.starts_with("./")
}

/// Is it a folder that belongs to the provider alone?
pub(super) fn is_private(path: &str) -> bool {
    is_own(path) || covers("$CACHE", path)
}

/// Does it hold the whole home folder, or the whole disk?
pub(super) fn is_wide(path: &str, home: Option<&str>) -> bool {
    path == "/" || path == "$HOME" || home.is_some_and(|home| covers(path, home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        let cases = [
            (".", "./"),
            ("./", "./"),
            ("models", "./models"),
            ("./a/../models/", "./models"),
            ("a//b/./c", "./a/b/c"),
            ("$CACHE", "$CACHE"),
            ("$CACHE/", "$CACHE"),
            ("$TMP/a/../b", "$TMP/b"),
            ("/", "/"),
            ("/srv//data/", "/srv/data"),
        ];
        for (text, expected) in cases {
            assert_eq!(normalise(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn no_path_leads_out() {
        let cases = [
            "..",
            "../x",
            "a/../../x",
            "$CACHE/..",
            "$CACHE/../other",
            "$TMP/a/../../x",
            "/srv/../etc",
            "$CACHE2",
            "$PATH/x",
            "a/$HOME",
            "~/x",
            "..\\x",
        ];
        for text in cases {
            assert!(normalise(text).is_err(), "{text}");
        }
        assert_eq!(
            normalise("~/x").unwrap_err().meant.as_deref(),
            Some("$HOME/x")
        );
        assert_eq!(
            normalise("$CACH/x").unwrap_err().meant.as_deref(),
            Some("$CACHE")
        );
    }

    #[test]
    fn folders_cover_what_is_below_them() {
        for (outer, inner) in [
            ("./", "./a/b"),
            ("./a", "./a"),
            ("./a", "./a/b"),
            ("/", "/etc"),
            ("/", "/"),
            ("$CACHE", "$CACHE/x"),
        ] {
            assert!(covers(outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [
            ("./a", "./ab"),
            ("./a/b", "./a"),
            ("/", "./a"),
            ("/", "$CACHE"),
            ("$CACHE", "$CACHEX"),
            ("/srv", "/srv2"),
        ] {
            assert!(!covers(outer, inner), "{outer} {inner}");
        }
    }
}
