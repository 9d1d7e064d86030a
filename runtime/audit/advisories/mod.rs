//! Known vulnerabilities of the npm packages in prizm.lock.
//!
//! In: the lock's npm section. Out: [`Report`]. Side effects: one request to each registry that packages come from.
//!
//! Source: `POST <registry>/-/npm/v1/security/advisories/bulk`, as `npm audit` asks; body `{ name: [version, …] }`,
//! answer `{ name: [{ id, url, title, severity, vulnerable_versions }, …] }`.

mod graph;

use std::collections::{BTreeMap, BTreeSet};

use deno_npm_cache::maybe_auth_header_value_for_npm_registry;
use deno_npmrc::ResolvedNpmRc;
use deno_semver::{Version, VersionReq};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::http::{HttpClient, HttpError, HttpRequest, Method, display_url};
use crate::sources::npm::LockSection;
use graph::Graph;

/// Below the registry's address.
const ENDPOINT: &str = "-/npm/v1/security/advisories/bulk";

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    None,
    Info,
    Low,
    Moderate,
    High,
    Critical,
    /// A word that this version does not know counts as the worst.
    #[serde(other)]
    Unknown,
}

impl Severity {
    /// `high`
    pub fn name(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Moderate => "moderate",
            Severity::High => "high",
            Severity::Critical => "critical",
            Severity::Unknown => "unknown",
        }
    }
}

/// An advisory that concerns one version in the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advisory {
    pub package: String,
    pub version: String,
    pub severity: Severity,
    pub title: String,
    /// The versions concerned.
    pub range: String,
    pub url: String,
    /// Why the package is there: from the requirement to it, the shortest way.
    pub path: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Packages asked about, each version counted.
    pub packages: usize,
    /// The worst first.
    pub advisories: Vec<Advisory>,
}

/// Why it is not known whether there are advisories.
#[derive(Debug, thiserror::Error)]
pub enum AdvisoryError {
    #[error("Advisories come from the npm registry, and Prizm runs offline")]
    Offline,
    #[error("Could not ask `{registry}` for advisories")]
    Request {
        registry: String,
        #[source]
        source: HttpError,
    },
    #[error("The registry `{registry}` has no advisories: it answered {status}")]
    Unsupported { registry: String, status: u16 },
    #[error("What `{registry}` answered is no list of advisories: {reason}")]
    Answer { registry: String, reason: String },
    #[error("The npm section of the lockfile cannot be read: {reason}")]
    Lock { reason: String },
    #[error(".npmrc: {reason}")]
    Config { reason: String },
}

impl AdvisoryError {
    /// What the reader can type next.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            AdvisoryError::Offline => {
                "run `prizm audit` without `--offline`, `--cached-only` and PRIZM_OFFLINE"
            }
            AdvisoryError::Unsupported { .. } => {
                "ask another registry: `NPM_CONFIG_REGISTRY=https://registry.npmjs.org prizm audit`"
            }
            AdvisoryError::Request { source, .. } => return source.hints(),
            _ => return Vec::new(),
        };
        vec![hint.to_string()]
    }
}

/// Names and their versions.
type Wanted = BTreeMap<String, BTreeSet<String>>;

/// One advisory as a registry gives it.
#[derive(Debug, Deserialize)]
struct Published {
    #[serde(default)]
    title: String,
    #[serde(default)]
    url: String,
    severity: Severity,
    vulnerable_versions: String,
}

/// Asks for advisories on all packages of `npm`, the section of the lock.
///
/// # Errors
/// [`AdvisoryError`]: one registry that does not answer is enough.
pub async fn check(
    npm: Option<Value>,
    registries: &ResolvedNpmRc,
    http: &HttpClient,
) -> Result<Report, AdvisoryError> {
    let Some(npm) = npm else {
        return Ok(Report::default());
    };
    let section: LockSection = serde_json::from_value(npm).map_err(|error| lock(&error))?;
    let graph = Graph::of(&section).map_err(|reason| AdvisoryError::Lock { reason })?;
    let mut by_registry: BTreeMap<Url, Wanted> = BTreeMap::new();
    for (name, version) in graph.packages() {
        let registry = registries.get_registry_url(name).clone();
        let wanted = by_registry.entry(registry).or_default();
        wanted
            .entry(name.to_string())
            .or_default()
            .insert(version.to_string());
    }
    if http.is_offline() && !by_registry.is_empty() {
        return Err(AdvisoryError::Offline);
    }
    let mut report = Report::default();
    for (registry, wanted) in &by_registry {
        report.packages += wanted.values().map(BTreeSet::len).sum::<usize>();
        let published = ask(registry, wanted, registries, http).await?;
        report
            .advisories
            .extend(concerned(registry, wanted, &published, &graph)?);
    }
    let key = |advisory: &Advisory| {
        (
            std::cmp::Reverse(advisory.severity),
            advisory.package.clone(),
            advisory.version.clone(),
            advisory.url.clone(),
        )
    };
    report.advisories.sort_by_key(key);
    Ok(report)
}

