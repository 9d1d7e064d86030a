//! A certificate authority for the loopback servers, made anew in each test process.
//!
//! In: nothing. Out: a server configuration for loopback and for the hosts behind the proxy, and the authority's certificate as PEM.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What [`authority`] made.
pub struct Authority {
    /// The authority's own certificate, for `SSL_CERT_FILE` and `--cert`.
    pub pem: String,
    /// Presents a certificate that this authority signed.
    pub server: Arc<rustls::ServerConfig>,
}

/// The authority of this process.
pub fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| make().expect("a fresh key signs a fresh certificate"))
}

fn make() -> Result<Authority, Box<dyn std::error::Error>> {
    let mut root = CertificateParams::new(Vec::<String>::new())?;
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    root.distinguished_name
        .push(rcgen::DnType::CommonName, "prizm test authority");
    let issuer = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;

    let key = KeyPair::generate()?;
    let names = [
        "localhost",
        "127.0.0.1",
        "github.com",
        "registry.npmjs.org",
        "plain.test",
    ];
    let names: Vec<String> = names.map(str::to_owned).into();
    let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    Ok(Authority {
        pem: issuer.pem(),
        server: Arc::new(server),
    })
}
