//! Runs every fixture below `tests/specs` as a test of its own.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    prizm_test_support::spec::main(&root, Path::new(env!("CARGO_BIN_EXE_prizm")))
}
