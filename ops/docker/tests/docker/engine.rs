//! Calls of the engine, one by one.

use std::time::Duration;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::PushImageOptionsBuilder;
use futures::{StreamExt, TryStreamExt};
use prizm_docker::engine::{
    BuildRequest, Engine, EngineError, Environment, Limits, Output, Progress,
};

use crate::support::daemon::Daemon;
use crate::support::registry::Registry;
use crate::support::{IMAGE, archive};
use crate::{Test, tests};

pub const TESTS: &[Test] = tests![
    "engine":
    answers_with_its_version,
    runs_a_container_and_reads_both_outputs,
    a_missing_container_is_missing,
    exec_says_what_failed,
    a_wait_ends_at_its_limit,
    events_since_a_time_are_not_missed,
    a_failed_build_shows_step_and_output,
    a_registry_that_refuses_is_quoted,
    pulls_from_a_registry_with_progress_and_digest,
    a_cut_connection_is_told,
    tls_wants_the_certificate,
];

/// A container with a name of its own that runs `script`.
async fn make(engine: &Engine, name: &str, script: &str) -> String {
    let name = format!("prizm-test-{}-{name}", std::process::id());
    let body = ContainerCreateBody {
        image: Some(IMAGE.to_owned()),
        cmd: Some(["sh", "-c", script].map(str::to_owned).to_vec()),
        ..ContainerCreateBody::default()
    };
    engine.create_container(&name, None, body).await.unwrap()
}

async fn answers_with_its_version(engine: Engine) {
    engine.ping().await.unwrap();
    assert!(engine.version().await.unwrap().api_version.is_some());
}

async fn runs_a_container_and_reads_both_outputs(engine: Engine) {
    let id = make(&engine, "both", "echo out; echo err >&2; exit 3").await;
    engine.start_container(&id).await.unwrap();
    assert_eq!(
        engine
            .wait_container(&id, Duration::from_secs(30))
            .await
            .unwrap(),
        3
    );
    let mut lines: Vec<_> = engine.logs(&id, None, false).try_collect().await.unwrap();
    lines.sort_by_key(|line| line.output == Output::Stderr);
    let texts: Vec<_> = lines
        .iter()
        .map(|line| (line.output, &line.bytes[..]))
        .collect();
    assert_eq!(
        texts,
        [
            (Output::Stdout, &b"out\n"[..]),
            (Output::Stderr, &b"err\n"[..])
        ]
    );
    engine.remove_container(&id).await.unwrap();
    engine.remove_container(&id).await.expect("gone is fine");
}

async fn a_missing_container_is_missing(engine: Engine) {
    let error = engine.inspect_container("nobody").await.unwrap_err();
    assert!(error.is_missing(), "{error}");
    engine.stop_container("nobody", None).await.unwrap();
    assert!(engine.image("nobody").await.unwrap().is_none());
    assert!(engine.network("nobody").await.unwrap().is_none());
}

async fn exec_says_what_failed(engine: Engine) {
    let id = make(&engine, "exec", "sleep 1000").await;
    engine.start_container(&id).await.unwrap();
    assert_eq!(engine.exec(&id, &["echo", "hi"]).await.unwrap(), "hi\n");
    let error = engine
        .exec(&id, &["sh", "-c", "echo oh; exit 4"])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, EngineError::Exec { code: 4, output, .. } if output == "oh\n"),
        "{error}"
    );
    engine.remove_container(&id).await.unwrap();
}

async fn a_wait_ends_at_its_limit(engine: Engine) {
    let id = make(&engine, "limit", "sleep 1000").await;
    engine.start_container(&id).await.unwrap();
    let error = engine
        .wait_container(&id, Duration::from_millis(300))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("within 0.3 s"), "{error}");
    engine.remove_container(&id).await.unwrap();
}

async fn events_since_a_time_are_not_missed(engine: Engine) {
    let id = make(&engine, "events", "true").await;
    engine.start_container(&id).await.unwrap();
    engine
        .wait_container(&id, Duration::from_secs(30))
        .await
        .unwrap();
    let state = engine.inspect_container(&id).await.unwrap().state.unwrap();
    let since = state.started_at.unwrap().to_string();
    let events = engine.events(("container", &id), Some(&since));
    let mut actions = events.map(|event| event.unwrap().action.unwrap_or_default());
    let seen = async {
        actions
            .by_ref()
            .any(|action| async move { action == "die" })
            .await
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(10), seen)
            .await
            .unwrap()
    );
    engine.remove_container(&id).await.unwrap();
}

