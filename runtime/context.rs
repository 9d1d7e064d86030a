//! What one process has once, whatever runs in it: cache, lock, HTTP client, sources, resolver, compiled files.
//!
//! In: `Options`. Out: a [`Context`] that loaders and commands share. Side effects: reads `.npmrc` and the lock.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use import_map::ImportMap as Map;
use url::Url;

use crate::cache::Cache;
use crate::history::History;
use crate::http::{HttpClient, HttpOptions};
use crate::loader::resolve::Resolver;
use crate::loader::units::Units;
use crate::lockfile::{Lockfile, LockfileError};
use crate::options::{AllowScripts, ImportMap, Options};
use crate::permissions::{Ask, Grants, NeverAsk};
use crate::policy;
use crate::progress::Progress;
use crate::sources::git::{Checkout, GitError, GitSource};
use crate::sources::http::{RemoteError, RemoteSource};
use crate::sources::npm::{Npm, NpmError, NpmOptions, read_npmrc};
use crate::specifier::{Specifier, SpecifierError};

#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
    #[error(transparent)]
    Npm(#[from] NpmError),
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error("The import map is not usable: {0}")]
    ImportMap(String),
}

impl ContextError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            ContextError::Lockfile(error) => error.hints(),
            ContextError::Npm(error) => error.hints(),
            ContextError::Remote(error) => error.hints(),
            ContextError::ImportMap(_) => Vec::new(),
        }
    }
}

/// The process-wide parts.
pub struct Context {
    pub options: Options,
    pub cache: Cache,
    pub http: HttpClient,
    /// What git references stood for.
    pub history: History,
    pub lockfile: Arc<Lockfile>,
    /// What providers may do.
    pub grants: Grants,
    /// Who is asked for permissions; nobody before it is set.
    ask: OnceLock<Arc<dyn Ask>>,
    pub npm: Npm,
    pub git: GitSource,
    pub remote: RemoteSource,
    pub resolver: Arc<Resolver>,
    pub units: Units,
    /// Files whose packages have been fetched ahead.
    pub prefetched: Mutex<HashSet<PathBuf>>,
    /// The main script's folder; relative identifiers start here.
    pub base: PathBuf,
}

impl Context {
    /// `base`: the main script's folder.
    ///
    /// # Errors
    /// [`ContextError`]: a lock or `.npmrc` that cannot be used.
    pub async fn new(
        options: Options,
        base: PathBuf,
        progress: Arc<dyn Progress>,
    ) -> Result<Arc<Context>, ContextError> {
        policy::note_offline(&options.policy);
        let cache = Cache::new(options.cache_root.clone());
        let settings = read_npmrc(
            std::env::home_dir().as_deref(),
            npmrc_folder(&options, &base).as_deref(),
        )?;
        let mut http_options: HttpOptions = options.http.clone();
        http_options.ca_files.extend(settings.ca_file);
        let network = http_options.mode;
        let http = HttpClient::new(http_options);
        let lockfile = Arc::new(Lockfile::open(
            options.lock.path.clone(),
            options.lock.mode,
        )?);
        let npm = Npm::new(NpmOptions {
            cache: cache.clone(),
            http: http.clone(),
            lockfile: lockfile.clone(),
            progress: progress.clone(),
            network,
            is_refused: options.refuses_npm,
            policy: options.policy.clone(),
            reload: options.reload.clone(),
            registries: settings.registries,
            allow_scripts: match &options.allow_scripts {
                AllowScripts::None => Vec::new(),
                AllowScripts::Only(names) => names.clone(),
                AllowScripts::All => vec!["*".into()],
            },
        });
        let history = History::new(&cache, options.policy.history_files());
        let git = GitSource::new(
            http.clone(),
            cache.clone(),
            lockfile.clone(),
            progress.clone(),
            options.reload.clone(),
            options.policy.clone(),
            history.clone(),
        );
        let remote = RemoteSource {
            http: http.clone(),
            cache: cache.clone(),
            lockfile: lockfile.clone(),
            progress,
            reload: options.reload.clone(),
            is_refused: options.refuses_remote,
            policy: options.policy.clone(),
        };
        let user_policy = options.user_policy.clone();
        let import_map = import_map(&options, &remote).await?;
        let cache_root =
            std::fs::canonicalize(cache.root()).unwrap_or_else(|_| cache.root().to_path_buf());
        let resolver = Arc::new(Resolver::new(npm.clone(), import_map, cache_root));
        Ok(Arc::new(Context {
            units: Units::new(cache.clone(), resolver.clone()),
            prefetched: Mutex::default(),
            options,
            cache,
            http,
            history,
            grants: Grants::new(lockfile.clone(), user_policy),
            ask: OnceLock::new(),
            lockfile,
            npm,
            git,
            remote,
            resolver,
            base,
        }))
    }

