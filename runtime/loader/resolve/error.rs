//! What can be wrong with a specifier.
//!
//! In: the specifier, the file that names it, what Node's resolution found. Out: [`ResolveError`].
//! Side effects: none, but for reading again a package.json that is not JSON, to say where.

use std::sync::Arc;

use node_resolver::errors::{NodeJsErrorCode, NodeJsErrorCoded};
use url::Url;

use crate::loader::workspace::WorkspaceError;
use crate::providers::manifest::{ManifestError, read_json};

#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum ResolveError {
    #[class(type)]
    #[error("Cannot find module '{specifier}' from {referrer}{}", found(near))]
    NotFound {
        specifier: String,
        referrer: String,
        near: Option<String>,
    },
    #[class(type)]
    #[error("'{specifier}' is no valid specifier (from {referrer}): {reason}")]
    Invalid {
        specifier: String,
        referrer: String,
        reason: String,
    },
    #[class(type)]
    #[error("{0}")]
    ImportMap(String),
    #[class(inherit)]
    #[error(transparent)]
    Node(#[from] node_resolver::errors::NodeResolveError),
    #[class(inherit)]
    #[error(transparent)]
    Subpath(#[from] node_resolver::errors::PackageSubpathFromDenoModuleResolveError),
    #[class(inherit)]
    #[error(transparent)]
    PackageJson(node_resolver::errors::PackageJsonLoadError),
    #[class(syntax)]
    #[error(transparent)]
    Manifest(ManifestError),
    #[class(type)]
    #[error(transparent)]
    Workspace(Box<WorkspaceError>),
    #[class(type)]
    #[error(transparent)]
    TsConfig(#[from] Arc<prizm_typescript::TypeScriptError>),
}

impl From<WorkspaceError> for ResolveError {
    fn from(error: WorkspaceError) -> ResolveError {
        ResolveError::Workspace(Box::new(error))
    }
}

impl From<node_resolver::errors::PackageJsonLoadError> for ResolveError {
    /// Where package.json is not JSON, our own reader says where.
    fn from(error: node_resolver::errors::PackageJsonLoadError) -> ResolveError {
        match &error.0 {
            deno_package_json::PackageJsonLoadError::Deserialize { path, .. } => {
                match read_json(path) {
                    Err(own) => ResolveError::Manifest(own),
                    Ok(_) => ResolveError::PackageJson(error),
                }
            }
            _ => ResolveError::PackageJson(error),
        }
    }
}

impl ResolveError {
    /// What the reader can type.
    pub fn hints(&self) -> Vec<String> {
        match self {
            ResolveError::Workspace(error) => error.hints(),
            ResolveError::TsConfig(error) => error.hints(),
            _ => Vec::new(),
        }
    }

    /// Node's code for a package that is there but does not offer what was asked for; `None` where something is
    /// missing altogether.
    pub fn code(&self) -> Option<&'static str> {
        let code = match self {
            ResolveError::Node(error) => error.maybe_code()?,
            ResolveError::Subpath(error) => error.code(),
            _ => return None,
        };
        match code {
            NodeJsErrorCode::ERR_MODULE_NOT_FOUND | NodeJsErrorCode::ERR_TYPES_NOT_FOUND => None,
            code => Some(code.as_str()),
        }
    }
}

fn found(near: &Option<String>) -> String {
    near.as_ref()
        .map(|near| format!("; did you mean '{near}'?"))
        .unwrap_or_default()
}

pub(super) fn readable(referrer: &Url) -> String {
    referrer.to_string()
}

pub(super) fn invalid(specifier: &str, referrer: &Url, reason: String) -> ResolveError {
    ResolveError::Invalid {
        specifier: specifier.to_string(),
        referrer: readable(referrer),
        reason,
    }
}
