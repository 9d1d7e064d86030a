//! Names and labels: how what is ours is found again.
//!
//! In: identity, configuration. Out: names that no other project has. Side effects: none.
//!
//! ```text
//! github:company/gpu-service@v1.2.0 + configuration + "a"  →  prizm-gpu-service-5d41402abc4b
//! ```

use std::collections::HashMap;

use bollard::models::ContainerSummary;
use sha2::{Digest, Sha256};

use crate::compose::{Project, Service};

pub const LABEL_PROJECT: &str = "dev.prizm.project";
pub const LABEL_SERVICE: &str = "dev.prizm.service";
pub const LABEL_NUMBER: &str = "dev.prizm.number";
pub const LABEL_HASH: &str = "dev.prizm.config-hash";
/// The lease: who holds it.
pub const LABEL_OWNER: &str = "dev.prizm.owner";

/// The services that the container waited for: they are stopped after it.
pub(super) const LABEL_WAITS: &str = "dev.prizm.waits-for";

/// Characters of a hash that tell projects apart.
const SHORT: usize = 12;
/// Longest part of a name that is there for the reader.
const READABLE: usize = 30;

/// The name of a project: the same for the same identity, configuration and instance, and else another.
pub fn project_name(identity: &str, configuration: &str, instance: &str) -> String {
    let mut hash = Sha256::new();
    for part in [identity, configuration, instance] {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hash = format!("{:x}", hash.finalize());
    format!("prizm-{}-{}", readable(identity), &hash[..SHORT])
}

/// The last part of an identity without its version, in the characters that project names may have.
fn readable(identity: &str) -> String {
    let path = identity.trim_end_matches('/');
    let last = path.rsplit(['/', ':']).next().unwrap_or(path);
    let name = last.split(['@', '#']).next().unwrap_or(last);
    let words: Vec<String> = name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let joined = match words.join("-") {
        empty if empty.is_empty() => "service".to_owned(),
        joined => joined,
    };
    joined
        .chars()
        .take(READABLE)
        .collect::<String>()
        .trim_end_matches('-')
        .to_owned()
}

/// What a container was made from: the service without its number of replicas, the image itself, and the files that
/// are copied into it.
pub fn config_hash(service: &Service, image_id: &str, contents: &[u8]) -> String {
    let mut service = service.clone();
    service.scale = None;
    if let Some(deploy) = &mut service.deploy {
        deploy.replicas = None;
    }
    let text = serde_json::to_string(&service).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [text.as_bytes(), image_id.as_bytes(), contents] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    format!("{:x}", hash.finalize())
}

/// `gpu-service-worker-1`, or the fixed name that the service has.
pub(super) fn container_name(project: &str, key: &str, service: &Service, number: u32) -> String {
    match &service.container_name {
        Some(name) if service.replicas() <= 1 => name.clone(),
        Some(name) => format!("{name}-{number}"),
        None => format!("{project}-{key}-{number}"),
    }
}

/// What a fixed name becomes where somebody else has it.
pub(super) fn unique_name(project: &str, name: &str) -> String {
    format!("{project}-{name}")
}

/// The labels of everything that belongs to a project.
pub(super) fn project_labels(
    project: &Project,
    owner: &str,
    own: impl IntoIterator<Item = (String, String)>,
) -> HashMap<String, String> {
    let mut labels: HashMap<String, String> = own.into_iter().collect();
    labels.insert(LABEL_PROJECT.to_owned(), project.name.clone());
    labels.insert(LABEL_OWNER.to_owned(), owner.to_owned());
    labels
}

/// The filter that finds all that belongs to a project.
pub(super) fn of_project(project: &str) -> String {
    format!("{LABEL_PROJECT}={project}")
}

/// A label of a container; empty where it has none.
pub(super) fn label<'a>(container: &'a ContainerSummary, name: &str) -> &'a str {
    let labels = container.labels.as_ref();
    labels
        .and_then(|labels| labels.get(name))
        .map(String::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_stable() {
        let name = project_name("github:Company/GPU_Service@v1.2.0", "{}", "a");
        assert!(name.starts_with("prizm-gpu-service-"), "{name}");
        assert_eq!(
            name,
            project_name("github:Company/GPU_Service@v1.2.0", "{}", "a")
        );
    }

    #[test]
    fn version_configuration_and_instance_tell_projects_apart() {
        let names = [
            project_name("npm:service@1", "{}", ""),
            project_name("npm:service@2", "{}", ""),
            project_name("npm:service@1", "{\"a\":1}", ""),
            project_name("npm:service@1", "{}", "b"),
            project_name("npm:service@1", "{}b", ""),
        ];
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }

    #[test]
    fn strange_identities_still_give_valid_names() {
        for identity in ["", "///", "file:./ä ö", &"x/".repeat(99), &"y".repeat(99)] {
            let name = project_name(identity, "", "");
            assert!(name.len() <= 49, "{name}");
            assert!(
                name.chars()
                    .all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '-'),
                "{name}"
            );
        }
    }

    #[test]
    fn replicas_do_not_change_the_hash_and_the_image_does() {
        let service = Service {
            image: Some("busybox".to_owned()),
            ..Service::default()
        };
        let scaled = Service {
            scale: Some(3),
            ..service.clone()
        };
        assert_eq!(
            config_hash(&service, "1", b""),
            config_hash(&scaled, "1", b"")
        );
        assert_ne!(
            config_hash(&service, "1", b""),
            config_hash(&service, "2", b"")
        );
        assert_ne!(
            config_hash(&service, "1", b""),
            config_hash(&service, "1", b"secret")
        );
    }
}
