//! The project file `prizm.json`: found, parsed and checked.
//!
//! In: a path, or a folder to search upwards from. Out: [`ProjectConfig`]. Side effects: reads files.
//!
//! Example (comments and trailing commas are allowed):
//!
//! ```jsonc
//! {
//!   "imports": { "zod": "npm:zod@3", "lib/": "./lib/" },
//!   "providers": { "painter": "github:company/painter@v2" },
//!   "aliases": { "company": "github:company/ai-provider@v1" },
//!   "permissions": { "read": ["./media"], "net": { "allow": true, "deny": ["10.0.0.0/8"] } },
//!   "preload": ["github:company/painter@v2"],
//!   "allowScripts": ["sharp"],
//!   "npm": { "registry": "https://registry.example.com/" },
//!   "policy": { "allow": ["github:company/*", "npm:*"], "minimumAge": "24h" },
//!   "lock": true
//! }
//! ```

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use url::Url;

use crate::policy::{self, Layer};
use parse::{File, to_json};

pub(crate) mod parse;
#[cfg(test)]
mod tests;

/// The name of the project file.
pub const FILE_NAME: &str = "prizm.json";

/// What `prizm.json` says. Paths are as written; they are relative to `dir`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProjectConfig {
    /// The file itself.
    pub path: PathBuf,
    /// The folder it is in.
    pub dir: PathBuf,
    /// `imports` of the import map, an object.
    pub imports: Value,
    /// `scopes` of the import map, an object of objects.
    pub scopes: Value,
    /// Static provider ids and the identifiers they stand for.
    pub providers: BTreeMap<String, String>,
    /// Short names for identifiers, of providers and services alike.
    pub aliases: BTreeMap<String, String>,
    /// What scripts of this project may do.
    pub permissions: PermissionsConfig,
    /// Settings of the npm source.
    pub npm: NpmConfig,
    /// Which providers run in isolates of their own, and what bounds these.
    pub isolates: IsolatesConfig,
    /// Identifiers to fetch in the background as soon as a run starts.
    pub preload: Vec<String>,
    /// npm packages whose install scripts may run.
    pub allow_scripts: Vec<String>,
    /// Whether and where there is a lockfile.
    pub lock: LockConfig,
    /// What may be loaded: the project's part of the policy.
    pub policy: Option<Layer>,
    /// What is odd but harmless, e.g. unknown keys; one line each.
    pub warnings: Vec<String>,
}

/// `npm` in the project file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NpmConfig {
    /// The registry to use where `.npmrc` names none.
    pub registry: Option<Url>,
}

/// `isolates` in the project file: the same names as the flags.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IsolatesConfig {
    pub isolate: bool,
    pub no_isolate: Vec<String>,
    /// In MiB.
    pub provider_memory: Option<u32>,
    /// In seconds, as the next two.
    pub provider_cpu: Option<f64>,
    pub provider_timeout: Option<f64>,
    pub max_idle: Option<f64>,
}

/// `lock` in the project file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LockConfig {
    /// `true`, or absent: `prizm.lock` beside the project file.
    #[default]
    Beside,
    /// `false`.
    Off,
    /// A path.
    At(PathBuf),
}

/// `permissions` in the project file: the same names as the flags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionsConfig {
    /// Everything, like `--allow-all`.
    pub all: bool,
    pub read: PermissionConfig,
    pub write: PermissionConfig,
    pub net: PermissionConfig,
    pub env: PermissionConfig,
    pub run: PermissionConfig,
    pub sys: PermissionConfig,
    pub ffi: PermissionConfig,
    pub import: PermissionConfig,
}

impl PermissionsConfig {
    /// Whether it grants, denies and ignores nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One permission: `true`, `["a", "b"]`, or `{ "allow": …, "deny": …, "ignore": … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionConfig {
    /// `None` where the file does not say.
    pub allow: Option<Access>,
    pub deny: Access,
    /// For `read` and `env` only.
    pub ignore: Access,
}

/// What a permission covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Access {
    /// `false`, an empty list, or absent.
    #[default]
    Nothing,
    /// Only this; never empty.
    Some(Vec<String>),
    /// `true`.
    Everything,
}

