//! Compose files → one document in its long form: read, interpolated, included, extended, merged.
//!
//! In: paths and variables. Out: a [`Node`]. Side effects: reads the files, those they include and extend.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::canonical;
use super::dotenv;
use super::error::{ComposeError, Fault};
use super::files;
use super::interpolate::Variables;
use super::merge::{drop_reset, merge};
use super::node::{Node, Place, Value};
use super::shape::Base;

const RESOURCES: [&str; 5] = ["services", "networks", "volumes", "configs", "secrets"];

/// Reads files, and keeps what is worth knowing about it.
#[derive(Default)]
pub(crate) struct Loader {
    /// Variables that were asked for in vain.
    pub(crate) missing: BTreeSet<String>,
    /// All compose files that were read.
    pub(crate) files: Vec<PathBuf>,
    home: Option<String>,
    including: Vec<PathBuf>,
}

type Environment = BTreeMap<String, String>;

impl Loader {
    pub(crate) fn new(environment: &Environment) -> Self {
        Self {
            home: environment.get("HOME").cloned(),
            ..Self::default()
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
            self.files.push(path.clone());
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
                join(&mut document, resources)?;
            }
        }
        Ok(document)
    }

    fn long_form(
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

    /// Loads what one item of `include` names: a project of its own, with its own directory and `.env`.
    fn include(
        &mut self,
        item: &Node,
        directory: &Path,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let texts = |key: &str| {
            item.get(key)
                .and_then(Node::as_list)
                .unwrap_or_default()
                .iter()
                .filter_map(Node::as_text)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let home = self.home.clone();
        let base = Base {
            directory,
            home: home.as_deref(),
        };
        let paths: Vec<PathBuf> = texts("path")
            .iter()
            .map(|path| base.absolute(path))
            .collect();
        let Some(first) = paths.first().cloned() else {
            return Err(ComposeError::invalid(
                &item.place,
                "include",
                "'path' is missing: a compose file of this machine",
            ));
        };
        if self.including.contains(&first) {
            let message = format!("{} is included by itself", first.display());
            return Err(ComposeError::Cycle {
                fault: Fault::new(&item.place, "include", message),
            });
        }
        if let Some(absent) = paths.iter().find(|path| !path.is_file()) {
            let message = format!(
                "there is no file {}; only files of this machine can be included",
                absent.display()
            );
            return Err(ComposeError::invalid(&item.place, "include", message));
        }
        let own_directory = item
            .get("project_directory")
            .and_then(Node::as_text)
            .map(|path| base.absolute(path));
        let own_directory =
            own_directory.unwrap_or_else(|| first.parent().unwrap_or(directory).to_owned());
        let env_files = texts("env_file")
            .iter()
            .map(|path| base.absolute(path))
            .collect::<Vec<_>>();
        let environment = with_env_files(environment, &own_directory, &env_files)?;
        self.including.push(first);
        let loaded = self.load(&paths, &own_directory, &environment);
        self.including.pop();
        let mut loaded = loaded?;
        super::finish::fill_in(&mut loaded, &environment, &own_directory)?;
        Ok(loaded)
    }

    fn extend_all(
        &mut self,
        document: &mut Node,
        path: &Path,
        directory: &Path,
        environment: &Environment,
    ) -> Result<(), ComposeError> {
        let Some(services) = document.get("services").cloned() else {
            return Ok(());
        };
        let mut extended = services.clone();
        for entry in extended.entries_mut().into_iter().flatten() {
            let mut chain = vec![(path.to_owned(), entry.key.clone())];
            let own = std::mem::replace(&mut entry.node, Node::null(&entry.place));
            entry.node = self.extend(own, &services, (path, directory), environment, &mut chain)?;
        }
        document.set("services", extended);
        Ok(())
    }

    /// A service over the one that it extends, and so on.
    fn extend(
        &mut self,
        mut own: Node,
        siblings: &Node,
        at: (&Path, &Path),
        environment: &Environment,
        chain: &mut Vec<(PathBuf, String)>,
    ) -> Result<Node, ComposeError> {
        let Some(extends) = own.take("extends").filter(|extends| !extends.is_null()) else {
            return Ok(own);
        };
        let key = format!(
            "services.{}.extends",
            chain.last().map_or("", |(_, name)| name)
        );
        let invalid = |message: String| ComposeError::invalid(&extends.place, &key, message);
        let name = extends
            .get("service")
            .and_then(Node::as_text)
            .ok_or_else(|| invalid("'service' is missing: the service to extend".to_owned()))?;
        let home = self.home.clone();
        let file = extends.get("file").and_then(Node::as_text).map(|file| {
            Base {
                directory: at.1,
                home: home.as_deref(),
            }
            .absolute(file)
        });
        let file = file.filter(|file| file != at.0);
        let link = (
            file.clone().unwrap_or_else(|| at.0.to_owned()),
            name.to_owned(),
        );
        if chain.contains(&link) {
            let names: Vec<&str> = chain
                .iter()
                .chain([&link])
                .map(|(_, name)| name.as_str())
                .collect();
            return Err(ComposeError::Cycle {
                fault: Fault::new(
                    &extends.place,
                    key,
                    format!("services extend each other: {}", names.join(" → ")),
                ),
            });
        }
        chain.push(link);
        let foreign = match &file {
            Some(file) => Some(self.foreign(file, &extends, &key, environment)?),
            None => None,
        };
        let candidates = foreign.as_ref().unwrap_or(siblings);
        let Some(base) = candidates.get(name).cloned() else {
            let known = candidates
                .as_map()
                .unwrap_or_default()
                .iter()
                .map(|entry| entry.key.clone())
                .collect();
            let message = format!(
                "there is no service '{name}' in {}",
                file.as_deref().unwrap_or(at.0).display()
            );
            return Err(ComposeError::Unknown {
                kind: "service",
                name: name.to_owned(),
                known,
                fault: Fault::new(&extends.place, key, message),
            });
        };
        let base = match &file {
            Some(file) => self.extend(
                base,
                candidates,
                (file, file.parent().unwrap_or(at.1)),
                environment,
                chain,
            )?,
            None => self.extend(base, siblings, at, environment, chain)?,
        };
        let mut merged = merge(base, own, "services.*")?;
        drop_reset(&mut merged);
        Ok(merged)
    }

    /// The services of another file.
    fn foreign(
        &mut self,
        file: &Path,
        extends: &Node,
        key: &str,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let source = files::read(file).map_err(|source| {
            let message = format!("could not read {}", file.display());
            ComposeError::ReadNamed {
                fault: Fault::new(&extends.place, key, message),
                source,
            }
        })?;
        let directory = file.parent().unwrap_or(Path::new("/"));
        let documents = super::parse::parse(&source)?;
        let mut services = Node::new(Value::Map(Vec::new()), &Place::new(&source, 1, 1));
        for document in documents {
            if let Some(own) = self
                .long_form(document, directory, environment)?
                .take("services")
            {
                services = merge(services, own, "services")?;
            }
        }
        Ok(services)
    }
}

/// Adds included resources. The same resource from the same place may come twice; two of one name may not.
fn join(document: &mut Node, mut included: Node) -> Result<(), ComposeError> {
    for kind in RESOURCES {
        let Some(Node {
            value: Value::Map(entries),
            place,
            ..
        }) = included.take(kind)
        else {
            continue;
        };
        if document.get(kind).is_none_or(Node::is_null) {
            document.set(kind, Node::new(Value::Map(Vec::new()), &place));
        }
        for entry in entries {
            let held = document
                .get(kind)
                .and_then(Node::as_map)
                .and_then(|held| held.iter().find(|held| held.key == entry.key));
            match held {
                Some(held) if held.place == entry.place => {}
                Some(held) => {
                    let message =
                        format!("declared here and in {}, which is included", entry.place);
                    return Err(ComposeError::invalid(
                        &held.place,
                        &format!("{kind}.{}", entry.key),
                        message,
                    ));
                }
                None => document
                    .get_mut(kind)
                    .and_then(Node::entries_mut)
                    .into_iter()
                    .for_each(|held| held.push(entry.clone())),
            }
        }
    }
    Ok(())
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
        let source = files::read(path).map_err(|source| ComposeError::Read {
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
