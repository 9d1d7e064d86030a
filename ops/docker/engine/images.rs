//! Images: there or not, pulled, built.
//!
//! In: names, build contexts. Out: progress, ids. Side effects: images at the engine, the network of the engine.
//!
//! Source: Docker Engine API, `/images/create` and `/build` (the classic builder: the newer one wants a session).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::auth::DockerCredentials;
use bollard::models::{BuildInfo, CreateImageInfo, ImageInspect, ProgressDetail};
use bollard::query_parameters::{BuildImageOptions, CreateImageOptions, RemoveImageOptions};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};

use super::Engine;
use super::containers::gone_is_fine;
use super::error::EngineError;

/// Lines of a failed build that its error shows.
const SHOWN_LINES: usize = 20;

/// News of a pull or a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A layer: how many of its bytes are here.
    Layer {
        id: String,
        status: String,
        current: u64,
        total: u64,
    },
    /// What the engine prints about the whole, or what a step of the build prints.
    Line(String),
}

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct BuildRequest {
    /// The name that the image gets.
    pub tag: String,
    /// A tar archive of the context, packed or not.
    pub context: Bytes,
    /// Path within the context; empty for `Dockerfile`.
    pub dockerfile: String,
    pub target: String,
    pub arguments: HashMap<String, String>,
    pub labels: HashMap<String, String>,
    pub cache_from: Vec<String>,
    pub platform: String,
    pub network: Option<String>,
    pub no_cache: bool,
    pub pull: bool,
}

