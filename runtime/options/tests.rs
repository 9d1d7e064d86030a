//! Tests of settling options.

use std::ffi::OsString;

use tempfile::TempDir;

use super::*;
use crate::cli::args::{self, Parsed};
use crate::http::NetworkMode;
use crate::lockfile::LockMode;
use crate::sources::Reload;

/// A folder with files; `settle` runs in it.
struct Project {
    dir: TempDir,
    env: Vec<(&'static str, String)>,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let env = vec![("HOME", "/home/me".to_owned())];
        Self { dir, env }
    }

    fn with_env(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn try_settle(&self, line: &str) -> Result<Options, OptionsError> {
        let words = line.split_whitespace().map(OsString::from);
        let words = std::iter::once(OsString::from("prizm")).chain(words);
        let Ok(Parsed::Run(args)) = args::parse(words, "", false) else {
            panic!("not parsed: {line}");
        };
        let env = self.env.iter().cloned().collect::<Env>();
        Options::settle(&args, &env, self.dir.path())
    }

    fn settle(&self, line: &str) -> Options {
        self.try_settle(line)
            .unwrap_or_else(|error| panic!("{line}: {error}"))
    }
}

fn list(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|item| (*item).to_owned()).collect())
}

#[test]
fn nothing_is_granted_by_default() {
    let options = Project::new(&[]).settle("main.ts");
    let granted = &options.permissions;
    assert_eq!(granted.allow_read, None);
    assert_eq!(granted.allow_net, None);
    assert_eq!(granted.deny_run, None);
    assert!(granted.prompt);
    assert!(
        granted
            .allow_import
            .as_ref()
            .is_some_and(|hosts| hosts.contains(&"esm.sh:443".to_owned()))
    );
    assert_eq!(options.reload, Reload::None);
    assert_eq!(options.allow_scripts, AllowScripts::None);
    assert!(options.preload.is_enabled);
    assert_eq!(options.http.mode, NetworkMode::Online);
    assert_eq!(options.color, ColorChoice::Auto);
    assert_eq!(options.warnings, Vec::<String>::new());
}

#[test]
fn flags_grant() {
    let project = Project::new(&[]);
    let all = project.settle("-A --deny-net=x.com main.ts").permissions;
    assert_eq!(all.allow_read, list(&[]));
    assert_eq!(all.allow_ffi, list(&[]));
    assert_eq!(all.allow_import, list(&[]));
    assert_eq!(all.deny_net, list(&["x.com"]));

    let some = project.settle(
        "-R=a,b,,c -R=d -E --allow-net=:80,x.com --allow-sys=cpus --ignore-env=A,B main.ts",
    );
    let some = some.permissions;
    assert_eq!(some.allow_read, list(&["a", "b,c", "d"]));
    assert_eq!(some.allow_env, list(&[]));
    assert_eq!(
        some.allow_net,
        list(&["0.0.0.0:80", "127.0.0.1:80", "localhost:80", "x.com"])
    );
    assert_eq!(some.allow_sys, list(&["cpus"]));
    assert_eq!(some.ignore_env, list(&["A", "B"]));
    assert_eq!(some.allow_write, None);
}

#[test]
fn prompting_is_turned_off_by_flag_or_variable() {
    assert!(
        !Project::new(&[])
            .settle("--no-prompt main.ts")
            .permissions
            .prompt
    );
    let by_variable = |value| {
        Project::new(&[])
            .with_env("PRIZM_NO_PROMPT", value)
            .settle("main.ts")
    };
    assert!(!by_variable("1").permissions.prompt);
    assert!(by_variable("0").permissions.prompt);
}

#[test]
fn malformed_grants_are_usage_errors() {
    let project = Project::new(&[]);
    for line in [
        "--allow-net=a..b main.ts",
        "--allow-sys=moon main.ts",
        "--allow-read= main.ts",
        "-E=A=B main.ts",
        "-N=a, main.ts",
    ] {
        let error = project.try_settle(line).unwrap_err();
        assert!(error.is_usage(), "{line}: {error}");
        assert!(!error.hints().is_empty(), "{line}");
    }
}

