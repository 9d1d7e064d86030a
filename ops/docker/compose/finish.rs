//! A merged document → the project: variables of the services filled in, names given, profiles chosen.
//!
//! In: a document in its long form. Out: [`Project`]. Side effects: reads the files that `env_file` names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::decode::Reader;
use super::dotenv;
use super::error::{ComposeError, Fault};
use super::files;
use super::model::{Extensions, Project, Service};
use super::node::{Node, Place, Value, truth};

/// Top-level keys besides the five kinds of resources.
const TOP_LEVEL: [&str; 8] = [
    "name", "version", "services", "networks", "volumes", "configs", "secrets", "include",
];

/// Merges `env_file` into `environment`, fills in what is inherited, and build contexts that go without saying.
///
/// # Errors
/// [`ComposeError::ReadNamed`], [`ComposeError::EnvironmentFile`], [`ComposeError::Invalid`].
pub(crate) fn fill_in(
    document: &mut Node,
    variables: &BTreeMap<String, String>,
    directory: &Path,
) -> Result<(), ComposeError> {
    let Some(services) = document.get_mut("services").and_then(Node::entries_mut) else {
        return Ok(());
    };
    for entry in services {
        let service = &mut entry.node;
        if let Some(files) = service.take("env_file") {
            let path = format!("services.{}.env_file", entry.key);
            let from_files = from_files(&files, &path, variables)?;
            let own = service.take("environment");
            service.set("environment", over(from_files, own));
        }
        default_context(service, directory);
        inherit(service.get_mut("environment"), variables);
        inherit(
            service
                .get_mut("build")
                .and_then(|build| build.get_mut("args")),
            variables,
        );
    }
    Ok(())
}

/// The variables of files, and those of the service itself on top.
fn over(mut from_files: Node, own: Option<Node>) -> Node {
    let Some(own) = own else { return from_files };
    from_files.place = own.place;
    if let Value::Map(entries) = own.value {
        entries
            .into_iter()
            .for_each(|entry| from_files.set(&entry.key, entry.node));
    }
    from_files
}

fn default_context(service: &mut Node, directory: &Path) {
    let Some(build) = service
        .get_mut("build")
        .filter(|build| build.as_map().is_some())
    else {
        return;
    };
    if build.get("context").is_none_or(Node::is_null) {
        let place = build.place.clone();
        build.set("context", Node::text(directory.to_string_lossy(), &place));
    }
}

fn inherit(pairs: Option<&mut Node>, variables: &BTreeMap<String, String>) {
    for entry in pairs.and_then(Node::entries_mut).into_iter().flatten() {
        if let Some(value) = variables.get(&entry.key).filter(|_| entry.node.is_null()) {
            entry.node = Node::text(&**value, &entry.node.place);
        }
    }
}

fn from_files(
    files: &Node,
    path: &str,
    variables: &BTreeMap<String, String>,
) -> Result<Node, ComposeError> {
    let mut environment = Node::new(Value::Map(Vec::new()), &files.place);
    for item in files.as_list().unwrap_or_default() {
        let file = item.get("path").and_then(Node::as_text).unwrap_or_default();
        let is_required = item
            .get("required")
            .and_then(Node::as_text)
            .and_then(truth)
            .unwrap_or(true);
        let is_raw = item.get("format").and_then(Node::as_text) == Some("raw");
        let source = match files::read_variables(file.as_ref()) {
            Ok(source) => source,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_required => continue,
            Err(source) => {
                return Err(ComposeError::ReadNamed {
                    fault: Fault::new(&item.place, path, format!("could not read {file}")),
                    source,
                });
            }
        };
        let pairs = if is_raw {
            raw(&source.text)
        } else {
            dotenv::parse(&source, variables)?
        };
        for (name, value) in pairs {
            let value = value.map_or_else(
                || Node::null(&item.place),
                |value| Node::text(value, &item.place),
            );
            environment.set(&name, value);
        }
    }
    Ok(environment)
}

/// `format: raw`: everything behind `=` as it is.
fn raw(text: &str) -> Vec<(String, Option<String>)> {
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once('=')
                .map_or((line.to_owned(), None), |(name, value)| {
                    (name.to_owned(), Some(value.to_owned()))
                })
        })
        .collect()
}

