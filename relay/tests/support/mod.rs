//! A client in the fewest lines: one connection, requests and answers in order, pushes kept aside.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use entente_wire::answer::{Answer, Welcome};
use entente_wire::authority::{Binding, EXPORTER_LABEL};
use entente_wire::frame::{Block, carries_parcel};
use entente_wire::limits::{ALPN, BLOCK_BYTES, PARCEL_BYTES};
use entente_wire::parcel::{Kind, Parcel};
use entente_wire::push::{FromRelay, Push};
use entente_wire::request::{Authority, Deposit, Digests, Erase, GrantSlot, Hello, Open, Request, Watch};
use entente_wire::{Grant, Mailbox, ParcelDigest, Receipt, RelayAddress, Slot, cut};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, Endpoint, RecvStream, SendStream, TransportConfig, VarInt};
use rand_core::UnwrapErr;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};

pub(crate) const KEEP: u32 = 3_600;

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

pub(crate) fn parcel(grant: &Grant, message: &[u8]) -> Parcel {
    cut(Kind::CHANNEL, message, grant.seal_key(), &mut rng()).unwrap().remove(0)
}

#[derive(Debug)]
struct Pinned([u8; 44]);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if end_entity.as_ref() == self.0 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("another key".into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 only".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &aws_lc_rs::default_provider().signature_verification_algorithms;
        let spki = SubjectPublicKeyInfoDer::from(cert.as_ref());
        verify_tls13_signature_with_raw_key(message, &spki, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

pub(crate) fn client_config(relay: &RelayAddress, group: &'static dyn SupportedKxGroup) -> ClientConfig {
    let mut spki = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00].to_vec();
    spki.extend(relay.key().0);
    let provider = CryptoProvider { kx_groups: vec![group], ..aws_lc_rs::default_provider() };
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned(spki.try_into().unwrap())))
        .with_no_client_auth();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_concurrent_bidi_streams(VarInt::from_u32(0));
    config.transport_config(Arc::new(transport));
    config
}

pub(crate) async fn connect(
    relay: &RelayAddress,
    group: &'static dyn SupportedKxGroup,
) -> Result<Connection, quinn::ConnectionError> {
    let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = SocketAddr::new(relay.host().parse().unwrap(), relay.port());
    endpoint.connect_with(client_config(relay, group), to, "relay").unwrap().await
}

pub(crate) struct Client {
    pub(crate) connection: Connection,
    pub(crate) send: SendStream,
    pub(crate) receive: RecvStream,
    pub(crate) binding: Binding,
    pub(crate) welcome: Option<Welcome>,
    pub(crate) number: u64,
    pub(crate) pushes: VecDeque<Push>,
}

impl Client {
    pub(crate) async fn connect(relay: &RelayAddress) -> Self {
        let mut client = Self::silent(relay).await;
        let hello = Request::Hello(Hello { oldest: 1, newest: 1 }).to_frame(0, Authority::None).unwrap();
        client.send.write_all(&hello).await.unwrap();
        let Some(FromRelay::Answer(0, Answer::Welcome(welcome))) = client.read().await else {
            panic!("no welcome")
        };
        client.welcome = Some(welcome);
        client
    }

    /// Connected, but with nothing said.
    pub(crate) async fn silent(relay: &RelayAddress) -> Self {
        let connection = connect(relay, aws_lc_rs::kx_group::X25519MLKEM768).await.unwrap();
        let (send, receive) = connection.open_bi().await.unwrap();
        let mut binding = Binding { exporter: [0; 32], relay: *relay.key() };
        connection.export_keying_material(&mut binding.exporter, EXPORTER_LABEL, b"").unwrap();
        Self { connection, send, receive, binding, welcome: None, number: 0, pushes: VecDeque::new() }
    }

    /// The next frame; nothing if the relay has ended the stream.
    pub(crate) async fn read(&mut self) -> Option<FromRelay> {
        let mut block: Block = [0; BLOCK_BYTES];
        self.receive.read_exact(&mut block).await.ok()?;
        let mut parcel = None;
        if carries_parcel(block[0]) {
            let mut bytes = vec![0; PARCEL_BYTES];
            self.receive.read_exact(&mut bytes).await.ok()?;
            parcel = Some(Parcel::from_vec(bytes).unwrap());
        }
        Some(FromRelay::from_frame(&block, parcel).unwrap())
    }

