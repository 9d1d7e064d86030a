//! The permission flags of `prizm policy`: texts to a set.
//!
//! In: `--net=a.com,b.com --media`. Out: [`PermissionSet`]. Side effects: none.

use crate::cli::args::ProviderPermissionFlags;
use crate::cli::error::{CliError, Kind};
use crate::options::split_list;
use crate::permissions::{self, PermissionSet, Scope, words};

/// What the flags say; `None` where there are none.
///
/// # Errors
/// An entry that makes no sense, naming the flag.
pub fn permission_set(flags: &ProviderPermissionFlags) -> Result<Option<PermissionSet>, CliError> {
    use permissions::Kind as Name;
    let lists = [
        (Name::Net, &flags.net),
        (Name::Env, &flags.env),
        (Name::Read, &flags.read),
        (Name::Write, &flags.write),
        (Name::Run, &flags.run),
        (Name::Docker, &flags.docker),
        (Name::Ffi, &flags.ffi),
        (Name::Sys, &flags.sys),
    ];
    let mut set = PermissionSet::default();
    for (kind, texts) in lists {
        let Some(texts) = texts else { continue };
        let flag = format!("--{kind}");
        let items = split_list(&flag, texts)?;
        if items.is_empty() {
            set.set(kind, Scope::All);
        }
        for item in items {
            let entry =
                permissions::normalise(kind, &item).map_err(|error| bad(&flag, &item, error))?;
            set.add(kind, entry);
        }
    }
    if flags.media {
        set.set(Name::Media, Scope::All);
    }
    Ok(Some(set).filter(|set| !set.is_empty()))
}

fn bad(flag: &str, item: &str, error: permissions::BadEntry) -> CliError {
    let message = format!(
        "Invalid value `{}` for `{flag}`: {}",
        words::visible(item),
        error.reason
    );
    let cause = CliError::new(Kind::Usage, message);
    match error.meant {
        Some(meant) => cause.with_hint(words::shell_word(&format!("{flag}={meant}"))),
        None => cause,
    }
}