/// Reads the typed model. Unknown keys are left in `unknown`.
///
/// # Errors
/// [`ComposeError::Invalid`].
pub(crate) fn project(
    document: &Node,
    name: String,
    unknown: &mut Vec<(String, Place)>,
) -> Result<Project, ComposeError> {
    let mut reader = Reader::default();
    let mut project = Project {
        name,
        extensions: Extensions::of(document),
        ..Project::default()
    };
    for entry in reader.entries(document)? {
        match entry.key.as_str() {
            "services" => project.services = reader.field(entry)?,
            "networks" => project.networks = reader.field(entry)?,
            "volumes" => project.volumes = reader.field(entry)?,
            "configs" => project.configs = reader.field(entry)?,
            "secrets" => project.secrets = reader.field(entry)?,
            key if TOP_LEVEL.contains(&key) => {}
            _ => reader.unknown(entry),
        }
    }
    for (name, service) in &mut project.services {
        service.extensions = document
            .get("services")
            .and_then(|services| services.get(name))
            .map(Extensions::of)
            .unwrap_or_default();
    }
    unknown.append(&mut reader.unknown);
    complete(&mut project);
    Ok(project)
}

/// The names and defaults that go without saying.
fn complete(project: &mut Project) {
    let prefix = project.name.clone();
    for service in project.services.values_mut() {
        if service.networks.is_empty() && service.network_mode.is_none() {
            service.networks.insert("default".to_owned(), None);
        }
        if let Some(build) = service
            .build
            .as_mut()
            .filter(|build| build.dockerfile.is_none() && build.dockerfile_inline.is_none())
        {
            build.dockerfile = Some("Dockerfile".to_owned());
        }
    }
    if project
        .services
        .values()
        .any(|service| service.networks.contains_key("default"))
    {
        project.networks.entry("default".to_owned()).or_default();
    }
    let networks = project
        .networks
        .iter_mut()
        .map(|(key, network)| (key, &mut network.name));
    let volumes = project
        .volumes
        .iter_mut()
        .map(|(key, volume)| (key, &mut volume.name));
    let objects = project
        .configs
        .iter_mut()
        .chain(&mut project.secrets)
        .map(|(key, object)| (key, &mut object.name));
    for (key, name) in networks
        .chain(volumes)
        .chain(objects)
        .filter(|(_, name)| name.is_empty())
    {
        *name = format!("{prefix}_{key}");
    }
}

/// Sets aside the services whose profiles are not active. `*` activates all of them.
pub(crate) fn choose_profiles(project: &mut Project, active: &BTreeSet<String>) {
    let is_active = |service: &Service| {
        service.profiles.is_empty()
            || active.contains("*")
            || service
                .profiles
                .iter()
                .any(|profile| active.contains(profile))
    };
    let (enabled, disabled) = std::mem::take(&mut project.services)
        .into_iter()
        .partition(|(_, service)| is_active(service));
    project.services = enabled;
    project.disabled = disabled;
}

/// The project's name: given, from the variables, from the files, or of the directory.
///
/// # Errors
/// [`ComposeError::ProjectName`]: a name that was given and cannot be one.
pub(crate) fn name(
    given: Option<&str>,
    declared: Option<&str>,
    variables: &BTreeMap<String, String>,
    directory: &Path,
) -> Result<String, ComposeError> {
    let from_variables = variables
        .get("COMPOSE_PROJECT_NAME")
        .map(String::as_str)
        .filter(|name| !name.is_empty());
    let chosen = given.or(from_variables).or(declared);
    if let Some(name) = chosen {
        return if is_name(name) {
            Ok(name.to_owned())
        } else {
            Err(ComposeError::ProjectName {
                name: name.to_owned(),
            })
        };
    }
    let folder = directory
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let kept: String = folder
        .chars()
        .filter(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
        })
        .collect();
    let name = kept.trim_start_matches(['-', '_']);
    Ok(if name.is_empty() {
        "default".to_owned()
    } else {
        name.to_owned()
    })
}

fn is_name(name: &str) -> bool {
    let allowed = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
    };
    name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.chars().all(allowed)
}
