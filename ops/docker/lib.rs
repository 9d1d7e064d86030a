//! Compose projects on a Docker Engine: what services are made of.
//!
//! ```text
//! compose files ─compose→ Project ─lifecycle→ plan ─engine→ containers
//! ```
//!
//! In: compose files, an engine. Out: running services. Side effects: those of the engine. Nothing here knows V8.

pub mod compose;
pub mod engine;
pub mod lifecycle;
