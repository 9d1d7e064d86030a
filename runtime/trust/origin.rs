//! Who made it: the signatures of a repository or package, held against the policy and against what the lock remembers.
//!
//! In: what was found. Out: the report, or a refusal. Side effects: evidence of npm packages is fetched once; the lock
//! remembers signers, so that trust does not go down unseen.

use std::path::PathBuf;

use super::error::TrustError;
use super::subject::Subject;
use crate::context::Context;
use crate::policy::Policy;
use crate::providers::{Evidence, Found};
use crate::signatures::{
    SignatureError, SignatureReport, SignerSource, Signers, Status, TrustRoot, inspect_git,
    inspect_npm, load_signers, trust_went_down, usual_sources,
};

/// Reports on what was found; `None` where nothing is known: folders, modules from the web.
///
/// # Errors
/// [`TrustError`]: a signature or attestation that a policy requires, or that was there before, is missing.
pub(super) async fn check(
    context: &Context,
    found: &Found,
) -> Result<Option<SignatureReport>, TrustError> {
    let subject = &found.subject;
    let policy = &context.options.policy;
    let name = remembered_as(subject);
    let before = context.lockfile.signatures(&name);
    let is_needed = before.is_some()
        || policy.require_signature(&subject.specifier).is_some()
        || policy.require_provenance(&subject.specifier).is_some();
    let report = match inspect(context, &found.evidence).await {
        Ok(report) => report,
        // Evidence that nobody asks for may be missing: a registry without keys, a network that is off.
        Err(error) if !is_needed && error.is_unavailable() => {
            log::debug!("{}: {error}", subject.identity);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let Some(report) = report else {
        return match is_needed {
            true => judge(policy, subject, &SignatureReport::default()).map(|()| None),
            false => Ok(None),
        };
    };
    judge(policy, subject, &report)?;
    if let Some(change) = before.and_then(|before| trust_went_down(&before, &report)) {
        return Err(TrustError::LessTrusted {
            what: subject.identity.clone(),
            name,
            change,
        });
    }
    context.lockfile.remember_signatures(&name, &report);
    Ok(Some(report))
}

async fn inspect(
    context: &Context,
    evidence: &Evidence,
) -> Result<Option<SignatureReport>, SignatureError> {
    match evidence {
        Evidence::Git(git) => {
            let (specifier, checkout) = &**git;
            let signers = signers(context).await?;
            let report = inspect_git(&context.git, specifier, checkout, &signers).await?;
            Ok(Some(report))
        }
        Evidence::Npm { name, version } => {
            let root = TrustRoot::public()?;
            let report = inspect_npm(&context.npm, name, version, &root).await?;
            Ok(Some(report))
        }
        Evidence::None => Ok(None),
    }
}

/// Releases share a name, so that each is held against the one before. Branches and commits are things of their own:
/// nobody signs every commit because tags are signed.
fn remembered_as(subject: &Subject) -> String {
    match subject.version {
        Some(_) => subject.name.clone(),
        None => subject.specifier.canonical(),
    }
}

/// Who may sign: the policies' lists, else the user's own file.
async fn signers(context: &Context) -> Result<Signers, SignatureError> {
    let user_folder = context
        .options
        .user_policy
        .as_deref()
        .and_then(std::path::Path::parent);
    let mut sources: Vec<SignerSource> = Vec::new();
    for setting in context.options.policy.allowed_signers() {
        sources.extend(SignerSource::of_setting(&setting.value, &setting.at.path)?);
    }
    if sources.is_empty() {
        sources = user_folder.map(usual_sources).unwrap_or_default();
    }
    let pins = user_folder.map_or_else(PathBuf::new, |folder| folder.join("signers"));
    load_signers(&sources, &context.http, &pins).await
}

fn judge(policy: &Policy, subject: &Subject, report: &SignatureReport) -> Result<(), TrustError> {
    let what = || subject.identity.clone();
    if report.status() == Status::Bad {
        return Err(TrustError::BadSignature { what: what() });
    }
    if let Some(at) = policy.require_signature(&subject.specifier)
        && !report.is_verified()
    {
        return Err(TrustError::Unsigned {
            what: what(),
            status: report.status(),
            at: at.to_string(),
        });
    }
    if let Some(at) = policy.require_provenance(&subject.specifier)
        && !report.has_provenance()
    {
        return Err(TrustError::NoProvenance {
            what: what(),
            at: at.to_string(),
        });
    }
    Ok(())
}
