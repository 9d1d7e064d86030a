//! `ps` and `logs`: what a project is doing.
//!
//! In: a project's name. Out: its containers, their output. Side effects: none.

use bollard::models::ContainerSummary;
use futures::Stream;
use futures::StreamExt;
use futures::stream::select_all;
use serde::Serialize;

use super::create::name_of;
use super::names::{self, LABEL_NUMBER, LABEL_OWNER, LABEL_SERVICE};
use crate::engine::{Engine, EngineError, LogLine};

/// One container of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status {
    #[serde(rename = "ID")]
    pub id: String,
    pub name: String,
    pub service: String,
    pub number: u32,
    /// `running`, `exited`, `created` …
    pub state: String,
    /// `healthy`, `unhealthy`, `starting`; empty without a healthcheck.
    pub health: String,
    /// The engine's own words: `Up 3 minutes (healthy)`.
    pub status: String,
    pub owner: String,
}

/// A line of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLog {
    pub service: String,
    pub container: String,
    pub line: LogLine,
}

/// The containers of a project, in the order of their services.
///
/// # Errors
/// As every call of the engine.
pub async fn ps(engine: &Engine, project: &str) -> Result<Vec<Status>, EngineError> {
    let found = engine
        .list_containers(&[names::of_project(project)])
        .await?;
    let mut all: Vec<Status> = found.iter().map(status).collect();
    all.sort_by(|left, right| (&left.service, left.number).cmp(&(&right.service, right.number)));
    Ok(all)
}

fn status(container: &ContainerSummary) -> Status {
    let label = |name: &str| {
        let labels = container.labels.as_ref();
        labels
            .and_then(|labels| labels.get(name))
            .cloned()
            .unwrap_or_default()
    };
    let text = container.status.clone().unwrap_or_default();
    Status {
        id: container.id.clone().unwrap_or_default(),
        name: name_of(container),
        service: label(LABEL_SERVICE),
        number: label(LABEL_NUMBER).parse().unwrap_or(1),
        state: container
            .state
            .map(|state| state.to_string())
            .unwrap_or_default(),
        health: health(&text).to_owned(),
        status: text,
        owner: label(LABEL_OWNER),
    }
}

/// Engines before 29 say it only in words: `Up 2 seconds (health: starting)`.
fn health(status: &str) -> &str {
    ["unhealthy", "healthy", "starting"]
        .into_iter()
        .find(|word| {
            status.contains(&format!("({word})")) || status.contains(&format!("health: {word})"))
        })
        .unwrap_or_default()
}

/// The output of all containers of a project, as it comes. Ends when all have ended, or at once without `follow`.
///
/// `tail`: how many of the last lines of each.
///
/// # Errors
/// As every call of the engine.
pub async fn logs(
    engine: &Engine,
    project: &str,
    tail: Option<usize>,
    follow: bool,
) -> Result<impl Stream<Item = Result<ServiceLog, EngineError>> + Send + use<>, EngineError> {
    let streams = ps(engine, project).await?.into_iter().map(|container| {
        let lines = engine.logs(&container.id, tail, follow);
        Box::pin(lines.map(move |line| {
            line.map(|line| ServiceLog {
                service: container.service.clone(),
                container: container.name.clone(),
                line,
            })
        }))
    });
    Ok(select_all(streams.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::health;

    #[test]
    fn health_is_read_from_words() {
        assert_eq!(health("Up 3 minutes (healthy)"), "healthy");
        assert_eq!(health("Up 3 minutes (unhealthy)"), "unhealthy");
        assert_eq!(health("Up 1 second (health: starting)"), "starting");
        assert_eq!(health("Exited (0) 2 hours ago"), "");
    }
}
