//! Configs and secrets whose content is no file of the host: copied into the container before it starts.
//!
//! In: a project, a service. Out: a tar archive with paths from the container's root. Side effects: none.
//! The content stays out of the container's environment and labels; the configuration hash changes with it.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::LifecycleError;
use super::spec::target;
use crate::compose::{FileObject, FileReference, Project, Service};

/// Readable for all, writable for nobody: the specification's default.
const MODE: u32 = 0o444;

/// The archive; `None` where there is nothing to copy.
///
/// # Errors
/// [`LifecycleError::Unknown`]: a config or secret that the project does not have, a variable that is not set.
pub fn archive(
    project: &Project,
    key: &str,
    service: &Service,
) -> Result<Option<Bytes>, LifecycleError> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut count = 0;
    let kinds = [
        ("config", &service.configs, &project.configs, "/"),
        (
            "secret",
            &service.secrets,
            &project.secrets,
            "/run/secrets/",
        ),
    ];
    for (kind, references, objects, folder) in kinds {
        for reference in references {
            let object = find(key, kind, reference, objects)?;
            let Some(content) = content(project, key, object)? else {
                continue;
            };
            let path = target(reference, folder);
            let written = append(&mut archive, reference, &path, &content);
            written.map_err(|_| unknown(key, "a valid path for", &reference.source))?;
            count += 1;
        }
    }
    let bytes = archive.into_inner().unwrap_or_default();
    Ok((count > 0).then(|| bytes.into()))
}

fn find<'a>(
    key: &str,
    kind: &'static str,
    reference: &FileReference,
    objects: &'a BTreeMap<String, FileObject>,
) -> Result<&'a FileObject, LifecycleError> {
    let object = objects.get(&reference.source);
    object.ok_or_else(|| unknown(key, kind, &reference.source))
}

/// `None` for a file: that is mounted.
fn content(
    project: &Project,
    key: &str,
    object: &FileObject,
) -> Result<Option<String>, LifecycleError> {
    match (&object.content, &object.environment) {
        (Some(text), _) => Ok(Some(text.clone())),
        (None, Some(name)) => {
            let value = project.environment.0.get(name);
            value
                .cloned()
                .map(Some)
                .ok_or_else(|| unknown(key, "variable", name))
        }
        (None, None) => Ok(None),
    }
}

fn append(
    archive: &mut tar::Builder<Vec<u8>>,
    reference: &FileReference,
    path: &str,
    content: &str,
) -> std::io::Result<()> {
    let number = |text: &Option<String>| {
        text.as_ref()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(reference.mode.map_or(MODE, |mode| mode.0));
    header.set_uid(number(&reference.uid));
    header.set_gid(number(&reference.gid));
    archive.append_data(
        &mut header,
        path.trim_start_matches('/'),
        content.as_bytes(),
    )
}

fn unknown(key: &str, kind: &'static str, name: &str) -> LifecycleError {
    LifecycleError::Unknown {
        service: key.to_owned(),
        kind,
        name: name.to_owned(),
    }
}
