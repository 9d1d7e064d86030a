//! Ops of the registries: identifiers, repositories, and `require` from local files.
//!
//! In: texts from scripts. Out: what the [`Host`] answers. Side effects: the host's (fetching, caching).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::rc::Rc;

use deno_core::{OpDecl, OpState, op2};
use deno_error::{JsErrorClass, PropertyValue};
use serde::Serialize;

use crate::isolate::Timing;
use crate::isolate::inbox::LinkId;
use crate::isolate::links::Links;

/// Which interface the repository's code is loaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepositoryKind {
    Provider,
    Service,
}

/// A repository in the cache (or a local folder), ready to be run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// What makes two texts the same thing: `github:owner/repo@<commit>`, `npm:name@1.2.3`, `file:///…`.
    pub identity: String,
    pub identifier: String,
    pub root: String,
    /// URL of the module to import; `None` for a repository without code.
    pub entry: Option<String>,
    pub compose_file: Option<String>,
    pub manifest: Option<serde_json::Value>,
    /// The entry points that were looked for, in order.
    pub tried: Vec<String>,
    /// Whether its code runs in an isolate of its own.
    pub isolated: bool,
}

/// What the ops need from the program above them.
#[async_trait::async_trait(?Send)]
pub trait Host {
    /// # Errors
    /// A text that is no identifier.
    fn parse_identifier(&self, text: &str) -> Result<serde_json::Value, HostError>;

    /// # Errors
    /// As [`Host::parse_identifier`].
    fn canonical_identifier(&self, text: &str) -> Result<String, HostError>;

    /// # Errors
    /// As [`Host::parse_identifier`].
    fn identifier_kind(&self, text: &str) -> Result<&'static str, HostError>;

    /// # Errors
    /// Whatever keeps the repository from being resolved, fetched or verified.
    async fn load_repository(
        &self,
        kind: RepositoryKind,
        identifier: &str,
    ) -> Result<Repository, HostError>;

    /// The file that `require(request)` in the local file `parent` means; `None` leaves it to Node's rules.
    ///
    /// # Errors
    /// A package that cannot be installed.
    fn resolve_require(&self, request: &str, parent: &str) -> Result<Option<String>, HostError>;

    /// Starts the isolate of a repository that was loaded before, as a guest; the link to it.
    ///
    /// # Errors
    /// A repository that was not loaded in this isolate; a thread that cannot be started.
    async fn spawn_isolate(&self, identity: &str, links: &Links) -> Result<LinkId, HostError>;

    /// The limits of isolates that JavaScript keeps.
    fn isolate_timing(&self) -> Timing;

    /// What to say in place of `message`, if that is of an access which this isolate was denied: a message, and what
    /// the reader can type (empty where nothing helps).
    ///
    /// `place`: the line of code, `file:///…/index.ts:3:15`.
    fn explain_denied(&self, _message: &str, _place: Option<&str>) -> Option<(String, String)> {
        None
    }

    /// What lay below the `message` of a failed import: causes, outermost first, and hints.
    fn failed_import(&self, message: &str) -> Option<(Vec<String>, Vec<String>)>;

    /// The folder that the provider of this isolate has for itself; `None` where it was granted none, and for scripts.
    fn cache_folder(&self) -> Option<String> {
        None
    }

    /// Static ids of the project's `prizm.json`: id to identifier.
    fn static_providers(&self) -> BTreeMap<String, String>;

    /// Short names of the project's `prizm.json`, for providers and services alike: name to identifier.
    fn aliases(&self) -> BTreeMap<String, String>;

    /// Those of `candidates` that look like `name`, best first.
    fn near_matches(&self, name: &str, candidates: Vec<String>) -> Vec<String>;
}

/// An error on its way into JavaScript: message, causes and hints survive the crossing.
///
/// It has no `source`: where the runtime makes text of an error, it would put the sources into the message.
#[derive(Debug)]
pub struct HostError {
    class: &'static str,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    code: Option<&'static str>,
}

impl HostError {
    /// `class`: the JavaScript class, such as `Error` or `TypeError`.
    pub fn new(
        class: &'static str,
        error: &(dyn Error + 'static),
        hints: Vec<String>,
    ) -> HostError {
        let message = error.to_string();
        let mut causes = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            // A transparent wrapper repeats the text of what it wraps.
            if causes.last().unwrap_or(&message) != &text {
                causes.push(text);
            }
            next = cause.source();
        }
        HostError {
            class,
            message,
            causes,
            hints,
            code: None,
        }
    }

