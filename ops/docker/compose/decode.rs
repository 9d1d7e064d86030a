//! Nodes → typed values, with the path of every key for errors and for the list of unknown ones.
//!
//! In: a [`Node`] in its long form. Out: whatever implements [`Decode`]. Side effects: none.
//! [`model!`] writes a struct whose fields are the keys of a mapping, once, for reading and for writing.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::error::ComposeError;
use super::node::{Entry, Node, Place, truth};
use super::units::{
    Bytes, Count, Mode, PortRange, Span, SwapLimit, parse_bytes, parse_mode, parse_span,
};

/// Where the reading stands, and what it could not place.
#[derive(Default)]
pub(crate) struct Reader {
    path: String,
    pub(crate) unknown: Vec<(String, Place)>,
}

/// A value that a node can be read as.
pub(crate) trait Decode: Sized {
    /// # Errors
    /// [`ComposeError::Invalid`] with the path and place of the value that does not fit.
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError>;
}

/// Whether a value is one that is left out when the model is written.
pub(crate) trait Absent {
    fn absent(&self) -> bool;
}

/// [`Absent::absent`] as serde wants it.
pub(crate) fn absent<T: Absent>(value: &T) -> bool {
    value.absent()
}

/// A struct whose fields are the keys of a mapping of the compose specification.
macro_rules! model {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$of_field:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[$of_field])* #[serde(skip_serializing_if = "crate::compose::decode::absent")] pub $field: $type,)*
        }

        impl $crate::compose::decode::Decode for $name {
            fn decode(node: &$crate::compose::node::Node, reader: &mut $crate::compose::decode::Reader) -> Result<Self, $crate::compose::error::ComposeError> {
                let mut held = Self::default();
                for entry in reader.entries(node)? {
                    match entry.key.as_str() {
                        $(key if key == stringify!($field).trim_start_matches("r#") => held.$field = reader.field(entry)?,)*
                        _ => reader.unknown(entry),
                    }
                }
                Ok(held)
            }
        }
    )*};
}
pub(crate) use model;

impl Reader {
    pub(crate) fn invalid(&self, node: &Node, message: impl Into<String>) -> ComposeError {
        ComposeError::invalid(&node.place, &self.path, message)
    }

    fn expected(&self, node: &Node, what: &str) -> ComposeError {
        let found = node
            .as_text()
            .map_or_else(|| node.kind().to_owned(), |text| format!("'{text}'"));
        self.invalid(node, format!("{what} expected, found {found}"))
    }

    /// Runs `read` with `step` added to the path.
    fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if length > 0 && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        let result = read(self);
        self.path.truncate(length);
        result
    }

    pub(crate) fn entries<'n>(&self, node: &'n Node) -> Result<&'n [Entry], ComposeError> {
        if node.is_null() {
            Ok(&[])
        } else {
            node.as_map()
                .ok_or_else(|| self.expected(node, "a mapping"))
        }
    }

    /// A key's value; nothing is the same as the key not being there.
    pub(crate) fn field<T: Decode + Default>(&mut self, entry: &Entry) -> Result<T, ComposeError> {
        if entry.node.is_null() {
            Ok(T::default())
        } else {
            self.within(&entry.key, |reader| T::decode(&entry.node, reader))
        }
    }

    /// Remembers a key that nobody knows; `x-…` is free for all.
    pub(crate) fn unknown(&mut self, entry: &Entry) {
        if !entry.key.starts_with("x-") {
            let path = self.within(&entry.key, |reader| reader.path.clone());
            self.unknown.push((path, entry.place.clone()));
        }
    }

    fn scalar<T>(
        &self,
        node: &Node,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ComposeError> {
        node.as_text()
            .and_then(read)
            .ok_or_else(|| self.expected(node, what))
    }
}

macro_rules! decode_scalars {
    ($($type:ty: $what:literal, $read:expr;)*) => {$(
        impl Decode for $type {
            fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
                reader.scalar(node, $what, $read)
            }
        }
    )*};
}

decode_scalars! {
    String: "text", |text| Some(text.to_owned());
    bool: "true or false", truth;
    u16: "a whole number from 0 to 65535", whole;
    u32: "a whole number", whole;
    u64: "a whole number", whole;
    i64: "a whole number", whole;
    f64: "a number", |text| text.parse().ok().filter(|number: &f64| number.is_finite());
    Bytes: "a size such as 512m or 2g", |text| parse_bytes(text).map(Bytes);
    SwapLimit: "a size such as 512m or 2g, or -1", |text| if text == "-1" { Some(SwapLimit(-1)) } else { parse_bytes(text).and_then(|bytes| i64::try_from(bytes).ok()).map(SwapLimit) };
    Span: "a duration such as 30s or 1m30s", |text| parse_span(text).map(Span);
    Mode: "permissions such as 0440", |text| parse_mode(text).map(Mode);
    PortRange: "a port or a range of ports such as 8000-8010", PortRange::parse;
    Count: "a whole number or 'all'", |text| if text == "all" { Some(Count(-1)) } else { text.parse().ok().filter(|count| *count >= -1).map(Count) };
}

/// Decimal, or with the prefixes `0x` and `0o`.
fn whole<T: TryFrom<i128>>(text: &str) -> Option<T> {
    let number = match text.get(..2) {
        Some("0x") => i128::from_str_radix(&text[2..], 16).ok()?,
        Some("0o") => i128::from_str_radix(&text[2..], 8).ok()?,
        _ => text.parse().ok()?,
    };
    T::try_from(number).ok()
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        if node.is_null() {
            Ok(None)
        } else {
            T::decode(node, reader).map(Some)
        }
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        T::decode(node, reader).map(Box::new)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        let items = node
            .as_list()
            .ok_or_else(|| reader.expected(node, "a list"))?;
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                reader.within(&format!("[{index}]"), |reader| T::decode(item, reader))
            })
            .collect()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        let entries = reader.entries(node)?;
        entries
            .iter()
            .map(|entry| {
                reader.within(&entry.key, |reader| {
                    Ok((entry.key.clone(), T::decode(&entry.node, reader)?))
                })
            })
            .collect()
    }
}

impl Decode for Json {
    fn decode(node: &Node, _: &mut Reader) -> Result<Self, ComposeError> {
        Ok(node.to_json())
    }
}

macro_rules! absent_when {
    ($(impl[$($generic:tt)*] $type:ty: $test:expr;)*) => {$(
        impl<$($generic)*> Absent for $type {
            fn absent(&self) -> bool {
                let test: fn(&Self) -> bool = $test;
                test(self)
            }
        }
    )*};
}

absent_when! {
    impl[T] Option<T>: |value| value.is_none();
    impl[T] Vec<T>: |value| value.is_empty();
    impl[K, V] BTreeMap<K, V>: |value| value.is_empty();
    impl[] String: |value| value.is_empty();
    impl[] bool: |value| !*value;
    impl[] u16: |_| false;
    impl[] i64: |_| false;
}
