//! The flags that several commands share, grouped as `--help` shows them.
//!
//! In: nothing. Out: clap types, one struct a group. Side effects: none.
//!
//! Names and meanings are Deno's wherever Deno has the flag. Values that are optional need their `=`:
//! in `--allow-read script.ts`, the file is the script.

use clap::{ArgAction, Args, ValueEnum};

use super::help;

/// `--quiet` and `--log-level`, for every command.
#[derive(Debug, Default, Clone, Args)]
pub struct OutputFlags {
    /// Print nothing but errors and what the script prints
    #[arg(short, long, global = true, help_heading = help::OUTPUT)]
    pub quiet: bool,

    /// How much Prizm tells about its own work, on stderr [env: PRIZM_LOG]
    #[arg(short = 'L', long, global = true, value_name = "LEVEL", value_enum, help_heading = help::OUTPUT)]
    pub log_level: Option<LogLevel>,
}

/// The levels of `--log-level`, from few lines to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// What the script may do: `--allow-*`, `--deny-*`, `--ignore-*`.
///
/// A list is `None` where the flag is absent, and holds nothing where it came without a value. Each entry is
/// the text of one flag, commas included: [`crate::options`] splits and checks it.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = help::PERMISSIONS)]
pub struct PermissionFlags {
    /// Allow everything: files, network, environment, programs, system information, native code, imports
    #[arg(
        short = 'A',
        long,
        conflicts_with_all = [
            "allow_read", "allow_write", "allow_net", "allow_env", "allow_run", "allow_sys", "allow_ffi",
            "allow_import"
        ]
    )]
    pub allow_all: bool,

    /// Allow reading files: all, or those at PATHS and below
    #[arg(short = 'R', long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_read: Option<Vec<String>>,

    /// Allow writing files: all, or those at PATHS and below
    #[arg(short = 'W', long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_write: Option<Vec<String>>,

    /// Allow network access: all, or to HOSTS (`example.com`, `*.example.com`, `10.0.0.0/8`, `[::1]:80`, `:8080`)
    #[arg(short = 'N', long, value_name = "HOSTS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_net: Option<Vec<String>>,

    /// Allow environment variables: all, or NAMES (`API_*` for all that begin so)
    #[arg(short = 'E', long, value_name = "NAMES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_env: Option<Vec<String>>,

    /// Allow system information: all, or KINDS (`hostname`, `osRelease`, `cpus`, `homedir` …)
    #[arg(short = 'S', long, value_name = "KINDS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_sys: Option<Vec<String>>,

    /// Allow running programs: all, or PROGRAMS. A program that runs is bound by no permission
    #[arg(long, value_name = "PROGRAMS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_run: Option<Vec<String>>,

    /// Allow loading native libraries and addons: all, or those at PATHS. Native code is bound by no permission
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_ffi: Option<Vec<String>>,

    /// Allow importing modules over http(s): from all hosts, or HOSTS [default: well-known module hosts]
    #[arg(short = 'I', long, value_name = "HOSTS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_import: Option<Vec<String>>,

    /// Deny reading files, also where an `--allow` flag covers them
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_read: Option<Vec<String>>,

    /// Deny writing files
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_write: Option<Vec<String>>,

    /// Deny network access
    #[arg(long, value_name = "HOSTS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_net: Option<Vec<String>>,

    /// Deny environment variables
    #[arg(long, value_name = "NAMES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_env: Option<Vec<String>>,

    /// Deny system information
    #[arg(long, value_name = "KINDS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_sys: Option<Vec<String>>,

    /// Deny running programs
    #[arg(long, value_name = "PROGRAMS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_run: Option<Vec<String>>,

    /// Deny loading native libraries and addons
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_ffi: Option<Vec<String>>,

    /// Deny importing modules over http(s)
    #[arg(long, value_name = "HOSTS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub deny_import: Option<Vec<String>>,

    /// Make files look as if they did not exist
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub ignore_read: Option<Vec<String>>,

    /// Make environment variables look as if they were not set
    #[arg(long, value_name = "NAMES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub ignore_env: Option<Vec<String>>,

    /// Fail instead of asking for a permission that is missing [env: PRIZM_NO_PROMPT]
    #[arg(long)]
    pub no_prompt: bool,

    /// Record every access that is checked, of the script and of providers, as JSON lines [default: on stderr]
    ///
    /// `prizm provider check --suggest-permissions=FILE` turns a recording into the permissions that providers needed.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub trace_permissions: Option<Option<String>>,
}

