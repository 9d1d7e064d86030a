//! The one HTTP client of the host: every byte that Prizm itself fetches comes through here.
//!
//! In: [`HttpRequest`]. Out: [`HttpResponse`] (whole body) or [`BlockingResponse`] (streamed).
//! Rules: HTTPS only, except loopback and hosts named by `--allow-insecure`; nothing at all when offline.
//! Side effects: network, and one background thread that is started by the first request.
//!
//! Requests are driven by a thread of their own rather than by the caller's runtime, so a download goes
//! on while a script keeps the main thread busy, and a blocking reader can never starve its own transfer.

mod blocking;
mod engine;
mod error;
mod retry;
mod rules;
mod sorting;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
pub use reqwest::Method;
pub use reqwest::header::HeaderMap;
use url::Url;

use crate::policy::Registries;
use crate::progress::ProgressItem;
pub use blocking::{BlockingHttp, BlockingResponse};
use engine::{Engine, Update};
pub use error::{Cause, HttpError, WaitedFor, display_url};
pub use tls::root_certificates;

/// How the client reaches out, settled once from flags and environment.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// PEM files with certificate authorities to trust besides the system's (`--cert`).
    pub ca_files: Vec<PathBuf>,
    /// `host` or `host:port` that may be reached over plain HTTP (`--allow-insecure`).
    pub allow_insecure: Vec<String>,
    /// Where a policy forbids plain HTTP altogether, `--allow-insecure` and this machine included.
    pub https_only: Option<String>,
    /// Whether requests may leave the machine.
    pub mode: NetworkMode,
    /// Longest wait for a connection, and for the next bytes of an answer; not for a whole download.
    pub timeout: Duration,
    /// How often a request that failed for a passing reason is tried again.
    pub retries: u32,
}

impl Default for HttpOptions {
    fn default() -> Self {
        HttpOptions {
            ca_files: Vec::new(),
            allow_insecure: Vec::new(),
            https_only: None,
            mode: NetworkMode::Online,
            timeout: Duration::from_secs(30),
            retries: 3,
        }
    }
}

/// Whether requests may leave the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkMode {
    /// Requests are made.
    Online,
    /// Every request fails with [`HttpError::Offline`].
    Offline,
}

/// One request. A user name and password in `url` become a basic `Authorization` header.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method; a request must be safe to repeat, because failures are retried.
    pub method: Method,
    /// An `http:` or `https:` URL.
    pub url: Url,
    /// Headers besides those that the client sets itself.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Bytes,
}

impl HttpRequest {
    /// A `GET` without headers.
    pub fn get(url: Url) -> HttpRequest {
        HttpRequest {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }
}

/// A complete answer. `url` is the one that answered, after redirects.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status, never a redirect.
    pub status: u16,
    /// Where the answer came from.
    pub url: Url,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Bytes,
}

impl HttpResponse {
    /// The response itself if its status is a success (2xx).
    ///
    /// # Errors
    /// [`HttpError::Status`] for any other status.
    pub fn error_for_status(self) -> Result<HttpResponse, HttpError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(HttpError::Status {
            url: display_url(&self.url),
            status: self.status,
            retry_after: None,
        })
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("url", &display_url(&self.url))
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A shared handle on the client: cheap to clone and to make. The certificate store is read by the
/// first HTTPS request.
#[derive(Clone)]
pub struct HttpClient {
    engine: Arc<Engine>,
    /// The only registries that this handle may ask.
    registries: Registries,
}

impl HttpClient {
    /// A client that follows `options`. Does no I/O.
    pub fn new(options: HttpOptions) -> HttpClient {
        HttpClient {
            engine: Arc::new(Engine::new(options)),
            registries: Registries::default(),
        }
    }

    /// The same client for requests to npm registries, of which a policy may allow only some. Where these redirect
    /// to is their own affair.
    pub fn limited_to(&self, registries: Registries) -> HttpClient {
        HttpClient {
            engine: self.engine.clone(),
            registries,
        }
    }

    /// Whether the client was made with [`NetworkMode::Offline`].
    pub fn is_offline(&self) -> bool {
        self.engine.options().mode == NetworkMode::Offline
    }

    /// How often a transfer that broke off may be started again.
    pub fn retries(&self) -> u32 {
        self.engine.options().retries
    }

    /// Fetches `url` into memory; see [`HttpClient::request`].
    ///
    /// # Errors
    /// As [`HttpClient::request`].
    pub async fn get(
        &self,
        url: &Url,
        headers: HeaderMap,
        item: Option<&dyn ProgressItem>,
    ) -> Result<HttpResponse, HttpError> {
        let mut request = HttpRequest::get(url.clone());
        request.headers = headers;
        self.request(request, item).await
    }

    /// Makes a request and collects its answer, reporting bytes to `item`.
    ///
    /// Follows up to ten redirects and retries passing failures: 429 and 5xx (after `Retry-After` where
    /// the server sends one), connections that break off, and bodies shorter than announced. Any other
    /// status, 404 included, is an `Ok`.
    ///
    /// # Errors
    /// [`HttpError`]; a 429 or 5xx that lasts is [`HttpError::Status`].
    pub async fn request(
        &self,
        request: HttpRequest,
        item: Option<&dyn ProgressItem>,
    ) -> Result<HttpResponse, HttpError> {
        if let Some(at) = self.registries.forbid(&request.url) {
            return Err(HttpError::Forbidden {
                url: display_url(&request.url),
                reason: "the policy allows other registries only",
                place: at.to_string(),
            });
        }
        let mut updates = self.engine.fetch(request)?;
        let mut reported = 0;
        while let Some(update) = updates.recv().await {
            match update {
                Update::Total(total) => {
                    if let Some(item) = item {
                        item.set_total(total);
                    }
                }
                // A retry counts from zero again; the reader only sees what is new.
                Update::Received(received) if received > reported => {
                    if let Some(item) = item {
                        item.advance(received - reported);
                    }
                    reported = received;
                }
                Update::Received(_) => {}
                Update::Done(result) => return *result,
            }
        }
        Err(HttpError::stopped())
    }

    /// The same client for code that blocks, with a streamed body.
    pub fn blocking(&self) -> BlockingHttp {
        BlockingHttp::new(self.engine.clone())
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("HttpClient")
            .field(self.engine.options())
            .finish()
    }
}
