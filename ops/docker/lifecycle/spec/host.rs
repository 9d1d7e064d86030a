//! The host's side of a container: limits, devices, rights.
//!
//! In: a service. Out: the engine's `HostConfig`. Side effects: none.

use bollard::models::{
    DeviceMapping, DeviceRequest, HostConfig, HostConfigLogConfig, ResourcesUlimits, RestartPolicy,
    RestartPolicyNameEnum,
};

use super::{Context, listed, mapped, mounts, networks};
use crate::compose::{Bytes, Service};
use crate::lifecycle::ports;

pub fn host(context: &Context) -> HostConfig {
    let service = context.service;
    HostConfig {
        binds: listed(&mounts::binds(service)),
        mounts: listed(&mounts::mounts(context)),
        tmpfs: mounts::tmpfs(service),
        volumes_from: listed(&mounts::volumes_from(context)),
        network_mode: networks::mode(context),
        port_bindings: Some(ports::bindings(service, context.moved)),
        extra_hosts: listed(&extra_hosts(service)),
        dns: listed(&service.dns),
        dns_options: listed(&service.dns_opt),
        dns_search: listed(&service.dns_search),
        ipc_mode: shared(context, service.ipc.as_deref()),
        pid_mode: shared(context, service.pid.as_deref()),
        uts_mode: service.uts.clone(),
        userns_mode: service.userns_mode.clone(),
        log_config: logging(service),
        restart_policy: restart(service),
        ..resources(service, rights(service))
    }
}

fn rights(service: &Service) -> HostConfig {
    HostConfig {
        cap_add: listed(&service.cap_add),
        cap_drop: listed(&service.cap_drop),
        group_add: listed(&service.group_add),
        init: service.init,
        privileged: Some(service.privileged),
        readonly_rootfs: Some(service.read_only),
        runtime: service.runtime.clone(),
        security_opt: listed(&service.security_opt),
        storage_opt: mapped(&service.storage_opt),
        sysctls: mapped(&service.sysctls),
        oom_kill_disable: service.oom_kill_disable,
        oom_score_adj: service.oom_score_adj,
        cgroup_parent: service.cgroup_parent.clone(),
        device_cgroup_rules: listed(&service.device_cgroup_rules),
        annotations: mapped(&service.annotations),
        ..HostConfig::default()
    }
}

fn resources(service: &Service, rights: HostConfig) -> HostConfig {
    HostConfig {
        nano_cpus: service.cpu_limit().map(nano_cpus),
        memory: service.memory_limit().map(bytes),
        memory_reservation: service.memory_reservation().map(bytes),
        memory_swap: service.memswap_limit.map(|limit| limit.0),
        memory_swappiness: service.mem_swappiness,
        pids_limit: service.process_limit(),
        cpu_shares: service.cpu_shares,
        cpu_period: service.cpu_period,
        cpu_quota: service.cpu_quota,
        cpu_realtime_period: service.cpu_rt_period,
        cpu_realtime_runtime: service.cpu_rt_runtime,
        cpuset_cpus: service.cpuset.clone(),
        shm_size: service.shm_size.map(bytes),
        ulimits: listed(&ulimits(service)),
        devices: listed(&devices(service)),
        device_requests: listed(&device_requests(service)),
        ..rights
    }
}

fn bytes(bytes: Bytes) -> i64 {
    i64::try_from(bytes.0).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "processors times 1e9 is far below 2^63"
)]
fn nano_cpus(cpus: f64) -> i64 {
    (cpus * 1e9).round() as i64
}

fn ulimits(service: &Service) -> Vec<ResourcesUlimits> {
    let limits = service.ulimits.iter();
    limits
        .map(|(name, limit)| ResourcesUlimits {
            name: Some(name.clone()),
            soft: Some(limit.soft),
            hard: Some(limit.hard),
        })
        .collect()
}

fn devices(service: &Service) -> Vec<DeviceMapping> {
    let devices = service.devices.iter();
    devices
        .map(|device| DeviceMapping {
            path_on_host: Some(device.source.clone()),
            path_in_container: Some(device.target.clone()),
            cgroup_permissions: Some(
                device
                    .permissions
                    .clone()
                    .unwrap_or_else(|| "rwm".to_owned()),
            ),
        })
        .collect()
}

fn device_requests(service: &Service) -> Vec<DeviceRequest> {
    let requests = service.device_requests().iter();
    requests
        .map(|request| DeviceRequest {
            driver: request.driver.clone(),
            // Neither a number nor names means all of them.
            count: match (request.count, request.device_ids.is_empty()) {
                (Some(count), _) => Some(count.0),
                (None, true) => Some(-1),
                (None, false) => None,
            },
            device_ids: listed(&request.device_ids),
            capabilities: Some(vec![request.capabilities.clone()]),
            options: mapped(&request.options),
        })
        .collect()
}

fn extra_hosts(service: &Service) -> Vec<String> {
    let hosts = service.extra_hosts.0.iter();
    hosts
        .flat_map(|(name, addresses)| {
            addresses
                .iter()
                .map(move |address| format!("{name}:{address}"))
        })
        .collect()
}

/// `service:db` becomes the container of that service.
pub(super) fn shared(context: &Context, mode: Option<&str>) -> Option<String> {
    let mode = mode?;
    let Some(other) = mode.strip_prefix("service:") else {
        return Some(mode.to_owned());
    };
    context
        .others
        .get(other)
        .map(|id| format!("container:{id}"))
}

fn logging(service: &Service) -> Option<HostConfigLogConfig> {
    let logging = service.logging.as_ref()?;
    Some(HostConfigLogConfig {
        typ: logging.driver.clone(),
        config: mapped(&logging.options),
    })
}

/// `restart`, else `deploy.restart_policy`.
fn restart(service: &Service) -> Option<RestartPolicy> {
    if let Some(text) = &service.restart {
        let (name, count) = text.split_once(':').unwrap_or((text, ""));
        return Some(RestartPolicy {
            name: name.parse().ok(),
            maximum_retry_count: count.parse().ok(),
        });
    }
    let policy = service.deploy.as_ref()?.restart_policy.as_ref()?;
    let name = match policy.condition.as_deref() {
        Some("none") => RestartPolicyNameEnum::NO,
        Some("on-failure") => RestartPolicyNameEnum::ON_FAILURE,
        _ => RestartPolicyNameEnum::ALWAYS,
    };
    let count = policy
        .max_attempts
        .filter(|_| name == RestartPolicyNameEnum::ON_FAILURE);
    Some(RestartPolicy {
        name: Some(name),
        maximum_retry_count: count.map(i64::from),
    })
}
