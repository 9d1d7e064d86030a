//! JavaScript that emitted files carry with them.
//!
//! In: which helpers a file uses. Out: their text. Side effects: none.
//!
//! Helpers are function declarations, which are hoisted: they are appended, so that no line of the file
//! moves. None of them reads an export before the file itself does, for that would break import cycles.

/// A function that emitted CommonJS code may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Helper {
    /// `(exports, { name: () => value })`: live exports that can still be overwritten from outside.
    Export,
    /// `(exports, module)`: `export * from`.
    ExportStar,
    /// `(module)`: an object whose `default` is what `import x from` means.
    Default,
    /// `(module)`: what `import * as x` means; functions stay callable.
    Namespace,
    /// `()`: `import.meta` of a CommonJS file.
    ImportMeta,
    /// `(promise)`: what `import()` gives; its failure has causes and hints.
    Import,
}

impl Helper {
    /// The function's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Export => "__prizmExport",
            Self::ExportStar => "__prizmExportStar",
            Self::Default => "__prizmDefault",
            Self::Namespace => "__prizmNamespace",
            Self::ImportMeta => "__prizmImportMeta",
            Self::Import => "__prizmImport",
        }
    }

    /// The function's text, one line.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Export => EXPORT,
            Self::ExportStar => EXPORT_STAR,
            Self::Default => DEFAULT,
            Self::Namespace => NAMESPACE,
            Self::ImportMeta => IMPORT_META,
            Self::Import => IMPORT,
        }
    }
}

const EXPORT: &str = r#"function __prizmExport(target, getters) { Object.defineProperty(target, "__esModule", { value: true }); for (const name of Object.keys(getters)) Object.defineProperty(target, name, { enumerable: true, configurable: true, get: getters[name], set(value) { Object.defineProperty(target, name, { enumerable: true, configurable: true, writable: true, value }); } }); }"#;

const EXPORT_STAR: &str = r#"function __prizmExportStar(target, from) { if (from === null || (typeof from !== "object" && typeof from !== "function")) return; const names = from[Symbol.toStringTag] === "Module" ? Object.getOwnPropertyNames(from) : []; if (names.length === 0) for (const name in from) names.push(name); for (const name of names) if (name !== "default" && name !== "__esModule" && !Object.prototype.hasOwnProperty.call(target, name)) Object.defineProperty(target, name, { enumerable: true, configurable: true, get: () => from[name] }); }"#;

const DEFAULT: &str = r#"function __prizmDefault(from) { if (from && (from.__esModule || from[Symbol.toStringTag] === "Module")) return { get default() { return "default" in from ? from.default : from; } }; return { default: from }; }"#;

const NAMESPACE: &str = r#"function __prizmNamespace(from) { if (from && (from.__esModule || from[Symbol.toStringTag] === "Module")) return from; if (typeof from === "function") return "default" in from ? from : new Proxy(from, { has: (target, name) => name === "default" || name in target, get: (target, name) => name === "default" ? target : Reflect.get(target, name) }); if (from === null || typeof from !== "object") return { default: from }; const space = Object.create(from); for (const name of Object.keys(from)) if (name !== "default") Object.defineProperty(space, name, { enumerable: true, configurable: true, get: () => from[name], set(value) { from[name] = value; } }); Object.defineProperty(space, "default", { enumerable: true, configurable: true, writable: true, value: from }); return space; }"#;

const IMPORT_META: &str = r#"function __prizmImportMeta() { const url = require("node:url").pathToFileURL(__filename).href; return { url, filename: __filename, dirname: __dirname, main: require.main === module, resolve: (specifier) => /^\.{0,2}\//.test(specifier) ? new URL(specifier, url).href : /^[a-z][a-z\d+.-]*:/i.test(specifier) ? specifier : require("node:url").pathToFileURL(require.resolve(specifier)).href }; }"#;

const IMPORT: &str = r#"function __prizmImport(promise) { return promise.catch(globalThis[Symbol.for("prizm.host")].failedImport); }"#;

/// Gives an ES module what CommonJS files find around themselves; one line.
///
/// `names`: those of the CommonJS names that the module uses.
pub(crate) fn commonjs_names(names: &[&str]) -> String {
    let uses = |name: &str| names.contains(&name);
    let mut text = String::new();
    if uses("require") || uses("module") {
        text += r#"import { createRequire as __prizmCreateRequire } from "node:module"; const require = __prizmCreateRequire(import.meta.url);"#;
    }
    if uses("__filename") {
        text += " const __filename = import.meta.filename;";
    }
    if uses("__dirname") {
        text += " const __dirname = import.meta.dirname;";
    }
    if uses("module") || uses("exports") {
        text += " const exports = {};";
    }
    if uses("module") {
        text += " const module = { exports, require, id: import.meta.filename, filename: import.meta.filename, loaded: false, children: [], paths: [] }; if (import.meta.main) require.main = module;";
    }
    text
}
