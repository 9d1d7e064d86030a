//! Short forms → long forms, and relative paths → absolute ones: what can be done with one file alone.
//!
//! In: the document of one compose file, interpolated. Out: the same, so that documents can be merged key by key.
//! Side effects: none.

use super::error::ComposeError;
use super::fields::{
    build, depends_on, env_files, extra_hosts, healthcheck, null_to_empty, references,
    service_networks, ulimits,
};
use super::gpus::{deploy, gpus};
use super::mounts;
use super::node::{Node, Value};
use super::ports;
use super::shape::{
    Bare, Base, each_entry, each_item, pairs_to_map, text_to_list, text_to_map, with, words,
};

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
    with(node, "build", |held| {
        build(held, &format!("{path}.build"), base)
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
    with(node, "deploy", |held| {
        deploy(held, &format!("{path}.deploy"))
    })?;
    gpus(node, path)
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
    with(node, "driver_opts", |options| {
        bound_directory(options, base)
    })?;
    with(node, "file", |file| {
        absolute(file, base);
        Ok(())
    })
}

/// A volume of the driver `local` that is a directory of the host: `o: bind`.
fn bound_directory(options: &mut Node, base: Base<'_>) -> Result<(), ComposeError> {
    let mounted = options.get("o").and_then(Node::as_text).unwrap_or_default();
    if !mounted.split(',').any(|option| option == "bind") {
        return Ok(());
    }
    with(options, "device", |device| {
        absolute(device, base);
        Ok(())
    })
}

fn absolute(path: &mut Node, base: Base<'_>) {
    if let Some(text) = path.as_text() {
        *path = Node::text(base.absolute_text(text), &path.place);
    }
}
