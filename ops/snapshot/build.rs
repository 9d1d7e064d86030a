//! Makes the snapshot: starts the runtime with Prizm's extension, runs the eager modules, and writes the heap.
//!
//! In: the runtime's extensions and `prizm_ops`. Out, in `OUT_DIR`: `snapshot.bin`; the sources which the snapshot did
//! not take up, as JavaScript; and `tables.rs`, which embeds them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use deno_core::{ModuleCodeString, ModuleName, wrap_lazy_ext_script};
use deno_runtime::ops::bootstrap::SnapshotOptions;
use deno_runtime::snapshot::{LazyExtensionFile, LazyExtensionFileKind, create_runtime_snapshot};
use deno_runtime::transpile::maybe_transpile_source;

/// What scripts see as `Deno.version.typescript`: the language level that the parser knows.
const TYPESCRIPT_VERSION: &str = "6.0.3";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let options = SnapshotOptions {
        ts_version: TYPESCRIPT_VERSION.to_string(),
        v8_version: deno_core::v8::VERSION_STRING,
        target: env::var("TARGET").expect("cargo sets it"),
    };
    let extensions = vec![prizm_ops::extension_without_host()];
    let made = create_runtime_snapshot(out.join("snapshot.bin"), options, extensions);
    let mut identity = DefaultHasher::new();
    identity.write(&fs::read(out.join("snapshot.bin")).expect("written a moment ago"));
    for (specifier, code) in prizm_ops::lazy_modules(&[]) {
        identity.write(specifier.as_bytes());
        identity.write(code.as_bytes());
    }

    let taken: HashSet<String> = made.consumed_lazy_specifiers.into_iter().collect();
    let left = made.lazy_extension_files.iter();
    let left = left.filter(|file| !taken.contains(&file.specifier));
    let mut scripts = String::new();
    let mut modules = String::new();
    for file in left {
        println!("cargo:rerun-if-changed={}", file.path.display());
        let table = match file.kind {
            LazyExtensionFileKind::Js => &mut scripts,
            LazyExtensionFileKind::Esm => &mut modules,
        };
        let name = write_source(file, &out);
        identity.write(&fs::read(out.join(&name)).expect("written a moment ago"));
        let specifier = &file.specifier;
        writeln!(
            table,
            "({specifier:?}, include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))),"
        )
        .expect("a String takes all");
    }
    let identity = identity.finish();
    let tables = format!(
        "pub const IDENTITY: u64 = {identity};\npub static SCRIPTS: super::Sources = &[\n{scripts}];\npub static MODULES: super::Sources = &[\n{modules}];\n"
    );
    fs::write(out.join("tables.rs"), tables).expect("OUT_DIR is writable");
}

/// Writes a source the way the runtime expects it, and gives the name of the file in `out`.
fn write_source(file: &LazyExtensionFile, out: &Path) -> String {
    let specifier = &file.specifier;
    let text = fs::read_to_string(&file.path).expect("an extension's own source");
    let name = ModuleName::from(specifier.clone());
    let (code, _) = maybe_transpile_source(name, ModuleCodeString::from(text))
        .unwrap_or_else(|error| panic!("{specifier}: {error}"));
    let code = match file.kind {
        // Scripts are compiled as the body of a function.
        LazyExtensionFileKind::Js => wrap_lazy_ext_script(code.as_str()).to_string(),
        LazyExtensionFileKind::Esm => code.as_str().to_string(),
    };
    assert!(
        specifier.is_ascii() && code.is_ascii(),
        "{specifier}: V8 takes it without a copy only if it is ASCII"
    );
    let is_plain = |letter: char| letter.is_ascii_alphanumeric();
    let name = specifier.replace(|letter| !is_plain(letter), "_") + ".js";
    fs::write(out.join(&name), code).expect("OUT_DIR is writable");
    name
}
