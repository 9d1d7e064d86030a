//! Which services need which others, and the order in which they can start.
//!
//! In: the project. Out: names in steps, or the names of a circle. Side effects: none.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Project, Service};

/// A service that another one needs, and the key that says so.
pub(crate) struct Need<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'static str,
    pub(crate) is_required: bool,
}

/// All services that must be there before `service` starts.
pub(crate) fn needs(service: &Service) -> Vec<Need<'_>> {
    let mut needs: Vec<Need<'_>> = service
        .depends_on
        .iter()
        .map(|(name, dependency)| Need {
            name,
            key: "depends_on",
            is_required: dependency.required,
        })
        .collect();
    needs.extend(service.links.iter().map(|link| Need {
        name: link.split(':').next().unwrap_or(link),
        key: "links",
        is_required: true,
    }));
    let shared = [
        ("network_mode", &service.network_mode),
        ("ipc", &service.ipc),
        ("pid", &service.pid),
    ];
    for (key, mode) in shared {
        needs.extend(
            mode.as_deref()
                .and_then(|mode| mode.strip_prefix("service:"))
                .map(|name| Need {
                    name,
                    key,
                    is_required: true,
                }),
        );
    }
    let others = service
        .volumes_from
        .iter()
        .filter(|from| !from.starts_with("container:"));
    needs.extend(others.map(|from| Need {
        name: from.split(':').next().unwrap_or(from),
        key: "volumes_from",
        is_required: true,
    }));
    needs
}

/// Services in steps: all of one step may start together, once those before are there.
///
/// # Errors
/// The names of a circle, its first name at the end again.
pub(crate) fn start_order(project: &Project) -> Result<Vec<Vec<String>>, Vec<String>> {
    let names = |service: &Service| {
        needs(service)
            .into_iter()
            .map(|need| need.name.to_owned())
            .filter(|name| project.services.contains_key(name))
            .collect()
    };
    let mut waiting: BTreeMap<&String, BTreeSet<String>> = project
        .services
        .iter()
        .map(|(name, service)| (name, names(service)))
        .collect();
    let mut steps = Vec::new();
    while !waiting.is_empty() {
        let ready: Vec<String> = waiting
            .iter()
            .filter(|(_, needed)| needed.is_empty())
            .map(|(name, _)| (*name).clone())
            .collect();
        if ready.is_empty() {
            return Err(circle(&waiting));
        }
        waiting.retain(|name, _| !ready.contains(name));
        for needed in waiting.values_mut() {
            needed.retain(|name| !ready.contains(name));
        }
        steps.push(ready);
    }
    Ok(steps)
}

/// Follows one need after the other until a name comes again. Every name waits for another, so one does.
fn circle(waiting: &BTreeMap<&String, BTreeSet<String>>) -> Vec<String> {
    let mut seen: Vec<String> = waiting.keys().take(1).map(|name| (*name).clone()).collect();
    while let Some(next) = seen
        .last()
        .and_then(|last| waiting.get(last))
        .and_then(BTreeSet::first)
    {
        let first = seen.iter().position(|name| name == next);
        seen.push(next.clone());
        if let Some(first) = first {
            return seen.split_off(first);
        }
    }
    seen
}
