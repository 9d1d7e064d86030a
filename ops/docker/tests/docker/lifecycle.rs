//! Projects: up, down, ps, logs.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures::TryStreamExt;
use prizm_docker::compose::{Dependency, FileObject, FileReference, Project, Service, Volume};
use prizm_docker::engine::Engine;
use prizm_docker::lifecycle::{
    Change, LifecycleError, News, Probe, Running, UpOptions, logs, ps, up,
};

use crate::support::{IMAGE, checked, clean, get, left_of, offer, options, project, shell, web};
use crate::{Test, tests};

pub const TESTS: &[Test] = tests![
    "lifecycle":
    a_service_answers_on_its_real_port,
    unchanged_is_untouched_and_changed_is_recreated,
    dependencies_start_in_order_and_one_shots_end_first,
    independent_services_start_together,
    a_taken_port_moves,
    a_port_of_another_program_moves,
    two_copies_run_side_by_side,
    a_fixed_name_that_is_taken_becomes_unique,
    a_line_of_output_makes_ready,
    replicas_run_and_ps_lists_them,
    down_keeps_volumes_unless_asked,
    nothing_foreign_is_touched,
    an_inline_dockerfile_is_built,
    services_reach_each_other_by_name,
    secrets_and_configs_are_files_in_the_container,
    a_compose_file_comes_up,
    what_a_dead_owner_left_is_removed,
];

pub async fn start(engine: &Engine, project: &Project) -> Running {
    try_up(engine, project, &options()).await.unwrap()
}

pub async fn try_up(
    engine: &Engine,
    project: &Project,
    options: &UpOptions,
) -> Result<Running, LifecycleError> {
    up(engine, project, options, &|_| {}).await
}

pub fn after(mut service: Service, other: &str, condition: &str) -> Service {
    let dependency = Dependency {
        condition: condition.to_owned(),
        required: true,
        restart: false,
    };
    service.depends_on.insert(other.to_owned(), dependency);
    service
}

async fn output(engine: &Engine, project: &Project) -> Vec<String> {
    let stream = logs(engine, &project.name, None, false).await.unwrap();
    let lines: Vec<_> = stream.try_collect().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    lines
        .iter()
        .map(|log| format!("{}: {}", log.service, text(&log.line.bytes)))
        .collect()
}

async fn a_service_answers_on_its_real_port(engine: Engine) {
    let project = project(&[("web", offer(web("hello"), 0, 80))]);
    let running = start(&engine, &project).await;
    let port = &running.service("web").unwrap().ports[0];
    assert_eq!((port.container, port.host_ip.as_str()), (80, "127.0.0.1"));
    assert!(get(port.host).await.contains("hello"));
    clean(&engine, &project).await;
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn unchanged_is_untouched_and_changed_is_recreated(engine: Engine) {
    let mut project = project(&[("a", shell("sleep 1000")), ("b", shell("sleep 1000"))]);
    let first = start(&engine, &project).await;
    assert!(
        first
            .containers
            .iter()
            .all(|each| each.change == Change::Created)
    );
    let second = start(&engine, &project).await;
    assert!(
        second
            .containers
            .iter()
            .all(|each| each.change == Change::Untouched)
    );
    let a = project.services.get_mut("a").unwrap();
    a.environment
        .insert("MODE".to_owned(), Some("fast".to_owned()));
    let third = start(&engine, &project).await;
    assert_eq!(third.service("a").unwrap().change, Change::Recreated);
    assert_eq!(
        third.service("a").unwrap().name,
        first.service("a").unwrap().name
    );
    assert_eq!(
        third.service("b").unwrap().id,
        first.service("b").unwrap().id
    );
    assert_eq!(
        ps(&engine, &project.name).await.unwrap().len(),
        2,
        "the old one is gone"
    );
    engine
        .stop_container(&third.service("b").unwrap().id, None)
        .await
        .unwrap();
    let fourth = start(&engine, &project).await;
    assert_eq!(fourth.service("b").unwrap().change, Change::Started);
    clean(&engine, &project).await;
}

async fn dependencies_start_in_order_and_one_shots_end_first(engine: Engine) {
    let database = checked(shell("touch /ready; sleep 1000"), "test -f /ready", 50);
    let migration = after(shell("echo migrated"), "db", "service_healthy");
    let api = after(
        shell("sleep 1000"),
        "migrate",
        "service_completed_successfully",
    );
    let project = project(&[("api", api), ("db", database), ("migrate", migration)]);
    let order = Mutex::new(Vec::new());
    let note = |news| {
        if let News::Container { service, .. } = news {
            order.lock().unwrap().push(service);
        }
    };
    up(&engine, &project, &options(), &note).await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["db", "migrate", "api"]);
    let states: Vec<_> = ps(&engine, &project.name).await.unwrap();
    let states: Vec<_> = states
        .iter()
        .map(|each| (each.state.as_str(), each.health.as_str()))
        .collect();
    assert_eq!(
        states,
        [("running", ""), ("running", "healthy"), ("exited", "")]
    );
    let again = start(&engine, &project).await;
    assert!(
        again
            .containers
            .iter()
            .all(|each| each.change == Change::Untouched),
        "{again:?}"
    );
    clean(&engine, &project).await;
}

