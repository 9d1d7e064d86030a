//! An npm registry on loopback.
//!
//! In: folders `<root>/<name>/<version>/` with a package.json each (scopes: `<root>/@scope/<name>/<version>/`), and
//! per root an optional `registry_keys.json` (see [`sign`]) and per package an optional `<root>/<name>/registry.json` (see [`Overrides`]). Out: full and abbreviated packuments and
//! tarballs packed on demand.

pub mod pack;
pub mod sign;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha1::Digest;

use crate::server::{Asked, Reply, Site};
use pack::Trick;
use sign::Signing;

/// What a fixture may say about one package.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// `tag → version`; `latest` defaults to the highest version.
    pub tags: BTreeMap<String, String>,
    /// `version → trick`: how its tarball misbehaves.
    pub tricks: BTreeMap<String, Trick>,
    /// Demanded as `Authorization: Bearer` for this package.
    pub token: Option<String>,
    /// `version → message`.
    pub deprecated: BTreeMap<String, String>,
    /// `version → hours since it was published`; default: in 2020.
    pub age_hours: BTreeMap<String, u64>,
    /// `version → how it is signed`; the others are not.
    pub signatures: BTreeMap<String, Signing>,
    /// `version → file beside registry.json`: statements about how it was built.
    pub attestations: BTreeMap<String, String>,
    /// What the bulk endpoint says of this package: `{ id, url, title, severity, vulnerable_versions }` each.
    pub advisories: Vec<Value>,
}

/// The packages of one test.
pub struct NpmSite {
    /// Looked up in this order.
    pub roots: Vec<PathBuf>,
}

impl Site for NpmSite {
    fn answer(&self, request: &Asked) -> Reply {
        let path = request.path.trim_start_matches('/').replace("%2f", "/");
        let path = path.replace("%2F", "/").replace("%40", "@");
        if path == "-/npm/v1/security/advisories/bulk" && request.method == "POST" {
            return self.advisories(request);
        }
        if path == "-/npm/v1/keys" {
            return sign::keys(&self.roots);
        }
        if let Some(package) = path.strip_prefix("-/npm/v1/attestations/") {
            return self.attestations(package);
        }
        let (name, tarball) = match path.split_once("/-/") {
            Some((name, file)) => (name.to_owned(), Some(file.to_owned())),
            None => (path, None),
        };
        let Some(package) = self.find(&name) else {
            return Reply::status(404);
        };
        if let Some(token) = &package.overrides.token
            && request.header("authorization") != Some(&format!("Bearer {token}"))
        {
            return Reply::status(401);
        }
        match tarball {
            Some(file) => package.tarball(&file),
            None => package.packument(request),
        }
    }
}

struct Package {
    name: String,
    root: PathBuf,
    versions: Vec<String>,
    overrides: Overrides,
}

impl NpmSite {
    /// Like the real one: by name, whether or not the versions asked about are concerned.
    fn advisories(&self, request: &Asked) -> Reply {
        let Ok(asked) = serde_json::from_slice::<BTreeMap<String, Vec<String>>>(&request.body)
        else {
            return Reply::status(400);
        };
        let known = asked.keys().filter_map(|name| self.find(name));
        let known = known.filter(|package| !package.overrides.advisories.is_empty());
        let answer: Map<String, Value> = known
            .map(|package| (package.name, Value::Array(package.overrides.advisories)))
            .collect();
        Reply::ok("application/json", Value::Object(answer).to_string())
    }

    /// `name@version` → the file that its registry.json names.
    fn attestations(&self, package: &str) -> Reply {
        let found = package.rsplit_once('@').and_then(|(name, version)| {
            let package = self.find(name)?;
            let file = package.overrides.attestations.get(version)?;
            std::fs::read(package.root.join(file)).ok()
        });
        match found {
            Some(bytes) => Reply::ok("application/json", bytes),
            None => Reply::status(404),
        }
    }

    fn find(&self, name: &str) -> Option<Package> {
        if name.is_empty() || name.split('/').any(|part| part.starts_with('.')) {
            return None;
        }
        let root = self
            .roots
            .iter()
            .map(|root| root.join(name))
            .find(|folder| !versions(folder).is_empty())?;
        let overrides = match std::fs::read_to_string(root.join("registry.json")) {
            Ok(text) => serde_json::from_str(&text).expect("a fixture's registry.json is valid"),
            Err(_) => Overrides::default(),
        };
        Some(Package {
            name: name.to_owned(),
            versions: versions(&root),
            root,
            overrides,
        })
    }
}

fn versions(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("package.json").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    found.sort_by_key(|version| numbers(version));
    found
}

