//! YAML text → nodes with places: anchors, aliases and merge keys resolved.
//!
//! In: the text of one file. Out: one [`Node`] for each document. Side effects: none.
//! The number of nodes is limited, so that aliases of aliases cannot fill the memory.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::error::{ComposeError, Fault};
use super::node::{Entry, Node, Place, Replaces, Source, Value};

/// More than any compose file needs.
const MOST_NODES: usize = 200_000;

/// Reads all documents of a file.
///
/// # Errors
/// [`ComposeError::Syntax`]: not YAML, a key twice, an alias of nothing, or too many nodes.
pub(crate) fn parse(source: &Arc<Source>) -> Result<Vec<Node>, ComposeError> {
    let mut builder = Builder {
        source,
        anchors: HashMap::new(),
        open: Vec::new(),
        documents: Vec::new(),
        count: 0,
    };
    for event in Parser::new_from_str(&source.text) {
        let (event, span) = event.map_err(|error| {
            let place = Place::new(source, error.marker().line(), error.marker().col() + 1);
            ComposeError::Syntax(Fault::new(
                &place,
                "",
                format!("not valid YAML: {}", error.info()),
            ))
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    anchors: HashMap<usize, (Node, usize)>,
    open: Vec<Open>,
    documents: Vec<Node>,
    count: usize,
}

/// A list or mapping whose end has not come yet.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<(String, Place, bool)>,
    nodes_before: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ComposeError> {
        let place = Place::new(self.source, span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || is_text_tag(tag.as_deref());
                let mut node = Node::new(
                    Value::Scalar {
                        text: text.into_owned(),
                        quoted,
                    },
                    &place,
                );
                node.replaces = replaces(tag.as_deref());
                self.finish(node, anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(Value::List(Vec::new()), &place, anchor, tag.as_deref())
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(Value::Map(Vec::new()), &place, anchor, tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let (node, size) = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| syntax(&place, "an alias within its own anchor"))?;
                self.finish(node, 0, size)
            }
            _ => Ok(()),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "an arm among fallible ones")]
    fn open(
        &mut self,
        value: Value,
        place: &Place,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), ComposeError> {
        let mut node = Node::new(value, place);
        node.replaces = replaces(tag);
        self.open.push(Open {
            node,
            anchor,
            key: None,
            nodes_before: self.count,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ComposeError> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        if let Value::Map(entries) = &mut open.node.value {
            merge_keys(entries)?;
        }
        let size = self.count - open.nodes_before;
        if open.anchor != 0 {
            // What is kept for aliases counts too: anchors within anchors are kept once for each.
            self.count += size;
            self.anchors
                .insert(open.anchor, (open.node.clone(), size + 1));
        }
        self.finish(open.node, 0, 1)
    }

    /// Puts a whole node where it belongs: a document, an item, a key, or the value of one.
    fn finish(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), ComposeError> {
        self.count += size;
        if self.count > MOST_NODES {
            return Err(syntax(
                &node.place,
                format!("more than {MOST_NODES} values (aliases counted)"),
            ));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some((key, place, merges))) => {
                insert(entries, Entry { key, place, node }, merges)?
            }
            _ => open.key = Some(key_of(node)?),
        }
        Ok(())
    }
}

/// The name of merge keys while a mapping is read: no YAML key can contain it by chance.
const MERGE: &str = "\0<<";

fn key_of(node: Node) -> Result<(String, Place, bool), ComposeError> {
    match node.value {
        Value::Scalar { text, quoted } => {
            let merges = text == "<<" && !quoted;
            Ok((
                if merges { MERGE.to_owned() } else { text },
                node.place,
                merges,
            ))
        }
        _ => Err(syntax(&node.place, "a key must be text")),
    }
}

fn insert(entries: &mut Vec<Entry>, entry: Entry, merges: bool) -> Result<(), ComposeError> {
    if let Some(first) = entries
        .iter()
        .find(|other| other.key == entry.key && !merges)
    {
        return Err(syntax(
            &entry.place,
            format!(
                "the key '{}' stands twice; first in line {}",
                entry.key, first.place.line
            ),
        ));
    }
    entries.push(entry);
    Ok(())
}

/// `<<: *base` and `<<: [*first, *second]`: own keys win over merged ones, earlier bases over later.
fn merge_keys(entries: &mut Vec<Entry>) -> Result<(), ComposeError> {
    let (bases, mut own): (Vec<Entry>, Vec<Entry>) = std::mem::take(entries)
        .into_iter()
        .partition(|entry| entry.key == MERGE);
    for base in bases {
        let place = base.node.place.clone();
        let mappings = match base.node.value {
            Value::List(items) => items,
            _ => vec![base.node],
        };
        for mapping in mappings {
            let Value::Map(inherited) = mapping.value else {
                return Err(syntax(&place, "'<<' needs a mapping or a list of mappings"));
            };
            for entry in inherited {
                if !own.iter().any(|other| other.key == entry.key) {
                    own.push(entry);
                }
            }
        }
    }
    *entries = own;
    Ok(())
}

fn syntax(place: &Place, message: impl Into<String>) -> ComposeError {
    ComposeError::Syntax(Fault::new(place, "", message))
}

fn is_text_tag(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.core_suffix() == Some("str"))
}

fn replaces(tag: Option<&Tag>) -> Option<Replaces> {
    match tag.map(Tag::suffix) {
        Some("reset") => Some(Replaces::Reset),
        Some("override") => Some(Replaces::Override),
        _ => None,
    }
}
