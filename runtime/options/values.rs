//! Settings that depend on nothing but their own flag, variable or key.
//!
//! In: one flag's text, and what stands in for it. Out: the value. Side effects: reads the import map, looks
//! up the inspector's host name.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use log::LevelFilter;
use url::Url;

use super::settle::{absolute, script_of};
use super::{
    AllowScripts, Env, ImportMap, Inspector, InspectorStart, LogOptions, OptionsError, Script,
    TraceTo, Watch,
};
use crate::audit;
use crate::cache::Cache;
use crate::cli::args::AuditFlags;
use crate::cli::flags::{
    ConfigFlags, DebugFlags, IsolateFlags, LogLevel, OutputFlags, PermissionFlags, SourceFlags,
};
use crate::config::{self, ProjectConfig};
use crate::http::{HttpOptions, NetworkMode};
use crate::isolate::settings::{IsolateSettings, Limits};
use crate::policy::Policy;
use crate::sources::Reload;

/// Where a debugger is listened for by default.
const INSPECTOR_HOST: &str = "127.0.0.1";
const INSPECTOR_PORT: u16 = 9229;

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

pub(super) fn inspector(flags: &DebugFlags) -> Result<Option<Inspector>, OptionsError> {
    let chosen = [
        ("--inspect", &flags.inspect, InspectorStart::AtOnce),
        (
            "--inspect-wait",
            &flags.inspect_wait,
            InspectorStart::Attached,
        ),
        ("--inspect-brk", &flags.inspect_brk, InspectorStart::Break),
    ];
    let chosen = chosen
        .into_iter()
        .find_map(|(flag, value, start)| Some((flag, value.as_deref()?, start)));
    let Some((flag, value, start)) = chosen else {
        return Ok(None);
    };
    let address = inspector_address(value).map_err(|reason| OptionsError::Value {
        flag,
        value: value.to_owned(),
        reason,
    })?;
    Ok(Some(Inspector { address, start }))
}

/// Reads `host:port`, `host`, `:port` or `port`.
fn inspector_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None if is_port(text) => ("", Some(text)),
        None => (text, None),
    };
    let host = if host.is_empty() {
        INSPECTOR_HOST
    } else {
        host
    };
    let port = match port {
        Some(port) => port
            .parse()
            .map_err(|_| "expected a port up to 65535 after the `:`".to_owned())?,
        None => INSPECTOR_PORT,
    };
    let mut found = (host, port)
        .to_socket_addrs()
        .map_err(|error| error.to_string())?;
    found
        .next()
        .ok_or_else(|| format!("`{host}` has no address"))
}

/// `settings` of the result is left empty.
pub(super) fn watch(
    flags: &DebugFlags,
    script: Option<&Script>,
    cwd: &Path,
) -> Result<Option<Watch>, OptionsError> {
    let Some(texts) = &flags.watch else {
        return Ok(None);
    };
    if script == Some(&Script::Stdin) {
        return Err(OptionsError::StdinTwice);
    }
    let paths = split_list("--watch", texts)?;
    Ok(Some(Watch {
        paths: paths.iter().map(|path| absolute(path, cwd)).collect(),
        settings: Vec::new(),
        clears_screen: !flags.no_clear_screen,
    }))
}

/// The seed goes first, so that a `--random-seed` that was given as such wins.
pub(super) fn v8_flags(flags: &[String], seed: Option<u64>, env: &Env) -> Vec<String> {
    let of_env = env.text("PRIZM_V8_FLAGS").unwrap_or_default().split(',');
    let of_env = of_env
        .map(str::trim)
        .filter(|flag| !flag.is_empty())
        .map(str::to_owned);
    let of_seed = seed.map(|seed| format!("--random-seed={}", random_seed(seed)));
    of_seed
        .into_iter()
        .chain(of_env)
        .chain(flags.iter().cloned())
        .collect()
}

/// V8 takes 31 bits, and 0 for "at random".
fn random_seed(seed: u64) -> u64 {
    match (seed ^ (seed >> 31)) & 0x7fff_ffff {
        0 => 0x7fff_ffff,
        other => other,
    }
}

pub(super) fn log_options(
    flags: &OutputFlags,
    env: &Env,
    warnings: &mut Vec<String>,
) -> LogOptions {
    let mut log = LogOptions {
        level: None,
        parts: Vec::new(),
    };
    for directive in env
        .text("PRIZM_LOG")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
    {
        let (part, level) = directive
            .split_once('=')
            .map_or((None, directive), |(part, level)| (Some(part), level));
        match (part, level.parse::<LevelFilter>()) {
            _ if directive.is_empty() => {}
            (None, Ok(level)) => log.level = Some(level),
            (Some(part), Ok(level)) => log.parts.push((part.to_owned(), level)),
            (_, Err(_)) => warnings.push(format!(
                "`{directive}` in PRIZM_LOG is neither a level nor part=level"
            )),
        }
    }
    let of_flags = match flags.log_level {
        _ if flags.quiet => Some(LevelFilter::Error),
        Some(LogLevel::Error) => Some(LevelFilter::Error),
        Some(LogLevel::Warn) => Some(LevelFilter::Warn),
        Some(LogLevel::Info) => Some(LevelFilter::Info),
        Some(LogLevel::Debug) => Some(LevelFilter::Debug),
        Some(LogLevel::Trace) => Some(LevelFilter::Trace),
        None => None,
    };
    log.level = of_flags.or(log.level);
    log
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
