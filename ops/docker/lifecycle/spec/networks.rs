//! Networks and volumes of a project, and how a container is part of networks.
//!
//! In: a project, a service. Out: the engine's requests. Side effects: none.

use std::cmp::Reverse;
use std::collections::HashMap;

use bollard::models::{
    EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig, NetworkCreateRequest, NetworkingConfig,
    VolumeCreateRequest,
};

use super::{Context, host, listed, mapped};
use crate::compose::{self, Project, ServiceNetwork};
use crate::lifecycle::names;

/// A container's place in a network.
pub struct Endpoint {
    /// The network's name at the engine.
    pub network: String,
    pub settings: EndpointSettings,
}

/// The networks that a container is part of; the first is named when it is created, the others are joined after it.
pub fn endpoints(context: &Context) -> Vec<Endpoint> {
    let service = context.service;
    if service.network_mode.is_some() {
        return Vec::new();
    }
    let mut wanted: Vec<(&str, Option<&ServiceNetwork>)> = service
        .networks
        .iter()
        .map(|(key, network)| (key.as_str(), network.as_ref()))
        .collect();
    if wanted.is_empty() && context.project.networks.contains_key("default") {
        wanted.push(("default", None));
    }
    wanted.sort_by_key(|(_, network)| Reverse(network.and_then(|network| network.priority)));
    wanted
        .into_iter()
        .map(|(key, network)| Endpoint {
            network: network_name(context.project, key),
            settings: settings(context, network),
        })
        .collect()
}

fn network_name(project: &Project, key: &str) -> String {
    let network = project.networks.get(key);
    network.map_or_else(|| key.to_owned(), |network| network.name.clone())
}

fn settings(context: &Context, network: Option<&ServiceNetwork>) -> EndpointSettings {
    let own = network
        .map(|network| network.aliases.as_slice())
        .unwrap_or_default();
    let mut aliases = vec![context.key.to_owned()];
    aliases.extend_from_slice(own);
    let mut settings = EndpointSettings {
        aliases: Some(aliases),
        mac_address: context.service.mac_address.clone(),
        ..EndpointSettings::default()
    };
    if let Some(network) = network {
        settings.driver_opts = mapped(&network.driver_opts);
        settings.ipam_config = addresses(network);
        settings.mac_address = network.mac_address.clone().or(settings.mac_address);
        settings.gw_priority = network.gw_priority;
    }
    settings
}

fn addresses(network: &ServiceNetwork) -> Option<EndpointIpamConfig> {
    let is_any = network.ipv4_address.is_some()
        || network.ipv6_address.is_some()
        || !network.link_local_ips.is_empty();
    is_any.then(|| EndpointIpamConfig {
        ipv4_address: network.ipv4_address.clone(),
        ipv6_address: network.ipv6_address.clone(),
        link_local_ips: listed(&network.link_local_ips),
    })
}

/// The network that is named when the container is created. Engines before 25 take only one there.
pub(super) fn first(context: &Context) -> Option<NetworkingConfig> {
    let endpoint = endpoints(context).into_iter().next()?;
    Some(NetworkingConfig {
        endpoints_config: Some(HashMap::from([(endpoint.network, endpoint.settings)])),
    })
}

pub(super) fn mode(context: &Context) -> Option<String> {
    match context.service.network_mode.as_deref() {
        Some(mode) => host::shared(context, Some(mode)),
        None => Some(endpoints(context).into_iter().next()?.network),
    }
}

/// The request for a network of the project.
pub fn network_request(
    project: &Project,
    network: &compose::Network,
    owner: &str,
) -> NetworkCreateRequest {
    NetworkCreateRequest {
        name: network.name.clone(),
        driver: Some(
            network
                .driver
                .clone()
                .unwrap_or_else(|| "bridge".to_owned()),
        ),
        options: mapped(&network.driver_opts),
        internal: Some(network.internal),
        attachable: Some(network.attachable),
        enable_ipv4: network.enable_ipv4,
        enable_ipv6: network.enable_ipv6,
        ipam: network.ipam.as_ref().map(ipam),
        labels: Some(names::project_labels(
            project,
            owner,
            network.labels.clone(),
        )),
        ..NetworkCreateRequest::default()
    }
}

fn ipam(ipam: &compose::Ipam) -> Ipam {
    let pools = ipam.config.iter().map(|pool| IpamConfig {
        subnet: pool.subnet.clone(),
        ip_range: pool.ip_range.clone(),
        gateway: pool.gateway.clone(),
        auxiliary_addresses: mapped(&pool.aux_addresses),
    });
    Ipam {
        driver: ipam.driver.clone(),
        config: Some(pools.collect()),
        options: mapped(&ipam.options),
    }
}

/// The request for a volume of the project.
pub fn volume_request(
    project: &Project,
    volume: &compose::Volume,
    owner: &str,
) -> VolumeCreateRequest {
    VolumeCreateRequest {
        name: Some(volume.name.clone()),
        driver: volume.driver.clone(),
        driver_opts: mapped(&volume.driver_opts),
        labels: Some(names::project_labels(project, owner, volume.labels.clone())),
        ..VolumeCreateRequest::default()
    }
}
