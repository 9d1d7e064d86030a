//! `prizm provider`: its subcommands and flags.
//!
//! In: nothing. Out: clap types. Side effects: none.

use clap::ArgAction;

use crate::cli::flags::{ConfigFlags, SourceFlags};
use crate::cli::help;

/// `prizm provider`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::PROVIDER_AFTER)]
pub struct ProviderArgs {
    #[command(subcommand)]
    pub command: ProviderCommand,
}

#[derive(Debug, clap::Subcommand)]
pub enum ProviderCommand {
    /// Say what a provider needed in a recorded run
    Check(CheckProviderArgs),

    /// Sign the files of a repository: writes `prizm.sig` beside them
    Sign(SignArgs),

    /// Report who signed a provider; exits with 1 unless it is an allowed signer
    Verify(Box<VerifyProviderArgs>),
}

impl ProviderCommand {
    /// The flags that a run would have; `None` for commands that fetch nothing.
    pub fn flags(&self) -> Option<(&SourceFlags, &ConfigFlags)> {
        match self {
            ProviderCommand::Check(_) | ProviderCommand::Sign(_) => None,
            ProviderCommand::Verify(args) => Some((&args.sources, &args.config)),
        }
    }
}

/// `prizm provider check`.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckProviderArgs {
    /// Print the smallest `permissions` for prizm.config.json that a recorded run needed
    ///
    /// A recording is a file that `prizm run --trace-permissions=FILE script.ts` wrote. Given a provider instead, the
    /// commands that record and read one are told.
    #[arg(long, value_name = "RECORDING", required = true)]
    pub suggest_permissions: String,

    /// Of this provider only, as it is named in the recording: `github:owner/repo@v1`
    #[arg(value_name = "PROVIDER")]
    pub provider: Option<String>,

    /// The script to record, with its arguments, where there is no recording yet
    #[arg(value_name = "SCRIPT", last = true)]
    pub script: Vec<String>,
}

/// `prizm provider sign`.
#[derive(Debug, Clone, clap::Args)]
pub struct SignArgs {
    /// The repository's folder
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: String,

    /// An OpenSSH private key, or a minisign one
    ///
    /// The passphrase of an encrypted key is asked for on the terminal, or taken from PRIZM_KEY_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    pub key: String,
}

/// `prizm provider verify`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct VerifyProviderArgs {
    /// Keys that may sign: git's `allowed_signers`, armored OpenPGP keys, or a minisign key
    ///
    /// May be given several times. [default: $XDG_CONFIG_HOME/prizm/allowed_signers]
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    pub signers: Vec<String>,

    /// Let the SSH keys of a GitHub account sign, as they are when they are first asked for
    #[arg(long, value_name = "ACCOUNT", action = ArgAction::Append)]
    pub github: Vec<String>,

    /// The `trusted_root.json` of another sigstore than the public one
    #[arg(long, value_name = "FILE")]
    pub sigstore_root: Option<String>,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,

    /// A folder, `github:owner/repo@v1`, `git+https://…` or `npm:package@1`
    #[arg(value_name = "PROVIDER")]
    pub provider: String,
}