    /// Adds what JavaScript tells Node's errors apart by: `ERR_PACKAGE_PATH_NOT_EXPORTED`.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> HostError {
        self.code = Some(code);
        self
    }

    /// Names the place in a script that led here.
    #[must_use]
    pub fn at(mut self, place: Option<&str>) -> HostError {
        if let Some(place) = place {
            self.message = format!("{}\n    at {place}", self.message);
        }
        self
    }

    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        self.hints.clone()
    }

    /// What led to it, outermost first.
    pub fn causes(&self) -> &[String] {
        &self.causes
    }
}

/// Between the causes, which cross as one string; never part of a message.
const SEPARATOR: &str = "\u{1f}";

impl std::fmt::Display for HostError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for HostError {}

impl JsErrorClass for HostError {
    fn get_class(&self) -> std::borrow::Cow<'static, str> {
        self.class.into()
    }

    fn get_message(&self) -> std::borrow::Cow<'static, str> {
        self.message.clone().into()
    }

    fn get_additional_properties(&self) -> deno_error::AdditionalProperties {
        let properties = [
            ("prizmCauses", self.causes.join(SEPARATOR)),
            ("prizmHints", self.hints.join("\n")),
        ];
        let code = self.code.map(|code| ("code", code.to_string()));
        let properties = properties.into_iter().chain(code);
        Box::new(properties.map(|(name, text)| (name.into(), PropertyValue::String(text.into()))))
    }

    fn get_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }
}

pub(crate) fn ops() -> Vec<OpDecl> {
    vec![
        op_prizm_parse_identifier(),
        op_prizm_canonical_identifier(),
        op_prizm_identifier_kind(),
        op_prizm_load_repository(),
        op_prizm_resolve_require(),
        op_prizm_cache_folder(),
        op_prizm_explain_denied(),
        op_prizm_failed_import(),
        op_prizm_static_providers(),
        op_prizm_aliases(),
        op_prizm_near_matches(),
        op_prizm_version(),
    ]
}

fn host(state: &OpState) -> Rc<dyn Host> {
    state.borrow::<Rc<dyn Host>>().clone()
}

#[op2]
#[serde]
fn op_prizm_parse_identifier(
    state: &OpState,
    #[string] text: &str,
) -> Result<serde_json::Value, HostError> {
    host(state).parse_identifier(text)
}

#[op2]
#[string]
fn op_prizm_canonical_identifier(
    state: &OpState,
    #[string] text: &str,
) -> Result<String, HostError> {
    host(state).canonical_identifier(text)
}

#[op2]
#[string]
fn op_prizm_identifier_kind(state: &OpState, #[string] text: &str) -> Result<String, HostError> {
    host(state).identifier_kind(text).map(str::to_string)
}

#[op2]
#[serde]
async fn op_prizm_load_repository(
    state: Rc<RefCell<OpState>>,
    is_service: bool,
    #[string] identifier: String,
) -> Result<Repository, HostError> {
    let host = host(&state.borrow());
    let kind = match is_service {
        true => RepositoryKind::Service,
        false => RepositoryKind::Provider,
    };
    host.load_repository(kind, &identifier).await
}

#[op2(reentrant)]
#[string]
fn op_prizm_resolve_require(
    state: Rc<RefCell<OpState>>,
    #[string] request: &str,
    #[string] parent: &str,
) -> Result<Option<String>, HostError> {
    let host = host(&state.borrow());
    host.resolve_require(request, parent)
}

#[op2]
#[string]
fn op_prizm_cache_folder(state: &OpState) -> Option<String> {
    host(state).cache_folder()
}

#[op2]
#[serde]
fn op_prizm_explain_denied(
    state: &OpState,
    #[string] message: &str,
    #[string] place: Option<String>,
) -> Option<(String, String)> {
    host(state).explain_denied(message, place.as_deref())
}

#[op2]
#[serde]
fn op_prizm_failed_import(
    state: &OpState,
    #[string] message: &str,
) -> Option<(Vec<String>, Vec<String>)> {
    host(state).failed_import(message)
}

#[op2]
#[serde]
fn op_prizm_static_providers(state: &OpState) -> BTreeMap<String, String> {
    host(state).static_providers()
}

#[op2]
#[serde]
fn op_prizm_aliases(state: &OpState) -> BTreeMap<String, String> {
    host(state).aliases()
}

#[op2]
#[serde]
fn op_prizm_near_matches(
    state: &OpState,
    #[string] name: &str,
    #[serde] candidates: Vec<String>,
) -> Vec<String> {
    host(state).near_matches(name, candidates)
}

#[op2]
#[string]
fn op_prizm_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
