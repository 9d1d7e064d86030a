//! Bad input: what is said, and where.

use super::*;

/// The error for a compose file, without the directory.
fn error(text: &str) -> ComposeError {
    load_files(&[("compose.yml", text)]).unwrap_err()
}

/// Asserts place and words of an error.
fn says(text: &str, place: &str, words: &str) {
    let shown = error(text).to_string();
    let expected = format!("/compose.yml:{place}: {words}");
    assert!(
        shown.contains(&expected),
        "expected: {expected}\nshown: {shown}"
    );
}

#[test]
fn invalid_yaml() {
    says("services:\n  a: [1\n  b: 2\n", "3:4", "not valid YAML");
    assert!(matches!(
        error("services:\n\t a: 1\n"),
        ComposeError::Syntax(_)
    ));
    says(
        "services:\n  a: {image: a}\n  a: {image: b}\n",
        "3:3",
        "the key 'a' stands twice; first in line 2",
    );
    says("a: *nobody\n", "1:4", "not valid YAML");
    says("a: &x {b: *x}\n", "1:11", "an alias within its own anchor");
    says("services: {a: {<<: 1}}\n", "1:20", "'<<' needs a mapping");
    says(
        "just text\n",
        "1:1",
        "a mapping with 'services' expected, found text",
    );
}

#[test]
fn an_excerpt_marks_the_place() {
    let shown = error("services:\n  a:\n    image: a\n    ports: ['80:web']\n").to_string();
    assert!(shown.ends_with("services.a.ports[0]: 'web' is no port and no range of ports in '80:web'\n  4 |     ports: ['80:web']\n    |             ^"), "{shown}");
}

#[test]
fn aliases_of_aliases_cannot_fill_the_memory() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        text.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            [alias.as_str(); 10].join(", ")
        ));
    }
    let shown = error(&text).to_string();
    assert!(shown.contains("more than 200000 values"), "{shown}");
}

#[test]
fn values_that_do_not_fit() {
    for (keys, words) in [
        (
            "tty: maybe",
            "services.a.tty: true or false expected, found 'maybe'",
        ),
        (
            "mem_limit: lots",
            "services.a.mem_limit: a size such as 512m or 2g expected, found 'lots'",
        ),
        ("mem_limit: -1", "services.a.mem_limit: a size such as"),
        (
            "stop_grace_period: 10",
            "services.a.stop_grace_period: a duration such as 30s or 1m30s expected, found '10'",
        ),
        (
            "healthcheck: {interval: soon}",
            "services.a.healthcheck.interval: a duration",
        ),
        (
            "healthcheck: {test: [curl, x]}",
            "services.a.healthcheck.test: [CMD, program, …]",
        ),
        (
            "environment: [{A: b}]",
            "services.a.environment[0]: NAME=value expected, found a mapping",
        ),
        (
            "environment: [=b]",
            "services.a.environment[0]: a name expected before '='",
        ),
        (
            "environment: text",
            "services.a.environment: a mapping expected, found 'text'",
        ),
        ("ports: 80", "services.a.ports: a list expected, found '80'"),
        (
            "ports: [{published: 80}]",
            "services.a.ports[0]: 'target' is missing",
        ),
        (
            "ports: ['1-3:1-2']",
            "services.a.ports[0]: ranges of the same size expected",
        ),
        (
            "volumes: ['a:b:c:d']",
            "services.a.volumes[0]: '[source:]target[:mode]' expected",
        ),
        (
            "volumes: ['./a:/b:rx']",
            "services.a.volumes[0]: 'rx' is no mode of a mount",
        ),
        (
            "volumes: [{target: /x}]",
            "services.a.volumes[0]: 'type' is missing",
        ),
        (
            "volumes: [{type: bind, target: /x}]",
            "services.a.volumes[0]: 'source' is missing",
        ),
        (
            "volumes: ['/a:/x', '/b:/x']",
            "services.a.volumes: two mounts at /x",
        ),
        (
            "restart: sometimes",
            "services.a.restart: no, always, unless-stopped, on-failure or on-failure:3 expected",
        ),
        (
            "pull_policy: often",
            "services.a.pull_policy: always, never",
        ),
        (
            "command: \"a 'b\"",
            "services.a.command: a quote is not closed",
        ),
        (
            "depends_on: {a: {condition: ready}}",
            "services.a.depends_on.a: 'condition' must be",
        ),
        (
            "container_name: x\nscale: 2",
            "services.a.container_name: 2 containers cannot have one name",
        ),
        (
            "network_mode: host\nnetworks: [default]",
            "services.a.network_mode: either 'network_mode' or 'networks'",
        ),
        (
            "gpus: [{count: 1, device_ids: ['0']}]",
            "services.a.gpus[0]: either 'count' or 'device_ids'",
        ),
        (
            "deploy: {resources: {reservations: {devices: [{count: 1}]}}}",
            "services.a.deploy.resources.reservations.devices[0]: 'capabilities' is missing",
        ),
        (
            "extensions: {a: b}",
            "services.a.extensions: no key of the compose specification",
        ),
        (
            "image: [a]",
            "services.a.image: text expected, found a list",
        ),
    ] {
        let text = format!(
            "services:\n  a:\n    image: a\n    {}\n",
            keys.replace('\n', "\n    ")
        );
        let text = if keys.starts_with("image") {
            text.replacen("    image: a\n", "", 1)
        } else {
            text
        };
        let shown = error(&text).to_string();
        assert!(shown.contains(words), "expected: {words}\nshown: {shown}");
        assert!(shown.contains("/compose.yml:"), "{shown}");
    }
    says(
        "services: {a: {command: x}}",
        "1:12",
        "services.a: 'image' or 'build' is missing",
    );
    says(
        "services: {a b: {image: x}}",
        "1:12",
        "services.a b: a service's name has letters",
    );
    says(
        "services: [a]",
        "1:11",
        "services: a mapping expected, found a list",
    );
    says("secrets: {s: {}}", "1:11", "secrets.s: exactly one of");
}

