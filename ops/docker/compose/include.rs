//! `include`: the resources of other projects, each with its own directory and variables.
//!
//! In: one item of `include`. Out: the document that it names; documents joined. Side effects: reads the files.

use std::path::{Path, PathBuf};

use super::error::{ComposeError, Fault};
use super::load::{Environment, Loader, with_env_files};
use super::node::{Node, Value};
use super::shape::Base;

const RESOURCES: [&str; 5] = ["services", "networks", "volumes", "configs", "secrets"];

/// Includes of includes may name the same project again and again.
const MOST_INCLUDED: usize = 256;

impl Loader {
    /// Loads what one item of `include` names: a project of its own, with its own directory and `.env`.
    pub(crate) fn include(
        &mut self,
        item: &Node,
        directory: &Path,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let texts = |key: &str| {
            item.get(key)
                .and_then(Node::as_list)
                .unwrap_or_default()
                .iter()
                .filter_map(Node::as_text)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let home = self.home.clone();
        let base = Base {
            directory,
            home: home.as_deref(),
        };
        let paths: Vec<PathBuf> = texts("path")
            .iter()
            .map(|path| base.absolute(path))
            .collect();
        let Some(first) = paths.first().cloned() else {
            return Err(ComposeError::invalid(
                &item.place,
                "include",
                "'path' is missing: a compose file of this machine",
            ));
        };
        self.including_count += 1;
        if self.including_count > MOST_INCLUDED {
            let message = format!("more than {MOST_INCLUDED} projects are included");
            return Err(ComposeError::invalid(&item.place, "include", message));
        }
        if self.including.contains(&first) {
            let message = format!("{} is included by itself", first.display());
            return Err(ComposeError::Cycle {
                fault: Fault::new(&item.place, "include", message),
            });
        }
        if let Some(absent) = paths.iter().find(|path| !path.is_file()) {
            let message = format!(
                "there is no file {}; only files of this machine can be included",
                absent.display()
            );
            return Err(ComposeError::invalid(&item.place, "include", message));
        }
        let own_directory = item
            .get("project_directory")
            .and_then(Node::as_text)
            .map(|path| base.absolute(path));
        let own_directory =
            own_directory.unwrap_or_else(|| first.parent().unwrap_or(directory).to_owned());
        let env_files = texts("env_file")
            .iter()
            .map(|path| base.absolute(path))
            .collect::<Vec<_>>();
        let environment = with_env_files(environment, &own_directory, &env_files)?;
        self.including.push(first);
        let loaded = self.load(&paths, &own_directory, &environment);
        self.including.pop();
        let mut loaded = loaded?;
        super::finish::fill_in(&mut loaded, &environment, &own_directory)?;
        Ok(loaded)
    }
}

/// Adds included resources. The same resource from the same place may come twice; two of one name may not.
pub(crate) fn join(document: &mut Node, mut included: Node) -> Result<(), ComposeError> {
    for kind in RESOURCES {
        let Some(Node {
            value: Value::Map(entries),
            place,
            ..
        }) = included.take(kind)
        else {
            continue;
        };
        if document.get(kind).is_none_or(Node::is_null) {
            document.set(kind, Node::new(Value::Map(Vec::new()), &place));
        }
        for entry in entries {
            let held = document
                .get(kind)
                .and_then(Node::as_map)
                .and_then(|held| held.iter().find(|held| held.key == entry.key));
            match held {
                Some(held) if held.place == entry.place => {}
                Some(held) => {
                    let message =
                        format!("declared here and in {}, which is included", entry.place);
                    return Err(ComposeError::invalid(
                        &held.place,
                        &format!("{kind}.{}", entry.key),
                        message,
                    ));
                }
                None => document
                    .get_mut(kind)
                    .and_then(Node::entries_mut)
                    .into_iter()
                    .for_each(|held| held.push(entry.clone())),
            }
        }
    }
    Ok(())
}
