//! `prizm audit`: known vulnerabilities of the npm packages in prizm.lock.
//!
//! In: the lock. Out: a table or JSON on stdout. Side effects: asks the npm registries.

use std::sync::Arc;

use serde_json::json;

use super::{counted, shown};
use crate::audit::advisories::{Advisory, Report, Severity, check};
use crate::cli::args::AdvisoriesArgs;
use crate::cli::error::{CliError, Kind};
use crate::cli::output::{self, Paint};
use crate::context::Context;
use crate::lockfile::LockMode;
use crate::options::Options;
use crate::progress::Progress;

pub(super) async fn advisories(
    args: &AdvisoriesArgs,
    mut options: Options,
    progress: Arc<dyn Progress>,
) -> Result<i32, CliError> {
    let is_nameless = options.lock.path.is_none() && options.lock.mode != LockMode::None;
    if is_nameless {
        // A script without a project has its lock beside it.
        let folders = options.cwd.ancestors();
        let mut locks = folders.map(|folder| folder.join("prizm.lock"));
        options.lock.path = locks.find(|path| path.is_file());
    }
    let paint = Paint::for_stdout(options.color);
    let base = options.cwd.clone();
    let context = Context::new(options, base, progress).await?;
    if !context
        .lockfile
        .path()
        .is_some_and(std::path::Path::is_file)
    {
        let message = "There is no prizm.lock here, and so no package to look up";
        return Err(CliError::new(Kind::User, message)
            .with_hint("run the script once, or `prizm cache add` it, to write one"));
    }
    let registries = context.npm.registries();
    let http = context.http.limited_to(context.options.policy.registries());
    let report = check(context.lockfile.npm(), registries, &http).await?;
    let text = match args.json {
        true => format!("{:#}\n", json!(report)),
        false => table(&report, paint),
    };
    output::stdout(&text)?;
    judge(&report, args.level.into())
}

fn judge(report: &Report, level: Severity) -> Result<i32, CliError> {
    let is_bad = |advisory: &&Advisory| advisory.severity >= level;
    let count = report.advisories.iter().filter(is_bad).count();
    match count {
        0 => Ok(0),
        _ => Err(CliError::new(
            Kind::User,
            format!(
                "prizm.lock has packages with {} of level {} or worse",
                counted(count, "advisory", "advisories"),
                level.name()
            ),
        )
        .with_hint("`prizm run --reload=npm:<package> …` takes newer versions into prizm.lock")),
    }
}

fn table(report: &Report, paint: Paint) -> String {
    let packages = counted(report.packages, "package", "packages");
    if report.advisories.is_empty() {
        return format!("{packages}, no advisories\n");
    }
    let mut text = String::new();
    for advisory in &report.advisories {
        let severity = format!("{:<9}", advisory.severity.name());
        let severity = match advisory.severity {
            Severity::None | Severity::Info | Severity::Low => paint.dim(&severity),
            Severity::Moderate => paint.warning(&severity),
            Severity::High | Severity::Critical | Severity::Unknown => paint.error(&severity),
        };
        let lines = [
            shown(&advisory.title),
            format!("concerns {}", shown(&advisory.range)),
            shown(&advisory.path.join(" › ")),
            shown(&advisory.url),
        ];
        text += &format!(
            "{severity} {}@{}\n",
            shown(&advisory.package),
            shown(&advisory.version)
        );
        for line in lines.iter().filter(|line| !line.is_empty()) {
            text += &format!("{:10}{line}\n", "");
        }
    }
    let count = counted(report.advisories.len(), "advisory", "advisories");
    text += &format!("{packages}, {count}\n");
    text
}
