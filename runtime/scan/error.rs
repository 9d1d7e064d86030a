//! Why a repository is not loaded, or could not be looked through.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::Finding;
use super::rules::{Level, Rule};

/// A scan that did not end well. Each of them means that nothing is loaded.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// Something fatal was found.
    #[error("Refused to load '{identity}': the scan found\n{}", listed(.findings))]
    Refused {
        identity: String,
        /// All of them, the fatal ones first.
        findings: Vec<Finding>,
    },
    /// A rule that does not exist.
    #[error("The scan has no rule `{name}`")]
    UnknownRule {
        name: String,
        similar: Option<&'static str>,
    },
    /// Files cannot be read.
    #[error("Could not look through '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A hook cannot be started.
    #[error("Could not start the scanner `{program}`")]
    Start {
        program: String,
        #[source]
        source: io::Error,
    },
    /// A hook ended with an error.
    #[error("The scanner `{program}` failed: {status}{}", said(.stderr))]
    Failed {
        program: String,
        /// `exit status: 1`
        status: String,
        /// The end of what it wrote on stderr.
        stderr: String,
    },
    /// A hook did not end.
    #[error("The scanner `{program}` did not answer within {} seconds", limit.as_secs())]
    TimedOut { program: String, limit: Duration },
    /// A hook's answer is not of the documented form.
    #[error("The scanner `{program}` gave no answer that can be used: {reason}")]
    Answer { program: String, reason: String },
}

impl ScanError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            ScanError::Refused { findings, .. } => {
                let rules = findings
                    .iter()
                    .filter(|finding| finding.level == Level::Fatal);
                let mut rules: Vec<Rule> = rules.map(|finding| finding.rule).collect();
                rules.sort();
                rules.dedup();
                let levels = rules.iter().map(|rule| format!("\"{rule}\": \"warn\""));
                let levels = levels.collect::<Vec<_>>().join(", ");
                vec![format!(
                    "if you have read the code and trust it: `\"scan\": {{ {levels} }}` in the policy that says fatal"
                )]
            }
            ScanError::UnknownRule { similar, .. } => {
                let mut hints: Vec<String> = similar
                    .map(|name| format!("did you mean `{name}`?"))
                    .into_iter()
                    .collect();
                hints.push(format!(
                    "the rules are {}",
                    Rule::ALL.map(Rule::name).join(", ")
                ));
                hints
            }
            ScanError::Start { .. } => {
                vec![
                    "check `scanner` in the policy: a program's full path, then its arguments"
                        .into(),
                ]
            }
            _ => Vec::new(),
        }
    }
}

fn listed(findings: &[Finding]) -> String {
    let fatal = findings
        .iter()
        .filter(|finding| finding.level == Level::Fatal);
    fatal
        .map(|finding| format!("    {finding}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn said(stderr: &str) -> String {
    match stderr.trim() {
        "" => String::new(),
        text => format!("\n    {}", text.replace('\n', "\n    ")),
    }
}