async fn a_failed_build_shows_step_and_output(engine: Engine) {
    let dockerfile = format!("FROM {IMAGE}\nRUN echo preparing\nRUN echo the reason; exit 9\n");
    let request = BuildRequest {
        tag: "prizm-test/fails".to_owned(),
        context: archive(&[("Dockerfile", dockerfile.as_bytes(), 0o644)]),
        network: Some("none".to_owned()),
        ..BuildRequest::default()
    };
    let mut lines = String::new();
    let error = engine
        .build(&request, &mut |news| {
            if let Progress::Line(line) = news {
                lines.push_str(&line);
            }
        })
        .await
        .unwrap_err();
    let text = error.to_string();
    for words in ["Step 3/3", "the reason", "code: 9"] {
        assert!(text.contains(words), "{text}");
    }
    assert!(!text.contains("preparing"), "only the failing step: {text}");
    assert!(lines.contains("preparing"), "{lines}");
}

async fn a_registry_that_refuses_is_quoted(engine: Engine) {
    let image = "127.0.0.1:1/nobody/nothing:1";
    let error = engine
        .pull(image, None, None, &mut |_| {})
        .await
        .unwrap_err();
    assert!(matches!(&error, EngineError::Pull { .. }), "{error:?}");
    assert!(error.to_string().contains("connection refused"), "{error}");
}

/// Builds `<registry>/busybox:1` with a layer that the engine has not, pushes it, and forgets it here.
async fn push(engine: &Engine, registry: &Registry) -> String {
    let repository = format!("{}/busybox", registry.address);
    let image = format!("{repository}:1");
    let dockerfile = format!("FROM {IMAGE}\nCOPY layer /layer\n");
    let layer = registry.address.repeat(10_000);
    let request = BuildRequest {
        tag: image.clone(),
        context: archive(&[
            ("Dockerfile", dockerfile.as_bytes(), 0o644),
            ("layer", layer.as_bytes(), 0o644),
        ]),
        ..BuildRequest::default()
    };
    engine.build(&request, &mut |_| {}).await.unwrap();
    let push = PushImageOptionsBuilder::default().tag("1").build();
    let pushed = engine.client().push_image(&repository, Some(push), None);
    pushed.try_collect::<Vec<_>>().await.unwrap();
    engine.remove_image(&image).await.unwrap();
    image
}

async fn pulls_from_a_registry_with_progress_and_digest(engine: Engine) {
    let registry = Registry::start();
    let image = push(&engine, &registry).await;
    assert!(engine.image(&image).await.unwrap().is_none());
    let mut news = Vec::new();
    engine
        .pull(&image, None, None, &mut |each| news.push(each))
        .await
        .unwrap();
    assert!(
        news.iter()
            .any(|each| matches!(each, Progress::Layer { .. })),
        "{news:?}"
    );
    let digests = engine
        .image(&image)
        .await
        .unwrap()
        .unwrap()
        .repo_digests
        .unwrap();
    let own = format!("{}/busybox@sha256:", registry.address);
    assert!(
        digests.iter().any(|digest| digest.starts_with(&own)),
        "{digests:?}"
    );
    let missing = format!("{}/busybox:none", registry.address);
    let error = engine
        .pull(&missing, None, None, &mut |_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("manifest unknown"), "{error}");
    engine.remove_image(&image).await.unwrap();
}

/// A socket in front of the engine that drops every connection after the first two.
async fn a_cut_connection_is_told(engine: Engine) {
    let Some(real) = engine.address().strip_prefix("unix://").map(str::to_owned) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (mut here, _) = listener.accept().await.unwrap();
            // The first is the probe of the search, the second its question for the version.
            if number < 2 {
                let real = real.clone();
                tokio::spawn(async move {
                    let mut there = tokio::net::UnixStream::connect(real).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
                });
            }
        }
    });
    let cut = Engine::at(&format!("unix://{}", path.display()), Limits::default())
        .await
        .unwrap();
    let error = cut.list_containers(&[]).await.unwrap_err();
    assert!(matches!(&error, EngineError::Lost { .. }), "{error:?}");
    assert!(
        error.to_string().contains("could not list containers"),
        "{error}"
    );
    assert!(
        error.hints()[0].contains("restarted"),
        "{:?}",
        error.hints()
    );
}

/// An authority that signs itself; server and client show the same certificate.
fn certificates(folder: &std::path::Path) {
    let script = "set -e
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca-key.pem -out ca.pem -subj /CN=ca
        printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' > extensions
        openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=engine
        openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 \
            -extfile extensions -out cert.pem";
    let made = std::process::Command::new("sh")
        .args(["-c", script])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

async fn tls_wants_the_certificate(_: Engine) {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let daemon = Daemon::with_tls(folder.path(), port);
    let mut environment = Environment::default();
    let mut set = |name: &str, value: String| environment.variables.insert(name.to_owned(), value);
    set("DOCKER_HOST", format!("tcp://127.0.0.1:{port}"));
    set("DOCKER_CERT_PATH", folder.path().display().to_string());
    let plain = Engine::find(&environment, Limits::default()).await;
    assert!(matches!(plain, Err(EngineError::NoEngine { .. })));
    environment
        .variables
        .insert("DOCKER_TLS_VERIFY".to_owned(), "1".to_owned());
    let engine = Engine::find(&environment, Limits::default()).await.unwrap();
    engine.ping().await.unwrap();
    drop(daemon);
}
