//! Short forms → long forms, and relative paths → absolute ones: what can be done with one file alone.
//!
//! In: the document of one compose file, interpolated. Out: the same, so that documents can be merged key by key.
//! Side effects: none.

use super::error::ComposeError;
use super::mounts;
use super::node::{Node, Value};
use super::ports;
use super::shape::{
    Bare, Base, each_entry, each_item, names_to_map, pairs_to_map, text_to_list, text_to_map, with,
    words,
};

/// What a build context may start with that is no path of this machine.
const REMOTE: [&str; 7] = [
    "http://",
    "https://",
    "git://",
    "ssh://",
    "github.com/",
    "git@",
    "docker-image://",
];

/// Writes a whole document in its long form.
///
/// # Errors
/// [`ComposeError::Invalid`] for whatever has no long form.
pub(crate) fn document(node: &mut Node, base: Base<'_>) -> Result<(), ComposeError> {
    with(node, "services", |services| {
        each_entry(services, "services", |_, service, path| {
            self::service(service, path, base)
        })
    })?;
    for kind in ["networks", "volumes", "configs", "secrets"] {
        with(node, kind, |declared| {
            each_entry(declared, kind, |name, resource, path| {
                self::resource(resource, name, path, base)
            })
        })?;
    }
    with(node, "include", |include| {
        text_to_list(include);
        each_item(include, "include", |item, _| {
            text_to_map(item, "path");
            with(item, "path", |paths| {
                text_to_list(paths);
                Ok(())
            })?;
            with(item, "env_file", |files| {
                text_to_list(files);
                Ok(())
            })
        })
    })
}

fn service(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
    if node.as_map().is_none() {
        return Err(ComposeError::invalid(
            &node.place,
            path,
            format!("a mapping expected, found {}", node.kind()),
        ));
    }
    for key in ["command", "entrypoint"] {
        with(node, key, |line| words(line, &format!("{path}.{key}")))?;
    }
    for key in ["dns", "dns_search", "dns_opt", "env_file", "tmpfs"] {
        with(node, key, |list| {
            text_to_list(list);
            Ok(())
        })?;
    }
    with(node, "environment", |pairs| {
        pairs_to_map(pairs, &format!("{path}.environment"), Bare::Null)
    })?;
    for key in ["labels", "annotations", "sysctls", "storage_opt"] {
        with(node, key, |pairs| {
            pairs_to_map(pairs, &format!("{path}.{key}"), Bare::Empty)?;
            null_to_empty(pairs);
            Ok(())
        })?;
    }
    with(node, "extra_hosts", |hosts| {
        extra_hosts(hosts, &format!("{path}.extra_hosts"))
    })?;
    with(node, "env_file", |files| {
        env_files(files, &format!("{path}.env_file"), base)
    })?;
    with(node, "extends", |extends| {
        text_to_map(extends, "service");
        Ok(())
    })?;
    with(node, "build", |build| {
        self::build(build, &format!("{path}.build"), base)
    })?;
    with(node, "ports", |ports| {
        ports::expand(ports, &format!("{path}.ports"))
    })?;
    with(node, "volumes", |volumes| {
        each_item(volumes, &format!("{path}.volumes"), |mount, path| {
            mounts::mount(mount, path, base)
        })
    })?;
    with(node, "devices", |devices| {
        each_item(devices, &format!("{path}.devices"), mounts::device)
    })?;
    with(node, "depends_on", |names| {
        depends_on(names, &format!("{path}.depends_on"))
    })?;
    with(node, "networks", |networks| {
        service_networks(networks, &format!("{path}.networks"))
    })?;
    for key in ["configs", "secrets"] {
        with(node, key, |items| {
            references(items, &format!("{path}.{key}"))
        })?;
    }
    with(node, "healthcheck", |check| {
        healthcheck(check, &format!("{path}.healthcheck"))
    })?;
    with(node, "ulimits", ulimits)?;
    with(node, "logging", |logging| {
        with(logging, "options", |options| {
            null_to_empty(options);
            Ok(())
        })
    })?;
    with(node, "deploy", |deploy| {
        self::deploy(deploy, &format!("{path}.deploy"))
    })?;
    gpus(node, path)
}

fn build(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
    text_to_map(node, "context");
    with(node, "context", |context| {
        absolute_context(context, base);
        Ok(())
    })?;
    with(node, "args", |pairs| {
        pairs_to_map(pairs, &format!("{path}.args"), Bare::Null)
    })?;
    with(node, "labels", |pairs| {
        pairs_to_map(pairs, &format!("{path}.labels"), Bare::Empty)?;
        null_to_empty(pairs);
        Ok(())
    })?;
    with(node, "additional_contexts", |pairs| {
        pairs_to_map(pairs, path, Bare::Empty)?;
        each_entry(pairs, path, |_, context, _| {
            absolute_context(context, base);
            Ok(())
        })
    })?;
    for key in ["cache_from", "cache_to", "tags", "platforms"] {
        with(node, key, |list| {
            text_to_list(list);
            Ok(())
        })?;
    }
    with(node, "extra_hosts", |hosts| {
        extra_hosts(hosts, &format!("{path}.extra_hosts"))
    })?;
    with(node, "secrets", |items| {
        references(items, &format!("{path}.secrets"))
    })?;
    with(node, "ulimits", ulimits)
}

