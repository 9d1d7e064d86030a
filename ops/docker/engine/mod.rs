//! The Docker Engine: found, connected, asked.
//!
//! ```text
//! Environment ─find→ Candidates ─connect→ Engine ─containers, images, resources, watch→ answers
//! ```
//!
//! In: environment variables, docker's own configuration. Out: typed calls. Side effects: those of the engine.
//! Every call has a limit, which its error names.

mod connect;
mod containers;
mod contexts;
mod error;
mod find;
mod images;
mod resources;
mod watch;

use std::future::Future;
use std::time::Duration;

use bollard::Docker;
use bollard::models::SystemVersion;

pub use containers::{LogLine, Output};
pub(crate) use error::seconds;
pub use error::{Attempt, EngineError, Failure};
pub use find::{Candidate, Candidates, Environment, Origin, Tls};
pub use images::{BuildRequest, Progress};

/// The oldest API that is spoken: Docker 20.10 and Podman 3.
pub const MINIMUM_API: (usize, usize) = (1, 41);

/// How long the engine may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the first answer of an engine that is looked for.
    pub connect: Duration,
    /// For one call that moves no images.
    pub call: Duration,
    /// For an image without any news from the pull or the build.
    pub idle: Duration,
    /// For a whole pull or build.
    pub image: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(60),
            idle: Duration::from_secs(5 * 60),
            image: Duration::from_secs(60 * 60),
        }
    }
}

/// A connected engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    address: String,
    limits: Limits,
}

impl Engine {
    /// Finds an engine as the docker CLI does, and one of Podman's where there is no Docker.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`] with everything that was tried; [`EngineError::Configuration`].
    pub async fn find(environment: &Environment, limits: Limits) -> Result<Engine, EngineError> {
        connect::first(&find::candidates(environment)?, limits).await
    }

    /// Connects to one address: `unix:///run/docker.sock`, `tcp://127.0.0.1:2375`.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`].
    pub async fn at(address: &str, limits: Limits) -> Result<Engine, EngineError> {
        let candidate = Candidate::new(address, Origin::Given);
        connect::first(&Candidates::only(candidate), limits).await
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The client itself, for what has no wrapper here.
    pub fn client(&self) -> &Docker {
        &self.docker
    }

    /// # Errors
    /// As every call: [`EngineError::Answer`], [`EngineError::TimedOut`], [`EngineError::Lost`].
    pub async fn version(&self) -> Result<SystemVersion, EngineError> {
        self.read("ask for the version", || self.docker.version())
            .await
    }

    /// # Errors
    /// As [`Engine::version`].
    pub async fn ping(&self) -> Result<(), EngineError> {
        self.read("ping", || self.docker.ping()).await?;
        Ok(())
    }

    /// One call that changes something: never repeated.
    async fn call<T>(
        &self,
        action: &str,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, EngineError> {
        within(action, self.limits.call, call).await
    }

    /// One call that changes nothing: repeated once where the connection was cut.
    async fn read<T, F>(&self, action: &str, call: impl Fn() -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, bollard::errors::Error>>,
    {
        match within(action, self.limits.call, call()).await {
            Err(EngineError::Lost { .. }) => within(action, self.limits.call, call()).await,
            answer => answer,
        }
    }
}

/// Waits for `call`, no longer than `limit`.
async fn within<T>(
    action: &str,
    limit: Duration,
    call: impl Future<Output = Result<T, bollard::errors::Error>>,
) -> Result<T, EngineError> {
    match tokio::time::timeout(limit, call).await {
        Ok(answer) => answer.map_err(|error| EngineError::of(action, error)),
        Err(_) => Err(EngineError::TimedOut {
            action: action.to_owned(),
            limit,
        }),
    }
}