/// Why a project file or an import map cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("Could not read `{}`", .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    /// Not JSON, or a value of the wrong kind.
    #[error("{reason}\n  --> {}:{line}:{column}\n{excerpt}", .path.display())]
    Invalid {
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        reason: String,
        /// The line, and a second one with carets.
        excerpt: String,
    },
}

impl ConfigError {
    /// What the reader can type.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                vec!["check the path, or leave it out to use the nearest prizm.json".to_owned()]
            }
            Self::Read { .. } => Vec::new(),
            Self::Invalid { .. } => vec!["`--no-config` runs without a project file".to_owned()],
        }
    }
}

impl ProjectConfig {
    /// Finds the nearest `prizm.json` in `folder` or above it, and parses it.
    ///
    /// `Ok(None)` where there is none up to the root of the file system.
    ///
    /// # Errors
    /// [`ConfigError`] if the nearest one cannot be read or is not valid.
    pub fn discover(folder: &Path) -> Result<Option<Self>, ConfigError> {
        for dir in folder.ancestors() {
            let path = dir.join(FILE_NAME);
            match std::fs::read_to_string(&path) {
                Ok(text) => return Self::parse(&path, &text).map(Some),
                Err(error) if is_absent(&error) => {}
                Err(source) => return Err(ConfigError::Read { path, source }),
            }
        }
        Ok(None)
    }

    /// Reads and parses the project file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] if it cannot be read or is not valid.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &read(path)?)
    }

    /// Parses `text`, the contents of the project file at `path`. Does no I/O.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`], pointing at the offending part.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file = File::new(path, text);
        let mut config = Self {
            path: path.to_owned(),
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            imports: Value::Object(Map::new()),
            scopes: Value::Object(Map::new()),
            ..Self::default()
        };
        let mut unknown = Vec::new();
        for property in file.root()?.properties {
            let key = property.name.as_str().to_owned();
            let value = &property.value;
            match key.as_str() {
                "imports" => config.imports = file.imports(&key, value)?,
                "scopes" => config.scopes = file.scopes(value)?,
                "providers" => config.providers = file.texts_by_name(&key, value)?,
                "aliases" => config.aliases = file.texts_by_name(&key, value)?,
                "permissions" => config.permissions = file.permissions(value, &mut unknown)?,
                "npm" => config.npm = file.npm(value, &mut unknown)?,
                "isolates" => config.isolates = file.isolates(value, &mut unknown)?,
                "preload" => config.preload = file.texts(&key, value)?,
                "allowScripts" => config.allow_scripts = file.texts(&key, value)?,
                "lock" => config.lock = file.lock(value)?,
                "policy" => config.policy = Some(policy::read_project(&file, path, value)?),
                "$schema" => {}
                _ => unknown.push(key),
            }
        }
        config.warnings = unknown_keys(path, &unknown).into_iter().collect();
        Ok(config)
    }

    /// Whether `imports` or `scopes` hold anything.
    pub fn has_import_map(&self) -> bool {
        [&self.imports, &self.scopes]
            .iter()
            .any(|part| part.as_object().is_some_and(|map| !map.is_empty()))
    }
}

/// Reads an import map: an object with `imports` and `scopes`, each checked.
///
/// # Errors
/// [`ConfigError`] if it cannot be read or is not valid.
pub fn read_import_map(path: &Path) -> Result<Value, ConfigError> {
    let text = read(path)?;
    let file = File::new(path, &text);
    let mut map = Map::new();
    for property in file.root()?.properties {
        let key = property.name.as_str().to_owned();
        let value = match key.as_str() {
            "imports" => file.imports(&key, &property.value)?,
            "scopes" => file.scopes(&property.value)?,
            _ => to_json(&property.value),
        };
        map.insert(key, value);
    }
    Ok(Value::Object(map))
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Whether a search goes on past this: no such file, a file on the way, or a folder of that name.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

fn unknown_keys(path: &Path, keys: &[String]) -> Option<String> {
    let names: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("unknown key {one} in {}", path.display())),
        many => Some(format!(
            "unknown keys {} in {}",
            many.join(", "),
            path.display()
        )),
    }
}
