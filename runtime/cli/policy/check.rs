//! `prizm policy check`: what the source policy says of an identifier, and which file decided.
//!
//! In: an identifier. Out: one line for each rule that applies to it; the refusal where there is one. Side effects: none;
//! nothing is looked up, so that rules about versions are told only for an exact version.

use crate::cli::error::{CliError, Kind};
use crate::cli::output;
use crate::context::Context;
use crate::policy::{Policy, PolicyError, Target, span_in_words};
use crate::specifier::Specifier;

/// Prints the decision.
///
/// # Errors
/// [`CliError`]: the refusal, or a text that is no identifier.
pub fn check(context: &Context, text: &str) -> Result<i32, CliError> {
    let specifier = context.parse_identifier(context.expand(text))?;
    let policy = &*context.options.policy;
    // The hint of a refusal is this very command.
    let refused = |error: PolicyError| CliError::new(Kind::User, error.to_string());
    let decision = policy.check_name(&specifier).map_err(refused)?;
    let mut lines = vec![match decision.allowed_by {
        Some((pattern, at)) => format!("{specifier} may be loaded: `{pattern}` ({at})"),
        None => format!("{specifier} may be loaded: no policy has a list of what is allowed"),
    }];
    lines.extend(conditions(policy, &specifier));
    lines.push(files(policy));
    output::stdout(&(lines.join("\n") + "\n"))?;
    Ok(0)
}

fn conditions(policy: &Policy, specifier: &Specifier) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |what: &str, at: Option<String>| {
        lines.extend(at.map(|at| format!("  {what} ({at})")));
    };
    add(
        "must be signed",
        policy.require_signature(specifier).map(ToString::to_string),
    );
    add(
        "must have provenance",
        policy
            .require_provenance(specifier)
            .map(ToString::to_string),
    );
    if let Some((age, at)) = policy.minimum_age(&Target::of_name(specifier)) {
        let text = format!(
            "must have been released {} ago or earlier",
            span_in_words(age)
        );
        add(&text, Some(at.to_string()));
    }
    for caps in policy.permission_caps() {
        let text = format!("may be granted no more than {}", caps.value);
        add(&text, Some(caps.at.to_string()));
    }
    add(
        "comes over HTTPS only",
        policy.https_only().map(ToString::to_string),
    );
    add(
        "comes from the cache only: the network is off",
        policy.offline().map(ToString::to_string),
    );
    add(
        "runs in the script's own isolate",
        policy.trusted(specifier).map(ToString::to_string),
    );
    lines
}

fn files(policy: &Policy) -> String {
    let files: Vec<String> = policy
        .files()
        .map(|path| path.display().to_string())
        .collect();
    match files.is_empty() {
        true => "policies: none".to_owned(),
        false => format!("policies: {}", files.join(", ")),
    }
}
