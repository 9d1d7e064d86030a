//! A real engine for tests, images for it, and shorthands for services.
//!
//! In: nothing. Out: an engine that answers. Side effects: where none answers, starts `dockerd` with all its data in a
//! temporary folder, without a bridge of its own and without a firewall rule; ends it by its own pid.

pub mod daemon;
pub mod registry;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use prizm_docker::compose::{Healthcheck, Network, Port, PortRange, Project, Service, Span};
use prizm_docker::engine::{BuildRequest, Engine};
use prizm_docker::lifecycle::{DownOptions, UpOptions, down};

/// The image of all tests: busybox and nothing else.
pub const IMAGE: &str = "prizm-test/busybox:latest";

/// Makes [`IMAGE`] through the engine, from Debian's `busybox-static`.
pub async fn make_image(engine: &Engine) -> Result<(), String> {
    let busybox = std::fs::read("/usr/bin/busybox")
        .map_err(|error| format!("/usr/bin/busybox: {error} (apt-get install busybox-static)"))?;
    let dockerfile = "FROM scratch\nCOPY busybox /bin/busybox\n\
                      RUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n";
    let request = BuildRequest {
        tag: IMAGE.to_owned(),
        context: archive(&[
            ("Dockerfile", dockerfile.as_bytes(), 0o644),
            ("busybox", &busybox, 0o755),
        ]),
        network: Some("none".to_owned()),
        ..BuildRequest::default()
    };
    let built = engine.build(&request, &mut |_| {}).await;
    built.map(|_| ()).map_err(|error| error.to_string())
}

/// A tar archive.
pub fn archive(files: &[(&str, &[u8], u32)]) -> bytes::Bytes {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content, mode) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(*mode);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap().into()
}

/// A project with a name that no other test has.
pub fn project(services: &[(&str, Service)]) -> Project {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("prizm-test-{}-{number}", std::process::id());
    let network = Network {
        name: format!("{name}_default"),
        ..Network::default()
    };
    Project {
        networks: BTreeMap::from([("default".to_owned(), network)]),
        services: services
            .iter()
            .map(|(key, service)| ((*key).to_owned(), service.clone()))
            .collect(),
        name,
        ..Project::default()
    }
}

/// A service that runs `script` in a shell.
pub fn shell(script: &str) -> Service {
    Service {
        image: Some(IMAGE.to_owned()),
        command: Some(["sh", "-c", script].map(str::to_owned).to_vec()),
        // Shells ignore SIGTERM as process 1.
        stop_signal: Some("SIGKILL".to_owned()),
        ..Service::default()
    }
}

/// A service with a page on port 80 of the container.
pub fn web(page: &str) -> Service {
    let script =
        format!("mkdir /www; echo '{page}' > /www/index.html; exec httpd -f -p 80 -h /www");
    shell(&script)
}

/// Offers a port at the loopback address. `host`: 0 lets the engine pick.
pub fn offer(mut service: Service, host: u16, container: u16) -> Service {
    service.ports.push(Port {
        target: container,
        host_ip: Some("127.0.0.1".to_owned()),
        published: Some(PortRange {
            first: host,
            last: host,
        }),
        protocol: "tcp".to_owned(),
        ..Port::default()
    });
    service
}

/// A healthcheck that runs every 100 ms.
pub fn checked(mut service: Service, command: &str, retries: u32) -> Service {
    let span = Some(Span(Duration::from_millis(100)));
    service.healthcheck = Some(Healthcheck {
        test: vec!["CMD-SHELL".to_owned(), command.to_owned()],
        interval: span,
        timeout: Some(Span(Duration::from_secs(5))),
        retries: Some(retries),
        ..Healthcheck::default()
    });
    service
}

pub fn options() -> UpOptions {
    UpOptions {
        owner: "test".to_owned(),
        ready_limit: Duration::from_secs(60),
        ..UpOptions::default()
    }
}

/// Removes all that a project has made.
pub async fn clean(engine: &Engine, project: &Project) {
    let options = DownOptions {
        volumes: true,
        grace: Some(Duration::from_secs(1)),
    };
    down(engine, &project.name, options).await.unwrap();
}

/// All that the engine still has of a project: containers, networks, volumes.
pub async fn left_of(engine: &Engine, project: &Project) -> usize {
    let label = [format!("dev.prizm.project={}", project.name)];
    let containers = engine.list_containers(&label).await.unwrap().len();
    let networks = engine.list_networks(&label).await.unwrap().len();
    containers + networks + engine.list_volumes(&label).await.unwrap().len()
}

/// What an HTTP server at the loopback address answers.
pub async fn get(port: u16) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}
