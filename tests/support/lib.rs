//! What the integration tests stand on: real servers on loopback, a clean room for each test, and the spec harness.
//!
//! - [`server`]: a small HTTP and HTTPS server with a request log and faults on demand; the three sites below sit on it.
//! - [`clock`]: moments of the past.
//! - [`git`]: repositories made by the real `git`, served by git's own `http-backend`.
//! - [`npm`]: an npm registry that serves packuments and really packed tarballs, honest and evil ones.
//! - [`proxy`]: a CONNECT proxy, by which `github.com` itself is on loopback.
//! - [`static_files`]: a folder over HTTP(S), for `https:` imports.
//! - [`context`]: one temporary home, project, cache and server set a test, and the runner of the program under test.
//! - [`spec`]: `tests/specs/<area>/<case>/spec.json` → one named test.
//!
//! Side effects: temporary folders and loopback ports only; nothing outlives a [`context::TestContext`].

pub mod clock;
pub mod context;
pub mod fault;
pub mod git;
pub mod npm;
pub mod process;
pub mod proxy;
pub mod server;
pub mod shim;
pub mod spec;
pub mod static_files;
pub mod tls;
pub mod wildcard;

/// What a fixture step may fail with; the text is for the reader of a test report.
pub type Failure = String;
