//! A project's life at an engine: up, down, ps, logs.
//!
//! ```text
//! Project ─graph→ order ─spec→ requests ─create→ containers ─ready→ Running      up.rs joins them
//!                                            └─ on failure: rollback
//! ```
//!
//! In: a normalised project, an engine. Out: what runs, with its real ports. Side effects: those of the engine, all
//! of them labelled, so that nothing foreign is ever touched.

mod contents;
mod context;
mod create;
mod down;
mod error;
mod graph;
mod ground;
mod images;
mod names;
mod open_port;
mod ports;
mod prune;
mod ready;
mod rollback;
mod spec;
mod status;
mod up;

use std::collections::BTreeMap;
use std::time::Duration;

pub use down::{DownOptions, down};
pub use error::LifecycleError;
pub use names::{
    LABEL_HASH, LABEL_NUMBER, LABEL_OWNER, LABEL_PROJECT, LABEL_SERVICE, config_hash, project_name,
};
pub use ports::PublishedPort;
pub use prune::prune;
pub use status::{ServiceLog, Status, logs, ps};
pub use up::up;

/// How a project is brought up.
#[derive(Debug, Clone)]
pub struct UpOptions {
    /// Who holds it: written on every container, so that what a dead owner left can be found.
    pub owner: String,
    /// What happens where a host port is taken.
    pub ports: PortPolicy,
    /// What tells that a service is ready, beyond its healthcheck.
    pub ready: BTreeMap<String, Probe>,
    /// For each service, from its start until it is ready.
    pub ready_limit: Duration,
}

impl Default for UpOptions {
    fn default() -> UpOptions {
        UpOptions {
            owner: String::new(),
            ports: PortPolicy::Rewrite,
            ready: BTreeMap::new(),
            ready_limit: Duration::from_secs(120),
        }
    }
}

/// What happens where a host port is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortPolicy {
    /// The engine picks another.
    Rewrite,
    /// An error says who holds it.
    Fixed,
}

/// What tells that a service is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// It runs.
    Started,
    /// This port of the container accepts connections where the host offers it.
    Port(u16),
    /// A line of its output holds this text.
    Log(String),
}

/// What `up` did to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Untouched,
    Started,
    Created,
    Recreated,
}

/// A container of a project that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    pub id: String,
    pub name: String,
    pub service: String,
    /// From 1 to the number of replicas.
    pub number: u32,
    pub change: Change,
    /// As they really are.
    pub ports: Vec<PublishedPort>,
}

/// A project that is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub project: String,
    pub containers: Vec<Container>,
}

impl Running {
    /// The first container of a service.
    pub fn service(&self, name: &str) -> Option<&Container> {
        self.containers
            .iter()
            .find(|container| container.service == name)
    }
}

/// News while a project comes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Image {
        service: String,
        progress: crate::engine::Progress,
    },
    Container {
        service: String,
        name: String,
        change: Change,
    },
    /// A host port was taken, and this one is used instead.
    PortMoved {
        service: String,
        wanted: String,
    },
    Ready {
        service: String,
        name: String,
    },
}
