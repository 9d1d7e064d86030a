//! Docker's contexts: named engines.
//!
//! ```text
//! ~/.docker/config.json                            {"currentContext": "gpu"}
//! ~/.docker/contexts/meta/<sha256>/meta.json       {"Name": "gpu", "Endpoints": {"docker": {"Host": "tcp://…"}}}
//! ~/.docker/contexts/tls/<sha256>/docker/ca.pem    beside it cert.pem and key.pem
//! ```
//!
//! In: the configuration folder. Out: the address of the chosen context. Side effects: reads files.
//! `<sha256>` is that of the name. Source: docker's own `cli/context/store`.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::EngineError;
use super::find::{Candidate, Environment, Origin, Tls};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    #[serde(default)]
    current_context: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    docker: Endpoint,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    host: String,
}

/// The context that `DOCKER_CONTEXT` or the configuration chooses; `None` for `default`.
///
/// # Errors
/// [`EngineError::Configuration`]: unreadable, not JSON, or a context that does not exist.
pub fn current(environment: &Environment) -> Result<Option<Candidate>, EngineError> {
    let Some(folder) = environment.configuration() else {
        return Ok(None);
    };
    let name = match environment.get("DOCKER_CONTEXT") {
        Some(name) => name.to_owned(),
        None => read::<Configuration>(&folder.join("config.json"))?
            .map(|configuration| configuration.current_context)
            .unwrap_or_default(),
    };
    if name.is_empty() || name == "default" {
        return Ok(None);
    }
    load(&folder.join("contexts"), &name).map(Some)
}

fn load(contexts: &Path, name: &str) -> Result<Candidate, EngineError> {
    let id = format!("{:x}", Sha256::digest(name.as_bytes()));
    let path = contexts.join("meta").join(&id).join("meta.json");
    let metadata: Metadata = read(&path)?.ok_or_else(|| EngineError::Configuration {
        path: path.clone(),
        reason: format!("there is no context {name}"),
    })?;
    let mut candidate = Candidate::new(
        &metadata.endpoints.docker.host,
        Origin::Context(name.to_owned()),
    );
    let tls = contexts.join("tls").join(id).join("docker");
    candidate.tls = tls.is_dir().then_some(Tls { folder: tls });
    Ok(candidate)
}

/// A JSON file; `None` where there is none.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, EngineError> {
    let unusable = |reason: String| EngineError::Configuration {
        path: path.to_owned(),
        reason,
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| unusable(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// A home with the context `gpu`, current or not.
    fn home(current: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".docker");
        let id = format!("{:x}", Sha256::digest(b"gpu"));
        let meta = folder.join("contexts/meta").join(&id);
        fs::create_dir_all(&meta).unwrap();
        fs::create_dir_all(folder.join("contexts/tls").join(&id).join("docker")).unwrap();
        fs::write(
            meta.join("meta.json"),
            r#"{"Name":"gpu","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://10.1.1.1:2376"}}}"#,
        )
        .unwrap();
        fs::write(folder.join("config.json"), current).unwrap();
        home
    }

    fn chosen(home: &Path, context: Option<&str>) -> Result<Option<Candidate>, EngineError> {
        current(&Environment {
            variables: context
                .map(|name| ("DOCKER_CONTEXT".to_owned(), name.to_owned()))
                .into_iter()
                .collect::<HashMap<_, _>>(),
            home: Some(home.to_owned()),
            ..Environment::default()
        })
    }

    #[test]
    fn the_current_context_gives_host_and_certificates() {
        let home = home(r#"{"currentContext":"gpu"}"#);
        let candidate = chosen(home.path(), None).unwrap().unwrap();
        assert_eq!(candidate.address, "tcp://10.1.1.1:2376");
        assert_eq!(candidate.origin, Origin::Context("gpu".to_owned()));
        assert!(candidate.tls.unwrap().folder.ends_with("docker"));
    }

    #[test]
    fn the_variable_goes_before_the_configuration() {
        let configured = home(r#"{"currentContext":"gpu"}"#);
        assert_eq!(chosen(configured.path(), Some("default")).unwrap(), None);
        assert!(chosen(home("{}").path(), Some("gpu")).unwrap().is_some());
    }

    #[test]
    fn an_unknown_context_is_named() {
        let home = home("{}");
        let error = chosen(home.path(), Some("moon")).unwrap_err();
        assert!(
            error.to_string().contains("there is no context moon"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_configuration_names_its_file() {
        let home = home("{oops");
        let error = chosen(home.path(), None).unwrap_err();
        assert!(error.to_string().contains("config.json"), "{error}");
    }
}
