//! Which providers get isolates of their own, and what bounds these.
//!
//! In: flags and prizm.json, settled by `runtime/options/`. Out: [`IsolateSettings`]. Side effects: none.

use std::time::Duration;

use crate::specifier::Specifier;

/// `--isolate`, `--no-isolate`, and the limits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IsolateSettings {
    /// Folders of the user's own get isolates too.
    pub isolates_files: bool,
    /// Identifiers, as written, that run in the script's isolate.
    pub exempt: Vec<String>,
    pub limits: Limits,
}

/// What one isolate may use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// In bytes: the heap; array buffers and WebAssembly memory together with it.
    pub memory: usize,
    /// Processor time without a pause.
    pub cpu: Duration,
    /// Until a call is answered.
    pub wall: Option<Duration>,
    /// Without a call, until it may be dropped.
    pub idle: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory: 512 << 20,
            cpu: Duration::from_secs(60),
            wall: None,
            idle: None,
        }
    }
}

impl IsolateSettings {
    /// Whether the code of `specifier` gets an isolate of its own.
    ///
    /// `parse`: reads an identifier of `--no-isolate`.
    pub fn isolates(
        &self,
        specifier: &Specifier,
        parse: impl Fn(&str) -> Option<Specifier>,
    ) -> bool {
        let is_foreign = match specifier {
            Specifier::File { .. } => self.isolates_files,
            Specifier::Static { .. } => false,
            _ => true,
        };
        let is_exempt = |text: &String| parse(text).is_some_and(|it| covers(&it, specifier));
        is_foreign && !self.exempt.iter().any(is_exempt)
    }
}

/// An identifier without a version stands for all versions; one with a version for that alone.
fn covers(exempt: &Specifier, specifier: &Specifier) -> bool {
    match (exempt, specifier) {
        (
            Specifier::Npm {
                name,
                version: None,
                ..
            },
            Specifier::Npm { name: other, .. },
        ) => name == other,
        _ => {
            exempt.canonical() == specifier.canonical()
                || unversioned(exempt).is_some_and(|it| Some(it) == without_reference(specifier))
        }
    }
}

/// The text of a git identifier that names no reference.
fn unversioned(specifier: &Specifier) -> Option<String> {
    match specifier {
        Specifier::Github {
            reference: None, ..
        }
        | Specifier::Git {
            reference: None, ..
        } => Some(specifier.canonical()),
        _ => None,
    }
}

fn without_reference(specifier: &Specifier) -> Option<String> {
    let mut specifier = specifier.clone();
    match &mut specifier {
        Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => *reference = None,
        _ => return None,
    }
    Some(specifier.canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn isolates(settings: &IsolateSettings, text: &str) -> bool {
        let parse = |text: &str| Specifier::parse(text, Path::new("/project")).ok();
        settings.isolates(&parse(text).expect("a valid identifier"), parse)
    }

    #[test]
    fn what_comes_from_elsewhere_gets_an_isolate() {
        let settings = IsolateSettings::default();
        for text in [
            "github:owner/repo@v1",
            "npm:painter",
            "git+https://host/x.git",
        ] {
            assert!(isolates(&settings, text), "{text}");
        }
        assert!(!isolates(&settings, "file:///painter"));
    }

    #[test]
    fn files_get_one_when_asked_for() {
        let settings = IsolateSettings {
            isolates_files: true,
            ..IsolateSettings::default()
        };
        assert!(isolates(&settings, "file:///painter"));
    }

    #[test]
    fn exemptions_name_all_versions_or_one() {
        let settings = IsolateSettings {
            exempt: vec!["github:owner/repo".into(), "npm:painter@1.0.0".into()],
            ..IsolateSettings::default()
        };
        assert!(!isolates(&settings, "github:owner/repo@v1"));
        assert!(isolates(&settings, "github:owner/other@v1"));
        assert!(!isolates(&settings, "npm:painter@1.0.0"));
        assert!(isolates(&settings, "npm:painter@1.0.1"));
    }
}
