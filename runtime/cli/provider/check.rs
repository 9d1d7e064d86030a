//! `prizm provider check --suggest-permissions`: the smallest block of permissions that a recorded run needed.
//!
//! In: the file of `--trace-permissions`. Out: JSON on stdout, to be put into `prizm.config.json`. Side effects: reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::cache::Bucket;
use crate::cli::args::CheckProviderArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output;
use crate::options::Options;
use crate::permissions::trace::{Access, START};
use crate::permissions::words::{shell_word, visible};
use crate::permissions::{Owner, PermissionSet, Places, suggest};
use crate::specifier::Specifier;

/// Prints the block of each recorded provider, or of the one that is asked for.
///
/// # Errors
/// A file that is no recording, or one without that provider; a provider in place of a recording.
pub(super) fn check(args: &CheckProviderArgs, options: &Options) -> Result<i32, CliError> {
    let file = options.cwd.join(&args.suggest_permissions);
    if !file.is_file() && is_provider(&args.suggest_permissions, options) {
        return Err(how_to_record(&args.suggest_permissions, &args.script));
    }
    let text = std::fs::read_to_string(&file).map_err(|error| {
        CliError::new(
            Kind::User,
            format!("Could not read {}: {error}", file.display()),
        )
        .with_hint("prizm run --isolate --trace-permissions=run.jsonl main.ts")
    })?;
    let accesses = suggest::parse(&file, &text)?;
    let roots = roots(&accesses);
    let places = |provider: Option<&str>| places(options, &roots, provider);
    let mut found = named(suggest::suggest(&accesses, places));
    if let Some(wanted) = &args.provider {
        found.retain(|name, _| name == wanted || name.starts_with(&format!("{wanted}@")));
    }
    if found.is_empty() {
        let message = format!(
            "{} holds nothing that a provider in an isolate of its own did",
            file.display()
        );
        return Err(CliError::new(Kind::User, message)
            .with_hint("prizm run --isolate --trace-permissions=run.jsonl main.ts"));
    }
    let block = |set: &PermissionSet| json!({ "permissions": set.to_json() });
    let value = match found.len() {
        1 => found.values().map(block).collect::<Vec<_>>().swap_remove(0),
        _ => {
            let blocks = found.iter().map(|(name, set)| (visible(name), block(set)));
            Value::Object(blocks.collect::<Map<_, _>>())
        }
    };
    output::stdout(&format!("{value:#}\n"))?;
    Ok(0)
}

/// Whether `text` names something to run, and not a file that somebody recorded.
fn is_provider(text: &str, options: &Options) -> bool {
    match Specifier::parse(text, &options.cwd) {
        Ok(Specifier::File { path }) => path.is_dir(),
        Ok(Specifier::Static { .. }) | Err(_) => false,
        Ok(_) => true,
    }
}

/// What a provider needs shows only when it runs; nothing of it is run here.
fn how_to_record(provider: &str, script: &[String]) -> CliError {
    let script = match script {
        [] => "main.ts".to_string(),
        words => words
            .iter()
            .map(|word| shell_word(word))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let provider_word = shell_word(provider);
    let message = format!(
        "`{}` is a provider: what it needs is told by the recording of a run",
        visible(provider)
    );
    CliError::new(Kind::User, message)
        .with_hint(format!(
            "prizm run --isolate --trace-permissions=run.jsonl {script}"
        ))
        .with_hint(format!(
            "prizm provider check --suggest-permissions=run.jsonl {provider_word}"
        ))
}

/// What providers did; what the script did is its own.
fn named(sets: BTreeMap<Option<String>, PermissionSet>) -> BTreeMap<String, PermissionSet> {
    let sets = sets.into_iter();
    sets.filter_map(|(name, set)| Some((name?, set))).collect()
}

/// Where each provider's files were.
fn roots(accesses: &[Access]) -> BTreeMap<String, PathBuf> {
    let starts = accesses.iter().filter(|access| access.permission == START);
    starts
        .filter_map(|access| {
            Some((
                access.provider.clone()?,
                PathBuf::from(access.target.as_ref()?),
            ))
        })
        .collect()
}

fn places(options: &Options, roots: &BTreeMap<String, PathBuf>, provider: Option<&str>) -> Places {
    let cache_root =
        std::fs::canonicalize(&options.cache_root).unwrap_or_else(|_| options.cache_root.clone());
    let root = provider.and_then(|name| roots.get(name)).cloned();
    let root = root.unwrap_or_else(|| PathBuf::from("/nowhere"));
    let owner = provider.and_then(|name| Owner::parse(name).ok());
    Places {
        is_root_writable: !root.starts_with(&cache_root),
        packages: vec![cache_root.join(Bucket::Npm.folder())],
        cache: owner.map_or_else(PathBuf::new, |owner| Places::cache_of(&cache_root, &owner)),
        temporary: std::env::temp_dir(),
        home: std::env::home_dir(),
        root: Path::new(&root).to_path_buf(),
        protected: Vec::new(),
    }
}