fn absolute_context(context: &mut Node, base: Base<'_>) {
    if let Some(text) = context.as_text()
        && !REMOTE.iter().any(|prefix| text.starts_with(prefix))
        && !text.starts_with("service:")
    {
        context.value = Value::Scalar {
            text: base.absolute_text(text),
            quoted: true,
        };
    }
}

fn null_to_empty(node: &mut Node) {
    for entry in node.entries_mut().into_iter().flatten() {
        if entry.node.is_null() {
            entry.node = Node::text("", &entry.node.place);
        }
    }
}

/// `name:address` or `name=address` → a list of addresses for each name.
fn extra_hosts(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    if let Value::List(items) = &node.value {
        let mut hosts = Node::new(Value::Map(Vec::new()), &node.place);
        for item in items {
            let pair = item
                .as_text()
                .and_then(|text| text.split_once('=').or_else(|| text.split_once(':')));
            let (name, address) = pair.ok_or_else(|| {
                ComposeError::invalid(&item.place, path, "'name=address' expected")
            })?;
            add_address(&mut hosts, name.trim(), address.trim(), item);
        }
        node.value = hosts.value;
    }
    each_entry(node, path, |_, addresses, _| {
        text_to_list(addresses);
        each_item(addresses, path, |address, _| {
            let bare = address.as_text().map(|text| {
                text.trim_start_matches('[')
                    .trim_end_matches(']')
                    .to_owned()
            });
            if let Some(bare) = bare {
                address.value = Value::Scalar {
                    text: bare,
                    quoted: true,
                };
            }
            Ok(())
        })
    })
}

fn add_address(hosts: &mut Node, name: &str, address: &str, item: &Node) {
    let address = Node::text(address, &item.place);
    if let Some(Node {
        value: Value::List(held),
        ..
    }) = hosts.get_mut(name)
    {
        held.push(address);
    } else {
        hosts.set(name, Node::new(Value::List(vec![address]), &item.place));
    }
}

fn env_files(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
    each_item(node, path, |item, path| {
        text_to_map(item, "path");
        let file = item
            .get("path")
            .and_then(Node::as_text)
            .map(|text| base.absolute_text(text));
        let file = file.ok_or_else(|| {
            ComposeError::invalid(
                &item.place,
                path,
                "'path' is missing: the file with the variables",
            )
        })?;
        let place = item.place.clone();
        item.set("path", Node::text(file, &place));
        Ok(())
    })
}

fn depends_on(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    names_to_map(node, path, |item| {
        Node::new(Value::Map(Vec::new()), &item.place)
    })?;
    each_entry(node, path, |_, dependency, path| {
        if dependency.is_null() {
            dependency.value = Value::Map(Vec::new());
        }
        let place = dependency.place.clone();
        for (key, default) in [("condition", "service_started"), ("required", "true")] {
            if dependency.get(key).is_none() {
                dependency.set(key, Node::text(default, &place));
            }
        }
        match dependency.get("condition").and_then(Node::as_text) {
            Some("service_started" | "service_healthy" | "service_completed_successfully") => {
                Ok(())
            }
            _ => Err(ComposeError::invalid(
                &place,
                path,
                "'condition' must be service_started, service_healthy or service_completed_successfully",
            )),
        }
    })
}

fn service_networks(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    names_to_map(node, path, |item| Node::null(&item.place))?;
    each_entry(node, path, |_, network, _| {
        if network.as_map().is_some_and(<[_]>::is_empty) {
            *network = Node::null(&network.place);
        }
        Ok(())
    })
}

fn references(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    each_item(node, path, |item, path| {
        text_to_map(item, "source");
        match item.get("source").and_then(Node::as_text) {
            Some(_) => Ok(()),
            None => Err(ComposeError::invalid(
                &item.place,
                path,
                "'source' is missing: the name it has at the top level",
            )),
        }
    })
}

fn healthcheck(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    let place = node.place.clone();
    if let Some(disable) = node.take("disable") {
        let off = disable.as_text().and_then(super::node::truth);
        match off {
            Some(true) => node.set(
                "test",
                Node::new(Value::List(vec![Node::text("NONE", &place)]), &place),
            ),
            Some(false) => {}
            None => {
                return Err(ComposeError::invalid(
                    &disable.place,
                    &format!("{path}.disable"),
                    "true or false expected",
                ));
            }
        }
    }
    with(node, "test", |test| {
        if let Some(text) = test.as_text() {
            let items = vec![
                Node::text("CMD-SHELL", &test.place),
                Node::text(text, &test.place),
            ];
            test.value = Value::List(items);
        }
        let Some(items) = test.as_list() else {
            return Ok(());
        };
        match (items.first().and_then(Node::as_text), items.len()) {
            (Some("NONE"), 1) | (Some("CMD"), 2..) | (Some("CMD-SHELL"), 2) => Ok(()),
            _ => Err(ComposeError::invalid(
                &test.place,
                &format!("{path}.test"),
                "[CMD, program, …], [CMD-SHELL, \"command line\"] or [NONE] expected",
            )),
        }
    })
}

