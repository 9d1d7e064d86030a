//! The compose model against `docker-compose config`, over all files of `corpus/`.
//!
//! In: `corpus/*.yml`, each with its `.override.yml` where there is one. Out: pass, or both forms of what differs.
//! Side effects: runs `docker-compose config` (Debian's, 1.29; no engine needed). Where it is missing the test says so
//! and passes, except in CI (variable `CI`), where it fails.
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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use prizm_docker::compose::{LoadOptions, load};
use serde_json::{Map, Value, json};

const VARIABLES: [(&str, &str); 6] =
    [("HOME", "/home/u"), ("POSTGRES_PASSWORD", "pw"), ("SET_VARIABLE", "set"), ("EMPTY_VARIABLE", ""), ("INHERITED", "inherited"), ("UID", "1001")];

/// Fewer files than this and the corpus has been lost.
const FEWEST: usize = 60;

#[test]
fn the_corpus_means_what_docker_compose_says() {
    if let Err(error) = Command::new("docker-compose").arg("version").output() {
        assert!(std::env::var_os("CI").is_none(), "docker-compose is needed: apt-get install docker-compose ({error})");
        eprintln!("skipped: docker-compose could not be run ({error}); apt-get install docker-compose");
        return;
    }
    let cases = cases();
    assert!(cases.len() >= FEWEST, "only {} files in the corpus", cases.len());
    let different = std::thread::scope(|scope| {
        let parts: Vec<_> = cases.chunks(cases.len().div_ceil(4)).map(|part| scope.spawn(|| part.iter().filter_map(|case| compare(case).err()).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().expect("a comparison")).collect::<Vec<String>>()
    });
    assert!(different.is_empty(), "{} of {} differ:\n{}", different.len(), cases.len(), different.join("\n"));
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compose/corpus").canonicalize().expect("the corpus")
}

fn cases() -> Vec<Vec<PathBuf>> {
    let entries = std::fs::read_dir(corpus()).expect("the corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.extension().is_some_and(|ending| ending == "yml")).collect();
    files.sort();
    let mains = files.iter().filter(|path| !path.to_string_lossy().ends_with(".override.yml"));
    mains.map(|main| std::iter::once(main.clone()).chain(Some(main.with_extension("override.yml")).filter(|path| path.exists())).collect()).collect()
}

fn compare(files: &[PathBuf]) -> Result<(), String> {
    let name = files[0].file_name().unwrap_or_default().to_string_lossy().into_owned();
    let theirs = theirs(files).map_err(|error| format!("--- {name}: docker-compose: {error}"))?;
    let ours = ours(files).map_err(|error| format!("--- {name}: {error}"))?;
    let mut lines = Vec::new();
    differences("", &ours, &theirs, &mut lines);
    if lines.is_empty() { Ok(()) } else { Err(format!("--- {name}\n{}", lines.join("\n"))) }
}

fn differences(path: &str, ours: &Value, theirs: &Value, lines: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(first), Value::Object(second)) => {
            let keys: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
            for key in keys {
                let missing = json!("(missing)");
                differences(&format!("{path}.{key}"), first.get(key).unwrap_or(&missing), second.get(key).unwrap_or(&missing), lines);
            }
        }
        _ if ours == theirs => {}
        _ => lines.push(format!("  {path}\n    ours:   {ours}\n    theirs: {theirs}")),
    }
}

fn theirs(files: &[PathBuf]) -> Result<Value, String> {
    let mut command = Command::new("docker-compose");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(VARIABLES).current_dir(corpus());
    for file in files {
        command.arg("-f").arg(file);
    }
    let output = command.arg("config").output().map_err(|error| error.to_string())?;
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
    let environment: BTreeMap<String, String> = VARIABLES.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let options = LoadOptions { directory: corpus(), files: files.to_vec(), environment, profiles: vec!["*".to_owned()], ..LoadOptions::default() };
    let loaded = load(&options).map_err(|error| error.to_string())?;
    // What is written must be read as it was: the YAML is compared, not the value it was made from.
    let mut value: Value = serde_saphyr::from_str(&loaded.project.to_yaml()).map_err(|error| error.to_string())?;
    assert_eq!(value, loaded.project.to_json(), "YAML and JSON say the same");
    object(&mut value).remove("name");
    object(&mut value).retain(|key, _| !key.starts_with("x-"));
    without_implicit_names(&mut value);
    each(&mut value, "services", |_, service| newer_service(service));
    Ok(common(value))
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("a mapping")
}

