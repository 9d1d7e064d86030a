//! From an error to what the reader can type next.
//!
//! In: any error. Out: the hints of the first of ours in its chain. Side effects: none.

use std::error::Error;
use std::sync::Arc;

use prizm_ops::registry::HostError;
use prizm_typescript::TypeScriptError;

use crate::audit::AuditError;
use crate::audit::advisories::AdvisoryError;
use crate::cache::CacheError;
use crate::config::ConfigError;
use crate::context::ContextError;
use crate::history::HistoryError;
use crate::http::HttpError;
use crate::isolate::IsolateError;
use crate::loader::names::NameError;
use crate::loader::resolve::ResolveError;
use crate::loader::unit::UnitError;
use crate::lockfile::LockfileError;
use crate::options::OptionsError;
use crate::permissions::PermissionError;
use crate::policy::PolicyError;
use crate::providers::LoadError;
use crate::scan::ScanError;
use crate::signatures::SignatureError;
use crate::sources::git::GitError;
use crate::sources::http::RemoteError;
use crate::sources::npm::NpmError;
use crate::specifier::SpecifierError;
use crate::trust::TrustError;

/// The hints of `error`, or of what caused it.
pub fn of(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(hints) = own(error).filter(|hints| !hints.is_empty()) {
            return hints;
        }
        next = error.source();
    }
    Vec::new()
}

/// The hints of `error` itself; `None` where it is none of ours. Every error type that has hints is named here.
pub fn own(error: &(dyn Error + 'static)) -> Option<Vec<String>> {
    macro_rules! first_of {
        ($($kind:ty),+ $(,)?) => {
            $(if let Some(error) = error.downcast_ref::<$kind>() { return Some(error.hints()); })+
        };
    }
    first_of!(
        AdvisoryError,
        AuditError,
        CacheError,
        ConfigError,
        ContextError,
        GitError,
        HostError,
        HistoryError,
        HttpError,
        IsolateError,
        LoadError,
        LockfileError,
        NameError,
        NpmError,
        PolicyError,
        Arc<NpmError>,
        OptionsError,
        PermissionError,
        RemoteError,
        ScanError,
        ResolveError,
        SignatureError,
        SpecifierError,
        TrustError,
        UnitError,
        TypeScriptError,
        Arc<TypeScriptError>,
    );
    None
}
