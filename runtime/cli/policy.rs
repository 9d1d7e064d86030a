//! `prizm policy`: grant, revoke, list and compare what providers may do.
//!
//! In: the command and settled options. Out: lines on stdout, the exit code. Side effects: writes `prizm.lock` or the
//! user's policy file, and a line of the audit log for each grant and revocation; fetches a provider where its own words are needed.

use std::sync::Arc;

use super::args::{PolicyCommand, PolicyGrantArgs, PolicyRevokeArgs};
use super::error::{CliError, Kind};
use super::output;
use crate::context::Context;
use crate::options::Options;
use crate::permissions::{Grants, Owner, Part, PermissionSet, Place, words};
use crate::progress::Progress;
use crate::trust;

mod accept;
mod check;
mod flags;
mod show;
mod subject;

pub use flags::permission_set;

/// Carries out `command`.
///
/// # Errors
/// [`CliError`]; nothing is left half-written.
pub async fn policy(
    command: &PolicyCommand,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let base = options.cwd.clone();
    let context = Context::new(options, base, progress).await?;
    let grants = &context.grants;
    match command {
        PolicyCommand::Grant(args) => grant(args, &context, grants).await,
        PolicyCommand::Revoke(args) => revoke(args, &context, grants),
        PolicyCommand::List(args) => show::list(grants, args.json),
        PolicyCommand::Check(args) => check::check(&context, &args.identifier),
        PolicyCommand::Accept(args) => accept::accept(&context, &args.identifier, &args.commit),
        PolicyCommand::Diff(args) => show::diff(&context, &args.old, &args.new).await,
    }
}

async fn grant(
    args: &PolicyGrantArgs,
    context: &Context,
    grants: &Grants,
) -> Result<i32, CliError> {
    let place = match args.user {
        true => Place::User,
        false => grants.usual_place(),
    };
    let said = permission_set(&args.permissions)?;
    let specifier = context.parse_identifier(context.expand(&args.provider))?;
    let (owner, part, set) = match (Owner::of_specifier(&specifier), said) {
        (Some(owner), Some(set)) => (owner, Part::Added, set),
        // The version, or what is declared, has to be looked up.
        (_, said) => {
            let found = subject::fetch(context, &specifier).await?;
            match said {
                Some(set) => (found.owner, Part::Added, set),
                None => (found.owner, Part::Accepted, found.requested.set().clone()),
            }
        }
    };
    if set.is_empty() {
        let text = format!("{owner} asks for no permissions, and needs no grant\n");
        output::stdout(&text)?;
        return Ok(0);
    }
    trust::granting(context, &args.provider, &owner, &set, || {
        grants.grant(place, &owner, part, &set)?;
        context.lockfile.save()?;
        Ok::<(), trust::TrustError>(())
    })?;
    output::stdout(&show::granted(&owner, &set, grants.file(place)))?;
    Ok(0)
}

fn revoke(args: &PolicyRevokeArgs, context: &Context, grants: &Grants) -> Result<i32, CliError> {
    let set = permission_set(&args.permissions)?;
    let owner = owner_of_grant(context, grants, &args.provider)?;
    let places = match args.user {
        true => &[Place::User][..],
        false => &[Place::Project, Place::User],
    };
    let mut is_found = false;
    for place in places {
        let held = grants.all(*place)?;
        let Some(before) = held.get(&owner.to_string()) else {
            continue;
        };
        let before = before.all();
        check_whole(&owner, &before, set.as_ref())?;
        let taken = match &set {
            Some(set) => before.without(&before.revoked(set)),
            None => before,
        };
        if taken.is_empty() {
            continue;
        }
        grants.revoke(*place, &owner, set.as_ref())?;
        trust::log_revoked(context, &args.provider, &owner, &taken)?;
        is_found = true;
        output::stdout(&show::revoked(&owner, &taken, grants.file(*place)))?;
    }
    match is_found {
        true => Ok(0),
        false => Err(
            CliError::new(Kind::User, format!("{owner} was not granted that"))
                .with_hint("prizm policy list"),
        ),
    }
}

/// Of a permission that was granted whole, no part can be taken away.
fn check_whole(
    owner: &Owner,
    before: &PermissionSet,
    set: Option<&PermissionSet>,
) -> Result<(), CliError> {
    use crate::permissions::Scope;
    for (kind, scope) in set.into_iter().flat_map(PermissionSet::iter) {
        if before.get(kind) == Scope::All && *scope != Scope::All {
            let message =
                format!("{owner} was granted all of {kind}, of which no part can be revoked");
            let owner = words::shell_word(&owner.to_string());
            return Err(CliError::new(Kind::User, message)
                .with_hint(format!("prizm policy revoke {owner} --{kind}")));
        }
    }
    Ok(())
}

/// The provider that a grant is held for: as it is listed, or without a version where there is one grant of that name.
fn owner_of_grant(context: &Context, grants: &Grants, text: &str) -> Result<Owner, CliError> {
    let mut held: Vec<String> = Vec::new();
    for place in [Place::Project, Place::User] {
        held.extend(grants.all(place)?.into_keys());
    }
    held.sort();
    held.dedup();
    let specifier = context.parse_identifier(context.expand(text))?;
    let owner = Owner::of_specifier(&specifier);
    if let Some(owner) = &owner
        && held.contains(&owner.to_string())
    {
        return Ok(owner.clone());
    }
    let same: Vec<Owner> = held
        .iter()
        .filter_map(|key| Owner::parse(key).ok())
        .filter(|held| *held.name() == specifier.without_version().canonical())
        .collect();
    match same.as_slice() {
        [one] if owner.is_none_or(|owner| owner.major().is_none()) => Ok(one.clone()),
        _ => {
            let message = format!("Nothing was granted to {}", words::visible(text));
            let error = CliError::new(Kind::User, message);
            let hints = same.iter().map(|owner| {
                format!(
                    "prizm policy revoke {}",
                    words::shell_word(&owner.to_string())
                )
            });
            let error = hints.fold(error, CliError::with_hint);
            Err(match same.is_empty() {
                true => error.with_hint("prizm policy list"),
                false => error,
            })
        }
    }
}