fn ulimits(node: &mut Node) -> Result<(), ComposeError> {
    for entry in node.entries_mut().into_iter().flatten() {
        if let Some(both) = entry.node.as_text() {
            let place = &entry.node.place;
            entry.node = Node::map(
                [
                    ("soft", Node::text(both, place)),
                    ("hard", Node::text(both, place)),
                ],
                place,
            );
        }
    }
    Ok(())
}

fn deploy(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    with(node, "labels", |pairs| {
        pairs_to_map(pairs, &format!("{path}.labels"), Bare::Empty)?;
        null_to_empty(pairs);
        Ok(())
    })?;
    let path = format!("{path}.resources.reservations.devices");
    with(node, "resources", |resources| {
        with(resources, "reservations", |kept| {
            with(kept, "devices", |devices| {
                each_item(devices, &path, device_request)
            })
        })
    })
}

/// Without a count and ids all devices are meant.
fn device_request(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    let place = node.place.clone();
    if node.as_map().is_none() {
        return Err(ComposeError::invalid(
            &place,
            path,
            format!("a mapping expected, found {}", node.kind()),
        ));
    }
    match (
        node.get("count").is_some(),
        node.get("device_ids").is_some(),
    ) {
        (true, true) => {
            return Err(ComposeError::invalid(
                &place,
                path,
                "either 'count' or 'device_ids', not both",
            ));
        }
        (false, false) => node.set("count", Node::text("-1", &place)),
        _ => {}
    }
    match node.get("capabilities").and_then(Node::as_list) {
        Some([_, ..]) => Ok(()),
        _ => Err(ComposeError::invalid(
            &place,
            path,
            "'capabilities' is missing: for example [gpu]",
        )),
    }
}

/// `gpus: all`, `gpus: 2` and `gpus: […]` → device requests, like all others.
fn gpus(service: &mut Node, path: &str) -> Result<(), ComposeError> {
    let Some(mut gpus) = service.take("gpus").filter(|gpus| !gpus.is_null()) else {
        return Ok(());
    };
    let place = gpus.place.clone();
    text_to_map(&mut gpus, "count");
    if gpus.as_map().is_some() {
        gpus = Node::new(Value::List(vec![gpus]), &place);
    }
    let path = format!("{path}.gpus");
    each_item(&mut gpus, &path, |request, path| {
        if request.get("capabilities").is_none() {
            let gpu = Node::text("gpu", &place);
            request.set("capabilities", Node::new(Value::List(vec![gpu]), &place));
        }
        device_request(request, path)
    })?;
    let mut held = service;
    for key in ["deploy", "resources", "reservations"] {
        if held.get(key).is_none_or(Node::is_null) {
            held.set(key, Node::new(Value::Map(Vec::new()), &place));
        }
        let Some(inner) = held.get_mut(key) else {
            return Ok(());
        };
        held = inner;
    }
    match (held.get_mut("devices"), gpus.value) {
        (
            Some(Node {
                value: Value::List(devices),
                ..
            }),
            Value::List(more),
        ) => devices.extend(more),
        (_, value) => held.set("devices", Node::new(value, &place)),
    }
    Ok(())
}

/// A network, volume, config or secret at the top level.
fn resource(node: &mut Node, name: &str, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
    let place = node.place.clone();
    if node.is_null() {
        node.value = Value::Map(Vec::new());
    }
    // `external: { name: … }` is the form of old files.
    if let Some(old) = node
        .get("external")
        .and_then(|external| external.get("name"))
        .cloned()
    {
        node.set("name", old);
        node.set("external", Node::text("true", &place));
    }
    if node
        .get("external")
        .is_some_and(|external| external.as_map().is_some())
    {
        node.set("external", Node::text("true", &place));
    }
    let is_external = node
        .get("external")
        .and_then(Node::as_text)
        .and_then(super::node::truth)
        .unwrap_or_default();
    if is_external && node.get("name").is_none_or(Node::is_null) {
        node.set("name", Node::text(name, &place));
    }
    with(node, "labels", |pairs| {
        pairs_to_map(pairs, &format!("{path}.labels"), Bare::Empty)?;
        null_to_empty(pairs);
        Ok(())
    })?;
    with(node, "file", |file| {
        if let Some(text) = file.as_text() {
            file.value = Value::Scalar {
                text: base.absolute_text(text),
                quoted: true,
            };
        }
        Ok(())
    })
}
