//! Environment variables: those of the process, and those of `--env-file`.
//!
//! In: the process, or pairs in tests; names of env files. Out: [`Env`], and pairs to set before the script
//! starts. Side effects: reads env files; sets nothing.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use sys_traits::BaseEnvVar;
use sys_traits::impls::RealSys;

/// Environment variables as they were when the run began.
#[derive(Debug, Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The variable's value, where it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.0.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value.as_os_str())
    }

    /// The variable's value as text, where it is set, not empty and UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// Whether the variable says yes: anything but nothing, `0` and `false`.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value != "0" && value != "false")
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

/// The variables and what went wrong, of all env files together.
#[derive(Debug, Default)]
pub(super) struct EnvFiles {
    /// To set; none of them was set before.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) warnings: Vec<String>,
    /// The files themselves, and where missing ones would be.
    pub(super) paths: Vec<PathBuf>,
}

/// Reads the env files `names`, of which a later one wins, as in Deno. In one file, the first line wins.
///
/// A missing or broken file is a warning: the script may do without.
pub(super) fn read_env_files(names: &[String], cwd: &Path, env: &Env) -> EnvFiles {
    let mut known = Overlay(env.clone());
    let mut files = EnvFiles::default();
    for name in names.iter().rev() {
        if let Err(warning) = read_env_file(name, cwd, &mut known, &mut files) {
            files.warnings.push(warning);
        }
    }
    files
}

/// The process's variables plus those that env files have set so far.
struct Overlay(Env);

impl BaseEnvVar for Overlay {
    fn base_env_var_os(&self, key: &OsStr) -> Option<OsString> {
        self.0.0.get(key).cloned()
    }
}

fn read_env_file(
    name: &str,
    cwd: &Path,
    known: &mut Overlay,
    files: &mut EnvFiles,
) -> Result<(), String> {
    files.paths.push(cwd.join(name));
    let (path, content) = deno_dotenv::find_path_and_content(&RealSys, cwd, name)
        .map_err(|error| format!("could not read the env file `{name}`: {}", error.source))?
        .ok_or_else(|| format!("no env file `{name}` in {} or above it", cwd.display()))?;
    files.paths.push(path.to_path_buf());
    let broken = |error: deno_dotenv::ParseError| {
        format!("{}: {}", path.display(), error.to_string().to_lowercase())
    };
    let lines = deno_dotenv::from_content_sanitized_iter_with_substitution(known, &content)
        .map_err(broken)?;
    let lines = lines.collect::<Result<Vec<_>, _>>().map_err(broken)?;
    for (key, value) in lines {
        if !known.0.0.contains_key(OsStr::new(&key)) {
            known.0.0.insert(key.clone().into(), value.clone().into());
            files.pairs.push((key, value));
        }
    }
    Ok(())
}
