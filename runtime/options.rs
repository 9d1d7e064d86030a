//! All settings of one run, settled once from the command line, the environment and `prizm.json`.
//!
//! In: [`Args`], [`Env`], the current folder. Out: [`Options`], which everything below reads and nothing changes.
//! Side effects: reads prizm.json, the import map and env files. Sets nothing, fetches nothing.
//!
//! Flags win over environment variables, which win over `prizm.json`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_runtime::deno_permissions::PermissionsOptions;
use log::LevelFilter;
use serde_json::Value;
use url::Url;

pub use environment::Env;
pub use error::OptionsError;
pub(crate) use values::split_list;

use settle::Settling;

use crate::cli::args::{Args, AuditCommand, CacheCommand, Command, RunArgs};
use crate::config::ProjectConfig;
use crate::http::HttpOptions;
use crate::isolate::settings::IsolateSettings;
use crate::lockfile::LockMode;
use crate::policy::Policy;
use crate::sources::Reload;

mod debugging;
mod environment;
mod error;
mod permissions;
mod settle;
mod values;

#[cfg(test)]
mod tests;

/// Everything that is to be known before work begins. Paths are absolute.
#[derive(Debug)]
pub struct Options {
    /// The current folder.
    pub cwd: PathBuf,
    /// The script and its own words; `None` for commands that run none.
    pub script: Option<Script>,
    pub script_args: Vec<String>,
    /// The project file, where there is one.
    pub config: Option<ProjectConfig>,
    /// What the script may do; a missing permission is asked for if `permissions.prompt`.
    pub permissions: PermissionsOptions,
    /// Where every checked access is recorded.
    pub trace_permissions: Option<TraceTo>,
    /// Root of the cache; may not exist yet.
    pub cache_root: PathBuf,
    /// The log of dynamic loads; may not exist yet.
    pub audit_log: PathBuf,
    pub lock: LockOptions,
    pub reload: Reload,
    /// What may be loaded: the machine's, the user's and the project's policy, joined.
    pub policy: Arc<Policy>,
    /// The user's own policy file, which also holds grants; may not exist.
    pub user_policy: Option<PathBuf>,
    /// The HTTP client's settings; `http.mode` is the network mode of all sources.
    pub http: HttpOptions,
    pub refuses_npm: bool,
    pub refuses_remote: bool,
    pub allow_scripts: AllowScripts,
    /// Identifiers to fetch in the background, and whether to.
    pub preload: Preload,
    /// Which providers get isolates of their own, and what bounds these.
    pub isolates: IsolateSettings,
    pub import_map: Option<ImportMap>,
    /// Variables of env files, to be set before any thread starts. None of them is set yet.
    pub env: Vec<(String, String)>,
    pub inspector: Option<Inspector>,
    pub watch: Option<Watch>,
    pub location: Option<Url>,
    pub seed: Option<u64>,
    /// Each with its dashes, e.g. `--max-old-space-size=4096`.
    pub v8_flags: Vec<String>,
    pub is_quiet: bool,
    pub log: LogOptions,
    pub color: ColorChoice,
    /// What to warn of on stderr, one line each.
    pub warnings: Vec<String>,
}

/// Where a recording goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceTo {
    Stderr,
    File(PathBuf),
}

/// What is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// `-`
    Stdin,
    /// A file or a folder; may not exist.
    File(PathBuf),
    /// Anything else: `github:owner/repo@v1`, `npm:package`, `https://…`.
    Specifier(String),
}

impl std::fmt::Display for Script {
    /// As it was written, or as an absolute path.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Script::Stdin => formatter.write_str("-"),
            Script::File(path) => write!(formatter, "{}", path.display()),
            Script::Specifier(text) => formatter.write_str(text),
        }
    }
}

/// Which lockfile, and whether it may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOptions {
    /// `None` with [`LockMode::None`], or where a run belongs to no project.
    pub path: Option<PathBuf>,
    pub mode: LockMode,
}

/// npm packages whose install scripts may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowScripts {
    None,
    /// By name, without `npm:`; a version may follow (`sharp@0.33`).
    Only(Vec<String>),
    All,
}

/// What is fetched ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preload {
    /// Off with `--no-preload`.
    pub is_enabled: bool,
    /// Those of prizm.json.
    pub identifiers: Vec<String>,
}

/// Where bare specifiers lead.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportMap {
    /// `value`: `{ "imports": …, "scopes": … }`, relative to `base`, the file's URL.
    Loaded { base: Url, value: Value },
    /// To be fetched.
    Remote(Url),
}

/// The inspector's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspector {
    pub address: SocketAddr,
    pub start: InspectorStart,
}

/// When the script starts under the inspector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InspectorStart {
    /// At once: `--inspect`.
    AtOnce,
    /// When a debugger is there: `--inspect-wait`.
    Attached,
    /// Like `Attached`, and stops at the first line: `--inspect-brk`.
    Break,
}

/// Starting anew on changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Watched in addition to the script's own modules; a folder with all that is below it.
    pub paths: Vec<PathBuf>,
    /// The files that the settings come from, whether they exist or not.
    pub settings: Vec<PathBuf>,
    pub clears_screen: bool,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOptions {
    /// As asked for; `None` means the default.
    pub level: Option<LevelFilter>,
    /// Levels of single parts, e.g. `prizm::http` → trace.
    pub parts: Vec<(String, LevelFilter)>,
}

/// Whether output carries colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// On a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    /// `FORCE_COLOR`, else `NO_COLOR`, else by what the output is.
    pub fn of(env: &Env) -> Self {
        if env.is_on("FORCE_COLOR") {
            Self::Always
        } else if env.get("NO_COLOR").is_some() {
            Self::Never
        } else {
            Self::Auto
        }
    }
}

impl Options {
    /// Settles `args`. `cwd`: the current folder, absolute.
    ///
    /// # Errors
    /// [`OptionsError`]: a value that makes no sense, or a prizm.json or import map that cannot be used.
    pub fn settle(args: &Args, env: &Env, cwd: &Path) -> Result<Self, OptionsError> {
        let run = match &args.command {
            Command::Run(run) => {
                return Settling::new(&args.output, run, env, cwd)
                    .of_script()
                    .finish();
            }
            Command::Cache(cache) => match &cache.command {
                CacheCommand::Add(add) => RunArgs::without_script(&add.sources, &add.config),
                _ => RunArgs::default(),
            },
            Command::Audit(audit) => audit_run(audit.command()),
            Command::Policy(policy) => {
                let (sources, config) = policy.command.flags();
                RunArgs::without_script(sources, config)
            }
            Command::Provider(provider) => match provider.command.flags() {
                Some((sources, config)) => RunArgs::without_script(sources, config),
                None => RunArgs::default(),
            },
            Command::Types => RunArgs::default(),
        };
        Settling::new(&args.output, &run, env, cwd).finish()
    }
}

/// The flags that a run would have.
fn audit_run(command: AuditCommand) -> RunArgs {
    let audit = match command {
        AuditCommand::Advisories(args) => {
            return RunArgs::without_script(&args.sources, &args.config);
        }
        AuditCommand::Scan(args) => return RunArgs::without_script(&args.sources, &args.config),
        AuditCommand::Log(args) => args.flags,
        AuditCommand::Verify(args) => args.flags,
    };
    RunArgs::logged_to(audit)
}
