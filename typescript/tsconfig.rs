//! `tsconfig.json`: finding it, following `extends`, and the options that matter at run time.
//!
//! In: a folder and a reader of files. Out: [`TsConfig`]. Side effects: none but calls of the reader.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::paths::{self, PathPattern};
use crate::{CompilerOptions, Jsx, TypeScriptError, jsonc};

/// Reads a file as text.
type Read<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// A `tsconfig.json` with everything that it extends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TsConfig {
    path: PathBuf,
    options: CompilerOptions,
    base_url: Option<PathBuf>,
    patterns: Vec<PathPattern>,
    files: Vec<PathBuf>,
    warnings: Vec<String>,
}

impl TsConfig {
    /// Reads the nearest `tsconfig.json` of `dir` and the folders above it, up to and including `stop_at`.
    ///
    /// # Errors
    /// [`TypeScriptError::ConfigRead`], [`TypeScriptError::ConfigSyntax`], [`TypeScriptError::ConfigCycle`].
    /// A file named by `extends` that does not exist is only a warning.
    pub fn discover(
        dir: &Path,
        stop_at: Option<&Path>,
        read: Read<'_>,
    ) -> Result<Option<TsConfig>, TypeScriptError> {
        for folder in dir.ancestors() {
            let path = folder.join("tsconfig.json");
            if let Some(text) = read_existing(&path, read)? {
                return Self::from_text(&path, &text, read).map(Some);
            }
            if Some(folder) == stop_at {
                break;
            }
        }
        Ok(None)
    }

    /// Reads one config file and what it extends.
    ///
    /// # Errors
    /// As [`TsConfig::discover`]; a missing file is [`TypeScriptError::ConfigRead`].
    pub fn load(path: &Path, read: Read<'_>) -> Result<TsConfig, TypeScriptError> {
        let text = read(path).map_err(|source| TypeScriptError::ConfigRead {
            path: path.to_path_buf(),
            source,
        })?;
        Self::from_text(path, &text, read)
    }

    fn from_text(path: &Path, text: &str, read: Read<'_>) -> Result<TsConfig, TypeScriptError> {
        let mut loader = Loader {
            read,
            chain: Vec::new(),
            files: Vec::new(),
            warnings: Vec::new(),
        };
        let merged = loader.merge(path, text)?;
        let root = path.parent().unwrap_or(Path::new(""));
        Ok(TsConfig {
            path: path.to_path_buf(),
            options: options(&merged.options),
            base_url: merged.base_url(root),
            patterns: merged.patterns(root),
            files: loader.files,
            warnings: loader.warnings,
        })
    }

    /// The file that was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every file that was read, so that a watcher knows them.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What is wrong, but does not keep the config from being used.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The options that change emitted code.
    pub fn options(&self) -> &CompilerOptions {
        &self.options
    }

    /// Where a specifier that is not relative may lie, in order: the targets of the best `paths` pattern, then
    /// `<baseUrl>/<specifier>`. Extensions are left to [`resolve_file`](crate::resolve_file).
    pub fn path_candidates(&self, specifier: &str) -> Vec<PathBuf> {
        if specifier.is_empty() || paths::is_relative(specifier) {
            return Vec::new();
        }
        let mut found = paths::candidates(&self.patterns, specifier);
        let has_scheme = specifier
            .split('/')
            .next()
            .is_some_and(|it| it.contains(':'));
        if let Some(base) = &self.base_url
            && !has_scheme
        {
            found.push(paths::join(base, specifier));
        }
        found
    }
}

/// `compilerOptions` of a file and those below it, with the folders that relative paths start from.
#[derive(Default)]
struct Merged {
    options: Map<String, Value>,
    base_url: Option<(String, PathBuf)>,
    paths: Option<(Map<String, Value>, PathBuf)>,
}

impl Merged {
    fn override_with(&mut self, other: Merged) {
        self.options.extend(other.options);
        self.base_url = other.base_url.or(self.base_url.take());
        self.paths = other.paths.or(self.paths.take());
    }

    fn base_url(&self, root: &Path) -> Option<PathBuf> {
        let (text, folder) = self.base_url.as_ref()?;
        Some(paths::join(folder, &with_root(text, root)))
    }

    fn patterns(&self, root: &Path) -> Vec<PathPattern> {
        let Some((entries, folder)) = &self.paths else {
            return Vec::new();
        };
        let base = self.base_url(root).unwrap_or_else(|| folder.clone());
        let pattern = |(key, targets): (&String, &Value)| {
            let targets = targets.as_array()?.iter().filter_map(Value::as_str);
            let targets = targets.map(|target| with_root(target, root)).collect();
            Some(PathPattern::new(key, targets, base.clone()))
        };
        entries.iter().filter_map(pattern).collect()
    }
}

/// `${configDir}` is the folder of the config that was asked for, not of the one it extends.
fn with_root(text: &str, root: &Path) -> String {
    text.replace("${configDir}", &root.to_string_lossy())
}

struct Loader<'a> {
    read: Read<'a>,
    chain: Vec<PathBuf>,
    files: Vec<PathBuf>,
    warnings: Vec<String>,
}

