//! TLS with certificates of our own making: an authority that exists for this one command, and under
//! it a certificate for the machine's loopback names and the scenario's servers, beside it those
//! that a client must not believe.

use std::net::IpAddr;
use std::sync::Arc;

use fake_servers::Handshake;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name in a certificate that is not ours.
const ELSEWHERE: &str = "elsewhere.example";

/// What servers need to speak TLS, and clients to believe them.
pub(super) struct Tls {
    /// Does the handshakes.
    pub(super) acceptors: Acceptors,
    /// The authority's certificate in PEM.
    pub(super) authority: String,
}

/// What does the handshakes, each with its certificate.
#[derive(Clone)]
pub(super) struct Acceptors {
    sound: TlsAcceptor,
    expired: TlsAcceptor,
    wrong_name: TlsAcceptor,
    untrusted: TlsAcceptor,
}

impl Acceptors {
    /// Does a handshake of this kind; nothing does one that is cut.
    pub(super) const fn of(&self, handshake: Handshake) -> Option<&TlsAcceptor> {
        match handshake {
            Handshake::Sound => Some(&self.sound),
            Handshake::Cut => None,
            Handshake::Expired => Some(&self.expired),
            Handshake::WrongName => Some(&self.wrong_name),
            Handshake::Untrusted => Some(&self.untrusted),
        }
    }
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
        let (ours, authority) = issuer("syncsim serve")?;
        let (stranger, _) = issuer("a stranger")?;
        let sound = leaf(names, listens_at)?;
        let mut expired = sound.clone();
        expired.not_after = date_time_ymd(2000, 1, 1);
        let mut elsewhere = sound.clone();
        elsewhere.subject_alt_names = vec![SanType::DnsName(ELSEWHERE.try_into()?)];
        Ok(Self {
            acceptors: Acceptors {
                sound: acceptor(&sound, &ours)?,
                expired: acceptor(&expired, &ours)?,
                wrong_name: acceptor(&elsewhere, &ours)?,
                untrusted: acceptor(&sound, &stranger)?,
            },
            authority,
        })
    }
}

/// An authority of this name, and its certificate in PEM.
fn issuer(name: &str) -> Result<(Issuer<'static, KeyPair>, String), TlsError> {
    let key = KeyPair::generate()?;
    let params = authority(name)?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), certificate))
}

/// Shows such a certificate.
fn acceptor(
    params: &CertificateParams,
    issuer: &Issuer<'static, KeyPair>,
) -> Result<TlsAcceptor, TlsError> {
    let key = KeyPair::generate()?;
    let leaf = params.signed_by(&key, issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named, so that no other provider that is compiled in makes the choice ambiguous.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn authority(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
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

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;
    use crate::serve::socket::Socket;
    use crate::serve::tcp::Line;
    use crate::world::SessionStream;

    /// A client that trusts the authority and nobody else.
    pub(in crate::serve) fn connector(authority: &str) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }

    /// What a client hears that expects this name, of a server that speaks one sentence.
    async fn heard_after(
        tls: &Tls,
        handshake: Handshake,
        trusts: &str,
        name: &str,
    ) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let acceptors = tls.acceptors.clone();
        let server = tokio::spawn(async move {
            let (tcp, _) = listener.accept().await?;
            let line = Line::new(tcp, Arc::default(), Arc::new(AtomicBool::new(true)));
            let mut socket = Socket::new(line, Some(acceptors), Duration::ZERO);
            socket.write_all(b"clear ").await?;
            socket.start_tls(handshake).await?;
            assert!(socket.start_tls(handshake).await.is_err(), "once is enough");
            socket.write_all(b"secret").await?;
            socket.shutdown().await
        });
        let mut tcp = TcpStream::connect(address).await?;
        let mut clear = [0; 6];
        tcp.read_exact(&mut clear).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut stream = connector(trusts).connect(name, tcp).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        drop(stream);
        server.await.unwrap()?;
        Ok(text)
    }

    async fn heard(tls: &Tls, trusts: &str, name: &str) -> std::io::Result<String> {
        heard_after(tls, Handshake::Sound, trusts, name).await
    }

    #[tokio::test]
    async fn a_handshake_that_is_to_fail_fails_as_it_is_to() {
        let tls = Tls::new(&[], IpAddr::from([127, 0, 0, 1])).unwrap();
        for (handshake, error) in [
            (Handshake::Expired, "Expired"),
            (Handshake::WrongName, "elsewhere.example"),
            (Handshake::Untrusted, "UnknownIssuer"),
            (Handshake::Cut, "reset"),
        ] {
            let failed = heard_after(&tls, handshake, &tls.authority, "localhost").await;
            let said = format!("{:?}", failed.unwrap_err());
            assert!(said.to_lowercase().contains(&error.to_lowercase()), "{handshake:?}: {said}");
        }
    }

    #[tokio::test]
    async fn whoever_trusts_the_authority_is_served_under_each_name() {
        let names = ["pop".to_owned(), "not a host".to_owned()];
        let tls = Tls::new(&names, IpAddr::from([127, 0, 0, 1])).unwrap();
        for name in ["localhost", "127.0.0.1", "::1", "pop"] {
            assert_eq!(heard(&tls, &tls.authority, name).await.unwrap(), "secret", "{name}");
        }
        assert!(heard(&tls, &tls.authority, "example.com").await.is_err(), "another name");
        let other = Tls::new(&names, IpAddr::from([127, 0, 0, 1])).unwrap();
        assert!(heard(&tls, &other.authority, "localhost").await.is_err(), "another authority");
    }
}
