//! Prizm as a library: what `prizm` the program is made of.
//!
//! The stages, in the order in which data passes them:
//!
//! ```text
//! argv ─cli/args→ Args ─options→ Options ─context→ Context ─worker→ isolate ─cli/run→ exit code
//! text ─specifier→ Specifier ─sources→ files in the cache ─loader→ module source
//! identifier = the same line, then ─providers→ entry point ─js/registry→ instance
//! ```

// First, so that libgit2 comes last to the linker: it and the runtime each carry a copy of llhttp, with different
// layouts, and the first copy wins. libgit2 never parses HTTP here, because its transport is ours; the runtime does.
extern crate git2 as _;

pub mod audit;
pub mod cache;
pub mod cli;
pub mod config;
pub mod context;
pub mod hints;
pub mod history;
pub mod http;
pub mod isolate;
pub mod loader;
pub mod lockfile;
pub mod options;
pub mod origins;
pub mod permissions;
pub mod policy;
pub mod progress;
pub mod providers;
pub mod scan;
pub mod signatures;
pub mod sources;
pub mod specifier;
#[cfg(test)]
mod testing;
pub mod trust;
pub mod worker;
