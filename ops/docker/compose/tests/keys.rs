//! Keys that docker-compose 1.29 does not know, and what becomes of the forms of others.

use serde_json::json;

use super::*;

#[test]
fn gpus_are_device_requests() {
    let devices = |keys: &str| json(&service(keys).device_requests());
    assert_eq!(
        devices("gpus: all"),
        json!([{ "capabilities": ["gpu"], "count": -1 }])
    );
    assert_eq!(
        devices("gpus: 2"),
        json!([{ "capabilities": ["gpu"], "count": 2 }])
    );
    let long = "gpus: [{driver: nvidia, device_ids: ['0', GPU-1], options: {a: b}}]";
    assert_eq!(
        devices(long),
        json!([{ "capabilities": ["gpu"], "device_ids": ["0", "GPU-1"], "driver": "nvidia", "options": { "a": "b" } }])
    );
    let both = "gpus: 1\ndeploy: {resources: {reservations: {devices: [{capabilities: [tpu], count: 1}]}}}";
    assert_eq!(service(both).device_requests().len(), 2);
}

#[test]
fn build() {
    let service = service(
        "build:\n  context: sub\n  dockerfile_inline: |\n    FROM scratch\n  args: {A: 1, NOBODY: }\n  cache_from: [x]\n  labels: [l]\n  target: t\n  additional_contexts: [res=./res, img=docker-image://x]\n  tags: [a:1]\n  no_cache: true\n  secrets: [s]",
    );
    let build = service.build.unwrap();
    assert!(
        build.context.starts_with('/') && build.context.ends_with("/sub"),
        "{}",
        build.context
    );
    assert_eq!(
        (build.dockerfile, build.dockerfile_inline.as_deref()),
        (None, Some("FROM scratch\n"))
    );
    assert_eq!(json(&build.args), json!({ "A": "1", "NOBODY": null }));
    assert!(
        build.additional_contexts["res"].ends_with("/res")
            && build.additional_contexts["img"] == "docker-image://x"
    );
    assert_eq!(
        (json(&build.labels), build.no_cache, build.target.as_deref()),
        (json!({ "l": "" }), true, Some("t"))
    );
    for url in [
        "https://github.com/a/b.git#main",
        "git@github.com:a/b.git",
        "git://x/y",
    ] {
        assert_eq!(
            project(&format!("services: {{a: {{build: '{url}'}}}}")).services["a"]
                .build
                .as_ref()
                .unwrap()
                .context,
            url
        );
    }
    let default = project("services: {a: {build: {target: x}}}");
    assert_eq!(
        default.services["a"].build.as_ref().unwrap().context,
        default.directory.to_string_lossy()
    );
}

#[test]
fn contents_of_configs_and_secrets() {
    let project = project(
        "services: {a: {image: a, configs: [c], secrets: [{source: e, target: /x, mode: 0400}]}}\nconfigs: {c: {content: 'x=$$y'}, v: {environment: V}, f: {file: ./f}}\nsecrets: {e: {environment: TOKEN}, x: {external: true}, n: {external: true, name: other}}",
    );
    assert_eq!(project.configs["c"].content.as_deref(), Some("x=$y"));
    assert_eq!(
        project.configs["f"].file.as_deref(),
        Some(project.directory.join("f").as_path())
    );
    assert_eq!(
        (
            project.secrets["e"].environment.as_deref(),
            project.secrets["e"].name.as_str()
        ),
        (Some("TOKEN"), "demo_e")
    );
    assert_eq!(
        (
            project.secrets["x"].name.as_str(),
            project.secrets["n"].name.as_str()
        ),
        ("x", "other")
    );
    assert_eq!(project.services["a"].secrets[0].mode, Some(Mode(0o400)));
}

