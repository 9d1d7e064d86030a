//! The normalised project: what the compose files mean, with nothing left to look up.
//!
//! In: nothing. Out: [`Project`] and [`Service`]. Side effects: none.
//! The keys are those of the compose specification in their long forms, and are written back as such.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value as Json;

use super::decode::{Absent, Decode, Reader, model};
use super::error::ComposeError;
use super::node::Node;
pub use super::parts::*;
use super::units::{Bytes, Span, SwapLimit};

/// All that one set of compose files declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Project {
    /// What containers, networks and volumes are named after.
    pub name: String,
    /// The services whose profiles are active, or that have none.
    pub services: BTreeMap<String, Service>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, Network>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Volume>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: BTreeMap<String, FileObject>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, FileObject>,
    /// `x-…` at the top level.
    #[serde(flatten)]
    pub extensions: Extensions,
    /// The services that wait for a profile.
    #[serde(skip)]
    pub disabled: BTreeMap<String, Service>,
    /// What relative paths are relative to.
    #[serde(skip)]
    pub directory: PathBuf,
    /// The compose files, in the order in which they were merged, with those they include.
    #[serde(skip)]
    pub files: Vec<PathBuf>,
    /// The variables that were there for interpolation: the process's and those of `.env`.
    #[serde(skip)]
    pub environment: Environment,
}

/// Variables. `Debug` names them and keeps their values to itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(pub BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.keys()).finish()
    }
}

/// Keys that start with `x-`, as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Extensions(pub BTreeMap<String, Json>);

impl Extensions {
    pub(crate) fn of(node: &Node) -> Self {
        let entries = node
            .as_map()
            .unwrap_or_default()
            .iter()
            .filter(|entry| entry.key.starts_with("x-"));
        Self(
            entries
                .map(|entry| (entry.key.clone(), entry.node.to_json()))
                .collect(),
        )
    }
}

impl Absent for Extensions {
    fn absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Decode for Extensions {
    fn decode(node: &Node, reader: &mut Reader) -> Result<Self, ComposeError> {
        Err(reader.invalid(
            node,
            "no key of the compose specification; names of your own begin with 'x-'",
        ))
    }
}

model! {
    /// One service. Keys that are not set are `None` or empty.
    pub struct Service {
        annotations: BTreeMap<String, String>,
        attach: Option<bool>,
        blkio_config: Option<Json>,
        build: Option<Build>,
        cap_add: Vec<String>,
        cap_drop: Vec<String>,
        cgroup: Option<String>,
        cgroup_parent: Option<String>,
        /// In the exec form; text was split as a shell would. `Some([])` takes the image's command away.
        command: Option<Vec<String>>,
        configs: Vec<FileReference>,
        container_name: Option<String>,
        cpu_count: Option<i64>,
        cpu_percent: Option<f64>,
        cpu_period: Option<i64>,
        cpu_quota: Option<i64>,
        cpu_rt_period: Option<i64>,
        cpu_rt_runtime: Option<i64>,
        cpu_shares: Option<i64>,
        cpus: Option<f64>,
        cpuset: Option<String>,
        credential_spec: Option<Json>,
        depends_on: BTreeMap<String, Dependency>,
        deploy: Option<Deploy>,
        develop: Option<Json>,
        device_cgroup_rules: Vec<String>,
        devices: Vec<DeviceMapping>,
        dns: Vec<String>,
        dns_opt: Vec<String>,
        dns_search: Vec<String>,
        domainname: Option<String>,
        /// In the exec form, as `command`.
        entrypoint: Option<Vec<String>>,
        /// With `env_file` merged in and inherited variables filled in. `None`: inherited, and not set.
        environment: BTreeMap<String, Option<String>>,
        expose: Vec<String>,
        external_links: Vec<String>,
        extra_hosts: ExtraHosts,
        group_add: Vec<String>,
        healthcheck: Option<Healthcheck>,
        hostname: Option<String>,
        image: Option<String>,
        init: Option<bool>,
        ipc: Option<String>,
        isolation: Option<String>,
        labels: BTreeMap<String, String>,
        links: Vec<String>,
        logging: Option<Logging>,
        mac_address: Option<String>,
        mem_limit: Option<Bytes>,
        mem_reservation: Option<Bytes>,
        mem_swappiness: Option<i64>,
        memswap_limit: Option<SwapLimit>,
        network_mode: Option<String>,
        networks: BTreeMap<String, Option<ServiceNetwork>>,
        oom_kill_disable: Option<bool>,
        oom_score_adj: Option<i64>,
        pid: Option<String>,
        pids_limit: Option<i64>,
        platform: Option<String>,
        ports: Vec<Port>,
        post_start: Option<Json>,
        pre_stop: Option<Json>,
        privileged: bool,
        profiles: Vec<String>,
        pull_policy: Option<String>,
        read_only: bool,
        restart: Option<String>,
        runtime: Option<String>,
        scale: Option<u32>,
        secrets: Vec<FileReference>,
        security_opt: Vec<String>,
        shm_size: Option<Bytes>,
        stdin_open: bool,
        stop_grace_period: Option<Span>,
        stop_signal: Option<String>,
        storage_opt: BTreeMap<String, String>,
        sysctls: BTreeMap<String, String>,
        tmpfs: Vec<String>,
        tty: bool,
        ulimits: BTreeMap<String, Ulimit>,
        user: Option<String>,
        userns_mode: Option<String>,
        uts: Option<String>,
        volumes: Vec<Mount>,
        volumes_from: Vec<String>,
        working_dir: Option<String>,
        /// `x-…` of the service.
        #[serde(flatten)]
        extensions: Extensions,
    }
}

impl Service {
    /// How many containers: `deploy.replicas`, else `scale`, else one.
    pub fn replicas(&self) -> u32 {
        let replicas = self.deploy.as_ref().and_then(|deploy| deploy.replicas);
        replicas.or(self.scale).unwrap_or(1)
    }

    /// The processors it may use: `deploy.resources.limits.cpus`, else `cpus`.
    pub fn cpu_limit(&self) -> Option<f64> {
        self.limits().and_then(|limits| limits.cpus).or(self.cpus)
    }

    /// The memory it may use: `deploy.resources.limits.memory`, else `mem_limit`.
    pub fn memory_limit(&self) -> Option<Bytes> {
        self.limits()
            .and_then(|limits| limits.memory)
            .or(self.mem_limit)
    }

    /// The memory kept for it: `deploy.resources.reservations.memory`, else `mem_reservation`.
    pub fn memory_reservation(&self) -> Option<Bytes> {
        self.reservations()
            .and_then(|reservations| reservations.memory)
            .or(self.mem_reservation)
    }

    /// The processes it may have: `deploy.resources.limits.pids`, else `pids_limit`.
    pub fn process_limit(&self) -> Option<i64> {
        self.limits()
            .and_then(|limits| limits.pids)
            .or(self.pids_limit)
    }

    /// The devices it asks for: GPUs mostly. `gpus` is already among them.
    pub fn device_requests(&self) -> &[DeviceRequest] {
        self.reservations()
            .map(|reservations| reservations.devices.as_slice())
            .unwrap_or_default()
    }

    fn limits(&self) -> Option<&Limits> {
        self.deploy.as_ref()?.resources.as_ref()?.limits.as_ref()
    }

    fn reservations(&self) -> Option<&Reservations> {
        self.deploy
            .as_ref()?
            .resources
            .as_ref()?
            .reservations
            .as_ref()
    }
}
