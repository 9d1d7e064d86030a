//! Which service waits for which.
//!
//! In: a project. Out: for each service what it waits for; an error where that is impossible. Side effects: none.

use std::collections::BTreeMap;

use super::LifecycleError;
use crate::compose::{Project, Service};

/// How far another service must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Waiting,
    Started,
    /// Healthy, or ready in another way.
    Ready,
    /// Ended with code 0.
    Completed,
}

/// For each service the services it waits for, and how far they must have come.
pub type Graph = BTreeMap<String, BTreeMap<String, Stage>>;

/// The graph of a project.
///
/// # Errors
/// [`LifecycleError::Unknown`], [`LifecycleError::Cycle`].
pub fn graph(project: &Project) -> Result<Graph, LifecycleError> {
    let mut graph = Graph::new();
    for (name, service) in &project.services {
        graph.insert(name.clone(), edges(project, name, service)?);
    }
    for name in graph.keys() {
        check(&graph, name, &mut Vec::new())?;
    }
    Ok(graph)
}

fn edges(
    project: &Project,
    name: &str,
    service: &Service,
) -> Result<BTreeMap<String, Stage>, LifecycleError> {
    let mut edges = BTreeMap::new();
    for other in shared(service) {
        edges.insert(other.to_owned(), Stage::Started);
    }
    for (other, dependency) in &service.depends_on {
        if !dependency.required && !project.services.contains_key(other) {
            continue;
        }
        let stage = match dependency.condition.as_str() {
            "service_healthy" => Stage::Ready,
            "service_completed_successfully" => Stage::Completed,
            _ => Stage::Started,
        };
        edges.insert(other.clone(), stage);
    }
    match edges
        .keys()
        .find(|other| !project.services.contains_key(*other))
    {
        Some(other) => Err(LifecycleError::Unknown {
            service: name.to_owned(),
            kind: "service",
            name: other.clone(),
        }),
        None => Ok(edges),
    }
}

/// The services whose network, processes or volumes it shares.
fn shared(service: &Service) -> impl Iterator<Item = &str> {
    [&service.network_mode, &service.ipc, &service.pid]
        .into_iter()
        .flatten()
        .filter_map(|mode| mode.strip_prefix("service:"))
        .chain(service.volumes_from.iter().filter_map(|from| {
            let from = from.split(':').next()?;
            (from != "container").then_some(from)
        }))
        .chain(
            service
                .links
                .iter()
                .filter_map(|link| link.split(':').next()),
        )
}

fn check(graph: &Graph, name: &str, path: &mut Vec<String>) -> Result<(), LifecycleError> {
    if let Some(first) = path.iter().position(|each| each == name) {
        let mut cycle = path.split_off(first);
        cycle.push(name.to_owned());
        return Err(LifecycleError::Cycle(cycle));
    }
    path.push(name.to_owned());
    for other in graph.get(name).into_iter().flat_map(BTreeMap::keys) {
        check(graph, other, path)?;
    }
    path.pop();
    Ok(())
}

/// The services that somebody waits for to end.
pub fn one_shots(graph: &Graph) -> Vec<String> {
    graph
        .values()
        .flatten()
        .filter(|(_, stage)| **stage == Stage::Completed)
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Dependency;

    fn project(edges: &[(&str, &str, &str)]) -> Project {
        let mut project = Project::default();
        for (name, other, condition) in edges {
            let service = project.services.entry((*name).to_owned()).or_default();
            if !other.is_empty() {
                let dependency = Dependency {
                    condition: (*condition).to_owned(),
                    required: true,
                    restart: false,
                };
                service.depends_on.insert((*other).to_owned(), dependency);
            }
        }
        project
    }

    #[test]
    fn conditions_become_stages() {
        let graph = graph(&project(&[
            ("api", "db", "service_healthy"),
            ("api", "migrate", "service_completed_successfully"),
            ("db", "", ""),
            ("migrate", "db", "service_started"),
        ]))
        .unwrap();
        assert_eq!(graph["api"]["db"], Stage::Ready);
        assert_eq!(graph["api"]["migrate"], Stage::Completed);
        assert_eq!(graph["migrate"]["db"], Stage::Started);
        assert_eq!(one_shots(&graph), ["migrate"]);
    }

    #[test]
    fn a_circle_is_shown() {
        let error = graph(&project(&[("a", "b", ""), ("b", "c", ""), ("c", "a", "")])).unwrap_err();
        assert!(error.to_string().contains("a → b → c → a"), "{error}");
    }

    #[test]
    fn unknown_services_are_named_and_optional_ones_left_out() {
        let mut with_unknown = project(&[("a", "b", "")]);
        let error = graph(&with_unknown).unwrap_err();
        assert!(
            error.to_string().contains("service a needs service b"),
            "{error}"
        );
        let service = with_unknown.services.get_mut("a").unwrap();
        service.depends_on.get_mut("b").unwrap().required = false;
        assert!(graph(&with_unknown).unwrap()["a"].is_empty());
    }

    #[test]
    fn a_shared_network_is_a_dependency() {
        let mut project = project(&[("a", "", ""), ("b", "", "")]);
        project.services.get_mut("a").unwrap().network_mode = Some("service:b".to_owned());
        assert_eq!(graph(&project).unwrap()["a"]["b"], Stage::Started);
    }
}
