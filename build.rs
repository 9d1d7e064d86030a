//! Names the target for `prizm --version`, and exports what native addons look up in the program.
//!
//! Addons (`*.node`) are linked against nothing: the loader finds Node-API and the few libuv functions among the
//! program's own dynamic symbols. `deno_napi` defines them; the linker would drop them as unused.

const SYMBOLS: [&str; 4] = ["napi_*", "node_api_*", "node_module_register", "uv_*"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=PRIZM_TARGET={}", variable("TARGET"));
    for symbol in SYMBOLS {
        match variable("CARGO_CFG_TARGET_OS").as_str() {
            "linux" | "android" | "freebsd" | "openbsd" => {
                println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol={symbol}");
            }
            "macos" => println!("cargo:rustc-link-arg-bins=-Wl,-exported_symbol,_{symbol}"),
            _ => {}
        }
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