fn each(value: &mut Value, key: &str, mut change: impl FnMut(&str, &mut Value)) {
    if let Some(Value::Object(entries)) = value.get_mut(key) {
        entries.iter_mut().for_each(|(key, value)| change(key, value));
    }
}

fn change(value: &mut Value, key: &str, change: impl FnOnce(&mut Value)) {
    if let Some(held) = value.get_mut(key) {
        change(held);
    }
}

fn change_items(value: &mut Value, key: &str, change: impl FnMut(&mut Value)) {
    if let Some(Value::Array(items)) = value.get_mut(key) {
        items.iter_mut().for_each(change);
    }
}

// What only our form has.

fn without_implicit_names(value: &mut Value) {
    for kind in ["networks", "volumes", "configs", "secrets"] {
        each(value, kind, |key, resource| {
            if resource["name"] == format!("corpus_{key}") {
                object(resource).remove("name");
            }
        });
    }
    if value["networks"]["default"] == json!({}) {
        change(value, "networks", |networks| { object(networks).remove("default"); });
    }
    if value["networks"] == json!({}) {
        object(value).remove("networks");
    }
}

fn newer_service(service: &mut Value) {
    if service["networks"] == json!({ "default": null }) {
        object(service).remove("networks");
    }
    change(service, "build", |build| {
        if build["dockerfile"] == "Dockerfile" {
            object(build).remove("dockerfile");
        }
        each(build, "args", |_, argument| if argument.is_null() { *argument = json!("") });
    });
    each(service, "depends_on", |_, dependency| { object(dependency).remove("required"); });
    change_items(service, "volumes", |mount| change(mount, "bind", |bind| { object(bind).remove("create_host_path"); }));
    change_items(service, "ports", |port| {
        for (key, default) in [("mode", "ingress"), ("protocol", "tcp")] {
            if port[key] == default {
                object(port).remove(key);
            }
        }
    });
    let mode = |reference: &mut Value| change(reference, "mode", |mode| *mode = json!(u32::from_str_radix(mode.as_str().expect("text"), 8).expect("octal")));
    change_items(service, "configs", mode);
    change_items(service, "secrets", mode);
}

// What only the older form has.

fn older_service(service: &mut Value) {
    change_items(service, "volumes", |mount| if let Some(text) = mount.as_str() { *mount = older_mount(text) });
    change_items(service, "ports", |port| {
        if let Some(text) = port.as_str() {
            *port = older_port(text);
        }
        if port["protocol"] == "tcp" {
            object(port).remove("protocol");
        }
    });
    change_items(service, "devices", |device| {
        let parts: Vec<&str> = device.as_str().expect("text").split(':').collect();
        *device = json!({ "source": parts[0], "target": parts.get(1).unwrap_or(&parts[0]), "permissions": parts.get(2).unwrap_or(&"rwm") });
    });
    change_items(service, "volumes_from", |from| *from = json!(from.as_str().expect("text").trim_start_matches("service:")));
    change(service, "extra_hosts", |hosts| if let Value::Object(entries) = hosts {
        *hosts = entries.iter().map(|(name, address)| format!("{name}={}", address.as_str().expect("text"))).collect();
    } else if let Value::Array(items) = hosts {
        items.iter_mut().for_each(|item| *item = json!(item.as_str().expect("text").replacen(':', "=", 1)));
    });
    each(service, "ulimits", |_, limit| if !limit.is_object() { *limit = json!({ "soft": limit, "hard": limit }) });
    change(service, "healthcheck", |check| change(check, "test", |test| if test.is_string() { *test = json!(["CMD-SHELL", test]) }));
    each(service, "networks", |_, network| if *network == json!({}) { *network = Value::Null });
    each(service, "labels", |_, label| if label.is_null() { *label = json!("") });
    for key in ["command", "entrypoint"] {
        change(service, key, |line| if let Some(text) = line.as_str() { *line = shlex::split(text).expect("words").into() });
    }
    change(service, "deploy", |deploy| change(deploy, "resources", |resources| change(resources, "reservations", |kept| change_items(kept, "devices", |device| {
        let count = device.get("count").cloned();
        match count {
            None if device.get("device_ids").is_none() => device["count"] = json!(-1),
            Some(Value::String(text)) if text == "all" => device["count"] = json!(-1),
            _ => {}
        }
    }))));
}

