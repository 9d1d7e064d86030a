//! The small changes of form that long forms are made with.
//!
//! In: nodes. Out: nodes with the same places. Side effects: none.

use std::path::{Component, Path, PathBuf};

use super::error::ComposeError;
use super::node::{Entry, Node, Value};

/// What relative paths stand for.
#[derive(Clone, Copy)]
pub(crate) struct Base<'a> {
    pub(crate) directory: &'a Path,
    /// For `~`.
    pub(crate) home: Option<&'a str>,
}

impl Base<'_> {
    /// An absolute path without `.` and `..`. Symbolic links stay.
    pub(crate) fn absolute(self, path: &str) -> PathBuf {
        let home = self.home.unwrap_or("~");
        let path = match path.strip_prefix('~') {
            Some("") => PathBuf::from(home),
            Some(rest) if rest.starts_with('/') => PathBuf::from(format!("{home}{rest}")),
            _ => PathBuf::from(path),
        };
        normalised(&self.directory.join(path))
    }

    pub(crate) fn absolute_text(self, path: &str) -> String {
        self.absolute(path).to_string_lossy().into_owned()
    }
}

/// `a/./b/../c` → `a/c`, by the text alone.
pub(crate) fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Changes the value of `key`, where there is one.
pub(crate) fn with(
    node: &mut Node,
    key: &str,
    change: impl FnOnce(&mut Node) -> Result<(), ComposeError>,
) -> Result<(), ComposeError> {
    match node.get_mut(key) {
        Some(held) if !held.is_null() => change(held),
        _ => Ok(()),
    }
}

/// `text` → `[text]`.
pub(crate) fn text_to_list(node: &mut Node) {
    if node.as_text().is_some() {
        let item = node.clone();
        node.value = Value::List(vec![Node {
            replaces: None,
            ..item
        }]);
    }
}

/// `text` → `{ key: text }`.
pub(crate) fn text_to_map(node: &mut Node, key: &str) {
    if let Some(text) = node.as_text() {
        let inner = Node::text(text, &node.place);
        node.value = Node::map([(key, inner)], &node.place).value;
    }
}

/// What an item without `=` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bare {
    Null,
    Empty,
}

/// `["A=b", "C"]` → `{ A: b, C: … }`. The last of several wins.
pub(crate) fn pairs_to_map(node: &mut Node, path: &str, bare: Bare) -> Result<(), ComposeError> {
    let Value::List(items) = &node.value else {
        return Ok(());
    };
    let mut map = Node::new(Value::Map(Vec::new()), &node.place);
    for (index, item) in items.iter().enumerate() {
        let text = item.as_text().ok_or_else(|| {
            ComposeError::invalid(
                &item.place,
                &format!("{path}[{index}]"),
                format!("NAME=value expected, found {}", item.kind()),
            )
        })?;
        let (name, value) = match (text.split_once('='), bare) {
            (Some((name, value)), _) => (name, Node::text(value, &item.place)),
            (None, Bare::Null) => (text, Node::null(&item.place)),
            (None, Bare::Empty) => (text, Node::text("", &item.place)),
        };
        if name.is_empty() {
            return Err(ComposeError::invalid(
                &item.place,
                &format!("{path}[{index}]"),
                format!("a name expected before '=' in '{text}'"),
            ));
        }
        map.set(name, value);
    }
    node.value = map.value;
    Ok(())
}

/// `[a, b]` → `{ a: value, b: value }`.
pub(crate) fn names_to_map(
    node: &mut Node,
    path: &str,
    value: impl Fn(&Node) -> Node,
) -> Result<(), ComposeError> {
    let Value::List(items) = &node.value else {
        return Ok(());
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let key = item.as_text().ok_or_else(|| {
            ComposeError::invalid(
                &item.place,
                &format!("{path}[{index}]"),
                format!("a name expected, found {}", item.kind()),
            )
        })?;
        if !entries.iter().any(|entry| entry.key == key) {
            entries.push(Entry {
                key: key.to_owned(),
                place: item.place.clone(),
                node: value(item),
            });
        }
    }
    node.value = Value::Map(entries);
    Ok(())
}

/// A command line in text → its words, as a shell splits them.
pub(crate) fn words(node: &mut Node, path: &str) -> Result<(), ComposeError> {
    let Some(text) = node.as_text() else {
        return Ok(());
    };
    let words = shlex::split(text).ok_or_else(|| {
        ComposeError::invalid(
            &node.place,
            path,
            "a quote is not closed, or a backslash ends the text",
        )
    })?;
    node.value = Value::List(
        words
            .into_iter()
            .map(|word| Node::text(word, &node.place))
            .collect(),
    );
    Ok(())
}

/// Runs `change` over the items of a list, with their paths.
pub(crate) fn each_item(
    node: &mut Node,
    path: &str,
    mut change: impl FnMut(&mut Node, &str) -> Result<(), ComposeError>,
) -> Result<(), ComposeError> {
    let Value::List(items) = &mut node.value else {
        return Ok(());
    };
    for (index, item) in items.iter_mut().enumerate() {
        change(item, &format!("{path}[{index}]"))?;
    }
    Ok(())
}

/// Runs `change` over the values of a mapping, with their paths. Anything else is an error.
pub(crate) fn each_entry(
    node: &mut Node,
    path: &str,
    mut change: impl FnMut(&str, &mut Node, &str) -> Result<(), ComposeError>,
) -> Result<(), ComposeError> {
    if node.is_null() {
        return Ok(());
    }
    let kind = node.kind();
    let place = node.place.clone();
    let Value::Map(entries) = &mut node.value else {
        return Err(ComposeError::invalid(
            &place,
            path,
            format!("a mapping expected, found {kind}"),
        ));
    };
    for entry in entries {
        change(
            &entry.key,
            &mut entry.node,
            &format!("{path}.{}", entry.key),
        )?;
    }
    Ok(())
}
