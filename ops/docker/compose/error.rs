//! What can be wrong with compose files, said with file, line and column.
//!
//! In: nothing. Out: [`ComposeError`] and its hints. Side effects: none.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::node::Place;

/// Why compose files could not be turned into a project.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// No file of a known name in the directory.
    #[error("No compose file in {}", directory.display())]
    NotFound { directory: PathBuf },
    /// A file that was named could not be read.
    #[error("Could not read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A file that another one names could not be read.
    #[error("{fault}")]
    ReadNamed {
        fault: Box<Fault>,
        #[source]
        source: io::Error,
    },
    /// Not YAML.
    #[error("{0}")]
    Syntax(Box<Fault>),
    /// A line of a `.env` file that says nothing.
    #[error("{0}")]
    EnvironmentFile(Box<Fault>),
    /// `${…}` that cannot be understood.
    #[error("{0}")]
    Interpolation(Box<Fault>),
    /// `${NAME:?message}` without a value.
    #[error("{fault}")]
    MissingVariable { name: String, fault: Box<Fault> },
    /// A value of the wrong kind or form.
    #[error("{0}")]
    Invalid(Box<Fault>),
    /// A service, network, volume, config or secret that nobody declares.
    #[error("{fault}")]
    Unknown {
        kind: &'static str,
        name: String,
        known: Vec<String>,
        fault: Box<Fault>,
    },
    /// Services or files that need each other in a circle.
    #[error("{fault}")]
    Cycle { fault: Box<Fault> },
    /// A project name that an engine would refuse.
    #[error(
        "'{name}' cannot be a project's name: lower-case letters, digits, '-' and '_' only, and a letter or digit first"
    )]
    ProjectName { name: String },
}

/// What is wrong, and where.
#[derive(Debug)]
pub struct Fault {
    /// File, line and column.
    pub place: Place,
    /// The key: `services.web.ports[0]`. Empty for a whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(
        place: &Place,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Box<Self> {
        Box::new(Self {
            place: place.clone(),
            path: path.into(),
            message: message.into(),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        write!(formatter, "{}\n{}", self.message, self.place.excerpt())
    }
}

impl ComposeError {
    pub(crate) fn invalid(place: &Place, path: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Fault::new(place, path, message))
    }

    /// Where in which file, where one is to blame.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::NotFound { .. } | Self::Read { .. } | Self::ProjectName { .. } => None,
            Self::Syntax(fault)
            | Self::EnvironmentFile(fault)
            | Self::Interpolation(fault)
            | Self::Invalid(fault) => Some(fault),
            Self::ReadNamed { fault, .. }
            | Self::MissingVariable { fault, .. }
            | Self::Cycle { fault }
            | Self::Unknown { fault, .. } => Some(fault),
        }
    }

    /// What the reader can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NotFound { .. } => vec![format!(
                "name the file one of {}",
                super::files::NAMES.join(", ")
            )],
            Self::Interpolation(_) => {
                vec!["write $$ for a dollar sign that is meant as such".to_owned()]
            }
            Self::MissingVariable { name, .. } => {
                vec![format!(
                    "set it: export {name}=…, or write {name}=… into the file .env beside the compose file"
                )]
            }
            Self::Unknown {
                kind, name, known, ..
            } => unknown_hint(kind, name, known),
            _ => Vec::new(),
        }
    }
}

fn unknown_hint(kind: &str, name: &str, known: &[String]) -> Vec<String> {
    let nearest = known
        .iter()
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .min();
    match nearest {
        Some((distance, other)) if distance <= 2 => vec![format!("did you mean '{other}'?")],
        _ if kind == "service" => Vec::new(),
        _ => vec![format!(
            "declare it: {kind}s: {{ {name}: {{}} }} at the top level"
        )],
    }
}