#[test]
fn the_project_file_grants_and_flags_win() {
    let project = Project::new(&[(
        "prizm.json",
        r#"{ "permissions": {
            "read": ["media", "/abs"], "net": { "allow": true, "deny": ["10.0.0.0/8"] },
            "run": ["./tool", "git"], "env": [], "sys": false, "import": false
        } }"#,
    )]);
    let said = project.settle("main.ts").permissions;
    let media = project.path("media").to_string_lossy().into_owned();
    let tool = project.path("./tool").to_string_lossy().into_owned();
    assert_eq!(said.allow_read, list(&[&media, "/abs"]));
    assert_eq!(said.allow_net, list(&[]));
    assert_eq!(said.deny_net, list(&["10.0.0.0/8"]));
    assert_eq!(said.allow_run, list(&[&tool, "git"]));
    assert_eq!(said.allow_env, None, "an empty list grants nothing");
    assert_eq!(said.allow_sys, None);
    assert_eq!(said.allow_import, None);

    let won = project
        .settle("-R=x --allow-net=10.0.0.1 --deny-run=rm main.ts")
        .permissions;
    assert_eq!(won.allow_read, list(&["x"]));
    assert_eq!(won.allow_net, list(&["10.0.0.1"]));
    assert_eq!(won.deny_net, None);
    assert_eq!(won.allow_run, list(&[&tool, "git"]));
    assert_eq!(won.deny_run, list(&["rm"]));

    let all = project.settle("-A main.ts").permissions;
    assert_eq!((all.allow_net, all.deny_net), (list(&[]), None));
    assert_eq!(
        project.settle("--no-config main.ts").permissions.allow_read,
        None
    );
}

#[test]
fn a_project_can_grant_everything_but() {
    let project = Project::new(&[(
        "prizm.json",
        r#"{ "permissions": { "all": true, "run": false } }"#,
    )]);
    let said = project.settle("main.ts").permissions;
    assert_eq!(said.allow_write, list(&[]));
    assert_eq!(said.allow_import, list(&[]));
    assert_eq!(said.allow_run, None);
}

