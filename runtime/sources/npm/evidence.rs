//! What a registry says of a package's origin: signatures, statements about the build, accounts.
//!
//! In: a package in the cache. Out: [`NpmEvidence`]. Side effects: three requests the first time, to the package's own
//! registry, and a file beside the package's folder:
//!
//! ```text
//! npm-v1/registry.npmjs.org/zod/3.22.4.evidence.json    {"version":1,"release":…,"keys":…,"attestations":…}
//! ```
//!
//! What is kept is evidence, not a verdict: it is judged anew on each load.

use std::path::{Path, PathBuf};

use deno_npm_cache::{get_package_url, maybe_auth_header_value_for_npm_registry};
use deno_semver::package::PackageNv;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::Npm;
use super::http_client::{refused, set};
use crate::http::{NetworkMode, display_url};
use crate::signatures::{NpmRelease, RegistryKeys, SignatureError};
use crate::sources::Reload;

const VERSION: u32 = 1;
const KEYS: &str = "-/npm/v1/keys";

/// Everything that a verdict on a package's origin needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NpmEvidence {
    version: u32,
    /// What the registry says of the version.
    pub release: NpmRelease,
    /// The registry's keys; none where it does not sign.
    pub keys: RegistryKeys,
    /// Statements about the build.
    pub attestations: Option<Value>,
    /// The integrity of the tarball that was unpacked.
    #[serde(skip)]
    pub integrity: String,
}

impl Npm {
    /// The evidence on a package that has been installed in this process.
    ///
    /// # Errors
    /// [`SignatureError::Fetch`], [`SignatureError::Answer`]: the registry does not answer, or not with what belongs
    /// there. [`SignatureError::Io`]: the package is not in the cache.
    pub async fn evidence(&self, name: &str, version: &str) -> Result<NpmEvidence, SignatureError> {
        let nv = PackageNv::from_str(&format!("{name}@{version}"));
        let nv = nv.map_err(|error| SignatureError::Answer {
            what: format!("The package `{name}@{version}`"),
            reason: error.to_string(),
        })?;
        let folder = self.0.package_folder(&nv);
        let place = folder.join(super::download::INTEGRITY_FILE);
        let integrity = std::fs::read_to_string(&place);
        let integrity = integrity.map_err(|source| SignatureError::Io {
            action: "read",
            path: place,
            source,
        })?;
        let file = evidence_file(&folder);
        if !self.is_reloading(name)
            && let Some(found) = read(&file)
        {
            return Ok(NpmEvidence { integrity, ..found });
        }
        let found = self.fetch_evidence(&nv, integrity).await?;
        let bytes = serde_json::to_vec(&found).expect("strings and numbers always serialise");
        // A cache that cannot be written costs the next run a few requests.
        let kept = self.0.options.cache.write_atomic(&file, &bytes);
        kept.unwrap_or_else(|error| log::debug!("evidence on {nv} is not kept: {error}"));
        Ok(found)
    }

    /// With `--reload`, a registry is asked again: it may have begun to sign, or have changed its keys.
    fn is_reloading(&self, name: &str) -> bool {
        match &self.0.options.reload {
            _ if self.0.options.network == NetworkMode::Offline => false,
            Reload::None => false,
            Reload::All => true,
            Reload::Only(prefixes) => {
                let name = format!("npm:{name}");
                prefixes.iter().any(|prefix| {
                    let bare = prefix.rfind('@').filter(|at| *at > "npm:@".len());
                    let bare = bare.map_or(prefix.as_str(), |at| &prefix[..at]);
                    bare == "npm:" || bare == name
                })
            }
        }
    }

    async fn fetch_evidence(
        &self,
        nv: &PackageNv,
        integrity: String,
    ) -> Result<NpmEvidence, SignatureError> {
        let registry = self.0.registries.get_registry_url(&nv.name).clone();
        let what = format!("what {} says of `{nv}`", display_url(&registry));
        let packument = get_package_url(&self.0.registries, &nv.name);
        let packument = self.json(&packument, nv, &what).await?;
        let release = NpmRelease::of(
            &packument.unwrap_or_default(),
            &nv.name,
            &nv.version.to_string(),
        )?;
        let attestations = match &release.attestations {
            Some(url) => {
                let url = on_registry(url, &registry);
                let what = format!("the statements about how `{nv}` was built");
                // One that was promised and is not there is no statement: the policy decides.
                self.json(&url, nv, &what).await?
            }
            None => None,
        };
        Ok(NpmEvidence {
            version: VERSION,
            keys: self.keys(&registry, nv).await?,
            release,
            attestations,
            integrity,
        })
    }

