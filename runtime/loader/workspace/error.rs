//! What can be wrong with a workspace, or with a dependency that wants one.
//!
//! In: the file that declares it, the dependency. Out: [`WorkspaceError`]. Side effects: none.

use std::path::{Path, PathBuf};

use super::{Member, Workspace};
use crate::providers::manifest::ManifestError;

/// Likeness from which a name counts as mistyped.
const SIMILAR: f64 = 0.6;

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("Could not read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("'{}' is not the YAML of a workspace: {reason}", path.display())]
    NotYaml { path: PathBuf, reason: String },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A dependency that only means something inside of a workspace.
    #[error("'{dependency}' is '{text}' in '{}', which belongs to no workspace", manifest.display())]
    Outside {
        dependency: String,
        text: String,
        manifest: PathBuf,
    },
    #[error("'{dependency}' is '{text}' in '{}', but no package of the workspace '{}' has that name", manifest.display(), file.display())]
    NoMember {
        dependency: String,
        text: String,
        manifest: PathBuf,
        file: PathBuf,
        near: Option<String>,
    },
    #[error("'{dependency}' is '{text}' in '{}', but the workspace has {has}", manifest.display())]
    Version {
        dependency: String,
        text: String,
        manifest: PathBuf,
        /// `version 1.0.0`
        has: String,
    },
    #[error("'{dependency}' is '{text}' in '{}', but that catalog of '{}' does not have it", manifest.display(), file.display())]
    NoCatalog {
        dependency: String,
        text: String,
        manifest: PathBuf,
        file: PathBuf,
    },
}

impl WorkspaceError {
    /// What the reader can type.
    pub fn hints(&self) -> Vec<String> {
        match self {
            WorkspaceError::Outside {
                dependency, text, ..
            } if text.starts_with("catalog:") => vec![
                "catalogs are in pnpm-workspace.yaml at the repository's root".to_owned(),
                format!("outside of one, give a range: \"{dependency}\": \"^1.0.0\""),
            ],
            WorkspaceError::Outside { dependency, .. } => vec![
                "a workspace has \"workspaces\": [\"packages/*\"] in the package.json of its root, or pnpm-workspace.yaml"
                    .to_owned(),
                format!("outside of one, give a range: \"{dependency}\": \"^1.0.0\""),
            ],
            WorkspaceError::NoMember { near: Some(name), .. } => {
                vec![format!("did you mean '{name}'?")]
            }
            WorkspaceError::NoMember { dependency, file, .. } => vec![format!(
                "name the folder of '{dependency}' in {}",
                file.display()
            )],
            WorkspaceError::Version { dependency, .. } => {
                vec![format!("\"{dependency}\": \"workspace:*\"")]
            }
            WorkspaceError::NoCatalog {
                dependency,
                text,
                file,
                ..
            } => {
                let catalog = match text.strip_prefix("catalog:").unwrap_or_default() {
                    "" | "default" => "catalog:".to_owned(),
                    name => format!("catalogs: {name}:"),
                };
                vec![format!("{catalog} {dependency}: ^1.0.0, in {}", file.display())]
            }
            WorkspaceError::Read { .. }
            | WorkspaceError::NotYaml { .. }
            | WorkspaceError::Manifest(_) => Vec::new(),
        }
    }

    /// The error for a name that `workspace` does not have.
    pub fn no_member(
        workspace: &Workspace,
        dependency: &str,
        name: &str,
        text: &str,
        manifest: &Path,
    ) -> WorkspaceError {
        let likeness = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
        let near = workspace
            .names()
            .map(|other| (likeness(other), other))
            .filter(|(likeness, _)| *likeness >= SIMILAR)
            .max_by(|one, other| one.0.total_cmp(&other.0));
        WorkspaceError::NoMember {
            dependency: dependency.to_owned(),
            text: text.to_owned(),
            manifest: manifest.to_path_buf(),
            file: workspace.file.clone(),
            near: near.map(|(_, name)| name.to_owned()),
        }
    }

    /// The error for a member whose version does not fit.
    pub fn other_version(
        member: &Member,
        dependency: &str,
        text: &str,
        manifest: &Path,
    ) -> WorkspaceError {
        WorkspaceError::Version {
            dependency: dependency.to_owned(),
            text: text.to_owned(),
            manifest: manifest.to_path_buf(),
            has: match &member.version {
                Some(version) => format!("version {version}"),
                None => "one without a version".to_owned(),
            },
        }
    }
}
