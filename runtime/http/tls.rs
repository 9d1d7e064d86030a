//! The certificates that HTTPS trusts.
//!
//! In: the system's store, `SSL_CERT_FILE`, `SSL_CERT_DIR`, `NODE_EXTRA_CA_CERTS`, `--cert`. Out: a rustls
//! configuration. Side effects: reads those files.
//!
//! All of them add up. A file that is named must be readable; folders and the system's store may have
//! entries that are not certificates, which are skipped.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::HttpOptions;
use super::error::{Cause, HttpError};

/// Where systems keep their certificates in one file. Read only when `SSL_CERT_FILE` or `SSL_CERT_DIR` are
/// set, because the native lookup then returns what they name and nothing else.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A configuration that trusts the whole set of `options` and the environment.
///
/// # Errors
/// [`HttpError::Certificates`] for a named file that cannot be used.
pub(super) fn trusting_config(options: &HttpOptions) -> Result<ClientConfig, HttpError> {
    root_certificates(options).map(config_with)
}

/// The whole set of trusted certificates.
///
/// # Errors
/// As [`trusting_config`].
pub fn root_certificates(options: &HttpOptions) -> Result<RootCertStore, HttpError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(system_certificates()?);
    if let Some(path) = variable("NODE_EXTRA_CA_CERTS") {
        let path = PathBuf::from(path);
        roots.add_parsable_certificates(read_file(&path, "NODE_EXTRA_CA_CERTS")?);
    }
    for path in &options.ca_files {
        roots.add_parsable_certificates(read_file(path, "--cert")?);
    }
    Ok(roots)
}

/// A configuration that trusts nobody, for clients that never see HTTPS.
pub(super) fn empty_config() -> ClientConfig {
    config_with(RootCertStore::empty())
}

fn config_with(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider supports TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn system_certificates() -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let file = variable("SSL_CERT_FILE").map(PathBuf::from);
    let folders = variable("SSL_CERT_DIR");
    if file.is_none() && folders.is_none() {
        return Ok(rustls_native_certs::load_native_certs().certs);
    }
    let mut found = Vec::new();
    if let Some(file) = &file {
        found.extend(read_file(file, "SSL_CERT_FILE")?);
    }
    for folder in folders.iter().flat_map(env::split_paths) {
        found.extend(rustls_native_certs::load_certs_from_paths(None, Some(&folder)).certs);
    }
    let bundle = SYSTEM_BUNDLES
        .map(Path::new)
        .into_iter()
        .find(|path| path.exists());
    if let Some(bundle) = bundle
        && file.as_deref() != Some(bundle)
    {
        found.extend(rustls_native_certs::load_certs_from_paths(Some(bundle), None).certs);
    }
    found.sort_unstable_by(|left, right| left.as_ref().cmp(right.as_ref()));
    found.dedup();
    Ok(found)
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn read_file(path: &Path, origin: &'static str) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let refuse = |cause: String| HttpError::Certificates {
        path: path.to_owned(),
        origin,
        cause: Cause(cause),
    };
    let pem = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| refuse(error.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("it holds no PEM certificate".to_owned()));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_must_hold_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        let options = HttpOptions {
            ca_files: vec![missing.clone()],
            ..HttpOptions::default()
        };
        let error = trusting_config(&options).unwrap_err();
        assert!(error.to_string().contains("missing.pem"), "{error}");
        assert!(error.to_string().contains("--cert"), "{error}");

        std::fs::write(&missing, "not a certificate").unwrap();
        assert!(matches!(
            trusting_config(&options),
            Err(HttpError::Certificates { .. })
        ));
    }
}
