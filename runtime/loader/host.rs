//! The answers to the ops of `prizm_ops`: what lies above them in the program.
//!
//! In: texts from scripts. Out: identifiers, repositories, files for `require`. Side effects: the sources'.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_semver::npm::NpmPackageReqReference;
use node_resolver::ResolutionMode;
use prizm_ops::isolate::Timing;
use prizm_ops::isolate::inbox::LinkId;
use prizm_ops::isolate::links::Links;
use prizm_ops::registry::{Host, HostError, Repository, RepositoryKind};

use url::Url;

use super::confine::{self, Import};
use super::failures::Failures;
use super::names;
use super::require::is_native;
use super::resolve::ResolveError;
use crate::context::Context;
use crate::hints;
use crate::isolate::{Admission, Confinement, Guests};
use crate::permissions::{PermissionError, Sandbox};
use crate::specifier::Specifier;
use crate::trust::{self, Admitted, Purpose};
use crate::worker::WorkerFactory;

/// Similarity from which a name counts as mistyped.
const SIMILAR: f64 = 0.6;

/// The code by which programs know that they must do without a module.
const NOT_FOUND: &str = "MODULE_NOT_FOUND";

/// What one isolate asks.
pub struct ContextHost {
    context: Arc<Context>,
    guests: Guests,
    /// What binds the isolate, if it is a guest's.
    confinement: Option<Arc<Confinement>>,
}

fn failed(class: &'static str, error: &(dyn std::error::Error + 'static)) -> HostError {
    HostError::new(class, error, hints::of(error))
}

/// What is simply missing is left to Node's own resolution, which has the words for it; the rest is told here.
fn unresolved(error: &ResolveError) -> Result<Option<String>, HostError> {
    match (error, error.code()) {
        (_, Some(code)) => Err(failed("Error", error).with_code(code)),
        (
            ResolveError::NotFound { .. } | ResolveError::Node(_) | ResolveError::Subpath(_),
            None,
        ) => Ok(None),
        _ => Err(failed("Error", error).with_code(NOT_FOUND)),
    }
}

impl ContextHost {
    pub fn new(
        context: Arc<Context>,
        factory: Arc<WorkerFactory>,
        confinement: Option<Arc<Confinement>>,
    ) -> ContextHost {
        ContextHost {
            context,
            guests: Guests::new(factory),
            confinement,
        }
    }

    /// What `require(request)` led to in a guest.
    fn admit(&self, request: &str, parent: &Url, found: &Url) -> Result<(), HostError> {
        let Some(confinement) = &self.confinement else {
            return Ok(());
        };
        let named = (request, parent);
        confine::admit(&self.context, confinement, named, found, Import::MadeUp)
            .map_err(|error| failed("NotCapable", &error).with_code(NOT_FOUND))
    }

    /// What a guest loads may do what both of them may: it would otherwise borrow the grants of others.
    fn within_own(&self, sandbox: Option<Sandbox>) -> Result<Option<Sandbox>, PermissionError> {
        let (Some(confinement), Some(sandbox)) = (&self.confinement, &sandbox) else {
            return Ok(sandbox);
        };
        let own = confinement.sandbox.as_ref();
        let most = own.map(|own| own.granted.set().clone());
        sandbox.clone().within(&most.unwrap_or_default()).map(Some)
    }

    /// The entry point of a repository, for `require`, which cannot await.
    fn check_out(&self, identifier: &str) -> Result<Option<String>, HostError> {
        let loading = trust::load(&self.context, Purpose::Import, identifier);
        let admitted =
            futures::executor::block_on(loading).map_err(|error| failed("Error", &error))?;
        let repository = admitted.repository;
        if let Some(confinement) = &self.confinement {
            let root = Path::new(&repository.root);
            confinement.add_root(root, &self.context.resolver.cache_root);
        }
        let entry = repository.entry.and_then(|entry| Url::parse(&entry).ok());
        Ok(entry
            .and_then(|entry| url_to_file_path(&entry).ok())
            .map(|path| path.to_string_lossy().into_owned()))
    }

