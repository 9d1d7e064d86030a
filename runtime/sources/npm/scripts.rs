//! Install scripts: off, unless the user named the package.
//!
//! In: the packages just fetched, the names allowed. Out: scripts run once, one warning for those that were not.
//! Side effects: child processes with the package's folder as cwd; marker files in that folder.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use deno_npm::{NpmPackageId, NpmResolutionPackage};

use super::shims::Shims;
use super::{Inner, NpmError};
use crate::cache::{Cache, CacheError};

/// In the order in which npm runs them.
const SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];
const DONE: &str = ".prizm-scripts-done";
const WARNED: &str = ".prizm-scripts-skipped";
/// Lines of a failed script's output that are worth showing.
const SHOWN_LINES: usize = 10;

pub struct Scripts {
    /// Packages whose install scripts may run; `*` stands for all.
    pub allowed: Vec<String>,
    pub cache: Cache,
}

impl Scripts {
    /// Runs the install scripts of allowed packages, once each; names the others once in a warning.
    ///
    /// # Errors
    /// [`NpmError::Script`] with the end of the script's output; [`NpmError::Scripts`].
    pub fn run(&self, inner: &Inner, packages: &[&NpmResolutionPackage]) -> Result<(), NpmError> {
        let mut skipped = Vec::new();
        for package in dependencies_first(packages) {
            let folder = inner.package_folder(&package.id.nv);
            let name = package.id.nv.name.as_str();
            if self.is_allowed(name) {
                self.run_once(inner, package, &folder)?;
            } else if std::fs::File::create_new(folder.join(WARNED)).is_ok() {
                skipped.push(name);
            }
        }
        if !skipped.is_empty() {
            log::warn!(
                "install scripts of npm:{} were not run; to run them: --allow-scripts={}",
                skipped.join(", npm:"),
                skipped.join(",")
            );
        }
        Ok(())
    }

    fn is_allowed(&self, name: &str) -> bool {
        self.allowed.iter().any(|item| item == "*" || item == name)
    }

    fn run_once(
        &self,
        inner: &Inner,
        package: &NpmResolutionPackage,
        folder: &Path,
    ) -> Result<(), NpmError> {
        let marker = folder.join(DONE);
        if marker.exists() {
            return Ok(());
        }
        let failed = |source: CacheError| NpmError::Scripts {
            package: package.id.nv.to_string(),
            source,
        };
        let name = package.id.nv.to_string().replace('/', "+");
        let _lock = self
            .cache
            .lock(&format!("npm-scripts-{name}"))
            .map_err(failed)?;
        if marker.exists() {
            return Ok(());
        }
        self.cache.open_package(folder).map_err(failed)?;
        let shims = Shims::write(&self.cache, inner, package).map_err(failed)?;
        for (script, command) in commands(folder) {
            run_one(package, folder, &shims, script, &command)?;
        }
        let marked =
            std::fs::write(&marker, "").map_err(|source| CacheError::io("write", &marker, source));
        marked
            .and_then(|()| self.cache.seal_package(folder))
            .map_err(failed)
    }
}

/// A package's scripts may use what it depends on.
fn dependencies_first<'a>(packages: &[&'a NpmResolutionPackage]) -> Vec<&'a NpmResolutionPackage> {
    fn visit<'a>(
        package: &'a NpmResolutionPackage,
        all: &[&'a NpmResolutionPackage],
        seen: &mut HashSet<&'a NpmPackageId>,
        ordered: &mut Vec<&'a NpmResolutionPackage>,
    ) {
        if !seen.insert(&package.id) {
            return;
        }
        for other in all
            .iter()
            .filter(|other| package.dependencies.values().any(|id| *id == other.id))
        {
            visit(other, all, seen, ordered);
        }
        ordered.push(package);
    }
    let (mut seen, mut ordered) = (HashSet::new(), Vec::new());
    let mut sorted = packages.to_vec();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    sorted
        .iter()
        .for_each(|package| visit(package, &sorted, &mut seen, &mut ordered));
    ordered
}

fn commands(folder: &Path) -> Vec<(&'static str, String)> {
    let manifest = std::fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let command = |script| Some((script, manifest["scripts"][script].as_str()?.to_string()));
    SCRIPTS.into_iter().filter_map(command).collect()
}

fn run_one(
    package: &NpmResolutionPackage,
    folder: &Path,
    shims: &Shims,
    script: &str,
    command: &str,
) -> Result<(), NpmError> {
    let failed = |reason: String| NpmError::Script {
        package: package.id.nv.to_string(),
        script: script.to_string(),
        reason,
    };
    log::info!("npm:{} {script}: {command}", package.id.nv);
    let agent = format!(
        "prizm/{} {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .envs(shims.environment())
        .env("npm_lifecycle_event", script)
        .env("npm_lifecycle_script", command)
        .env("npm_package_name", package.id.nv.name.as_str())
        .env("npm_package_version", package.id.nv.version.to_string())
        .env("npm_package_json", folder.join("package.json"))
        .env("npm_command", "install")
        .env("npm_config_user_agent", agent)
        .env("npm_config_registry", shims.registry())
        .env("INIT_CWD", folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(failed(end_of(&output))),
    }
}

fn end_of(output: &Output) -> String {
    let text = match output.stderr.is_empty() {
        true => String::from_utf8_lossy(&output.stdout),
        false => String::from_utf8_lossy(&output.stderr),
    };
    let lines: Vec<&str> = text.lines().collect();
    let end = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
    std::iter::once(output.status.to_string())
        .chain(end.iter().map(ToString::to_string))
        .collect::<Vec<_>>()
        .join("\n  ")
}
