//! `prizm types`: the declarations of the built-in module and of the globals.
//!
//! In: nothing. Out: the `.d.ts` on stdout. Side effects: none.

use super::error::CliError;
use super::output;

/// Prints the declarations.
///
/// # Errors
/// [`CliError`] when stdout cannot be written.
pub fn types() -> Result<i32, CliError> {
    output::stdout(prizm_typescript::DECLARATIONS)?;
    Ok(0)
}
