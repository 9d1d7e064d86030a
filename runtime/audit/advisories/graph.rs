//! The packages of a lock, and how each came there.
//!
//! In: the npm section of prizm.lock. Out: [`Graph`]. Side effects: none.

use std::collections::{HashMap, VecDeque};

use deno_npm::NpmPackageId;

use crate::sources::npm::LockSection;

pub(super) struct Graph {
    /// Name and version → the way there.
    paths: HashMap<(String, String), Vec<String>>,
}

impl Graph {
    /// Reads the section; the ways found are the shortest.
    ///
    /// # Errors
    /// The reason, where an id cannot be read.
    pub(super) fn of(section: &LockSection) -> Result<Graph, String> {
        let mut graph = Graph {
            paths: HashMap::new(),
        };
        let roots = section.specifiers.iter();
        let roots =
            roots.map(|(requirement, id)| (id.as_str(), vec![format!("npm:{requirement}")]));
        graph.walk(section, roots.collect())?;
        // What nothing asks for is in the lock nevertheless.
        let all = section.packages.keys();
        graph.walk(section, all.map(|id| (id.as_str(), Vec::new())).collect())?;
        Ok(graph)
    }

    fn walk<'a>(
        &mut self,
        section: &'a LockSection,
        mut queue: VecDeque<(&'a str, Vec<String>)>,
    ) -> Result<(), String> {
        while let Some((id, mut way)) = queue.pop_front() {
            let (name, version) = parse(id)?;
            let place = (name.clone(), version.clone());
            if self.paths.contains_key(&place) {
                continue;
            }
            way.push(format!("{name}@{version}"));
            if let Some(package) = section.packages.get(id) {
                let next = package.dependencies.values();
                queue.extend(next.map(|id| (id.as_str(), way.clone())));
            }
            self.paths.insert(place, way);
        }
        Ok(())
    }

    /// Names and versions, each once.
    pub(super) fn packages(&self) -> impl Iterator<Item = (&str, &str)> {
        let places = self.paths.keys();
        places.map(|(name, version)| (name.as_str(), version.as_str()))
    }

    /// From a requirement to the package.
    pub(super) fn path(&self, name: &str, version: &str) -> Vec<String> {
        let place = (name.to_string(), version.to_string());
        self.paths.get(&place).cloned().unwrap_or_default()
    }
}

fn parse(id: &str) -> Result<(String, String), String> {
    let id = NpmPackageId::from_serialized(id).map_err(|error| error.to_string())?;
    Ok((id.nv.name.to_string(), id.nv.version.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way() {
        let section = serde_json::from_value(serde_json::json!({
            "specifiers": { "a@1": "a@1.0.0", "@s/b@*": "@s/b@2.0.0_a@1.0.0" },
            "packages": {
                "a@1.0.0": { "integrity": "x", "dependencies": { "c": "c@3.0.0" } },
                "c@3.0.0": { "integrity": "x", "dependencies": { "d": "d@4.0.0", "a": "a@1.0.0" } },
                "@s/b@2.0.0_a@1.0.0": { "integrity": "x", "dependencies": { "d": "d@4.0.0" } },
                "d@4.0.0": { "integrity": "x" },
                "left@5.0.0": { "integrity": "x" },
            },
        }));
        let graph = Graph::of(&section.unwrap()).unwrap();
        let path = |name: &str, version: &str| graph.path(name, version).join(" › ");
        assert_eq!(path("d", "4.0.0"), "npm:@s/b@* › @s/b@2.0.0 › d@4.0.0");
        assert_eq!(path("c", "3.0.0"), "npm:a@1 › a@1.0.0 › c@3.0.0");
        assert_eq!(path("left", "5.0.0"), "left@5.0.0");
        assert_eq!(graph.packages().count(), 5);
    }
}