/// Where code comes from and how it is pinned.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = help::SOURCES)]
pub struct SourceFlags {
    /// Fetch again what is cached: all, or what begins with SPECIFIERS (`npm:`, `npm:zod`, `github:owner/repo@v1`)
    ///
    /// What is fetched anew also replaces what the lockfile holds for it.
    #[arg(
        short,
        long,
        value_name = "SPECIFIERS",
        num_args = 0..=1,
        require_equals = true,
        action = ArgAction::Append,
        conflicts_with_all = ["cached_only", "offline"]
    )]
    pub reload: Option<Vec<String>>,

    /// Use only what is cached, never the network, to load code
    #[arg(long)]
    pub cached_only: bool,

    /// The same as `--cached-only` [env: PRIZM_OFFLINE]
    #[arg(long)]
    pub offline: bool,

    /// Fail when the lockfile would have to change
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub frozen: Option<bool>,

    /// Lockfile to use [default: prizm.lock beside prizm.json, package.json or the script]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub lock: Option<Option<String>>,

    /// Neither read nor write a lockfile
    #[arg(long, conflicts_with_all = ["lock", "frozen"])]
    pub no_lock: bool,

    /// Refuse npm packages
    #[arg(long)]
    pub no_npm: bool,

    /// Refuse modules from http(s) and git
    #[arg(long)]
    pub no_remote: bool,

    /// Run install scripts of npm packages: of all, or of PACKAGES
    #[arg(long, value_name = "PACKAGES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub allow_scripts: Option<Vec<String>>,

    /// Trust the certificate authorities in this PEM file too
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    pub cert: Vec<String>,

    /// Allow plain http when code is fetched from HOSTS (`host` or `host:port`)
    #[arg(
        long,
        value_name = "HOSTS",
        num_args = 1,
        require_equals = true,
        value_delimiter = ',',
        action = ArgAction::Append
    )]
    pub allow_insecure: Vec<String>,
}

/// `prizm.json` and the import map.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = help::PROJECT)]
pub struct ConfigFlags {
    /// Project file to use [default: the nearest prizm.json from the script's folder upwards]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<String>,

    /// Use no project file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,

    /// Import map to use in place of the project file's `imports` and `scopes`: a file or a URL
    #[arg(long, value_name = "FILE")]
    pub import_map: Option<String>,
}

/// Which providers run in isolates of their own, and what bounds these.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = help::ISOLATES)]
pub struct IsolateFlags {
    /// Run providers from local folders in isolates of their own too, with the permissions they were granted
    #[arg(long)]
    pub isolate: bool,

    /// Run this provider in the script's own isolate, with the script's permissions
    #[arg(long, value_name = "IDENTIFIER", require_equals = true, action = ArgAction::Append)]
    pub no_isolate: Vec<String>,

    /// Memory that one provider may use [default: 512]
    #[arg(long, value_name = "MIB", require_equals = true, value_parser = clap::value_parser!(u32).range(16..=65536))]
    pub provider_memory: Option<u32>,

    /// Processor time that a provider may use without a pause [default: 60]
    #[arg(long, value_name = "SECONDS", require_equals = true, value_parser = seconds)]
    pub provider_cpu: Option<f64>,

    /// Time that a provider has for an answer [default: no limit]
    #[arg(long, value_name = "SECONDS", require_equals = true, value_parser = seconds)]
    pub provider_timeout: Option<f64>,

    /// Time without a call after which a provider's isolate is dropped; the next call starts it again
    /// [default: never]
    #[arg(long, value_name = "SECONDS", require_equals = true, value_parser = seconds)]
    pub max_idle: Option<f64>,
}

/// More than nothing, at most a year; parts of a second are fine.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok();
    let is_usable = |seconds: &f64| (0.001..=31_536_000.0).contains(seconds);
    seconds
        .filter(is_usable)
        .ok_or_else(|| "expected seconds, such as 30 or 0.5".to_owned())
}

/// Watching and the inspector.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = help::DEBUGGING)]
pub struct DebugFlags {
    /// Start anew whenever a module of the script changes, or one of FILES
    #[arg(
        long,
        value_name = "FILES",
        num_args = 0..=1,
        require_equals = true,
        action = ArgAction::Append
    )]
    pub watch: Option<Vec<String>>,

    /// Keep the terminal's contents when `--watch` starts anew
    #[arg(long, requires = "watch")]
    pub no_clear_screen: bool,

    /// Listen for a debugger [default address: 127.0.0.1:9229]
    #[arg(
        long,
        value_name = "HOST:PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["inspect_brk", "inspect_wait"]
    )]
    pub inspect: Option<String>,

    /// Listen for a debugger, wait for it, and break at the first line
    #[arg(
        long,
        value_name = "HOST:PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with = "inspect_wait"
    )]
    pub inspect_brk: Option<String>,

    /// Listen for a debugger and wait for it
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub inspect_wait: Option<String>,
}
