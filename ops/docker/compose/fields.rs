//! The keys of a service that are mappings or lists of their own: short forms → long ones.
//!
//! In: the node of one key. Out: the same, in long form. Side effects: none.

use super::error::ComposeError;
use super::node::{Node, Value};
use super::shape::{
    Bare, Base, each_entry, each_item, names_to_map, pairs_to_map, text_to_list, text_to_map, with,
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

pub(crate) fn build(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
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

pub(crate) fn absolute_context(context: &mut Node, base: Base<'_>) {
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

pub(crate) fn null_to_empty(node: &mut Node) {
    for entry in node.entries_mut().into_iter().flatten() {
        if entry.node.is_null() {
            entry.node = Node::text("", &entry.node.place);
        }
    }
}

/// `name:address` or `name=address` → a list of addresses for each name.
pub(crate) fn extra_hosts(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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

pub(crate) fn add_address(hosts: &mut Node, name: &str, address: &str, item: &Node) {
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

pub(crate) fn env_files(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
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

pub(crate) fn depends_on(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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

pub(crate) fn service_networks(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    names_to_map(node, path, |item| Node::null(&item.place))?;
    each_entry(node, path, |_, network, _| {
        if network.as_map().is_some_and(<[_]>::is_empty) {
            *network = Node::null(&network.place);
        }
        Ok(())
    })
}

pub(crate) fn references(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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

pub(crate) fn healthcheck(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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

pub(crate) fn ulimits(node: &mut Node) -> Result<(), ComposeError> {
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
