//! The compose model against `docker-compose config`, over all files of `corpus/`.
//!
//! In: `corpus/*.yml`, each with its `.override.yml` where there is one. Out: pass, or both forms of what differs.
//! Side effects: runs `docker-compose config` (Debian's, 1.29; no engine needed). Where it is missing the reason is
//! printed and the files are listed as ignored; in CI (variable `CI`) that is a failure.
//!
//! docker-compose 1.29 prints the older form of the model; ours is that of `docker compose` 2. What is made the same
//! before comparing, and nothing else:
//!
//! | Difference | 1.29 | Ours |
//! |---|---|---|
//! | own line | `version`, no `name` | `name`, no `version` |
//! | top-level `x-…` | left out | kept |
//! | implicit network | left out | `networks.default`, `services.*.networks.default` |
//! | names at the engine that are not given | left out | `<project>_<key>` |
//! | default Dockerfile | left out | `Dockerfile` |
//! | `depends_on.*.required` | unknown | `true` |
//! | mounts | `source:target:mode`, where written so | long form; `create_host_path` for short ones |
//! | ports | `tcp` and `ingress` left out; `ip:published:target/protocol` with a host ip | long form |
//! | devices | `source:target:mode` | long form |
//! | `extra_hosts` | mapping | list of `name=address` |
//! | `healthcheck.test` | text, where written so | `[CMD-SHELL, text]` |
//! | `ulimits` | one number | `soft` and `hard` |
//! | `volumes_from` | `service:name:mode` | as written |
//! | `command`, `entrypoint` | text, where written so | words |
//! | sizes, durations, modes of files | as written; decimal modes | bytes; `1m30s`; octal |
//! | device requests | `count` as written | −1 for `all` and for none |
//! | build arguments without a value | empty | null |
//! | labels without a value in a mapping | null | empty |
//! | scalars | `"1"` or `1`, as written | of the key's type |
//! | order of lists after merging | sorted | as written, base first |
//! | logging options, networks of a service: empty mappings | `{}` | left out; null |

mod common;
mod forms;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use common::common;
use forms::{each, newer_service, object, older_service, without_implicit_names};
use libtest_mimic::{Arguments, Failed, Trial};
use prizm_docker::compose::{LoadOptions, load};
use serde_json::{Value, json};

const VARIABLES: [(&str, &str); 6] = [
    ("HOME", "/home/u"),
    ("POSTGRES_PASSWORD", "pw"),
    ("SET_VARIABLE", "set"),
    ("EMPTY_VARIABLE", ""),
    ("INHERITED", "inherited"),
    ("UID", "1001"),
];

/// Fewer files than this and the corpus has been lost.
const FEWEST: usize = 60;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_missing = !is_on_path("docker-compose");
    if is_missing {
        eprintln!("skipped: docker-compose is not on the PATH: apt-get install docker-compose");
    }
    let trial = |files: Vec<PathBuf>| {
        Trial::test(name(&files), move || compare(&files).map_err(Failed::from))
            .with_ignored_flag(is_missing)
    };
    let mut trials: Vec<Trial> = cases().into_iter().map(trial).collect();
    trials.push(Trial::test("corpus_and_program", move || {
        check_ground(is_missing).map_err(Failed::from)
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// What the other tests stand on: the corpus is there, and so is docker-compose, of the right generation.
fn check_ground(is_missing: bool) -> Result<(), String> {
    let count = cases().len();
    if count < FEWEST {
        return Err(format!("only {count} files in the corpus"));
    }
    if is_missing {
        let in_ci = std::env::var_os("CI").is_some();
        return if in_ci {
            Err("docker-compose is not on the PATH: apt-get install docker-compose".to_owned())
        } else {
            Ok(())
        };
    }
    let output = Command::new("docker-compose")
        .arg("version")
        .output()
        .map_err(|error| error.to_string())?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    if version.contains("version 1.") {
        Ok(())
    } else {
        Err(format!("docker-compose 1.29 is needed, found: {version}"))
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/compose/corpus")
        .canonicalize()
        .expect("the corpus")
}

fn cases() -> Vec<Vec<PathBuf>> {
    let entries = std::fs::read_dir(corpus()).expect("the corpus");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .collect();
    files.sort();
    let mains = files
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(".override.yml"));
    mains
        .map(|main| {
            std::iter::once(main.clone())
                .chain(Some(main.with_extension("override.yml")).filter(|path| path.exists()))
                .collect()
        })
        .collect()
}

fn name(files: &[PathBuf]) -> String {
    let stem = files[0].file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn compare(files: &[PathBuf]) -> Result<(), String> {
    let name = name(files);
    let theirs = theirs(files).map_err(|error| format!("--- {name}: docker-compose: {error}"))?;
    let ours = ours(files).map_err(|error| format!("--- {name}: {error}"))?;
    let mut lines = Vec::new();
    differences("", &ours, &theirs, &mut lines);
    if lines.is_empty() {
        Ok(())
    } else {
        Err(format!("--- {name}\n{}", lines.join("\n")))
    }
}

fn differences(path: &str, ours: &Value, theirs: &Value, lines: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(first), Value::Object(second)) => {
            let keys: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
            for key in keys {
                let missing = json!("(missing)");
                differences(
                    &format!("{path}.{key}"),
                    first.get(key).unwrap_or(&missing),
                    second.get(key).unwrap_or(&missing),
                    lines,
                );
            }
        }
        _ if ours == theirs => {}
        _ => lines.push(format!(
            "  {path}\n    ours:   {ours}\n    theirs: {theirs}"
        )),
    }
}

fn theirs(files: &[PathBuf]) -> Result<Value, String> {
    let mut command = Command::new("docker-compose");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(VARIABLES)
        .current_dir(corpus());
    for file in files {
        command.arg("-f").arg(file);
    }
    let output = command
        .arg("config")
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut value: Value = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
    object(&mut value).remove("version");
    each(&mut value, "services", |_, service| older_service(service));
    Ok(common(value))
}

fn ours(files: &[PathBuf]) -> Result<Value, String> {
    let environment: BTreeMap<String, String> = VARIABLES
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let options = LoadOptions {
        directory: corpus(),
        files: files.to_vec(),
        environment,
        profiles: vec!["*".to_owned()],
        ..LoadOptions::default()
    };
    let loaded = load(&options).map_err(|error| error.to_string())?;
    // What is written must be read as it was: the YAML is compared, not the value it was made from.
    let mut value: Value =
        serde_saphyr::from_str(&loaded.project.to_yaml()).map_err(|error| error.to_string())?;
    assert_eq!(
        value,
        loaded.project.to_json(),
        "YAML and JSON say the same"
    );
    object(&mut value).remove("name");
    object(&mut value).retain(|key, _| !key.starts_with("x-"));
    without_implicit_names(&mut value);
    each(&mut value, "services", |_, service| newer_service(service));
    Ok(common(value))
}
