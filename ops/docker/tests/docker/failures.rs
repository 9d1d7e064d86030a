//! Projects that do not come up: what the error says, and that nothing is left.

use std::time::Duration;

use prizm_docker::compose::Volume;
use prizm_docker::engine::Engine;
use prizm_docker::lifecycle::{LifecycleError, PortPolicy, UpOptions, ps};

use crate::lifecycle::{after, start, try_up};
use crate::support::{checked, clean, left_of, offer, options, project, shell, web};
use crate::{Test, tests};

pub const TESTS: &[Test] = tests![
    "failures":
    a_failure_leaves_nothing,
    a_failed_change_brings_the_old_container_back,
    an_unhealthy_service_shows_its_probe,
    a_service_that_ends_at_once_shows_its_lines,
    never_ready_names_what_was_waited_for,
    external_networks_must_be_there,
    fixed_ports_name_the_holder,
];

async fn a_failure_leaves_nothing(engine: Engine) {
    let broken = after(shell("echo the reason; exit 7"), "good", "service_started");
    let mut project = project(&[("good", shell("sleep 1000")), ("broken", broken)]);
    let needs = after(
        shell("sleep 1000"),
        "broken",
        "service_completed_successfully",
    );
    project.services.insert("needs".to_owned(), needs);
    let volume = Volume {
        name: format!("{}_data", project.name),
        ..Volume::default()
    };
    project.volumes.insert("data".to_owned(), volume);
    let error = try_up(&engine, &project, &options()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("service broken ended with code 7"), "{text}");
    assert!(text.contains("the reason"), "{text}");
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn a_failed_change_brings_the_old_container_back(engine: Engine) {
    let mut project = project(&[("web", offer(web("old"), 0, 80))]);
    let before = start(&engine, &project).await;
    let broken = checked(project.services["web"].clone(), "false", 1);
    project.services.insert("web".to_owned(), broken);
    let error = try_up(&engine, &project, &options()).await.unwrap_err();
    assert!(matches!(error, LifecycleError::Unhealthy { .. }), "{error}");
    let now = ps(&engine, &project.name).await.unwrap();
    let now: Vec<_> = now
        .iter()
        .map(|each| (&each.id, &each.name, each.state.as_str()))
        .collect();
    let old = &before.containers[0];
    assert_eq!(now, [(&old.id, &old.name, "running")]);
    clean(&engine, &project).await;
}

async fn an_unhealthy_service_shows_its_probe(engine: Engine) {
    let service = checked(
        shell("echo starting; sleep 1000"),
        "echo no model; exit 1",
        2,
    );
    let project = project(&[("model", service)]);
    let error = try_up(&engine, &project, &options()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("service model is unhealthy"), "{text}");
    assert!(
        text.contains("no model") && text.contains("starting"),
        "{text}"
    );
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn a_service_that_ends_at_once_shows_its_lines(engine: Engine) {
    let project = project(&[("web", offer(shell("echo cannot bind >&2; exit 5"), 0, 80))]);
    let error = try_up(&engine, &project, &options()).await.unwrap_err();
    assert!(
        matches!(&error, LifecycleError::Exited { code: 5, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("cannot bind"), "{error}");
}

async fn never_ready_names_what_was_waited_for(engine: Engine) {
    let project = project(&[("web", offer(shell("echo thinking; sleep 1000"), 0, 80))]);
    let soon = UpOptions {
        ready_limit: Duration::from_millis(700),
        ..options()
    };
    let error = try_up(&engine, &project, &soon).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("not ready within 0.7 s: waited for port 80"),
        "{text}"
    );
    assert!(text.contains("thinking"), "{text}");
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn external_networks_must_be_there(engine: Engine) {
    let mut project = project(&[("a", shell("sleep 1000"))]);
    let network = project.networks.get_mut("default").unwrap();
    network.external = true;
    let error = try_up(&engine, &project, &options()).await.unwrap_err();
    assert!(error.to_string().contains("is external"), "{error}");
    assert!(
        error.hints()[0].contains("docker network create"),
        "{:?}",
        error.hints()
    );
}

async fn fixed_ports_name_the_holder(engine: Engine) {
    let first = project(&[("web", offer(web("first"), 0, 80))]);
    let running = start(&engine, &first).await;
    let holder = running.service("web").unwrap();
    let second = project(&[("web", offer(web("second"), holder.ports[0].host, 80))]);
    let fixed = UpOptions {
        ports: PortPolicy::Fixed,
        ..options()
    };
    let error = try_up(&engine, &second, &fixed).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("container {} holds it", holder.name)),
        "{error}"
    );
    assert!(error.hints()[0].contains("--fixed-ports"));
    assert_eq!(left_of(&engine, &second).await, 0);
    clean(&engine, &first).await;
}
