//! Which files are read, in which order, with which variables.

use super::*;

const IMAGE: &str = "services: {a: {image: one}}";

#[test]
fn files_of_known_names_and_their_overrides() {
    for name in [
        "compose.yaml",
        "compose.yml",
        "docker-compose.yml",
        "docker-compose.yaml",
    ] {
        assert!(load_files(&[(name, IMAGE)]).is_ok(), "{name}");
    }
    let both = [
        ("compose.yaml", IMAGE),
        ("docker-compose.yml", "services: {b: {image: b}}"),
        ("compose.override.yml", "services: {a: {image: two}}"),
    ];
    let project = load_files(&both).unwrap().project;
    assert_eq!(project.services.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(project.services["a"].image.as_deref(), Some("two"));
    assert_eq!(project.files.len(), 2);
}

#[test]
fn named_files_are_merged_in_order_and_paths_follow_the_first() {
    let (directory, mut options) = at(&[
        (
            "one/a.yml",
            "services: {a: {image: a, volumes: ['./x:/x']}}",
        ),
        ("two/b.yml", "services: {a: {volumes: ['./y:/y']}}"),
    ]);
    options.files = vec!["one/a.yml".into(), "two/b.yml".into()];
    let project = load(&options).unwrap().project;
    let sources: Vec<_> = project.services["a"]
        .volumes
        .iter()
        .map(|mount| mount.source.clone().unwrap())
        .collect();
    let one = directory.path().join("one");
    assert_eq!(
        sources,
        [
            one.join("x").to_string_lossy(),
            one.join("y").to_string_lossy()
        ]
    );
    assert_eq!(project.directory, one);
}

#[test]
fn dotenv_is_read_and_the_process_wins() {
    let (_directory, mut options) = at(&[
        ("compose.yml", "services: {a: {image: '$A-$B-$C'}}"),
        (".env", "A=file\nB=file\n"),
        ("other.env", "A=other\nC=${B:-none}\n"),
    ]);
    options.environment = [("B".to_owned(), "process".to_owned())].into();
    let loaded = load(&options).unwrap();
    assert_eq!(
        loaded.project.services["a"].image.as_deref(),
        Some("file-process-")
    );
    assert_eq!(
        loaded.warnings,
        ["variables that are not set were taken as empty: C"]
    );
    options.env_files = vec!["other.env".into()];
    assert_eq!(
        load(&options).unwrap().project.services["a"]
            .image
            .as_deref(),
        Some("other-process-process")
    );
}

#[test]
fn env_files_below_environment_and_inherited_variables() {
    let (_directory, mut options) = at(&[
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    env_file: [one.env, {path: gone.env, required: false}, {path: raw.env, format: raw}]\n    environment: {OWN: x, B: own, FROM: , NOBODY: }\n",
        ),
        ("one.env", "A=1\nB=1\nQUOTED='$A'\nSTANDS_ALONE\n"),
        ("raw.env", "RAW='$A' # all\n"),
    ]);
    options.environment = [
        ("FROM".to_owned(), "process".to_owned()),
        ("STANDS_ALONE".to_owned(), "here".to_owned()),
    ]
    .into();
    let environment = load(&options).unwrap().project.services["a"]
        .environment
        .clone();
    let expected = serde_json::json!({ "A": "1", "B": "own", "FROM": "process", "NOBODY": null, "OWN": "x", "QUOTED": "$A", "RAW": "'$A' # all", "STANDS_ALONE": "here" });
    assert_eq!(json(&environment), expected);
}

