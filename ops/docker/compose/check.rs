//! What can only be seen in the whole project: names that nobody declares, circles, keys that exclude each other.
//!
//! In: the project, and the document it was read from (for places). Out: an error, or nothing. Side effects: none.

use std::collections::BTreeSet;

use super::error::{ComposeError, Fault};
use super::model::{FileReference, Project, Service};
use super::node::{Node, Place};
use super::order::{needs, start_order};

/// Checks everything.
///
/// # Errors
/// [`ComposeError::Unknown`], [`ComposeError::Cycle`], [`ComposeError::Invalid`].
pub(crate) fn check(project: &Project, document: &Node) -> Result<(), ComposeError> {
    let found = Finder(document);
    for (name, service) in &project.services {
        service_alone(name, service, &found)?;
        resources(name, service, project, &found)?;
        dependencies(name, service, project, &found)?;
    }
    for (kind, objects) in [("configs", &project.configs), ("secrets", &project.secrets)] {
        for (name, object) in objects {
            let sources = [
                object.file.is_some(),
                object.content.is_some(),
                object.environment.is_some(),
                object.external,
            ];
            if sources.into_iter().filter(|is_there| *is_there).count() != 1
                && object.driver.is_none()
            {
                return Err(found.invalid(
                    &[kind, name],
                    "exactly one of 'file', 'environment', 'content' and 'external' expected",
                ));
            }
        }
    }
    start_order(project).map(|_| ()).map_err(|circle| {
        let first = circle.first().map_or("", String::as_str);
        let fault = Fault::new(
            &found.place(&["services", first, "depends_on"]),
            format!("services.{first}.depends_on"),
            format!("services wait for each other: {}", circle.join(" → ")),
        );
        ComposeError::Cycle { fault }
    })
}

/// Finds the place of a key.
struct Finder<'a>(&'a Node);

impl Finder<'_> {
    /// The place of the last key of `path` that is there.
    fn place(&self, path: &[&str]) -> Place {
        let mut node = self.0;
        let mut place = &node.place;
        for step in path {
            if let Some(entry) = node
                .as_map()
                .and_then(|entries| entries.iter().find(|entry| entry.key == *step))
            {
                (node, place) = (&entry.node, &entry.place);
            } else if let Some(item) = step
                .parse::<usize>()
                .ok()
                .and_then(|index| node.as_list()?.get(index))
            {
                (node, place) = (item, &item.place);
            } else {
                break;
            }
        }
        place.clone()
    }

    fn invalid(&self, path: &[&str], message: impl Into<String>) -> ComposeError {
        ComposeError::invalid(&self.place(path), &path.join("."), message)
    }

    fn unknown<'n>(
        &self,
        path: &[&str],
        kind: &'static str,
        name: &str,
        known: impl Iterator<Item = &'n String>,
    ) -> ComposeError {
        let fault = Fault::new(
            &self.place(path),
            path.join("."),
            format!("there is no {kind} '{name}'"),
        );
        ComposeError::Unknown {
            kind,
            name: name.to_owned(),
            known: known.cloned().collect(),
            fault,
        }
    }
}

