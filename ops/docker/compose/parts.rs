//! The mappings within a service, and the networks, volumes, configs and secrets of a project.
//!
//! In: nothing. Out: the types. Side effects: none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::decode::{Absent, Decode, Reader, model};
use super::error::ComposeError;
use super::node::Node;
use super::units::{Bytes, Count, Mode, PortRange, Span};

model! {
    /// How an image is made.
    pub struct Build {
        /// A directory (absolute) or a URL.
        context: String,
        /// Relative to the context. `Dockerfile` unless the text stands in `dockerfile_inline`.
        dockerfile: Option<String>,
        dockerfile_inline: Option<String>,
        additional_contexts: BTreeMap<String, String>,
        /// `None`: inherited, and not set.
        args: BTreeMap<String, Option<String>>,
        cache_from: Vec<String>,
        cache_to: Vec<String>,
        entitlements: Vec<String>,
        extra_hosts: ExtraHosts,
        isolation: Option<String>,
        labels: BTreeMap<String, String>,
        network: Option<String>,
        no_cache: bool,
        platforms: Vec<String>,
        privileged: bool,
        provenance: Option<Json>,
        pull: bool,
        sbom: Option<Json>,
        secrets: Vec<FileReference>,
        shm_size: Option<Bytes>,
        ssh: Option<Json>,
        tags: Vec<String>,
        target: Option<String>,
        ulimits: BTreeMap<String, Ulimit>,
    }

    /// A config or secret as a service sees it.
    pub struct FileReference {
        source: String,
        /// Where in the container; a name alone is below `/run/secrets` for secrets and `/` for configs.
        target: Option<String>,
        uid: Option<String>,
        gid: Option<String>,
        mode: Option<Mode>,
    }

    /// What another service must have reached first.
    pub struct Dependency {
        /// `service_started`, `service_healthy` or `service_completed_successfully`.
        condition: String,
        /// Whether the other service must exist.
        required: bool,
        /// Whether this one is restarted with the other.
        restart: bool,
    }

    /// `deploy`: how many, where, with what.
    pub struct Deploy {
        endpoint_mode: Option<String>,
        labels: BTreeMap<String, String>,
        mode: Option<String>,
        placement: Option<Placement>,
        replicas: Option<u32>,
        resources: Option<Resources>,
        restart_policy: Option<RestartPolicy>,
        rollback_config: Option<UpdateConfig>,
        update_config: Option<UpdateConfig>,
    }

    /// Which nodes of a swarm.
    pub struct Placement {
        constraints: Vec<String>,
        max_replicas_per_node: Option<u32>,
        preferences: Option<Json>,
    }

    pub struct Resources {
        limits: Option<Limits>,
        reservations: Option<Reservations>,
    }

    /// The most a container gets.
    pub struct Limits {
        cpus: Option<f64>,
        memory: Option<Bytes>,
        pids: Option<i64>,
    }

    /// What is kept for a container.
    pub struct Reservations {
        cpus: Option<f64>,
        devices: Vec<DeviceRequest>,
        generic_resources: Option<Json>,
        memory: Option<Bytes>,
    }

    /// Devices that the engine's drivers hand out.
    pub struct DeviceRequest {
        capabilities: Vec<String>,
        count: Option<Count>,
        device_ids: Vec<String>,
        driver: Option<String>,
        options: BTreeMap<String, String>,
    }

    pub struct RestartPolicy {
        condition: Option<String>,
        delay: Option<Span>,
        max_attempts: Option<u32>,
        window: Option<Span>,
    }

    pub struct UpdateConfig {
        delay: Option<Span>,
        failure_action: Option<String>,
        max_failure_ratio: Option<f64>,
        monitor: Option<Span>,
        order: Option<String>,
        parallelism: Option<u32>,
    }

    /// A device of the host.
    pub struct DeviceMapping {
        source: String,
        target: String,
        permissions: Option<String>,
    }

    /// How the engine finds out whether a container is well.
    pub struct Healthcheck {
        interval: Option<Span>,
        retries: Option<u32>,
        start_interval: Option<Span>,
        start_period: Option<Span>,
        /// `[CMD, …]`, `[CMD-SHELL, text]`, or `[NONE]` for none at all.
        test: Vec<String>,
        timeout: Option<Span>,
    }

    pub struct Logging {
        driver: Option<String>,
        options: BTreeMap<String, String>,
    }

    /// How a service is part of a network.
    pub struct ServiceNetwork {
        aliases: Vec<String>,
        driver_opts: BTreeMap<String, String>,
        gw_priority: Option<i64>,
        interface_name: Option<String>,
        ipv4_address: Option<String>,
        ipv6_address: Option<String>,
        link_local_ips: Vec<String>,
        mac_address: Option<String>,
        priority: Option<i64>,
    }

    /// A port of the container, and where the host offers it.
    pub struct Port {
        name: Option<String>,
        mode: Option<String>,
        host_ip: Option<String>,
        target: u16,
        /// `None`, or 0: the engine picks a port.
        published: Option<PortRange>,
        protocol: String,
        app_protocol: Option<String>,
    }

    pub struct Ulimit {
        soft: i64,
        hard: i64,
    }

    /// What is mounted where.
    pub struct Mount {
        /// `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.
        r#type: String,
        /// An absolute path of the host, or the key of a volume. `None`: an anonymous volume.
        source: Option<String>,
        target: String,
        read_only: bool,
        consistency: Option<String>,
        bind: Option<BindOptions>,
        image: Option<ImageOptions>,
        tmpfs: Option<TmpfsOptions>,
        volume: Option<VolumeOptions>,
    }

    pub struct BindOptions {
        create_host_path: Option<bool>,
        propagation: Option<String>,
        recursive: Option<String>,
        selinux: Option<String>,
    }

    pub struct ImageOptions {
        subpath: Option<String>,
    }

    pub struct TmpfsOptions {
        mode: Option<Mode>,
        size: Option<Bytes>,
    }

    pub struct VolumeOptions {
        labels: BTreeMap<String, String>,
        nocopy: bool,
        subpath: Option<String>,
    }

    /// A network of the project.
    pub struct Network {
        /// Its name at the engine.
        name: String,
        attachable: bool,
        driver: Option<String>,
        driver_opts: BTreeMap<String, String>,
        enable_ipv4: Option<bool>,
        enable_ipv6: Option<bool>,
        /// Somebody else's: must be there, is never made or removed.
        external: bool,
        internal: bool,
        ipam: Option<Ipam>,
        labels: BTreeMap<String, String>,
    }

    pub struct Ipam {
        config: Vec<IpamPool>,
        driver: Option<String>,
        options: BTreeMap<String, String>,
    }

    pub struct IpamPool {
        aux_addresses: BTreeMap<String, String>,
        gateway: Option<String>,
        ip_range: Option<String>,
        subnet: Option<String>,
    }

    /// A named volume of the project.
    pub struct Volume {
        /// Its name at the engine.
        name: String,
        driver: Option<String>,
        driver_opts: BTreeMap<String, String>,
        external: bool,
        labels: BTreeMap<String, String>,
    }

    /// A config or a secret of the project: its content is in a file, in a variable, or here.
    pub struct FileObject {
        name: String,
        content: Option<String>,
        driver: Option<String>,
        driver_opts: BTreeMap<String, String>,
        environment: Option<String>,
        external: bool,
        file: Option<PathBuf>,
        labels: BTreeMap<String, String>,
        template_driver: Option<String>,
    }
}

impl Decode for PathBuf {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        String::decode(node, reader).map(Self::from)
    }
}

/// Names and their addresses, for a container's `/etc/hosts`. Written as `name=address`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraHosts(pub BTreeMap<String, Vec<String>>);

impl Absent for ExtraHosts {
    fn absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Decode for ExtraHosts {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        Decode::decode(node, reader).map(Self)
    }
}

impl Serialize for ExtraHosts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().flat_map(|(name, addresses)| {
            addresses
                .iter()
                .map(move |address| format!("{name}={address}"))
        }))
    }
}
