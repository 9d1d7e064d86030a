//! What is known of a file before it runs.

use std::sync::Arc;

use url::Url;

use crate::{CompilerOptions, ImportKind, MediaType, SourceFacts, parse};

fn facts_of(name: &str, source: &str) -> SourceFacts {
    let url = Url::parse(&format!("file:///p/{name}")).unwrap();
    let parsed = parse(&url, MediaType::from_specifier(&url), Arc::from(source)).unwrap();
    let facts = parsed.facts(&CompilerOptions::default()).unwrap();
    for import in facts
        .imports
        .iter()
        .filter(|import| !import.span.is_empty())
    {
        assert_eq!(
            parsed.text()[import.span.clone()].trim_matches(['"', '\'', '`']),
            import.specifier
        );
    }
    SourceFacts::clone(&facts)
}

fn facts(source: &str) -> SourceFacts {
    facts_of("x.ts", source)
}

#[test]
fn imports_are_those_that_run() {
    use ImportKind::{Dynamic, ReExport, Require, Static};
    let facts = facts(
        "\u{feff}// é\nimport { T, v } from './a'; import { U } from './types'; import './b';\n\
        export * from './c'; export { d } from './d'; import e = require('./e'); e.x; v as T;\n\
        require('./f'); require.resolve('./g'); import(`./h`); import(x); let u: U; export type * from './t'",
    );
    let found: Vec<_> = facts
        .imports
        .iter()
        .map(|it| (it.specifier.as_str(), it.kind))
        .collect();
    let expected = [
        ("./a", Static),
        ("./b", Static),
        ("./c", ReExport),
        ("./d", ReExport),
        ("./e", Require),
        ("./f", Require),
        ("./g", Require),
        ("./h", Dynamic),
    ];
    assert_eq!(found, expected);
    assert_eq!(facts.star_exports, ["./c"]);
}

#[test]
fn jsx_adds_its_runtime() {
    let url = Url::parse("file:///p/x.tsx").unwrap();
    let parsed = parse(&url, MediaType::Tsx, Arc::from("export const a = <p/>;")).unwrap();
    let options = CompilerOptions {
        jsx: crate::Jsx::ReactJsx {
            dev: false,
            import_source: None,
        },
        ..CompilerOptions::default()
    };
    let facts = parsed.facts(&options).unwrap();
    assert_eq!(facts.imports[0].specifier, "react/jsx-runtime");
}

#[test]
fn exports_are_those_that_exist_at_run_time() {
    let facts = facts(
        "export const a = 1, { b, c: [d], ...e } = o; export function f() {} export class G {}\n\
        export enum H { X } export namespace I { export const x = 1 } export namespace J { export type T = 1 }\n\
        export interface K {} export type L = 1; export declare const M: 1; export { a as n, type K as O };\n\
        export default 1; export * as p from './p'; export abstract class Q {} export import r = I.x",
    );
    let mut names = facts.exports.clone();
    names.sort();
    let expected = [
        "G", "H", "I", "Q", "a", "b", "d", "default", "e", "f", "n", "p", "r",
    ];
    assert_eq!(names, expected);
}

#[test]
fn module_systems_are_told_apart() {
    let esm = facts("export const a = await import.meta.url;");
    assert!(esm.has_module_syntax && esm.has_top_level_await && esm.uses_import_meta);
    assert!(!esm.uses_commonjs);
    let mixed = facts("import type { A } from 'a'; const b = require('b');");
    assert!(mixed.has_module_syntax && mixed.uses_commonjs && !mixed.has_top_level_await);
    let plain = facts_of("x.js", "module.exports = 1;");
    assert!(!plain.has_module_syntax && plain.uses_commonjs);
    let assigned = facts("class A {} export = A;");
    assert!(
        assigned.has_export_assignment && assigned.uses_commonjs && !assigned.has_module_syntax
    );
}

#[test]
fn commonjs_names_count_only_where_they_are_free() {
    let uses = |source: &str| facts(source).uses_commonjs;
    assert!(uses(
        "declare const require: any; export const a = require('a');"
    ));
    assert!(uses(
        "declare function require(name: string): any; require('a');"
    ));
    assert!(uses("function f() { return __dirname }"));
    assert!(uses("export const o = { module };"));
    assert!(!uses(
        "const require = createRequire(import.meta.url); require('a');"
    ));
    assert!(!uses(
        "function f(module: any, exports: any) { exports.a = module.b }"
    ));
    assert!(!uses(
        "o.require('a'); o.exports = 1; let t: typeof module; type R = typeof require;"
    ));
    assert!(!uses("export const o = { require: 1, module() {} };"));
}

#[test]
fn top_level_await_is_not_that_of_functions() {
    let awaits = |source: &str| facts(source).has_top_level_await;
    assert!(awaits("for await (const a of b) {} export {}"));
    assert!(awaits("export {}; { await x }"));
    assert!(awaits("await x;"));
    assert!(!awaits(
        "export const f = async () => await x; class A { async m() { for await (const a of b) {} } }"
    ));
}

#[test]
fn identifiers_of_lookups_are_collected() {
    let facts = facts(
        "getProvider('github:a/b@1'); registry.getService(`c`); x?.getProvider('d'); y.getProvider?.('e');\n\
        getProvider(name); getProvider(`f${1}`); getProvider('c'); other('g');",
    );
    assert_eq!(facts.identifiers, ["github:a/b@1", "c", "d", "e"]);
}

#[test]
fn names_that_are_exported_again_tell_where_they_come_from() {
    let facts = facts(
        "import D, { a as b, type T, unused } from './a'; import * as all from './c';\n\
        export { b as c, D, T, all }; export { x as y, default as z, type U } from './d'; export const own = 1; export { own as again };",
    );
    let found: Vec<_> = facts
        .re_exports
        .iter()
        .map(|it| {
            (
                it.exported.as_str(),
                it.imported.as_str(),
                it.specifier.as_str(),
            )
        })
        .collect();
    let expected = [
        ("c", "a", "./a"),
        ("D", "default", "./a"),
        ("y", "x", "./d"),
        ("z", "default", "./d"),
    ];
    assert_eq!(found, expected);
    assert_eq!(facts.type_exports, ["T", "U"]);
}

#[test]
fn exports_of_types_are_known_by_name() {
    let facts = facts(
        "export interface A {} export type B = 1; interface C {} export { C, C as D }; export type { E } from './e';\n\
        export class F {} export interface F {} export namespace G { export type X = 1 } export namespace H { export const x = 1 }\n\
        export type * from './t'; export default interface I {}",
    );
    assert_eq!(
        facts.type_exports,
        ["A", "B", "C", "D", "E", "G", "default"]
    );
    assert_eq!(facts.type_star_exports, ["./t"]);
}
