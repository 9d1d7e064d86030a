//! Where code comes from: one file (or folder) for each scheme.

pub mod git;
pub mod github;
pub mod http;
pub mod npm;

/// What is fetched again although it is in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    None,
    All,
    /// Those that begin with one of these: `npm:zod`, `github:owner/repo`, `npm:`.
    Only(Vec<String>),
}
