//! Why settings cannot be settled.
//!
//! In: causes of `options.rs`. Out: [`OptionsError`] with what to type instead. Side effects: none.

use std::path::{Path, PathBuf};

use crate::config::ConfigError;
use crate::policy::PolicyError;

/// A setting that makes no sense, or a file of settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// prizm.json or the import map.
    #[error(transparent)]
    Config(#[from] ConfigError),

    /// A file of the policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),

    /// `flag`: a flag, or an environment variable.
    #[error("Invalid value `{value}` for `{flag}`: {reason}")]
    Value {
        flag: &'static str,
        value: String,
        reason: String,
    },

    /// `origin`: a flag, or a key of the project file `file`.
    #[error("Invalid value `{value}` for `{origin}`{}: {reason}", of_file(.file.as_deref()))]
    Permission {
        origin: String,
        file: Option<PathBuf>,
        value: String,
        reason: String,
    },

    #[error("Empty item in the list of `{flag}`")]
    EmptyItem { flag: String },

    #[error("`--watch` runs a script again and again, but stdin can be read only once")]
    StdinTwice,

    #[error("There is no home folder to put the cache in")]
    NoHome,
}

impl OptionsError {
    /// Whether the command line is at fault, and not a file or the surroundings.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Value { flag, .. } => flag.starts_with("--"),
            Self::EmptyItem { .. } | Self::StdinTwice => true,
            Self::Permission { file, .. } => file.is_none(),
            Self::Config(_) | Self::Policy(_) | Self::NoHome => false,
        }
    }

    /// Names the file that holds a bad permission.
    pub(super) fn in_file(mut self, path: &Path) -> Self {
        if let Self::Permission { file, .. } = &mut self {
            *file = Some(path.to_owned());
        }
        self
    }

    /// What the reader can type.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Config(error) => error.hints(),
            Self::Policy(error) => error.hints(),
            Self::Value { flag, .. } => vec![example(flag)],
            Self::Permission { origin, .. } => vec![example(origin)],
            Self::EmptyItem { flag } => vec![format!(
                "`{flag}` without `=` means all; `,,` is a comma inside a name"
            )],
            Self::StdinTwice => vec!["prizm run --watch script.ts".to_owned()],
            Self::NoHome => vec!["PRIZM_HOME=/path/to/folder prizm …".to_owned()],
        }
    }
}

fn of_file(file: Option<&Path>) -> String {
    file.map_or(String::new(), |path| format!(" in {}", path.display()))
}

fn example(origin: &str) -> String {
    if origin.starts_with("PRIZM_") {
        return format!("{origin}=60");
    }
    let value = match origin.rsplit(['-', '.']).next() {
        Some("net" | "import" | "insecure") => "=example.com:8080",
        Some("sys") => "=hostname,cpus",
        Some("env") => "=HOME,API_*",
        Some("map") => " import_map.json",
        Some("inspect" | "brk" | "wait") => "=127.0.0.1:9229",
        _ => "",
    };
    if origin.starts_with("--") {
        return format!("{origin}{value}");
    }
    let key = origin.trim_start_matches("permissions.");
    let items = value.trim_start_matches('=').replace(',', "\", \"");
    format!("\"{key}\": [\"{items}\"]")
}
