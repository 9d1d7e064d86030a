//! Containers: made, started, asked, ended.
//!
//! In: names or ids. Out: what the engine says. Side effects: those of the engine.
//!
//! Source: Docker Engine API, `/containers` and `/exec`.

use std::collections::HashMap;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::errors::Error as ClientError;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, ContainerInspectResponse, ContainerSummary};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder, StopContainerOptionsBuilder,
    UploadToContainerOptionsBuilder,
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};

use super::error::EngineError;
use super::{Engine, within};

/// Where a piece of output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Stdout,
    Stderr,
}

/// A piece of a container's output, mostly a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub output: Output,
    pub bytes: Bytes,
}

impl From<LogOutput> for LogLine {
    fn from(from: LogOutput) -> LogLine {
        let output = match from {
            LogOutput::StdErr { .. } => Output::Stderr,
            _ => Output::Stdout,
        };
        LogLine {
            output,
            bytes: from.into_bytes(),
        }
    }
}

impl Engine {
    /// Creates a container; answers with its id.
    ///
    /// # Errors
    /// As every call; [`EngineError::is_conflict`] where the name is taken, [`EngineError::is_missing`] without image.
    pub async fn create_container(
        &self,
        name: &str,
        platform: Option<&str>,
        body: ContainerCreateBody,
    ) -> Result<String, EngineError> {
        let mut options = CreateContainerOptionsBuilder::default().name(name);
        if let Some(platform) = platform {
            options = options.platform(platform);
        }
        let call = self.docker.create_container(Some(options.build()), body);
        let made = self.call(&format!("create container {name}"), call).await?;
        Ok(made.id)
    }

    /// Starts a container. Succeeds if it runs already.
    ///
    /// # Errors
    /// As every call; [`EngineError::is_port_taken`].
    pub async fn start_container(&self, name: &str) -> Result<(), EngineError> {
        let call = self.docker.start_container(name, None);
        self.call(&format!("start container {name}"), call).await
    }

    /// Stops a container, killing it after `grace`. Succeeds if it is stopped or gone.
    ///
    /// `grace`: `None` leaves it to the container's own setting.
    ///
    /// # Errors
    /// As every call.
    pub async fn stop_container(
        &self,
        name: &str,
        grace: Option<Duration>,
    ) -> Result<(), EngineError> {
        let mut options = StopContainerOptionsBuilder::default();
        if let Some(grace) = grace {
            options = options.t(i32::try_from(grace.as_secs()).unwrap_or(i32::MAX));
        }
        let limit = self.limits.call + grace.unwrap_or(Duration::from_secs(10));
        let call = self.docker.stop_container(name, Some(options.build()));
        gone_is_fine(within(&format!("stop container {name}"), limit, call).await)
    }

