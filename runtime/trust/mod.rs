//! Whether what a script asks for may be loaded, and what it may then do: the one place where source policy,
//! signatures, scan, permissions and the audit log are joined.
//!
//! ```text
//! identifier ─policy→ name ─sources→ files ─signatures→ origin ─scan→ findings ─permissions→ sandbox ─audit→ Admitted
//! ```
//!
//! In: an identifier. Out: [`Admitted`], or the reason why not. Side effects: those of the parts; one line in the audit
//! log for each load, whatever came of it.
//!
//! Moved tags, ages, and the policy on single packages are the sources' own business: they hold for `import`, too.

mod error;
mod granting;
mod origin;
mod record;
pub mod subject;

use prizm_ops::registry::{Repository, RepositoryKind};
use serde_json::Value;

pub use error::TrustError;
pub use granting::{granting, log_revoked};

use crate::context::Context;
use crate::permissions::{self, Owner, Sandbox};
use crate::providers::{self, Found};
use crate::scan::{self, Hook, Levels, ScanOptions};
use crate::specifier::Specifier;
use record::Record;

/// What something is loaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `getProvider`, `getService`.
    Run(RepositoryKind),
    /// `import` and `require` of its identifier: its modules are those of whoever asks, with their permissions.
    Import,
}

/// What may be run.
#[derive(Debug)]
pub struct Admitted {
    pub repository: Repository,
    /// The permissions of its isolate; `None` where it runs in the script's, with the script's.
    pub sandbox: Option<Sandbox>,
}

/// Fetches what `identifier` names, and decides on it.
///
/// # Errors
/// [`TrustError`].
pub async fn load(
    context: &Context,
    purpose: Purpose,
    identifier: &str,
) -> Result<Admitted, TrustError> {
    let mut record = Record::new(identifier);
    let decided = decide(context, purpose, identifier, &mut record).await;
    record.close(context, decided)
}

async fn decide(
    context: &Context,
    purpose: Purpose,
    identifier: &str,
    record: &mut Record,
) -> Result<Admitted, TrustError> {
    let kind = match purpose {
        Purpose::Run(kind) => kind,
        Purpose::Import => RepositoryKind::Provider,
    };
    let specifier = context
        .parse_identifier(context.expand(identifier))
        .map_err(providers::LoadError::from)?;
    record.allowed(&context.options.policy.check_name(&specifier)?);
    let found = providers::find(context, kind, identifier, &specifier).await?;
    record.found(&found.subject);
    record.signed(origin::check(context, &found).await?.as_ref());
    look_through(context, &found)?;
    let isolated = purpose != Purpose::Import && is_isolated(context, &specifier);
    let repository = Repository {
        isolated,
        ..found.repository
    };
    let sandbox = match isolated {
        true => {
            let manifest = repository.manifest.as_ref().unwrap_or(&Value::Null);
            let owner = Owner::of(&found.subject);
            let root = &found.subject.root;
            let identity = &repository.identity;
            let held = context.grants.find(&owner)?.all();
            let sandbox = permissions::admit(context, &owner, identity, manifest, root)?;
            let added = context.grants.find(&owner)?.all().without(&held);
            if !added.is_empty() {
                granting::log_granted(context, identifier, &owner, &added)?;
            }
            record.permitted(sandbox.granted.set().to_json());
            Some(sandbox)
        }
        false => None,
    };
    Ok(Admitted {
        repository,
        sandbox,
    })
}

/// By flags, `prizm.json`, and then a policy that trusts it.
fn is_isolated(context: &Context, specifier: &Specifier) -> bool {
    let parse = |text: &str| context.parse_identifier(context.expand(text)).ok();
    context.options.isolates.isolates(specifier, parse)
        && context.options.policy.trusted(specifier).is_none()
}

/// The scan, where a policy wants one. What only is warned of is logged.
fn look_through(context: &Context, found: &Found) -> Result<(), TrustError> {
    let policy = &context.options.policy;
    let levels = policy.scan_levels();
    let hooks = policy.scanners();
    if (levels.is_empty() && hooks.is_empty()) || !found.subject.root.is_dir() {
        return Ok(());
    }
    let levels = Levels::from_names(levels.into_iter().map(|(name, (level, _))| (name, level)))?;
    let hooks: Vec<Hook> = hooks
        .into_iter()
        .map(|hook| Hook::new(hook.value.clone()))
        .collect();
    let options = ScanOptions::of(&found.subject, &levels, &hooks, &context.cache);
    let findings = scan::scan(
        &found.subject.root,
        found.subject.manifest.as_ref(),
        &options,
    )?;
    for finding in scan::judge(&found.subject.identity, findings)? {
        log::warn!("{}: {finding}", found.subject.identity);
    }
    Ok(())
}
