//! When a service is ready.
//!
//! ```text
//! the image's or the project's healthcheck, else what the caller says, else its published port, else that it runs
//! ```
//!
//! In: a started container. Out: ready, or why not, with its last lines. Side effects: none at the engine.
//! Healthchecks, ends and logs are waited for as streams of the engine. Only for ports there is no event: they are
//! tried again and again.

use std::collections::VecDeque;
use std::time::Duration;

use super::open_port;
use super::{Container, LifecycleError, Probe, PublishedPort};
use crate::engine::{Engine, EngineError};
use bollard::models::{ContainerState, ContainerStateStatusEnum, EventMessage, HealthStatusEnum};
use futures::{StreamExt, TryStreamExt};

/// Lines that an error shows.
const SHOWN_LINES: usize = 20;
/// How much of the output is kept to look for a text that came in pieces.
const KEPT_BYTES: usize = 64 * 1024;

/// One container that is waited for.
pub struct Waiting<'a> {
    pub engine: &'a Engine,
    pub container: &'a Container,
    pub probe: Option<&'a Probe>,
    /// Whether the engine starts it again when it ends.
    pub restarts: bool,
    pub limit: Duration,
}

/// What is really waited for.
enum Goal {
    Health,
    Port(PublishedPort),
    Log(String),
    Started,
}

impl Goal {
    fn words(&self) -> String {
        match self {
            Goal::Health => "its healthcheck".to_owned(),
            Goal::Port(port) => {
                format!("port {} at {}:{}", port.container, port.host_ip, port.host)
            }
            Goal::Log(text) => format!("`{text}` in its output"),
            Goal::Started => "its start".to_owned(),
        }
    }
}

