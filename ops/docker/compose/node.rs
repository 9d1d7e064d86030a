//! What a compose file says, each value with its place: the form that interpolation and merging work on.
//!
//! In: nothing. Out: [`Node`]. Side effects: none.
//! Scalars keep their text as written: whether `0440` is a mode or `on` a word is for the reader of that key to say.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

/// One file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Whether it holds variables: their values are not shown.
    pub is_private: bool,
}

/// A place in a file. Lines and columns start at 1.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    pub(crate) fn new(source: &Arc<Source>, line: usize, column: usize) -> Self {
        Self {
            source: source.clone(),
            line,
            column,
        }
    }

    /// The line of the place, with a mark under the column. Values of private files are left out.
    ///
    ///       3 |   ports: web
    ///         |          ^
    pub(crate) fn excerpt(&self) -> String {
        const LONGEST: usize = 120;
        let line = self
            .source
            .text
            .lines()
            .nth(self.line.saturating_sub(1))
            .unwrap_or_default();
        let masked = if self.source.is_private {
            masked(line)
        } else {
            line.to_owned()
        };
        let shown: String = masked
            .chars()
            .take(LONGEST)
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(self.column.saturating_sub(1).min(LONGEST));
        format!("  {number} | {shown}\n  {margin} | {indent}^")
    }
}

/// `NAME=value` without the value; a line without a name may be the rest of one.
fn masked(line: &str) -> String {
    line.split_once('=')
        .map_or_else(|| "…".to_owned(), |(name, _)| format!("{name}=…"))
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}",
            self.source.path.display(),
            self.line,
            self.column
        )
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
    /// `!reset` or `!override`: how a later file replaces what an earlier one says.
    pub(crate) replaces: Option<Replaces>,
}

/// The tags of the compose specification that change how files are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaces {
    /// `!reset`: the key is taken away.
    Reset,
    /// `!override`: the value stands alone, nothing is merged.
    Override,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A scalar. `quoted` ones are always text.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its place, and what it stands for.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn new(value: Value, place: &Place) -> Self {
        Self {
            value,
            place: place.clone(),
            replaces: None,
        }
    }

    /// Text that stands where `place` is.
    pub(crate) fn text(text: impl Into<String>, place: &Place) -> Self {
        Self::new(
            Value::Scalar {
                text: text.into(),
                quoted: true,
            },
            place,
        )
    }

    /// Nothing, where `place` is.
    pub(crate) fn null(place: &Place) -> Self {
        Self::new(
            Value::Scalar {
                text: String::new(),
                quoted: false,
            },
            place,
        )
    }

    /// A mapping of `entries`, all placed where `place` is.
    pub(crate) fn map<const N: usize>(entries: [(&str, Node); N], place: &Place) -> Self {
        let entries = entries.into_iter().map(|(key, node)| Entry {
            key: key.to_owned(),
            place: place.clone(),
            node,
        });
        Self::new(Value::Map(entries.collect()), place)
    }

    /// Whether this is YAML's null.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, quoted: false } if is_null_word(text))
    }

    /// The text of a scalar that is not null.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(items) = &self.value {
            Some(items)
        } else {
            None
        }
    }

    pub(crate) fn as_map(&self) -> Option<&[Entry]> {
        if let Value::Map(entries) = &self.value {
            Some(entries)
        } else {
            None
        }
    }

    pub(crate) fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        if let Value::Map(entries) = &mut self.value {
            Some(entries)
        } else {
            None
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries_mut()?
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.node)
    }

    /// Sets a key of a mapping; other nodes stay as they are.
    pub(crate) fn set(&mut self, key: &str, node: Node) {
        if let Some(held) = self.get_mut(key) {
            *held = node;
        } else if let Some(entries) = self.entries_mut() {
            let place = node.place.clone();
            entries.push(Entry {
                key: key.to_owned(),
                place,
                node,
            });
        }
    }

    /// Takes a key out of a mapping.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        let entries = self.entries_mut()?;
        let index = entries.iter().position(|entry| entry.key == key)?;
        Some(entries.remove(index).node)
    }

    /// What kind of value this is, in the reader's words.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "nothing",
            Value::Scalar {
                text,
                quoted: false,
            } if text.parse::<f64>().is_ok() => "a number",
            Value::Scalar {
                text,
                quoted: false,
            } if truth(text).is_some() => "a boolean",
            Value::Scalar { .. } => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The node as JSON, for keys that are passed on as they are.
    pub(crate) fn to_json(&self) -> Json {
        match &self.value {
            Value::Scalar { text, quoted: true } => Json::String(text.clone()),
            Value::Scalar { text, .. } => plain_to_json(text),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.node.to_json()))
                .collect(),
        }
    }
}

fn is_null_word(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The booleans of YAML 1.1, which compose files have always been read with.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some(true),
        "false" | "no" | "off" | "n" => Some(false),
        _ => None,
    }
}

/// YAML 1.2's core schema.
fn plain_to_json(text: &str) -> Json {
    match text {
        _ if is_null_word(text) => Json::Null,
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        _ if text.parse::<i64>().is_ok() => text.parse::<i64>().map_or(Json::Null, Json::from),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
            text.parse::<f64>()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map_or_else(|| Json::String(text.to_owned()), Json::Number)
        }
        _ => Json::String(text.to_owned()),
    }
}
