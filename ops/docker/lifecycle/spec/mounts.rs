//! Folders, volumes and files of a container.
//!
//! In: a service. Out: the engine's mounts. Side effects: none.
//! A folder of the host that may be made is a bind in the old notation: with the newer one the engine makes none.

use std::collections::HashMap;

use bollard::models::{Mount, MountBindOptions, MountTmpfsOptions, MountType, MountVolumeOptions};

use super::{Context, mapped};
use crate::compose::{self, FileObject, FileReference, Service};

fn is_plain_bind(mount: &compose::Mount) -> bool {
    let options = mount.bind.as_ref();
    mount.r#type == "bind" && options.is_none_or(|options| options.create_host_path != Some(false))
}

pub fn binds(service: &Service) -> Vec<String> {
    let plain = service.volumes.iter().filter(|mount| is_plain_bind(mount));
    plain
        .map(|mount| {
            let options = mount.bind.as_ref();
            let words = [
                mount.read_only.then(|| "ro".to_owned()),
                options.and_then(|options| options.propagation.clone()),
                options.and_then(|options| options.selinux.clone()),
            ];
            let words: Vec<String> = words.into_iter().flatten().collect();
            let source = mount.source.as_deref().unwrap_or_default();
            match words.is_empty() {
                true => format!("{source}:{}", mount.target),
                false => format!("{source}:{}:{}", mount.target, words.join(",")),
            }
        })
        .collect()
}

pub fn mounts(context: &Context) -> Vec<Mount> {
    let service = context.service;
    let own = service
        .volumes
        .iter()
        .filter(|mount| !is_plain_bind(mount) && !is_anonymous(mount))
        .map(|mount| one(context, mount));
    own.chain(files(context)).collect()
}

fn is_anonymous(mount: &compose::Mount) -> bool {
    mount.r#type == "volume" && mount.source.is_none() && mount.volume.is_none()
}

/// Volumes without a name: the engine makes them, and they go with the container.
pub fn anonymous(service: &Service) -> Vec<String> {
    let mounts = service.volumes.iter().filter(|mount| is_anonymous(mount));
    mounts.map(|mount| mount.target.clone()).collect()
}

fn one(context: &Context, mount: &compose::Mount) -> Mount {
    Mount {
        typ: Some(kind(&mount.r#type)),
        source: source(context, mount),
        target: Some(mount.target.clone()),
        read_only: Some(mount.read_only),
        consistency: mount.consistency.clone(),
        bind_options: mount.bind.as_ref().map(|options| MountBindOptions {
            propagation: options
                .propagation
                .as_ref()
                .and_then(|text| text.parse().ok()),
            ..MountBindOptions::default()
        }),
        volume_options: mount.volume.as_ref().map(|options| MountVolumeOptions {
            no_copy: Some(options.nocopy),
            labels: mapped(&options.labels),
            subpath: options.subpath.clone(),
            ..MountVolumeOptions::default()
        }),
        tmpfs_options: mount.tmpfs.as_ref().map(|options| MountTmpfsOptions {
            size_bytes: options.size.and_then(|size| i64::try_from(size.0).ok()),
            mode: options.mode.map(|mode| i64::from(mode.0)),
            ..MountTmpfsOptions::default()
        }),
        image_options: None,
    }
}

fn kind(name: &str) -> MountType {
    match name {
        "bind" => MountType::BIND,
        "tmpfs" => MountType::TMPFS,
        "image" => MountType::IMAGE,
        "npipe" => MountType::NPIPE,
        "cluster" => MountType::CLUSTER,
        _ => MountType::VOLUME,
    }
}

/// A volume of the project has another name at the engine.
fn source(context: &Context, mount: &compose::Mount) -> Option<String> {
    let source = mount.source.clone()?;
    let volume = context.project.volumes.get(&source);
    Some(
        volume
            .filter(|_| mount.r#type == "volume")
            .map_or(source, |volume| volume.name.clone()),
    )
}

/// `tmpfs: /run:size=1m`.
pub fn tmpfs(service: &Service) -> Option<HashMap<String, String>> {
    let entries = service.tmpfs.iter().map(|entry| {
        let (path, options) = entry.split_once(':').unwrap_or((entry, ""));
        (path.to_owned(), options.to_owned())
    });
    let all: HashMap<String, String> = entries.collect();
    (!all.is_empty()).then_some(all)
}

/// `volumes_from: [db:ro, container:other]`.
pub fn volumes_from(context: &Context) -> Vec<String> {
    let entries = context.service.volumes_from.iter();
    entries
        .map(|entry| match entry.strip_prefix("container:") {
            Some(name) => name.to_owned(),
            None => {
                let (other, mode) = entry.split_once(':').unwrap_or((entry, ""));
                let id = context.others.get(other).map_or(other, String::as_str);
                match mode {
                    "" => id.to_owned(),
                    mode => format!("{id}:{mode}"),
                }
            }
        })
        .collect()
}

/// Configs and secrets that are files.
fn files<'a>(context: &'a Context) -> impl Iterator<Item = Mount> + 'a {
    let project = context.project;
    let configs = context.service.configs.iter();
    let secrets = context.service.secrets.iter();
    configs
        .filter_map(|file| file_mount(file, project.configs.get(&file.source)?, "/"))
        .chain(secrets.filter_map(|file| {
            file_mount(file, project.secrets.get(&file.source)?, "/run/secrets/")
        }))
}

fn file_mount(file: &FileReference, object: &FileObject, folder: &str) -> Option<Mount> {
    let path = object.file.as_ref()?;
    Some(Mount {
        typ: Some(MountType::BIND),
        source: Some(path.display().to_string()),
        target: Some(target(file, folder)),
        read_only: Some(true),
        ..Mount::default()
    })
}

/// Where in the container a config or secret is.
pub fn target(file: &FileReference, folder: &str) -> String {
    match &file.target {
        Some(path) if path.starts_with('/') => path.clone(),
        Some(name) => format!("{folder}{name}"),
        None => format!("{folder}{}", file.source),
    }
}
