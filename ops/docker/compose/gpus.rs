//! `deploy` and `gpus`: requests for devices, in one place and one form.
//!
//! In: the node of a service, or of its `deploy`. Out: the same, in long form. Side effects: none.

use super::error::ComposeError;
use super::fields::null_to_empty;
use super::node::{Node, Value};
use super::shape::{Bare, each_item, pairs_to_map, text_to_map, with};

pub(crate) fn deploy(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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
pub(crate) fn device_request(node: &mut Node, path: &str) -> Result<(), ComposeError> {
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
pub(crate) fn gpus(service: &mut Node, path: &str) -> Result<(), ComposeError> {
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
