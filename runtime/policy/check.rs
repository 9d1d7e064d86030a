//! The decisions: may this be looked up, may this release be loaded.
//!
//! In: names, releases, packages. Out: a [`Decision`], or the refusal. Side effects: none; the clock is read.

use std::time::{Duration, SystemTime};

use url::Url;

use super::layer::{At, Origin as FileOf};
use super::pattern::{Case, Fit};
use super::{Policy, PolicyError, Target, age};
use crate::http::display_url;
use crate::specifier::Specifier;
use crate::trust::subject::{Origin, Subject};

/// Clocks differ a little.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(10 * 60);

/// Why something may be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The pattern of the allow list that has it, and its place; `None` where there is no such list.
    pub allowed_by: Option<(String, At)>,
}

/// A package of the npm graph.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    pub name: &'a str,
    pub version: &'a str,
    /// The addresses that it comes from: its registry's, and its tarball's.
    pub addresses: &'a [&'a str],
    /// When it was published, as far as the registry says.
    pub released: Option<SystemTime>,
}

/// The registries that may be asked: of each file's list one must fit.
#[derive(Debug, Clone, Default)]
pub struct Registries(Vec<(Vec<Url>, At)>);

impl Registries {
    /// The place that forbids `url`.
    pub fn forbid(&self, url: &Url) -> Option<&At> {
        let refuses = |list: &&(Vec<Url>, At)| !list.0.iter().any(|allowed| is_below(url, allowed));
        self.0.iter().find(refuses).map(|(_, at)| at)
    }
}

