//! The compiled files of a process, each made once.
//!
//! In: paths. Out: [`Unit`]s. Side effects: reads the files, and the package.json and tsconfig.json that hold for them;
//! reads and writes compiled output in the cache, keyed by content and options.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use deno_path_util::url_from_file_path;
use prizm_typescript::{CompilerOptions, MediaType};

use super::resolve::{ResolveError, Resolver};
use super::unit::{self, PackageType, Unit, UnitError};
use crate::cache::Cache;

/// Compiles local files, each once.
pub struct Units {
    cache: Cache,
    pub(super) resolver: Arc<Resolver>,
    known: Mutex<HashMap<PathBuf, Arc<Unit>>>,
    /// As their own text alone has them compiled; most are those of `known`.
    alone: Mutex<HashMap<PathBuf, Arc<Unit>>>,
}

impl Units {
    pub fn new(cache: Cache, resolver: Arc<Resolver>) -> Units {
        Units {
            cache,
            resolver,
            known: Mutex::default(),
            alone: Mutex::default(),
        }
    }

    /// The compiled file.
    ///
    /// # Errors
    /// [`UnitError`]: the file cannot be read, or has a syntax error.
    pub fn get(&self, path: &Path) -> Result<Arc<Unit>, UnitError> {
        if let Some(unit) = self.known(path) {
            return Ok(unit);
        }
        let source = self.read(path)?;
        self.put(path, source)
    }

    /// The same for source that is in no file: standard input.
    ///
    /// # Errors
    /// [`UnitError::Compile`].
    pub fn put(&self, path: &Path, source: String) -> Result<Arc<Unit>, UnitError> {
        let alone = Arc::new(self.make(path, &source, &BTreeSet::new())?);
        keep(&self.alone, path, &alone);
        let types = self.types_among(path, &alone);
        let unit = match types.is_empty() {
            true => alone,
            false => Arc::new(self.make(path, &source, &types)?),
        };
        keep(&self.known, path, &unit);
        Ok(unit)
    }

    /// The file as compiled without a look at others, for what its text alone says.
    ///
    /// # Errors
    /// As [`Units::get`].
    pub(super) fn alone(&self, path: &Path) -> Result<Arc<Unit>, UnitError> {
        if let Some(unit) = find(&self.alone, path) {
            return Ok(unit);
        }
        let source = self.read(path)?;
        let unit = Arc::new(self.make(path, &source, &BTreeSet::new())?);
        keep(&self.alone, path, &unit);
        Ok(unit)
    }

    fn read(&self, path: &Path) -> Result<String, UnitError> {
        self.resolver.used.note(path);
        let bytes = std::fs::read(path).map_err(|source| UnitError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let checked = self.cache.check_loaded(path, &bytes);
        checked.map_err(|error| UnitError::Changed(Arc::new(error)))?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// The unit of a file that was compiled in this process.
    pub fn known(&self, path: &Path) -> Option<Arc<Unit>> {
        find(&self.known, path)
    }

    /// `types`: exports that are types of other files.
    fn make(&self, path: &Path, source: &str, types: &BTreeSet<String>) -> Result<Unit, UnitError> {
        let package = self.package_type(path)?;
        let config = self.resolver.tsconfig(path)?;
        let defaults = CompilerOptions::default();
        let options = config.as_ref().map_or(&defaults, |config| config.options());
        let media_type = MediaType::from_path(path);
        let key = unit::key(source, media_type, package, options, types);
        if let Some(kept) = self
            .cache
            .emit_get(&key)
            .and_then(|bytes| unit::read(&bytes))
        {
            return Ok(kept);
        }
        let url = url_from_file_path(path).map_err(|_| UnitError::Read {
            path: path.to_path_buf(),
            source: std::io::ErrorKind::InvalidFilename.into(),
        })?;
        let made = unit::compile(&url, media_type, source.into(), package, options, types)
            .map_err(|error| UnitError::Compile(Arc::new(error)))?;
        self.cache.emit_put(&key, &unit::write(&made));
        Ok(made)
    }

    fn package_type(&self, path: &Path) -> Result<PackageType, UnitError> {
        let closest = self.resolver.package_jsons.get_closest_package_json(path);
        Ok(match closest.map_err(ResolveError::from)? {
            None => PackageType::NoPackage,
            Some(package) => match package.typ.as_str() {
                "module" => PackageType::Module,
                "commonjs" => PackageType::CommonJs,
                _ => PackageType::Unsaid,
            },
        })
    }
}

type Made = Mutex<HashMap<PathBuf, Arc<Unit>>>;

fn find(made: &Made, path: &Path) -> Option<Arc<Unit>> {
    let made = made.lock().expect("never held across a panic");
    made.get(path).cloned()
}

fn keep(made: &Made, path: &Path, unit: &Arc<Unit>) {
    let mut made = made.lock().expect("never held across a panic");
    made.insert(path.to_path_buf(), unit.clone());
}