#[test]
fn scripts_from_elsewhere_get_the_projects_grants_only_by_name() {
    let project = Project::new(&[("prizm.json", r#"{ "permissions": { "read": true } }"#)]);
    let options = project.settle("github:o/r@v1");
    assert_eq!(options.permissions.allow_read, None);
    assert_eq!(options.warnings.len(), 1);
    let options = project.settle("--config prizm.json github:o/r@v1");
    assert_eq!(options.permissions.allow_read, list(&[]));
    assert_eq!(project.settle("-").permissions.allow_read, list(&[]));
}

#[test]
fn a_remote_script_may_import_from_its_own_host() {
    let options = Project::new(&[]).settle("http://localhost:8000/main.ts");
    assert!(
        options
            .permissions
            .allow_import
            .unwrap()
            .contains(&"localhost:8000".to_owned())
    );
}

#[test]
fn scripts_are_files_specifiers_or_stdin() {
    let project = Project::new(&[("@x/y", "")]);
    let file = |name: &str| Script::File(project.path(name));
    let specifier = |text: &str| Script::Specifier(text.to_owned());
    let table = [
        ("main.ts", file("main.ts")),
        ("./a/../main.ts", file("main.ts")),
        ("file:./main.ts", file("main.ts")),
        ("file:///a%20b.ts", Script::File("/a b.ts".into())),
        ("/abs.ts", Script::File("/abs.ts".into())),
        ("-", Script::Stdin),
        ("@x/y", file("@x/y")),
        ("@scope/pkg@1", specifier("@scope/pkg@1")),
        ("npm:zod@3", specifier("npm:zod@3")),
        ("github:o/r", specifier("github:o/r")),
        ("git+https://h/x.git", specifier("git+https://h/x.git")),
        ("https://h/x.ts", specifier("https://h/x.ts")),
    ];
    for (text, script) in table {
        assert_eq!(project.settle(text).script, Some(script), "{text}");
    }
}

#[test]
fn the_cache_is_where_the_environment_says() {
    let root = |project: Project| project.settle("cache path").cache_root;
    assert_eq!(
        root(Project::new(&[])),
        PathBuf::from("/home/me/.cache/prizm")
    );
    assert_eq!(
        root(Project::new(&[]).with_env("XDG_CACHE_HOME", "/x")),
        PathBuf::from("/x/prizm")
    );
    assert_eq!(
        root(Project::new(&[]).with_env("XDG_CACHE_HOME", "x")),
        PathBuf::from("/home/me/.cache/prizm")
    );
    let project = Project::new(&[])
        .with_env("PRIZM_HOME", "here")
        .with_env("XDG_CACHE_HOME", "/x");
    assert_eq!(
        project.settle("cache path").cache_root,
        project.path("here")
    );
}

#[test]
fn the_lockfile_is_beside_the_project_or_the_script() {
    let bare = Project::new(&[("sub/main.ts", "")]);
    let lock = |project: &Project, line: &str| {
        let lock = project.settle(line).lock;
        (lock.path, lock.mode)
    };
    let at = |project: &Project, name: &str| Some(project.path(name));
    assert_eq!(
        lock(&bare, "sub/main.ts"),
        (at(&bare, "sub/prizm.lock"), LockMode::Write)
    );
    assert_eq!(
        lock(&bare, "--frozen sub/main.ts"),
        (at(&bare, "sub/prizm.lock"), LockMode::Frozen)
    );
    assert_eq!(lock(&bare, "--frozen=false sub/main.ts").1, LockMode::Write);
    assert_eq!(
        lock(&bare, "--lock=x.lock sub/main.ts").0,
        at(&bare, "x.lock")
    );
    assert_eq!(lock(&bare, "--no-lock sub/main.ts"), (None, LockMode::None));
    assert_eq!(lock(&bare, "github:o/r"), (None, LockMode::Write));
    assert_eq!(lock(&bare, "-"), (None, LockMode::Write));
    assert_eq!(lock(&bare, "cache add npm:zod"), (None, LockMode::Write));

    let package = Project::new(&[("package.json", "{}"), ("sub/main.ts", "")]);
    assert_eq!(lock(&package, "sub/main.ts").0, at(&package, "prizm.lock"));
    assert_eq!(lock(&package, "github:o/r").0, at(&package, "prizm.lock"));

    let nested = Project::new(&[
        ("prizm.json", "{}"),
        ("sub/package.json", "{}"),
        ("sub/main.ts", ""),
    ]);
    assert_eq!(lock(&nested, "sub/main.ts").0, at(&nested, "prizm.lock"));
    assert_eq!(
        lock(&nested, "--no-config sub/main.ts").0,
        at(&nested, "sub/prizm.lock")
    );
    assert_eq!(
        lock(&nested, "cache add npm:zod").0,
        at(&nested, "prizm.lock")
    );

    let named = Project::new(&[("prizm.json", r#"{ "lock": "locks/a.lock" }"#)]);
    assert_eq!(lock(&named, "main.ts").0, at(&named, "locks/a.lock"));
    let off = Project::new(&[("prizm.json", r#"{ "lock": false }"#)]);
    assert_eq!(lock(&off, "main.ts"), (None, LockMode::None));
    assert_eq!(
        lock(&off, "--lock main.ts"),
        (at(&off, "prizm.lock"), LockMode::Write)
    );
}

#[test]
fn sources_are_reloaded_or_left_alone() {
    let project = Project::new(&[]);
    assert_eq!(project.settle("-r main.ts").reload, Reload::All);
    let only = Reload::Only(vec!["npm:".to_owned(), "github:o/r@v1".to_owned()]);
    assert_eq!(
        project.settle("--reload=npm:,github:o/r@v1 main.ts").reload,
        only
    );
    for line in ["--offline main.ts", "--cached-only main.ts"] {
        assert_eq!(project.settle(line).http.mode, NetworkMode::Offline);
    }
    let by_variable = Project::new(&[]).with_env("PRIZM_OFFLINE", "1");
    assert_eq!(
        by_variable.settle("main.ts").http.mode,
        NetworkMode::Offline
    );
    let http = project
        .settle("--cert ca.pem --allow-insecure=a,b:80 main.ts")
        .http;
    assert_eq!(http.ca_files, [project.path("ca.pem")]);
    assert_eq!(http.allow_insecure, ["a", "b:80"]);
    assert!(
        project
            .try_settle("--allow-insecure=http://a/ main.ts")
            .unwrap_err()
            .is_usage()
    );
}

#[test]
fn install_scripts_run_only_by_name_or_for_all() {
    let project = Project::new(&[(
        "prizm.json",
        r#"{ "allowScripts": ["sharp"], "preload": ["npm:zod"] }"#,
    )]);
    let only = |name: &str| AllowScripts::Only(vec![name.to_owned()]);
    assert_eq!(project.settle("main.ts").allow_scripts, only("sharp"));
    assert_eq!(
        project
            .settle("--allow-scripts=npm:esbuild main.ts")
            .allow_scripts,
        only("esbuild")
    );
    assert_eq!(
        project.settle("--allow-scripts main.ts").allow_scripts,
        AllowScripts::All
    );
    let preload = project.settle("--no-preload main.ts").preload;
    assert!(!preload.is_enabled);
    assert_eq!(preload.identifiers, ["npm:zod"]);
}

#[test]
fn import_maps_come_from_the_project_or_the_flag() {
    let project = Project::new(&[
        ("prizm.json", r#"{ "imports": { "a": "./a.ts" } }"#),
        ("sub/map.json", r#"{ "imports": { "b": "./b.ts" } }"#),
    ]);
    let loaded = |line: &str| match project.settle(line).import_map {
        Some(ImportMap::Loaded { base, value }) => {
            (base.path().to_owned(), value["imports"].clone())
        }
        other => panic!("{line}: {other:?}"),
    };
    let (base, imports) = loaded("main.ts");
    assert!(base.ends_with("/prizm.json"), "{base}");
    assert_eq!(imports, serde_json::json!({ "a": "./a.ts" }));
    let (base, imports) = loaded("--import-map sub/map.json main.ts");
    assert!(base.ends_with("/sub/map.json"), "{base}");
    assert_eq!(imports, serde_json::json!({ "b": "./b.ts" }));
    assert_eq!(project.settle("--no-config main.ts").import_map, None);
    let remote = project
        .settle("--import-map https://h/map.json main.ts")
        .import_map;
    assert!(matches!(remote, Some(ImportMap::Remote(_))));
}

#[test]
fn env_files_fill_what_is_not_set() {
    let project = Project::new(&[
        (".env", "A=1\nB=1\nB=2\nPATH=mine\nC=${A}-${HOME}"),
        ("two.env", "A=2\nD='x y'"),
    ])
    .with_env("PATH", "/bin");
    let mut pairs = project.settle("--env-file --env-file=two.env main.ts").env;
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [("A", "2"), ("B", "1"), ("C", "2-/home/me"), ("D", "x y")]
    );
    let options = project.settle("--env-file=none.env main.ts");
    assert!(
        options.warnings[0].contains("none.env"),
        "{:?}",
        options.warnings
    );
    assert!(project.settle("main.ts").env.is_empty());
}

#[test]
fn debuggers_are_listened_for() {
    let project = Project::new(&[]);
    let inspector = |line: &str| {
        let inspector = project.settle(line).inspector.unwrap();
        (inspector.address.to_string(), inspector.start)
    };
    let table = [
        ("--inspect", "127.0.0.1:9229", InspectorStart::AtOnce),
        ("--inspect=8000", "127.0.0.1:8000", InspectorStart::AtOnce),
        ("--inspect=:0", "127.0.0.1:0", InspectorStart::AtOnce),
        (
            "--inspect-brk=0.0.0.0:1",
            "0.0.0.0:1",
            InspectorStart::Break,
        ),
        (
            "--inspect-wait=10.0.0.1",
            "10.0.0.1:9229",
            InspectorStart::Attached,
        ),
        (
            "--inspect-wait=[::1]:7",
            "[::1]:7",
            InspectorStart::Attached,
        ),
    ];
    for (flag, address, start) in table {
        assert_eq!(
            inspector(&format!("{flag} main.ts")),
            (address.to_owned(), start),
            "{flag}"
        );
    }
    assert!(
        project
            .try_settle("--inspect=1.2.3.4:99999 main.ts")
            .unwrap_err()
            .is_usage()
    );
    assert_eq!(project.settle("main.ts").inspector, None);
}

#[test]
fn the_rest_is_passed_through() {
    let project = Project::new(&[])
        .with_env("PRIZM_V8_FLAGS", "--a, --b")
        .with_env("PRIZM_LOG", "debug,prizm::http=trace,odd")
        .with_env("FORCE_COLOR", "1")
        .with_env("NO_COLOR", "1");
    let options = project
        .settle("--seed 7 --v8-flags=--c,--d --watch=x --location https://u:p@h/ main.ts -A b");
    assert_eq!(options.seed, Some(7));
    assert_eq!(
        options.v8_flags,
        ["--random-seed=7", "--a", "--b", "--c", "--d"]
    );
    assert_eq!(options.location.unwrap().as_str(), "https://h/");
    assert_eq!(options.script_args, ["-A", "b"]);
    assert_eq!(options.color, ColorChoice::Always);
    assert_eq!(options.log.level, Some(LevelFilter::Debug));
    assert_eq!(
        options.log.parts,
        [("prizm::http".to_owned(), LevelFilter::Trace)]
    );
    assert!(
        options.warnings[0].contains("`odd`"),
        "{:?}",
        options.warnings
    );
    let watch = options.watch.unwrap();
    assert_eq!(
        (watch.paths, watch.clears_screen),
        (vec![project.path("x")], true)
    );
    assert_eq!(
        project.settle("-q main.ts").log.level,
        Some(LevelFilter::Error)
    );
    assert_eq!(
        project.settle("-L info main.ts").log.level,
        Some(LevelFilter::Info)
    );
}

#[test]
fn malformed_grants_of_the_project_name_it() {
    let project = Project::new(&[("prizm.json", r#"{ "permissions": { "sys": ["moon"] } }"#)]);
    let error = project.try_settle("main.ts").unwrap_err();
    assert!(!error.is_usage());
    let start = format!(
        "Invalid value `moon` for `permissions.sys` in {}: ",
        project.path("prizm.json").display()
    );
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[test]
fn seeds_fit_into_what_v8_takes() {
    let flags = |seed: &str| {
        Project::new(&[])
            .settle(&format!("--seed={seed} main.ts"))
            .v8_flags
    };
    assert_eq!(flags("42"), ["--random-seed=42"]);
    assert_eq!(flags("0"), ["--random-seed=2147483647"]);
    assert_ne!(flags("4294967296"), flags("0"));
}

#[test]
fn watching_names_the_files_of_the_settings() {
    let project = Project::new(&[("src/main.ts", ""), ("package.json", "{}"), (".env", "")]);
    let settings = project
        .settle("--watch --env-file src/main.ts")
        .watch
        .unwrap()
        .settings;
    let expected = [".env", ".env", "src/prizm.json", "package.json"];
    assert_eq!(settings, expected.map(|name| project.path(name)));

    let project = Project::new(&[("prizm.json", r#"{ "imports": { "a": "./a.ts" } }"#)]);
    let settings = project.settle("--watch main.ts").watch.unwrap().settings;
    let expected = ["prizm.json", "prizm.json", "package.json"];
    assert_eq!(settings, expected.map(|name| project.path(name)));

    let error = project.try_settle("--watch -").unwrap_err();
    assert!(error.is_usage(), "{error}");
}
