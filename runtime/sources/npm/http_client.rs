//! The npm crates' requests for metadata, carried by the one host-side HTTP client.
//!
//! In: a packument's URL. Out: its bytes. A failure is also kept, because what the crates make of it hides its kind.
//! Side effects: network.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use deno_error::JsErrorBox;
use deno_npm_cache::{
    DownloadError, NpmCacheHttpClient, NpmCacheHttpClientBytesResponse, NpmCacheHttpClientResponse,
    NpmPackumentFormat,
};
use deno_npmrc::RegistryConfig;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use url::Url;

use super::c_library;
use crate::http::{HttpClient, HttpError, display_url};

/// The abbreviated packument: a tenth of the full one, with all that an install needs.
const METADATA: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

/// The whole packument: the only one that says when versions were published.
const FULL_METADATA: &str = "application/json; q=1.0, */*";

pub struct RegistryClient {
    http: HttpClient,
    format: NpmPackumentFormat,
    failures: Mutex<HashMap<Url, HttpError>>,
}

impl std::fmt::Debug for RegistryClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RegistryClient")
    }
}

impl RegistryClient {
    pub fn new(http: HttpClient, format: NpmPackumentFormat) -> RegistryClient {
        RegistryClient {
            http,
            format,
            failures: Mutex::default(),
        }
    }

    /// Why the last request for `url` failed.
    pub fn failure(&self, url: &Url) -> Option<HttpError> {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(url)
            .cloned()
    }

    fn failed(&self, url: &Url, error: HttpError) -> DownloadError {
        let status_code = match &error {
            HttpError::Status { status, .. } => Some(*status),
            _ => None,
        };
        let text = error.to_string();
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(url.clone(), error);
        DownloadError {
            status_code,
            error: JsErrorBox::generic(text),
        }
    }
}

#[async_trait::async_trait(?Send)]
impl NpmCacheHttpClient for RegistryClient {
    async fn download_with_retries_on_any_tokio_runtime(
        &self,
        url: Url,
        maybe_auth: Option<String>,
        maybe_etag: Option<String>,
        _maybe_registry_config: Option<&RegistryConfig>,
    ) -> Result<NpmCacheHttpClientResponse, DownloadError> {
        let mut headers = HeaderMap::new();
        let accepted = match self.format {
            NpmPackumentFormat::Abbreviated => METADATA,
            NpmPackumentFormat::Full => FULL_METADATA,
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accepted));
        set(&mut headers, AUTHORIZATION, maybe_auth).map_err(forbidden)?;
        set(&mut headers, IF_NONE_MATCH, maybe_etag).map_err(forbidden)?;
        let response = self.http.get(&url, headers, None).await;
        let response = response.map_err(|error| self.failed(&url, error))?;
        match response.status {
            304 => return Ok(NpmCacheHttpClientResponse::NotModified),
            404 => return Ok(NpmCacheHttpClientResponse::NotFound),
            200..300 => {}
            status => return Err(self.failed(&url, refused(&url, status))),
        }
        let etag = response.headers.get(ETAG);
        let etag = etag
            .and_then(|value| value.to_str().ok())
            .map(str::to_string);
        let bytes = c_library::carried(response.body.into());
        Ok(NpmCacheHttpClientResponse::Bytes(
            NpmCacheHttpClientBytesResponse { bytes, etag },
        ))
    }
}

/// An answer that the client passes on as it is, and that is of no use here.
pub fn refused(url: &Url, status: u16) -> HttpError {
    HttpError::Status {
        url: display_url(url),
        status,
        retry_after: None,
    }
}

/// Sets a header; what a token holds must not show up anywhere.
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) -> Result<(), String> {
    let Some(value) = value else { return Ok(()) };
    let mut value = HeaderValue::from_str(&value)
        .map_err(|_| format!("the {name} header for the registry has forbidden characters"))?;
    value.set_sensitive(name == AUTHORIZATION);
    headers.insert(name, value);
    Ok(())
}

fn forbidden(reason: String) -> DownloadError {
    DownloadError {
        status_code: None,
        error: JsErrorBox::generic(reason),
    }
}
