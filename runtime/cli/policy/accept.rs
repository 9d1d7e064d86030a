//! `prizm policy accept`: takes a tag that has been moved for what it is now.
//!
//! In: an identifier with a tag, a commit. Out: a line on stdout. Side effects: a line in the logs of references.

use std::time::SystemTime;

use crate::cli::error::{CliError, Kind};
use crate::cli::output;
use crate::context::Context;
use crate::history::Resolved;
use crate::http::display_url;
use crate::sources::git;
use crate::specifier::Specifier;

/// Remembers that `text` is the commit from now on.
///
/// # Errors
/// [`CliError`]: no git identifier with a tag, no full commit id, or a log that cannot be written.
pub fn accept(context: &Context, text: &str, commit: &str) -> Result<i32, CliError> {
    let specifier = context.parse_identifier(context.expand(text))?;
    let commit = commit.to_ascii_lowercase();
    let is_commit =
        matches!(commit.len(), 40 | 64) && commit.bytes().all(|it| it.is_ascii_hexdigit());
    let (Some(url), Some(tag)) = (git::address(&specifier), tag(&specifier)) else {
        let message = format!("`{text}` names no tag of a git repository");
        return Err(CliError::new(Kind::User, message)
            .with_hint("prizm policy accept github:owner/repo@v1.0.0 <commit>"));
    };
    if !is_commit {
        let message = format!("`{commit}` is no full commit id");
        return Err(CliError::new(Kind::User, message)
            .with_hint("give all 40 digits, as the error shows them"));
    }
    let resolved = Resolved {
        repository: &display_url(&url),
        reference: &format!("refs/tags/{tag}"),
        commit: &commit,
        name: text,
    };
    context.history.accept(resolved, SystemTime::now())?;
    output::stdout(&format!("{specifier} is {commit} from now on\n"))?;
    Ok(0)
}

fn tag(specifier: &Specifier) -> Option<&str> {
    match specifier {
        Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => {
            reference.as_deref()
        }
        _ => None,
    }
}
