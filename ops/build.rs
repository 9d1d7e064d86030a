//! Turns `js/*.ts` into the JavaScript that `ops/lib.rs` embeds.
//!
//! In: the TypeScript sources. Out, in `OUT_DIR`: one `.js` for each, and `sources.rs` with the tables of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use deno_ast::swc::ast::{Decl, ExportSpecifier, ModuleDecl, ModuleExportName, ModuleItem};
use deno_ast::{
    EmitOptions, MediaType, ModuleSpecifier, ParseParams, ParsedSource, SourceMapOption,
    TranspileModuleOptions, TranspileOptions,
};

/// Runs when an isolate starts; all others run on first use.
const EAGER: [&str; 1] = ["ops.ts"];
/// The public module: its exports are what `import … from 'prizm'` offers.
const PUBLIC: &str = "index.ts";

fn main() {
    let sources = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../js");
    println!("cargo:rerun-if-changed={}", sources.display());
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let names = names(&sources);

    let mut eager = String::new();
    let mut lazy = String::new();
    let mut exports = Vec::new();
    for name in &names {
        println!("cargo:rerun-if-changed={}", sources.join(name).display());
        let parsed = parse(&sources.join(name), name);
        if name == PUBLIC {
            exports = exported_names(&parsed);
        }
        let code = transpile(parsed);
        assert!(
            code.is_ascii(),
            "js/{name}: V8 takes it without a copy only if it is ASCII"
        );
        let file = format!("{}.js", name.replace('/', "."));
        fs::write(out.join(&file), code).expect("OUT_DIR is writable");
        let specifier = format!("ext:prizm/{name}");
        if EAGER.contains(&name.as_str()) {
            writeln!(
                eager,
                "ExtensionFileSource::new({specifier:?}, ascii_str_include!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))),"
            )
        } else {
            writeln!(lazy, "({specifier:?}, include_str!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))),")
        }
        .expect("a String takes all");
    }
    let tables = format!(
        "const EAGER: &[ExtensionFileSource] = &[\n{eager}];\nconst LAZY: &[(&str, &str)] = &[\n{lazy}];\nconst EXPORTS: &[&str] = &{exports:?};\n"
    );
    fs::write(out.join("sources.rs"), tables).expect("OUT_DIR is writable");
}

/// The sources in `js/` and its folders: `index.ts`, `isolate/guest.ts`.
fn names(sources: &Path) -> Vec<String> {
    let mut folders = vec![sources.to_path_buf()];
    let mut names = Vec::new();
    while let Some(folder) = folders.pop() {
        println!("cargo:rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(&folder).expect("js/ is part of the repository") {
            let path = entry.expect("a readable folder").path();
            match path.is_dir() {
                true => folders.push(path),
                false => names.extend(name_of(&path, sources)),
            }
        }
    }
    names.sort();
    names
}

fn name_of(path: &Path, sources: &Path) -> Option<String> {
    let name = path.strip_prefix(sources).ok()?.to_str()?.to_string();
    (name.ends_with(".ts") && !name.ends_with(".d.ts")).then_some(name)
}

fn parse(path: &Path, name: &str) -> ParsedSource {
    let text = fs::read_to_string(path).expect("listed a moment ago");
    deno_ast::parse_module(ParseParams {
        specifier: ModuleSpecifier::parse(&format!("ext:prizm/{name}")).expect("a plain file name"),
        text: text.into(),
        media_type: MediaType::TypeScript,
        capture_tokens: false,
        scope_analysis: false,
        maybe_syntax: None,
    })
    .unwrap_or_else(|error| panic!("js/{name}: {error}"))
}

fn transpile(parsed: ParsedSource) -> String {
    let emit = EmitOptions {
        source_map: SourceMapOption::None,
        ..EmitOptions::default()
    };
    parsed
        .transpile(
            &TranspileOptions::default(),
            &TranspileModuleOptions::default(),
            &emit,
        )
        .expect("js/ holds valid TypeScript")
        .into_source()
        .text
}

fn exported_names(parsed: &ParsedSource) -> Vec<String> {
    let mut names = Vec::new();
    let program = parsed.program_ref();
    let items = program.unwrap_module().body.iter();
    for item in items {
        match item {
            ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) if !export.type_only => {
                for specifier in &export.specifiers {
                    let ExportSpecifier::Named(named) = specifier else {
                        continue;
                    };
                    if named.is_type_only {
                        continue;
                    }
                    let name = named.exported.as_ref().unwrap_or(&named.orig);
                    if let ModuleExportName::Ident(name) = name {
                        names.push(name.sym.to_string());
                    }
                }
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => match &export.decl {
                Decl::Fn(function) => names.push(function.ident.sym.to_string()),
                Decl::Class(class) => names.push(class.ident.sym.to_string()),
                Decl::Var(variable) => names.extend(
                    variable
                        .decls
                        .iter()
                        .filter_map(|declarator| declarator.name.as_ident())
                        .map(|name| name.sym.to_string()),
                ),
                _ => {}
            },
            _ => {}
        }
    }
    names.sort();
    names
}