fn service_alone(name: &str, service: &Service, found: &Finder<'_>) -> Result<(), ComposeError> {
    let at = |key: &'static str| ["services", name, key];
    if name.is_empty()
        || !name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-'))
    {
        return Err(found.invalid(
            &["services", name],
            "a service's name has letters, digits, '.', '_' and '-' only",
        ));
    }
    if service.image.is_none() && service.build.is_none() {
        return Err(found.invalid(
            &["services", name],
            "'image' or 'build' is missing: there is nothing to run",
        ));
    }
    if service.network_mode.is_some() && !service.networks.is_empty() {
        return Err(found.invalid(
            &at("network_mode"),
            "either 'network_mode' or 'networks', not both",
        ));
    }
    if service.container_name.is_some() && service.replicas() > 1 {
        return Err(found.invalid(
            &at("container_name"),
            format!("{} containers cannot have one name", service.replicas()),
        ));
    }
    if let Some(restart) = &service.restart
        && !is_restart_policy(restart)
    {
        return Err(found.invalid(
            &at("restart"),
            format!(
                "no, always, unless-stopped, on-failure or on-failure:3 expected, found '{restart}'"
            ),
        ));
    }
    if let Some(policy) = &service.pull_policy
        && !is_pull_policy(policy)
    {
        return Err(found.invalid(&at("pull_policy"), format!("always, never, missing, build, daily, weekly or every_<duration> expected, found '{policy}'")));
    }
    if let Some(build) = service
        .build
        .as_ref()
        .filter(|build| build.dockerfile.is_some() && build.dockerfile_inline.is_some())
    {
        return Err(found.invalid(
            &at("build"),
            format!(
                "either 'dockerfile' ({}) or 'dockerfile_inline', not both",
                build.dockerfile.as_deref().unwrap_or_default()
            ),
        ));
    }
    let mut targets = BTreeSet::new();
    match service
        .volumes
        .iter()
        .find(|mount| !targets.insert(&mount.target))
    {
        Some(twice) => {
            Err(found.invalid(&at("volumes"), format!("two mounts at {}", twice.target)))
        }
        None => Ok(()),
    }
}

fn is_restart_policy(text: &str) -> bool {
    match text.split_once(':') {
        Some((policy, count)) => policy == "on-failure" && count.parse::<u32>().is_ok(),
        None => matches!(text, "no" | "always" | "unless-stopped" | "on-failure"),
    }
}

fn is_pull_policy(text: &str) -> bool {
    matches!(
        text,
        "always" | "never" | "missing" | "if_not_present" | "build" | "daily" | "weekly"
    ) || text
        .strip_prefix("every_")
        .is_some_and(|span| super::units::parse_span(span).is_some())
}

fn resources(
    name: &str,
    service: &Service,
    project: &Project,
    found: &Finder<'_>,
) -> Result<(), ComposeError> {
    for network in service.networks.keys() {
        if !project.networks.contains_key(network) {
            return Err(found.unknown(
                &["services", name, "networks", network],
                "network",
                network,
                project.networks.keys(),
            ));
        }
    }
    for (index, mount) in service
        .volumes
        .iter()
        .enumerate()
        .filter(|(_, mount)| mount.r#type == "volume")
    {
        let Some(volume) = mount
            .source
            .as_ref()
            .filter(|volume| !project.volumes.contains_key(*volume))
        else {
            continue;
        };
        return Err(found.unknown(
            &["services", name, "volumes", &index.to_string()],
            "volume",
            volume,
            project.volumes.keys(),
        ));
    }
    for (key, kind, references, declared) in [
        ("configs", "config", &service.configs, &project.configs),
        ("secrets", "secret", &service.secrets, &project.secrets),
    ] {
        let undeclared = |reference: &FileReference| !declared.contains_key(&reference.source);
        if let Some(index) = references.iter().position(undeclared) {
            let path = ["services", name, key, &index.to_string()];
            let wanted = &references[index].source;
            return Err(found.unknown(&path, kind, wanted, declared.keys()));
        }
    }
    Ok(())
}

fn dependencies(
    name: &str,
    service: &Service,
    project: &Project,
    found: &Finder<'_>,
) -> Result<(), ComposeError> {
    for needed in needs(service) {
        if project.services.contains_key(needed.name) || !needed.is_required {
            continue;
        }
        let path = ["services", name, needed.key, needed.name];
        if let Some(disabled) = project.disabled.get(needed.name) {
            let message = format!(
                "'{}' is only there with one of the profiles {}",
                needed.name,
                disabled.profiles.join(", ")
            );
            return Err(found.invalid(&path, message));
        }
        return Err(found.unknown(&path, "service", needed.name, project.services.keys()));
    }
    Ok(())
}