impl Waiting<'_> {
    /// Waits until it is ready.
    ///
    /// # Errors
    /// [`LifecycleError::NotReady`], [`LifecycleError::Exited`], [`LifecycleError::Unhealthy`].
    pub async fn ready(&self) -> Result<(), LifecycleError> {
        let state = self.state().await?;
        let goal = self.goal(&state);
        let reached = async {
            match &goal {
                Goal::Health => self.healthy(&state).await,
                Goal::Port(port) => self.open(port).await,
                Goal::Log(text) => self.said(text).await,
                Goal::Started => self.started(&state).await,
            }
        };
        match tokio::time::timeout(self.limit, reached).await {
            Ok(answer) => answer,
            Err(_) => Err(self.not_ready(goal.words()).await),
        }
    }

    /// Waits until it has ended with code 0.
    ///
    /// # Errors
    /// [`LifecycleError::Exited`], [`LifecycleError::NotReady`].
    pub async fn completed(&self) -> Result<(), LifecycleError> {
        match self
            .engine
            .wait_container(&self.container.id, self.limit)
            .await
        {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.exited(&self.state().await?).await),
            Err(EngineError::TimedOut { .. }) => Err(self.not_ready("its end".to_owned()).await),
            Err(error) => Err(self.engine_error(error)),
        }
    }

    /// # Errors
    /// [`LifecycleError::Exited`] if it has ended in an error.
    pub async fn still_well(&self) -> Result<(), LifecycleError> {
        let state = self.state().await?;
        match has_ended(&state) && state.exit_code != Some(0) && !self.restarts {
            true => Err(self.exited(&state).await),
            false => Ok(()),
        }
    }

    fn goal(&self, state: &ContainerState) -> Goal {
        if health(state).is_some() {
            return Goal::Health;
        }
        let ports = &self.container.ports;
        let tcp = |wanted: Option<u16>| {
            let found = ports.iter().find(|port| {
                port.protocol == "tcp" && wanted.is_none_or(|wanted| wanted == port.container)
            });
            found.cloned().map_or(Goal::Started, Goal::Port)
        };
        match self.probe {
            Some(Probe::Started) => Goal::Started,
            Some(Probe::Port(port)) => tcp(Some(*port)),
            Some(Probe::Log(text)) => Goal::Log(text.clone()),
            None => tcp(None),
        }
    }

    async fn healthy(&self, first: &ContainerState) -> Result<(), LifecycleError> {
        // The start's own time: no event after it is missed, and both clocks are the engine's.
        let since = first.started_at.as_ref().map(ToString::to_string);
        let filter = ("container", self.container.id.as_str());
        let mut events = std::pin::pin!(self.engine.events(filter, since.as_deref()));
        loop {
            let state = self.state().await?;
            match health(&state) {
                Some(HealthStatusEnum::HEALTHY) => return Ok(()),
                Some(HealthStatusEnum::UNHEALTHY) => return Err(self.unhealthy(&state).await),
                _ if has_ended(&state) && !self.restarts => return Err(self.exited(&state).await),
                _ => {}
            }
            loop {
                match events.try_next().await {
                    Ok(Some(event)) if tells_something(&event) => break,
                    Ok(Some(_)) => {}
                    Ok(None) => {
                        let action = "watch events".to_owned();
                        return Err(self.engine_error(EngineError::Closed { action }));
                    }
                    Err(error) => return Err(self.engine_error(error)),
                }
            }
        }
    }

    async fn started(&self, state: &ContainerState) -> Result<(), LifecycleError> {
        match has_ended(state) && state.exit_code != Some(0) && !self.restarts {
            true => Err(self.exited(state).await),
            false => Ok(()),
        }
    }

    async fn said(&self, text: &str) -> Result<(), LifecycleError> {
        let mut lines = std::pin::pin!(self.engine.logs(&self.container.id, None, true));
        let mut kept = VecDeque::new();
        while let Some(line) = lines.next().await {
            let line = line.map_err(|error| self.engine_error(error))?;
            kept.extend(line.bytes);
            let surplus = kept.len().saturating_sub(KEPT_BYTES);
            kept.drain(..surplus);
            if String::from_utf8_lossy(kept.make_contiguous()).contains(text) {
                return Ok(());
            }
        }
        Err(self.exited(&self.state().await?).await)
    }

    async fn open(&self, port: &PublishedPort) -> Result<(), LifecycleError> {
        let host = open_port::reachable_host(self.engine.address(), &port.host_ip);
        let accepting = open_port::accepting(&host, port.host);
        if self.restarts {
            accepting.await;
            return Ok(());
        }
        // Longer than the limit around it, which knows better what was waited for.
        let ended = self
            .engine
            .wait_container(&self.container.id, self.limit * 2);
        tokio::select! {
            () = accepting => Ok(()),
            answer = ended => {
                answer.map_err(|error| self.engine_error(error))?;
                Err(self.exited(&self.state().await?).await)
            }
        }
    }

    async fn state(&self) -> Result<ContainerState, LifecycleError> {
        match self.engine.inspect_container(&self.container.id).await {
            Ok(container) => container.state.ok_or_else(|| self.vanished()),
            Err(error) if error.is_missing() => Err(self.vanished()),
            Err(error) => Err(self.engine_error(error)),
        }
    }

    fn vanished(&self) -> LifecycleError {
        LifecycleError::Vanished {
            name: self.container.name.clone(),
        }
    }

    fn engine_error(&self, error: EngineError) -> LifecycleError {
        LifecycleError::of(&self.container.service)(error)
    }

    async fn exited(&self, state: &ContainerState) -> LifecycleError {
        LifecycleError::Exited {
            service: self.container.service.clone(),
            code: state.exit_code.unwrap_or(-1),
            out_of_memory: state.oom_killed.unwrap_or(false),
            logs: self.last_lines().await,
        }
    }

    async fn unhealthy(&self, state: &ContainerState) -> LifecycleError {
        let log = state.health.as_ref().and_then(|health| health.log.as_ref());
        let last = log.and_then(|log| log.last());
        LifecycleError::Unhealthy {
            service: self.container.service.clone(),
            probe: last
                .and_then(|probe| probe.output.clone())
                .unwrap_or_default(),
            logs: self.last_lines().await,
        }
    }

    async fn not_ready(&self, waited_for: String) -> LifecycleError {
        LifecycleError::NotReady {
            service: self.container.service.clone(),
            waited_for,
            limit: self.limit,
            logs: self.last_lines().await,
        }
    }

    /// The error is already known: that its lines cannot be read adds nothing.
    async fn last_lines(&self) -> String {
        let lines = self.engine.last_lines(&self.container.id, SHOWN_LINES);
        lines.await.unwrap_or_default()
    }
}

fn health(state: &ContainerState) -> Option<HealthStatusEnum> {
    let status = state.health.as_ref()?.status?;
    (!matches!(status, HealthStatusEnum::NONE | HealthStatusEnum::EMPTY)).then_some(status)
}

fn has_ended(state: &ContainerState) -> bool {
    matches!(
        state.status,
        Some(ContainerStateStatusEnum::EXITED | ContainerStateStatusEnum::DEAD)
    )
}

/// Every probe is an `exec_…` event of its own; those say nothing about the container.
fn tells_something(event: &EventMessage) -> bool {
    let action = event.action.as_deref().unwrap_or_default();
    !action.starts_with("exec_")
}
