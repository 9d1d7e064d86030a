//! What can go wrong with an npm package, and what the reader can do about it.

use std::path::PathBuf;

use deno_error::JsErrorBox;

use crate::http::HttpError;
use crate::lockfile::LockfileError;

#[derive(Debug, thiserror::Error)]
pub enum NpmError {
    #[error("Could not read `{path}`: {reason}", path = path.display())]
    Config { path: PathBuf, reason: String },
    #[error("Could not find `npm:{name}`: the registry has no such package")]
    NoPackage { name: String },
    #[error("Could not find `npm:{name}@{wanted}`: the package has no such version{}", list(nearest))]
    NoVersion {
        name: String,
        wanted: String,
        nearest: Vec<String>,
    },
    #[error("Could not install {}", items.join(", "))]
    Install {
        items: Vec<String>,
        #[source]
        source: JsErrorBox,
    },
    #[error("The registry names no integrity for `npm:{0}`")]
    NoIntegrity(String),
    #[error("Not in the cache, and the network is off: {}", items.join(", "))]
    Offline { items: Vec<String> },
    #[error("`{package}`: its `{script}` script failed: {reason}")]
    Script {
        package: String,
        script: String,
        reason: String,
    },
    #[error("Could not read the npm part of prizm.lock: {0}")]
    Lock(String),
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
    #[error("the npm installer stopped")]
    Stopped,
}

/// An HTTP failure on its way through the npm crates, which take only errors that JavaScript can see.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class(generic)]
#[error(transparent)]
pub struct RegistryError(pub HttpError);

fn list(nearest: &[String]) -> String {
    match nearest.is_empty() {
        true => String::new(),
        false => format!(" (nearest: {})", nearest.join(", ")),
    }
}

impl NpmError {
    /// What is not in the cache, as `prizm cache add` takes it.
    pub fn missing(&self) -> Vec<String> {
        match self {
            NpmError::Offline { items } => items.clone(),
            _ => Vec::new(),
        }
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            NpmError::NoPackage { name } => vec![format!(
                "check the name, or the registry in .npmrc for `{name}`"
            )],
            NpmError::NoVersion { name, nearest, .. } => nearest
                .first()
                .map(|version| format!("npm:{name}@{version}"))
                .into_iter()
                .collect(),
            NpmError::Offline { items } => vec![format!("prizm cache add {}", items.join(" "))],
            NpmError::Script { package, .. } => {
                vec![format!("run without `--allow-scripts={package}`")]
            }
            NpmError::Lockfile(error) => error.hints(),
            NpmError::Install { source, .. } => self::source_hints(source),
            _ => Vec::new(),
        }
    }
}

fn source_hints(source: &JsErrorBox) -> Vec<String> {
    let text = source.to_string();
    if text.contains("ntegrity") {
        return vec!["the download differs from what the lock or the registry promises; if you trust it, run again with `--reload`".into()];
    }
    let mut next = std::error::Error::source(source);
    while let Some(error) = next {
        if let Some(RegistryError(error)) = error.downcast_ref() {
            return error.hints();
        }
        next = error.source();
    }
    Vec::new()
}
