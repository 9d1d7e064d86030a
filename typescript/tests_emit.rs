//! What is emitted, construct by construct.

use std::sync::Arc;

use url::Url;

use crate::{CompilerOptions, Emitted, Jsx, MediaType, ModuleFormat, TypeScriptError, parse};

pub(crate) fn emitted(
    name: &str,
    source: &str,
    options: &CompilerOptions,
    format: ModuleFormat,
) -> Emitted {
    let url = Url::parse(&format!("file:///p/{name}")).unwrap();
    let parsed = parse(&url, MediaType::from_specifier(&url), Arc::from(source)).unwrap();
    parsed.emit(options, format).unwrap()
}

pub(crate) fn esm(source: &str) -> String {
    emitted(
        "x.ts",
        source,
        &CompilerOptions::default(),
        ModuleFormat::Esm,
    )
    .code
}

/// CommonJS without the helpers.
pub(crate) fn cjs(source: &str) -> String {
    let options = CompilerOptions::default();
    let code = emitted("x.ts", source, &options, ModuleFormat::CommonJs).code;
    let lines = code
        .lines()
        .filter(|line| !line.starts_with("function __prizm"));
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn assert_has(code: &str, parts: &[&str]) {
    for part in parts {
        assert!(code.contains(part), "{part:?} is missing in:\n{code}");
    }
}

pub(crate) fn assert_lacks(code: &str, parts: &[&str]) {
    for part in parts {
        assert!(!code.contains(part), "{part:?} is still in:\n{code}");
    }
}

fn syntax_error(name: &str, source: &str) -> TypeScriptError {
    let url = Url::parse(&format!("file:///p/{name}")).unwrap();
    match parse(&url, MediaType::from_specifier(&url), Arc::from(source)) {
        Ok(_) => panic!("{source:?} parsed"),
        Err(error) => error,
    }
}

#[test]
fn types_and_unused_imports_vanish() {
    let code = esm(
        "import { A } from './a'; import type { B } from './b'; import C, { type D, e } from './c';\n\
        import './side'; interface I { a: A } type T = D; declare const q: B; abstract class Z { abstract f(): C }\n\
        function o(a: string): void; function o(a: any) { return <T>a! as I satisfies I }\n\
        export type { B } from './d'; export { type A as AA, e }; declare module 'x' {} declare global {}",
    );
    assert_lacks(
        &code,
        &[
            "./a",
            "./b",
            "./d",
            "interface",
            "declare",
            "abstract",
            "satisfies",
            "AA",
        ],
    );
    assert_has(
        &code,
        &[
            "import { e } from './c'",
            "import './side'",
            "export { e }",
            "return a;",
        ],
    );
}

#[test]
fn verbatim_syntax_keeps_unused_imports() {
    let options = CompilerOptions {
        verbatim_module_syntax: true,
        ..CompilerOptions::default()
    };
    let source = "import { a } from './a'; import type { B } from './b';";
    let code = emitted("x.ts", source, &options, ModuleFormat::Esm).code;
    assert_has(&code, &["./a"]);
    assert_lacks(&code, &["./b"]);
}

#[test]
fn unused_imports_of_javascript_stay() {
    let source = "import { a } from './a'; export const b = 1;";
    let options = CompilerOptions::default();
    let code = emitted("x.js", source, &options, ModuleFormat::CommonJs).code;
    assert_has(&code, &["require('./a')"]);
}

#[test]
fn enums_and_namespaces_become_values() {
    let code = esm(
        "export enum E { A, B = 'b' } const enum C { X = 1 << 3 } export const x = C.X;\n\
        namespace N { export const a = 1; export namespace M { export let b = a } }\n\
        namespace Types { export type T = 1 }",
    );
    assert_has(
        &code,
        &[
            "E[E[\"A\"] = 0] = \"A\"",
            "E[\"B\"] = \"b\"",
            "x = 8",
            "M.b = N.a",
        ],
    );
    assert_lacks(&code, &["Types", "enum", "namespace"]);
}

#[test]
fn namespace_blocks_see_each_other() {
    let code = esm(
        "namespace N { export let a = 1; export enum E { X } export namespace M { export const q = 1 } let own = 2 }\n\
        namespace N { export const b = a + E.X; a = 2; f({ a }); { const a = 3; g(a) }\n\
        export namespace M { export const r = q + a } const own = 4; h(own) }\n\
        namespace D.In { export const z = 1 } namespace D.In { export const y = z }",
    );
    assert_has(
        &code,
        &[
            "N.b = N.a + N.E.X",
            "N.a = 2",
            "a: N.a",
            "M.r = N.M.q + N.a",
            "In.y = In.z",
        ],
    );
    assert_lacks(&code, &["g(N.a)", "h(N.own)"]);
}

#[test]
fn fields_are_defined_or_assigned() {
    let source = "class A extends B { x = 1; y!: string; declare z: 1; static s = 2; #p = this.q; [k()] = 3;\n\
        constructor(private q = 5, public r?: number) { before(); super(); after() } }";
    let defined = emitted(
        "x.ts",
        source,
        &CompilerOptions::default(),
        ModuleFormat::Esm,
    )
    .code;
    assert_has(&defined, &["y;", "static s = 2", "this.q = q"]);
    assert_lacks(&defined, &["z;"]);
    let options = CompilerOptions {
        use_define_for_class_fields: false,
        ..CompilerOptions::default()
    };
    let assigned = emitted("x.ts", source, &options, ModuleFormat::Esm).code;
    let order = "super(), this.q = q, this.r = r, this.x = 1, this.#p = this.q;";
    assert_has(&assigned, &[order, "#p;", "this.s = 2", "[k()] = 3"]);
    assert_lacks(&assigned, &["y;", "x;"]);
}

#[test]
fn a_constructor_is_made_where_fields_need_one() {
    let options = CompilerOptions {
        use_define_for_class_fields: false,
        ..CompilerOptions::default()
    };
    let code = emitted(
        "x.ts",
        "class A extends B { x = 1 }",
        &options,
        ModuleFormat::Esm,
    )
    .code;
    assert_has(&code, &["super(...args), this.x = 1"]);
}

#[test]
fn accessors_get_storage() {
    let code = esm("class A { accessor x = 1; static accessor y }");
    assert_has(
        &code,
        &["#__accessor_0 = 1", "get x()", "static set y(value)"],
    );
    assert_lacks(&code, &["accessor x"]);
}

#[test]
fn decorators_of_both_kinds_are_inlined() {
    let source =
        "import { Dep } from './dep'; @d class A { @d m() {} @d f = 1; constructor(@d x: Dep) {} }";
    let options = CompilerOptions {
        experimental_decorators: true,
        emit_decorator_metadata: true,
        ..CompilerOptions::default()
    };
    let code = emitted("x.ts", source, &options, ModuleFormat::Esm).code;
    assert_has(
        &code,
        &["_ts_decorate", "design:paramtypes", "./dep", "_ts_param"],
    );
    assert_lacks(&code, &["@swc/helpers", "tslib", "@d"]);
    let standard = esm("@d class A { @d m() {} @d accessor x = 1 }");
    assert_has(&standard, &["_apply_decs"]);
    assert_lacks(&standard, &["@swc/helpers", "@d", "accessor x"]);
}

#[test]
fn jsx_follows_the_options() {
    let source =
        "import React from 'react'; import { h } from 'h'; export const a = <p a={1}><B/></p>;";
    let code =
        |options: &CompilerOptions| emitted("x.tsx", source, options, ModuleFormat::Esm).code;
    let mut options = CompilerOptions::default();
    assert_has(&code(&options), &["React.createElement(\"p\"", "'react'"]);
    assert_lacks(&code(&options), &["'h'"]);
    options.jsx_factory = Some("h".into());
    assert_has(&code(&options), &["h(\"p\"", "'h'"]);
    options.jsx = Jsx::ReactJsx {
        dev: false,
        import_source: Some("preact".into()),
    };
    assert_has(&code(&options), &["\"preact/jsx-runtime\"", "_jsx(\"p\""]);
    assert_lacks(&code(&options), &["'react'", "'h'"]);
    let common = emitted("x.tsx", source, &options, ModuleFormat::CommonJs).code;
    assert_has(&common, &["require(\"preact/jsx-runtime\")"]);
    assert_lacks(&common, &["import {"]);
}

#[test]
fn plain_javascript_is_not_touched() {
    let options = CompilerOptions::default();
    let source = "#!/usr/bin/env node\nmodule.exports = 010; // as it is\n";
    let emitted = emitted("x.js", source, &options, ModuleFormat::CommonJs);
    assert_eq!(emitted.code, source.replace("#!", "//"));
    assert_eq!(emitted.source_map, None);
}

#[test]
fn source_maps_carry_the_source_and_count_added_lines() {
    let options = CompilerOptions::default();
    let source = "\u{feff}type A = 1;\nrequire('x');";
    let emitted = emitted("x.ts", source, &options, ModuleFormat::Esm);
    let map: serde_json::Value = serde_json::from_str(&emitted.source_map.unwrap()).unwrap();
    assert_eq!(map["sources"][0], "file:///p/x.ts");
    assert_eq!(map["sourcesContent"][0], "type A = 1;\nrequire('x');");
    assert!(
        map["mappings"].as_str().unwrap().starts_with(";AACA"),
        "{map}"
    );
}

#[test]
fn syntax_errors_show_the_place() {
    let error = syntax_error("x.ts", "const a = 1;\nlet b c;\n");
    let text = error.to_string();
    assert_has(
        &text,
        &["file:///p/x.ts:2:7", "2 | let b c;", "    |       ^"],
    );
    let hints = syntax_error("x.ts", "const a = <p>x</p>;").hints();
    assert!(hints[0].contains(".tsx"));
    for source in [
        "let s = 'a\nb'",
        "{",
        "a ?? b || c",
        "<<<<<<< HEAD\nlet a",
        "function f() { await x }",
    ] {
        syntax_error("x.ts", source);
    }
}

#[test]
fn what_tsc_only_reports_is_no_error() {
    for source in [
        "abstract class A { abstract x = 1; abstract f() {} }",
        "enum E { a, a }",
        "function f(a?: number = 1) {}",
        "class A extends B { override x = 1 } const y: number = 'a'",
        "declare const x = 1 + 1; export default interface Q {}",
        "const a: string = 1 as unknown as never; undeclared();",
    ] {
        esm(source);
        cjs(source);
    }
}

#[test]
fn one_parse_serves_several_options_and_formats() {
    let url = Url::parse("file:///p/x.ts").unwrap();
    let source = "import { A } from 'a'; export class B { x = 1 }";
    let parsed = parse(&url, MediaType::TypeScript, Arc::from(source)).unwrap();
    let options = CompilerOptions::default();
    assert!(parsed.facts(&options).unwrap().imports.is_empty());
    let first = parsed.emit(&options, ModuleFormat::Esm).unwrap();
    assert_eq!(first, parsed.emit(&options, ModuleFormat::Esm).unwrap());
    assert_has(
        &parsed.emit(&options, ModuleFormat::CommonJs).unwrap().code,
        &["exports"],
    );
    let verbatim = CompilerOptions {
        verbatim_module_syntax: true,
        ..options.clone()
    };
    assert_eq!(parsed.facts(&verbatim).unwrap().imports.len(), 1);
}

#[test]
fn parsed_files_can_cross_threads() {
    fn check<T: Send + Sync>() {}
    check::<crate::Parsed>();
}

#[test]
fn exports_that_are_types_leave_nothing() {
    let url = Url::parse("file:///p/x.ts").unwrap();
    let source = "import { A, b } from './a'; export { A, b as c }; export { D } from './d'; export { e, F } from './e';";
    let parsed = parse(&url, MediaType::TypeScript, source.into()).unwrap();
    let options = CompilerOptions::default();
    assert_eq!(parsed.facts(&options).unwrap().re_exports.len(), 5);
    let names = ["A", "D", "F"].map(str::to_owned).into();
    let parsed = parsed.with_type_exports(names);
    let facts = parsed.facts(&options).unwrap();
    assert_eq!(facts.exports, ["c", "e"]);
    assert_eq!(facts.type_exports, ["A", "D", "F"]);
    let code = parsed.emit(&options, ModuleFormat::Esm).unwrap().code;
    assert_eq!(
        code.split_whitespace().collect::<Vec<_>>().join(" "),
        "import { b } from './a'; export { b as c }; export { e } from './e';"
    );
}

#[test]
fn failures_of_dynamic_imports_go_through_the_helper() {
    let code = esm("const f = async () => (await import(await import('a'))).default;");
    assert_has(
        &code,
        &[
            "(await __prizmImport(import(await __prizmImport(import('a'))))).default",
            "\nfunction __prizmImport(promise)",
        ],
    );
    assert_lacks(&esm("import 'a'; import.meta.url;"), &["__prizmImport"]);
}
