//! A local file, compiled: what it imports and exports, its format, its JavaScript and source map.
//!
//! In: source text, what package.json and tsconfig.json say. Out: a [`Unit`], and its form in the cache. Side effects: none.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use prizm_typescript::{
    CompilerOptions, ImportKind, MediaType, ModuleFormat, ReExport, SourceFacts, TypeScriptError,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::resolve::ResolveError;
use crate::cache::CacheError;

#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum UnitError {
    #[class(inherit)]
    #[error("Could not read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        #[inherit]
        source: std::io::Error,
    },
    #[class(generic)]
    #[error(transparent)]
    Changed(Arc<CacheError>),
    #[class(syntax)]
    #[error(transparent)]
    Compile(Arc<TypeScriptError>),
    #[class(inherit)]
    #[error(transparent)]
    Resolve(#[from] ResolveError),
}

impl UnitError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            UnitError::Changed(error) => error.hints(),
            UnitError::Compile(error) => error.hints(),
            UnitError::Read { .. } | UnitError::Resolve(_) => Vec::new(),
        }
    }
}

/// What a file needs before it can run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    pub specifier: String,
    /// `import('…')`: fetched when it is reached, not before.
    pub is_dynamic: bool,
}

/// A compiled file.
#[derive(Debug)]
pub struct Unit {
    pub format: ModuleFormat,
    pub meta: Meta,
    pub code: Arc<str>,
    pub source_map: Option<Arc<str>>,
}

/// The part of a [`Unit`] that is kept as JSON before the code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Meta {
    is_commonjs: bool,
    code_length: usize,
    /// ESM syntax in the source, whatever it became.
    pub has_module_syntax: bool,
    pub imports: Vec<Import>,
    pub exports: Vec<String>,
    /// Specifiers of `export * from`.
    pub star_exports: Vec<String>,
    /// Those of `exports` that may be types of other files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub re_exports: Vec<ReExport>,
    /// Exports that leave nothing at run time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_exports: Vec<String>,
    /// Specifiers of `export type * from`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub type_star_exports: Vec<String>,
    /// Identifiers that the file hands to `getProvider` or `getService` as literals.
    pub identifiers: Vec<String>,
}

impl Unit {
    /// Are its exports those of an ES module? A file may import as one and yet assign to `module.exports`.
    pub fn has_module_exports(&self) -> bool {
        let has_none = self.meta.exports.is_empty() && self.meta.star_exports.is_empty();
        self.meta.has_module_syntax && !(has_none && self.code.contains("module.exports"))
    }
}

/// What package.json says of a file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackageType {
    Module,
    CommonJs,
    /// A package.json without `type`: Node, tsc and tsx take it for CommonJS.
    Unsaid,
    /// No package.json at all.
    NoPackage,
}

pub(super) fn compile(
    url: &Url,
    media_type: MediaType,
    source: Arc<str>,
    package: PackageType,
    options: &CompilerOptions,
    types: &BTreeSet<String>,
) -> Result<Unit, TypeScriptError> {
    let parsed = prizm_typescript::parse(url, media_type, source.clone())?;
    let parsed = match types.is_empty() {
        true => parsed,
        false => parsed.with_type_exports(types.clone()),
    };
    let facts = parsed.facts(options)?;
    let format = format(media_type, package, &facts);
    let is_plain = matches!(
        media_type,
        MediaType::JavaScript | MediaType::Mjs | MediaType::Cjs
    ) && (facts.has_module_syntax == (format == ModuleFormat::Esm)
        || !facts.has_module_syntax);
    let (code, source_map) = if is_plain {
        (source, None)
    } else {
        let emitted = parsed.emit(options, format)?;
        (emitted.code.into(), emitted.source_map.map(Arc::from))
    };
    Ok(Unit {
        format,
        meta: Meta {
            is_commonjs: format == ModuleFormat::CommonJs,
            code_length: code.len(),
            has_module_syntax: facts.has_module_syntax,
            imports: imports(&facts),
            exports: facts.exports.clone(),
            star_exports: facts.star_exports.clone(),
            re_exports: match options.verbatim_module_syntax {
                true => Vec::new(),
                false => facts.re_exports.clone(),
            },
            type_exports: facts.type_exports.clone(),
            type_star_exports: facts.type_star_exports.clone(),
            identifiers: facts.identifiers.clone(),
        },
        code,
        source_map,
    })
}

fn imports(facts: &SourceFacts) -> Vec<Import> {
    let used = facts.imports.iter();
    used.map(|import| Import {
        specifier: import.specifier.clone(),
        is_dynamic: import.kind == ImportKind::Dynamic,
    })
    .collect()
}

/// One format for each file, whoever loads it, so that it runs once and has one identity.
///
/// Where package.json does not say, a package's files are CommonJS, as for tsc and tsx: their circular imports and
/// bare `require` work only so. What cannot be CommonJS (top-level `await`, `import.meta`, modules from the web) is an ES module.
fn format(media_type: MediaType, package: PackageType, facts: &SourceFacts) -> ModuleFormat {
    match media_type {
        MediaType::Mjs | MediaType::Mts => return ModuleFormat::Esm,
        MediaType::Cjs | MediaType::Cts => return ModuleFormat::CommonJs,
        _ => {}
    }
    let is_remote =
        |specifier: &str| specifier.starts_with("https://") || specifier.starts_with("http://");
    let only_esm = facts.has_top_level_await
        || facts.uses_import_meta
        || facts
            .imports
            .iter()
            .any(|import| is_remote(&import.specifier));
    match package {
        PackageType::Module => ModuleFormat::Esm,
        _ if only_esm => ModuleFormat::Esm,
        PackageType::CommonJs | PackageType::Unsaid => ModuleFormat::CommonJs,
        PackageType::NoPackage if facts.uses_commonjs || facts.has_export_assignment => {
            ModuleFormat::CommonJs
        }
        PackageType::NoPackage => ModuleFormat::Esm,
    }
}

pub(super) fn key(
    source: &str,
    media_type: MediaType,
    package: PackageType,
    options: &CompilerOptions,
    types: &BTreeSet<String>,
) -> String {
    let mut hash = Sha256::new();
    let head = format!(
        "{}\0{media_type:?}\0{package:?}\0{}\0",
        env!("CARGO_PKG_VERSION"),
        options.cache_key()
    );
    hash.update(head.as_bytes());
    hash.update(source.as_bytes());
    for name in types {
        hash.update(b"\0");
        hash.update(name.as_bytes());
    }
    format!("{:x}", hash.finalize())
}

pub(super) fn write(unit: &Unit) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(&unit.meta).expect("strings and numbers always serialize");
    bytes.push(b'\n');
    bytes.extend_from_slice(unit.code.as_bytes());
    bytes.extend_from_slice(unit.source_map.as_deref().unwrap_or_default().as_bytes());
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Option<Unit> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, rest) = text.split_once('\n')?;
    let meta: Meta = serde_json::from_str(head).ok()?;
    let (code, source_map) = rest.split_at_checked(meta.code_length)?;
    Some(Unit {
        format: match meta.is_commonjs {
            true => ModuleFormat::CommonJs,
            false => ModuleFormat::Esm,
        },
        meta,
        code: code.into(),
        source_map: Some(source_map)
            .filter(|map| !map.is_empty())
            .map(Arc::from),
    })
}
