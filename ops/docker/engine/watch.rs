//! Events of the engine.
//!
//! In: labels or a container. Out: a stream of events. Side effects: one open connection as long as it lives.
//!
//! Source: Docker Engine API, `GET /events`.

use std::collections::HashMap;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures::{Stream, StreamExt};

use super::Engine;
use super::error::EngineError;

impl Engine {
    /// What happens to containers from `since` on, which is a time of the engine's own clock (`State.StartedAt`).
    ///
    /// `filter`: `("container", id)` or `("label", "name=value")`.
    pub fn events(
        &self,
        filter: (&str, &str),
        since: Option<&str>,
    ) -> impl Stream<Item = Result<EventMessage, EngineError>> + Send + use<> {
        let filters = HashMap::from([("type", vec!["container"]), (filter.0, vec![filter.1])]);
        let mut options = EventsOptionsBuilder::default().filters(&filters);
        if let Some(since) = since {
            options = options.since(since);
        }
        self.docker
            .events(Some(options.build()))
            .map(|event| event.map_err(|error| EngineError::of("watch events", error)))
    }
}
