//! Where an engine may be.
//!
//! In: environment variables, docker's configuration. Out: addresses in order. Side effects: reads `~/.docker`.
//!
//! ```text
//! DOCKER_HOST, else DOCKER_CONTEXT, else the current context: this one alone
//! else the sockets of Docker, rootless Docker, Docker Desktop, Podman: the first that answers
//! ```

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use super::contexts;
use super::error::EngineError;

/// What the search looks at, so that nothing reads the process's own variables behind the caller's back.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub variables: HashMap<String, String>,
    pub home: Option<PathBuf>,
    /// The user's number, for `/run/user/<number>`.
    pub user: Option<u32>,
    /// Where `/run` and `/var/run` are: `/` except in tests.
    pub root: PathBuf,
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Environment {
        let variables: HashMap<String, String> = std::env::vars().collect();
        let home = variables
            .get("HOME")
            .or_else(|| variables.get("USERPROFILE"))
            .map(PathBuf::from);
        Environment {
            variables,
            home,
            user: user(),
            root: PathBuf::from("/"),
        }
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Docker's configuration: `DOCKER_CONFIG`, else `~/.docker`.
    pub fn configuration(&self) -> Option<PathBuf> {
        let home = self.home.as_ref().map(|home| home.join(".docker"));
        self.get("DOCKER_CONFIG").map(PathBuf::from).or(home)
    }

    fn runtime_folder(&self) -> Option<PathBuf> {
        let own = self
            .user
            .map(|user| self.root.join(format!("run/user/{user}")));
        self.get("XDG_RUNTIME_DIR").map(PathBuf::from).or(own)
    }
}

#[cfg(unix)]
fn user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let process = std::fs::metadata("/proc/self").ok();
    process.map(|data| data.uid())
}

#[cfg(not(unix))]
fn user() -> Option<u32> {
    None
}

/// Who named an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Given,
    Host,
    Context(String),
    Default,
}

impl Origin {
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Origin::Given => "Another address may be right",
            Origin::Host => "DOCKER_HOST names it; `unset DOCKER_HOST` looks in the usual places",
            Origin::Context(_) => "`docker context use default` goes back to the usual places",
            Origin::Default => "DOCKER_HOST names another",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Given => write!(to, "as asked"),
            Origin::Host => write!(to, "DOCKER_HOST"),
            Origin::Context(name) => write!(to, "context {name}"),
            Origin::Default => write!(to, "usual place"),
        }
    }
}

/// The files of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Holds `ca.pem`, `cert.pem`, `key.pem`.
    pub folder: PathBuf,
}

/// One address, and how to speak there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub address: String,
    pub origin: Origin,
    pub tls: Option<Tls>,
}

impl Candidate {
    pub fn new(address: &str, origin: Origin) -> Candidate {
        Candidate {
            address: address.to_owned(),
            origin,
            tls: None,
        }
    }
}

/// All addresses, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates(pub Vec<Candidate>);

impl Candidates {
    pub fn only(candidate: Candidate) -> Candidates {
        Candidates(vec![candidate])
    }
}

/// Where to look.
///
/// # Errors
/// [`EngineError::Configuration`]: a context is named, and it is unknown or broken.
pub fn candidates(environment: &Environment) -> Result<Candidates, EngineError> {
    if let Some(address) = environment.get("DOCKER_HOST") {
        let mut candidate = Candidate::new(address, Origin::Host);
        candidate.tls = tls(environment, address);
        return Ok(Candidates::only(candidate));
    }
    if let Some(candidate) = contexts::current(environment)? {
        return Ok(Candidates::only(candidate));
    }
    Ok(Candidates(usual(environment)))
}

/// The certificates of DOCKER_HOST. As with docker itself, `DOCKER_TLS_VERIFY=` (empty) means no.
fn tls(environment: &Environment, address: &str) -> Option<Tls> {
    let is_remote = address.starts_with("tcp://") || address.starts_with("https://");
    let is_asked =
        address.starts_with("https://") || environment.get("DOCKER_TLS_VERIFY").is_some();
    let folder = environment
        .get("DOCKER_CERT_PATH")
        .map(PathBuf::from)
        .or_else(|| environment.configuration())?;
    (is_remote && is_asked).then_some(Tls { folder })
}

#[cfg(unix)]
fn usual(environment: &Environment) -> Vec<Candidate> {
    let runtime = environment.runtime_folder();
    let in_runtime = |path: &str| runtime.as_ref().map(|folder| folder.join(path));
    let in_home = |path: &str| environment.home.as_ref().map(|home| home.join(path));
    [
        Some(environment.root.join("var/run/docker.sock")),
        in_runtime("docker.sock"),
        in_home(".docker/run/docker.sock"),
        in_home(".docker/desktop/docker.sock"),
        in_home(".colima/default/docker.sock"),
        in_runtime("podman/podman.sock"),
        Some(environment.root.join("run/podman/podman.sock")),
    ]
    .into_iter()
    .flatten()
    .map(|path| Candidate::new(&format!("unix://{}", path.display()), Origin::Default))
    .collect()
}

#[cfg(not(unix))]
fn usual(_: &Environment) -> Vec<Candidate> {
    ["docker_engine", "podman-machine-default"]
        .iter()
        .map(|name| Candidate::new(&format!("npipe:////./pipe/{name}"), Origin::Default))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment {
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            home: Some(PathBuf::from("/home/ada")),
            user: Some(1000),
            root: PathBuf::from("/"),
        }
    }

    fn addresses(variables: &[(&str, &str)]) -> Vec<String> {
        let found = candidates(&environment(variables)).unwrap();
        found.0.into_iter().map(|each| each.address).collect()
    }

    #[test]
    fn docker_host_is_the_only_place() {
        assert_eq!(
            addresses(&[("DOCKER_HOST", "tcp://10.0.0.1:2375")]),
            ["tcp://10.0.0.1:2375"]
        );
    }

    #[test]
    fn an_empty_docker_host_is_none() {
        assert!(addresses(&[("DOCKER_HOST", "")]).len() > 1);
    }

    #[test]
    fn usual_places_hold_docker_rootless_and_podman() {
        let found = addresses(&[("XDG_RUNTIME_DIR", "/run/user/7")]);
        assert_eq!(found[0], "unix:///var/run/docker.sock");
        assert!(found.contains(&"unix:///run/user/7/docker.sock".to_owned()));
        assert!(found.contains(&"unix:///run/user/7/podman/podman.sock".to_owned()));
        assert!(addresses(&[]).contains(&"unix:///run/user/1000/docker.sock".to_owned()));
    }

    #[test]
    fn tls_wants_a_remote_host_and_the_variable() {
        let host = ("DOCKER_HOST", "tcp://10.0.0.1:2376");
        let tls = |variables: &[(&str, &str)]| {
            let found = candidates(&environment(variables)).unwrap();
            found.0[0].tls.clone().map(|tls| tls.folder)
        };
        assert_eq!(tls(&[host]), None);
        assert_eq!(
            tls(&[host, ("DOCKER_TLS_VERIFY", "1")]),
            Some(PathBuf::from("/home/ada/.docker"))
        );
        assert_eq!(
            tls(&[
                host,
                ("DOCKER_TLS_VERIFY", "1"),
                ("DOCKER_CERT_PATH", "/certs")
            ]),
            Some(PathBuf::from("/certs"))
        );
        assert_eq!(
            tls(&[
                ("DOCKER_HOST", "unix:///a.sock"),
                ("DOCKER_TLS_VERIFY", "1")
            ]),
            None
        );
    }
}