fn older_mount(text: &str) -> Value {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target) = if parts.len() > 1 { (Some(parts[0]), parts[1]) } else { (None, parts[0]) };
    let is_path = source.is_some_and(|source| source.starts_with('/'));
    let mut mount = json!({ "type": if is_path { "bind" } else { "volume" }, "target": target });
    if let Some(source) = source {
        mount["source"] = json!(source);
    }
    for mode in parts.get(2).unwrap_or(&"rw").split(',') {
        match mode {
            "ro" => mount["read_only"] = json!(true),
            "cached" => mount["consistency"] = json!("cached"),
            "rslave" => mount["bind"] = json!({ "propagation": "rslave" }),
            _ => {}
        }
    }
    mount
}

/// `ip:published:target/protocol`; nothing stands for a port that the engine picks.
fn older_port(text: &str) -> Value {
    let (numbers, protocol) = text.split_once('/').expect("a protocol");
    let mut parts = numbers.rsplitn(3, ':');
    let mut port = json!({ "target": parts.next(), "protocol": protocol });
    match parts.next() {
        None | Some("") => {}
        Some(published) => port["published"] = json!(published),
    }
    if let Some(ip) = parts.next() {
        port["host_ip"] = json!(ip);
    }
    port
}

// The same for both.

const SIZES: [&str; 7] = ["memory", "mem_limit", "mem_reservation", "memswap_limit", "shm_size", "size", "rate"];
const SPANS: [&str; 7] = ["interval", "timeout", "start_period", "stop_grace_period", "delay", "window", "monitor"];
const NUMBERS: [&str; 2] = ["cpus", "max_failure_ratio"];
const ORDERED: [&str; 3] = ["command", "entrypoint", "test"];

fn common(value: Value) -> Value {
    common_at("", value)
}

fn common_at(key: &str, value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| { let value = common_at(&key, value); (key, value) }).filter(|(key, value)| is_worth(key, value));
            let sorted: BTreeMap<String, Value> = entries.collect();
            Value::Object(sorted.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(|item| common_at("", item)).collect();
            if !ORDERED.contains(&key) {
                items.sort_by_key(Value::to_string);
            }
            Value::Array(items)
        }
        Value::Null => Value::Null,
        scalar => json!(common_scalar(key, scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned))),
    }
}

fn is_worth(key: &str, value: &Value) -> bool {
    match key {
        "options" | "bind" => *value != json!({}),
        _ => true,
    }
}

fn common_scalar(key: &str, text: String) -> String {
    match key {
        _ if SIZES.contains(&key) => bytes(&text).unwrap_or(text),
        _ if SPANS.contains(&key) => milliseconds(&text).unwrap_or(text),
        _ if NUMBERS.contains(&key) => text.parse::<f64>().map_or(text, |number| number.to_string()),
        _ => text,
    }
}

fn bytes(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_end_matches('b');
    let digits = bare.trim_end_matches(['k', 'm', 'g']);
    let shift = match &bare[digits.len()..] {
        "" => 0,
        "k" => 10,
        "m" => 20,
        _ => 30,
    };
    digits.parse::<i64>().ok().map(|number| (number << shift).to_string())
}

fn milliseconds(text: &str) -> Option<String> {
    let mut total = 0.0;
    let mut rest = text;
    while let Some(end) = rest.find(|letter: char| letter.is_alphabetic()) {
        let unit_end = rest[end..].find(|letter: char| !letter.is_alphabetic()).map_or(rest.len(), |length| end + length);
        let unit = match &rest[end..unit_end] {
            "ns" => 1e-6,
            "ms" => 1.0,
            "s" => 1000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        total += rest[..end].parse::<f64>().ok()? * unit;
        rest = &rest[unit_end..];
    }
    Some(format!("{total} ms"))
}
