//! Where policies stand: the machine's, the user's, the project's.
//!
//! In: environment variables, the project file. Out: [`Policy`]. Side effects: reads the files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::layer::{Layer, Origin};
use super::{Policy, PolicyError, document};

const FILE_NAME: &str = "policy.json";

/// The files to read. A file that is not there says nothing; one that cannot be read is an error.
#[derive(Debug, Clone, Default)]
pub struct PolicyFiles {
    /// The machine's own file.
    pub machine: PathBuf,
    /// One more that `PRIZM_MACHINE_POLICY` names: it counts beside the machine's own, never instead of it.
    pub further: Option<PathBuf>,
    /// The user's.
    pub user: Option<PathBuf>,
}

impl PolicyFiles {
    /// Where they stand on this system. `variable`: looks up an environment variable.
    pub fn of(variable: impl Fn(&str) -> Option<PathBuf>) -> PolicyFiles {
        PolicyFiles {
            machine: machine(&variable),
            further: variable("PRIZM_MACHINE_POLICY"),
            user: user(&variable),
        }
    }
}

fn machine(variable: &impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    match variable("ProgramData").filter(|_| cfg!(windows)) {
        Some(folder) => folder.join("prizm").join(FILE_NAME),
        None => Path::new("/etc/prizm").join(FILE_NAME),
    }
}

/// `$XDG_CONFIG_HOME/prizm/policy.json`, else `~/.config/prizm/policy.json`.
fn user(variable: &impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
    let home = || {
        let home = absolute("HOME").or_else(std::env::home_dir)?;
        Some(home.join(".config"))
    };
    let folder = absolute("XDG_CONFIG_HOME").or_else(home)?;
    Some(folder.join("prizm").join(FILE_NAME))
}

impl Policy {
    /// Reads the machine's and the user's policy, and joins them with the project's.
    ///
    /// # Errors
    /// [`PolicyError::Read`] and [`PolicyError::Malformed`]: a policy that cannot be read allows nothing.
    pub fn load(files: &PolicyFiles, project: Option<&Layer>) -> Result<Policy, PolicyError> {
        let mut layers = Vec::new();
        layers.extend(read(&files.machine, Origin::Machine)?);
        if let Some(path) = &files.further {
            let missing = || PolicyError::Read {
                path: path.clone(),
                source: io::ErrorKind::NotFound.into(),
            };
            layers.push(read(path, Origin::Machine)?.ok_or_else(missing)?);
        }
        if let Some(path) = &files.user {
            layers.extend(read(path, Origin::User)?);
        }
        layers.extend(project.cloned());
        Ok(Policy::join(layers))
    }
}

fn read(path: &Path, origin: Origin) -> Result<Option<Layer>, PolicyError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(document::read(path, &text, origin)?)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(source) => Err(PolicyError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Where the network was switched off for this process; errors far below have no policy at hand.
static SWITCHED_OFF: OnceLock<String> = OnceLock::new();

/// Notes where the policy switches the network off.
pub fn note_offline(policy: &Policy) {
    if let Some(at) = policy.offline() {
        // The first context of a process stays.
        let _ = SWITCHED_OFF.set(at.to_string());
    }
}

/// What to do about something that is not in the cache while the network is off: `otherwise`, unless a policy says so.
pub fn offline_hint(otherwise: String) -> String {
    match SWITCHED_OFF.get() {
        Some(at) => format!("the network is switched off by {at}"),
        None => otherwise,
    }
}
