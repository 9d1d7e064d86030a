//! What a repository says of itself: `prizm.config.json`, or `"prizm"` in package.json.
//!
//! In: a repository's folder. Out: the manifest as JSON. Side effects: reads those files.

use std::path::{Path, PathBuf};

use serde_json::Value;

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error(
        "{} is not JSON: {reason}\n    at {}:{line}:{column}\n\n{excerpt}",
        path.file_name().unwrap_or_default().display(),
        path.display()
    )]
    NotJson {
        path: PathBuf,
        reason: String,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// The line with a caret below the place.
        excerpt: String,
    },
    #[error("Could not read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// The manifest of the repository at `root`; `None` where there is none.
///
/// # Errors
/// [`ManifestError`].
pub fn read(root: &Path) -> Result<Option<Value>, ManifestError> {
    if let Some(manifest) = read_json(&root.join("prizm.config.json"))? {
        return Ok(Some(manifest));
    }
    let package_json = read_json(&root.join("package.json"))?;
    Ok(package_json.and_then(|value| {
        value
            .get("prizm")
            .filter(|prizm| prizm.is_object())
            .cloned()
    }))
}

/// Does the repository call itself a service?
pub fn declares_service(root: &Path) -> bool {
    [
        "prizm.service.yml",
        "prizm.service.yaml",
        "prizm.service.json",
        "prizm.config.json",
    ]
    .iter()
    .any(|name| root.join(name).is_file())
}

/// A JSON file; `None` where there is none.
///
/// # Errors
/// [`ManifestError`].
pub fn read_json(path: &Path) -> Result<Option<Value>, ManifestError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(ManifestError::Read {
                path: path.to_path_buf(),
                source,
            });
        }
    };
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map(Some).map_err(|error| {
        let (line, column) = (error.line(), error.column().max(1));
        ManifestError::NotJson {
            path: path.to_path_buf(),
            reason: plain(&error),
            line,
            column,
            excerpt: excerpt(text, line, column),
        }
    })
}

/// In the form of the excerpts of syntax errors.
fn excerpt(text: &str, line: usize, column: usize) -> String {
    let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    // serde_json counts bytes.
    let before = String::from_utf8_lossy(&source.as_bytes()[..(column - 1).min(source.len())]);
    let before: String = before
        .chars()
        .map(|char| if char == '\t' { '\t' } else { ' ' })
        .collect();
    let margin = " ".repeat(line.to_string().len());
    format!("  {line} | {source}\n  {margin} | {before}^")
}

/// serde_json repeats the place at the end of its message.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.json");
        std::fs::write(&path, "{\n\t\"name\": oops\n}\n").unwrap();
        let message = read_json(&path).unwrap_err().to_string();
        let expected = format!(
            "package.json is not JSON: expected value\n    at {}:2:10\n\n  2 | \t\"name\": oops\n    | \t        ^",
            path.display()
        );
        assert_eq!(message, expected);
        std::fs::write(&path, "").unwrap();
        let message = read_json(&path).unwrap_err().to_string();
        assert!(message.ends_with(":1:1\n\n  1 | \n    | ^"), "{message}");
        assert!(
            read_json(&folder.path().join("none.json"))
                .unwrap()
                .is_none()
        );
    }
}
