//! What a call has made, so that it can be taken back.
//!
//! In: names of what was made or set aside. Out: nothing of it left, or what could not be removed.
//! Side effects: removes at the engine only what was noted here.

use std::sync::{Mutex, PoisonError};

use futures::future::join_all;

use super::LifecycleError;
use crate::engine::{Engine, EngineError};

/// A container that another replaces: renamed, until the other is ready.
#[derive(Debug, Clone)]
pub struct Replaced {
    pub id: String,
    pub name: String,
    pub was_running: bool,
}

#[derive(Debug, Default)]
struct Notes {
    networks: Vec<String>,
    volumes: Vec<String>,
    containers: Vec<String>,
    replaced: Vec<Replaced>,
}

/// The notes of one call.
#[derive(Debug, Default)]
pub struct Made(Mutex<Notes>);

impl Made {
    fn note(&self, write: impl FnOnce(&mut Notes)) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn network(&self, name: &str) {
        self.note(|notes| notes.networks.push(name.to_owned()));
    }

    pub fn volume(&self, name: &str) {
        self.note(|notes| notes.volumes.push(name.to_owned()));
    }

    pub fn container(&self, id: &str) {
        self.note(|notes| notes.containers.push(id.to_owned()));
    }

    pub fn replaced(&self, replaced: Replaced) {
        self.note(|notes| notes.replaced.push(replaced));
    }

    fn take(&self) -> Notes {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All went well: what was set aside goes.
    pub async fn commit(&self, engine: &Engine) -> Result<(), EngineError> {
        let notes = self.take();
        let removals = notes
            .replaced
            .iter()
            .map(|old| engine.remove_container(&old.id));
        join_all(removals).await.into_iter().collect()
    }

    /// Something failed: what was made goes, and what was set aside comes back. Answers with `error`.
    pub async fn roll_back(&self, engine: &Engine, error: LifecycleError) -> LifecycleError {
        let notes = self.take();
        let containers = notes
            .containers
            .iter()
            .map(|id| engine.remove_container(id));
        let mut answers = join_all(containers).await;
        answers.extend(join_all(notes.replaced.iter().map(|old| restore(engine, old))).await);
        answers.extend(
            join_all(
                notes
                    .networks
                    .iter()
                    .map(|name| engine.remove_network(name)),
            )
            .await,
        );
        answers.extend(join_all(notes.volumes.iter().map(|name| engine.remove_volume(name))).await);
        let left: Vec<String> = answers
            .into_iter()
            .filter_map(|answer| answer.err().map(|error| error.to_string()))
            .collect();
        match left.is_empty() {
            true => error,
            false => LifecycleError::Rollback {
                error: Box::new(error),
                left: left.join("; "),
            },
        }
    }
}

async fn restore(engine: &Engine, old: &Replaced) -> Result<(), EngineError> {
    engine.rename_container(&old.id, &old.name).await?;
    if old.was_running {
        engine.start_container(&old.id).await?;
    }
    Ok(())
}
