//! `dockerd`, started where no engine answers.
//!
//! In: the programs of Debian's `docker.io`. Out: an engine, or the reason why there is none.
//! Side effects: a process with its data in a temporary folder; both end with the value.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use prizm_docker::engine::{Engine, Environment, Limits};
use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_secs(60);
/// The storage drivers that are tried: the second works where the first has no kernel.
const STORAGE: [&str; 2] = ["overlay2", "vfs"];

/// An engine for the tests.
pub struct Daemon {
    pub address: String,
    started: Option<Started>,
}

struct Started {
    process: Child,
    _folder: TempDir,
}

impl Daemon {
    /// One that also listens at `tcp://127.0.0.1:<port>`, for those with a certificate from `folder`.
    pub fn with_tls(folder: &Path, port: u16) -> Daemon {
        let file = |name: &str| folder.join(name).display().to_string();
        let mut more = vec!["--tlsverify".to_owned(), "--host".to_owned()];
        more.push(format!("tcp://127.0.0.1:{port}"));
        for (option, name) in [
            ("cacert", "ca.pem"),
            ("cert", "cert.pem"),
            ("key", "key.pem"),
        ] {
            more.push(format!("--tls{option}={}", file(name)));
        }
        start(STORAGE[1], &more).unwrap()
    }

    /// The engine that answers, else one that is started.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub async fn find_or_start() -> Result<Daemon, String> {
        if let Ok(engine) = Engine::find(&Environment::of_process(), Limits::default()).await {
            return Ok(Daemon {
                address: engine.address().to_owned(),
                started: None,
            });
        }
        let mut reasons = Vec::new();
        for storage in STORAGE {
            match start(storage, &[]) {
                Ok(daemon) => return Ok(daemon),
                Err(reason) => reasons.push(format!("{storage}: {reason}")),
            }
        }
        Err(reasons.join("; "))
    }
}

fn start(storage: &str, more: &[String]) -> Result<Daemon, String> {
    // Short: a socket's path has at most 107 bytes.
    let folder = tempfile::Builder::new()
        .prefix("prizm-docker-")
        .tempdir_in("/tmp")
        .map_err(|error| error.to_string())?;
    let address = format!("unix://{}/docker.sock", folder.path().display());
    let mut process = command(folder.path(), &address, storage)
        .args(more)
        .spawn()
        .map_err(|error| format!("dockerd: {error} (apt-get install docker.io)"))?;
    let answer = wait(&mut process);
    let started = Started {
        process,
        _folder: folder,
    };
    let daemon = Daemon {
        address,
        started: Some(started),
    };
    answer.map(|()| daemon)
}

/// `setpriv` ends the daemon with the tests, even where those are killed.
fn command(folder: &Path, address: &str, storage: &str) -> Command {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "TERM", "dockerd", "--host", address])
        .args(["--data-root", &path("data"), "--exec-root", &path("exec")])
        .args([
            "--pidfile",
            &path("docker.pid"),
            "--storage-driver",
            storage,
        ])
        .args(["--config-file", &path("none.json")])
        // Nothing of the machine's network is touched; networks of projects still work, ports through docker-proxy.
        .args(["--bridge=none", "--iptables=false", "--ip6tables=false"])
        .args(["--ip-forward=false", "--ip-masq=false"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    std::fs::write(folder.join("none.json"), "{}").unwrap();
    command
}

/// Waits for the line that says that the daemon listens, or for its end.
fn wait(process: &mut Child) -> Result<(), String> {
    let lines = process
        .stderr
        .take()
        .map(BufReader::new)
        .ok_or("no output")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut last = String::new();
        for line in lines.lines().map_while(Result::ok) {
            if line.contains("API listen on") {
                let _ = sender.send(Ok(()));
            }
            last = line;
        }
        let _ = sender.send(Err(last));
    });
    receiver.recv_timeout(START_LIMIT).unwrap_or_else(|_| {
        Err(format!(
            "it does not listen after {} s",
            START_LIMIT.as_secs()
        ))
    })
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}

impl Daemon {
    /// Ends it, if it was started here; first what failed tests have left, because a killed engine leaves its bridges.
    pub async fn end(&mut self) {
        if self.started.is_some()
            && let Ok(engine) = Engine::at(&self.address, Limits::default()).await
        {
            remove_all(&engine).await;
        }
        self.started = None;
    }
}

async fn remove_all(engine: &Engine) {
    for container in engine.list_containers(&[]).await.unwrap_or_default() {
        let _ = engine
            .remove_container(container.id.as_deref().unwrap_or_default())
            .await;
    }
    let label = ["dev.prizm.project".to_owned()];
    for network in engine.list_networks(&label).await.unwrap_or_default() {
        let _ = engine
            .remove_network(network.id.as_deref().unwrap_or_default())
            .await;
    }
}
