//! The image of a service: there, pulled or built.
//!
//! In: a service. Out: the name and id of its image. Side effects: pulls and builds at the engine; reads the context.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use super::LifecycleError;
use super::context::{INLINE, pack};
use super::up::Work;
use crate::compose::{Build, Service};
use crate::engine::BuildRequest;

/// An image that the engine has.
pub struct Image {
    pub name: String,
    pub id: String,
}

/// Makes sure that the engine has the image of a service.
///
/// # Errors
/// [`LifecycleError::Engine`] with what the registry or the build said; [`LifecycleError::NoImage`].
pub async fn ensure(
    work: &Work<'_>,
    key: &str,
    service: &Service,
) -> Result<Image, LifecycleError> {
    let error = LifecycleError::of(key);
    let name = match (&service.image, &service.build) {
        (Some(image), _) => image.clone(),
        (None, Some(_)) => format!("{}-{key}", work.project.name),
        (None, None) => {
            return Err(LifecycleError::NoImage {
                service: key.to_owned(),
            });
        }
    };
    let policy = service.pull_policy.as_deref().unwrap_or("missing");
    let there = work.engine.image(&name).await.map_err(&error)?;
    if let (Some(build), true) = (&service.build, there.is_none() || policy == "build") {
        build_image(work, key, service, build, &name).await?;
    } else if policy == "always" || (there.is_none() && policy != "never") {
        let mut progress = work.image_progress(key);
        let platform = service.platform.as_deref();
        let pulled = work.engine.pull(&name, platform, None, &mut progress).await;
        pulled.map_err(&error)?;
    } else if let Some(image) = there {
        let id = image.id.unwrap_or_default();
        return Ok(Image { name, id });
    }
    let image = work.engine.image(&name).await.map_err(&error)?;
    let image = image.ok_or_else(|| LifecycleError::NoImage {
        service: key.to_owned(),
    })?;
    let id = image.id.unwrap_or_default();
    Ok(Image { name, id })
}

async fn build_image(
    work: &Work<'_>,
    key: &str,
    service: &Service,
    build: &Build,
    name: &str,
) -> Result<(), LifecycleError> {
    let folder = PathBuf::from(&build.context);
    let inline = build.dockerfile_inline.clone();
    let dockerfile = match &inline {
        Some(_) => INLINE.to_owned(),
        None => build
            .dockerfile
            .clone()
            .unwrap_or_else(|| "Dockerfile".to_owned()),
    };
    let packing = tokio::task::spawn_blocking({
        let (folder, dockerfile) = (folder.clone(), dockerfile.clone());
        move || pack(&folder, &dockerfile, inline.as_deref())
    });
    let context = packing.await.map_err(io::Error::other).flatten();
    let context = context.map_err(|source| LifecycleError::Context {
        service: key.to_owned(),
        path: folder,
        source,
    })?;
    let arguments: HashMap<String, String> = build
        .args
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.clone()?)))
        .collect();
    let request = BuildRequest {
        tag: name.to_owned(),
        context: context.into(),
        dockerfile,
        target: build.target.clone().unwrap_or_default(),
        arguments,
        labels: build.labels.clone().into_iter().collect(),
        cache_from: build.cache_from.clone(),
        platform: service.platform.clone().unwrap_or_default(),
        network: build.network.clone(),
        no_cache: build.no_cache,
        pull: build.pull,
    };
    let mut progress = work.image_progress(key);
    let built = work.engine.build(&request, &mut progress).await;
    built.map_err(LifecycleError::of(key))?;
    Ok(())
}