    /// Removes a container, running or not, with its anonymous volumes. Succeeds if it is gone.
    ///
    /// # Errors
    /// As every call.
    pub async fn remove_container(&self, name: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true);
        let call = self.docker.remove_container(name, Some(options.build()));
        match self.call(&format!("remove container {name}"), call).await {
            // Somebody else is removing it this moment.
            Err(error) if error.is_conflict() => Ok(()),
            answer => gone_is_fine(answer),
        }
    }

    /// # Errors
    /// As every call; [`EngineError::is_conflict`] where the new name is taken.
    pub async fn rename_container(&self, name: &str, new_name: &str) -> Result<(), EngineError> {
        let options = RenameContainerOptionsBuilder::default().name(new_name);
        let call = self.docker.rename_container(name, options.build());
        self.call(&format!("rename {name} to {new_name}"), call)
            .await
    }

    /// # Errors
    /// As every call; [`EngineError::is_missing`].
    pub async fn inspect_container(
        &self,
        name: &str,
    ) -> Result<ContainerInspectResponse, EngineError> {
        let action = format!("inspect container {name}");
        self.read(&action, || self.docker.inspect_container(name, None))
            .await
    }

    /// All containers, running or not, that carry all `labels` (`name` or `name=value`).
    ///
    /// # Errors
    /// As every call.
    pub async fn list_containers(
        &self,
        labels: &[String],
    ) -> Result<Vec<ContainerSummary>, EngineError> {
        let filters = HashMap::from([("label", labels.to_vec())]);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        self.read("list containers", || {
            self.docker.list_containers(Some(options.clone()))
        })
        .await
    }

    /// Waits until a container has ended; answers with its exit code.
    ///
    /// # Errors
    /// [`EngineError::TimedOut`] after `limit`; as every call.
    pub async fn wait_container(&self, name: &str, limit: Duration) -> Result<i64, EngineError> {
        let ended = async {
            match self.docker.wait_container(name, None).try_next().await {
                Ok(answer) => Ok(answer.map_or(0, |answer| answer.status_code)),
                // A code other than 0 is an error to the client, and an answer to us.
                Err(ClientError::DockerContainerWaitError { code, .. }) => Ok(code),
                Err(error) => Err(error),
            }
        };
        within(&format!("see the end of {name}"), limit, ended).await
    }

    /// Unpacks a tar archive in a folder of a container, running or not.
    ///
    /// # Errors
    /// As every call; 403 where the container's root is read-only.
    pub async fn copy_into(
        &self,
        name: &str,
        folder: &str,
        archive: Bytes,
    ) -> Result<(), EngineError> {
        let options = UploadToContainerOptionsBuilder::default()
            .path(folder)
            .build();
        let archive = bollard::body_full(archive);
        let call = self
            .docker
            .upload_to_container(name, Some(options), archive);
        self.call(&format!("copy files into {name}"), call).await
    }

    /// What a container has written, and with `follow` what it will write until it ends.
    ///
    /// `tail`: how many of the last lines; `None` for all.
    pub fn logs(
        &self,
        name: &str,
        tail: Option<usize>,
        follow: bool,
    ) -> impl Stream<Item = Result<LogLine, EngineError>> + Send + use<> {
        let tail = tail.map_or("all".to_owned(), |lines| lines.to_string());
        let options = LogsOptionsBuilder::default()
            .stdout(true)
            .stderr(true)
            .follow(follow)
            .tail(&tail)
            .build();
        let action = format!("read the logs of {name}");
        self.docker.logs(name, Some(options)).map(move |piece| {
            piece
                .map(LogLine::from)
                .map_err(|error| EngineError::of(&action, error))
        })
    }

    /// The last lines as text: what an error shows.
    ///
    /// # Errors
    /// As every call.
    pub async fn last_lines(&self, name: &str, lines: usize) -> Result<String, EngineError> {
        let all =
            self.logs(name, Some(lines), false)
                .try_fold(Vec::new(), |mut all, line| async move {
                    all.extend_from_slice(&line.bytes);
                    Ok(all)
                });
        match tokio::time::timeout(self.limits.call, all).await {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes?).into_owned()),
            Err(_) => Err(EngineError::TimedOut {
                action: format!("read the logs of {name}"),
                limit: self.limits.call,
            }),
        }
    }

    /// Runs a command in a running container to its end; answers with what it wrote.
    ///
    /// # Errors
    /// [`EngineError::Exec`]: the command failed; as every call.
    pub async fn exec(&self, name: &str, command: &[&str]) -> Result<String, EngineError> {
        let words = command.join(" ");
        let action = format!("run `{words}` in {name}");
        let (code, output) = within(&action, self.limits.call, self.run(name, command)).await?;
        if code == 0 {
            return Ok(output);
        }
        Err(EngineError::Exec {
            container: name.to_owned(),
            command: words,
            code,
            output,
        })
    }

    async fn run(&self, name: &str, command: &[&str]) -> Result<(i64, String), ClientError> {
        let options = CreateExecOptions {
            cmd: Some(command.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let made = self.docker.create_exec(name, options).await?;
        let mut text = Vec::new();
        if let StartExecResults::Attached { mut output, .. } =
            self.docker.start_exec(&made.id, None).await?
        {
            while let Some(piece) = output.try_next().await? {
                text.extend_from_slice(piece.as_ref());
            }
        }
        let ended = self.docker.inspect_exec(&made.id).await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok((ended.exit_code.unwrap_or(-1), text))
    }
}

/// Whoever wants something gone does not mind that it is.
pub(super) fn gone_is_fine(answer: Result<(), EngineError>) -> Result<(), EngineError> {
    match answer {
        Err(error) if error.is_missing() => Ok(()),
        answer => answer,
    }
}
