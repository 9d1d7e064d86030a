//! What install scripts find on their PATH: `node`, which is this program, and the commands of their dependencies.
//!
//! In: a package. Out: a folder of small shell scripts, and environment variables, for as long as [`Shims`] lives.
//! Side effects: a staging folder. Packages lie in no `node_modules`, so that another Node could not find them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use deno_npm::NpmResolutionPackage;

use super::Inner;
use super::lock::Section;
use crate::cache::{Cache, CacheError, Staging};

/// Names the file that tells a child process which packages there are.
pub const PACKAGES_VARIABLE: &str = "PRIZM_INTERNAL_PACKAGES";

/// `node -e` and `node -p`.
const EVAL: &str = "\
import { createRequire } from 'node:module';
const [what, code] = process.argv.splice(2, 2);
globalThis.require = createRequire(process.cwd() + '/');
const result = (0, eval)(code);
if (what === 'print') console.log(result);
";

pub struct Shims {
    staging: Staging,
    registry: String,
}

impl Shims {
    pub fn write(
        cache: &Cache,
        inner: &Inner,
        package: &NpmResolutionPackage,
    ) -> Result<Shims, CacheError> {
        let shims = Shims {
            staging: cache.staging()?,
            registry: inner
                .registries
                .get_registry_url(&package.id.nv.name)
                .to_string(),
        };
        let written = shims.fill(cache, inner, package);
        written.map_err(|source| CacheError::io("write to", shims.staging.path(), source))?;
        Ok(shims)
    }

    /// The scripts' PATH, and what their children need to find packages.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.bin()).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).unwrap_or_else(|_| self.bin().into());
        vec![
            ("PATH", path.into()),
            ("NODE", self.bin().join("node")),
            ("npm_node_execpath", self.bin().join("node")),
            (PACKAGES_VARIABLE, self.packages()),
        ]
    }

    pub fn registry(&self) -> &str {
        &self.registry
    }

    fn bin(&self) -> PathBuf {
        self.staging.path().join("bin")
    }

    fn packages(&self) -> PathBuf {
        self.staging.path().join("packages.json")
    }

    fn fill(&self, cache: &Cache, inner: &Inner, package: &NpmResolutionPackage) -> io::Result<()> {
        fs::create_dir(self.bin())?;
        let section = Section::of(&inner.resolution.snapshot(), &inner.registries, |_| None);
        fs::write(self.packages(), serde_json::to_vec(&section)?)?;
        let eval = self.staging.path().join("eval.mjs");
        fs::write(&eval, EVAL)?;
        for id in package.dependencies.values() {
            for (name, file) in commands(&inner.package_folder(&id.nv)) {
                self.shim(&name, &format!("exec node {} \"$@\"\n", quoted(&file)))?;
            }
        }
        self.shim("node", &node(cache, &std::env::current_exe()?, &eval))
    }

    fn shim(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.bin().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}"))?;
        make_executable(&path)
    }
}

/// `node` for shell scripts: a file, `-e`, `-p` and `-v`.
fn node(cache: &Cache, program: &Path, eval: &Path) -> String {
    let (program, eval) = (quoted(program), quoted(eval));
    format!(
        "export PRIZM_HOME={home}
run() {{ exec {program} run -A --quiet --no-lock \"$@\"; }}
case \"$1\" in
  -v|--version) run {eval} print process.version ;;
  -e|--eval) shift; run {eval} eval \"$@\" ;;
  -p|--print|-pe) shift; run {eval} print \"$@\" ;;
  *) run \"$@\" ;;
esac
",
        home = quoted(cache.root())
    )
}

/// The commands that a package offers: `bin` of its package.json.
fn commands(folder: &Path) -> Vec<(String, PathBuf)> {
    let manifest = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let own_name = manifest["name"].as_str().unwrap_or_default();
    let own_name = own_name.rsplit('/').next().unwrap_or(own_name);
    let all = match &manifest["bin"] {
        serde_json::Value::String(file) => vec![(own_name.to_string(), file.clone())],
        serde_json::Value::Object(files) => {
            let file = |(name, file): (&String, &serde_json::Value)| {
                Some((name.clone(), file.as_str()?.to_string()))
            };
            files.iter().filter_map(file).collect()
        }
        _ => Vec::new(),
    };
    let is_plain = |name: &str| {
        !name.is_empty() && !name.contains('/') && !name.starts_with('.') && name != "node"
    };
    all.into_iter()
        .filter(|(name, _)| is_plain(name))
        .map(|(name, file)| (name, folder.join(file)))
        .collect()
}

/// One word for the shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}