impl Engine {
    /// The image, where the engine has it.
    ///
    /// # Errors
    /// As every call.
    pub async fn image(&self, name: &str) -> Result<Option<ImageInspect>, EngineError> {
        let action = format!("inspect image {name}");
        match self.read(&action, || self.docker.inspect_image(name)).await {
            Err(error) if error.is_missing() => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Pulls an image: the tag `latest` where none is named.
    ///
    /// # Errors
    /// [`EngineError::Pull`] with what the registry said; [`EngineError::TimedOut`].
    pub async fn pull(
        &self,
        image: &str,
        platform: Option<&str>,
        credentials: Option<DockerCredentials>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), EngineError> {
        let options = CreateImageOptions {
            from_image: Some(with_tag(image)),
            platform: platform.unwrap_or_default().to_owned(),
            ..CreateImageOptions::default()
        };
        let refused = |message: String| EngineError::Pull {
            image: image.to_owned(),
            message,
        };
        let news = self.docker.create_image(Some(options), None, credentials);
        let action = format!("pull {image}");
        self.follow(&action, news, |info: CreateImageInfo| {
            if let Some(message) = info.error_detail.and_then(|detail| detail.message) {
                return Err(refused(message));
            }
            progress(news_of(info.id, info.status, info.progress_detail));
            Ok(())
        })
        .await
        .map_err(|error| match error {
            EngineError::Answer { message, .. } => refused(message),
            error => error,
        })
    }

    /// Takes a name from an image, and the image with its last name. Succeeds if it is gone.
    ///
    /// # Errors
    /// As every call; [`EngineError::is_conflict`] while a container has it.
    pub async fn remove_image(&self, image: &str) -> Result<(), EngineError> {
        let call = self
            .docker
            .remove_image(image, None::<RemoveImageOptions>, None);
        let removed = self.call(&format!("remove image {image}"), call).await;
        gone_is_fine(removed.map(|_| ()))
    }

    /// Builds an image; answers with its id.
    ///
    /// # Errors
    /// [`EngineError::Build`] with the step and what it printed; [`EngineError::TimedOut`].
    pub async fn build(
        &self,
        request: &BuildRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<String, EngineError> {
        let context = bollard::body_full(request.context.clone());
        let news = self
            .docker
            .build_image(options(request), None, Some(context));
        let mut log = BuildLog::default();
        let action = format!("build {}", request.tag);
        let built = self
            .follow(&action, news, |info: BuildInfo| log.add(info, progress))
            .await;
        match built {
            Ok(()) => Ok(log.id),
            Err(EngineError::Answer { message, .. }) => Err(log.failed(&request.tag, message)),
            Err(error) => Err(error),
        }
    }

    /// Reads news to their end. The limits: between two of them, and over all.
    async fn follow<T>(
        &self,
        action: &str,
        news: impl Stream<Item = Result<T, bollard::errors::Error>>,
        mut each: impl FnMut(T) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let end = Instant::now() + self.limits.image;
        let mut news = std::pin::pin!(news);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let limit = left.min(self.limits.idle);
            match tokio::time::timeout(limit, news.try_next()).await {
                Ok(Ok(Some(info))) => each(info)?,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(EngineError::of(action, error)),
                Err(_) => return Err(self.silent(action, left)),
            }
        }
    }

    fn silent(&self, action: &str, left: Duration) -> EngineError {
        if left > self.limits.idle {
            return EngineError::TimedOut {
                action: format!("say anything more while it was to {action}"),
                limit: self.limits.idle,
            };
        }
        EngineError::TimedOut {
            action: action.to_owned(),
            limit: self.limits.image,
        }
    }
}

/// What a build has said so far.
#[derive(Default)]
struct BuildLog {
    id: String,
    step: String,
    lines: Vec<String>,
}

impl BuildLog {
    fn add(
        &mut self,
        info: BuildInfo,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), EngineError> {
        if let Some(message) = info.error_detail.and_then(|detail| detail.message) {
            return Err(EngineError::Answer {
                action: String::new(),
                status: 500,
                message,
            });
        }
        if let Some(id) = info.aux.and_then(|image| image.id) {
            self.id = id;
        }
        if let Some(text) = info.stream {
            self.print(&text);
            progress(Progress::Line(text));
        } else if info.status.is_some() {
            progress(news_of(info.id, info.status, info.progress_detail));
        }
        Ok(())
    }

    fn print(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if line.starts_with("Step ") {
                line.clone_into(&mut self.step);
                self.lines.clear();
            } else if !line.starts_with(" ---> ") {
                self.lines.push(line.to_owned());
            }
        }
    }

    fn failed(self, image: &str, message: String) -> EngineError {
        let first = self.lines.len().saturating_sub(SHOWN_LINES);
        EngineError::Build {
            image: image.to_owned(),
            step: self.step,
            message,
            output: self.lines[first..].join("\n"),
        }
    }
}

fn options(request: &BuildRequest) -> BuildImageOptions {
    let dockerfile = match request.dockerfile.as_str() {
        "" => "Dockerfile",
        path => path,
    };
    BuildImageOptions {
        dockerfile: dockerfile.to_owned(),
        t: Some(request.tag.clone()),
        buildargs: Some(request.arguments.clone()),
        labels: Some(request.labels.clone()),
        cachefrom: (!request.cache_from.is_empty()).then(|| request.cache_from.clone()),
        target: request.target.clone(),
        platform: request.platform.clone(),
        networkmode: request.network.clone(),
        nocache: request.no_cache,
        pull: request.pull.then(|| "1".to_owned()),
        rm: true,
        forcerm: true,
        ..BuildImageOptions::default()
    }
}

fn news_of(id: Option<String>, status: Option<String>, detail: Option<ProgressDetail>) -> Progress {
    let status = status.unwrap_or_default();
    let bytes = |count: Option<i64>| {
        count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0)
    };
    match (id, detail) {
        (Some(id), Some(detail)) => Progress::Layer {
            id,
            status,
            current: bytes(detail.current),
            total: bytes(detail.total),
        },
        _ => Progress::Line(status),
    }
}

/// Without a tag the engine would pull all of them.
fn with_tag(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    if last.contains(':') || last.contains('@') {
        return image.to_owned();
    }
    format!("{image}:latest")
}

#[cfg(test)]
mod tests {
    use super::with_tag;

    #[test]
    fn a_name_without_tag_means_latest() {
        assert_eq!(with_tag("redis"), "redis:latest");
        assert_eq!(
            with_tag("127.0.0.1:5000/redis"),
            "127.0.0.1:5000/redis:latest"
        );
        assert_eq!(with_tag("redis:7"), "redis:7");
        assert_eq!(with_tag("redis@sha256:00"), "redis@sha256:00");
    }
}
