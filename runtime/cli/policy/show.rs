//! What `prizm policy` prints: grants, and what two versions of a provider ask for.
//!
//! In: grants and sets. Out: lines on stdout. Side effects: those of fetching, for a comparison.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::subject;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::context::Context;
use crate::permissions::words::{lines, visible};
use crate::permissions::{Grants, Owner, PermissionSet, Place};

/// Lists all grants.
///
/// # Errors
/// A policy file that cannot be read.
pub(super) fn list(grants: &Grants, is_json: bool) -> Result<i32, CliError> {
    let places = [("project", Place::Project), ("user", Place::User)];
    let mut text = String::new();
    let mut value = Map::new();
    for (name, place) in places {
        let held = grants.all(place)?;
        let file = grants.file(place).map(|file| file.display().to_string());
        let members = held
            .iter()
            .map(|(owner, grant)| (owner.clone(), grant.to_json()));
        let members: Map<String, Value> = members.collect();
        value.insert(name.to_string(), json!({ "file": file, "grants": members }));
        if held.is_empty() {
            continue;
        }
        text += &format!("{}\n", file.as_deref().unwrap_or("this process"));
        for (owner, grant) in &held {
            text += &format!("  {}\n", visible(owner));
            text += &rows(&grant.all(), "    ");
        }
    }
    match is_json {
        true => output::stdout(&format!("{:#}\n", Value::Object(value)))?,
        false if text.is_empty() => output::stdout("nothing is granted\n")?,
        false => output::stdout(&text)?,
    }
    Ok(0)
}

/// Compares what two versions ask for: 0 where the new one asks for nothing more, else 1.
///
/// # Errors
/// [`CliError`] of the sources; a manifest that cannot be understood.
pub(super) async fn diff(context: &Context, old: &str, new: &str) -> Result<i32, CliError> {
    let mut sets = Vec::new();
    for text in [old, new] {
        let specifier = context.parse_identifier(context.expand(text))?;
        sets.push(
            subject::fetch(context, &specifier)
                .await?
                .requested
                .set()
                .clone(),
        );
    }
    let (old_set, new_set) = (&sets[0], &sets[1]);
    let added = new_set.without(old_set);
    let removed = old_set.without(new_set);
    let mut text = String::new();
    for (sign, set) in [('+', &added), ('-', &removed)] {
        for line in lines(set, home().as_deref()) {
            let mark = if line.is_dangerous { " !" } else { "" };
            text += &format!("{sign}{mark} {}\n", line.text);
        }
    }
    if text.is_empty() {
        text = format!("{} and {} ask for the same\n", visible(old), visible(new));
    }
    output::stdout(&text)?;
    Ok(if added.is_empty() { 0 } else { 1 })
}

/// `granted github:o/r@v1 in /project/prizm.lock`, and what.
pub(super) fn granted(owner: &Owner, set: &PermissionSet, file: Option<&Path>) -> String {
    report("granted", owner, set, file)
}

/// `revoked …`
pub(super) fn revoked(owner: &Owner, set: &PermissionSet, file: Option<&Path>) -> String {
    report("revoked", owner, set, file)
}

fn report(verb: &str, owner: &Owner, set: &PermissionSet, file: Option<&Path>) -> String {
    let place = file.map_or(String::new(), |file| format!(" in {}", file.display()));
    let owner = visible(&owner.to_string());
    format!("{verb} {owner}{place}\n{}", rows(set, "  "))
}

fn rows(set: &PermissionSet, margin: &str) -> String {
    let row = |line: &crate::permissions::words::Line| {
        let mark = if line.is_dangerous { '!' } else { '-' };
        format!("{margin}{mark} {}\n", line.text)
    };
    lines(set, home().as_deref()).iter().map(row).collect()
}

fn home() -> Option<String> {
    std::env::home_dir().map(|home| home.to_string_lossy().into_owned())
}