fn lock(error: &serde_json::Error) -> AdvisoryError {
    AdvisoryError::Lock {
        reason: error.to_string(),
    }
}

async fn ask(
    registry: &Url,
    wanted: &Wanted,
    registries: &ResolvedNpmRc,
    http: &HttpClient,
) -> Result<BTreeMap<String, Vec<Published>>, AdvisoryError> {
    let shown = display_url(registry);
    let failed = |source: HttpError| AdvisoryError::Request {
        registry: shown.clone(),
        source,
    };
    let request = request(registry, wanted, registries)?;
    let answer = http.request(request, None).await.map_err(failed)?;
    if matches!(answer.status, 404 | 405 | 501) {
        let status = answer.status;
        return Err(AdvisoryError::Unsupported {
            registry: shown,
            status,
        });
    }
    let answer = answer.error_for_status().map_err(failed)?;
    serde_json::from_slice(&answer.body).map_err(|error| AdvisoryError::Answer {
        registry: shown.clone(),
        reason: error.to_string(),
    })
}

fn request(
    registry: &Url,
    wanted: &Wanted,
    registries: &ResolvedNpmRc,
) -> Result<HttpRequest, AdvisoryError> {
    let config = |reason: String| AdvisoryError::Config { reason };
    let mut base = registry.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", registry.path()));
    }
    let url = base
        .join(ENDPOINT)
        .map_err(|error| config(error.to_string()))?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // As for tarballs: a token goes to the addresses that .npmrc gives it for.
    if let Some(found) = registries.tarball_config(&url) {
        let value = maybe_auth_header_value_for_npm_registry(found)
            .map_err(|error| config(error.to_string()))?;
        if let Some(value) = value {
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| config("a token has forbidden characters".into()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
    }
    let body = serde_json::to_vec(wanted).expect("text always serialises");
    Ok(HttpRequest {
        method: Method::POST,
        url,
        headers,
        body: body.into(),
    })
}

/// The advisories that concern versions asked about: a registry answers by name, for any of its versions.
fn concerned(
    registry: &Url,
    wanted: &Wanted,
    published: &BTreeMap<String, Vec<Published>>,
    graph: &Graph,
) -> Result<Vec<Advisory>, AdvisoryError> {
    let mut found = Vec::new();
    for (name, advisories) in published {
        let versions = wanted.get(name).into_iter().flatten();
        for (version, advisory) in
            versions.flat_map(|version| advisories.iter().map(move |it| (version, it)))
        {
            let concerns = is_in(version, &advisory.vulnerable_versions).map_err(|reason| {
                AdvisoryError::Answer {
                    registry: display_url(registry),
                    reason,
                }
            })?;
            if concerns {
                found.push(Advisory {
                    package: name.clone(),
                    version: version.clone(),
                    severity: advisory.severity,
                    title: advisory.title.clone(),
                    range: advisory.vulnerable_versions.clone(),
                    url: advisory.url.clone(),
                    path: graph.path(name, version),
                });
            }
        }
    }
    Ok(found)
}

/// A pre-release counts as its release does: `2.0.0-rc.1` is in `<2.1.0`.
fn is_in(version: &str, range: &str) -> Result<bool, String> {
    let wanted =
        VersionReq::parse_from_npm(range).map_err(|error| format!("`{range}`: {error}"))?;
    let exact =
        Version::parse_from_npm(version).map_err(|error| format!("`{version}`: {error}"))?;
    let release = Version {
        pre: Default::default(),
        ..exact.clone()
    };
    Ok(wanted.matches(&exact) || wanted.matches(&release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ("1.2.3", "<1.2.4", true),
            ("1.2.4", "<1.2.4", false),
            ("2.0.0", "<1.2.4 || >=2.0.0 <2.0.1", true),
            ("2.0.0-rc.1", "<2.1.0", true),
            ("0.0.1", "*", true),
        ];
        for (version, range, expected) in cases {
            assert_eq!(is_in(version, range), Ok(expected), "{version} {range}");
        }
        assert!(is_in("1.0.0", "what?").is_err());
    }

    #[test]
    fn unknown_severities_are_the_worst() {
        let severity: Severity = serde_json::from_str("\"catastrophic\"").unwrap();
        assert!(severity > Severity::Critical);
    }
}