#[test]
fn names_that_nobody_declares() {
    for (keys, place, words, hint) in [
        (
            "depends_on: [dbb]",
            "4:18",
            "services.a.depends_on.dbb: there is no service 'dbb'",
            "did you mean 'db'?",
        ),
        (
            "networks: [back]",
            "4:16",
            "services.a.networks.back: there is no network 'back'",
            "declare it: networks: { back: {} } at the top level",
        ),
        (
            "volumes: ['/x', 'data:/data']",
            "4:21",
            "services.a.volumes.1: there is no volume 'data'",
            "declare it: volumes: { data: {} } at the top level",
        ),
        (
            "secrets: [s]",
            "4:15",
            "services.a.secrets.0: there is no secret 's'",
            "declare it: secrets: { s: {} } at the top level",
        ),
        (
            "configs: [{source: c}]",
            "4:15",
            "services.a.configs.0: there is no config 'c'",
            "declare it: configs: { c: {} } at the top level",
        ),
        (
            "network_mode: service:gone",
            "4:5",
            "services.a.network_mode.gone: there is no service 'gone'",
            "",
        ),
        (
            "extends: gone",
            "4:14",
            "services.a.extends: there is no service 'gone' in",
            "",
        ),
    ] {
        let text = format!("services:\n  a:\n    image: a\n    {keys}\n  db: {{image: db}}\n");
        says(&text, place, words);
        assert_eq!(
            error(&text)
                .hints()
                .first()
                .map(String::as_str)
                .unwrap_or_default(),
            hint,
            "{keys}"
        );
    }
    says(
        "services: {a: {image: a, depends_on: [b]}, b: {image: b, profiles: [p]}}",
        "1:39",
        "services.a.depends_on.b: 'b' is only there with one of the profiles p",
    );
}

#[test]
fn circles() {
    says(
        "services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [c]}, c: {image: c, depends_on: [b]}}",
        "1:58",
        "services.b.depends_on: services wait for each other: b → c → b",
    );
    says(
        "services: {a: {image: a, depends_on: [a]}}",
        "1:26",
        "services.a.depends_on: services wait for each other: a → a",
    );
    says(
        "services: {a: {image: a, extends: b}, b: {extends: a}}",
        "1:52",
        "services.b.extends: services extend each other: a → b → a",
    );
    assert!(matches!(
        error("services: {a: {image: a, extends: b}, b: {extends: a}}"),
        ComposeError::Cycle { .. }
    ));
    let files = [
        ("compose.yml", "include: [b.yml]"),
        ("b.yml", "include: [c.yml]"),
        ("c.yml", "include: [b.yml]"),
    ];
    assert!(matches!(
        load_files(&files).unwrap_err(),
        ComposeError::Cycle { .. }
    ));
    assert!(matches!(
        load_files(&[("compose.yml", "include: [compose.yml]")]).unwrap_err(),
        ComposeError::Cycle { .. }
    ));
    let across = [
        (
            "compose.yml",
            "services: {a: {extends: {file: b.yml, service: b}}}",
        ),
        (
            "b.yml",
            "services: {b: {extends: {file: compose.yml, service: a}}}",
        ),
    ];
    assert!(matches!(
        load_files(&across).unwrap_err(),
        ComposeError::Cycle { .. }
    ));
}

