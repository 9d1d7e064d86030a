//! `.npmrc`: registries, scopes, tokens and CA file, from the user's home and from the project.
//!
//! In: the home folder's and the project's `.npmrc`, and `NPM_CONFIG_*` variables. Out: `NpmSettings`.
//! Side effects: reads those two files.

use std::path::{Path, PathBuf};

use deno_npmrc::{NpmRc, NpmRegistryUrl, ResolvedNpmRc};
use deno_resolver::npmrc::create_default_npmrc;
use sys_traits::impls::RealSys;

use super::NpmError;

/// What `.npmrc` says.
pub struct NpmSettings {
    pub registries: ResolvedNpmRc,
    /// `cafile`: certificates trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Reads `~/.npmrc` and then `<project>/.npmrc`, whose settings win.
///
/// # Errors
/// [`NpmError::Config`] when a file cannot be read or parsed.
pub fn read(home: Option<&Path>, project: Option<&Path>) -> Result<NpmSettings, NpmError> {
    let mut text = String::new();
    let mut last = PathBuf::new();
    for directory in [home, project].into_iter().flatten() {
        let path = directory.join(".npmrc");
        match std::fs::read_to_string(&path) {
            Ok(content) => {
                text.push_str(&content);
                text.push('\n');
                last = path;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(NpmError::Config {
                    path,
                    reason: error.to_string(),
                });
            }
        }
    }
    if text.is_empty() {
        return Ok(NpmSettings {
            registries: create_default_npmrc(&RealSys),
            ca_file: None,
        });
    }
    resolve(&text, last)
}

fn resolve(text: &str, path: PathBuf) -> Result<NpmSettings, NpmError> {
    let config = |reason: String| NpmError::Config {
        path: path.clone(),
        reason,
    };
    let npmrc = NpmRc::parse(&RealSys, text).map_err(|error| config(error.to_string()))?;
    let registries = npmrc
        .as_resolved(&NpmRegistryUrl::for_npm(&RealSys))
        .map_err(|error| config(error.to_string()))?;
    Ok(NpmSettings {
        registries,
        ca_file: ca_file(text).map(|file| match path.parent() {
            Some(directory) => directory.join(file),
            None => file,
        }),
    })
}

/// The last `cafile = …` line: the npm crate leaves that key to its embedder.
fn ca_file(text: &str) -> Option<PathBuf> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("cafile"))
        .filter_map(|rest| rest.trim_start().strip_prefix('='))
        .map(|value| PathBuf::from(value.trim().trim_matches(['"', '\''])))
        .next_back()
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
            "registry=http://home.test/\n@a:registry=http://a.test/\n",
        )
        .unwrap();
        std::fs::write(
            project.path().join(".npmrc"),
            "registry=http://project.test/\ncafile = \"ca.pem\"\n",
        )
        .unwrap();
        let settings = read(Some(home.path()), Some(project.path())).unwrap();
        let registries = &settings.registries;
        assert_eq!(registries.get_registry_url("x").as_str(), "http://project.test/");
        assert_eq!(registries.get_registry_url("@a/x").as_str(), "http://a.test/");
        assert_eq!(settings.ca_file, Some(project.path().join("ca.pem")));
    }
}
