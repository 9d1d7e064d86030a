//! `prizm audit log`: the entries, one or two lines each.
//!
//! In: the log, what to show. Out: lines on stdout, as they are read. Side effects: none but that.

use serde_json::Value;

use super::{counted, shown};
use crate::audit::{AuditLog, Filter, Outcome, Record};
use crate::cli::args::LogArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output::{self, Paint};
use crate::options::ColorChoice;

/// How much is printed at once.
const PIECE: usize = 64 * 1024;
/// How wide the first column is: `2026-03-01 12:00:00Z` and two spaces.
const MARGIN: usize = 22;
/// How many permissions are named in full.
const MOST_NAMES: usize = 6;

pub(super) fn log(args: &LogArgs, log: &AuditLog, color: ColorChoice) -> Result<i32, CliError> {
    let filter = Filter {
        since: args.since,
        provider: args.provider.clone(),
    };
    let paint = Paint::for_stdout(color);
    let mut text = String::new();
    let mut broken = 0;
    for line in log.lines()? {
        let line = line?;
        match line.record() {
            Some(record) if filter.lets_through(&record) && args.json => {
                text.push_str(&String::from_utf8_lossy(&line.bytes));
                text.push('\n');
            }
            Some(record) if filter.lets_through(&record) => text.push_str(&entry(&record, paint)),
            Some(_) => {}
            None => broken += 1,
        }
        if text.len() > PIECE {
            output::stdout(&std::mem::take(&mut text))?;
        }
    }
    output::stdout(&text)?;
    match broken {
        0 => Ok(0),
        _ => Err(CliError::new(
            Kind::User,
            format!(
                "The audit log has {}",
                counted(broken, "line that is no entry", "lines that are no entries")
            ),
        )
        .with_hint("prizm audit verify")),
    }
}

fn entry(record: &Record, paint: Paint) -> String {
    let entry = &record.entry;
    let time = shown(&record.time).replacen('T', " ", 1);
    let time = time.split('.').next().unwrap_or_default();
    let outcome = format!("{:<8}", entry.outcome.name());
    let outcome = match entry.outcome {
        Outcome::Loaded | Outcome::Granted => paint.good(&outcome),
        Outcome::Refused | Outcome::Failed => paint.error(&outcome),
        Outcome::Revoked => paint.warning(&outcome),
    };
    let what = shown(entry.identity.as_ref().unwrap_or(&entry.asked));
    let mut text = format!(
        "{}  {outcome} {what}{}\n",
        paint.dim(&format!("{time}Z")),
        how(record)
    );
    let mut add = |line: String| {
        if !line.is_empty() {
            text.push_str(&format!("{:MARGIN$}{line}\n", ""));
        }
    };
    add(entry.reason.as_deref().map(shown).unwrap_or_default());
    add(paint.dim(&details(record)));
    text
}

/// ` (asked for as x), from network in 12 ms`
fn how(record: &Record) -> String {
    let entry = &record.entry;
    let mut text = String::new();
    if entry
        .identity
        .as_ref()
        .is_some_and(|identity| *identity != entry.asked)
    {
        text += &format!(" ({})", shown(&entry.asked));
    }
    if let Some(origin) = &entry.origin {
        text += &format!(", {}", shown(origin));
    }
    if let Some(duration) = entry.duration_ms {
        text += &format!(", {duration} ms");
    }
    text
}

fn details(record: &Record) -> String {
    let entry = &record.entry;
    let mut parts = vec![format!(
        "by {} on {}",
        shown(&record.user),
        shown(&record.host)
    )];
    parts.extend(entry.script.as_deref().map(shown));
    if let Some(signature) = &entry.signature {
        let signer = signature
            .signer
            .as_deref()
            .map(|signer| format!(" ({})", shown(signer)));
        let signer = signer.unwrap_or_default();
        parts.push(format!("signature {}{signer}", shown(&signature.result)));
    }
    if let Some(policy) = &entry.policy {
        let file = policy
            .file
            .as_deref()
            .map(|file| format!(" by {}", shown(file)));
        let file = file.unwrap_or_default();
        parts.push(format!("{}{file}", shown(&policy.decision)));
    }
    if let Some(permissions) = &entry.permissions {
        parts.push(format!("permissions {}", shown(&listed(permissions))));
    }
    parts.join(" · ")
}

/// `net=api.x.com:443,b.test run=ffmpeg`
fn listed(permissions: &Value) -> String {
    let Value::Object(members) = permissions else {
        return value(permissions);
    };
    if members.is_empty() {
        return "none".into();
    }
    let parts = members.iter().map(|(name, granted)| match granted {
        Value::Bool(true) => name.clone(),
        granted => format!("{name}={}", value(granted)),
    });
    parts.collect::<Vec<_>>().join(" ")
}

fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let shown = items.iter().take(MOST_NAMES).map(self::value);
            let mut shown: Vec<String> = shown.collect();
            let more = items.len().saturating_sub(MOST_NAMES);
            if more > 0 {
                shown.push(format!("and {more} more"));
            }
            shown.join(",")
        }
        other => other.to_string(),
    }
}
