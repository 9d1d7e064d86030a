//! The model as JSON and YAML, in the form of `docker compose config`, and a hash of each service.
//!
//! In: [`Project`]. Out: text that can be read again as a compose file. Side effects: none.
//! Dollar signs are doubled, since whoever reads the text interpolates it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::model::{FileObject, FileReference, Project, Service};
use super::order::{needs, start_order};

impl Project {
    /// The model as a JSON value, dollar signs doubled.
    pub fn to_json(&self) -> Json {
        doubled(plain(self))
    }

    /// The model as YAML, dollar signs doubled.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        write(&self.to_json(), 0, &mut out);
        out
    }

    /// A hash of all that a container of the service is made from; the same for the same meaning, whatever the
    /// spelling. How many containers there are, their order and how the image comes to be do not count.
    ///
    /// `None`: no such service.
    pub fn config_hash(&self, name: &str) -> Option<String> {
        let service = self
            .services
            .get(name)
            .or_else(|| self.disabled.get(name))?;
        let networks = service
            .networks
            .keys()
            .filter_map(|key| self.networks.get(key));
        let sources = service
            .volumes
            .iter()
            .filter_map(|mount| mount.source.as_ref());
        let volumes = sources.filter_map(|source| self.volumes.get(source));
        let whole = Json::from(vec![
            plain(&counted(service)),
            networks.map(plain).collect(),
            volumes.map(plain).collect(),
            used(&service.configs, &self.configs),
            used(&service.secrets, &self.secrets),
        ]);
        let digest = Sha256::digest(sorted(whole).to_string());
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Services in steps: all of one step may start together, once those of the steps before are there.
    pub fn start_order(&self) -> Vec<Vec<String>> {
        start_order(self).unwrap_or_default()
    }

    /// The services that `name` needs to be there first: by `depends_on`, `links`, or by sharing something.
    pub fn needs(&self, name: &str) -> BTreeSet<&str> {
        let needed = self.services.get(name).map(needs).unwrap_or_default();
        let names = needed.into_iter().map(|need| need.name);
        names
            .filter(|name| self.services.contains_key(*name))
            .collect()
    }
}

/// A service without what its containers do not show.
fn counted(service: &Service) -> Service {
    let mut counted = Service {
        build: None,
        develop: None,
        pull_policy: None,
        scale: None,
        ..service.clone()
    };
    counted.depends_on.clear();
    counted.profiles.clear();
    if let Some(deploy) = &mut counted.deploy {
        deploy.replicas = None;
    }
    counted
}

fn used(references: &[FileReference], declared: &BTreeMap<String, FileObject>) -> Json {
    let objects = references
        .iter()
        .filter_map(|reference| declared.get(&reference.source));
    objects.map(plain).collect()
}

fn plain(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

fn doubled(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(text.replace('$', "$$")),
        Json::Array(items) => items.into_iter().map(doubled).collect(),
        Json::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (key, doubled(value)))
            .collect(),
        other => other,
    }
}

fn sorted(value: Json) -> Json {
    match value {
        Json::Array(items) => items.into_iter().map(sorted).collect(),
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            entries.sort_by(|first, second| first.0.cmp(&second.0));
            entries.into_iter().collect()
        }
        other => other,
    }
}

/// Block style; whatever could be read as something else is quoted as in JSON, which YAML contains.
fn write(value: &Json, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                out.push_str(&format!("{indent}{}:", text(key)));
                nested(value, depth, out);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("{indent}-"));
                item_of_list(item, depth, out);
            }
        }
        other => out.push_str(&format!("{indent}{}\n", scalar(other))),
    }
}

fn nested(value: &Json, depth: usize, out: &mut String) {
    if is_block(value) {
        out.push('\n');
        write(value, depth + 1, out);
    } else {
        out.push_str(&format!(" {}\n", scalar(value)));
    }
}

/// The first key of a mapping stands beside the dash.
fn item_of_list(item: &Json, depth: usize, out: &mut String) {
    if !is_block(item) {
        out.push_str(&format!(" {}\n", scalar(item)));
        return;
    }
    let mut inner = String::new();
    write(item, depth + 1, &mut inner);
    out.push(' ');
    out.push_str(inner.trim_start());
}

fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(entries) => !entries.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn scalar(value: &Json) -> String {
    match value {
        Json::String(words) => text(words),
        other => other.to_string(),
    }
}

/// Plain where no reader of YAML 1.1 or 1.2 takes it for anything but this text.
fn text(words: &str) -> String {
    let is_safe = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-' | '@' | '=' | '+')
    };
    let starts_well = words.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
    let is_word = super::node::truth(words).is_some()
        || matches!(words.to_ascii_lowercase().as_str(), "null" | "nan" | "inf");
    if starts_well && !is_word && words.chars().all(is_safe) {
        words.to_owned()
    } else {
        Json::String(words.to_owned()).to_string()
    }
}
