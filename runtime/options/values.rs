//! Settings that depend on nothing but their own flag, variable or key.
//!
//! In: one flag's text, and what stands in for it. Out: the value. Side effects: reads the import map.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::settle::script_of;
use super::{AllowScripts, Env, ImportMap, OptionsError, Script, TraceTo};
use crate::audit;
use crate::cache::Cache;
use crate::cli::args::AuditFlags;
use crate::cli::flags::{ConfigFlags, IsolateFlags, PermissionFlags, SourceFlags};
use crate::config::{self, ProjectConfig};
use crate::http::{HttpOptions, NetworkMode};
use crate::isolate::settings::{IsolateSettings, Limits};
use crate::policy::Policy;
use crate::sources::Reload;

const TIMEOUT: &str = "PRIZM_HTTP_TIMEOUT";
/// A day, in seconds.
const MAX_TIMEOUT: f64 = 86_400.0;

/// `$PRIZM_HOME`, else `$XDG_CACHE_HOME/prizm`, else `prizm` in the user's cache folder.
pub(super) fn cache_root(env: &Env, cwd: &Path) -> Result<PathBuf, OptionsError> {
    if let Some(home) = env.get("PRIZM_HOME") {
        return Ok(cwd.join(home));
    }
    // The XDG specification has relative paths ignored.
    let xdg = env
        .get("XDG_CACHE_HOME")
        .map(Path::new)
        .filter(|path| path.is_absolute());
    if let Some(xdg) = xdg {
        return Ok(xdg.join("prizm"));
    }
    if let Some(local) = env.get("LOCALAPPDATA").filter(|_| cfg!(windows)) {
        return Ok(Path::new(local).join("prizm"));
    }
    let home = env
        .get("HOME")
        .map(PathBuf::from)
        .or_else(std::env::home_dir);
    let home = home
        .filter(|path| path.is_absolute())
        .ok_or(OptionsError::NoHome)?;
    Ok(home.join(".cache").join("prizm"))
}

/// prizm.json has no say: a project does not choose where its own loads are logged.
pub(super) fn audit_log(
    flags: &AuditFlags,
    env: &Env,
    cwd: &Path,
) -> Result<PathBuf, OptionsError> {
    let named = flags.audit_log.as_ref().map(Path::new);
    match named.or_else(|| env.get("PRIZM_AUDIT_LOG").map(Path::new)) {
        Some(path) => Ok(cwd.join(path)),
        None => Ok(audit::default_path(&Cache::new(cache_root(env, cwd)?))),
    }
}

/// `--trace-permissions`
pub(super) fn trace(flags: &PermissionFlags, cwd: &Path) -> Option<TraceTo> {
    let file = flags.trace_permissions.as_ref()?;
    Some(match file {
        Some(file) => TraceTo::File(cwd.join(file)),
        None => TraceTo::Stderr,
    })
}

pub(super) fn reload(flags: &SourceFlags) -> Result<Reload, OptionsError> {
    let Some(texts) = &flags.reload else {
        return Ok(Reload::None);
    };
    let only = split_list("--reload", texts)?;
    Ok(if only.is_empty() {
        Reload::All
    } else {
        Reload::Only(only)
    })
}

pub(super) fn http_options(
    flags: &SourceFlags,
    env: &Env,
    cwd: &Path,
) -> Result<HttpOptions, OptionsError> {
    let is_offline = flags.offline || flags.cached_only || env.is_on("PRIZM_OFFLINE");
    if let Some(host) = flags
        .allow_insecure
        .iter()
        .find(|host| host.is_empty() || host.contains('/'))
    {
        return Err(OptionsError::Value {
            flag: "--allow-insecure",
            value: host.clone(),
            reason: "expected a host, or host:port".to_owned(),
        });
    }
    Ok(HttpOptions {
        ca_files: flags.cert.iter().map(|file| cwd.join(file)).collect(),
        allow_insecure: flags.allow_insecure.clone(),
        mode: if is_offline {
            NetworkMode::Offline
        } else {
            NetworkMode::Online
        },
        timeout: timeout(env)?,
        ..HttpOptions::default()
    })
}

