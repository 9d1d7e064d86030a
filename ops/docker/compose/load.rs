//! Compose files → one document in its long form: read, interpolated, included, extended, merged.
//!
//! In: paths and variables. Out: a [`Node`]. Side effects: reads the files, those they include and extend.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::canonical;
use super::dotenv;
use super::error::ComposeError;
use super::files;
use super::interpolate::Variables;
use super::merge::{drop_reset, merge};
use super::node::{Node, Place, Value};
use super::shape::Base;

/// Reads files, and keeps what is worth knowing about it.
#[derive(Default)]
pub(crate) struct Loader {
    /// Variables that were asked for in vain.
    pub(crate) missing: BTreeSet<String>,
    /// All compose files that were read.
    pub(crate) files: Vec<PathBuf>,
    pub(crate) home: Option<String>,
    pub(crate) including: Vec<PathBuf>,
    pub(crate) including_count: usize,
}

pub(crate) type Environment = BTreeMap<String, String>;

impl Loader {
    pub(crate) fn new(environment: &Environment) -> Self {
        Self {
            home: environment.get("HOME").cloned(),
            ..Self::default()
        }
    }

    pub(crate) fn remember(&mut self, path: &Path) {
        if !self.files.iter().any(|held| held == path) {
            self.files.push(path.to_owned());
        }
    }

    /// All `paths` merged, the later over the earlier.
    ///
    /// # Errors
    /// [`ComposeError`] for the first thing that is wrong.
    pub(crate) fn load(
        &mut self,
        paths: &[PathBuf],
        directory: &Path,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let mut merged: Option<Node> = None;
        for path in paths {
            let source = files::read(path).map_err(|source| ComposeError::Read {
                path: path.clone(),
                source,
            })?;
            let start = Place::new(&source, 1, 1);
            self.remember(path);
            for document in super::parse::parse(&source)? {
                let document = self.document(document, path, directory, environment)?;
                merged = Some(match merged.take() {
                    Some(base) => merge(base, document, "")?,
                    None => document,
                });
            }
            merged.get_or_insert_with(|| Node::new(Value::Map(Vec::new()), &start));
        }
        let mut merged = merged.ok_or_else(|| ComposeError::NotFound {
            directory: directory.to_owned(),
        })?;
        drop_reset(&mut merged);
        Ok(merged)
    }

    fn document(
        &mut self,
        document: Node,
        path: &Path,
        directory: &Path,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let mut document = self.long_form(document, directory, environment)?;
        let included = document.take("include");
        self.extend_all(&mut document, path, directory, environment)?;
        if let Some(included) = included {
            for item in included.as_list().unwrap_or_default() {
                let resources = self.include(item, directory, environment)?;
                super::include::join(&mut document, resources)?;
            }
        }
        Ok(document)
    }

    pub(crate) fn long_form(
        &mut self,
        mut document: Node,
        directory: &Path,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        if document.is_null() {
            document.value = Value::Map(Vec::new());
        }
        if document.as_map().is_none() {
            return Err(ComposeError::invalid(
                &document.place,
                "",
                format!(
                    "a mapping with 'services' expected, found {}",
                    document.kind()
                ),
            ));
        }
        let mut variables = Variables::new(environment);
        variables.interpolate(&mut document, "")?;
        self.missing.extend(variables.missing);
        let home = self.home.clone();
        canonical::document(
            &mut document,
            Base {
                directory,
                home: home.as_deref(),
            },
        )?;
        Ok(document)
    }
}

/// The `name` that the last of the files gives: the files themselves may ask for it as `COMPOSE_PROJECT_NAME`.
///
/// # Errors
/// [`ComposeError`]: a file that cannot be read, or a name that cannot be interpolated.
pub(crate) fn declared_name(
    paths: &[PathBuf],
    environment: &Environment,
) -> Result<Option<String>, ComposeError> {
    let mut name = None;
    for path in paths {
        let source = files::read(path).map_err(|source| ComposeError::Read {
            path: path.clone(),
            source,
        })?;
        for mut document in super::parse::parse(&source)? {
            if let Some(mut node) = document.take("name") {
                Variables::new(environment).interpolate(&mut node, "name")?;
                name = node.as_text().map(str::to_owned).or(name);
            }
        }
    }
    Ok(name)
}

/// `environment` on top of the variables of `.env`, or of the files that are named instead.
pub(crate) fn with_env_files(
    environment: &Environment,
    directory: &Path,
    named: &[PathBuf],
) -> Result<Environment, ComposeError> {
    let default = directory.join(".env");
    let paths = if named.is_empty() && default.is_file() {
        std::slice::from_ref(&default)
    } else {
        named
    };
    let mut all = Environment::new();
    for path in paths {
        let source = files::read_variables(path).map_err(|source| ComposeError::Read {
            path: path.clone(),
            source,
        })?;
        for (name, value) in dotenv::parse(&source, environment)? {
            if let Some(value) = value {
                all.insert(name, value);
            }
        }
    }
    all.extend(environment.clone());
    Ok(all)
}
