//! Settings for whoever watches the program: debugger, restarts, V8 and the log.
//!
//! In: flags and variables. Out: the values. Side effects: looks up the inspector's host name.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use log::LevelFilter;

use super::settle::absolute;
use super::values::split_list;
use super::{Env, Inspector, InspectorStart, LogOptions, OptionsError, Script, Watch};
use crate::cli::flags::{DebugFlags, LogLevel, OutputFlags};

/// Where a debugger is listened for by default.
const INSPECTOR_HOST: &str = "127.0.0.1";
const INSPECTOR_PORT: u16 = 9229;

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