#[test]
fn variables_that_must_be_set() {
    let text = "services:\n  a:\n    image: a\n    environment:\n      KEY: ${API_KEY:?get one at example.com}\n";
    says(
        text,
        "5:12",
        "services.a.environment.KEY: the variable API_KEY must be set: get one at example.com",
    );
    assert_eq!(
        error(text).hints(),
        ["set it: export API_KEY=…, or write API_KEY=… into the file .env beside the compose file"]
    );
    says(
        "services: {a: {image: '${A'}}",
        "1:23",
        "services.a.image: ",
    );
    assert_eq!(
        error("services: {a: {image: 'a$'}}").hints(),
        ["write $$ for a dollar sign that is meant as such"]
    );
}

#[test]
fn files_that_are_not_there() {
    let missing = error("services: {a: {image: a, env_file: gone.env}}").to_string();
    assert!(
        missing.contains("compose.yml:1:36: services.a.env_file: could not read")
            && missing.contains("gone.env"),
        "{missing}"
    );
    assert!(
        error("services: {a: {extends: {file: gone.yml, service: a}}}")
            .to_string()
            .contains("services.a.extends: could not read")
    );
    assert!(
        error("include: [gone.yml]")
            .to_string()
            .contains("only files of this machine can be included")
    );
    let endless = error("services: {a: {image: a, env_file: /dev/zero}}");
    let reason = std::error::Error::source(&endless).map(ToString::to_string);
    assert_eq!(reason.as_deref(), Some("not a regular file"));
    let (directory, mut options) = at(&[]);
    let nothing = load(&options).unwrap_err();
    assert_eq!(
        nothing.to_string(),
        format!("No compose file in {}", directory.path().display())
    );
    assert_eq!(
        nothing.hints(),
        ["name the file one of compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml"]
    );
    options.files = vec!["gone.yml".into()];
    assert!(matches!(
        load(&options).unwrap_err(),
        ComposeError::Read { .. }
    ));
}

#[test]
fn faults_of_env_files_name_their_line() {
    let files = [
        ("compose.yml", "services: {a: {image: a, env_file: x.env}}"),
        ("x.env", "A=1\n\nB B=hush\n"),
    ];
    let shown = load_files(&files).unwrap_err().to_string();
    assert!(
        shown.contains("/x.env:3:1: NAME=value expected\n  3 | B B=…"),
        "{shown}"
    );
}

#[test]
fn lists_and_mappings_do_not_mix() {
    let files = [
        ("compose.yml", "services: {a: {image: a, cap_add: [A]}}"),
        ("compose.override.yml", "services: {a: {cap_add: {A: b}}}"),
    ];
    let shown = load_files(&files).unwrap_err().to_string();
    assert!(shown.contains("compose.override.yml:1:25: services.*.cap_add: a mapping cannot be merged with a list of"), "{shown}");
}

/// Files as they are in the middle of typing: an error or a project, never a panic.
#[test]
fn broken_files_are_errors() {
    const PIECES: [&str; 16] = [
        "$", "${", "}", ":", "- ", "[", "]", "'", "\"", "&a ", "*a", "<<: ", "\n", "é", "!reset ",
        "0",
    ];
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compose/corpus");
    let mut files: Vec<_> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let (directory, options) = at(&[("compose.yml", "")]);
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for file in files {
        let text: Vec<char> = std::fs::read_to_string(file).unwrap().chars().collect();
        for _ in 0..25 {
            let (start, length) = (random(text.len()), random(8));
            let piece = PIECES[random(PIECES.len())];
            let broken: String = text[..start]
                .iter()
                .copied()
                .chain(piece.chars())
                .chain(text[start..].iter().skip(length).copied())
                .collect();
            std::fs::write(directory.path().join("compose.yml"), &broken).unwrap();
            if let Ok(loaded) = load(&options) {
                assert!(!loaded.project.to_yaml().is_empty());
            }
        }
    }
}