    fn specifier(&self, text: &str) -> Result<Specifier, HostError> {
        self.context
            .parse_identifier(text)
            .map_err(|error| failed("TypeError", &error))
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

    async fn load_repository(
        &self,
        kind: RepositoryKind,
        identifier: &str,
    ) -> Result<Repository, HostError> {
        if let Some(confinement) = &self.confinement {
            names::check(&self.context, confinement, identifier)
                .map_err(|error| failed("NotCapable", &error))?;
        }
        let loaded = trust::load(&self.context, Purpose::Run(kind), identifier).await;
        let Admitted {
            repository,
            sandbox,
        } = loaded.map_err(|error| failed("Error", &error))?;
        let sandbox = self.within_own(sandbox);
        if let Some(sandbox) = sandbox.map_err(|error| failed("Error", &error))? {
            self.guests.admit(Admission {
                repository: repository.clone(),
                permissions: sandbox.options.clone(),
                sandbox: Some(Arc::new(sandbox)),
            });
        }
        Ok(repository)
    }

    async fn spawn_isolate(&self, identity: &str, links: &Links) -> Result<LinkId, HostError> {
        let spawned = self.guests.spawn(identity, links);
        spawned.map_err(|error| failed("Error", &error))
    }

    fn cache_folder(&self) -> Option<String> {
        let sandbox = self.confinement.as_ref()?.sandbox.as_ref()?;
        let folder = sandbox.cache_folder()?;
        Some(folder.to_string_lossy().into_owned())
    }

    fn explain_denied(&self, message: &str, place: Option<&str>) -> Option<(String, String)> {
        let sandbox = self.confinement.as_ref()?.sandbox.as_ref()?;
        let denial = sandbox.explain(message, place)?;
        Some((denial.message, denial.hint.unwrap_or_default()))
    }

    fn isolate_timing(&self) -> Timing {
        let limits = self.context.options.isolates.limits;
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        Timing {
            call: limits.wall.map(milliseconds),
            idle: limits.idle.map(milliseconds),
        }
    }

    fn resolve_require(&self, request: &str, parent: &str) -> Result<Option<String>, HostError> {
        let context = &self.context;
        let Ok(parent) = url_from_file_path(Path::new(parent)) else {
            return Ok(None);
        };
        if context.resolver.is_package_file(&parent) || request.starts_with('#') {
            return Ok(None);
        }
        if let Some(confinement) = &self.confinement {
            confine::check_path(context, confinement, request, &parent)
                .map_err(|error| failed("NotCapable", &error).with_code(NOT_FOUND))?;
        }
        let resolve = || {
            context
                .resolver
                .resolve(request, &parent, ResolutionMode::Require)
        };
        let mut found = match resolve() {
            Ok(found) => found,
            Err(error) => return unresolved(&error),
        };
        self.admit(request, &parent, &found)?;
        if found.scheme() == "npm" {
            let Ok(reference) = NpmPackageReqReference::from_specifier(&found) else {
                return Ok(None);
            };
            let installed = context.npm.ensure_blocking(vec![reference.req().clone()]);
            installed.map_err(|error| match error.is_missing() {
                true => failed("Error", &*error).with_code(NOT_FOUND),
                false => failed("Error", &*error),
            })?;
            found = match resolve() {
                Ok(found) => found,
                Err(error) => return unresolved(&error),
            };
            self.admit(request, &parent, &found)?;
        }
        if matches!(
            found.scheme(),
            "github" | "git+https" | "git+http" | "git+file"
        ) {
            return self.check_out(found.as_str());
        }
        match found.scheme() {
            "file" => {
                let path = url_to_file_path(&found).ok();
                if let Some(path) = path.as_ref().filter(|path| is_native(path)) {
                    let checked = context.cache.check_native(path);
                    checked.map_err(|error| failed("Error", &error))?;
                }
                Ok(path.map(|path| path.to_string_lossy().into_owned()))
            }
            _ => Ok(None),
        }
    }

    fn failed_import(&self, message: &str) -> Option<(Vec<String>, Vec<String>)> {
        let own = self.confinement.as_ref().map(|own| &own.failures);
        let below = own.unwrap_or(Failures::of_script()).below(message)?;
        Some((below.causes, below.hints))
    }

    fn static_providers(&self) -> BTreeMap<String, String> {
        self.context
            .options
            .config
            .as_ref()
            .map(|config| config.providers.clone())
            .unwrap_or_default()
    }

    fn aliases(&self) -> BTreeMap<String, String> {
        self.context
            .options
            .config
            .as_ref()
            .map(|config| config.aliases.clone())
            .unwrap_or_default()
    }

    fn near_matches(&self, name: &str, candidates: Vec<String>) -> Vec<String> {
        let mut near: Vec<(f64, String)> = candidates
            .into_iter()
            .map(|candidate| {
                (
                    strsim::normalized_damerau_levenshtein(name, &candidate),
                    candidate,
                )
            })
            .filter(|(similarity, _)| *similarity >= SIMILAR)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.into_iter().map(|(_, candidate)| candidate).collect()
    }
}
