//! The socket and its TLS 1.3 configuration.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use entente_wire::limits::ALPN;
use hmac::{Hmac, KeyInit, Mac};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::crypto::{CryptoError, HmacKey};
use quinn::{
    ConnectionId, ConnectionIdGenerator, Endpoint, EndpointConfig, IdleTimeout, ServerConfig,
    TransportConfig, VarInt,
};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::sign::CertifiedKey;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::config::Connections;
use crate::identity::Identity;

/// DER before the 32 bytes of an Ed25519 public key in a SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// DER before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Bytes of a connection id.
const ID_BYTES: usize = 8;

/// An endpoint that cannot be had (local fault).
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// TLS or QUIC refused its configuration.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A QUIC endpoint at `at` with the relay's identity, ready to accept, within a tokio runtime.
pub fn listen(at: SocketAddr, identity: &Identity, limits: &Connections) -> Result<Endpoint, EndpointError> {
    let tls = tls(identity).map_err(EndpointError::Tls)?;
    let tls = QuicServerConfig::try_from(tls).map_err(|error| EndpointError::Tls(error.to_string()))?;
    let mut server = ServerConfig::with_crypto(Arc::new(tls));
    server.transport_config(Arc::new(transport(limits)));
    server.max_incoming(limits.handshakes);
    let socket = UdpSocket::bind(at).map_err(|error| EndpointError::Listen(at, error))?;
    let reset = Arc::new(ResetKey(identity.reset.clone()));
    let mut config = EndpointConfig::new(reset);
    config.cid_generator(|| Box::new(RandomIds));
    Endpoint::new(config, Some(server), socket, Arc::new(quinn::TokioRuntime))
        .map_err(|error| EndpointError::Listen(at, error))
}

fn tls(identity: &Identity) -> Result<rustls::ServerConfig, String> {
    let provider = CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
        ..aws_lc_rs::default_provider()
    };
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(certified(identity)?)));
    config.alpn_protocols = vec![ALPN.to_vec()];
    // No resumption: a ticket would link two connections of one client.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}

fn certified(identity: &Identity) -> Result<Arc<CertifiedKey>, String> {
    let seed = Zeroizing::new(identity.key.to_bytes());
    let pkcs8 = [PKCS8_PREFIX.as_slice(), seed.as_slice()].concat();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8));
    let signing = aws_lc_rs::sign::any_eddsa_type(match &key {
        PrivateKeyDer::Pkcs8(key) => key,
        _ => return Err("the key is not in PKCS #8".to_owned()),
    })
    .map_err(|error| error.to_string())?;
    let spki = [SPKI_PREFIX.as_slice(), &identity.public().0].concat();
    Ok(Arc::new(CertifiedKey::new(vec![CertificateDer::from(spki)], signing)))
}

fn transport(limits: &Connections) -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(limits.window))
        .receive_window(VarInt::from_u32(limits.window))
        .send_window(u64::from(limits.window))
        .datagram_receive_buffer_size(None)
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(
            u32::try_from(Duration::from_secs(limits.idle_seconds.into()).as_millis()).unwrap_or(u32::MAX),
        ))));
    transport
}

/// Random connection ids. quinn's own are checked against a key that a restart changes, so that a relay started
/// anew would take its clients' packets for noise and never tell them by a reset.
struct RandomIds;

impl ConnectionIdGenerator for RandomIds {
    fn generate_cid(&mut self) -> ConnectionId {
        let mut id = [0; ID_BYTES];
        // It does not fail once the system has started, and the keys would not be there without it.
        let _ = getrandom::fill(&mut id);
        ConnectionId::new(&id)
    }

    fn cid_len(&self) -> usize {
        ID_BYTES
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

/// HMAC-SHA-256 under the persisted key.
struct ResetKey(Zeroizing<[u8; 32]>);

impl ResetKey {
    fn mac(&self, data: &[u8]) -> Result<Hmac<Sha256>, CryptoError> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice());
        mac.map(|mac| mac.chain_update(data)).map_err(|_| CryptoError)
    }
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], out: &mut [u8]) {
        if let Ok(mac) = self.mac(data) {
            for (to, from) in out.iter_mut().zip(mac.finalize().into_bytes()) {
                *to = from;
            }
        }
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        self.mac(data)?.verify_slice(signature).map_err(|_| CryptoError)
    }
}