    /// Has `ask` asked for permissions from now on; the first call counts.
    pub fn set_ask(&self, ask: Arc<dyn Ask>) {
        // A second one would be an embedder's mistake, and harmless.
        let _ = self.ask.set(ask);
    }

    /// Who is asked for permissions.
    pub fn ask(&self) -> &dyn Ask {
        self.ask.get().map_or(&NeverAsk, AsRef::as_ref)
    }

    /// What `text` stands for by the `providers` and `aliases` of prizm.json; `text` itself where they do not name it.
    pub fn expand<'a>(&'a self, text: &'a str) -> &'a str {
        let Some(config) = &self.options.config else {
            return text;
        };
        let mut expanded = text;
        // Names may stand for names. A circle is left at some point of it, and names nothing.
        for _ in 0..config.providers.len() + config.aliases.len() {
            match config
                .providers
                .get(expanded)
                .or_else(|| config.aliases.get(expanded))
            {
                Some(target) => expanded = target,
                None => break,
            }
        }
        expanded
    }

    /// Reads an identifier; relative paths start at the main script's folder.
    ///
    /// # Errors
    /// [`SpecifierError`].
    pub fn parse_identifier(&self, text: &str) -> Result<Specifier, SpecifierError> {
        Specifier::parse(text, &self.base)
    }

    /// Fetches a repository, off this thread: the script goes on meanwhile.
    ///
    /// # Errors
    /// [`GitError`].
    pub async fn fetch_git(&self, specifier: &Specifier) -> Result<Checkout, GitError> {
        self.git.load(specifier).await
    }
}

/// The project's `.npmrc` stands beside the main script, prizm.json or package.json; the first that is there counts.
fn npmrc_folder(options: &Options, base: &Path) -> Option<PathBuf> {
    let config = options.config.as_ref().map(|config| config.dir.as_path());
    let package = base
        .ancestors()
        .find(|folder| folder.join("package.json").is_file());
    let folders = [Some(base), config, package].into_iter().flatten();
    folders
        .filter(|folder| folder.join(".npmrc").is_file())
        .map(Path::to_path_buf)
        .next()
}

async fn import_map(options: &Options, remote: &RemoteSource) -> Result<Option<Map>, ContextError> {
    let (base, value) = match &options.import_map {
        None => return Ok(None),
        Some(ImportMap::Loaded { base, value }) => (base.clone(), value.clone()),
        Some(ImportMap::Remote(url)) => (url.clone(), fetch_json(remote, url).await?),
    };
    let parsed = import_map::parse_from_value(base, value);
    let parsed = parsed.map_err(|error| ContextError::ImportMap(error.to_string()))?;
    parsed
        .diagnostics
        .iter()
        .for_each(|diagnostic| log::warn!("import map: {diagnostic}"));
    Ok(Some(parsed.import_map))
}

async fn fetch_json(remote: &RemoteSource, url: &Url) -> Result<serde_json::Value, ContextError> {
    let module = remote.load(url).await?;
    serde_json::from_slice(&module.body)
        .map_err(|error| ContextError::ImportMap(format!("{url}: {error}")))
}