#[test]
fn newer_keys_of_services() {
    let keys = "develop: {watch: [{path: ., action: sync}]}\nannotations: [a=b]\nattach: false\ncgroup: host\nuts: host\npost_start: [{command: x}]\nhealthcheck: {test: x, start_interval: 1s}\nnetworks: {default: {mac_address: '02:42:ac:11:65:43', gw_priority: 1}}\ndeploy: {resources: {limits: {pids: 5}}}\nports: [{name: web, target: 80, published: 8000-8010, app_protocol: http, host_ip: 127.0.0.1}]";
    let service = service(keys);
    assert_eq!(
        (
            service.attach,
            service.annotations["a"].as_str(),
            service.process_limit()
        ),
        (Some(false), "b", Some(5))
    );
    assert_eq!(
        service.healthcheck.unwrap().start_interval,
        Some(Span(std::time::Duration::from_secs(1)))
    );
    let port = json!({ "name": "web", "mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "published": "8000-8010", "protocol": "tcp", "app_protocol": "http" });
    assert_eq!(json(&service.ports), json!([port]));
}

#[test]
fn dependencies() {
    let project = project(
        "services:\n  a:\n    image: a\n    depends_on: {b: {condition: service_healthy, restart: true}, gone: {condition: service_started, required: false}, d: }\n    network_mode: service:c\n    volumes_from: [d:ro, 'container:x']\n    links: [e:alias]\n  b: {image: b, pid: 'service:c'}\n  c: {image: c}\n  d: {image: d}\n  e: {image: e}",
    );
    let expected = json!({ "b": { "condition": "service_healthy", "required": true, "restart": true }, "d": { "condition": "service_started", "required": true }, "gone": { "condition": "service_started" } });
    assert_eq!(json(&project.services["a"].depends_on), expected);
    assert_eq!(project.needs("a"), ["b", "c", "d", "e"].into());
    assert_eq!(
        project.start_order(),
        [vec!["c", "d", "e"], vec!["b"], vec!["a"]]
    );
}

#[test]
fn limits_of_both_kinds() {
    let old = service(
        "cpus: 0.5\nmem_limit: 1g\nmem_reservation: 512m\npids_limit: 9\nmemswap_limit: -1\nscale: 3",
    );
    assert_eq!(
        (
            old.cpu_limit(),
            old.memory_limit(),
            old.memory_reservation()
        ),
        (Some(0.5), Some(Bytes(1 << 30)), Some(Bytes(512 << 20)))
    );
    assert_eq!(
        (old.process_limit(), old.memswap_limit, old.replicas()),
        (Some(9), Some(SwapLimit(-1)), 3)
    );
    let new = service(
        "deploy: {replicas: 0, resources: {limits: {cpus: '2', memory: 2g}, reservations: {memory: 1g}}}",
    );
    assert_eq!(
        (
            new.cpu_limit(),
            new.memory_limit(),
            new.memory_reservation(),
            new.replicas()
        ),
        (Some(2.0), Some(Bytes(2 << 30)), Some(Bytes(1 << 30)), 0)
    );
}

#[test]
fn what_was_interpolated_is_read_as_its_key_wants() {
    let (_directory, mut options) = at(&[(
        "compose.yml",
        "services:\n  a:\n    image: a\n    tty: ${T}\n    scale: ${N}\n    mem_limit: ${M}\n    environment:\n      E: ${EMPTY}\n      Z: ${ZERO-}\n    deploy: {resources: {limits: {cpus: '${C}'}}}",
    )]);
    options.environment = [
        ("T", "yes"),
        ("N", "2"),
        ("M", "1m"),
        ("C", "1.5"),
        ("EMPTY", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let a = load(&options).unwrap().project.services["a"].clone();
    assert_eq!(
        (a.tty, a.replicas(), a.memory_limit(), a.cpu_limit()),
        (true, 2, Some(Bytes(1 << 20)), Some(1.5))
    );
    assert_eq!(json(&a.environment), json!({ "E": "", "Z": "" }));
}

#[test]
fn scalars_keep_their_text() {
    let a = service(
        "environment: {A: 1.10, B: 0x10, C: on, D: null, E: 1_000, F: 12:30}\nuser: 0\nhostname: 007\nlabels: {v: 1.0}",
    );
    assert_eq!(
        json(&a.environment),
        json!({ "A": "1.10", "B": "0x10", "C": "on", "D": null, "E": "1_000", "F": "12:30" })
    );
    assert_eq!(
        (
            a.user.as_deref(),
            a.hostname.as_deref(),
            a.labels["v"].as_str()
        ),
        (Some("0"), Some("007"), "1.0")
    );
}

#[test]
fn no_secret_shows_in_debug_output() {
    let (_directory, mut options) = at(&[("compose.yml", "services: {a: {image: a}}")]);
    options.environment = [("TOKEN".to_owned(), "hush-hush".to_owned())].into();
    let shown = format!("{:?}", load(&options).unwrap().project);
    assert!(shown.contains("TOKEN") && !shown.contains("hush-hush"));
}

#[test]
fn unknown_keys_are_one_warning() {
    let text = "version: '2.4'\nx-free: 1\nnonsense: 1\nservices:\n  a:\n    image: a\n    x-own: 2\n    imagee: b\n    build: {contxt: .}\n    deploy: {resources: {limits: {cpu: 1}}}\nnetworks: {n: {drivr: x}}\n";
    let loaded = load_files(&[("compose.yml", text)]).unwrap();
    assert_eq!(loaded.warnings.len(), 1, "{:?}", loaded.warnings);
    let warning = &loaded.warnings[0];
    for part in [
        "nonsense (",
        "services.a.imagee (",
        "compose.yml:8:5)",
        "services.a.build.contxt (",
        "services.a.deploy.resources.limits.cpu (",
        "networks.n.drivr (",
    ] {
        assert!(warning.contains(part), "{part} in {warning}");
    }
    assert!(
        !warning.contains("x-") && !warning.contains("version"),
        "{warning}"
    );
    assert_eq!(loaded.project.services["a"].extensions.0["x-own"], 2);
    assert_eq!(loaded.project.extensions.0["x-free"], 1);
}

#[test]
fn paths_of_volumes_that_are_directories() {
    let text = "services: {a: {image: a, volumes: ['v:/v']}}\nvolumes: {v: {driver: local, driver_opts: {type: none, o: 'bind,ro', device: ./data}}, n: {driver_opts: {type: nfs, o: 'addr=1.2.3.4', device: ':/x'}}}";
    let project = project(text);
    assert_eq!(
        project.volumes["v"].driver_opts["device"],
        project.directory.join("data").to_string_lossy()
    );
    assert_eq!(project.volumes["n"].driver_opts["device"], ":/x");
}
