//! A full disk and a folder that is gone, without either: a small C library to preload into the program under test.
//!
//! In: `shim.c` beside this file, whose head says what it does. Out: the compiled library; `cc` is there, since Rust links with it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::Failure;

/// Where the compiled library lies; it is compiled once a process.
///
/// # Errors
/// The compiler's own message.
pub fn library() -> Result<&'static Path, Failure> {
    static LIBRARY: OnceLock<Result<(tempfile::TempDir, PathBuf), Failure>> = OnceLock::new();
    match LIBRARY.get_or_init(compile) {
        Ok((_, library)) => Ok(library),
        Err(failure) => Err(failure.clone()),
    }
}

fn compile() -> Result<(tempfile::TempDir, PathBuf), Failure> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let source = folder.path().join("shim.c");
    let library = folder.path().join("libshim.so");
    std::fs::write(&source, include_str!("shim.c")).map_err(|error| error.to_string())?;
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .output()
        .map_err(|error| format!("cc: {error}"))?;
    if output.status.success() {
        Ok((folder, library))
    } else {
        Err(format!("cc: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
