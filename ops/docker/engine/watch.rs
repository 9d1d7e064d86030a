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
    /// What happens to containers from `since` on: a time of the engine's own clock, as it writes it
    /// (`State.StartedAt`), so that neither a difference of clocks nor the way there loses an event.
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
            options = options.since(&seconds(since));
        }
        self.docker
            .events(Some(options.build()))
            .map(|event| event.map_err(|error| EngineError::of("watch events", error)))
    }
}

/// `1714.000000005` from `1970-01-01T00:28:34.000000005Z`: the only notation that this call takes. What is no time
/// becomes the beginning: the engine then sends all it still has, which is too much, and not too little.
fn seconds(time: &str) -> String {
    let time = time.parse::<jiff::Timestamp>().unwrap_or_default();
    format!("{}.{:09}", time.as_second(), time.subsec_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_become_seconds() {
        assert_eq!(seconds("1970-01-01T00:28:34.000000005Z"), "1714.000000005");
        assert_eq!(seconds("1970-01-01T02:28:34+02:00"), "1714.000000000");
        assert_eq!(seconds("never"), "0.000000000");
    }
}