/// `$PRIZM_HTTP_TIMEOUT` in seconds; parts of one are fine.
fn timeout(env: &Env) -> Result<Duration, OptionsError> {
    let Some(text) = env.text(TIMEOUT) else {
        return Ok(HttpOptions::default().timeout);
    };
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (0.001..=MAX_TIMEOUT).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| OptionsError::Value {
            flag: TIMEOUT,
            value: text.to_owned(),
            reason: "expected seconds".to_owned(),
        })
}

/// What flags say, else what prizm.json says; exemptions of both count.
pub(super) fn isolates(flags: &IsolateFlags, config: Option<&ProjectConfig>) -> IsolateSettings {
    let said = config.map(|config| &config.isolates);
    let said = said.cloned().unwrap_or_default();
    let seconds = |flag: Option<f64>, said| flag.or(said).map(Duration::from_secs_f64);
    let limits = Limits::default();
    let memory = flags.provider_memory.or(said.provider_memory);
    IsolateSettings {
        isolates_files: flags.isolate || said.isolate,
        exempt: [said.no_isolate, flags.no_isolate.clone()].concat(),
        limits: Limits {
            memory: memory.map_or(limits.memory, |mebibytes| (mebibytes as usize) << 20),
            cpu: seconds(flags.provider_cpu, said.provider_cpu).unwrap_or(limits.cpu),
            wall: seconds(flags.provider_timeout, said.provider_timeout),
            idle: seconds(flags.max_idle, said.max_idle),
        },
    }
}

/// A policy can only take away: the network, and plain HTTP.
pub(super) fn under_policy(mut options: HttpOptions, policy: &Policy) -> HttpOptions {
    if policy.offline().is_some() {
        options.mode = NetworkMode::Offline;
    }
    options.https_only = policy.https_only().map(ToString::to_string);
    options
}

pub(super) fn allow_scripts(
    flags: &SourceFlags,
    config: Option<&ProjectConfig>,
) -> Result<AllowScripts, OptionsError> {
    let names = match &flags.allow_scripts {
        Some(texts) => {
            let names = split_list("--allow-scripts", texts)?;
            if names.is_empty() {
                return Ok(AllowScripts::All);
            }
            names
        }
        None => config.map_or(Vec::new(), |config| config.allow_scripts.clone()),
    };
    let bare = |name: &String| name.strip_prefix("npm:").unwrap_or(name).to_owned();
    Ok(match names.as_slice() {
        [] => AllowScripts::None,
        names => AllowScripts::Only(names.iter().map(bare).collect()),
    })
}

/// `--import-map` takes the place of what prizm.json says.
pub(super) fn import_map(
    flags: &ConfigFlags,
    config: Option<&ProjectConfig>,
    cwd: &Path,
) -> Result<Option<ImportMap>, OptionsError> {
    if let Some(text) = &flags.import_map {
        return match script_of(text, cwd) {
            Script::File(path) => {
                let value = config::read_import_map(&path)?;
                let base = file_url(&path);
                Ok(Some(ImportMap::Loaded { base, value }))
            }
            _ => match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => {
                    Ok(Some(ImportMap::Remote(url)))
                }
                _ => Err(OptionsError::Value {
                    flag: "--import-map",
                    value: text.clone(),
                    reason: "expected a file or an http(s) URL".to_owned(),
                }),
            },
        };
    }
    Ok(config
        .filter(|config| config.has_import_map())
        .map(|config| ImportMap::Loaded {
            base: file_url(&config.path),
            value: serde_json::json!({ "imports": config.imports, "scopes": config.scopes }),
        }))
}

fn file_url(path: &Path) -> Url {
    Url::from_file_path(path).expect("the path is absolute")
}

/// Splits comma-separated lists; `,,` is a comma that belongs to an item.
pub(crate) fn split_list(flag: &str, texts: &[String]) -> Result<Vec<String>, OptionsError> {
    let mut items = Vec::new();
    for text in texts {
        let mut item = String::new();
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                ',' if rest.next_if_eq(&',').is_some() => item.push(','),
                ',' => items.push(std::mem::take(&mut item)),
                other => item.push(other),
            }
        }
        items.push(item);
    }
    if items.iter().any(String::is_empty) {
        return Err(OptionsError::EmptyItem {
            flag: flag.to_owned(),
        });
    }
    Ok(items)
}
