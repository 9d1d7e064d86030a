//! Runs every fixture below `tests/specs`, and every attack below `tests/attacks`, as a test of its own.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let roots = [
        ("", tests.join("specs")),
        ("attacks", tests.join("attacks")),
    ];
    prizm_test_support::spec::main(&roots, Path::new(env!("CARGO_BIN_EXE_prizm")))
}
