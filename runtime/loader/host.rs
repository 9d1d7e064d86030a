//! The answers to the ops of `prizm_ops`: what lies above them in the program.
//!
//! In: texts from scripts. Out: identifiers, repositories, files for `require`. Side effects: the sources'.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_semver::npm::NpmPackageReqReference;
use node_resolver::{InNpmPackageChecker, ResolutionMode};
use prizm_ops::registry::{Host, HostError, Repository, RepositoryKind};

use crate::context::Context;
use crate::hints;
use crate::providers;
use crate::specifier::Specifier;

/// Similarity from which a name counts as mistyped.
const SIMILAR: f64 = 0.6;

pub struct ContextHost(pub Arc<Context>);

fn failed(class: &'static str, error: &(dyn std::error::Error + 'static)) -> HostError {
    HostError::new(class, error, hints::of(error))
}

impl ContextHost {
    fn specifier(&self, text: &str) -> Result<Specifier, HostError> {
        self.0.parse_identifier(text).map_err(|error| failed("TypeError", &error))
    }
}

#[async_trait::async_trait(?Send)]
impl Host for ContextHost {
    fn parse_identifier(&self, text: &str) -> Result<serde_json::Value, HostError> {
        Ok(self.specifier(text)?.to_parsed_identifier())
    }

    fn canonical_identifier(&self, text: &str) -> Result<String, HostError> {
        Ok(self.specifier(text)?.canonical())
    }

    fn identifier_kind(&self, text: &str) -> Result<&'static str, HostError> {
        Ok(match self.specifier(text)? {
            Specifier::Github { .. } => "github",
            Specifier::Git { .. } => "git",
            Specifier::Npm { .. } => "npm",
            Specifier::File { .. } => "file",
            Specifier::Http { .. } => "http",
            Specifier::Static { .. } => "static",
        })
    }

    async fn load_repository(&self, kind: RepositoryKind, identifier: &str) -> Result<Repository, HostError> {
        let loaded = providers::load_repository(&self.0, kind, identifier).await;
        loaded.map_err(|error| failed("Error", &error))
    }

    fn resolve_require(&self, request: &str, parent: &str) -> Result<Option<String>, HostError> {
        let context = &self.0;
        let Ok(parent) = url_from_file_path(Path::new(parent)) else { return Ok(None) };
        if context.npm.checker().in_npm_package(&parent) || request.starts_with('#') {
            return Ok(None);
        }
        let resolve = || context.resolver.resolve(request, &parent, ResolutionMode::Require);
        // Node's own resolution says what is missing in the words that code looks for: MODULE_NOT_FOUND.
        let Ok(mut found) = resolve() else { return Ok(None) };
        if found.scheme() == "npm" {
            let Ok(reference) = NpmPackageReqReference::from_specifier(&found) else { return Ok(None) };
            let installed = context.npm.ensure_blocking(vec![reference.req().clone()]);
            installed.map_err(|error| failed("Error", &*error))?;
            found = resolve().map_err(|error| failed("Error", &error))?;
        }
        match found.scheme() {
            "file" => Ok(url_to_file_path(&found).ok().map(|path| path.to_string_lossy().into_owned())),
            _ => Ok(None),
        }
    }

    fn static_providers(&self) -> BTreeMap<String, String> {
        self.0.options.config.as_ref().map(|config| config.providers.clone()).unwrap_or_default()
    }

    fn near_matches(&self, name: &str, candidates: Vec<String>) -> Vec<String> {
        let mut near: Vec<(f64, String)> = candidates
            .into_iter()
            .map(|candidate| (strsim::normalized_damerau_levenshtein(name, &candidate), candidate))
            .filter(|(similarity, _)| *similarity >= SIMILAR)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.into_iter().map(|(_, candidate)| candidate).collect()
    }
}
