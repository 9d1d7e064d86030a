//! `prizm audit`: its subcommands and flags.
//!
//! In: nothing. Out: clap types. Side effects: none.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::ValueEnum;

use crate::audit::advisories::Severity;
use crate::cli::flags::{ConfigFlags, SourceFlags};
use crate::cli::help;

/// Where the log is.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct AuditFlags {
    /// The log of dynamic loads [default: in the cache] [env: PRIZM_AUDIT_LOG]
    #[arg(long, value_name = "FILE", help_heading = help::SOURCES)]
    pub audit_log: Option<String>,
}

/// `prizm audit`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = help::AUDIT_AFTER)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: Option<AuditCommand>,

    #[command(flatten)]
    advisories: Box<AdvisoriesArgs>,
}

impl AuditArgs {
    /// What to do; without a subcommand, look for advisories.
    pub fn command(&self) -> AuditCommand {
        let default = || AuditCommand::Advisories(self.advisories.clone());
        self.command.clone().unwrap_or_else(default)
    }
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum AuditCommand {
    /// List known vulnerabilities of the npm packages in prizm.lock (what `prizm audit` alone does)
    Advisories(Box<AdvisoriesArgs>),

    /// Show the log of dynamic loads and grants
    Log(LogArgs),

    /// Check that the log is as it was written
    Verify(VerifyArgs),

    /// Look through repositories for what should not be there, without running them
    Scan(Box<ScanArgs>),
}

/// `prizm audit advisories`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct AdvisoriesArgs {
    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,

    /// Fail from this severity on
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t)]
    pub level: AdvisoryLevel,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AdvisoryLevel {
    Info,
    #[default]
    Low,
    Moderate,
    High,
    Critical,
}

impl From<AdvisoryLevel> for Severity {
    fn from(level: AdvisoryLevel) -> Severity {
        match level {
            AdvisoryLevel::Info => Severity::Info,
            AdvisoryLevel::Low => Severity::Low,
            AdvisoryLevel::Moderate => Severity::Moderate,
            AdvisoryLevel::High => Severity::High,
            AdvisoryLevel::Critical => Severity::Critical,
        }
    }
}

/// `prizm audit log`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct LogArgs {
    #[command(flatten)]
    pub flags: AuditFlags,

    /// No entries older than that: `30m`, `2h`, `7d`, `2026-03-01`, `2026-03-01T12:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub since: Option<DateTime<Utc>>,

    /// Only entries of this provider: `github:owner/repo`, or a pattern such as `npm:@scope/*`
    #[arg(long, value_name = "PROVIDER")]
    pub provider: Option<String>,

    /// Print the lines as they stand in the log
    #[arg(long)]
    pub json: bool,
}

/// `prizm audit verify`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub flags: AuditFlags,

    /// A hash that an earlier check printed: that entry must still be in the log
    #[arg(long, value_name = "HASH", value_parser = head)]
    pub head: Option<String>,
}

/// `prizm audit scan`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct ScanArgs {
    #[command(flatten)]
    pub sources: SourceFlags,

    #[command(flatten)]
    pub config: ConfigFlags,

    /// Print JSON, one object for each target
    #[arg(long)]
    pub json: bool,

    /// What to look through: `github:owner/repo@v1`, `npm:package@1`, a folder
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    let ago = text
        .char_indices()
        .next_back()
        .and_then(|(at, unit)| Some((text[..at].parse::<u32>().ok()?, unit)));
    let ago = ago.and_then(|(count, unit)| {
        let count = i64::from(count);
        match unit {
            's' => TimeDelta::try_seconds(count),
            'm' => TimeDelta::try_minutes(count),
            'h' => TimeDelta::try_hours(count),
            'd' => TimeDelta::try_days(count),
            'w' => TimeDelta::try_weeks(count),
            _ => None,
        }
    });
    if let Some(time) = ago.and_then(|ago| Utc::now().checked_sub_signed(ago)) {
        return Ok(time);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .and_then(|date| date.and_hms_opt(0, 0, 0))
        .map(|time| time.and_utc())
        .ok_or_else(|| {
            "expected a span (`30m`, `2h`, `7d`), a date (`2026-03-01`) or a time in RFC 3339"
                .into()
        })
}

fn head(text: &str) -> Result<String, String> {
    match crate::audit::is_hash(text) {
        true => Ok(text.to_string()),
        false => Err("expected `sha256-` and 64 hexadecimal digits".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let date = since("2026-03-01").unwrap();
        assert_eq!(date.to_rfc3339(), "2026-03-01T00:00:00+00:00");
        assert_eq!(since("2026-03-01T01:00:00+01:00").unwrap(), date);
        let ago = Utc::now() - since("2h").unwrap();
        assert!(
            (ago - TimeDelta::hours(2)).num_seconds().abs() < 60,
            "{ago}"
        );
        for text in [
            "",
            "h",
            "2y",
            "yesterday",
            "2026-13-01",
            "-2h",
            "4294967295w",
        ] {
            assert!(since(text).is_err(), "{text}");
        }
    }

    #[test]
    fn heads() {
        assert!(head(&format!("sha256-{}", "0a".repeat(32))).is_ok());
        assert!(head("sha256-0a").is_err());
    }
}
