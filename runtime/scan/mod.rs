//! Looks through a repository before anything of it runs.
//!
//! In: its folder, the level of each rule, programs to ask besides. Out: [`Finding`]s. Side effects: reads files, runs
//! those programs, keeps what was found under the content's hash so that the same content is looked through once.
//!
//! ```text
//! folder ─walk→ files ─┬─ binary   native code, by its first bytes
//!                      ├─ package  install scripts
//!                      ├─ text     secrets, hidden characters, minified code
//!                      └─ code     syntax tree: text from the network that is run, obfuscation
//! ```
//!
//! What is found is a reason to look, not a proof, and nothing found is no proof either: what a provider can do is for
//! its permissions to say.

mod binary;
mod code;
mod error;
mod flow;
mod hook;
mod kept;
mod obfuscated;
mod package;
mod rules;
#[cfg(test)]
mod tests;
mod text;
pub mod tokens;
mod walk;

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::ScanError;
pub use hook::Hook;
pub use rules::{Level, Levels, Rule};
pub use text::is_hidden_character;

use crate::cache::Cache;
use crate::trust::subject::Subject;

/// Of each rule, findings in one file are listed up to here, and in all files together up to `MOST_FINDINGS`.
const MOST_IN_A_FILE: usize = 5;
const MOST_FINDINGS: usize = 200;

/// Threads that parse have room for trees as deep as [`code`] lets through.
const STACK: usize = 512 << 20;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name: `remote-eval`; of a hook's finding, `hook`.
    pub rule: Rule,
    pub level: Level,
    /// Relative to the repository, with `/`.
    pub file: Option<String>,
    /// 1 for the first.
    pub line: Option<u32>,
    pub message: String,
}

impl std::fmt::Display for Finding {
    /// `src/index.ts:12: runs text from the network as code (remote-eval)`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(formatter, "{file}:")?;
            if let Some(line) = self.line {
                write!(formatter, "{line}:")?;
            }
            formatter.write_str(" ")?;
        }
        write!(formatter, "{} ({})", self.message, self.rule)
    }
}

/// What to look for, and what is known of the repository.
#[derive(Debug, Clone, Copy)]
pub struct ScanOptions<'a> {
    pub levels: &'a Levels,
    /// Programs to ask besides.
    pub hooks: &'a [Hook],
    /// Where results are kept; without it, or without a hash, everything is looked through again.
    pub cache: Option<&'a Cache>,
    /// For hooks: what it is.
    pub identity: &'a str,
    /// The hash of all files.
    pub hash: Option<&'a str>,
}

impl<'a> ScanOptions<'a> {
    /// For `subject`, which is scanned by [`scan`] with its root and manifest.
    pub fn of(
        subject: &'a Subject,
        levels: &'a Levels,
        hooks: &'a [Hook],
        cache: &'a Cache,
    ) -> ScanOptions<'a> {
        ScanOptions {
            levels,
            hooks,
            cache: Some(cache),
            identity: &subject.identity,
            hash: subject.hash.as_deref(),
        }
    }
}

/// Looks through the repository at `root`. Symbolic links are not followed. Blocks.
///
/// Findings of rules that are off are left out; the others come fatal ones first, then by file and line.
///
/// # Errors
/// [`ScanError::Read`]; of hooks, [`ScanError::Start`], [`ScanError::Failed`], [`ScanError::TimedOut`],
/// [`ScanError::Answer`]: a scanner that does not answer has not said yes.
pub fn scan(
    root: &Path,
    manifest: Option<&Value>,
    options: &ScanOptions<'_>,
) -> Result<Vec<Finding>, ScanError> {
    let mut findings = match kept::get(options, None) {
        Some(findings) => findings,
        None => {
            let findings = look_through(root)?;
            kept::put(options, None, &findings);
            findings
        }
    };
    for finding in &mut findings {
        finding.level = options.levels.of(finding.rule);
    }
    findings.retain(|finding| finding.level != Level::Off);
    for hook in options.hooks {
        findings.extend(ask(hook, root, manifest, options, &findings)?);
    }
    findings.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
    Ok(findings)
}

/// The findings that are only warned of.
///
/// # Errors
/// [`ScanError::Refused`] where one is fatal.
pub fn judge(identity: &str, findings: Vec<Finding>) -> Result<Vec<Finding>, ScanError> {
    if findings.iter().any(|finding| finding.level == Level::Fatal) {
        return Err(ScanError::Refused {
            identity: identity.to_string(),
            findings,
        });
    }
    Ok(findings)
}

fn ask(
    hook: &Hook,
    root: &Path,
    manifest: Option<&Value>,
    options: &ScanOptions<'_>,
    known: &[Finding],
) -> Result<Vec<Finding>, ScanError> {
    if let Some(answer) = kept::get(options, Some(hook)) {
        return Ok(answer);
    }
    let answer = hook.ask(root, manifest, options, known)?;
    kept::put(options, Some(hook), &answer);
    Ok(answer)
}

/// All rules, whatever their level, so that what was found serves every policy.
fn look_through(root: &Path) -> Result<Vec<Finding>, ScanError> {
    let root = root.to_path_buf();
    let thread = std::thread::Builder::new()
        .name("scan".to_string())
        .stack_size(STACK);
    let read = |source| ScanError::Read {
        path: root.clone(),
        source,
    };
    let folder = root.clone();
    let thread = thread.spawn(move || walk::look_through(&folder));
    let found = thread.map_err(read)?.join();
    found.unwrap_or_else(|_| Err(read(std::io::Error::other("the scan ended unexpectedly"))))
}

/// Findings, bounded.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// One finding of a rule is enough for a line.
    fn add(&mut self, rule: Rule, file: &str, line: Option<u32>, message: impl Into<String>) {
        let in_file = self.0.iter().rev();
        let in_file = in_file.take_while(|finding| finding.file.as_deref() == Some(file));
        let of_rule: Vec<&Finding> = in_file.filter(|finding| finding.rule == rule).collect();
        let is_known = line.is_some() && of_rule.iter().any(|finding| finding.line == line);
        // The first of each rule is always listed: many harmless ones must not hide it.
        let is_first = || !self.0.iter().any(|finding| finding.rule == rule);
        let has_room = self.0.len() < MOST_FINDINGS || is_first();
        if !is_known && of_rule.len() < MOST_IN_A_FILE && has_room {
            self.0.push(Finding {
                rule,
                level: Level::Warn,
                file: Some(file.to_string()),
                line,
                message: message.into(),
            });
        }
    }
}
