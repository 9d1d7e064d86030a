//! Which names that a file exports again are only types.
//!
//! In: a compiled file. Out: names to leave out of it. Side effects: compiles the files that the names come from.
//!
//! `export { Options } from './options'` does not say that `Options` is an interface. tsc looks it up and leaves the
//! name out; V8 would refuse to link a name that is not there. CommonJS has no such trouble, and is left alone.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use deno_path_util::{url_from_file_path, url_to_file_path};
use node_resolver::ResolutionMode;
use prizm_typescript::{MediaType, ModuleFormat};

use super::unit::Unit;
use super::units::Units;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Type,
    Value,
    /// Nobody knows such a name, or only a file that is none of TypeScript's.
    Unknown,
}

impl Units {
    /// The names among the exports of `unit`, the file at `path`, that are types of other files.
    pub(super) fn types_among(&self, path: &Path, unit: &Unit) -> BTreeSet<String> {
        if unit.format != ModuleFormat::Esm {
            return BTreeSet::new();
        }
        let names = unit.meta.re_exports.iter();
        names
            .filter(|it| {
                let mut search = Search {
                    units: self,
                    seen: HashSet::new(),
                };
                search.behind(path, &it.specifier, &it.imported) == Nature::Type
            })
            .map(|it| it.exported.clone())
            .collect()
    }
}

/// Follows one name from file to file.
struct Search<'a> {
    units: &'a Units,
    seen: HashSet<(PathBuf, String)>,
}

impl Search<'_> {
    /// The nature of `name` in the file that `path` calls `specifier`.
    fn behind(&mut self, path: &Path, specifier: &str, name: &str) -> Nature {
        match self.target(path, specifier) {
            Some(target) => self.of(&target, name),
            None if declares_only(path, specifier) => Nature::Type,
            None => Nature::Unknown,
        }
    }

    fn of(&mut self, path: &Path, name: &str) -> Nature {
        if !self.seen.insert((path.to_path_buf(), name.to_owned())) {
            return Nature::Unknown;
        }
        // A file that cannot be compiled says so when it is loaded.
        let Ok(unit) = self.units.alone(path) else {
            return Nature::Unknown;
        };
        let meta = &unit.meta;
        if let Some(again) = meta.re_exports.iter().find(|it| it.exported == name) {
            return self.behind(path, &again.specifier, &again.imported);
        }
        if meta.exports.iter().any(|export| export == name) {
            return Nature::Value;
        }
        if meta.type_exports.iter().any(|export| export == name) {
            return Nature::Type;
        }
        self.by_star(path, &unit, name)
    }

    /// `export *` passes on everything but the default.
    fn by_star(&mut self, path: &Path, unit: &Unit, name: &str) -> Nature {
        if name == "default" {
            return Nature::Unknown;
        }
        for specifier in &unit.meta.star_exports {
            match self.behind(path, specifier, name) {
                Nature::Unknown => {}
                known => return known,
            }
        }
        for specifier in &unit.meta.type_star_exports {
            if self.behind(path, specifier, name) != Nature::Unknown {
                return Nature::Type;
            }
        }
        Nature::Unknown
    }

    /// The local TypeScript file that `path` calls `specifier`.
    fn target(&self, path: &Path, specifier: &str) -> Option<PathBuf> {
        let resolver = &self.units.resolver;
        let referrer = url_from_file_path(path).ok()?;
        let target = resolver.resolve(specifier, &referrer, ResolutionMode::Import);
        let target = target.ok().filter(|target| target.scheme() == "file")?;
        let is_typescript = MediaType::from_specifier(&target).is_typed();
        let is_own = is_typescript && !resolver.is_package_file(&target);
        url_to_file_path(&target).ok().filter(|_| is_own)
    }
}

/// Is there nothing but a `.d.ts` where `path` points to? It has no values that could be exported again.
fn declares_only(path: &Path, specifier: &str) -> bool {
    let is_path = specifier.starts_with("./") || specifier.starts_with("../");
    let Some(folder) = path.parent().filter(|_| is_path) else {
        return false;
    };
    let stem = specifier.strip_suffix(".js").unwrap_or(specifier);
    [format!("{stem}.d.ts"), format!("{stem}/index.d.ts")]
        .iter()
        .any(|name| folder.join(name).is_file())
}
