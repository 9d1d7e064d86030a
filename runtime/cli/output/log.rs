//! The log, for `--log-level` and `PRIZM_LOG`.
//!
//! In: records of the crate `log`, our own and those of the crates underneath. Out: lines on stderr.
//! Side effects: becomes the process's logger.

use log::{Level, LevelFilter, Log, Metadata, Record};

use super::Paint;
use crate::options::LogOptions;

/// Parts whose `info` lines are meant for the user: `ext:` is the runtime's JavaScript (`Listening on …`), `file:` a
/// script that calls `import.meta.log`.
const SPEAKING: [&str; 6] = [
    "prizm",
    "ext",
    "file",
    "deno_inspector_server",
    "deno_permissions",
    "deno_runtime",
];

/// Parts that tell so much that `--log-level=debug` could not be read; `trace` shows them.
const NOISY: [&str; 9] = [
    "h2",
    "hyper",
    "hyper_util",
    "mio",
    "notify",
    "reqwest",
    "rustls",
    "swc",
    "tokio",
];

/// Starts logging. Later calls change nothing.
pub fn init_log(options: &LogOptions, paint: Paint) {
    // The logger lives as long as the process.
    let log: &'static StderrLog = Box::leak(Box::new(StderrLog {
        level: options.level,
        parts: options.parts.clone(),
        paint,
    }));
    let max = log.max_level();
    if log::set_logger(log).is_ok() {
        log::set_max_level(max);
    }
}

struct StderrLog {
    level: Option<LevelFilter>,
    parts: Vec<(String, LevelFilter)>,
    paint: Paint,
}

impl StderrLog {
    fn max_level(&self) -> LevelFilter {
        let parts = self.parts.iter().map(|(_, level)| *level);
        let level = self.level.unwrap_or(LevelFilter::Info);
        parts.max().unwrap_or(level).max(level)
    }

    /// The level for `target`: that of the longest part named, else the general one.
    fn level_of(&self, target: &str) -> LevelFilter {
        let named = self
            .parts
            .iter()
            .filter(|(part, _)| is_within(target, part));
        if let Some((_, level)) = named.max_by_key(|(part, _)| part.len()) {
            return *level;
        }
        let level = self.level.unwrap_or(LevelFilter::Info);
        let is_any = |parts: &[&str]| parts.iter().any(|part| is_within(target, part));
        match level {
            LevelFilter::Info if !is_any(&SPEAKING) => LevelFilter::Warn,
            LevelFilter::Debug if is_any(&NOISY) => LevelFilter::Warn,
            level => level,
        }
    }
}

/// Whether `target` is `part`, one of its modules, or a crate of its family (`swc_common` of `swc`).
fn is_within(target: &str, part: &str) -> bool {
    target
        .strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '_']))
}

impl Log for StderrLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.level_of(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            super::stderr(&line(record, self.paint));
        }
    }

    fn flush(&self) {}
}

/// One record: plain for `info`, headed for the others, with the part's name from `debug` on.
fn line(record: &Record<'_>, paint: Paint) -> String {
    let text = record.args();
    match record.level() {
        Level::Error => format!("{} {text}\n", paint.error("error:")),
        Level::Warn => format!("{} {text}\n", paint.warning("warning:")),
        Level::Info => format!("{text}\n"),
        level => {
            let head = format!("{level} {}:", record.target());
            format!("{} {text}\n", paint.dim(&head))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(level: Option<LevelFilter>, parts: &[(&str, LevelFilter)]) -> StderrLog {
        StderrLog {
            level,
            parts: parts
                .iter()
                .map(|(part, level)| ((*part).to_owned(), *level))
                .collect(),
            paint: Paint::plain(),
        }
    }

    #[test]
    fn by_default_only_speaking_parts_inform() {
        let log = log(None, &[]);
        assert_eq!(log.level_of("prizm::http"), LevelFilter::Info);
        assert_eq!(log.level_of("deno_inspector_server"), LevelFilter::Info);
        assert_eq!(log.level_of("deno_npm_installer"), LevelFilter::Warn);
    }

    #[test]
    fn noisy_parts_need_trace_or_their_name() {
        assert_eq!(
            log(Some(LevelFilter::Debug), &[]).level_of("hyper::client"),
            LevelFilter::Warn
        );
        assert_eq!(
            log(Some(LevelFilter::Trace), &[]).level_of("hyper::client"),
            LevelFilter::Trace
        );
        let named = log(
            None,
            &[
                ("hyper", LevelFilter::Debug),
                ("hyper::client", LevelFilter::Error),
            ],
        );
        assert_eq!(named.level_of("hyper::server"), LevelFilter::Debug);
        assert_eq!(named.level_of("hyper::client"), LevelFilter::Error);
        assert_eq!(named.max_level(), LevelFilter::Debug);
    }
}
