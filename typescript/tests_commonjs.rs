//! Module formats: imports and exports as CommonJS, and CommonJS names in ES modules.

use url::Url;

use crate::tests_emit::{assert_has, assert_lacks, cjs, emitted, esm};
use crate::{CompilerOptions, MediaType, ModuleFormat};

#[test]
fn imports_become_requires_in_their_place() {
    let code = cjs(
        "first(); import fs, { a as b } from 'fs'; import * as path from 'path'; import d from './d';\n\
        import './side'; b(); new fs.X(); d`t`; ({ b }); path.join(); export {}",
    );
    let lines: Vec<_> = code.lines().collect();
    assert_eq!(lines[0], "\"use strict\";");
    assert_eq!(lines[1], "first();");
    assert_eq!(lines[2], "const _fs = require('fs');");
    assert_eq!(lines[3], "const _fs1 = __prizmDefault(_fs);");
    assert_eq!(lines[4], "const path = __prizmNamespace(require('path'));");
    assert_eq!(lines[5], "const _d = __prizmDefault(require('./d'));");
    assert_eq!(lines[6], "require('./side');");
    assert_has(
        &code,
        &[
            "(0, _fs.a)();",
            "new _fs1.default.X();",
            "(0, _d.default)`t`",
            "b: _fs.a",
        ],
    );
}

#[test]
fn exports_are_live_getters() {
    let code = cjs(
        "import { y } from './y'; export let a = 1; export function f() { a++ } export class K {}\n\
        export default f; export { a as b, y }; export const { p, q: [r] } = o; export * from './s';\n\
        export * as ns from './n'; export { default as z, w } from './w'",
    );
    assert_has(
        &code,
        &[
            "__prizmExport(exports, {",
            "\"a\": ()=>a",
            "\"b\": ()=>a",
            "\"y\": ()=>_y.y",
        ],
    );
    assert_has(
        &code,
        &[
            "\"default\": ()=>_default",
            "\"p\": ()=>p",
            "\"r\": ()=>r",
            "\"K\": ()=>K",
        ],
    );
    assert_has(
        &code,
        &[
            "__prizmExportStar(exports, require('./s'))",
            "__prizmNamespace(_n)",
        ],
    );
    assert_has(
        &code,
        &[
            "__prizmDefault(_w)?.default",
            "_w?.w",
            "0 && (module.exports = {",
        ],
    );
    assert!(code.find("__prizmExport(").unwrap() < code.find("require('./y')").unwrap());
}

#[test]
fn analysers_find_the_exports() {
    let options = CompilerOptions::default();
    let source = "export const a = 1; export default class B {} export { a as 'not a name', a as c }; export * from './s'";
    let code = emitted("x.ts", source, &options, ModuleFormat::CommonJs).code;
    let parsed = deno_ast::parse_script(deno_ast::ParseParams {
        specifier: Url::parse("file:///p/x.cjs").unwrap(),
        text: code.into(),
        media_type: MediaType::Cjs,
        capture_tokens: false,
        scope_analysis: false,
        maybe_syntax: None,
    });
    let found = parsed.unwrap().analyze_cjs();
    let mut names = found.exports;
    names.sort();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(found.reexports, ["./s"]);
}

#[test]
fn helpers_are_appended_only_where_used() {
    let options = CompilerOptions::default();
    let source = "import a from 'a'; a();";
    let code = emitted("x.ts", source, &options, ModuleFormat::CommonJs).code;
    assert_has(&code, &["function __prizmDefault("]);
    assert_lacks(&code, &["function __prizmNamespace(", "__esModule\", {"]);
}

#[test]
fn commonjs_flavoured_files_keep_their_own_requires() {
    let code = cjs(
        "import type { T } from './t'; declare const require: any;\n\
        const fs = require('fs'); module.exports = { fs }; if (require.main === module) run(__dirname); import('x');",
    );
    assert_has(
        &code,
        &[
            "require('fs')",
            "module.exports = {",
            "require.main === module",
            "__prizmImport(import('x'))",
        ],
    );
    assert_lacks(
        &code,
        &["./t", "__prizmDefault", "__prizmExport", "_require"],
    );
    assert!(!cjs("module.exports = 1").contains("use strict"));
}

#[test]
fn names_of_the_function_wrapper_can_be_declared() {
    let code = cjs(
        "import module from 'node:module'; const __dirname = '/x'; export { __dirname, module };",
    );
    assert_has(
        &code,
        &["\"__dirname\": ()=>___dirname", "const ___dirname = '/x'"],
    );
    assert_lacks(&code, &["const module", "const __dirname"]);
}

#[test]
fn import_and_export_assignments() {
    let source =
        "import fs = require('fs'); import gone = require('./gone'); class A {} fs.a; export = A;";
    let code = cjs(source);
    assert_has(&code, &["const fs = require('fs');", "module.exports = A;"]);
    assert_lacks(&code, &["gone", "__esModule"]);
    assert_has(
        &esm(source),
        &[
            "const fs = require('fs');",
            "export default A;",
            "createRequire",
        ],
    );
    assert_has(
        &cjs("export import x = require('x');"),
        &["\"x\": ()=>x", "const x = require('x')"],
    );
}

#[test]
fn modules_that_use_commonjs_names_get_them() {
    let code = esm("const a = require('a'); await a(__dirname); typeof module;");
    let first = code.lines().next().unwrap();
    assert_has(
        first,
        &["createRequire", "const __dirname = import.meta.dirname;"],
    );
    assert_lacks(first, &["const module", "__filename"]);
    assert_eq!(esm("typeof require;").trim(), "typeof require;");
}

#[test]
fn import_meta_has_a_stand_in_in_commonjs() {
    let code = cjs("export const u = import.meta.url;");
    assert_has(&code, &["__prizmImportMeta().url"]);
    assert_lacks(&code, &["import.meta"]);
}

#[test]
fn commonjs_cannot_wait() {
    let url = Url::parse("file:///p/x.ts").unwrap();
    let source = "export const a = await b;";
    let parsed = crate::parse(&url, MediaType::TypeScript, source.into()).unwrap();
    let options = CompilerOptions::default();
    let error = parsed.emit(&options, ModuleFormat::CommonJs).unwrap_err();
    assert!(matches!(
        error,
        crate::TypeScriptError::TopLevelAwait { .. }
    ));
    assert!(error.hints()[0].contains("import(\"./x.ts\")"));
    cjs("export const a = async () => await b;");
}
