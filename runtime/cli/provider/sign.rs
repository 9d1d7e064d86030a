//! `prizm provider sign`: writes `prizm.sig`.
//!
//! In: a folder, a key. Out: what was signed and by whom, on stdout. Side effects: the file, replaced as a whole; asks
//! for the passphrase of an encrypted key.

use std::io::{IsTerminal, Write};
use std::path::Path;

use crate::cli::args::SignArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output::{self, pause_progress, resume_progress};
use crate::options::Options;
use crate::signatures::{SIGNATURE_FILE, SecretKey, content_hash, sign_detached};

const PASSPHRASE: &str = "PRIZM_KEY_PASSPHRASE";

/// Signs the files of a folder.
///
/// # Errors
/// [`CliError`]; an older `prizm.sig` is then as it was.
pub(super) fn sign(args: &SignArgs, options: &Options) -> Result<i32, CliError> {
    let folder = options.cwd.join(&args.folder);
    if !folder.is_dir() {
        let message = format!("`{}` is not a folder", args.folder);
        return Err(CliError::new(Kind::User, message));
    }
    let path = options.cwd.join(&args.key);
    let key = SecretKey::read(&path, || passphrase(&path))?;
    let hash = content_hash(&folder)?;
    let text = sign_detached(&hash, &key, &path)?;
    write(&folder, &text)?;
    output::stdout(&format!(
        "signed {hash}\n    by {}\n    in {}\n",
        key.name(),
        folder.join(SIGNATURE_FILE).display()
    ))?;
    Ok(0)
}

/// From the environment, else from the terminal, which does not show it.
fn passphrase(key: &Path) -> Option<String> {
    if let Ok(text) = std::env::var(PASSPHRASE) {
        return Some(text);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    pause_progress();
    let question = format!("Passphrase of {}: ", key.display());
    let answer = rpassword::prompt_password(question).ok();
    resume_progress();
    answer
}

fn write(folder: &Path, text: &str) -> Result<(), CliError> {
    let mut file = tempfile::Builder::new()
        .prefix(".prizm-sig-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(readable)?;
    }
    file.persist(folder.join(SIGNATURE_FILE))
        .map_err(|error| error.error)?;
    Ok(())
}
