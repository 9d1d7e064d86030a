//! `.npmrc`: registries, scopes, tokens and CA file, from the user's home and from the project.
//!
//! In: the home folder's and the project's `.npmrc`, and `NPM_CONFIG_*` variables. Out: `NpmSettings`.
//! Side effects: reads those two files.

use std::path::{Path, PathBuf};

use deno_npmrc::{NpmRc, NpmRegistryUrl, ResolvedNpmRc};
use sys_traits::impls::RealSys;

use super::NpmError;

/// What `.npmrc` says.
pub struct NpmSettings {
    pub registries: ResolvedNpmRc,
    /// `cafile`: certificates trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// One file as read.
struct Source {
    path: PathBuf,
    text: String,
}

/// Reads `~/.npmrc` (or the file that `NPM_CONFIG_USERCONFIG` names) and then `<project>/.npmrc`, whose settings
/// win; `NPM_CONFIG_REGISTRY` and `NPM_CONFIG_CAFILE` win over both.
///
/// # Errors
/// [`NpmError::Config`] when a file cannot be read or parsed.
pub fn read(home: Option<&Path>, project: Option<&Path>) -> Result<NpmSettings, NpmError> {
    let user = variable("USERCONFIG").map(PathBuf::from);
    let user = user.or_else(|| Some(home?.join(".npmrc")));
    let project = project.map(|folder| folder.join(".npmrc"));
    let mut sources = Vec::new();
    for path in [user, project].into_iter().flatten() {
        match std::fs::read_to_string(&path) {
            Ok(text) => sources.push(Source { path, text }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(NpmError::Config {
                    path,
                    reason: error.to_string(),
                });
            }
        }
    }
    let named = variable("CAFILE").map(PathBuf::from);
    Ok(NpmSettings {
        registries: resolve(&sources)?,
        ca_file: named.or_else(|| sources.iter().rev().find_map(ca_file)),
    })
}

/// One text of all: a key that comes again replaces what it was.
fn resolve(sources: &[Source]) -> Result<ResolvedNpmRc, NpmError> {
    for source in sources {
        NpmRc::parse(&RealSys, &source.text).map_err(|error| config(source, error.to_string()))?;
    }
    let text: String = sources
        .iter()
        .map(|source| format!("{}\n", source.text))
        .collect();
    let failed = |reason: String| match sources.last() {
        Some(source) => config(source, reason),
        None => NpmError::Config {
            path: ".npmrc".into(),
            reason,
        },
    };
    let all = NpmRc::parse(&RealSys, &text).map_err(|error| failed(error.to_string()))?;
    all.as_resolved(&NpmRegistryUrl::for_npm(&RealSys))
        .map_err(|error| failed(error.to_string()))
}

fn config(source: &Source, reason: String) -> NpmError {
    NpmError::Config {
        path: source.path.clone(),
        reason,
    }
}

/// The last `cafile = …` line: the npm crate leaves that key to its embedder.
fn ca_file(source: &Source) -> Option<PathBuf> {
    let mut values = source.text.lines().filter_map(|line| {
        let value = line
            .trim()
            .strip_prefix("cafile")?
            .trim_start()
            .strip_prefix('=')?;
        Some(value.trim().trim_matches(['"', '\'']))
    });
    let value = expand(values.next_back()?);
    let path = source.path.parent().unwrap_or(Path::new("")).join(value);
    if !path.exists() {
        // npm goes on too: most often the file is another machine's.
        log::warn!(
            "{}: there is no cafile {}",
            source.path.display(),
            path.display()
        );
        return None;
    }
    Some(path)
}

/// `${NAME}` becomes the variable's value, as in the other keys; what is not set stays.
fn expand(value: &str) -> String {
    let mut parts = value.split("${");
    let mut expanded = parts.next().unwrap_or_default().to_string();
    for part in parts {
        match part
            .split_once('}')
            .map(|(name, rest)| (std::env::var(name), rest))
        {
            Some((Ok(found), rest)) => expanded.extend([&found, rest]),
            _ => expanded.extend(["${", part]),
        }
    }
    expanded
}

/// npm takes its variables in either case.
fn variable(name: &str) -> Option<String> {
    let names = [
        format!("NPM_CONFIG_{name}"),
        format!("npm_config_{}", name.to_lowercase()),
    ];
    names
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_overrides_the_home() {
        let home = tempfile::tempdir().unwrap();
        let project = tempfile::tempdir().unwrap();
        std::fs::write(
            home.path().join(".npmrc"),
            "registry=http://home.test/\n@a:registry=http://a.test/",
        )
        .unwrap();
        std::fs::write(
            project.path().join(".npmrc"),
            "registry=http://project.test/\n@b:registry=http://b.test\ncafile = \"ca.pem\"\n",
        )
        .unwrap();
        let settings = read(Some(home.path()), Some(project.path())).unwrap();
        let registries = &settings.registries;
        assert_eq!(
            registries.get_registry_url("x").as_str(),
            "http://project.test/"
        );
        assert_eq!(
            registries.get_registry_url("@a/x").as_str(),
            "http://a.test/"
        );
        assert_eq!(
            registries.get_registry_url("@b/x").as_str(),
            "http://b.test/"
        );
        assert_eq!(settings.ca_file, None);
        std::fs::write(project.path().join("ca.pem"), "").unwrap();
        let settings = read(Some(home.path()), Some(project.path())).unwrap();
        assert_eq!(settings.ca_file, Some(project.path().join("ca.pem")));
    }

    #[test]
    fn variables_in_values_are_filled_in() {
        let home = std::env::var("HOME").unwrap();
        assert_eq!(
            expand("${HOME}/a/${PRIZM_NOT_SET}/b"),
            format!("{home}/a/${{PRIZM_NOT_SET}}/b")
        );
    }
}
