//! Which names a guest may have looked up. A name that it makes up at run time can hold what it was told, and whoever
//! answers for the name would learn it.
//!
//! In: an identifier that a guest asks for. Out: may a server be asked? Side effects: reads the guest's own sources.
//!
//! What stands in its sources or package.json was there before it knew anything; what is pinned or installed asks
//! nobody; and a host that `net` grants can be told anyway.

use std::path::Path;

use url::Url;

use crate::context::Context;
use crate::isolate::Confinement;
use crate::permissions::Kind;
use crate::providers;
use crate::sources::git;
use crate::specifier::Specifier;

/// Text of larger files is not looked at.
const LARGEST_SOURCE: u64 = 4 << 20;
/// Folders below each other; sources nest less.
const DEEPEST: usize = 16;
const SOURCES: [&str; 11] = [
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "json", "yml", "yaml",
];

#[derive(Debug, thiserror::Error, deno_error::JsError)]
#[class("NotCapable")]
#[error(
    "'{provider}' may not load '{identifier}': neither its source nor its package.json names that"
)]
pub struct NameError {
    provider: String,
    /// Whom to grant it to.
    owner: String,
    identifier: String,
    /// Who would be asked.
    host: Option<String>,
}

impl NameError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        let grant = |host| format!("prizm policy grant {} --net={host}", self.owner);
        self.host.iter().map(grant).collect()
    }
}

/// May `identifier` be looked up for the guest?
///
/// # Errors
/// [`NameError`]: it was made up at run time, and would leave the computer.
pub fn check(
    context: &Context,
    confinement: &Confinement,
    identifier: &str,
) -> Result<(), NameError> {
    let expanded = context.expand(identifier);
    let Ok(specifier) = context.parse_identifier(expanded) else {
        // Whoever loads it has the words for that.
        return Ok(());
    };
    if matches!(specifier, Specifier::File { .. } | Specifier::Static { .. }) {
        return Ok(());
    }
    let host = host_of(context, &specifier);
    // What prizm.json has a short name for is the project's own choice.
    let is_allowed = expanded != identifier
        || is_known(context, &specifier)
        || host
            .as_deref()
            .is_some_and(|host| is_granted(confinement, host))
        || is_written(confinement, identifier);
    match is_allowed {
        true => Ok(()),
        false => Err(NameError {
            provider: confinement.identity.clone(),
            owner: owner_of(confinement),
            identifier: identifier.to_string(),
            host,
        }),
    }
}

/// Whether what it stands for is settled here.
fn is_known(context: &Context, specifier: &Specifier) -> bool {
    match specifier {
        Specifier::Npm { name, version, .. } => {
            let requirement = providers::requirement(name, version.as_deref());
            requirement.is_ok_and(|requirement| context.npm.version(&requirement).is_some())
        }
        Specifier::Http { url } => context.lockfile.http(url.as_str()).is_some(),
        _ => context.lockfile.git(&specifier.canonical()).is_some(),
    }
}

/// Who is asked for it, as `net` writes hosts.
fn host_of(context: &Context, specifier: &Specifier) -> Option<String> {
    let url = match specifier {
        Specifier::Npm { name, .. } => context.npm.registries().get_registry_url(name).clone(),
        Specifier::Http { url } => url.clone(),
        _ => git::address(specifier)?,
    };
    host_and_port(&url)
}

fn host_and_port(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port_or_known_default();
    Some(port.map_or(host.to_string(), |port| format!("{host}:{port}")))
}

fn is_granted(confinement: &Confinement, host: &str) -> bool {
    let sandbox = confinement.sandbox.as_ref();
    sandbox.is_some_and(|it| it.granted.set().get(Kind::Net).covers(Kind::Net, host))
}

fn owner_of(confinement: &Confinement) -> String {
    let sandbox = confinement.sandbox.as_ref();
    sandbox.map_or(confinement.identity.clone(), |it| {
        it.granted.owner().to_string()
    })
}

/// Whether a source of the guest has the identifier between quotes.
fn is_written(confinement: &Confinement, identifier: &str) -> bool {
    let is_plain = !identifier.contains(['"', '\'', '`', '\\', '\n']);
    let roots = confinement.roots();
    is_plain && roots.iter().any(|root| is_below(root, identifier, DEEPEST))
}

fn is_below(folder: &Path, identifier: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        // Links are not followed.
        match entry.metadata() {
            Ok(data) if data.is_dir() => is_below(&path, identifier, depth),
            Ok(data) if data.is_file() && data.len() <= LARGEST_SOURCE && is_source(&path) => {
                std::fs::read_to_string(&path).is_ok_and(|text| names(&text, identifier))
            }
            _ => false,
        }
    })
}

fn is_source(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str());
    end.is_some_and(|end| SOURCES.contains(&end))
}

fn names(text: &str, identifier: &str) -> bool {
    ['"', '\'', '`'].iter().any(|quote| {
        let quoted = format!("{quote}{identifier}{quote}");
        text.contains(&quoted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_quotes() {
        let text = "getProvider('npm:a'); const b = \"npm:b\";";
        assert!(names(text, "npm:a"));
        assert!(names(text, "npm:b"));
        assert!(!names(text, "npm:"));
        assert!(!names("'npm:told-' + secret", "npm:told-1"));
        assert!(!names("npm:a", "npm:a"));
    }

    #[test]
    fn hosts_have_their_ports() {
        let of = |url| host_and_port(&Url::parse(url).unwrap());
        assert_eq!(
            of("https://github.com/a/b").as_deref(),
            Some("github.com:443")
        );
        assert_eq!(of("http://[::1]:81/x").as_deref(), Some("[::1]:81"));
        assert_eq!(of("file:///x.git"), None);
    }
}
