//! Puts the settings together that depend on each other: script, project file, permissions, lockfile.
//!
//! In: flags, environment, current folder. Out: [`Options`]. Side effects: reads prizm.json, the import map and
//! env files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_runtime::deno_permissions::PermissionsOptions;
use url::Url;

use super::{
    ColorChoice, Env, ImportMap, LockOptions, Options, OptionsError, Preload, Script, Watch,
    debugging, environment, permissions, values,
};
use crate::cli::args::RunArgs;
use crate::cli::flags::{ConfigFlags, OutputFlags};
use crate::config::{FILE_NAME, LockConfig, ProjectConfig};
use crate::lockfile::LockMode;
use crate::policy::{Policy, PolicyFiles};

/// The name of the lockfile.
const LOCK_NAME: &str = "prizm.lock";

/// What does not make a word a path.
const SCHEMES: [&str; 8] = [
    "github:", "git+", "npm:", "node:", "jsr:", "data:", "http://", "https://",
];

/// What is read while settling.
pub(super) struct Settling<'a> {
    output: &'a OutputFlags,
    run: &'a RunArgs,
    env: &'a Env,
    cwd: &'a Path,
    script: Option<Script>,
}

impl<'a> Settling<'a> {
    /// For a command that runs no script; of `run`, only its flags count.
    pub(super) fn new(
        output: &'a OutputFlags,
        run: &'a RunArgs,
        env: &'a Env,
        cwd: &'a Path,
    ) -> Self {
        Self {
            output,
            run,
            env,
            cwd,
            script: None,
        }
    }

    /// For `prizm run`.
    pub(super) fn of_script(mut self) -> Self {
        // Only `--v8-flags=--help` does without.
        self.script = Some(self.run.script())
            .filter(|text| !text.is_empty())
            .map(|text| script_of(text, self.cwd));
        self
    }

    pub(super) fn finish(self) -> Result<Options, OptionsError> {
        let RunArgs { sources, debug, .. } = self.run;
        let base = self.base_folder();
        let config = project_config(&self.run.config, &base, self.cwd)?;
        let mut warnings = config
            .as_ref()
            .map_or(Vec::new(), |config| config.warnings.clone());
        let policy = self.policy(config.as_ref())?;
        let permissions = self.permissions(config.as_ref(), &mut warnings)?;
        let files = environment::read_env_files(&self.run.env_file, self.cwd, self.env);
        warnings.extend(files.warnings);
        let import_map = values::import_map(&self.run.config, config.as_ref(), self.cwd)?;
        let watch = debugging::watch(debug, self.script.as_ref(), self.cwd)?.map(|watch| Watch {
            settings: self.settings(config.as_ref(), import_map.as_ref(), &base, files.paths),
            ..watch
        });
        let log = debugging::log_options(self.output, self.env, &mut warnings);
        Ok(Options {
            cwd: self.cwd.to_owned(),
            script_args: self.run.script_args().to_vec(),
            permissions,
            trace_permissions: values::trace(&self.run.permissions, self.cwd),
            audit_log: values::audit_log(&self.run.audit, self.env, self.cwd)?,
            cache_root: values::cache_root(self.env, self.cwd)?,
            lock: self.lock(config.as_ref(), &base),
            reload: values::reload(sources)?,
            http: values::under_policy(values::http_options(sources, self.env, self.cwd)?, &policy),
            policy: Arc::new(policy),
            user_policy: self.policy_files().user,
            refuses_npm: sources.no_npm,
            refuses_remote: sources.no_remote,
            allow_scripts: values::allow_scripts(sources, config.as_ref())?,
            preload: Preload {
                is_enabled: !self.run.no_preload,
                identifiers: config
                    .as_ref()
                    .map_or(Vec::new(), |config| config.preload.clone()),
            },
            isolates: values::isolates(&self.run.isolates, config.as_ref()),
            import_map,
            env: files.pairs,
            inspector: debugging::inspector(debug)?,
            watch,
            location: self.run.location.clone(),
            seed: self.run.seed,
            v8_flags: debugging::v8_flags(&self.run.v8_flags, self.run.seed, self.env),
            is_quiet: self.output.quiet,
            log,
            color: ColorChoice::of(self.env),
            warnings,
            script: self.script,
            config,
        })
    }

    /// The machine's and the user's policy, and what the project adds to them.
    fn policy(&self, config: Option<&ProjectConfig>) -> Result<Policy, OptionsError> {
        let files = self.policy_files();
        let project = config.and_then(|config| config.policy.as_ref());
        Ok(Policy::load(&files, project)?)
    }

    fn policy_files(&self) -> PolicyFiles {
        PolicyFiles::of(|name| self.env.get(name).map(PathBuf::from))
    }

    /// Where the search for project files begins: the script's folder, or the current one.
    fn base_folder(&self) -> PathBuf {
        match &self.script {
            Some(Script::File(path)) if path.is_dir() => path.clone(),
            Some(Script::File(path)) => path.parent().unwrap_or(self.cwd).to_owned(),
            _ => self.cwd.to_owned(),
        }
    }

