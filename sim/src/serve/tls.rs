//! TLS with a certificate of our own making: an authority that exists for this one command, and
//! under it a certificate for the machine's loopback names and the scenario's servers.

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What servers need to speak TLS, and clients to believe them.
pub(super) struct Tls {
    /// Does the handshakes.
    pub(super) acceptor: TlsAcceptor,
    /// The authority's certificate in PEM.
    pub(super) authority: String,
}

/// TLS could not be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No certificate could be made.
    #[error("no certificate could be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS refuses it.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] tokio_rustls::rustls::Error),
}

impl Tls {
    /// Keys and certificates for these host names and this address besides loopback's own.
    ///
    /// # Errors
    /// When the machine gives no random numbers, or a name is none.
    pub(super) fn new(names: &[String], listens_at: IpAddr) -> Result<Self, TlsError> {
        let authority_key = KeyPair::generate()?;
        let authority = authority()?;
        let certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);

        let key = KeyPair::generate()?;
        let leaf = leaf(names, listens_at)?.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        // Named, so that no other provider that is compiled in makes the choice ambiguous.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), authority: certificate.pem() })
    }
}

fn authority() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "syncsim serve");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn leaf(names: &[String], listens_at: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut all = vec!["localhost".to_owned()];
    // A server's name is a host name in a run; only one that may stand in a certificate does.
    let is_host = |name: &&String| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    all.extend(names.iter().filter(is_host).cloned());
    let mut params = CertificateParams::new(all)?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    for address in
        [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), listens_at]
    {
        let name = SanType::IpAddress(address);
        if !params.subject_alt_names.contains(&name) {
            params.subject_alt_names.push(name);
        }
    }
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}
