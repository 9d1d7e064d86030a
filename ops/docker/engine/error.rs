//! What goes wrong between here and the engine.
//!
//! In: the client's errors. Out: one sentence each, with hints. Side effects: none.

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::find::Origin;

/// A call that failed, or an engine that is not there.
#[derive(Debug, Error)]
pub enum EngineError {
    #[error("no Docker Engine answers{}", list(.tried))]
    NoEngine { tried: Vec<Attempt> },
    #[error("docker's configuration is unusable: {}: {reason}", path.display())]
    Configuration { path: PathBuf, reason: String },
    #[error("the engine did not {action} within {}", seconds(*limit))]
    TimedOut { action: String, limit: Duration },
    #[error("could not {action}: the engine answered {status}: {message}")]
    Answer {
        action: String,
        status: u16,
        message: String,
    },
    #[error("could not {action}: the connection to the engine was cut")]
    Lost {
        action: String,
        #[source]
        source: bollard::errors::Error,
    },
    #[error("could not {action}: the engine ended the connection")]
    Closed { action: String },
    #[error("could not pull {image}: {message}")]
    Pull { image: String, message: String },
    #[error("could not build {image}: {message}{}", tail(.step, .output))]
    Build {
        image: String,
        /// `Step 2/3 : RUN make`, as the engine printed it.
        step: String,
        message: String,
        /// The last lines that the failing step printed.
        output: String,
    },
    #[error("{command} in {container} ended with code {code}{}", tail("", .output))]
    Exec {
        container: String,
        command: String,
        code: i64,
        output: String,
    },
}

impl EngineError {
    /// What the client says about `action`.
    pub(super) fn of(action: &str, error: bollard::errors::Error) -> EngineError {
        use bollard::errors::Error as Client;
        let action = action.to_owned();
        match error {
            Client::DockerResponseServerError {
                status_code,
                message,
            } => EngineError::Answer {
                action,
                status: status_code,
                message,
            },
            Client::DockerStreamError { error } => EngineError::Answer {
                action,
                status: 500,
                message: error,
            },
            source => EngineError::Lost { action, source },
        }
    }

    /// Whether the engine says that the thing does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self, EngineError::Answer { status: 404, .. })
    }

    /// Whether the engine says that something is in the way: a name or a state.
    pub fn is_conflict(&self) -> bool {
        matches!(self, EngineError::Answer { status: 409, .. })
    }

    /// Whether a host port is held by somebody else.
    ///
    /// Source: the messages of libnetwork, docker-proxy and rootlesskit.
    pub fn is_port_taken(&self) -> bool {
        let EngineError::Answer { message, .. } = self else {
            return false;
        };
        ["port is already allocated", "address already in use"]
            .iter()
            .any(|words| message.contains(words))
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            EngineError::NoEngine { tried } => {
                let mut hints = Vec::new();
                for hint in tried.iter().filter_map(Attempt::hint) {
                    if !hints.contains(&hint) {
                        hints.push(hint);
                    }
                }
                hints
            }
            EngineError::Configuration { path, .. } => vec![format!(
                "look at {}, or name the engine: DOCKER_HOST=unix:///var/run/docker.sock",
                path.display()
            )],
            EngineError::Lost { .. } | EngineError::Closed { .. } => {
                vec!["was the engine restarted? `systemctl status docker` tells".to_owned()]
            }
            EngineError::Pull { message, .. } if message.contains("denied") => {
                vec!["is the name right? A private image wants `docker login` first".to_owned()]
            }
            EngineError::Answer { message, .. } if message.contains("no space left") => {
                vec!["`docker system prune` frees space".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

/// One place where an engine was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub address: String,
    pub origin: Origin,
    pub failure: Failure,
}

/// Why there is no engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No such socket.
    Missing,
    /// The socket is there, and nobody listens.
    Refused,
    /// The socket is there, and not for this user.
    Denied,
    TimedOut(Duration),
    OldApi {
        engine: String,
    },
    /// Neither unix, npipe, tcp, http nor https.
    Scheme,
    Tls(String),
    Other(String),
}

impl Attempt {
    fn hint(&self) -> Option<String> {
        let local = self.address.contains("docker.sock");
        Some(match &self.failure {
            Failure::Missing if self.origin == Origin::Default && self.address.contains("podman") => {
                "start Podman's: `systemctl --user start podman.socket`".to_owned()
            }
            Failure::Missing | Failure::Refused if local && self.origin == Origin::Default => {
                "start Docker: `sudo systemctl start docker`, or install it: `sudo apt install docker.io`".to_owned()
            }
            Failure::Missing | Failure::Refused | Failure::TimedOut(_) => {
                format!("is an engine running at {}? {}", self.address, self.origin.remedy())
            }
            Failure::Denied => format!(
                "you may not use {}: `sudo usermod -aG docker $USER`, then log in again",
                self.address
            ),
            Failure::OldApi { .. } => "install Docker 20.10 or newer".to_owned(),
            Failure::Scheme if self.address.starts_with("ssh://") => format!(
                "forward the socket first: `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {}`, \
                 then DOCKER_HOST=unix:///tmp/docker.sock",
                self.address.trim_start_matches("ssh://")
            ),
            Failure::Scheme => "unix:///path, tcp://host:port and https://host:port are understood".to_owned(),
            Failure::Tls(_) => "DOCKER_CERT_PATH names a folder with ca.pem, cert.pem and key.pem".to_owned(),
            Failure::Other(_) => return None,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Missing => write!(to, "there is no such socket"),
            Failure::Refused => write!(to, "nothing listens there"),
            Failure::Denied => write!(to, "permission denied"),
            Failure::TimedOut(limit) => write!(to, "no answer within {}", seconds(*limit)),
            Failure::OldApi { engine } => {
                let (major, minor) = super::MINIMUM_API;
                write!(to, "it speaks API {engine}, and {major}.{minor} is needed")
            }
            Failure::Scheme => write!(to, "this kind of address is not understood"),
            Failure::Tls(reason) | Failure::Other(reason) => write!(to, "{reason}"),
        }
    }
}

fn list(tried: &[Attempt]) -> String {
    let mut text = String::from("; tried:");
    for attempt in tried {
        let _ = write!(
            text,
            "\n  {} ({}): {}",
            attempt.address, attempt.origin, attempt.failure
        );
    }
    text
}

fn tail(step: &str, output: &str) -> String {
    [step, output]
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("\n{}", part.trim_end()))
        .collect()
}

/// `90 s`, `0.2 s`.
pub(crate) fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}
