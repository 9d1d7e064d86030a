//! The exact requests, for what no test machine has: GPUs, devices.

use std::collections::BTreeMap;

use super::*;
use crate::compose::{
    Bytes, Count, Deploy, DeviceRequest, Limits, Mount, Network, Reservations, Resources, Volume,
};

fn request(project: &Project, service: &Service) -> serde_json::Value {
    let context = Context {
        project,
        key: "model",
        service,
        number: 1,
        image: "sha256:1",
        hash: "abc",
        owner: "me",
        moved: &[],
        others: &BTreeMap::from([("db".to_owned(), "id-of-db".to_owned())]),
    };
    serde_json::to_value(container(&context)).unwrap()
}

#[test]
fn gpus_and_limits_reach_the_engine() {
    let service = Service {
        deploy: Some(Deploy {
            resources: Some(Resources {
                limits: Some(Limits {
                    cpus: Some(1.5),
                    memory: Some(Bytes(64 << 20)),
                    pids: Some(7),
                }),
                reservations: Some(Reservations {
                    devices: vec![DeviceRequest {
                        driver: Some("nvidia".to_owned()),
                        count: Some(Count(2)),
                        capabilities: vec!["gpu".to_owned()],
                        ..DeviceRequest::default()
                    }],
                    ..Reservations::default()
                }),
            }),
            ..Deploy::default()
        }),
        ..Service::default()
    };
    let host = &request(&Project::default(), &service)["HostConfig"];
    assert_eq!(host["NanoCpus"], 1_500_000_000);
    assert_eq!(host["Memory"], 64 << 20);
    assert_eq!(host["PidsLimit"], 7);
    let expected = serde_json::json!([{"Driver": "nvidia", "Count": 2, "Capabilities": [["gpu"]]}]);
    assert_eq!(host["DeviceRequests"], expected);
}

#[test]
fn names_of_the_project_become_names_of_the_engine() {
    let mut project = Project {
        name: "p".to_owned(),
        ..Project::default()
    };
    let network = Network {
        name: "p_back".to_owned(),
        ..Network::default()
    };
    let volume = Volume {
        name: "p_data".to_owned(),
        ..Volume::default()
    };
    project.networks.insert("back".to_owned(), network);
    project.volumes.insert("data".to_owned(), volume);
    let service = Service {
        networks: BTreeMap::from([("back".to_owned(), None)]),
        pid: Some("service:db".to_owned()),
        volumes: vec![Mount {
            r#type: "volume".to_owned(),
            source: Some("data".to_owned()),
            target: "/data".to_owned(),
            ..Mount::default()
        }],
        ..Service::default()
    };
    let request = request(&project, &service);
    assert_eq!(request["HostConfig"]["NetworkMode"], "p_back");
    assert_eq!(request["HostConfig"]["PidMode"], "container:id-of-db");
    assert_eq!(request["HostConfig"]["Mounts"][0]["Source"], "p_data");
    let endpoint = &request["NetworkingConfig"]["EndpointsConfig"]["p_back"];
    assert_eq!(endpoint["Aliases"], serde_json::json!(["model"]));
}

#[test]
fn labels_say_whose_it_is() {
    let project = Project {
        name: "p".to_owned(),
        ..Project::default()
    };
    let labels = &request(&project, &Service::default())["Labels"];
    assert_eq!(labels["dev.prizm.project"], "p");
    assert_eq!(labels["dev.prizm.service"], "model");
    assert_eq!(labels["dev.prizm.owner"], "me");
    assert_eq!(labels["dev.prizm.config-hash"], "abc");
}

#[test]
fn restart_and_grace() {
    let service = Service {
        restart: Some("on-failure:3".to_owned()),
        stop_grace_period: Some(Span(Duration::from_millis(1500))),
        ..Service::default()
    };
    let request = request(&Project::default(), &service);
    let policy = &request["HostConfig"]["RestartPolicy"];
    assert_eq!(
        (
            policy["Name"].as_str(),
            policy["MaximumRetryCount"].as_i64()
        ),
        (Some("on-failure"), Some(3))
    );
    assert_eq!(request["StopTimeout"], 2);
}