    /// The files that the settings come from, and those of the project that would count if they existed.
    fn settings(
        &self,
        config: Option<&ProjectConfig>,
        import_map: Option<&ImportMap>,
        base: &Path,
        env_files: Vec<PathBuf>,
    ) -> Vec<PathBuf> {
        let mut paths = env_files;
        paths.extend(config.map(|config| config.path.clone()));
        if let Some(ImportMap::Loaded { base, .. }) = import_map {
            paths.extend(base.to_file_path().ok());
        }
        if config.is_none() && !self.run.config.no_config {
            paths.push(base.join(FILE_NAME));
        }
        let package_json = |folder: &Path| folder.join("package.json");
        let nearest = base
            .ancestors()
            .map(package_json)
            .find(|path| path.is_file());
        paths.push(nearest.unwrap_or_else(|| package_json(base)));
        paths
    }

    /// A script from elsewhere gets the project's permissions only where `--config` names the project: the
    /// grants of a project are meant for its own scripts.
    fn permissions(
        &self,
        config: Option<&ProjectConfig>,
        warnings: &mut Vec<String>,
    ) -> Result<PermissionsOptions, OptionsError> {
        let flags = &self.run.permissions;
        let prompt = !flags.no_prompt && !self.env.is_on("PRIZM_NO_PROMPT");
        let is_foreign =
            matches!(self.script, Some(Script::Specifier(_))) && self.run.config.config.is_none();
        let granted = config.filter(|_| !is_foreign);
        if let Some(config) = config.filter(|config| is_foreign && !config.permissions.is_empty()) {
            warnings.push(format!(
                "the permissions in {} are for local scripts; `--config {}` gives them to this one",
                config.path.display(),
                config.path.display()
            ));
        }
        let main = match &self.script {
            Some(Script::Specifier(text)) => Url::parse(text).ok(),
            _ => None,
        };
        let main = main.filter(|url| matches!(url.scheme(), "http" | "https"));
        permissions::settle(flags, granted, main.as_ref(), prompt)
    }

    /// The lockfile: what flags say, else what prizm.json says, else `prizm.lock` beside prizm.json, else
    /// beside the nearest package.json, else in a local script's own folder. A script from elsewhere or from
    /// stdin that is run outside of any project has none.
    fn lock(&self, config: Option<&ProjectConfig>, base: &Path) -> LockOptions {
        let flags = &self.run.sources;
        let mode = if flags.frozen.unwrap_or(false) {
            LockMode::Frozen
        } else {
            LockMode::Write
        };
        let said = config.map_or(&LockConfig::Beside, |config| &config.lock);
        let path = match (&flags.lock, said) {
            _ if flags.no_lock => None,
            (Some(Some(path)), _) => Some(self.cwd.join(path)),
            (None, LockConfig::Off) => None,
            (_, LockConfig::At(path)) => config.map(|config| config.dir.join(path)),
            _ => self
                .lock_folder(config, base)
                .map(|folder| folder.join(LOCK_NAME)),
        };
        let is_off = flags.no_lock || (flags.lock.is_none() && *said == LockConfig::Off);
        LockOptions {
            path,
            mode: if is_off { LockMode::None } else { mode },
        }
    }

    fn lock_folder(&self, config: Option<&ProjectConfig>, base: &Path) -> Option<PathBuf> {
        let has_package_json = |folder: &&Path| folder.join("package.json").is_file();
        let project = config.map(|config| config.dir.clone());
        project
            .or_else(|| base.ancestors().find(has_package_json).map(Path::to_owned))
            .or_else(|| {
                let is_script = matches!(self.script, Some(Script::File(_)));
                // Commands without a script take the lock that scripts of this folder have.
                let has_lock = self.script.is_none() && base.join(LOCK_NAME).is_file();
                (is_script || has_lock).then(|| base.to_owned())
            })
    }
}

/// Tells a file from a specifier without looking at the disk, except for names like `@scope/package`.
pub(super) fn script_of(text: &str, cwd: &Path) -> Script {
    if text == "-" {
        return Script::Stdin;
    }
    if let Some(path) = Url::parse(text).ok().filter(|url| url.scheme() == "file") {
        // A relative `file:` URL has no folder of its own: it is relative to the current one.
        let relative = text
            .strip_prefix("file:")
            .filter(|rest| !rest.starts_with('/'));
        if let Some(rest) = relative {
            return Script::File(absolute(rest, cwd));
        }
        if let Ok(path) = path.to_file_path() {
            return Script::File(path);
        }
    }
    let has_scheme = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
    let path = absolute(text, cwd);
    if has_scheme || (text.starts_with('@') && !path.exists()) {
        return Script::Specifier(text.to_owned());
    }
    Script::File(path)
}

pub(super) fn absolute(text: &str, cwd: &Path) -> PathBuf {
    let joined = cwd.join(text);
    deno_path_util::normalize_path(Cow::Owned(joined)).into_owned()
}

fn project_config(
    flags: &ConfigFlags,
    base: &Path,
    cwd: &Path,
) -> Result<Option<ProjectConfig>, OptionsError> {
    match &flags.config {
        _ if flags.no_config => Ok(None),
        Some(path) => Ok(Some(ProjectConfig::read(&absolute(path, cwd))?)),
        None => Ok(ProjectConfig::discover(base)?),
    }
}
