//! `prizm provider verify`: who signed a provider, and where it was built.
//!
//! In: an identifier or a folder, the keys that may sign. Out: the report on stdout; exit code 1 unless an allowed
//! signer vouches for it. Side effects: fetches the provider and the evidence; pins keys of GitHub accounts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::VerifyProviderArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output;
use crate::context::Context;
use crate::options::Options;
use crate::progress::Progress;
use crate::providers::{LoadError, requirement};
use crate::signatures::{
    SIGNATURE_FILE, SignatureReport, SignerSource, Signers, Status, TrustRoot, inspect_folder,
    inspect_git, inspect_npm, load_signers, usual_sources,
};
use crate::specifier::Specifier;

/// Reports on a provider.
///
/// # Errors
/// [`CliError`], also where nobody who may sign did, after the report was printed.
pub(super) async fn verify(
    args: &VerifyProviderArgs,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let base = options.cwd.clone();
    let context = Context::new(options, base, progress).await?;
    let signers = signers(args, &context).await?;
    let folder = context.base.join(&args.provider);
    let (name, report) = match folder.is_dir() {
        true => (args.provider.clone(), inspect_folder(&folder, &signers)?),
        false => inspect(args, &context, &signers).await?,
    };
    context.lockfile.save()?;
    show(&name, &report, args.json)?;
    judge(&name, &report, &signers)
}

async fn signers(args: &VerifyProviderArgs, context: &Context) -> Result<Signers, CliError> {
    let home = user_folder(context);
    let given = args.signers.iter();
    let mut sources: Vec<SignerSource> = given
        .map(|path| SignerSource::File(context.base.join(path)))
        .collect();
    sources.extend(args.github.iter().cloned().map(SignerSource::Github));
    if sources.is_empty() {
        sources = home.iter().flat_map(|home| usual_sources(home)).collect();
    }
    let pins = home.unwrap_or_default().join("signers");
    Ok(load_signers(&sources, &context.http, &pins).await?)
}

/// Where the user's own policy stands.
fn user_folder(context: &Context) -> Option<PathBuf> {
    let policy = context.options.user_policy.as_deref();
    policy.and_then(Path::parent).map(Path::to_path_buf)
}

async fn inspect(
    args: &VerifyProviderArgs,
    context: &Context,
    signers: &Signers,
) -> Result<(String, SignatureReport), CliError> {
    let specifier = context.parse_identifier(context.expand(&args.provider))?;
    match &specifier {
        Specifier::Github { .. } | Specifier::Git { .. } => {
            let checkout = context.fetch_git(&specifier).await?;
            let report = inspect_git(&context.git, &specifier, &checkout, signers).await?;
            Ok((
                format!("{} ({})", checkout.identifier, checkout.commit),
                report,
            ))
        }
        Specifier::Npm { name, version, .. } => {
            let requirement = requirement(name, version.as_deref())
                .map_err(|reason| CliError::new(Kind::Usage, reason))?;
            let installed = context.npm.ensure(vec![requirement.clone()]).await;
            installed.map_err(LoadError::from)?;
            let version = context.npm.version(&requirement).ok_or_else(|| {
                CliError::new(Kind::User, format!("npm:{name} could not be installed"))
            })?;
            let root = match &args.sigstore_root {
                Some(path) => TrustRoot::read(&context.base.join(path))?,
                None => TrustRoot::public()?,
            };
            let report = inspect_npm(&context.npm, name, &version, &root).await?;
            Ok((format!("npm:{name}@{version}"), report))
        }
        Specifier::File { path } => {
            let report = inspect_folder(path, signers)?;
            Ok((specifier.canonical(), report))
        }
        Specifier::Http { .. } | Specifier::Static { .. } => Err(CliError::new(
            Kind::User,
            format!("'{specifier}' names no repository or package, so nobody signs it"),
        )),
    }
}

fn show(name: &str, report: &SignatureReport, is_json: bool) -> Result<(), CliError> {
    if is_json {
        let text = serde_json::to_string_pretty(report)?;
        return Ok(output::stdout(&format!("{text}\n"))?);
    }
    let mut lines = vec![name.to_owned()];
    for (what, finding) in report.findings() {
        lines.push(format!("  {what}: {finding}"));
    }
    if let Some(provenance) = &report.provenance {
        lines.push(format!("  {provenance}"));
        let details = [
            ("repository", &provenance.repository),
            ("commit", &provenance.commit),
            ("issuer", &provenance.issuer),
        ];
        for (what, detail) in details {
            lines.extend(detail.iter().map(|text| format!("    {what}: {text}")));
        }
        if !provenance.checked.is_empty() {
            lines.push(format!("    checked: {}", provenance.checked.join(", ")));
        }
    }
    if let Some(account) = &report.account {
        let publisher = account.publisher.as_deref().unwrap_or("not named");
        lines.push(format!("  publisher: {publisher}"));
        if !account.maintainers.is_empty() {
            lines.push(format!("  maintainers: {}", account.maintainers.join(", ")));
        }
    }
    let plain = |text: String| text.replace(char::is_control, " ");
    let text: String = lines.into_iter().map(|line| plain(line) + "\n").collect();
    Ok(output::stdout(&text)?)
}

fn judge(name: &str, report: &SignatureReport, signers: &Signers) -> Result<i32, CliError> {
    let is_built_badly = report
        .provenance
        .as_ref()
        .is_some_and(|provenance| provenance.status != Status::Verified);
    if is_built_badly {
        let message = format!("The provenance of `{name}` does not hold");
        return Err(CliError::new(Kind::User, message));
    }
    let (message, hint) = match report.status() {
        Status::Verified => return Ok(0),
        Status::Unsigned => (
            format!("`{name}` is not signed"),
            match report.registry {
                None => Some(format!(
                    "authors sign with `git tag -s`, or put `{SIGNATURE_FILE}` there: prizm provider sign --key ~/.ssh/id_ed25519"
                )),
                Some(_) => None,
            },
        ),
        Status::Bad => (format!("A signature of `{name}` is bad"), None),
        Status::UnknownSigner => (
            format!("`{name}` is signed by nobody who may sign it"),
            match signers.is_empty() {
                true => Some("name the keys that may sign: --signers allowed_signers".to_owned()),
                false => None,
            },
        ),
        Status::Expired => (
            format!("`{name}` is signed with a key that was not valid then"),
            None,
        ),
        Status::Revoked => (format!("`{name}` is signed with a revoked key"), None),
        Status::Unsupported => (
            format!("`{name}` has signatures that cannot be checked"),
            None,
        ),
    };
    let error = CliError::new(Kind::User, message);
    Err(match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    })
}