    async fn keys(&self, registry: &Url, nv: &PackageNv) -> Result<RegistryKeys, SignatureError> {
        let url = below(registry, KEYS);
        let what = format!("the signing keys of {}", display_url(registry));
        match self.get(&url, nv, &what).await? {
            Some(bytes) => RegistryKeys::parse(&bytes, &display_url(registry)),
            None => Ok(RegistryKeys::default()),
        }
    }

    async fn json(
        &self,
        url: &Url,
        nv: &PackageNv,
        what: &str,
    ) -> Result<Option<Value>, SignatureError> {
        let Some(bytes) = self.get(url, nv, what).await? else {
            return Ok(None);
        };
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Some).map_err(|error| SignatureError::Answer {
            what: format!("What {} answers", display_url(url)),
            reason: error.to_string(),
        })
    }

    /// `None` for 404.
    async fn get(
        &self,
        url: &Url,
        nv: &PackageNv,
        what: &str,
    ) -> Result<Option<Vec<u8>>, SignatureError> {
        let failed = |source| SignatureError::Fetch {
            what: what.to_owned(),
            source,
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.authorize(&mut headers, url, nv)
            .map_err(|reason| SignatureError::Answer {
                what: "The .npmrc".into(),
                reason,
            })?;
        let answer = self.0.options.http.get(url, headers, None).await;
        let answer = answer.map_err(failed)?;
        match answer.status {
            200..300 => Ok(Some(Vec::from(answer.body))),
            404 => Ok(None),
            status => Err(failed(refused(url, status))),
        }
    }

    /// The registry's token, for the addresses that .npmrc gives it for.
    fn authorize(&self, headers: &mut HeaderMap, url: &Url, nv: &PackageNv) -> Result<(), String> {
        let config = self.0.registries.tarball_config_for_package(url, &nv.name);
        let Some(config) = config else { return Ok(()) };
        let value = maybe_auth_header_value_for_npm_registry(config);
        let value = value.map_err(|error| error.to_string())?;
        set(headers, AUTHORIZATION, value)
    }
}

fn evidence_file(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".evidence.json");
    folder.with_file_name(name)
}

fn read(file: &Path) -> Option<NpmEvidence> {
    let bytes = std::fs::read(file).ok()?;
    let found: NpmEvidence = serde_json::from_slice(&bytes).ok()?;
    (found.version == VERSION).then_some(found)
}

/// The registry names its own public address; a mirror of it serves the same path.
fn on_registry(url: &str, registry: &Url) -> Url {
    let path = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned());
    below(registry, path.trim_start_matches('/'))
}

fn below(registry: &Url, path: &str) -> Url {
    let mut url = registry.clone();
    url.set_path(&format!("{}/{path}", registry.path().trim_end_matches('/')));
    url.set_query(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_fetched_from_the_registry_that_is_configured() {
        let registry = Url::parse("https://mirror.test/npm/").unwrap();
        assert_eq!(
            on_registry(
                "https://registry.npmjs.org/-/npm/v1/attestations/a@1",
                &registry
            )
            .as_str(),
            "https://mirror.test/npm/-/npm/v1/attestations/a@1"
        );
        assert_eq!(
            below(&registry, KEYS).as_str(),
            "https://mirror.test/npm/-/npm/v1/keys"
        );
        assert_eq!(
            on_registry("//evil.test/x", &registry).host_str(),
            Some("mirror.test")
        );
    }

    #[test]
    fn evidence_stands_beside_the_package() {
        assert_eq!(
            evidence_file(Path::new("/c/zod/3.22.4")),
            Path::new("/c/zod/3.22.4.evidence.json")
        );
    }
}
