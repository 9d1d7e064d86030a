//! Compose files → one normalised [`Project`].
//!
//! ```text
//! text ─parse→ nodes with places ─interpolate→ ─canonical→ long forms ─extend, include, merge→ one document
//!      ─finish→ Project ─check→ Project, or an error with file, line and column
//! ```
//!
//! In: a directory or file names, variables, profiles. Out: [`Loaded`]. Side effects: reads the files.
//!
//! The types are our own. `docker-compose-types` and `compose_spec` only (de)serialise one file's keys: they know no
//! places, interpolation, merging, `extends` or `include`, keep short and long forms apart, and stand on `serde_yaml`,
//! which is no longer maintained. YAML is read by `granit-parser`, which gives every value its line and column.

mod canonical;
mod check;
mod decode;
mod dotenv;
mod error;
mod extends;
mod fields;
mod files;
mod finish;
mod gpus;
mod include;
mod interpolate;
mod load;
mod merge;
mod model;
mod mounts;
mod node;
mod order;
mod output;
mod parse;
mod parts;
mod ports;
mod shape;
#[cfg(test)]
mod tests;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use error::{ComposeError, Fault};
pub use files::has_compose_file;
pub use model::*;
pub use node::Place;
pub use units::{Bytes, Count, Mode, PortRange, Span, SwapLimit};

use load::{Loader, with_env_files};

/// What to load, and with what around it.
#[derive(Clone, Default)]
pub struct LoadOptions {
    /// Where compose files are looked for, and what `files` are relative to. Absolute.
    pub directory: PathBuf,
    /// The files to merge, in order. Empty: the one of a known name, with its override file.
    pub files: Vec<PathBuf>,
    /// Instead of `.env`.
    pub env_files: Vec<PathBuf>,
    /// The variables of the process, as far as the files may see them. They win over those of `.env`.
    pub environment: BTreeMap<String, String>,
    /// Active profiles, besides those of `COMPOSE_PROFILES`. `*` is all.
    pub profiles: Vec<String>,
    /// Wins over every other name.
    pub project_name: Option<String>,
}

/// A project, and what its author should know.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub project: Project,
    /// For people: variables that are not set, and keys that nobody knows, at most one line each.
    pub warnings: Vec<String>,
}

/// Loads a project.
///
/// # Errors
/// [`ComposeError`] for the first thing that is wrong.
pub fn load(options: &LoadOptions) -> Result<Loaded, ComposeError> {
    let options = &LoadOptions {
        directory: std::path::absolute(&options.directory).unwrap_or_default(),
        ..options.clone()
    };
    let files = if options.files.is_empty() {
        files::find(&options.directory)?
    } else {
        absolute(&options.files, &options.directory)
    };
    let directory = files
        .first()
        .and_then(|first| first.parent())
        .unwrap_or(&options.directory)
        .to_owned();
    let environment = with_env_files(
        &options.environment,
        &directory,
        &absolute(&options.env_files, &options.directory),
    )?;
    let mut environment = environment;
    let name = finish::name(
        options.project_name.as_deref(),
        load::declared_name(&files, &environment)?.as_deref(),
        &environment,
        &directory,
    )?;
    environment.insert("COMPOSE_PROJECT_NAME".to_owned(), name.clone());
    let mut loader = Loader::new(&environment);
    let mut document = loader.load(&files, &directory, &environment)?;
    finish::fill_in(&mut document, &environment, &directory)?;
    let mut unknown = Vec::new();
    let mut project = finish::project(&document, name, &mut unknown)?;
    finish::choose_profiles(&mut project, &active_profiles(options, &environment));
    check::check(&project, &document)?;
    let warnings = [missing_variables(&loader.missing), unknown_keys(&unknown)]
        .into_iter()
        .flatten()
        .collect();
    (project.directory, project.files, project.environment) =
        (directory, loader.files, Environment(environment));
    Ok(Loaded { project, warnings })
}

fn absolute(paths: &[PathBuf], directory: &Path) -> Vec<PathBuf> {
    paths
        .iter()
        .map(|path| shape::normalised(&directory.join(path)))
        .collect()
}

fn active_profiles(
    options: &LoadOptions,
    environment: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let from_environment = environment
        .get("COMPOSE_PROFILES")
        .map(String::as_str)
        .unwrap_or_default()
        .split(',');
    let named = from_environment
        .map(str::trim)
        .filter(|profile| !profile.is_empty())
        .map(str::to_owned);
    named.chain(options.profiles.iter().cloned()).collect()
}

fn missing_variables(missing: &BTreeSet<String>) -> Option<String> {
    let names = missing
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    (!missing.is_empty())
        .then(|| format!("variables that are not set were taken as empty: {names}"))
}

fn unknown_keys(unknown: &[(String, Place)]) -> Option<String> {
    let keys = unknown
        .iter()
        .map(|(path, place)| format!("{path} ({place})"))
        .collect::<Vec<_>>()
        .join(", ");
    (!unknown.is_empty()).then(|| format!("unknown keys were ignored: {keys}"))
}
