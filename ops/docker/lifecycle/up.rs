//! `up`: networks and volumes, then services, each as soon as what it waits for is there.
//!
//! In: a project, an engine. Out: [`Running`]. Side effects: at the engine; undone on failure.
//! Every service is a task of its own. None is cut off while the engine makes something for it, else that would be
//! left behind: on failure the others end at their next wait.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use bollard::models::ContainerSummary;
use futures::future::{join_all, try_join_all};
use tokio::sync::watch;

use super::create::Order;
use super::graph::{self, Graph, Stage};
use super::names::{self, LABEL_NUMBER, LABEL_SERVICE, label};
use super::ready::Waiting;
use super::rollback::Made;
use super::{Container, LifecycleError, News, Running, UpOptions, contents, images};
use crate::compose::{Project, Service};
use crate::engine::Engine;

/// Brings a project up: what is missing is made, what has changed is made anew, the rest stays untouched.
///
/// # Errors
/// [`LifecycleError`] of the first service that failed. What this call made is gone then, and what it replaced is back.
pub async fn up(
    engine: &Engine,
    project: &Project,
    options: &UpOptions,
    news: &(dyn Fn(News) + Send + Sync),
) -> Result<Running, LifecycleError> {
    let graph = graph::graph(project)?;
    let existing = engine
        .list_containers(&[names::of_project(&project.name)])
        .await?;
    let work = Work {
        engine,
        project,
        options,
        news,
        existing,
        made: Made::default(),
        ids: Mutex::default(),
        one_shots: graph::one_shots(&graph),
        abort: watch::Sender::new(false),
    };
    let result = work.run(&graph).await;
    match result {
        Ok(containers) => {
            work.made.commit(engine).await?;
            work.remove_surplus().await?;
            Ok(Running {
                project: project.name.clone(),
                containers,
            })
        }
        Err(error) => Err(work.made.roll_back(engine, error).await),
    }
}

/// One call of `up`.
pub(super) struct Work<'a> {
    pub engine: &'a Engine,
    pub project: &'a Project,
    pub options: &'a UpOptions,
    pub made: Made,
    news: &'a (dyn Fn(News) + Send + Sync),
    existing: Vec<ContainerSummary>,
    /// The first container of each service that has one.
    ids: Mutex<BTreeMap<String, String>>,
    one_shots: Vec<String>,
    abort: watch::Sender<bool>,
}

type Stages = BTreeMap<String, watch::Sender<Stage>>;

