//! Which variables of the process a guest sees, and which its programs get.
//!
//! In: the isolate's permissions. Out: [`Granted`], which its ops ask. Side effects: none; each question is a check,
//! and so is recorded as one.

use std::collections::HashMap;

use deno_core::OpState;
use deno_error::JsErrorBox;
use deno_runtime::deno_os::ProcessEnvGuard;
use deno_runtime::deno_permissions::{PermissionCheckError, PermissionState, PermissionsContainer};
use prizm_ops::isolate::environment::Variables;

/// What the terminal of the script is like; libraries ask before they colour.
const HARMLESS: [&str; 3] = ["FORCE_COLOR", "NODE_DEBUG", "NO_COLOR"];

/// Without these, programs are not found, or speak in the wrong way.
const FOR_PROGRAMS: &[&str] = match cfg!(windows) {
    true => &[
        "PATH",
        "PATHEXT",
        "SYSTEMROOT",
        "COMSPEC",
        "TEMP",
        "TMP",
        "USERPROFILE",
    ],
    false => &["PATH", "HOME", "LANG", "TMPDIR", "TZ"],
};
const LOCALE: &str = "LC_";

/// The variables that were granted.
pub struct Granted;

impl Variables for Granted {
    fn get(&self, state: &mut OpState, name: &str) -> Result<Option<String>, JsErrorBox> {
        let is_seen = match name {
            _ if HARMLESS.contains(&name) => true,
            // The runtime itself asks for these, which says nothing about what the provider needs.
            "NODE_OPTIONS" => query(state, name),
            _ => is_granted(state, name)?,
        };
        if !is_seen {
            return Ok(None);
        }
        // No system has variables of such names.
        if name.is_empty() || name.contains(['=', '\0']) {
            return Ok(None);
        }
        match ProcessEnvGuard::lock().var(name) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(JsErrorBox::type_error(error.to_string())),
        }
    }

    fn all(&self, state: &mut OpState) -> Result<HashMap<String, String>, JsErrorBox> {
        let permissions = state.borrow::<PermissionsContainer>();
        let may_see_all = match permissions.check_env_all() {
            Err(error) if !is_ignored(&error) => return Err(JsErrorBox::from_err(error)),
            result => result.is_ok(),
        };
        let is_seen = |name: &str| may_see_all || query(state, name);
        Ok(variables().filter(|(name, _)| is_seen(name)).collect())
    }

    fn for_programs(&self) -> HashMap<String, String> {
        let is_needed = |name: &str| {
            let known = FOR_PROGRAMS.iter().any(|known| match cfg!(windows) {
                true => known.eq_ignore_ascii_case(name),
                false => *known == name,
            });
            known || name.starts_with(LOCALE)
        };
        variables().filter(|(name, _)| is_needed(name)).collect()
    }
}

fn is_granted(state: &mut OpState, name: &str) -> Result<bool, JsErrorBox> {
    match state.borrow_mut::<PermissionsContainer>().check_env(name) {
        Ok(()) => Ok(true),
        Err(error) if is_ignored(&error) => Ok(false),
        Err(error) => Err(JsErrorBox::from_err(error)),
    }
}

fn query(state: &OpState, name: &str) -> bool {
    let state = state.borrow::<PermissionsContainer>().query_env(Some(name));
    matches!(
        state,
        PermissionState::Granted | PermissionState::GrantedPartial
    )
}

/// Whether what was asked for is to look unset, in part or as a whole.
fn is_ignored(error: &PermissionCheckError) -> bool {
    let PermissionCheckError::PermissionDenied(error) = error else {
        return false;
    };
    matches!(
        error.state,
        PermissionState::Ignored | PermissionState::GrantedPartial | PermissionState::DeniedPartial
    )
}

/// Those of the process whose names and values are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    let all = ProcessEnvGuard::lock().vars_os();
    all.into_iter().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        (!name.is_empty() && !name.contains('=')).then_some((name, value))
    })
}
