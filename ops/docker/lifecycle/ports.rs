//! Host ports: asked for, moved where taken, and as they really are.
//!
//! In: the ports of a service, what the engine says. Out: port bindings. Side effects: none.

use std::collections::HashMap;

use bollard::models::{ContainerInspectResponse, PortBinding, PortMap};

use crate::compose::{Port, Service};
use crate::engine::{Engine, EngineError};

/// A port of a container, and where the host offers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedPort {
    pub container: u16,
    pub host: u16,
    pub host_ip: String,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// The host's side of a port: `8000`, `8000-8010`; empty where the engine picks.
pub fn wanted(port: &Port) -> String {
    match &port.published {
        Some(range) if range.first != 0 && range.first == range.last => range.first.to_string(),
        Some(range) if range.first != 0 => format!("{}-{}", range.first, range.last),
        _ => String::new(),
    }
}

/// The bindings of a service. `moved`: host ports that are taken, so that the engine picks others.
pub fn bindings(service: &Service, moved: &[String]) -> PortMap {
    let mut map: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in &service.ports {
        let wanted = wanted(port);
        let host_port = if moved.contains(&wanted) {
            String::new()
        } else {
            wanted
        };
        let binding = PortBinding {
            host_ip: port.host_ip.clone(),
            host_port: Some(host_port),
        };
        map.entry(key(port))
            .or_default()
            .get_or_insert_default()
            .push(binding);
    }
    map
}

/// All ports that the container has for others.
pub fn exposed(service: &Service) -> Vec<String> {
    let own = service.expose.iter().map(|port| match port.contains('/') {
        true => port.clone(),
        false => format!("{port}/tcp"),
    });
    let mut all: Vec<String> = service.ports.iter().map(key).chain(own).collect();
    all.sort();
    all.dedup();
    all
}

fn key(port: &Port) -> String {
    let protocol = match port.protocol.as_str() {
        "" => "tcp",
        protocol => protocol,
    };
    format!("{}/{protocol}", port.target)
}

/// Which of the wanted host ports the engine's message names; all of them where it names none.
pub fn taken(service: &Service, message: &str) -> Vec<String> {
    let all: Vec<String> = service
        .ports
        .iter()
        .map(wanted)
        .filter(|port| !port.is_empty())
        .collect();
    let named: Vec<String> = message
        .split(|character: char| !character.is_ascii_digit() && character != '-')
        .filter(|word| all.iter().any(|port| port == word))
        .map(str::to_owned)
        .collect();
    if named.is_empty() { all } else { named }
}

/// The ports of a running container, in order.
pub fn published(container: &ContainerInspectResponse) -> Vec<PublishedPort> {
    let settings = container.network_settings.as_ref();
    let mut ports: Vec<PublishedPort> = settings
        .and_then(|settings| settings.ports.as_ref())
        .into_iter()
        .flatten()
        .flat_map(|(key, bindings)| {
            let bindings = bindings.as_deref().unwrap_or_default();
            bindings.iter().filter_map(|binding| read(key, binding))
        })
        .collect();
    ports.sort();
    ports
}

fn read(key: &str, binding: &PortBinding) -> Option<PublishedPort> {
    let (container, protocol) = key.split_once('/')?;
    Some(PublishedPort {
        container: container.parse().ok()?,
        host: binding.host_port.as_ref()?.parse().ok()?,
        host_ip: binding.host_ip.clone().unwrap_or_default(),
        protocol: protocol.to_owned(),
    })
}

/// Who holds a host port, in words.
///
/// # Errors
/// As every call of the engine.
pub async fn holder(engine: &Engine, port: &str) -> Result<String, EngineError> {
    let port: Option<u16> = port.parse().ok();
    for container in engine.list_containers(&[]).await? {
        let ports = container.ports.unwrap_or_default();
        if port.is_some() && ports.iter().any(|each| each.public_port == port) {
            let name = container.names.and_then(|names| names.into_iter().next());
            let name = name.unwrap_or_default();
            return Ok(format!("container {}", name.trim_start_matches('/')));
        }
    }
    Ok("another program".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::PortRange;

    fn service(ports: &[(u16, u16)]) -> Service {
        let port = |(host, target): &(u16, u16)| Port {
            target: *target,
            published: Some(PortRange {
                first: *host,
                last: *host,
            }),
            protocol: "tcp".to_owned(),
            ..Port::default()
        };
        Service {
            ports: ports.iter().map(port).collect(),
            ..Service::default()
        }
    }

    #[test]
    fn the_port_that_the_engine_names_moves_and_no_other() {
        let service = service(&[(8080, 80), (8443, 443)]);
        let message = "Bind for 127.0.0.1:8443 failed: port is already allocated";
        let moved = taken(&service, message);
        assert_eq!(moved, ["8443"]);
        let map = bindings(&service, &moved);
        let host = |key: &str| map[key].as_ref().unwrap()[0].host_port.clone().unwrap();
        assert_eq!(
            (host("80/tcp").as_str(), host("443/tcp").as_str()),
            ("8080", "")
        );
    }

    #[test]
    fn all_move_where_none_is_named() {
        assert_eq!(
            taken(&service(&[(1, 1), (2, 2)]), "address already in use"),
            ["1", "2"]
        );
    }
}
