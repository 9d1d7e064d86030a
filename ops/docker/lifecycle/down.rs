//! `down`: a project's containers, networks and, if asked, volumes go.
//!
//! In: a project's name. Out: nothing of it left. Side effects: removes at the engine what carries the project's label.

use std::time::Duration;

use bollard::models::ContainerSummary;
use futures::future::join_all;

use super::names::{self, LABEL_SERVICE, LABEL_WAITS, label};
use crate::engine::{Engine, EngineError};

/// What goes, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct DownOptions {
    /// Named volumes too, with what is in them.
    pub volumes: bool,
    /// Until a container that does not end is killed; `None` leaves it to each.
    pub grace: Option<Duration>,
}

/// Ends a project. Succeeds if there is none.
///
/// # Errors
/// As every call of the engine: the first, after all the rest was tried.
pub async fn down(engine: &Engine, project: &str, options: DownOptions) -> Result<(), EngineError> {
    let labels = [names::of_project(project)];
    let mut left = engine.list_containers(&labels).await?;
    let mut answers = Vec::new();
    while !left.is_empty() {
        let (now, later) = next(left);
        answers.extend(join_all(now.iter().map(|each| end(engine, each, options.grace))).await);
        left = later;
    }
    let networks = engine.list_networks(&labels).await?;
    let networks = networks.iter().filter_map(|network| network.id.as_deref());
    answers.extend(join_all(networks.map(|id| engine.remove_network(id))).await);
    if options.volumes {
        let volumes = engine.list_volumes(&labels).await?;
        answers.extend(
            join_all(
                volumes
                    .iter()
                    .map(|volume| engine.remove_volume(&volume.name)),
            )
            .await,
        );
    }
    answers.into_iter().collect()
}

/// Those that nobody who is left has waited for; all where there are none such.
fn next(left: Vec<ContainerSummary>) -> (Vec<ContainerSummary>, Vec<ContainerSummary>) {
    let needed: Vec<String> = left
        .iter()
        .flat_map(|each| words(label(each, LABEL_WAITS)))
        .collect();
    let is_needed =
        |each: &ContainerSummary| needed.iter().any(|name| name == label(each, LABEL_SERVICE));
    if left.iter().all(is_needed) {
        return (left, Vec::new());
    }
    left.into_iter().partition(|each| !is_needed(each))
}

fn words(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

async fn end(
    engine: &Engine,
    container: &ContainerSummary,
    grace: Option<Duration>,
) -> Result<(), EngineError> {
    let id = container.id.as_deref().unwrap_or_default();
    engine.stop_container(id, grace).await?;
    engine.remove_container(id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(service: &str, waits: &str) -> ContainerSummary {
        let labels = [(LABEL_SERVICE, service), (LABEL_WAITS, waits)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        ContainerSummary {
            labels: Some(labels.into_iter().collect()),
            ..ContainerSummary::default()
        }
    }

    #[test]
    fn who_waited_ends_before_what_it_waited_for() {
        let mut left = vec![
            container("db", ""),
            container("api", "db"),
            container("web", "api,db"),
        ];
        let mut order = Vec::new();
        while !left.is_empty() {
            let (now, later) = next(left);
            order.extend(now.iter().map(|each| label(each, LABEL_SERVICE).to_owned()));
            left = later;
        }
        assert_eq!(order, ["web", "api", "db"]);
    }
}