    pub(crate) async fn start(&mut self, request: &Request, authority: Option<&Mailbox>) -> u64 {
        self.number += 1;
        let authority = match authority {
            Some(mailbox) => Authority::Reader(mailbox.reader(), &self.binding),
            None => Authority::None,
        };
        let frame = request.to_frame(self.number, authority).unwrap();
        self.send.write_all(&frame).await.unwrap();
        self.number
    }

    /// The next answer; pushes on the way are kept.
    pub(crate) async fn answer(&mut self) -> Option<(u64, Answer)> {
        loop {
            match self.read().await? {
                FromRelay::Answer(number, answer) => return Some((number, answer)),
                FromRelay::Push(_, push) => self.pushes.push_back(push),
            }
        }
    }

    pub(crate) async fn ask(&mut self, request: &Request, authority: Option<&Mailbox>) -> Option<Answer> {
        let asked = self.start(request, authority).await;
        let (number, answer) = self.answer().await?;
        assert_eq!(number, asked);
        Some(answer)
    }

    pub(crate) async fn open(&mut self, mailbox: &Mailbox) -> Answer {
        let (reader, address) = (mailbox.id(), mailbox.address());
        let open = Request::Open(Open { reader, address, keep: KEEP, admission: None });
        self.ask(&open, Some(mailbox)).await.unwrap()
    }

    pub(crate) async fn grant(&mut self, mailbox: &Mailbox, slot: u32, grant: &Grant, quota: u32) -> Answer {
        let capability = grant.capability().hash();
        let grant = GrantSlot { reader: mailbox.id(), slot: Slot(slot), capability, quota };
        self.ask(&Request::Grant(grant), Some(mailbox)).await.unwrap()
    }

    pub(crate) async fn watch(&mut self, mailbox: &Mailbox) -> Answer {
        self.ask(&Request::Watch(Watch { reader: mailbox.id() }), Some(mailbox)).await.unwrap()
    }

    pub(crate) async fn erase(&mut self, mailbox: &Mailbox, digests: &[ParcelDigest]) -> Answer {
        let erase = Erase { reader: mailbox.id(), digests: Digests::new(digests).unwrap() };
        self.ask(&Request::Erase(erase), Some(mailbox)).await.unwrap()
    }

    pub(crate) async fn deposit(&mut self, grant: &Grant, parcel: &Parcel) -> Option<Answer> {
        self.ask(&deposit(grant, parcel), None).await
    }

    /// Deposits and checks the receipt.
    pub(crate) async fn leave(&mut self, grant: &Grant, parcel: &Parcel) -> Receipt {
        let Some(Answer::Receipt(receipt)) = self.deposit(grant, parcel).await else { panic!("no receipt") };
        receipt.verify(grant.relay().key(), grant.address(), parcel.digest()).unwrap();
        receipt
    }

    pub(crate) async fn pushed(&mut self) -> Push {
        if let Some(push) = self.pushes.pop_front() {
            return push;
        }
        match self.read().await {
            Some(FromRelay::Push(_, push)) => push,
            other => panic!("no push but {other:?}"),
        }
    }

    /// The next pushed parcel.
    pub(crate) async fn parcel(&mut self) -> Parcel {
        match self.pushed().await {
            Push::UpToDate => Box::pin(self.parcel()).await,
            Push::Delivery(_, parcel) => parcel,
            Push::Gap(mark) => panic!("a mark: {mark:?}"),
        }
    }
}

pub(crate) fn deposit(grant: &Grant, parcel: &Parcel) -> Request {
    Request::Deposit(Deposit {
        address: grant.address(),
        capability: grant.capability().clone(),
        parcel: parcel.clone(),
    })
}

/// A mailbox, opened, with one grant of this quota.
pub(crate) async fn mailbox(client: &mut Client, relay: &RelayAddress, quota: u32) -> (Mailbox, Grant) {
    let mailbox = Mailbox::generate(relay.clone(), &mut rng());
    let grant = mailbox.new_grant(&mut rng());
    assert_eq!(client.open(&mailbox).await, Answer::Done);
    assert_eq!(client.grant(&mailbox, 1, &grant, quota).await, Answer::Done);
    (mailbox, grant)
}