/// Each waits until the other's name is known: one after the other, neither would get ready.
async fn independent_services_start_together(engine: Engine) {
    let waits = |other: &str| checked(shell("sleep 1000"), &format!("ping -c 1 -W 1 {other}"), 100);
    let project = project(&[("a", waits("b")), ("b", waits("a"))]);
    start(&engine, &project).await;
    clean(&engine, &project).await;
}

async fn a_taken_port_moves(engine: Engine) {
    let first = project(&[("web", offer(web("first"), 0, 80))]);
    let taken = start(&engine, &first).await.service("web").unwrap().ports[0].host;
    let second = project(&[("web", offer(offer(web("second"), taken, 80), 0, 81))]);
    let news = Mutex::new(Vec::new());
    let running = up(&engine, &second, &options(), &|each| {
        news.lock().unwrap().push(each)
    })
    .await
    .unwrap();
    let port = running
        .service("web")
        .unwrap()
        .ports
        .iter()
        .find(|port| port.container == 80)
        .unwrap();
    assert_ne!(port.host, taken);
    assert!(get(port.host).await.contains("second"));
    assert!(get(taken).await.contains("first"));
    let moved = News::PortMoved {
        service: "web".to_owned(),
        wanted: taken.to_string(),
    };
    assert!(news.lock().unwrap().contains(&moved));
    let again = start(&engine, &second).await;
    assert_eq!(
        again.service("web").unwrap().change,
        Change::Untouched,
        "a moved port is no change"
    );
    clean(&engine, &first).await;
    clean(&engine, &second).await;
}

async fn a_port_of_another_program_moves(engine: Engine) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().port();
    let project = project(&[("web", offer(web("moved"), taken, 80))]);
    let port = start(&engine, &project).await.service("web").unwrap().ports[0].host;
    assert_ne!(port, taken);
    assert!(get(port).await.contains("moved"));
    clean(&engine, &project).await;
}

async fn two_copies_run_side_by_side(engine: Engine) {
    let service = offer(web("copy"), 0, 80);
    let copies = [
        project(&[("web", service.clone())]),
        project(&[("web", service)]),
    ];
    let (first, second) = tokio::join!(start(&engine, &copies[0]), start(&engine, &copies[1]));
    let port = |running: &Running| running.service("web").unwrap().ports[0].host;
    assert_ne!(port(&first), port(&second));
    clean(&engine, &copies[0]).await;
    assert!(get(port(&second)).await.contains("copy"));
    clean(&engine, &copies[1]).await;
}

async fn a_fixed_name_that_is_taken_becomes_unique(engine: Engine) {
    let mut service = shell("sleep 1000");
    service.container_name = Some(format!("prizm-test-fixed-{}", std::process::id()));
    let copies = [
        project(&[("a", service.clone())]),
        project(&[("a", service.clone())]),
    ];
    let first = start(&engine, &copies[0]).await;
    let second = start(&engine, &copies[1]).await;
    assert_eq!(
        Some(&first.containers[0].name),
        service.container_name.as_ref()
    );
    assert_ne!(first.containers[0].name, second.containers[0].name);
    clean(&engine, &copies[0]).await;
    clean(&engine, &copies[1]).await;
}