impl Work<'_> {
    async fn run(&self, graph: &Graph) -> Result<Vec<Container>, LifecycleError> {
        self.ground().await?;
        let stages: Stages = graph
            .keys()
            .map(|key| (key.clone(), watch::Sender::new(Stage::Waiting)))
            .collect();
        let tasks = graph.iter().map(|(key, waits)| {
            let stages = &stages;
            async move {
                let answer = self.service(key, waits, stages).await;
                if answer.is_err() {
                    self.abort.send_replace(true);
                }
                answer
            }
        });
        let containers: Vec<Container> = first_error(join_all(tasks).await)?
            .into_iter()
            .flatten()
            .collect();
        let checks = containers
            .iter()
            .map(|container| async move { self.waiting(container).still_well().await });
        try_join_all(checks).await?;
        Ok(containers)
    }

    /// One service, from its image until it is ready.
    async fn service(
        &self,
        key: &str,
        waits: &BTreeMap<String, Stage>,
        stages: &Stages,
    ) -> Result<Vec<Container>, LifecycleError> {
        let service = &self.project.services[key];
        let reached = |stage: Stage| {
            if let Some(own) = stages.get(key) {
                own.send_replace(stage);
            }
        };
        // The image is fetched while others start.
        let image = self
            .unless_aborted(images::ensure(self, key, service))
            .await?;
        for (other, stage) in waits {
            self.unless_aborted(until(stages, other, *stage)).await?;
        }
        let containers = self.replicas(key, service, &image).await?;
        reached(Stage::Started);
        if self.is_one_shot(key) {
            let ends = containers
                .iter()
                .map(|each| async move { self.waiting(each).completed().await });
            self.unless_aborted(try_join_all(ends)).await?;
            reached(Stage::Completed);
            return Ok(containers);
        }
        let ready = containers.iter().map(|each| self.ready(each));
        self.unless_aborted(try_join_all(ready)).await?;
        reached(Stage::Ready);
        Ok(containers)
    }

    async fn replicas(
        &self,
        key: &str,
        service: &Service,
        image: &images::Image,
    ) -> Result<Vec<Container>, LifecycleError> {
        let contents = contents::archive(self.project, key, service)?;
        let hash = names::config_hash(service, &image.id, contents.as_deref().unwrap_or_default());
        let orders: Vec<Order> = (1..=service.replicas())
            .map(|number| Order {
                key,
                service,
                number,
                image: &image.name,
                hash: &hash,
                contents: contents.clone(),
                is_one_shot: self.is_one_shot(key),
            })
            .collect();
        let containers =
            first_error(join_all(orders.iter().map(|order| self.container(order))).await)?;
        if let Some(first) = containers.first() {
            let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
            ids.insert(key.to_owned(), first.id.clone());
        }
        Ok(containers)
    }

    async fn ready(&self, container: &Container) -> Result<(), LifecycleError> {
        self.waiting(container).ready().await?;
        self.tell(News::Ready {
            service: container.service.clone(),
            name: container.name.clone(),
        });
        Ok(())
    }

    fn waiting<'a>(&'a self, container: &'a Container) -> Waiting<'a> {
        let service = self.project.services.get(&container.service);
        let restart = service
            .and_then(|service| service.restart.as_deref())
            .unwrap_or("no");
        Waiting {
            engine: self.engine,
            container,
            probe: self.options.ready.get(&container.service),
            restarts: restart != "no",
            limit: self.options.ready_limit,
        }
    }

    /// `work`, unless another service fails before it is done. Only for work that makes no containers.
    async fn unless_aborted<T>(
        &self,
        work: impl Future<Output = Result<T, LifecycleError>>,
    ) -> Result<T, LifecycleError> {
        let mut abort = self.abort.subscribe();
        tokio::select! {
            biased;
            _ = abort.wait_for(|aborted| *aborted) => Err(LifecycleError::Aborted),
            answer = work => answer,
        }
    }

    fn is_one_shot(&self, key: &str) -> bool {
        self.one_shots.iter().any(|each| each == key)
    }

    /// Replicas of an earlier call that are more than the project has now.
    async fn remove_surplus(&self) -> Result<(), LifecycleError> {
        let surplus = self.existing.iter().filter(|container| {
            let service = self.project.services.get(label(container, LABEL_SERVICE));
            let number: u32 = label(container, LABEL_NUMBER).parse().unwrap_or(0);
            service.is_some_and(|service| number > service.replicas())
        });
        let ids = surplus.filter_map(|container| container.id.as_deref());
        first_error(join_all(ids.map(|id| self.remove(id))).await)?;
        Ok(())
    }

    async fn remove(&self, id: &str) -> Result<(), LifecycleError> {
        self.engine.stop_container(id, None).await?;
        Ok(self.engine.remove_container(id).await?)
    }

    pub(super) fn others(&self) -> BTreeMap<String, String> {
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn tell(&self, news: News) {
        (self.news)(news);
    }

    /// The container of an earlier call.
    pub(super) fn existing(&self, key: &str, number: u32) -> Option<&ContainerSummary> {
        self.existing.iter().find(|container| {
            label(container, LABEL_SERVICE) == key
                && label(container, LABEL_NUMBER) == number.to_string()
        })
    }
}

/// Waits until another service has come far enough.
async fn until(stages: &Stages, other: &str, stage: Stage) -> Result<(), LifecycleError> {
    let Some(sender) = stages.get(other) else {
        return Ok(());
    };
    let reached = sender
        .subscribe()
        .wait_for(|now| *now >= stage)
        .await
        .is_ok();
    reached.then_some(()).ok_or(LifecycleError::Aborted)
}

/// All answers, or the error that made the others end.
pub(super) fn first_error<T>(
    answers: Vec<Result<T, LifecycleError>>,
) -> Result<Vec<T>, LifecycleError> {
    let mut good = Vec::new();
    let mut failure = None;
    for answer in answers {
        match answer {
            Ok(value) => good.push(value),
            Err(LifecycleError::Aborted) if failure.is_some() => {}
            Err(error) if matches!(failure, None | Some(LifecycleError::Aborted)) => {
                failure = Some(error)
            }
            Err(_) => {}
        }
    }
    failure.map_or(Ok(good), Err)
}
