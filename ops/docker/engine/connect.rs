//! From addresses to the first engine that answers.
//!
//! In: candidates. Out: an engine, or what failed at each. Side effects: one `/version` call to each until one answers.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, Docker};

use super::error::{Attempt, EngineError, Failure};
use super::find::{Candidate, Candidates, Tls};
use super::{Engine, Limits, MINIMUM_API};

/// Seconds that the client itself waits: longer than any limit here, so that the limits decide.
const CLIENT_SECONDS: u64 = 2 * 60 * 60;

/// The first that answers.
///
/// # Errors
/// [`EngineError::NoEngine`] with every attempt.
pub async fn first(candidates: &Candidates, limits: Limits) -> Result<Engine, EngineError> {
    let mut tried = Vec::new();
    for candidate in &candidates.0 {
        match try_one(candidate, limits).await {
            Ok(engine) => return Ok(engine),
            Err(failure) => tried.push(Attempt {
                address: candidate.address.clone(),
                origin: candidate.origin.clone(),
                failure,
            }),
        }
    }
    Err(EngineError::NoEngine { tried })
}

async fn try_one(candidate: &Candidate, limits: Limits) -> Result<Engine, Failure> {
    let docker = client(candidate)?;
    reachable(&candidate.address).await?;
    let version = tokio::time::timeout(limits.connect, docker.version())
        .await
        .map_err(|_| Failure::TimedOut(limits.connect))?
        .map_err(|error| failure(&error))?;
    check_api(version.api_version.as_deref().unwrap_or("0.0"))?;
    Ok(Engine {
        docker,
        address: candidate.address.clone(),
        limits,
    })
}

fn client(candidate: &Candidate) -> Result<Docker, Failure> {
    let address = candidate.address.as_str();
    let made = match address.split_once("://").map(|(scheme, _)| scheme) {
        Some("unix" | "npipe") => {
            Docker::connect_with_local(address, CLIENT_SECONDS, API_DEFAULT_VERSION)
        }
        Some("tcp" | "http" | "https") => match &candidate.tls {
            Some(tls) => return secure(address, tls),
            None => Docker::connect_with_http(address, CLIENT_SECONDS, API_DEFAULT_VERSION),
        },
        _ => return Err(Failure::Scheme),
    };
    made.map_err(|error| failure(&error))
}

fn secure(address: &str, tls: &Tls) -> Result<Docker, Failure> {
    let file = |name: &str| tls.folder.join(name);
    let (key, certificate, authority) = (file("key.pem"), file("cert.pem"), file("ca.pem"));
    for path in [&key, &certificate, &authority] {
        readable(path)?;
    }
    // The client takes the process's own, and ends the process where there is none. An earlier one stays.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Docker::connect_with_ssl(
        address,
        &key,
        &certificate,
        &authority,
        CLIENT_SECONDS,
        API_DEFAULT_VERSION,
    )
    .map_err(|error| Failure::Tls(error.to_string()))
}

fn readable(path: &Path) -> Result<(), Failure> {
    std::fs::File::open(path)
        .map(|_| ())
        .map_err(|error| Failure::Tls(format!("{}: {error}", path.display())))
}

/// The client hides why a socket does not answer; a connection of our own tells.
#[cfg(unix)]
async fn reachable(address: &str) -> Result<(), Failure> {
    let Some(path) = address.strip_prefix("unix://") else {
        return Ok(());
    };
    match tokio::net::UnixStream::connect(path).await {
        Ok(_) => Ok(()),
        Err(error) => Err(of_io(&error)),
    }
}

#[cfg(not(unix))]
async fn reachable(_: &str) -> Result<(), Failure> {
    Ok(())
}

fn of_io(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::Missing,
        ErrorKind::ConnectionRefused => Failure::Refused,
        ErrorKind::PermissionDenied => Failure::Denied,
        ErrorKind::TimedOut => Failure::TimedOut(Duration::ZERO),
        _ => Failure::Other(error.to_string()),
    }
}

/// The innermost cause says most: `Connection refused`, `invalid peer certificate`.
fn failure(error: &bollard::errors::Error) -> Failure {
    if let bollard::errors::Error::SocketNotFoundError(_) = error {
        return Failure::Missing;
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
        if let Some(error) = cause.downcast_ref::<std::io::Error>()
            && !matches!(of_io(error), Failure::Other(_))
        {
            return of_io(error);
        }
    }
    Failure::Other(cause.to_string())
}

