//! A later document over an earlier one, as the compose specification merges them.
//!
//! In: two documents in their long form. Out: one. Side effects: none.
//! Source: <https://github.com/compose-spec/compose-spec/blob/main/13-merge.md>.

use super::error::ComposeError;
use super::node::{Entry, Node, Replaces, Value};

/// What becomes of two lists.
enum Rule {
    /// The later one stands alone.
    Replace,
    /// Items of the later one replace those of the same identity; others follow.
    By(fn(&Node) -> String),
}

/// `over` on top of `base`. `path` is that of the value, with `*` for names: `services.*.ports`.
///
/// # Errors
/// [`ComposeError::Invalid`]: a mapping over a list, or the like.
pub(crate) fn merge(base: Node, over: Node, path: &str) -> Result<Node, ComposeError> {
    if over.replaces == Some(Replaces::Override) || base.replaces == Some(Replaces::Reset) {
        return Ok(over);
    }
    if over.replaces == Some(Replaces::Reset) {
        return Ok(over);
    }
    match (base.value, over.value) {
        (Value::Map(_), Value::Map(over_entries)) if replaces_whole(path) => Ok(Node {
            value: Value::Map(over_entries),
            ..over_place(over.place)
        }),
        (Value::Map(base_entries), Value::Map(over_entries))
            if path == "services.*.logging" && !same_driver(&base_entries, &over_entries) =>
        {
            let base_entries = base_entries
                .into_iter()
                .filter(|entry| entry.key != "options")
                .collect();
            Ok(Node {
                value: Value::Map(merge_entries(base_entries, over_entries, path)?),
                ..over_place(base.place)
            })
        }
        (Value::Map(base_entries), Value::Map(over_entries)) => Ok(Node {
            value: Value::Map(merge_entries(base_entries, over_entries, path)?),
            ..over_place(base.place)
        }),
        (Value::List(base_items), Value::List(over_items)) => Ok(Node {
            value: Value::List(merge_lists(base_items, over_items, &rule(path))),
            ..over_place(base.place)
        }),
        (value @ (Value::Map(_) | Value::List(_)), over_value) => {
            let over = Node {
                value: over_value,
                ..over_place(over.place)
            };
            let base = Node {
                value,
                ..over_place(base.place)
            };
            if over.is_null() {
                return Ok(base);
            }
            Err(ComposeError::invalid(
                &over.place,
                path,
                format!(
                    "{} cannot be merged with {} of {}",
                    over.kind(),
                    base.kind(),
                    base.place
                ),
            ))
        }
        (_, value) => Ok(Node {
            value,
            ..over_place(over.place)
        }),
    }
}

fn over_place(place: super::node::Place) -> Node {
    Node::null(&place)
}

fn merge_entries(
    mut base: Vec<Entry>,
    over: Vec<Entry>,
    path: &str,
) -> Result<Vec<Entry>, ComposeError> {
    for entry in over {
        let Some(index) = base.iter().position(|held| held.key == entry.key) else {
            base.push(entry);
            continue;
        };
        let held = std::mem::replace(&mut base[index].node, Node::null(&entry.place));
        base[index].node = merge(held, entry.node, &step(path, &entry.key))?;
    }
    Ok(base)
}

/// Names of services and resources become `*`, so that one rule fits all of them.
fn step(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        "services" | "networks" | "volumes" | "configs" | "secrets" => format!("{path}.*"),
        _ => format!("{path}.{key}"),
    }
}

fn replaces_whole(path: &str) -> bool {
    path.strip_prefix("services.*.")
        .is_some_and(|rest| rest.starts_with("ulimits.") || rest == "extends")
}

fn same_driver(base: &[Entry], over: &[Entry]) -> bool {
    let driver = |entries: &[Entry]| {
        entries
            .iter()
            .find(|entry| entry.key == "driver")
            .and_then(|entry| entry.node.as_text().map(str::to_owned))
    };
    match (driver(base), driver(over)) {
        (Some(base), Some(over)) => base == over,
        _ => true,
    }
}

fn rule(path: &str) -> Rule {
    match path.strip_prefix("services.*.").unwrap_or(path) {
        "command" | "entrypoint" | "healthcheck.test" => Rule::Replace,
        "volumes" | "devices" => Rule::By(|node| text_at(node, "target")),
        "secrets" | "configs" | "build.secrets" => Rule::By(|node| {
            if node.get("target").is_some() {
                text_at(node, "target")
            } else {
                text_at(node, "source")
            }
        }),
        "env_file" => Rule::By(|node| text_at(node, "path")),
        "ports" => Rule::By(|node| {
            ["host_ip", "published", "target", "protocol"]
                .map(|key| text_at(node, key))
                .join(":")
        }),
        _ => Rule::By(|node| node.to_json().to_string()),
    }
}

fn text_at(node: &Node, key: &str) -> String {
    node.get(key)
        .and_then(Node::as_text)
        .unwrap_or_default()
        .to_owned()
}

fn merge_lists(base: Vec<Node>, over: Vec<Node>, rule: &Rule) -> Vec<Node> {
    let Rule::By(identity) = rule else {
        return over;
    };
    let mut merged = base;
    for item in over {
        let own = identity(&item);
        match merged.iter().position(|held| identity(held) == own) {
            Some(index) => merged[index] = item,
            None => merged.push(item),
        }
    }
    merged
}

/// Takes out what `!reset` took away.
pub(crate) fn drop_reset(node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => {
            entries.retain(|entry| entry.node.replaces != Some(Replaces::Reset));
            entries
                .iter_mut()
                .for_each(|entry| drop_reset(&mut entry.node));
        }
        Value::List(items) => {
            items.retain(|item| item.replaces != Some(Replaces::Reset));
            items.iter_mut().for_each(drop_reset);
        }
        Value::Scalar { .. } => {}
    }
}
