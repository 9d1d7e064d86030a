//! What is done to both forms alike: sizes, durations and other scalars in one spelling, lists and keys in one order.
//!
//! In: the model in either form. Out: a value to compare. Side effects: none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

const SIZES: [&str; 7] = [
    "memory",
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "shm_size",
    "size",
    "rate",
];
const SPANS: [&str; 7] = [
    "interval",
    "timeout",
    "start_period",
    "stop_grace_period",
    "delay",
    "window",
    "monitor",
];
const NUMBERS: [&str; 2] = ["cpus", "max_failure_ratio"];
const ORDERED: [&str; 3] = ["command", "entrypoint", "test"];

pub fn common(value: Value) -> Value {
    common_at("", value)
}

fn common_at(key: &str, value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| {
                    let value = common_at(&key, value);
                    (key, value)
                })
                .filter(|(key, value)| is_worth(key, value));
            let sorted: BTreeMap<String, Value> = entries.collect();
            Value::Object(sorted.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(|item| common_at("", item)).collect();
            if !ORDERED.contains(&key) {
                items.sort_by_key(Value::to_string);
            }
            Value::Array(items)
        }
        Value::Null => Value::Null,
        scalar => json!(common_scalar(
            key,
            scalar
                .as_str()
                .map_or_else(|| scalar.to_string(), str::to_owned)
        )),
    }
}

fn is_worth(key: &str, value: &Value) -> bool {
    match key {
        "options" | "bind" => *value != json!({}),
        _ => true,
    }
}

fn common_scalar(key: &str, text: String) -> String {
    match key {
        _ if SIZES.contains(&key) => bytes(&text).unwrap_or(text),
        _ if SPANS.contains(&key) => milliseconds(&text).unwrap_or(text),
        _ if NUMBERS.contains(&key) => text
            .parse::<f64>()
            .map_or(text, |number| number.to_string()),
        _ => text,
    }
}

fn bytes(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_end_matches('b');
    let digits = bare.trim_end_matches(['k', 'm', 'g']);
    let shift = match &bare[digits.len()..] {
        "" => 0,
        "k" => 10,
        "m" => 20,
        _ => 30,
    };
    digits
        .parse::<i64>()
        .ok()
        .map(|number| (number << shift).to_string())
}

fn milliseconds(text: &str) -> Option<String> {
    let mut total = 0.0;
    let mut rest = text;
    while let Some(end) = rest.find(|letter: char| letter.is_alphabetic()) {
        let unit_end = rest[end..]
            .find(|letter: char| !letter.is_alphabetic())
            .map_or(rest.len(), |length| end + length);
        let unit = match &rest[end..unit_end] {
            "ns" => 1e-6,
            "ms" => 1.0,
            "s" => 1000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        total += rest[..end].parse::<f64>().ok()? * unit;
        rest = &rest[unit_end..];
    }
    Some(format!("{total} ms"))
}
