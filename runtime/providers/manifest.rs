//! What a repository says of itself: `prizm.config.json`, or `"prizm"` in package.json.
//!
//! In: a repository's folder. Out: the manifest as JSON. Side effects: reads those files.

use std::path::{Path, PathBuf};

use serde_json::Value;

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("'{}' is not JSON: {reason} (line {line}, column {column})", path.display())]
    NotJson {
        path: PathBuf,
        reason: String,
        line: usize,
        column: usize,
    },
    #[error("Could not read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl ManifestError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            ManifestError::NotJson { path, line, .. } => vec![format!("look at {}:{line}", path.display())],
            ManifestError::Read { .. } => Vec::new(),
        }
    }
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
    Ok(package_json.and_then(|value| value.get("prizm").filter(|prizm| prizm.is_object()).cloned()))
}

/// Does the repository call itself a service?
pub fn declares_service(root: &Path) -> bool {
    ["prizm.service.yml", "prizm.service.yaml", "prizm.service.json", "prizm.config.json"]
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
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(ManifestError::NotJson {
            path: path.to_path_buf(),
            reason: plain(&error),
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// serde_json repeats the place at the end of its message.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_string()
}
