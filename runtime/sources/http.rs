//! https source: single modules from the web.
//!
//! In: an `https:` URL. Out: bytes, pinned by SHA-256 in the lock. Side effects: one download, `http-v1/`.

use std::path::PathBuf;
use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::cache::{Bucket, Cache, CacheError};
use crate::http::{HttpClient, HttpError};
use crate::lockfile::{Lockfile, LockfileError};
use crate::policy::{Policy, PolicyError, offline_hint};
use crate::progress::Progress;
use crate::sources::Reload;
use crate::specifier::Specifier;

#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("Remote modules are refused by --no-remote: {url}")]
    Refused { url: Url },
    #[error("Could not fetch '{url}'")]
    Fetch {
        url: Url,
        #[source]
        source: Box<HttpError>,
    },
    #[error("Not in the cache, and the network is off: {url}")]
    Offline { url: Url },
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Lockfile(#[from] LockfileError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("The cached copy of '{url}' has changed since it was fetched: {}", path.display())]
    Damaged { url: Url, path: PathBuf },
}

impl RemoteError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        match self {
            RemoteError::Refused { .. } => Vec::new(),
            RemoteError::Fetch { source, .. } => source.hints(),
            RemoteError::Offline { url } => vec![offline_hint(format!("prizm cache add {url}"))],
            RemoteError::Cache(error) => error.hints(),
            RemoteError::Lockfile(error) => error.hints(),
            RemoteError::Policy(error) => error.hints(),
            RemoteError::Damaged { url, .. } => {
                vec![format!("prizm cache add --reload={url} {url}")]
            }
        }
    }
}

/// A module as the server sent it.
#[derive(Debug, Clone)]
pub struct RemoteModule {
    /// After redirects.
    pub url: Url,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    url: Url,
    content_type: Option<String>,
    sha256: String,
    /// Over all of the above: where a module came from decides what its imports mean.
    seal: String,
}

impl Head {
    fn of(module: &RemoteModule) -> Head {
        let sha256 = digest(&module.body);
        let kind = module.content_type.as_deref().unwrap_or_default();
        let all = format!("{}\n{kind}\n{sha256}", module.url);
        Head {
            url: module.url.clone(),
            content_type: module.content_type.clone(),
            seal: digest(all.as_bytes()),
            sha256,
        }
    }
}

#[derive(Clone)]
pub struct RemoteSource {
    pub http: HttpClient,
    pub cache: Cache,
    pub lockfile: Arc<Lockfile>,
    pub progress: Arc<dyn Progress>,
    pub reload: Reload,
    /// Whether nothing may be loaded: `--no-remote`.
    pub is_refused: bool,
    pub policy: Arc<Policy>,
}

impl RemoteSource {
    /// The module at `url`, from the cache if it is there.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub async fn load(&self, url: &Url) -> Result<RemoteModule, RemoteError> {
        if self.is_refused {
            return Err(RemoteError::Refused { url: url.clone() });
        }
        self.check(url)?;
        let is_reload = self.is_reload(url);
        let cached = match is_reload {
            true => None,
            false => self.cached(url)?,
        };
        if let Some(module) = cached {
            self.check(&module.url)?;
            self.pin(url, &module.body, false)?;
            return Ok(module);
        }
        if self.http.is_offline() {
            return Err(RemoteError::Offline { url: url.clone() });
        }
        let module = self.fetch(url).await?;
        // A server may have sent us elsewhere.
        self.check(&module.url)?;
        self.pin(url, &module.body, is_reload)?;
        self.keep(url, &module)?;
        Ok(module)
    }

    fn check(&self, url: &Url) -> Result<(), PolicyError> {
        let specifier = Specifier::Http { url: url.clone() };
        self.policy.check_name(&specifier).map(drop)
    }

    async fn fetch(&self, url: &Url) -> Result<RemoteModule, RemoteError> {
        let item = self.progress.begin(url.as_str(), None);
        let failed = |source: HttpError| RemoteError::Fetch {
            url: url.clone(),
            source: Box::new(source),
        };
        let response = self
            .http
            .get(url, HeaderMap::new(), Some(&*item))
            .await
            .map_err(failed)?;
        let response = response.error_for_status().map_err(failed)?;
        let content_type = response.headers.get(CONTENT_TYPE);
        Ok(RemoteModule {
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .map(str::to_string),
            url: response.url,
            body: response.body.into(),
        })
    }

    fn is_reload(&self, url: &Url) -> bool {
        match &self.reload {
            Reload::None => false,
            Reload::All => true,
            Reload::Only(items) => items
                .iter()
                .any(|item| url.as_str().starts_with(item.as_str())),
        }
    }

    fn pin(&self, url: &Url, body: &[u8], is_reload: bool) -> Result<(), LockfileError> {
        let digest = digest(body);
        match is_reload {
            true => self.lockfile.accept_http(url.as_str(), &digest),
            false => self.lockfile.pin_http(url.as_str(), &digest),
        }
    }

    fn cached(&self, url: &Url) -> Result<Option<RemoteModule>, RemoteError> {
        let Ok(bytes) = std::fs::read(self.path(url)) else {
            return Ok(None);
        };
        let damaged = || RemoteError::Damaged {
            url: url.clone(),
            path: self.path(url),
        };
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(damaged)?;
        let head: Head = serde_json::from_slice(&bytes[..end]).map_err(|_| damaged())?;
        let module = RemoteModule {
            url: head.url.clone(),
            content_type: head.content_type.clone(),
            body: bytes[end + 1..].to_vec(),
        };
        match Head::of(&module) == head {
            true => Ok(Some(module)),
            false => Err(damaged()),
        }
    }

    fn keep(&self, url: &Url, module: &RemoteModule) -> Result<(), CacheError> {
        let mut bytes = serde_json::to_vec(&Head::of(module)).expect("strings always serialize");
        bytes.push(b'\n');
        bytes.extend_from_slice(&module.body);
        self.cache.write_atomic(&self.path(url), &bytes)
    }

    fn path(&self, url: &Url) -> PathBuf {
        self.cache
            .bucket(Bucket::Http)
            .join(digest(url.as_str().as_bytes()))
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