/// Enough of an order for fixtures: by number, a pre-release before its release.
fn numbers(version: &str) -> (Vec<u64>, bool, String) {
    let (release, pre) = version.split_once('-').unwrap_or((version, ""));
    let parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.collect(), pre.is_empty(), pre.to_owned())
}

impl Package {
    fn packument(&self, request: &Asked) -> Reply {
        let abbreviated = request
            .header("accept")
            .is_some_and(|accept| accept.contains("application/vnd.npm.install-v1+json"));
        let scheme = if request.secure { "https" } else { "http" };
        let origin = format!("{scheme}://{}", request.header("host").unwrap_or_default());
        let mut all = Map::new();
        let mut time = Map::new();
        for version in &self.versions {
            all.insert(version.clone(), self.version(version, &origin, abbreviated));
            time.insert(version.clone(), json!(self.published(version)));
        }
        let mut tags = self.overrides.tags.clone();
        if let Some(latest) = self.versions.iter().rfind(|version| !version.contains('-')) {
            tags.entry("latest".into())
                .or_insert_with(|| latest.clone());
        }
        let mut document = json!({ "name": self.name, "dist-tags": tags, "versions": all });
        let mut media_type = "application/vnd.npm.install-v1+json";
        if abbreviated {
            document["modified"] = json!("2020-01-01T00:00:00.000Z");
        } else {
            media_type = "application/json";
            document["time"] = Value::Object(time);
        }
        let text = document.to_string();
        let tag = format!("\"{}\"", hex(&sha1::Sha1::digest(text.as_bytes())));
        if request.header("if-none-match") == Some(&tag) {
            return Reply::status(304).with("etag", tag);
        }
        Reply::ok(media_type, text).with("etag", tag)
    }

    fn version(&self, version: &str, origin: &str, abbreviated: bool) -> Value {
        let file = self.root.join(version).join("package.json");
        let text = std::fs::read_to_string(file).expect("listed above");
        let mut manifest: Value =
            serde_json::from_str(&text).expect("a fixture's package.json is valid");
        let body = self.pack(version);
        let integrity = match self.overrides.tricks.get(version) {
            Some(Trick::WrongIntegrity) => sri(b"something else"),
            _ => sri(&body),
        };
        let base = self.name.rsplit('/').next().unwrap_or(&self.name);
        manifest["dist"] = json!({
            "tarball": format!("{origin}/{}/-/{base}-{version}.tgz", self.name),
            "shasum": hex(&sha1::Sha1::digest(&body)),
            "integrity": integrity,
        });
        if let Some(signing) = self.overrides.signatures.get(version) {
            manifest["dist"]["signatures"] = signing.signatures(&self.name, version, &integrity);
        }
        if self.overrides.attestations.contains_key(version) {
            manifest["dist"]["attestations"] = json!({
                "url": format!("https://registry.npmjs.org/-/npm/v1/attestations/{}@{version}", self.name),
                "provenance": { "predicateType": "https://slsa.dev/provenance/v1" },
            });
        }
        if let Some(message) = self.overrides.deprecated.get(version) {
            manifest["deprecated"] = json!(message);
        }
        let fields = manifest.as_object_mut().expect("a manifest is an object");
        if let Some(scripts) = fields.get("scripts").and_then(Value::as_object)
            && ["preinstall", "install", "postinstall"]
                .iter()
                .any(|name| scripts.contains_key(*name))
        {
            fields.insert("hasInstallScript".into(), json!(true));
        }
        if abbreviated {
            fields.remove("scripts");
        }
        manifest
    }

    fn published(&self, version: &str) -> String {
        match self.overrides.age_hours.get(version) {
            Some(hours) => crate::clock::to_rfc3339(crate::clock::hours_ago(*hours)),
            None => "2020-01-01T00:00:00.000Z".to_owned(),
        }
    }

    fn pack(&self, version: &str) -> Bytes {
        let trick = self.overrides.tricks.get(version);
        pack::tarball(&self.root.join(version), trick)
            .expect("a fixture's folder packs")
            .into()
    }

    fn tarball(&self, file: &str) -> Reply {
        let base = self.name.rsplit('/').next().unwrap_or(&self.name);
        let version = file
            .strip_prefix(base)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.strip_suffix(".tgz"));
        match version {
            Some(version) if self.versions.iter().any(|known| known == version) => {
                Reply::ok("application/octet-stream", self.pack(version))
            }
            _ => Reply::status(404),
        }
    }
}

fn sri(bytes: &[u8]) -> String {
    let digest = sha2::Sha512::digest(bytes);
    let text = base64::engine::general_purpose::STANDARD.encode(digest);
    format!("sha512-{text}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