impl Loader<'_> {
    fn merge(&mut self, path: &Path, text: &str) -> Result<Merged, TypeScriptError> {
        let path = paths::normalize(path);
        let is_cycle = self.chain.contains(&path);
        self.chain.push(path.clone());
        if is_cycle {
            return Err(TypeScriptError::ConfigCycle {
                chain: self.chain.clone(),
            });
        }
        self.files.push(path.clone());
        let json = jsonc::to_json(text);
        let mut config: Map<String, Value> = match json.trim().is_empty() {
            true => Map::new(),
            false => serde_json::from_str(&json)
                .map_err(|error| TypeScriptError::from_json(&path, text, &error))?,
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut merged = Merged::default();
        for parent in parents(&config) {
            match self.find(&folder, &parent)? {
                Some((path, text)) => merged.override_with(self.merge(&path, &text)?),
                None => self.warnings.push(format!(
                    "{}: `extends` names {parent:?}, which does not exist",
                    path.display()
                )),
            }
        }
        merged.override_with(own(&mut config, folder));
        self.chain.pop();
        Ok(merged)
    }

    /// The file that an `extends` entry means, and its text.
    fn find(
        &self,
        folder: &Path,
        name: &str,
    ) -> Result<Option<(PathBuf, String)>, TypeScriptError> {
        if paths::is_relative(name) {
            return self.first_file(&paths::join(folder, name));
        }
        for ancestor in folder.ancestors() {
            let candidate = ancestor.join("node_modules").join(name);
            if let Some(found) = self.first_file(&candidate)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn first_file(&self, candidate: &Path) -> Result<Option<(PathBuf, String)>, TypeScriptError> {
        let mut with_extension = candidate.as_os_str().to_owned();
        with_extension.push(".json");
        let mut candidates = vec![candidate.to_path_buf(), with_extension.into()];
        candidates.extend(self.named_by_package(candidate));
        candidates.push(candidate.join("tsconfig.json"));
        for path in candidates {
            if let Some(text) = read_existing(&path, self.read)? {
                return Ok(Some((path, text)));
            }
        }
        Ok(None)
    }

    /// The file that the `tsconfig` field of a package names.
    fn named_by_package(&self, folder: &Path) -> Option<PathBuf> {
        let text = (self.read)(&folder.join("package.json")).ok()?;
        let package: Value = serde_json::from_str(&text).ok()?;
        Some(paths::join(folder, package.get("tsconfig")?.as_str()?))
    }
}

fn parents(config: &Map<String, Value>) -> Vec<String> {
    match config.get("extends") {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_string))
            .collect(),
        _ => Vec::new(),
    }
}

fn own(config: &mut Map<String, Value>, folder: PathBuf) -> Merged {
    let Some(Value::Object(mut options)) = config.remove("compilerOptions") else {
        return Merged::default();
    };
    let base_url = match options.remove("baseUrl") {
        Some(Value::String(text)) => Some((text, folder.clone())),
        _ => None,
    };
    let paths = match options.remove("paths") {
        Some(Value::Object(entries)) => Some((entries, folder)),
        _ => None,
    };
    Merged {
        options,
        base_url,
        paths,
    }
}

fn options(raw: &Map<String, Value>) -> CompilerOptions {
    let flag = |name: &str| raw.get(name).and_then(Value::as_bool);
    let string = |name: &str| raw.get(name).and_then(Value::as_str).map(str::to_string);
    CompilerOptions {
        experimental_decorators: flag("experimentalDecorators").unwrap_or(false),
        emit_decorator_metadata: flag("emitDecoratorMetadata").unwrap_or(false),
        use_define_for_class_fields: flag("useDefineForClassFields")
            .unwrap_or_else(|| string("target").is_none_or(|target| defines_fields(&target))),
        jsx: jsx(string("jsx").as_deref(), string("jsxImportSource")),
        jsx_factory: string("jsxFactory")
            .or_else(|| string("reactNamespace").map(|it| format!("{it}.createElement"))),
        jsx_fragment_factory: string("jsxFragmentFactory"),
        verbatim_module_syntax: flag("verbatimModuleSyntax")
            .or(flag("preserveValueImports"))
            .unwrap_or(false),
    }
}

/// Since ES2022 fields are part of the language, so TypeScript leaves them alone from there on.
///
/// Source: TypeScript handbook, `useDefineForClassFields`.
fn defines_fields(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    match target.strip_prefix("es").map(str::parse::<u32>) {
        Some(Ok(year)) => year >= 2022,
        _ => target == "esnext",
    }
}

/// `preserve` leaves JSX to a bundler; here nothing follows, so it means the usual runtime.
fn jsx(mode: Option<&str>, import_source: Option<String>) -> Jsx {
    let mode = mode.map(str::to_ascii_lowercase);
    match (mode.as_deref(), import_source) {
        (Some("react"), _) | (None, None) => Jsx::React,
        (mode, import_source) => Jsx::ReactJsx {
            dev: mode == Some("react-jsxdev"),
            import_source,
        },
    }
}

/// `None` where there is no such file.
fn read_existing(path: &Path, read: Read<'_>) -> Result<Option<String>, TypeScriptError> {
    use ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), NotFound | IsADirectory | NotADirectory) => Ok(None),
        Err(source) => Err(TypeScriptError::ConfigRead {
            path: path.to_path_buf(),
            source,
        }),
    }
}

#[cfg(test)]
#[path = "tsconfig_tests.rs"]
mod tests;
