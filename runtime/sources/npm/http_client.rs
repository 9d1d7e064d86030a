//! The npm crates' downloads, carried by the one host-side HTTP client.
//!
//! In: URLs that the registry's metadata names. Out: bytes, after tarballs passed `tarball::inspect`.
//! Side effects: network.

use std::sync::Arc;

use deno_error::JsErrorBox;
use deno_npm_cache::{
    DownloadError, NpmCacheHttpClient, NpmCacheHttpClientBytesResponse, NpmCacheHttpClientResponse,
};
use deno_npmrc::RegistryConfig;
use reqwest::header::{ACCEPT, AUTHORIZATION, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use url::Url;

use super::tarball;
use crate::http::{HttpClient, HttpError};
use crate::progress::Progress;

/// The abbreviated packument: a tenth of the full one, with all that an install needs.
const METADATA: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

pub struct RegistryClient {
    pub http: HttpClient,
    pub progress: Arc<dyn Progress>,
}

impl std::fmt::Debug for RegistryClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RegistryClient")
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
        let is_tarball = url.path().ends_with(".tgz") || url.path().ends_with(".tar.gz");
        let mut headers = HeaderMap::new();
        if !is_tarball {
            headers.insert(ACCEPT, HeaderValue::from_static(METADATA));
        }
        set(&mut headers, AUTHORIZATION, maybe_auth)?;
        set(&mut headers, IF_NONE_MATCH, maybe_etag)?;
        let item = is_tarball.then(|| self.progress.begin(&label(&url), None));
        let response = self
            .http
            .get(&url, headers, item.as_deref())
            .await
            .map_err(|error| DownloadError {
                status_code: status_of(&error),
                error: JsErrorBox::from_err(super::RegistryError(error)),
            })?;
        match response.status {
            304 => return Ok(NpmCacheHttpClientResponse::NotModified),
            404 => return Ok(NpmCacheHttpClientResponse::NotFound),
            status if status >= 400 => return Err(refused(status, &url)),
            _ => {}
        }
        let bytes = Vec::from(response.body);
        if is_tarball {
            tarball::inspect(&bytes).map_err(|error| DownloadError {
                status_code: None,
                error: JsErrorBox::generic(format!("{url}: {error}")),
            })?;
        }
        let etag = response.headers.get(ETAG);
        let etag = etag.and_then(|value| value.to_str().ok()).map(str::to_string);
        Ok(NpmCacheHttpClientResponse::Bytes(
            NpmCacheHttpClientBytesResponse { bytes, etag },
        ))
    }
}

fn status_of(error: &HttpError) -> Option<u16> {
    match error {
        HttpError::Status { status, .. } => Some(*status),
        _ => None,
    }
}

fn label(url: &Url) -> String {
    let file = url.path_segments().and_then(|mut segments| segments.next_back());
    format!("npm {}", file.unwrap_or("package"))
}

fn refused(status: u16, url: &Url) -> DownloadError {
    DownloadError {
        status_code: Some(status),
        error: JsErrorBox::generic(format!("registry answered {status} for {url}")),
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) -> Result<(), DownloadError> {
    let Some(value) = value else { return Ok(()) };
    let mut value = HeaderValue::from_str(&value).map_err(|_| DownloadError {
        status_code: None,
        error: JsErrorBox::generic(format!("the {name} header for the registry has forbidden characters")),
    })?;
    value.set_sensitive(name == AUTHORIZATION);
    headers.insert(name, value);
    Ok(())
}
