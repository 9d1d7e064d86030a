//! The line of the audit log that a load leaves.
//!
//! In: what the stages found out, one after the other. Out: the load's own result, unless it cannot be logged.
//! Side effects: the log.

use std::time::Instant;

use serde_json::Value;

use super::Admitted;
use super::error::TrustError;
use super::subject::Subject;
use crate::audit::{AuditError, AuditLog, Entry, Outcome, Redactor};
use crate::context::Context;
use crate::policy::Decision;
use crate::signatures::SignatureReport;

/// An entry in the making.
pub(super) struct Record {
    entry: Entry,
    policy: Option<(String, Option<String>)>,
    start: Instant,
}

impl Record {
    pub(super) fn new(identifier: &str) -> Record {
        Record {
            entry: Entry::asked(identifier),
            policy: None,
            start: Instant::now(),
        }
    }

    /// By which line of a policy, if any.
    pub(super) fn allowed(&mut self, decision: &Decision) {
        let file = decision.allowed_by.as_ref().map(|(_, at)| at.to_string());
        self.policy = Some(("allowed".to_string(), file));
    }

    pub(super) fn found(&mut self, subject: &Subject) {
        self.entry = Entry::of(subject);
    }

    pub(super) fn signed(&mut self, report: Option<&SignatureReport>) {
        if let Some(report) = report {
            let signer = report
                .findings()
                .filter_map(|(_, finding)| finding.signer.as_ref())
                .map(ToString::to_string)
                .next();
            self.change(|entry| entry.signature(report.status().to_string(), signer));
        }
    }

    pub(super) fn permitted(&mut self, permissions: Value) {
        self.change(|entry| entry.permissions(permissions));
    }

    fn change(&mut self, change: impl FnOnce(Entry) -> Entry) {
        self.entry = change(std::mem::take(&mut self.entry));
    }

    /// Writes the entry. What was admitted but cannot be logged is refused, unless a policy lets it pass.
    pub(super) fn close(
        mut self,
        context: &Context,
        decided: Result<Admitted, TrustError>,
    ) -> Result<Admitted, TrustError> {
        let elapsed = self.start.elapsed();
        if let Err(TrustError::Policy(error)) = &decided {
            let file = error.at().map(ToString::to_string);
            self.policy = Some(("refused".to_string(), file));
        }
        if let Some((decision, file)) = self.policy.take() {
            self.change(|entry| entry.policy(decision, file));
        }
        let script = context.options.script.as_ref().map(ToString::to_string);
        self.change(|entry| match script {
            Some(script) => entry.script(script),
            None => entry,
        });
        self.change(|entry| match &decided {
            Ok(_) => entry.outcome(Outcome::Loaded),
            Err(error) if error.is_refusal() => entry.refused(in_one_line(error)),
            Err(error) => entry.failed(in_one_line(error)),
        });
        let what = self
            .entry
            .identity
            .clone()
            .unwrap_or_else(|| self.entry.asked.clone());
        match (
            append(context, &what, self.entry.duration(elapsed)),
            decided,
        ) {
            (Ok(()), decided) => decided,
            // The first error is the one to tell.
            (Err(_), Err(error)) => Err(error),
            (Err(source), Ok(_)) => Err(TrustError::NotLogged { what, source }),
        }
    }
}

/// Adds `entry`, which is about `what`, to the log. Where a policy lets it pass, failing to is a warning.
///
/// # Errors
/// [`AuditError`]; nothing was added then.
pub(super) fn append(context: &Context, what: &str, entry: Entry) -> Result<(), AuditError> {
    let log = AuditLog::new(context.options.audit_log.clone(), Redactor::of_process());
    match log.append(entry) {
        Err(error) if !context.options.policy.audit_required().0 => {
            log::warn!("{what}: not logged: {error}");
            Ok(())
        }
        appended => appended,
    }
}

fn in_one_line(error: &TrustError) -> String {
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join(" ")
}
