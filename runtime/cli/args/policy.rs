//! `prizm policy`: its subcommands and flags.
//!
//! In: nothing. Out: clap types. Side effects: none.

use clap::ArgAction;

use crate::cli::flags::{ConfigFlags, SourceFlags};
use crate::cli::help;

/// `prizm policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::POLICY_AFTER)]
pub struct PolicyArgs {
    #[command(subcommand)]
    pub command: PolicyCommand,
}

#[derive(Debug, clap::Subcommand)]
pub enum PolicyCommand {
    /// Allow a provider what it declares, or exactly what the flags say
    Grant(Box<PolicyGrantArgs>),

    /// Take back what a provider was allowed: all of it, or what the flags say
    Revoke(Box<PolicyRevokeArgs>),

    /// List what providers are allowed
    List(Box<PolicyListArgs>),

    /// Tell whether an identifier may be loaded, under which conditions, and which policy file decided
    Check(Box<PolicyCheckArgs>),

    /// Take a git tag that has been moved for what it is now
    Accept(Box<PolicyAcceptArgs>),

    /// Compare what two versions of a provider ask for; exits with 1 if the new one asks for more
    Diff(Box<PolicyDiffArgs>),
}

impl PolicyCommand {
    /// The flags that a run would have.
    pub fn flags(&self) -> (&SourceFlags, &ConfigFlags) {
        match self {
            PolicyCommand::Grant(args) => args.settings.both(),
            PolicyCommand::Revoke(args) => args.settings.both(),
            PolicyCommand::List(args) => args.settings.both(),
            PolicyCommand::Check(args) => args.settings.both(),
            PolicyCommand::Accept(args) => args.settings.both(),
            PolicyCommand::Diff(args) => args.settings.both(),
        }
    }
}

/// The flags that every subcommand has.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct SettingFlags {
    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,
}

impl SettingFlags {
    fn both(&self) -> (&SourceFlags, &ConfigFlags) {
        (&self.sources, &self.config)
    }
}

/// Permissions of a provider. A list is `None` where the flag is absent, and holds nothing where it came without a
/// value, which means everything.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = help::PERMISSIONS)]
pub struct ProviderPermissionFlags {
    /// Hosts to talk to: all, or HOSTS (`api.example.com:443`, `*.example.com`, `[::1]:80`)
    #[arg(long, value_name = "HOSTS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub net: Option<Vec<String>>,

    /// Environment variables: all, or NAMES (`API_*` for all that begin so)
    #[arg(long, value_name = "NAMES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub env: Option<Vec<String>>,

    /// Files to read: all, or those at PATHS and below (`$CACHE`, `$TMP`, `$HOME/…`, `/…`)
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub read: Option<Vec<String>>,

    /// Files to write: all, or those at PATHS and below
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub write: Option<Vec<String>>,

    /// Programs to run: all, or PROGRAMS. A program that runs is bound by no permission
    #[arg(long, value_name = "PROGRAMS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub run: Option<Vec<String>>,

    /// Docker services to start: all, or SERVICES
    #[arg(long, value_name = "SERVICES", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub docker: Option<Vec<String>>,

    /// Native code to load: all, or that at PATHS. Native code is bound by no permission
    #[arg(long, value_name = "PATHS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub ffi: Option<Vec<String>>,

    /// System information: all, or KINDS (`hostname`, `cpus` …)
    #[arg(long, value_name = "KINDS", num_args = 0..=1, require_equals = true, action = ArgAction::Append)]
    pub sys: Option<Vec<String>>,

    /// The media tools of Prizm
    #[arg(long)]
    pub media: bool,
}

/// `prizm policy grant`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyGrantArgs {
    /// The provider: `github:owner/repo@v1`, `npm:name@1`. The grant holds for the major version
    #[arg(value_name = "PROVIDER")]
    pub provider: String,

    /// Keep the grant in the user's policy file, for all projects, and not in prizm.lock
    #[arg(long)]
    pub user: bool,

    #[command(flatten)]
    pub permissions: ProviderPermissionFlags,

    #[command(flatten)]
    pub settings: SettingFlags,
}

/// `prizm policy revoke`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyRevokeArgs {
    /// The provider, as `prizm policy list` shows it
    #[arg(value_name = "PROVIDER")]
    pub provider: String,

    /// Only in the user's policy file
    #[arg(long)]
    pub user: bool,

    #[command(flatten)]
    pub permissions: ProviderPermissionFlags,

    #[command(flatten)]
    pub settings: SettingFlags,
}

/// `prizm policy list`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyListArgs {
    /// As JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub settings: SettingFlags,
}

/// `prizm policy check`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyCheckArgs {
    /// What would be loaded: `github:owner/repo@v1`, `npm:name@1.2.3`. Nothing is fetched
    #[arg(value_name = "IDENTIFIER")]
    pub identifier: String,

    #[command(flatten)]
    pub settings: SettingFlags,
}

/// `prizm policy accept`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyAcceptArgs {
    /// The repository and its tag: `github:owner/repo@v1.0.0`
    #[arg(value_name = "IDENTIFIER")]
    pub identifier: String,

    /// The commit that the tag stands for now, in full
    #[arg(value_name = "COMMIT")]
    pub commit: String,

    #[command(flatten)]
    pub settings: SettingFlags,
}

/// `prizm policy diff`.
#[derive(Debug, Clone, clap::Args)]
pub struct PolicyDiffArgs {
    /// The provider in the version that is used: `github:owner/repo@v1.0.0`
    #[arg(value_name = "OLD")]
    pub old: String,

    /// The provider in the version to compare with: `github:owner/repo@v1.1.0`
    #[arg(value_name = "NEW")]
    pub new: String,

    #[command(flatten)]
    pub settings: SettingFlags,
}
