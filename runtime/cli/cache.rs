//! `prizm cache`: show, fill, check and empty the cache.
//!
//! In: the command and settled options. Out: lines on stdout, the exit code. Side effects: those asked for.

use std::sync::Arc;

use super::args::{CacheCommand, CleanTarget};
use super::error::{CliError, Kind};
use super::output;
use crate::cache::{Bucket, Cache, Removed};
use crate::context::Context;
use crate::loader::prefetch;
use crate::options::Options;
use crate::progress::Progress;
use crate::specifier::Specifier;

/// Carries out `command`.
///
/// # Errors
/// [`CliError`]; nothing is left half-written.
pub async fn cache(
    command: &CacheCommand,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let cache = Cache::new(options.cache_root.clone());
    match command {
        CacheCommand::Path => output::stdout(&format!("{}\n", cache.root().display()))?,
        CacheCommand::List => list(&cache)?,
        CacheCommand::Verify => return verify(&cache),
        CacheCommand::Clean { what } => report("removed", clean(&cache, what)?)?,
        CacheCommand::Prune { days } => report("pruned", cache.prune(u64::from(*days))?)?,
        CacheCommand::Add(add) => return self::add(&add.specifiers, options, progress).await,
    }
    Ok(0)
}

fn list(cache: &Cache) -> Result<(), CliError> {
    let mut total = 0;
    let mut text = String::new();
    for entry in cache.list()? {
        total += entry.size;
        text += &format!(
            "{:<10} {:>10}  {}\n",
            entry.bucket.name(),
            size(entry.size),
            entry.name
        );
    }
    text += &format!("{:<10} {:>10}\n", "total", size(total));
    Ok(output::stdout(&text)?)
}

fn verify(cache: &Cache) -> Result<i32, CliError> {
    let reports = cache.verify();
    let bad: Vec<_> = reports
        .iter()
        .filter(|report| report.error.is_some())
        .collect();
    for report in &bad {
        let error = report
            .error
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        output::stderr(&format!(
            "damaged {} {}: {error}\n",
            report.bucket.name(),
            report.name
        ));
    }
    if bad.is_empty() {
        output::stdout(&format!(
            "{} entries, all as they were written\n",
            reports.len()
        ))?;
        return Ok(0);
    }
    Err(CliError::new(
        Kind::User,
        format!(
            "{} of {} cache entries are damaged",
            bad.len(),
            reports.len()
        ),
    )
    .with_hint("prizm cache clean"))
}

fn clean(cache: &Cache, what: &[CleanTarget]) -> Result<Removed, CliError> {
    if what.is_empty() {
        return Ok(cache.clean(None)?);
    }
    let mut removed = Removed::default();
    for target in what {
        let part = cache.clean(Some(bucket(*target)))?;
        removed.entries += part.entries;
        removed.bytes += part.bytes;
    }
    Ok(removed)
}

fn bucket(target: CleanTarget) -> Bucket {
    match target {
        CleanTarget::Git => Bucket::Git,
        CleanTarget::Sources => Bucket::Sources,
        CleanTarget::Npm => Bucket::Npm,
        CleanTarget::Js => Bucket::Js,
        CleanTarget::Http => Bucket::Http,
        CleanTarget::Audit => Bucket::Audit,
    }
}

fn report(verb: &str, removed: Removed) -> Result<(), CliError> {
    let text = format!(
        "{verb} {} entries, {}\n",
        removed.entries,
        size(removed.bytes)
    );
    Ok(output::stdout(&text)?)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.2} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

async fn add(
    specifiers: &[String],
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let base = options.cwd.clone();
    let context = Context::new(options, base, progress).await?;
    let mut failed = None;
    // One after the other, so that what they share is fetched once; within each, all is concurrent.
    for text in specifiers {
        match add_one(&context, text).await {
            Ok(()) => output::stdout(&format!("added {text}\n"))?,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let saved = context.lockfile.save();
    if let Some(error) = failed {
        return Err(error);
    }
    saved?;
    Ok(0)
}

async fn add_one(context: &Context, text: &str) -> Result<(), CliError> {
    let path = context.base.join(text);
    let identifier = match path.exists() {
        true => Specifier::File { path }.canonical(),
        false => text.to_string(),
    };
    Ok(prefetch::everything(context, &identifier).await?)
}
