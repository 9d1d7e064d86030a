//! The command line: text to types.
//!
//! In: words. Out: [`Args`], or a text to show (help, version), or a usage error.
//! Side effects: none. What the flags mean together with environment and `prizm.json` is settled in `options.rs`.

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use url::Url;

pub use audit::{
    AdvisoriesArgs, AuditArgs, AuditCommand, AuditFlags, LogArgs, ScanArgs, VerifyArgs,
};
pub use parse::{Parsed, UsageError, parse, similar_command};
pub use policy::{
    PolicyArgs, PolicyCommand, PolicyDiffArgs, PolicyGrantArgs, PolicyListArgs, PolicyRevokeArgs,
    ProviderPermissionFlags,
};
pub use provider::{
    CheckProviderArgs, ProviderArgs, ProviderCommand, SignArgs, VerifyProviderArgs,
};

use super::flags::{
    ConfigFlags, DebugFlags, IsolateFlags, OutputFlags, PermissionFlags, SourceFlags,
};
use super::help;

mod audit;
mod parse;
mod policy;
mod provider;
#[cfg(test)]
mod tests;

/// One parsed command line.
#[derive(Debug, Parser)]
#[command(
    name = "prizm",
    about = help::ABOUT,
    after_help = help::AFTER,
    version = "0",
    subcommand_required = true,
    arg_required_else_help = true,
    override_usage = "prizm [OPTIONS] <SCRIPT> [ARGS]...\n       prizm <COMMAND> [OPTIONS]",
    max_term_width = 100
)]
pub struct Args {
    #[command(flatten)]
    pub output: OutputFlags,

    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a script: a file, a specifier, or `-` for stdin
    Run(Box<RunArgs>),

    /// Show, fill, check and empty the cache
    Cache(CacheArgs),

    /// List vulnerabilities of packages, and show or check the log of dynamic loads
    Audit(AuditArgs),

    /// Show and change what providers may do
    Policy(PolicyArgs),

    /// Sign a provider, or report who signed one
    Provider(ProviderArgs),

    /// Print the type declarations of the module `prizm` and of the globals
    #[command(after_help = help::TYPES_AFTER)]
    Types,
}

/// `prizm run`.
#[derive(Debug, Default, clap::Args)]
#[command(
    override_usage = "prizm run [OPTIONS] <SCRIPT> [ARGS]...",
    after_help = help::RUN_AFTER,
    after_long_help = help::RUN_AFTER_LONG
)]
pub struct RunArgs {
    #[command(flatten)]
    pub permissions: PermissionFlags,

    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,

    #[command(flatten)]
    pub isolates: IsolateFlags,

    #[command(flatten)]
    pub debug: DebugFlags,

    #[command(flatten)]
    pub audit: AuditFlags,

    /// Set environment variables from a file before the script starts [default file: .env]
    ///
    /// May be given several times: a later file wins over an earlier one. Variables that are set already keep
    /// their values. A relative name is looked for in the current folder, then upwards.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ".env",
        action = ArgAction::Append,
        help_heading = help::RUNTIME
    )]
    pub env_file: Vec<String>,

    /// Do not fetch ahead what the script is going to ask for
    #[arg(long, help_heading = help::SOURCES)]
    pub no_preload: bool,

    /// Value of `globalThis.location`, an http or https URL
    #[arg(long, value_name = "URL", value_parser = location, help_heading = help::RUNTIME)]
    pub location: Option<Url>,

    /// Seed of `Math.random` and `crypto.getRandomValues`, for runs that can be repeated
    #[arg(long, value_name = "NUMBER", help_heading = help::RUNTIME)]
    pub seed: Option<u64>,

    /// Flags for V8, comma-separated; `--v8-flags=--help` lists them
    #[arg(
        long,
        value_name = "FLAGS",
        num_args = 1,
        require_equals = true,
        value_delimiter = ',',
        action = ArgAction::Append,
        allow_hyphen_values = true,
        help_heading = help::RUNTIME
    )]
    pub v8_flags: Vec<String>,

    /// The script, then everything that belongs to it.
    ///
    /// A file, a specifier (`github:owner/repo@v1`, `npm:package`, `https://…`), or `-` to read the script
    /// from stdin. All words after it are the script's own, also those that look like flags.
    #[arg(value_name = "SCRIPT", required_unless_present = "v8_flags", num_args = 1.., trailing_var_arg = true, help_heading = help::ARGUMENTS)]
    words: Vec<String>,
}

impl RunArgs {
    /// The flags of a command that fetches like a run, but runs nothing.
    pub fn without_script(sources: &SourceFlags, config: &ConfigFlags) -> Self {
        Self {
            sources: sources.clone(),
            config: config.clone(),
            ..Self::default()
        }
    }

    /// The flags of a command that reads the log of dynamic loads.
    pub fn logged_to(audit: AuditFlags) -> Self {
        Self {
            audit,
            ..Self::default()
        }
    }

    /// The script as it was written: a path, a specifier, or `-`.
    pub fn script(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The words that belong to the script.
    pub fn script_args(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }
}

/// `prizm cache`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::CACHE_AFTER)]
pub struct CacheArgs {
    #[command(subcommand)]
    pub command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// Print the folder of the cache
    Path,

    /// List what is in the cache, with sizes
    List,

    /// Fetch specifiers into the cache, with all that they need
    Add(Box<CacheAddArgs>),

    /// Hash every cached file again and report what was changed
    Verify,

    /// Delete the cache, or parts of it
    Clean {
        /// What to delete [default: everything but the audit log]
        #[arg(value_name = "WHAT", value_enum)]
        what: Vec<CleanTarget>,
    },

    /// Delete what was not used for a while
    Prune {
        /// Keep what was used in the last DAYS days
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        days: u32,
    },
}

/// `prizm cache add`.
#[derive(Debug, Default, clap::Args)]
pub struct CacheAddArgs {
    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,

    /// What to fetch: `github:owner/repo@v1`, `npm:package@1`, a script or a folder
    #[arg(value_name = "SPECIFIER", required = true)]
    pub specifiers: Vec<String>,
}

/// A part of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CleanTarget {
    /// Git objects and refs
    Git,
    /// Checked-out source trees
    Sources,
    /// npm packages and their metadata
    Npm,
    /// Compiled output
    Js,
    /// Downloaded modules
    Http,
    /// The log of dynamic loads
    Audit,
}

fn location(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("expected an http or https URL".to_owned());
    }
    // Both fail only on URLs that cannot have them, which http and https URLs can.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(url)
}

/// The line of `prizm --version`, e.g. `prizm 0.1.0 (v8 15.0.245.2-rusty, x86_64-unknown-linux-gnu)`.
pub fn version_text(v8: &str, target: &str) -> String {
    format!("prizm {} (v8 {v8}, {target})", env!("CARGO_PKG_VERSION"))
}
