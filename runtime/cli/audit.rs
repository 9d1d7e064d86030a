//! `prizm audit`: known vulnerabilities of packages, the log of dynamic loads, and a look through repositories.
//!
//! In: the command and settled options. Out: lines on stdout, the exit code. Side effects: `advisories` asks npm
//! registries, `scan` fetches what it looks through; the others read the log.
//!
//! Exit codes: 0 if all is well, 1 for advisories at or above the level, for a log that is not as it was written, for
//! something fatal in a scan, and for any error; 2 for a command line that makes no sense.

mod advisories;
mod log;
mod scan;
mod verify;

use std::sync::Arc;

use super::args::{AuditArgs, AuditCommand};
use super::error::CliError;
use crate::audit::{AuditLog, Redactor};
use crate::options::Options;
use crate::progress::Progress;

/// Carries out the command.
///
/// # Errors
/// [`CliError`]; also where advisories were found or the log was changed, after they were listed.
pub async fn audit(
    args: &AuditArgs,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let log = || AuditLog::new(options.audit_log.clone(), Redactor::default());
    match args.command() {
        AuditCommand::Log(args) => log::log(&args, &log(), options.color),
        AuditCommand::Verify(args) => verify::verify(&args, &log()),
        AuditCommand::Scan(args) => scan::scan_all(&args, options, progress).await,
        AuditCommand::Advisories(args) => advisories::advisories(&args, options, progress).await,
    }
}

/// `text` as a terminal may show it: control characters, also those that turn text around, are escaped.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        let is_plain = !char.is_control() && !crate::scan::is_hidden_character(char);
        match is_plain {
            true => shown.push(char),
            false => shown.extend(char.escape_unicode()),
        }
    }
    shown
}

/// `1 entry`, `2 entries`
fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
