//! The V8 snapshot that isolates start from: the runtime's own modules and the eager one of Prizm, already run, with
//! the ops of both bound.
//!
//! In: what `build.rs` wrote. Out: the snapshot, and the sources that it left out. Side effects: none.

/// The heap of an isolate in which the eager modules have run.
pub static SNAPSHOT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin"));

type Sources = &'static [(&'static str, &'static str)];

mod tables {
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

/// Scripts that run when something first needs them: specifier and code, sorted by specifier.
pub static LAZY_SCRIPTS: Sources = tables::SCRIPTS;

/// The same for modules.
pub static LAZY_MODULES: Sources = tables::MODULES;

/// A hash of the snapshot and all sources: what was compiled from them belongs to this build alone.
pub const IDENTITY: u64 = tables::IDENTITY;
