//! `extends`: a service over another one, of the same file or of another.
//!
//! In: a document in its long form. Out: the same without `extends`. Side effects: reads the files that are named.

use std::path::{Path, PathBuf};

use super::error::{ComposeError, Fault};
use super::files;
use super::load::{Environment, Loader};
use super::merge::{drop_reset, merge};
use super::node::{Node, Place, Value};
use super::shape::Base;

impl Loader {
    pub(crate) fn extend_all(
        &mut self,
        document: &mut Node,
        path: &Path,
        directory: &Path,
        environment: &Environment,
    ) -> Result<(), ComposeError> {
        let Some(services) = document.get("services").cloned() else {
            return Ok(());
        };
        let mut extended = services.clone();
        for entry in extended.entries_mut().into_iter().flatten() {
            let mut chain = vec![(path.to_owned(), entry.key.clone())];
            let own = std::mem::replace(&mut entry.node, Node::null(&entry.place));
            entry.node = self.extend(own, &services, (path, directory), environment, &mut chain)?;
        }
        document.set("services", extended);
        Ok(())
    }

    /// A service over the one that it extends, and so on.
    fn extend(
        &mut self,
        mut own: Node,
        siblings: &Node,
        at: (&Path, &Path),
        environment: &Environment,
        chain: &mut Vec<(PathBuf, String)>,
    ) -> Result<Node, ComposeError> {
        let Some(extends) = own.take("extends").filter(|extends| !extends.is_null()) else {
            return Ok(own);
        };
        let key = format!(
            "services.{}.extends",
            chain.last().map_or("", |(_, name)| name)
        );
        let invalid = |message: String| ComposeError::invalid(&extends.place, &key, message);
        let name = extends
            .get("service")
            .and_then(Node::as_text)
            .ok_or_else(|| invalid("'service' is missing: the service to extend".to_owned()))?;
        let home = self.home.clone();
        let file = extends.get("file").and_then(Node::as_text).map(|file| {
            Base {
                directory: at.1,
                home: home.as_deref(),
            }
            .absolute(file)
        });
        let file = file.filter(|file| file != at.0);
        let link = (
            file.clone().unwrap_or_else(|| at.0.to_owned()),
            name.to_owned(),
        );
        if chain.contains(&link) {
            let names: Vec<&str> = chain
                .iter()
                .chain([&link])
                .map(|(_, name)| name.as_str())
                .collect();
            return Err(ComposeError::Cycle {
                fault: Fault::new(
                    &extends.place,
                    key,
                    format!("services extend each other: {}", names.join(" → ")),
                ),
            });
        }
        chain.push(link);
        let foreign = match &file {
            Some(file) => Some(self.foreign(file, &extends, &key, environment)?),
            None => None,
        };
        let candidates = foreign.as_ref().unwrap_or(siblings);
        let Some(base) = candidates.get(name).cloned() else {
            let known = candidates
                .as_map()
                .unwrap_or_default()
                .iter()
                .map(|entry| entry.key.clone())
                .collect();
            let message = format!(
                "there is no service '{name}' in {}",
                file.as_deref().unwrap_or(at.0).display()
            );
            return Err(ComposeError::Unknown {
                kind: "service",
                name: name.to_owned(),
                known,
                fault: Fault::new(&extends.place, key, message),
            });
        };
        let base = match &file {
            Some(file) => self.extend(
                base,
                candidates,
                (file, file.parent().unwrap_or(at.1)),
                environment,
                chain,
            )?,
            None => self.extend(base, siblings, at, environment, chain)?,
        };
        let mut merged = merge(base, own, "services.*")?;
        drop_reset(&mut merged);
        Ok(merged)
    }

    /// The services of another file.
    fn foreign(
        &mut self,
        file: &Path,
        extends: &Node,
        key: &str,
        environment: &Environment,
    ) -> Result<Node, ComposeError> {
        let source = files::read(file).map_err(|source| {
            let message = format!("could not read {}", file.display());
            ComposeError::ReadNamed {
                fault: Fault::new(&extends.place, key, message),
                source,
            }
        })?;
        self.remember(file);
        let directory = file.parent().unwrap_or(Path::new("/"));
        let documents = super::parse::parse(&source)?;
        let mut services = Node::new(Value::Map(Vec::new()), &Place::new(&source, 1, 1));
        for document in documents {
            if let Some(own) = self
                .long_form(document, directory, environment)?
                .take("services")
            {
                services = merge(services, own, "services")?;
            }
        }
        Ok(services)
    }
}
