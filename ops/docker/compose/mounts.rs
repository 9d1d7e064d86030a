//! `volumes` and `devices` of a service: short forms → long ones, with absolute paths.
//!
//! In: their nodes. Out: the same, in long form. Side effects: none.
//! Source: <https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes>.

use super::error::ComposeError;
use super::node::{Node, Value};
use super::shape::{Base, normalised};

const TYPES: [&str; 6] = ["bind", "volume", "tmpfs", "image", "npipe", "cluster"];

/// Writes one mount in its long form.
///
/// # Errors
/// [`ComposeError::Invalid`]: no target, an unknown type or mode, a source that does not fit the type.
pub(crate) fn mount(node: &mut Node, path: &str, base: Base<'_>) -> Result<(), ComposeError> {
    if let Some(text) = node.as_text() {
        let text = text.to_owned();
        *node = short(&text, node, base)
            .map_err(|message| ComposeError::invalid(&node.place, path, message))?;
        return Ok(());
    }
    let text_of = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
    let invalid = |message: String| Err(ComposeError::invalid(&node.place, path, message));
    let Some(kind) = text_of("type") else {
        return invalid(format!("'type' is missing: one of {}", TYPES.join(", ")));
    };
    if !TYPES.contains(&kind.as_str()) {
        return invalid(format!(
            "'{kind}' is no type of mount: one of {}",
            TYPES.join(", ")
        ));
    }
    let Some(target) = text_of("target") else {
        return invalid("'target' is missing: where in the container it is mounted".to_owned());
    };
    let source = text_of("source");
    match (kind.as_str(), &source) {
        ("bind", None) => return invalid("'source' is missing: the path on the host".to_owned()),
        ("tmpfs", Some(_)) => return invalid("a tmpfs has no source".to_owned()),
        ("bind", Some(source)) => set_text(node, "source", &base.absolute_text(source)),
        _ => {}
    }
    set_text(node, "target", &target_path(&target));
    Ok(())
}

fn set_text(node: &mut Node, key: &str, text: &str) {
    let place = node
        .get(key)
        .map_or_else(|| node.place.clone(), |held| held.place.clone());
    node.set(key, Node::text(text, &place));
}

/// `/data/` → `/data`; what is not absolute stays for the engine to refuse.
fn target_path(target: &str) -> String {
    normalised(std::path::Path::new(target))
        .to_string_lossy()
        .into_owned()
}

/// `[source:]target[:mode,mode]`.
fn short(text: &str, node: &Node, base: Base<'_>) -> Result<Node, String> {
    let place = &node.place;
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, modes) = match parts.as_slice() {
        [target] => (None, *target, ""),
        [source, target] => (Some(*source), *target, ""),
        [source, target, modes] => (Some(*source), *target, *modes),
        _ => return Err(format!("'[source:]target[:mode]' expected, found '{text}'")),
    };
    if target.is_empty() || source == Some("") {
        return Err(format!("'[source:]target[:mode]' expected, found '{text}'"));
    }
    let is_path = source.is_some_and(|source| source.starts_with(['.', '/', '~']));
    let mut mount = Node::map(
        [
            (
                "type",
                Node::text(if is_path { "bind" } else { "volume" }, place),
            ),
            ("target", Node::text(target_path(target), place)),
        ],
        place,
    );
    if let Some(source) = source {
        let source = if is_path {
            base.absolute_text(source)
        } else {
            source.to_owned()
        };
        mount.set("source", Node::text(source, place));
    }
    if is_path {
        mount.set(
            "bind",
            Node::map([("create_host_path", Node::text("true", place))], place),
        );
    }
    for mode in modes.split(',').filter(|mode| !mode.is_empty()) {
        set_mode(&mut mount, mode, is_path)
            .ok_or_else(|| format!("'{mode}' is no mode of a mount in '{text}'"))?;
    }
    Ok(mount)
}

fn set_mode(mount: &mut Node, mode: &str, is_bind: bool) -> Option<()> {
    let place = mount.place.clone();
    let option = |mount: &mut Node, group: &str, key: &str, value: &str| {
        if mount.get(group).is_none() {
            mount.set(group, Node::new(Value::Map(Vec::new()), &place));
        }
        if let Some(group) = mount.get_mut(group) {
            group.set(key, Node::text(value, &place));
        }
    };
    match mode {
        "rw" => {}
        "ro" => mount.set("read_only", Node::text("true", &place)),
        "z" | "Z" if is_bind => option(mount, "bind", "selinux", mode),
        "z" | "Z" => {}
        "nocopy" => option(mount, "volume", "nocopy", "true"),
        "cached" | "delegated" | "consistent" => mount.set("consistency", Node::text(mode, &place)),
        "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
            option(mount, "bind", "propagation", mode)
        }
        _ => return None,
    }
    Some(())
}

/// `source[:target[:permissions]]` → its long form. Names of CDI devices stand for themselves.
pub(crate) fn device(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    let Some(text) = node.as_text() else {
        return Ok(());
    };
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, permissions) = match parts.as_slice() {
        [source] => (*source, *source, "rwm"),
        [source, permissions] if is_permissions(permissions) => (*source, *source, *permissions),
        [source, target] => (*source, *target, "rwm"),
        [source, target, permissions] if is_permissions(permissions) => {
            (*source, *target, *permissions)
        }
        _ => {
            return Err(ComposeError::invalid(
                &node.place,
                path,
                format!("'source[:target[:rwm]]' expected, found '{text}'"),
            ));
        }
    };
    let place = &node.place;
    *node = Node::map(
        [
            ("source", Node::text(source, place)),
            ("target", Node::text(target, place)),
            ("permissions", Node::text(permissions, place)),
        ],
        place,
    );
    Ok(())
}

fn is_permissions(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| "rwm".contains(letter))
}