/// Whether `url` is on the same server, and below the same path.
fn is_below(url: &Url, allowed: &Url) -> bool {
    let folder = allowed.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(folder);
    url.origin() == allowed.origin()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Policy {
    /// Whether `specifier` may be looked up at all; to be asked before any request is made.
    ///
    /// # Errors
    /// [`PolicyError::Blocked`], [`PolicyError::NotAllowed`], [`PolicyError::Insecure`].
    pub fn check_name(&self, specifier: &Specifier) -> Result<Decision, PolicyError> {
        if self.is_empty() || matches!(specifier, Specifier::Static { .. }) {
            return Ok(Decision { allowed_by: None });
        }
        let what = specifier.canonical();
        if let (Some(at), true) = (self.https_only(), is_plain_http(specifier)) {
            let at = at.clone();
            return Err(PolicyError::Insecure { what, at });
        }
        self.decide(&Target::of_name(specifier), &what)
    }

    /// Whether a release that has been resolved may be loaded.
    ///
    /// # Errors
    /// Those of [`Policy::check_name`], and [`PolicyError::TooYoung`], [`PolicyError::AgeUnknown`],
    /// [`PolicyError::Clock`].
    pub fn check_release(&self, subject: &Subject) -> Result<Decision, PolicyError> {
        let decision = self.check_name(&subject.specifier)?;
        let is_package_or_repository = matches!(
            subject.specifier,
            Specifier::Github { .. } | Specifier::Git { .. } | Specifier::Npm { .. }
        );
        if !is_package_or_repository {
            return Ok(decision);
        }
        let target = Target::of_subject(subject);
        let decision = self.decide(&target, &subject.identity)?;
        if subject.origin != Origin::Folder {
            self.check_age(&target, &subject.identity, subject.released)?;
        }
        Ok(decision)
    }

    /// [`Policy::check_release`] for a repository, as its source knows it. `released` is asked only if it matters.
    ///
    /// # Errors
    /// As [`Policy::check_release`].
    pub fn check_commit(
        &self,
        specifier: &Specifier,
        version: Option<&str>,
        commit: &str,
        released: impl FnOnce() -> Option<SystemTime>,
    ) -> Result<(), PolicyError> {
        if self.is_empty() {
            return Ok(());
        }
        let target = Target::of_release(specifier, version, Some(commit));
        let what = specifier.canonical();
        self.decide(&target, &what)?;
        match self.minimum_age(&target) {
            Some(_) => self.check_age(&target, &what, released()),
            None => Ok(()),
        }
    }

    /// Whether a package of the npm graph may be loaded, whoever depends on it.
    ///
    /// # Errors
    /// As [`Policy::check_release`], and [`PolicyError::Registry`].
    pub fn check_package(&self, package: Package<'_>) -> Result<(), PolicyError> {
        let what = format!("npm:{}@{}", package.name, package.version);
        let registries = self.registries();
        for address in package.addresses {
            let Ok(url) = Url::parse(address) else {
                continue;
            };
            if let Some(at) = registries.forbid(&url) {
                return Err(PolicyError::Registry {
                    what,
                    address: display_url(&url),
                    at: at.clone(),
                });
            }
        }
        let target = Target::of_package(package.name, package.version);
        self.decide(&target, &what)?;
        self.check_age(&target, &what, package.released)
    }

    /// The lists of allowed registries.
    pub fn registries(&self) -> Registries {
        let layers = self.layers.iter();
        let lists = layers.filter_map(|layer| layer.allowed_registries.as_ref());
        Registries(
            lists
                .map(|list| (list.value.clone(), list.at.clone()))
                .collect(),
        )
    }

    fn decide(&self, target: &Target, what: &str) -> Result<Decision, PolicyError> {
        for pattern in self.layers.iter().flat_map(|layer| &layer.block) {
            let is_blocked = match pattern.value.fit(target, Case::Ignored) {
                Fit::Yes => true,
                Fit::No => false,
                // In the end, what cannot be told is refused.
                Fit::Unsure => target.is_exact,
            };
            if is_blocked {
                return Err(PolicyError::Blocked {
                    what: what.to_owned(),
                    pattern: pattern.value.text().to_owned(),
                    version: target
                        .version
                        .clone()
                        .filter(|version| !what.contains(&**version)),
                    at: pattern.at.clone(),
                });
            }
        }
        let mut decision = Decision { allowed_by: None };
        for layer in &self.layers {
            let Some(allow) = &layer.allow else { continue };
            let fits = |pattern: &&super::Placed<super::Pattern>| match pattern
                .value
                .fit(target, Case::OfSource)
            {
                Fit::Yes => true,
                Fit::No => false,
                Fit::Unsure => !target.is_exact,
            };
            let Some(found) = allow.value.iter().find(fits) else {
                return Err(PolicyError::NotAllowed {
                    what: what.to_owned(),
                    at: allow.at.clone(),
                });
            };
            let found = (found.value.text().to_owned(), found.at.clone());
            decision.allowed_by.get_or_insert(found);
        }
        Ok(decision)
    }

    fn check_age(
        &self,
        target: &Target,
        what: &str,
        released: Option<SystemTime>,
    ) -> Result<(), PolicyError> {
        let Some((minimum, at)) = self.minimum_age(target) else {
            return Ok(());
        };
        judge_age(what, released, SystemTime::now(), minimum, at)
    }
}

fn judge_age(
    what: &str,
    released: Option<SystemTime>,
    now: SystemTime,
    minimum: Duration,
    at: &At,
) -> Result<(), PolicyError> {
    let (what, at) = (what.to_owned(), at.clone());
    let Some(released) = released else {
        return Err(PolicyError::AgeUnknown {
            what,
            minimum: age::words(minimum),
            at,
        });
    };
    match now.duration_since(released) {
        Ok(found) if found >= minimum => Ok(()),
        Err(ahead) if ahead.duration() > CLOCK_TOLERANCE => Err(PolicyError::Clock {
            what,
            released: age::moment(released),
            now: age::moment(now),
            at,
        }),
        found => Err(PolicyError::TooYoung {
            what,
            age: age::words(found.unwrap_or_default()),
            minimum: age::words(minimum),
            at,
        }),
    }
}

fn is_plain_http(specifier: &Specifier) -> bool {
    match specifier {
        Specifier::Git { url, .. } | Specifier::Http { url } => url.scheme() == "http",
        _ => false,
    }
}

impl FileOf {
    /// In words: "the machine's policy".
    pub fn describe(self) -> &'static str {
        match self {
            FileOf::Machine => "the machine's policy",
            FileOf::User => "the user's policy",
            FileOf::Project => "the project's policy",
        }
    }
}
