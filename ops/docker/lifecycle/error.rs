//! What goes wrong while a project comes up or goes.
//!
//! In: the engine's errors and the states of containers. Out: one error each, with hints. Side effects: none.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::engine::EngineError;

/// A project that did not come up, or did not go.
#[derive(Debug, Error)]
pub enum LifecycleError {
    #[error("the dependencies of the services form a circle: {}", .0.join(" → "))]
    Cycle(Vec<String>),
    #[error("service {service} needs {kind} {name}, and the project has none of that name")]
    Unknown {
        service: String,
        kind: &'static str,
        name: String,
    },
    #[error("{kind} {name} is external, and the engine has none of that name")]
    External { kind: &'static str, name: String },
    #[error("service {service} has neither image nor build")]
    NoImage { service: String },
    #[error("the build context of service {service} is unusable: {}", path.display())]
    Context {
        service: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("service {service}: {source}")]
    Engine {
        service: String,
        #[source]
        source: EngineError,
    },
    #[error(transparent)]
    Call(#[from] EngineError),
    #[error("service {service} wants port {port} of the host, and {holder} holds it")]
    PortTaken {
        service: String,
        port: String,
        holder: String,
    },
    #[error(
        "service {service} ended with code {code}{}{}",
        if *.out_of_memory { ": it ran out of memory" } else { "" },
        shown(.logs)
    )]
    Exited {
        service: String,
        code: i64,
        out_of_memory: bool,
        logs: String,
    },
    #[error("service {service} is unhealthy; its last probe said: {}{}", .probe.trim(), shown(.logs))]
    Unhealthy {
        service: String,
        probe: String,
        logs: String,
    },
    #[error(
        "service {service} was not ready within {}: waited for {waited_for}{}",
        crate::engine::seconds(*limit),
        shown(.logs)
    )]
    NotReady {
        service: String,
        waited_for: String,
        limit: Duration,
        logs: String,
    },
    #[error("container {name} went away while it was waited for")]
    Vanished { name: String },
    /// Another service failed; never the error of the whole.
    #[error("stopped, because another service failed")]
    Aborted,
    #[error("{error}\nand what had been made could not be removed: {left}")]
    Rollback {
        #[source]
        error: Box<LifecycleError>,
        left: String,
    },
}

impl LifecycleError {
    /// An error of the engine while `service` was worked on.
    pub(super) fn of(service: &str) -> impl Fn(EngineError) -> LifecycleError {
        let service = service.to_owned();
        move |source| LifecycleError::Engine {
            service: service.clone(),
            source,
        }
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            LifecycleError::Engine { source, .. } | LifecycleError::Call(source) => {
                let mut hints = source.hints();
                if source
                    .to_string()
                    .contains("could not select device driver")
                {
                    hints.push(
                        "no GPU is set up for containers here: install nvidia-container-toolkit, \
                         or leave `devices` out"
                            .to_owned(),
                    );
                }
                hints
            }
            LifecycleError::External { kind, name } => {
                vec![format!("make it first: `docker {kind} create {name}`")]
            }
            LifecycleError::PortTaken { .. } => {
                vec!["leave --fixed-ports out, and another port is found".to_owned()]
            }
            LifecycleError::Exited {
                out_of_memory: true,
                ..
            } => vec!["raise deploy.resources.limits.memory".to_owned()],
            LifecycleError::NoImage { service } => {
                vec![format!("add `image:` or `build:` to services.{service}")]
            }
            LifecycleError::Rollback { error, .. } => error.hints(),
            _ => Vec::new(),
        }
    }
}

fn shown(logs: &str) -> String {
    if logs.trim().is_empty() {
        return "; it wrote nothing".to_owned();
    }
    format!("; its last lines:\n{}", logs.trim_end())
}
