//! What is granted, in the form in which an isolate gets it.
//!
//! In: [`Granted`] and [`Places`]. Out: [`Sandbox`]. Side effects: those of [`Granted::to_options`].

use std::path::Path;

use deno_runtime::deno_permissions::PermissionsOptions;

use super::denied::{self, Denial};
use super::error::PermissionError;
use super::{Granted, Kind, PermissionSet, Places, Scope};

/// The permissions of one provider's isolate, and what explains their denials.
#[derive(Debug, Clone)]
pub struct Sandbox {
    pub granted: Granted,
    pub places: Places,
    pub options: PermissionsOptions,
}

impl Sandbox {
    /// # Errors
    /// [`PermissionError::Path`].
    pub fn new(granted: Granted, places: Places) -> Result<Sandbox, PermissionError> {
        let options = granted.to_options(&places)?;
        Ok(Sandbox {
            granted,
            places,
            options,
        })
    }

    /// `$CACHE`, where some of it was granted.
    pub fn cache_folder(&self) -> Option<&Path> {
        let has = |kind| {
            let scope = self.granted.set().get(kind);
            scope == Scope::All || scope.entries().any(|entry| entry.starts_with("$CACHE"))
        };
        let is_granted = has(Kind::Read) || has(Kind::Write);
        is_granted.then_some(&*self.places.cache)
    }

    /// The same for a provider that another one loads, which may do `most`: it must not lend itself to more than that.
    ///
    /// # Errors
    /// [`PermissionError::Path`].
    pub fn within(self, most: &PermissionSet) -> Result<Sandbox, PermissionError> {
        Sandbox::new(self.granted.within(most), self.places)
    }

    /// See [`denied::explain`].
    pub fn explain(&self, message: &str, place: Option<&str>) -> Option<Denial> {
        denied::explain(&self.granted, &self.places, message, place)
    }
}
