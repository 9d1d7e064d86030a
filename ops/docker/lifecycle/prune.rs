//! What an owner that is gone has left.
//!
//! In: which owners are alive. Out: the names of the projects that were removed.
//! Side effects: removes containers and networks that carry our labels and a dead owner, never a volume.

use std::collections::BTreeSet;

use super::names::{LABEL_OWNER, LABEL_PROJECT, label};
use super::{DownOptions, down};
use crate::engine::{Engine, EngineError};

/// Ends the projects of which no container or network has an owner that is alive.
///
/// # Errors
/// As every call of the engine.
pub async fn prune(
    engine: &Engine,
    is_alive: &dyn Fn(&str) -> bool,
) -> Result<Vec<String>, EngineError> {
    let ours = [LABEL_PROJECT.to_owned()];
    let mut held = BTreeSet::new();
    let mut left = BTreeSet::new();
    let mut sort = |project: &str, owner: &str| {
        let place = if is_alive(owner) {
            &mut held
        } else {
            &mut left
        };
        place.insert(project.to_owned());
    };
    for container in engine.list_containers(&ours).await? {
        sort(
            label(&container, LABEL_PROJECT),
            label(&container, LABEL_OWNER),
        );
    }
    for network in engine.list_networks(&ours).await? {
        let labels = network.labels.unwrap_or_default();
        let value = |name: &str| labels.get(name).cloned().unwrap_or_default();
        sort(&value(LABEL_PROJECT), &value(LABEL_OWNER));
    }
    let abandoned: Vec<String> = left.difference(&held).cloned().collect();
    for project in &abandoned {
        down(engine, project, DownOptions::default()).await?;
    }
    Ok(abandoned)
}
