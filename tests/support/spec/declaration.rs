//! What a spec.json may say. Unknown fields are errors, so that a misspelt assertion cannot pass unseen.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::fault::FaultRule;
use crate::git::repository::{CommitSpec, RepositorySpec};

/// One case.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Spec {
    /// The clause that the case holds, in words.
    pub about: String,
    /// `github:owner/name` → how it is built.
    pub repos: BTreeMap<String, RepositorySpec>,
    /// Roots of the npm registry; `true` for the shared one.
    pub packages: Packages,
    /// Folder behind the plain web server.
    pub files: Option<String>,
    /// git and npm over HTTPS. The authority is trusted where a step says so.
    pub https: bool,
    /// Needs the real npm registry: runs with PRIZM_LIVE_TESTS=1 only.
    pub live: bool,
    /// More files of the home folder: name → text.
    pub home: BTreeMap<String, String>,
    /// Files of `specs/_shared/` that the project gets too.
    pub shared: Vec<String>,
    /// Files that the case leaves in the project on purpose, beside prizm.lock.
    pub creates: Vec<String>,
    /// The runs, in order. Without it, the other fields of a step stand at the top.
    pub steps: Vec<Step>,
    #[serde(flatten)]
    pub only: Step,
}

/// Where packages come from.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Packages {
    Shared(bool),
    Folder(String),
    Folders(Vec<String>),
}

impl Default for Packages {
    fn default() -> Packages {
        Packages::Shared(false)
    }
}

/// Text, in lines or in a file whose name ends in `.out`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    Text(String),
    Lines(Vec<String>),
}

/// One run and what must come of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Default: `run -A main.ts`.
    pub args: Option<Vec<String>>,
    pub stdin: String,
    /// `null` takes a variable away.
    pub env: BTreeMap<String, Option<String>>,
    /// The working folder, below the project.
    pub cwd: Option<String>,
    pub exit: i32,
    /// Default: nothing.
    pub stdout: Option<Expected>,
    /// Demanded where `exit` is not 0. Default otherwise: no error, no warning.
    pub stderr: Option<Expected>,
    pub timeout_ms: Option<u64>,
    /// `none`: no request reaches any server.
    pub network: Option<Network>,
    /// Parts of request lines that must be in the log; wildcards work.
    pub requests: Vec<String>,
    /// Parts that must not be in the log.
    pub no_requests: Vec<String>,
    /// Lock and cache are afterwards what they were.
    pub unchanged: bool,
    pub tree: Tree,
    /// Project files written before the run.
    pub write: BTreeMap<String, String>,
    /// Project files and folders removed before the run.
    pub remove: Vec<String>,
    /// Files below PRIZM_HOME whose content is damaged before the run: the first that ends so; `*` for every one.
    pub damage: Vec<String>,
    /// Commits added to a repository before the run.
    pub commit: BTreeMap<String, CommitSpec>,
    /// Faults from this run on; replaces those of the step before.
    pub faults: Vec<FaultRule>,
    /// All servers are gone from this run on.
    pub down: bool,
    /// What is wrong with the cache's disk.
    pub cache: Option<CacheTrouble>,
    /// What happens while the program runs.
    pub interact: Vec<Act>,
    /// Runs at the same time instead of one run.
    pub parallel: Vec<Step>,
    /// Texts that must not show up on stdout or stderr.
    pub secrets: Vec<String>,
    /// For steps only: a misspelt field ends up here.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    None,
}

/// A cache that cannot be written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheTrouble {
    ReadOnly,
    /// So many bytes fit.
    DiskFree(u64),
}

/// What must be on the disk after a run. Paths are relative to the project, or start with `{{cache}}`, `{{home}}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tree {
    pub present: Vec<String>,
    pub absent: Vec<String>,
    /// Path → a part of its content; wildcards work.
    pub contains: BTreeMap<String, String>,
    /// Path → a text that its content must not have.
    pub lacks: BTreeMap<String, String>,
    /// The file has not been written since the run began.
    pub untouched: Vec<String>,
}

/// One act upon the running program.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    WaitStdout(String),
    WaitStderr(String),
    /// Waits for a part of a request line: `git GET /o/r`.
    WaitRequest(String),
    Write(BTreeMap<String, String>),
    /// Writes the files again each second until `part` is on stdout or stderr: a watcher may start late.
    WriteUntil {
        files: BTreeMap<String, String>,
        part: String,
    },
    Type(String),
    /// `INT`, `TERM`.
    Signal(String),
}

impl Spec {
    /// Reads `<case>/spec.json`.
    ///
    /// # Errors
    /// It is not there, is not JSON, has an unknown field, or asserts nothing about a failing run.
    pub fn read(case: &Path) -> Result<Spec, Failure> {
        let path = case.join("spec.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut spec: Spec =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if spec.steps.is_empty() {
            spec.steps.push(std::mem::take(&mut spec.only));
        } else if spec.only.is_declared() {
            return Err(format!(
                "{}: fields of a step beside `steps`",
                path.display()
            ));
        }
        for step in std::iter::once(&spec.only).chain(&spec.steps) {
            step.check()
                .map_err(|what| format!("{}: {what}", path.display()))?;
        }
        Ok(spec)
    }
}

impl Step {
    /// Whether what is easily left behind at the top is there.
    fn is_declared(&self) -> bool {
        let expects = self.stdout.is_some() || self.stderr.is_some() || self.exit != 0;
        let prepares = self.args.is_some() || !self.env.is_empty() || !self.faults.is_empty();
        expects || prepares
    }

    fn check(&self) -> Result<(), Failure> {
        if let Some(name) = self.unknown.keys().next() {
            return Err(format!("unknown field `{name}`"));
        }
        if self.exit != 0 && self.stderr.is_none() {
            return Err("a failing run needs an expected `stderr`".into());
        }
        self.parallel.iter().try_for_each(Step::check)
    }
}

#[cfg(test)]
mod tests {
    use super::Spec;

    fn read(text: &str) -> Result<Spec, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("spec.json"), text).expect("writable");
        Spec::read(folder.path())
    }

    #[test]
    fn one_step_stands_at_the_top() {
        let spec = read(r#"{ "about": "x", "exit": 3, "stderr": "error: x" }"#).expect("valid");
        assert_eq!((spec.steps.len(), spec.steps[0].exit), (1, 3));
    }

    #[test]
    fn misspelt_fields_are_refused_everywhere() {
        for text in [
            r#"{ "abuot": "x" }"#,
            r#"{ "steps": [{ "stdot": "x" }] }"#,
            r#"{ "steps": [{ "parallel": [{ "exits": 1 }] }] }"#,
            r#"{ "tree": { "prsent": [] } }"#,
            r#"{ "repos": { "github:a/b": { "tag": "v1" } } }"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_failing_run_must_say_what_stderr_has() {
        assert!(read(r#"{ "exit": 1 }"#).is_err());
    }

    #[test]
    fn fields_beside_steps_are_refused() {
        assert!(read(r#"{ "stdout": "x", "steps": [{ "stdout": "x" }] }"#).is_err());
    }
}