async fn a_line_of_output_makes_ready(engine: Engine) {
    let project = project(&[(
        "model",
        shell("echo loading; echo model loaded; sleep 1000"),
    )]);
    let probe = |text: &str, limit| UpOptions {
        ready: BTreeMap::from([("model".to_owned(), Probe::Log(text.to_owned()))]),
        ready_limit: limit,
        ..options()
    };
    let never = try_up(
        &engine,
        &project,
        &probe("no such line", Duration::from_millis(700)),
    )
    .await;
    assert!(
        never
            .unwrap_err()
            .to_string()
            .contains("`no such line` in its output")
    );
    try_up(
        &engine,
        &project,
        &probe("model loaded", Duration::from_secs(60)),
    )
    .await
    .unwrap();
    clean(&engine, &project).await;
}

async fn replicas_run_and_ps_lists_them(engine: Engine) {
    let mut service = shell("echo here; sleep 1000");
    service.scale = Some(3);
    let mut project = project(&[("worker", service)]);
    start(&engine, &project).await;
    let all = ps(&engine, &project.name).await.unwrap();
    assert_eq!(
        all.iter().map(|each| each.number).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(
        all.iter()
            .all(|each| each.owner == "test" && each.state == "running"),
        "{all:?}"
    );
    project.services.get_mut("worker").unwrap().scale = Some(1);
    let fewer = start(&engine, &project).await;
    assert_eq!(fewer.containers[0].change, Change::Untouched);
    assert_eq!(
        ps(&engine, &project.name).await.unwrap().len(),
        1,
        "the surplus is gone"
    );
    clean(&engine, &project).await;
}

async fn down_keeps_volumes_unless_asked(engine: Engine) {
    let mut project = project(&[("a", shell("sleep 1000"))]);
    let volume = Volume {
        name: format!("{}_data", project.name),
        ..Volume::default()
    };
    project.volumes.insert("data".to_owned(), volume);
    start(&engine, &project).await;
    let keep = prizm_docker::lifecycle::DownOptions::default();
    prizm_docker::lifecycle::down(&engine, &project.name, keep)
        .await
        .unwrap();
    assert_eq!(left_of(&engine, &project).await, 1, "the volume");
    clean(&engine, &project).await;
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn nothing_foreign_is_touched(engine: Engine) {
    let (mine, other) = (
        project(&[("a", shell("sleep 1000"))]),
        project(&[("a", shell("sleep 1000"))]),
    );
    start(&engine, &mine).await;
    start(&engine, &other).await;
    clean(&engine, &mine).await;
    assert_eq!(ps(&engine, &other.name).await.unwrap()[0].state, "running");
    clean(&engine, &other).await;
}

async fn an_inline_dockerfile_is_built(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("words.txt"), "built words\n").unwrap();
    let mut service = shell("cat /words.txt; sleep 1000");
    service.image = None;
    service.build = Some(prizm_docker::compose::Build {
        context: folder.path().display().to_string(),
        dockerfile_inline: Some(format!("FROM {IMAGE}\nARG NAME\nCOPY words.txt /$NAME\n")),
        args: BTreeMap::from([("NAME".to_owned(), Some("words.txt".to_owned()))]),
        ..prizm_docker::compose::Build::default()
    });
    let project = project(&[("a", service)]);
    let ready = UpOptions {
        ready: BTreeMap::from([("a".to_owned(), Probe::Log("built words".to_owned()))]),
        ..options()
    };
    try_up(&engine, &project, &ready).await.unwrap();
    clean(&engine, &project).await;
}

async fn services_reach_each_other_by_name(engine: Engine) {
    let client = after(shell("wget -q -O - http://web/"), "web", "service_healthy");
    let server = checked(web("inside"), "wget -q -O - http://127.0.0.1/", 50);
    let last = after(
        shell("sleep 1000"),
        "client",
        "service_completed_successfully",
    );
    let project = project(&[("client", client), ("last", last), ("web", server)]);
    start(&engine, &project).await;
    assert!(
        output(&engine, &project)
            .await
            .contains(&"client: inside".to_owned())
    );
    clean(&engine, &project).await;
}

async fn secrets_and_configs_are_files_in_the_container(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mounted");
    std::fs::write(&file, "from a file\n").unwrap();
    let reference = |source: &str, target: Option<&str>| FileReference {
        source: source.to_owned(),
        target: target.map(str::to_owned),
        ..FileReference::default()
    };
    let mut service = shell("cat /run/secrets/token /etc/app.conf /mounted; sleep 1000");
    service.secrets = vec![reference("token", None)];
    service.configs = vec![
        reference("app", Some("/etc/app.conf")),
        reference("mounted", None),
    ];
    let mut project = project(&[("a", service)]);
    project
        .environment
        .0
        .insert("TOKEN".to_owned(), "from a variable\n".to_owned());
    let token = FileObject {
        environment: Some("TOKEN".to_owned()),
        ..FileObject::default()
    };
    let app = FileObject {
        content: Some("from here\n".to_owned()),
        ..FileObject::default()
    };
    let mounted = FileObject {
        file: Some(file),
        ..FileObject::default()
    };
    project.secrets.insert("token".to_owned(), token);
    project.configs.insert("app".to_owned(), app);
    project.configs.insert("mounted".to_owned(), mounted);
    let ready = UpOptions {
        ready: BTreeMap::from([("a".to_owned(), Probe::Log("from a file".to_owned()))]),
        ..options()
    };
    try_up(&engine, &project, &ready).await.unwrap();
    assert_eq!(
        output(&engine, &project).await,
        ["a: from a variable", "a: from here", "a: from a file"]
    );
    project.environment.0.clear();
    project.services.get_mut("a").unwrap().tty = true;
    let error = try_up(&engine, &project, &ready).await.unwrap_err();
    assert!(
        error.to_string().contains("needs variable TOKEN"),
        "{error}"
    );
    assert_eq!(
        ps(&engine, &project.name).await.unwrap()[0].state,
        "running"
    );
    clean(&engine, &project).await;
}

async fn a_compose_file_comes_up(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        r#"
x-base: &base
  image: {IMAGE}
  stop_signal: SIGKILL
services:
  db:
    <<: *base
    command: sh -c "mkdir -p /data && touch /data/ready && sleep 1000"
    volumes: [data:/data]
    healthcheck: {{test: test -f /data/ready, interval: 100ms, retries: 50}}
  web:
    <<: *base
    command: ["sh", "-c", "mkdir /www; echo $$GREETING > /www/index.html; exec httpd -f -p 80 -h /www"]
    environment: {{GREETING: "${{GREETING:-hello}}"}}
    ports: ["127.0.0.1::80"]
    depends_on: {{db: {{condition: service_healthy}}}}
    deploy: {{resources: {{limits: {{memory: 64m, cpus: "0.5"}}}}}}
    networks: {{default: {{aliases: [front]}}}}
volumes: {{data: {{}}}}
"#
    );
    std::fs::write(folder.path().join("compose.yaml"), text).unwrap();
    let loaded = prizm_docker::compose::load(&prizm_docker::compose::LoadOptions {
        directory: folder.path().to_owned(),
        environment: BTreeMap::from([("GREETING".to_owned(), "from compose".to_owned())]),
        project_name: Some(project(&[]).name),
        ..Default::default()
    });
    let project = loaded.unwrap().project;
    let running = start(&engine, &project).await;
    let web = running.service("web").unwrap();
    assert!(get(web.ports[0].host).await.contains("from compose"));
    let host = engine
        .inspect_container(&web.id)
        .await
        .unwrap()
        .host_config
        .unwrap();
    assert_eq!(
        (host.memory, host.nano_cpus),
        (Some(64 << 20), Some(500_000_000))
    );
    assert_eq!(
        left_of(&engine, &project).await,
        4,
        "two containers, a network, a volume"
    );
    clean(&engine, &project).await;
    assert_eq!(left_of(&engine, &project).await, 0);
}

async fn what_a_dead_owner_left_is_removed(engine: Engine) {
    let owned = |owner: &str| UpOptions {
        owner: format!("{owner}-{}", std::process::id()),
        ..options()
    };
    let (dead, alive) = (
        project(&[("a", shell("sleep 1000"))]),
        project(&[("a", shell("sleep 1000"))]),
    );
    try_up(&engine, &dead, &owned("dead")).await.unwrap();
    try_up(&engine, &alive, &owned("alive")).await.unwrap();
    let gone = owned("dead").owner;
    let removed = prizm_docker::lifecycle::prune(&engine, &|owner| owner != gone)
        .await
        .unwrap();
    assert_eq!(removed, std::slice::from_ref(&dead.name));
    assert_eq!(left_of(&engine, &dead).await, 0);
    assert_eq!(ps(&engine, &alive.name).await.unwrap()[0].state, "running");
    clean(&engine, &alive).await;
}
