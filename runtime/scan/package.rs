//! What a package manager would run while installing.
//!
//! In: package.json or binding.gyp. Out: findings. Side effects: none.

use serde_json::Value;

use super::text::line_of;
use super::walk::Source;
use super::{Findings, Rule, code};

/// Run for a dependency; `prepare` where it comes from git.
const SCRIPTS: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];

pub(super) fn check(source: &Source, content: &str, findings: &mut Findings) {
    if source.base() == "binding.gyp" {
        let message = "has npm build native code while installing";
        return findings.add(Rule::InstallScripts, &source.name, None, message);
    }
    let Ok(Value::Object(package)) = serde_json::from_str(content.trim_start_matches('\u{feff}'))
    else {
        return;
    };
    let scripts = package.get("scripts").and_then(Value::as_object);
    for (name, command) in scripts.into_iter().flatten() {
        let Some(command) = command.as_str() else {
            continue;
        };
        let line = content
            .find(&format!("\"{name}\""))
            .map(|at| line_of(content, at));
        if SCRIPTS.contains(&name.as_str()) {
            let shown: String = command.chars().take(80).collect();
            let message = format!("has an install script, `{name}`: {shown}");
            findings.add(Rule::InstallScripts, &source.name, line, message);
        }
        if code::pipes_into_a_shell(command) {
            let message =
                format!("has a script, `{name}`, that runs text from the network in a shell");
            findings.add(Rule::RemoteEval, &source.name, line, message);
        }
    }
}
