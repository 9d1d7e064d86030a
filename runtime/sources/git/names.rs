//! Which names a checked-out file may have, and where a link leads.
//!
//! In: names and link targets as a repository has them, untrusted. Out: text, or why not. No I/O.
//! A name must mean the same file, and nothing special, on every system.

/// The name as text.
///
/// # Errors
/// The reason for which it is refused.
pub(super) fn check(name: &[u8]) -> Result<&str, &'static str> {
    let name = std::str::from_utf8(name).map_err(|_| "it is not UTF-8")?;
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it leads to another folder",
        _ if name.contains('/') => "it holds a slash",
        _ if name.contains('\\') => "it holds a backslash",
        _ if name.contains(char::is_control) => "it holds a control character",
        _ if has_drive_letter(name) => "it begins with a drive letter",
        _ if is_git_folder(name) => "it is the name of git's own folder",
        _ => return Ok(name),
    };
    Err(reason)
}

/// What is equal for two names that are one file on systems that ignore case.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The path that a link at `link` leads to, both from the root of the tree.
///
/// # Errors
/// The reason for which it is refused.
pub(super) fn resolve_link(link: &str, target: &str) -> Result<String, &'static str> {
    let reason = match target {
        "" => "the target is empty",
        _ if target.starts_with('/') => "the target is absolute",
        _ if target.contains('\\') => "the target holds a backslash",
        _ if has_drive_letter(target) => "the target begins with a drive letter",
        _ => "",
    };
    if !reason.is_empty() {
        return Err(reason);
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or("it leads outside of the repository")?;
            }
            _ => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

fn has_drive_letter(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

/// `.git` in any case, with what Windows drops at the end, and its short name.
fn is_git_folder(name: &str) -> bool {
    let name = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
    name == ".git" || name == "git~1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_kept() {
        for name in [
            "index.ts",
            ".gitignore",
            ".github",
            "a b",
            "ä.ts",
            "...",
            "git",
            "x.git",
            "@scope",
        ] {
            assert_eq!(check(name.as_bytes()), Ok(name));
        }
        assert!(check(b"").is_err());
    }

    #[test]
    fn links_resolve_from_their_folder() {
        assert_eq!(
            resolve_link("a/b/link", "../c//./d.ts").as_deref(),
            Ok("a/c/d.ts")
        );
        assert_eq!(resolve_link("link", "./x").as_deref(), Ok("x"));
        assert!(resolve_link("a/link", "../../x").is_err());
    }
}
