//! `prizm audit scan`: looks through repositories without running anything of them.
//!
//! In: identifiers and folders. Out: findings on stdout. Side effects: fetches into the cache; runs the policy's
//! scanners.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::{counted, shown};
use crate::cli::args::ScanArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output::{self, Paint};
use crate::context::Context;
use crate::options::Options;
use crate::progress::Progress;
use crate::providers::{LoadError, manifest, requirement};
use crate::scan::{Finding, Hook, Level, Levels, ScanOptions, scan};
use crate::specifier::Specifier;

/// Something to look through.
struct Target {
    identity: String,
    root: PathBuf,
    /// `None` for folders of the user's own.
    hash: Option<String>,
}

pub(super) async fn scan_all(
    args: &ScanArgs,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let paint = Paint::for_stdout(options.color);
    let policy = options.policy.clone();
    let levels = policy.scan_levels().into_iter();
    let levels = Levels::from_names(levels.map(|(name, (level, _))| (name, level)))?;
    let hooks = policy.scanners().into_iter();
    let hooks: Vec<Hook> = hooks.map(|hook| Hook::new(hook.value.clone())).collect();
    let base = options.cwd.clone();
    let context = Context::new(options, base, progress).await?;
    let mut fatal = 0;
    for text in &args.targets {
        let target = find(&context, text).await?;
        let options = ScanOptions {
            levels: &levels,
            hooks: &hooks,
            cache: Some(&context.cache),
            identity: &target.identity,
            hash: target.hash.as_deref(),
        };
        let manifest = manifest::read(&target.root).map_err(LoadError::from)?;
        let findings = scan(&target.root, manifest.as_ref(), &options)?;
        fatal += findings
            .iter()
            .filter(|finding| finding.level == Level::Fatal)
            .count();
        output::stdout(&report(&target.identity, &findings, args.json, paint))?;
    }
    match fatal {
        0 => Ok(0),
        _ => Err(CliError::new(
            Kind::User,
            format!(
                "The scan found {}",
                counted(fatal, "fatal thing", "fatal things")
            ),
        )),
    }
}

async fn find(context: &Context, text: &str) -> Result<Target, CliError> {
    let path = context.base.join(text);
    if path.is_dir() {
        return Ok(folder(&path));
    }
    let specifier = context
        .parse_identifier(context.expand(text))
        .map_err(LoadError::from)?;
    match &specifier {
        Specifier::Github { .. } | Specifier::Git { .. } => {
            let checkout = context.fetch_git(&specifier).await?;
            Ok(Target {
                identity: format!("{}#{}", checkout.identifier, checkout.commit),
                root: checkout.root,
                hash: Some(checkout.hash),
            })
        }
        Specifier::Npm { name, version, .. } => package(context, name, version.as_deref()).await,
        Specifier::File { path } if path.is_dir() => Ok(folder(path)),
        _ => Err(CliError::new(
            Kind::User,
            format!("'{text}' names no repository, package or folder"),
        )),
    }
}

fn folder(path: &Path) -> Target {
    Target {
        identity: path.display().to_string(),
        root: path.to_path_buf(),
        hash: None,
    }
}

/// The package alone: what it depends on is looked through by its own name.
async fn package(context: &Context, name: &str, version: Option<&str>) -> Result<Target, CliError> {
    let requirement =
        requirement(name, version).map_err(|reason| CliError::new(Kind::User, reason))?;
    context.npm.ensure(vec![requirement.clone()]).await?;
    let version = context.npm.version(&requirement).unwrap_or_default();
    let root = context.npm.folder(&requirement);
    let missing = || CliError::new(Kind::User, format!("npm:{requirement} is not in the cache"));
    Ok(Target {
        identity: format!("npm:{name}@{version}"),
        root: root.ok_or_else(missing)?,
        hash: None,
    })
}

fn report(identity: &str, findings: &[Finding], is_json: bool, paint: Paint) -> String {
    if is_json {
        return format!(
            "{}\n",
            json!({ "identity": identity, "findings": findings })
        );
    }
    if findings.is_empty() {
        return format!("{}: nothing found\n", shown(identity));
    }
    let mut text = format!("{}:\n", shown(identity));
    for finding in findings {
        let level = match finding.level {
            Level::Fatal => paint.error("fatal"),
            Level::Warn | Level::Off => paint.warning("warn "),
        };
        text += &format!("  {level} {}\n", shown(&finding.to_string()));
    }
    text
}
