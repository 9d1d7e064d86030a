//! `prizm provider`: sign a repository, report who signed one, and say which permissions one needed.
//!
//! In: the command and settled options. Out: lines on stdout, the exit code. Side effects: `sign` writes `prizm.sig`;
//! `verify` fetches what it is asked about.

use std::sync::Arc;

use super::args::ProviderCommand;
use super::error::CliError;
use crate::options::Options;
use crate::progress::Progress;

mod check;
mod sign;
mod verify;

/// Carries out `command`.
///
/// # Errors
/// [`CliError`]; nothing is left half-written.
pub async fn provider(
    command: &ProviderCommand,
    options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    match command {
        ProviderCommand::Check(args) => check::check(args, &options),
        ProviderCommand::Sign(args) => sign::sign(args, &options),
        ProviderCommand::Verify(args) => verify::verify(args, options, progress).await,
    }
}
