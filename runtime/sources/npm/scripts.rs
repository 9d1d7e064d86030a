//! Install scripts: off, unless the user named the package.
//!
//! In: the packages just fetched, the names allowed. Out: scripts run once, a warning for those that were not.
//! Side effects: child processes with the package's folder as cwd; a marker file in that folder.

use std::path::Path;
use std::process::{Command, Stdio};

use deno_npm::NpmResolutionPackage;
use deno_npm::resolution::NpmPackagesPartitioned;
use deno_npm_cache::NpmCache;
use sys_traits::impls::RealSys;

use super::NpmError;

/// In the order in which npm runs them.
const SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];
const DONE: &str = ".prizm-scripts-done";
const WARNED: &str = ".prizm-scripts-skipped";

/// Runs the install scripts of allowed packages, once each; names the others once in a warning.
///
/// # Errors
/// [`NpmError::Script`] with the end of the script's output.
pub fn run(
    allowed: &[String],
    cache: &NpmCache<RealSys>,
    packages: &NpmPackagesPartitioned,
) -> Result<(), NpmError> {
    let mut skipped = Vec::new();
    for package in packages.packages.iter().filter(|package| package.has_scripts) {
        let folder = cache.package_folder_for_nv(&package.id.nv);
        let name = package.id.nv.name.as_str();
        if allowed.iter().any(|item| item == "*" || item == name) {
            run_all(package, &folder)?;
        } else if std::fs::File::create_new(folder.join(WARNED)).is_ok() {
            skipped.push(name.to_string());
        }
    }
    if !skipped.is_empty() {
        log::warn!(
            "install scripts not run for {}; allow them with --allow-scripts={}",
            skipped.join(", "),
            skipped.join(",")
        );
    }
    Ok(())
}

fn run_all(package: &NpmResolutionPackage, folder: &Path) -> Result<(), NpmError> {
    let marker = folder.join(DONE);
    if marker.exists() {
        return Ok(());
    }
    let manifest = std::fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    for script in SCRIPTS {
        if let Some(command) = manifest["scripts"][script].as_str() {
            run_one(package, folder, script, command)?;
        }
    }
    // Without the marker they run again next time, which is what a read-only cache gets.
    let _ = std::fs::write(marker, "");
    Ok(())
}

fn run_one(package: &NpmResolutionPackage, folder: &Path, script: &str, command: &str) -> Result<(), NpmError> {
    let failed = |reason: String| NpmError::Script {
        package: package.id.nv.name.to_string(),
        script: script.to_string(),
        reason,
    };
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("npm_lifecycle_event", script)
        .env("npm_package_name", package.id.nv.name.as_str())
        .env("npm_package_version", package.id.nv.version.to_string())
        .env("INIT_CWD", folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = stderr.lines().rev().take(5).collect();
    let tail: Vec<&str> = last.into_iter().rev().collect();
    Err(failed(format!("{}\n{}", output.status, tail.join("\n"))))
}
