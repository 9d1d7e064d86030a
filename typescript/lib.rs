//! TypeScript for Prizm: from source text to JavaScript that V8 runs, without a type check.
//!
//! In: a file's URL, media type and text; the options of its `tsconfig.json`. Out: what the file imports and
//! exports, its JavaScript as an ES module or as CommonJS, and a source map. Side effects: none; files are read
//! only through the reader that the caller passes in.

mod bindings;
mod class_fields;
mod commonjs;
mod dynamic_imports;
mod emit;
mod error;
mod esm;
mod facts;
mod helpers;
mod jsonc;
mod lower;
mod names;
mod namespaces;
mod nodes;
mod options;
mod parse;
mod paths;
mod re_exports;
mod resolve;
mod tsconfig;
mod type_exports;

pub use deno_media_type::MediaType;

pub use emit::{Emitted, ModuleFormat};
pub use error::TypeScriptError;
pub use facts::{ImportFact, ImportKind, ReExport, SourceFacts};
pub use options::{CompilerOptions, Jsx};
pub use parse::{Parsed, parse};
pub use resolve::{FileKind, resolve_file};
pub use tsconfig::TsConfig;

#[cfg(test)]
mod tests_commonjs;
#[cfg(test)]
mod tests_emit;
#[cfg(test)]
mod tests_facts;

/// The type declarations of the module `prizm` and of the globals, as `prizm types` prints them.
pub const DECLARATIONS: &str = include_str!("types/prizm.d.ts");

/// Raised with every change of the emitted code, so that compiled output in caches is made anew.
pub(crate) const EMIT_REVISION: u32 = 2;
