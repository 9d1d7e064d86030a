//! `prizm audit verify`: whether the log is as it was written.
//!
//! In: the log, and a hash noted earlier. Out: one line on stdout, or what is wrong on stderr. Side effects: none.

use super::counted;
use crate::audit::AuditLog;
use crate::cli::args::VerifyArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output;

pub(super) fn verify(args: &VerifyArgs, log: &AuditLog) -> Result<i32, CliError> {
    let found = log.verify(args.head.as_deref())?;
    for note in &found.notes {
        output::stderr(&format!("note: {note}\n"));
    }
    let path = log.path().display();
    if found.is_good() {
        let text = match &found.head {
            Some(head) => {
                let count = usize::try_from(found.entries).unwrap_or(usize::MAX);
                let entries = counted(count, "entry", "entries");
                format!("{entries}: the log is as it was written; head {head}\n")
            }
            None => "no entries\n".to_string(),
        };
        output::stdout(&text)?;
        return Ok(0);
    }
    for problem in &found.problems {
        output::stderr(&format!("{path}:{}: {}\n", problem.line, problem.message));
    }
    if found.more > 0 {
        output::stderr(&format!("and {} more\n", found.more));
    }
    Err(CliError::new(
        Kind::User,
        format!("The audit log '{path}' is not as it was written"),
    )
    .with_hint("to begin a new log, move this one and its `.head` file away"))
}