#[test]
fn included_projects_keep_their_own_directory_and_variables() {
    let (directory, options) = at(&[
        (
            "compose.yml",
            "include:\n  - db/compose.yml\n  - {path: [cache/a.yml, cache/b.yml], project_directory: ., env_file: cache/.vars}\nservices: {a: {image: a, depends_on: [db]}}",
        ),
        (
            "db/compose.yml",
            "services: {db: {image: 'db:$TAG', volumes: ['./data:/data', 'v:/v'], env_file: own.env}}\nvolumes: {v: }",
        ),
        ("db/.env", "TAG=16"),
        ("db/own.env", "OWN=1"),
        (
            "cache/a.yml",
            "services: {cache: {image: '$NAME', volumes: ['./c:/c']}}",
        ),
        ("cache/b.yml", "services: {cache: {command: run}}"),
        ("cache/.vars", "NAME=cache"),
    ]);
    let project = load(&options).unwrap().project;
    let db = &project.services["db"];
    assert_eq!(
        (db.image.as_deref(), db.environment["OWN"].as_deref()),
        (Some("db:16"), Some("1"))
    );
    assert_eq!(
        db.volumes[0].source.as_deref(),
        Some(&*directory.path().join("db/data").to_string_lossy())
    );
    let cache = &project.services["cache"];
    assert_eq!(
        (cache.image.as_deref(), cache.command.as_deref()),
        (Some("cache"), Some(["run".to_owned()].as_slice()))
    );
    assert_eq!(
        cache.volumes[0].source.as_deref(),
        Some(&*directory.path().join("c").to_string_lossy())
    );
    assert_eq!(project.volumes["v"].name, "demo_v");
}

#[test]
fn one_file_may_be_included_twice_but_not_two_of_one_name() {
    let twice = [
        ("compose.yml", "include: [b.yml, c.yml]"),
        ("b.yml", "include: [d.yml]"),
        ("c.yml", "include: [d.yml]"),
        ("d.yml", IMAGE),
    ];
    assert!(load_files(&twice).is_ok());
    let error = load_files(&[
        ("compose.yml", "include: [b.yml]\nservices: {a: {image: x}}"),
        ("b.yml", IMAGE),
    ])
    .unwrap_err()
    .to_string();
    assert!(
        error.contains("compose.yml:2:12: services.a: declared here and in"),
        "{error}"
    );
}

#[test]
fn extended_services_of_other_files() {
    let (directory, options) = at(&[
        (
            "compose.yml",
            "services:\n  a: {extends: {file: other/base.yml, service: web}, command: own, depends_on: [b]}\n  b: {extends: a2}\n  a2: {image: a2, labels: {x: y}}",
        ),
        (
            "other/base.yml",
            "services:\n  web: {extends: root, build: ., environment: {A: $NAME}}\n  root: {image: root, command: root, cap_add: [ALL]}",
        ),
        (".env", "NAME=outer"),
    ]);
    let project = load(&options).unwrap().project;
    let a = &project.services["a"];
    assert_eq!(
        a.build.as_ref().unwrap().context,
        directory.path().join("other").to_string_lossy()
    );
    assert_eq!(
        (
            a.image.as_deref(),
            a.environment["A"].as_deref(),
            a.cap_add.len()
        ),
        (Some("root"), Some("outer"), 1)
    );
    assert_eq!(a.command.as_deref(), Some(["own".to_owned()].as_slice()));
    assert_eq!(project.services["b"].labels["x"], "y");
}

#[test]
fn reset_and_override_tags() {
    let files = [
        (
            "compose.yml",
            "services: {a: {image: a, ports: ['1:1'], environment: {A: '1', B: '2'}, command: x, labels: {l: '1'}}}",
        ),
        (
            "compose.override.yml",
            "services: {a: {ports: !override ['2:2'], environment: {A: !reset null}, command: !reset [], labels: !reset {}}}",
        ),
    ];
    let project = load_files(&files).unwrap().project;
    let a = &project.services["a"];
    assert_eq!(
        (
            a.ports.len(),
            a.ports[0].target,
            a.environment.len(),
            &a.command,
            a.labels.len()
        ),
        (1, 2, 1, &None, 0)
    );
}

#[test]
fn profiles() {
    let (_directory, mut options) = at(&[(
        "compose.yml",
        "services:\n  a: {image: a}\n  b: {image: b, profiles: [debug, test], depends_on: [a]}\n  c: {image: c, profiles: [other]}",
    )]);
    let names = |options: &LoadOptions| {
        load(options)
            .unwrap()
            .project
            .services
            .into_keys()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(&options), "a");
    assert_eq!(load(&options).unwrap().project.disabled.len(), 2);
    options.profiles = vec!["test".to_owned()];
    assert_eq!(names(&options), "a b");
    options.environment = [("COMPOSE_PROFILES".to_owned(), "other, more".to_owned())].into();
    assert_eq!(names(&options), "a b c");
    options.profiles = vec!["*".to_owned()];
    assert_eq!(names(&options), "a b c");
}