/// # Errors
/// [`Failure::OldApi`]: older than [`MINIMUM_API`].
fn check_api(version: &str) -> Result<(), Failure> {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok());
    let mut parts = version.split('.');
    let found = number(parts.next()).zip(number(parts.next()));
    if found.is_some_and(|found| found >= MINIMUM_API) {
        return Ok(());
    }
    Err(Failure::OldApi {
        engine: version.to_owned(),
    })
}

#[cfg(all(test, unix))]
mod tests {

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::*;
    use crate::engine::{Environment, Origin};

    async fn failing(address: &str) -> EngineError {
        let limits = Limits {
            connect: Duration::from_millis(200),
            ..Limits::default()
        };
        Engine::at(address, limits).await.unwrap_err()
    }

    fn only_failure(error: &EngineError) -> &Failure {
        let EngineError::NoEngine { tried } = error else {
            panic!("{error}");
        };
        &tried[0].failure
    }

    /// A socket where somebody answers every call with `version`, or never where there is none.
    fn engine_that_says(folder: &Path, version: Option<&'static str>) -> String {
        let path = folder.join("docker.sock");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                if let Some(version) = version {
                    let mut request = [0; 1024];
                    let _ = stream.read(&mut request).await;
                    let body = format!("{{\"ApiVersion\":\"{version}\"}}");
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                }
                kept.push(stream);
            }
        });
        format!("unix://{}", path.display())
    }

    #[tokio::test]
    async fn says_everything_that_was_tried() {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment {
            home: Some(root.path().join("home")),
            user: Some(1000),
            root: root.path().to_owned(),
            ..Environment::default()
        };
        let error = Engine::find(&environment, Limits::default())
            .await
            .unwrap_err();
        let text = error.to_string();
        for place in [
            "var/run/docker.sock",
            "run/user/1000/docker.sock",
            "podman.sock",
        ] {
            assert!(text.contains(place), "{text}");
        }
        let hints = error.hints().join("\n");
        assert!(hints.contains("systemctl start docker"), "{hints}");
        assert!(hints.contains("podman.socket"), "{hints}");
    }

    #[tokio::test]
    async fn a_socket_without_a_listener_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let error = failing(&format!("unix://{}", path.display())).await;
        assert_eq!(only_failure(&error), &Failure::Refused);
        assert!(error.hints()[0].contains("is an engine running"));
    }

    #[tokio::test]
    async fn an_old_engine_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let error = failing(&engine_that_says(folder.path(), Some("1.24"))).await;
        assert!(
            error
                .to_string()
                .contains("it speaks API 1.24, and 1.41 is needed"),
            "{error}"
        );
        assert_eq!(error.hints(), ["install Docker 20.10 or newer"]);
    }

    #[tokio::test]
    async fn silence_ends_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let error = failing(&engine_that_says(folder.path(), None)).await;
        assert!(
            error.to_string().contains("no answer within 0.2 s"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_closed_port_is_refused() {
        let error = failing("tcp://127.0.0.1:1").await;
        assert_eq!(only_failure(&error), &Failure::Refused);
    }

    #[tokio::test]
    async fn ssh_is_not_understood_and_the_hint_helps() {
        let error = failing("ssh://ada@gpu").await;
        assert_eq!(only_failure(&error), &Failure::Scheme);
        assert!(
            error.hints()[0].contains("ssh -nNT -L"),
            "{:?}",
            error.hints()
        );
    }

    #[tokio::test]
    async fn missing_certificates_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut candidate = Candidate::new("tcp://127.0.0.1:1", Origin::Host);
        candidate.tls = Some(Tls {
            folder: folder.path().to_owned(),
        });
        let error = first(&Candidates::only(candidate), Limits::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("key.pem"), "{error}");
        assert!(error.hints()[0].contains("DOCKER_CERT_PATH"));
    }

    #[test]
    fn permission_has_its_hint() {
        let attempt = EngineError::NoEngine {
            tried: vec![Attempt {
                address: "unix:///var/run/docker.sock".to_owned(),
                origin: Origin::Default,
                failure: of_io(&std::io::Error::from(ErrorKind::PermissionDenied)),
            }],
        };
        assert!(attempt.hints()[0].contains("usermod -aG docker"));
    }

    #[test]
    fn versions_compare_as_numbers() {
        for version in ["1.41", "1.100", "2.0"] {
            assert_eq!(check_api(version), Ok(()), "{version}");
        }
        for version in ["1.9", "1.40", "", "new"] {
            assert!(check_api(version).is_err(), "{version}");
        }
    }
}
