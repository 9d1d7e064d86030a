//! One container: left alone, started, made, or made anew.
//!
//! In: a service and the image it runs. Out: a started container with its real ports.
//! Side effects: at the engine; all noted for the way back.

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bytes::Bytes;

use super::names::{self, LABEL_HASH};
use super::rollback::Replaced;
use super::up::Work;
use super::{Change, Container, LifecycleError, News, PortPolicy, ports, spec};
use crate::compose::Service;
use crate::engine::{EngineError, Progress};

/// What to make.
pub struct Order<'a> {
    pub key: &'a str,
    pub service: &'a Service,
    pub number: u32,
    pub image: &'a str,
    pub hash: &'a str,
    /// Files to copy into it, as a tar archive.
    pub contents: Option<Bytes>,
    /// Whether the service is one that ends.
    pub is_one_shot: bool,
}

impl Work<'_> {
    /// Brings one container up.
    ///
    /// # Errors
    /// [`LifecycleError::Engine`], [`LifecycleError::PortTaken`].
    pub(super) async fn container(&self, order: &Order<'_>) -> Result<Container, LifecycleError> {
        let error = LifecycleError::of(order.key);
        let old = self.existing(order.key, order.number);
        let (id, change) = match old {
            Some(old) if is_current(old, order.hash) => self.keep(order, old).await?,
            Some(old) => {
                self.set_aside(old).await.map_err(&error)?;
                (self.make(order).await?, Change::Recreated)
            }
            None => (self.make(order).await?, Change::Created),
        };
        let found = self.engine.inspect_container(&id).await.map_err(&error)?;
        let name = found.name.as_deref().unwrap_or_default();
        let container = Container {
            id,
            name: name.trim_start_matches('/').to_owned(),
            service: order.key.to_owned(),
            number: order.number,
            change,
            ports: ports::published(&found),
        };
        self.tell(News::Container {
            service: container.service.clone(),
            name: container.name.clone(),
            change,
        });
        Ok(container)
    }

    /// Unchanged: it may only have to be started.
    async fn keep(
        &self,
        order: &Order<'_>,
        old: &ContainerSummary,
    ) -> Result<(String, Change), LifecycleError> {
        let id = old.id.clone().unwrap_or_default();
        let is_done = order.is_one_shot && is_done(old);
        if old.state == Some(ContainerSummaryStateEnum::RUNNING) || is_done {
            return Ok((id, Change::Untouched));
        }
        let started = self.engine.start_container(&id).await;
        match started {
            Ok(()) => Ok((id, Change::Started)),
            // Its port went to somebody else meanwhile.
            Err(error) if error.is_port_taken() => {
                self.set_aside(old)
                    .await
                    .map_err(LifecycleError::of(order.key))?;
                Ok((self.make(order).await?, Change::Recreated))
            }
            Err(error) => Err(LifecycleError::of(order.key)(error)),
        }
    }

    async fn set_aside(&self, old: &ContainerSummary) -> Result<(), EngineError> {
        let id = old.id.as_deref().unwrap_or_default();
        let name = name_of(old);
        let replaced = Replaced {
            id: id.to_owned(),
            name: name.clone(),
            was_running: old.state == Some(ContainerSummaryStateEnum::RUNNING),
        };
        let short: String = id.chars().take(12).collect();
        self.engine
            .rename_container(id, &format!("{name}-replaced-{short}"))
            .await?;
        self.made.replaced(replaced);
        // After the note: if stopping fails, it is renamed back.
        self.engine.stop_container(id, None).await
    }

    /// Creates and starts it; moves ports that are taken.
    async fn make(&self, order: &Order<'_>) -> Result<String, LifecycleError> {
        let mut moved: Vec<String> = Vec::new();
        loop {
            let id = self.create(order, &moved).await?;
            let Err(error) = self.engine.start_container(&id).await else {
                return Ok(id);
            };
            let taken = self.taken(order, &error, &moved).await?;
            let Some(taken) = taken else {
                return Err(LifecycleError::of(order.key)(error));
            };
            self.engine
                .remove_container(&id)
                .await
                .map_err(LifecycleError::of(order.key))?;
            for wanted in &taken {
                self.tell(News::PortMoved {
                    service: order.key.to_owned(),
                    wanted: wanted.clone(),
                });
            }
            moved.extend(taken);
        }
    }

    /// The ports to move; `None` where ports are not what is wrong.
    async fn taken(
        &self,
        order: &Order<'_>,
        error: &EngineError,
        moved: &[String],
    ) -> Result<Option<Vec<String>>, LifecycleError> {
        if !error.is_port_taken() {
            return Ok(None);
        }
        let mut taken = ports::taken(order.service, &error.to_string());
        taken.retain(|port| !moved.contains(port));
        let Some(port) = taken.first() else {
            return Ok(None);
        };
        if self.options.ports == PortPolicy::Fixed {
            let holder = ports::holder(self.engine, port).await;
            return Err(LifecycleError::PortTaken {
                service: order.key.to_owned(),
                port: port.clone(),
                holder: holder.unwrap_or_else(|_| "another program".to_owned()),
            });
        }
        Ok(Some(taken))
    }

    async fn create(&self, order: &Order<'_>, moved: &[String]) -> Result<String, LifecycleError> {
        let error = LifecycleError::of(order.key);
        let others = self.others();
        let context = spec::Context {
            project: self.project,
            key: order.key,
            service: order.service,
            number: order.number,
            image: order.image,
            hash: order.hash,
            owner: &self.options.owner,
            moved,
            others: &others,
        };
        let body = spec::container(&context);
        let name =
            names::container_name(&self.project.name, order.key, order.service, order.number);
        let platform = order.service.platform.as_deref();
        let created = self
            .engine
            .create_container(&name, platform, body.clone())
            .await;
        let id = match created {
            Err(conflict) if conflict.is_conflict() && order.service.container_name.is_some() => {
                let name = names::unique_name(&self.project.name, &name);
                self.engine.create_container(&name, platform, body).await
            }
            answer => answer,
        }
        .map_err(&error)?;
        self.made.container(&id);
        for endpoint in spec::endpoints(&context).into_iter().skip(1) {
            let joined = self
                .engine
                .connect_network(&endpoint.network, &id, endpoint.settings);
            joined.await.map_err(&error)?;
        }
        if let Some(archive) = order.contents.clone() {
            let copied = self.engine.copy_into(&id, "/", archive).await;
            copied.map_err(&error)?;
        }
        Ok(id)
    }

    pub(super) fn image_progress<'a>(&'a self, key: &'a str) -> impl FnMut(Progress) + Send + 'a {
        move |progress| {
            self.tell(News::Image {
                service: key.to_owned(),
                progress,
            });
        }
    }
}

fn is_current(old: &ContainerSummary, hash: &str) -> bool {
    let labels = old.labels.as_ref();
    labels
        .and_then(|labels| labels.get(LABEL_HASH))
        .is_some_and(|label| label == hash)
}

/// Source: the engine writes the exit code only into this text.
fn is_done(old: &ContainerSummary) -> bool {
    let status = old.status.as_deref().unwrap_or_default();
    old.state == Some(ContainerSummaryStateEnum::EXITED) && status.starts_with("Exited (0)")
}

pub(super) fn name_of(container: &ContainerSummary) -> String {
    let name = container.names.as_ref().and_then(|names| names.first());
    name.map(|name| name.trim_start_matches('/').to_owned())
        .unwrap_or_default()
}