#[test]
fn names_of_projects() {
    let (_directory, mut options) = at(&[
        (
            "My App_1/compose.yml",
            "name: ${X:-declared}\nservices: {a: {image: '$COMPOSE_PROJECT_NAME'}}",
        ),
        ("plain/compose.yml", IMAGE),
        ("-_./compose.yml", IMAGE),
    ]);
    let base = options.directory.clone();
    options.project_name = None;
    let mut name = |folder: &str, variable: Option<&str>| {
        options.directory = base.join(folder);
        options.environment = variable
            .map(|name| ("COMPOSE_PROJECT_NAME".to_owned(), name.to_owned()))
            .into_iter()
            .collect();
        load(&options)
            .map(|loaded| {
                (
                    loaded.project.name.clone(),
                    loaded.project.services["a"].image.clone().unwrap(),
                )
            })
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        name("My App_1", None).unwrap(),
        ("declared".to_owned(), "declared".to_owned())
    );
    assert_eq!(
        name("My App_1", Some("var")).unwrap(),
        ("var".to_owned(), "var".to_owned())
    );
    assert_eq!(
        (name("plain", None).unwrap().0, name("-_.", None).unwrap().0),
        ("plain".to_owned(), "default".to_owned())
    );
    assert!(
        name("plain", Some("Bad Name"))
            .unwrap_err()
            .contains("'Bad Name' cannot be a project's name")
    );
}

#[test]
fn several_documents_in_one_file_are_merged() {
    let project =
        project("services: {a: {image: one, user: u}}\n---\nservices: {a: {image: two}}\n");
    assert_eq!(
        (
            project.services["a"].image.as_deref(),
            project.services["a"].user.as_deref()
        ),
        (Some("two"), Some("u"))
    );
}

#[test]
fn the_text_that_is_written_means_the_same() {
    let text = "x-top: {a: [1, {b: c}]}\nservices:\n  a:\n    image: a\n    command: [sh, -c, 'echo $$HOME', 'yes', '1', '']\n    environment: {A: '$$x', B: 'a: b #c', C: \"one\\ntwo\", D: , E: '007'}\n    ports: ['8000-8001:80-81', '127.0.0.1::9']\n    volumes: ['/x:/y:ro', 'v:/v', /anonymous]\n    gpus: all\n    extra_hosts: ['h:10.0.0.1', 'h:::1', 'i=[::2]']\n    stop_grace_period: 90s\n    secrets: [{source: s, mode: 0440}]\n    x-own: {k: 1}\nvolumes: {v: }\nsecrets: {s: {environment: SECRET}}\n";
    let first = project(text);
    let again = project(&first.to_yaml());
    assert_eq!(first.to_yaml(), again.to_yaml());
    let json_again = project(&first.to_json().to_string());
    assert_eq!(json_again.to_json(), first.to_json());
    assert_eq!(
        first.services["a"].command.as_ref().unwrap()[2],
        "echo $HOME"
    );
    assert!(
        first.to_yaml().contains("- \"echo $$HOME\""),
        "{}",
        first.to_yaml()
    );
}

#[test]
fn hashes_follow_the_meaning() {
    let hash = |text: &str| project(text).config_hash("a").unwrap();
    let same = [
        "services: {a: {image: a, command: x y, environment: [A=1], ports: ['80:80']}}",
        "services: {a: {ports: [{target: 80, published: 80}], environment: {A: 1}, command: [x, y], image: a, depends_on: [b], scale: 2, profiles: []}, b: {image: b}}",
    ];
    assert_eq!(hash(same[0]), hash(same[1]));
    assert_eq!(hash(same[0]).len(), 64);
    let base = hash("services: {a: {image: a, secrets: [s]}}\nsecrets: {s: {content: x}}");
    for other in [
        "services: {a: {image: b, secrets: [s]}}\nsecrets: {s: {content: x}}",
        "services: {a: {image: a, secrets: [s]}}\nsecrets: {s: {content: y}}",
        "services: {a: {image: a, secrets: [s], tty: true}}\nsecrets: {s: {content: x}}",
    ] {
        assert_ne!(base, hash(other), "{other}");
    }
    assert_eq!(project(IMAGE).config_hash("nobody"), None);
}
