//! The two forms of the model, brought together: what only ours has, and what only docker-compose 1.29 has.
//!
//! In: the parsed output of either. Out: the same without what the table of the test allows to differ. Side effects: none.

use serde_json::{Map, Value, json};

pub fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("a mapping")
}

pub fn each(value: &mut Value, key: &str, mut change: impl FnMut(&str, &mut Value)) {
    if let Some(Value::Object(entries)) = value.get_mut(key) {
        entries
            .iter_mut()
            .for_each(|(key, value)| change(key, value));
    }
}

pub fn change(value: &mut Value, key: &str, change: impl FnOnce(&mut Value)) {
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

pub fn without_implicit_names(value: &mut Value) {
    for kind in ["networks", "volumes", "configs", "secrets"] {
        each(value, kind, |key, resource| {
            if resource["name"] == format!("corpus_{key}") {
                object(resource).remove("name");
            }
        });
    }
    if value["networks"]["default"] == json!({}) {
        change(value, "networks", |networks| {
            object(networks).remove("default");
        });
    }
    if value["networks"] == json!({}) {
        object(value).remove("networks");
    }
}

pub fn newer_service(service: &mut Value) {
    if service["networks"] == json!({ "default": null }) {
        object(service).remove("networks");
    }
    change(service, "build", |build| {
        if build["dockerfile"] == "Dockerfile" {
            object(build).remove("dockerfile");
        }
        each(build, "args", |_, argument| {
            if argument.is_null() {
                *argument = json!("")
            }
        });
    });
    each(service, "depends_on", |_, dependency| {
        object(dependency).remove("required");
    });
    change_items(service, "volumes", |mount| {
        change(mount, "bind", |bind| {
            object(bind).remove("create_host_path");
        })
    });
    change_items(service, "ports", |port| {
        for (key, default) in [("mode", "ingress"), ("protocol", "tcp")] {
            if port[key] == default {
                object(port).remove(key);
            }
        }
    });
    let mode = |reference: &mut Value| {
        change(reference, "mode", |mode| {
            *mode = json!(u32::from_str_radix(mode.as_str().expect("text"), 8).expect("octal"))
        })
    };
    change_items(service, "configs", mode);
    change_items(service, "secrets", mode);
}

// What only the older form has.

pub fn older_service(service: &mut Value) {
    change_items(service, "volumes", |mount| {
        if let Some(text) = mount.as_str() {
            *mount = older_mount(text)
        }
    });
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
    change_items(service, "volumes_from", |from| {
        *from = json!(from.as_str().expect("text").trim_start_matches("service:"))
    });
    change(service, "extra_hosts", |hosts| {
        if let Value::Object(entries) = hosts {
            *hosts = entries
                .iter()
                .map(|(name, address)| format!("{name}={}", address.as_str().expect("text")))
                .collect();
        } else if let Value::Array(items) = hosts {
            items
                .iter_mut()
                .for_each(|item| *item = json!(item.as_str().expect("text").replacen(':', "=", 1)));
        }
    });
    each(service, "ulimits", |_, limit| {
        if !limit.is_object() {
            *limit = json!({ "soft": limit, "hard": limit })
        }
    });
    change(service, "healthcheck", |check| {
        change(check, "test", |test| {
            if test.is_string() {
                *test = json!(["CMD-SHELL", test])
            }
        })
    });
    each(service, "networks", |_, network| {
        if *network == json!({}) {
            *network = Value::Null
        }
    });
    each(service, "labels", |_, label| {
        if label.is_null() {
            *label = json!("")
        }
    });
    for key in ["command", "entrypoint"] {
        change(service, key, |line| {
            if let Some(text) = line.as_str() {
                *line = shlex::split(text).expect("words").into()
            }
        });
    }
    change(service, "deploy", |deploy| {
        change(deploy, "resources", |resources| {
            change(resources, "reservations", |kept| {
                change_items(kept, "devices", |device| {
                    let count = device.get("count").cloned();
                    match count {
                        None if device.get("device_ids").is_none() => device["count"] = json!(-1),
                        Some(Value::String(text)) if text == "all" => device["count"] = json!(-1),
                        _ => {}
                    }
                })
            })
        })
    });
}

fn older_mount(text: &str) -> Value {
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target) = if parts.len() > 1 {
        (Some(parts[0]), parts[1])
    } else {
        (None, parts[0])
    };
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
