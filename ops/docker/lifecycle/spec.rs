//! From a service to the request that creates its container.
//!
//! In: a service of the normalised project. Out: the engine's request. Side effects: none.
//!
//! Source: Docker Engine API, `POST /containers/create`; compose specification.

mod host;
mod mounts;
mod networks;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::models::{ContainerCreateBody, HealthConfig};

use super::names::{self, LABEL_HASH, LABEL_NUMBER, LABEL_SERVICE, LABEL_WAITS};
use super::ports;
use crate::compose::{Healthcheck, Project, Service, Span};

pub use mounts::target;
pub use networks::{endpoints, network_request, volume_request};

/// What a request is made of, beside the service.
pub struct Context<'a> {
    pub project: &'a Project,
    /// The service's key.
    pub key: &'a str,
    pub service: &'a Service,
    pub number: u32,
    pub image: &'a str,
    pub hash: &'a str,
    pub owner: &'a str,
    /// Host ports that are taken.
    pub moved: &'a [String],
    /// The containers of the services that this one shares something with.
    pub others: &'a BTreeMap<String, String>,
}

/// The request.
pub fn container(context: &Context) -> ContainerCreateBody {
    let service = context.service;
    ContainerCreateBody {
        image: Some(context.image.to_owned()),
        hostname: service.hostname.clone(),
        domainname: service.domainname.clone(),
        user: service.user.clone(),
        tty: Some(service.tty),
        open_stdin: Some(service.stdin_open),
        env: Some(environment(service)),
        cmd: service.command.clone(),
        entrypoint: service.entrypoint.clone(),
        working_dir: service.working_dir.clone(),
        healthcheck: service.healthcheck.as_ref().map(healthcheck),
        labels: Some(labels(context)),
        stop_signal: service.stop_signal.clone(),
        stop_timeout: service.stop_grace_period.map(|span| seconds(span.0)),
        exposed_ports: Some(ports::exposed(service)),
        volumes: Some(mounts::anonymous(service)),
        host_config: Some(host::host(context)),
        networking_config: networks::first(context),
        ..ContainerCreateBody::default()
    }
}

fn environment(service: &Service) -> Vec<String> {
    service
        .environment
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)))
        .collect()
}

fn labels(context: &Context) -> HashMap<String, String> {
    let own = context.service.labels.clone();
    let mut labels = names::project_labels(context.project, context.owner, own);
    labels.insert(LABEL_SERVICE.to_owned(), context.key.to_owned());
    labels.insert(LABEL_NUMBER.to_owned(), context.number.to_string());
    labels.insert(LABEL_HASH.to_owned(), context.hash.to_owned());
    let waits: Vec<&str> = context
        .service
        .depends_on
        .keys()
        .map(String::as_str)
        .collect();
    labels.insert(LABEL_WAITS.to_owned(), waits.join(","));
    labels
}

fn healthcheck(check: &Healthcheck) -> HealthConfig {
    let nanoseconds =
        |span: Option<Span>| span.map(|span| i64::try_from(span.0.as_nanos()).unwrap_or(i64::MAX));
    HealthConfig {
        test: (!check.test.is_empty()).then(|| check.test.clone()),
        interval: nanoseconds(check.interval),
        timeout: nanoseconds(check.timeout),
        retries: check.retries.map(i64::from),
        start_period: nanoseconds(check.start_period),
        start_interval: nanoseconds(check.start_interval),
    }
}

/// Whole seconds, rounded up: a grace of half a second is not none.
fn seconds(span: Duration) -> i64 {
    let rest = i64::from(span.subsec_nanos() > 0);
    i64::try_from(span.as_secs())
        .unwrap_or(i64::MAX)
        .saturating_add(rest)
}

/// `None` for an empty list, so that the engine's own default stays.
fn listed<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}

fn mapped(map: &BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    (!map.is_empty()).then(|| map.clone().into_iter().collect())
}

#[cfg(test)]
mod tests;
