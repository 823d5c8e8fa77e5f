//! A connection to a relay, past hello.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use entente_wire::answer::{Answer, Refusal};
use entente_wire::authority::{Binding, EXPORTER_LABEL};
use entente_wire::limits::VERSIONS;
use entente_wire::push::FromRelay;
use entente_wire::request::{Authority, Hello, Request};
use entente_wire::{Mailbox, RelayAddress};
use quinn::{ConnectionError, Endpoint, SendStream, TransportErrorCode};

use super::error::RequestError;
use super::stream::Frames;
use super::{Settings, tls};

/// No name is sent (SNI is off), but the interface wants one.
const NO_NAME: &str = "relay.invalid";
/// TLS's alerts about the peer's key, from `bad_certificate` to `decrypt_error` (RFC 8446, section 6): what we
/// raise when who answers shows another key, or cannot sign with it.
const KEY_ALERTS: std::ops::RangeInclusive<u8> = 42..=51;

/// When it is dropped the connection ends.
pub(super) struct Session {
    send: SendStream,
    pub(super) frames: Frames,
    binding: Binding,
    pub(super) requests_in_flight: usize,
    number: u64,
}

impl Session {
    /// Connects within the settings' limit, from a socket of its own, to wait for answers.
    pub(super) async fn for_answers(relay: &RelayAddress, settings: &Settings) -> Result<Self, RequestError> {
        let keep_alive = settings.keep_alive_for_answer.min(settings.keep_alive);
        Self::connect(relay, settings, keep_alive).await
    }

    /// As [`Session::for_answers`], but to wait for what may come much later.
    pub(super) async fn for_pushes(relay: &RelayAddress, settings: &Settings) -> Result<Self, RequestError> {
        Self::connect(relay, settings, settings.keep_alive).await
    }

    async fn connect(
        relay: &RelayAddress,
        settings: &Settings,
        keep_alive: Duration,
    ) -> Result<Self, RequestError> {
        let connecting = Self::connect_somewhere(relay, settings, keep_alive);
        tokio::time::timeout(settings.connect_within, connecting)
            .await
            .unwrap_or(Err(RequestError::Unreachable))
    }

    async fn connect_somewhere(
        relay: &RelayAddress,
        settings: &Settings,
        keep_alive: Duration,
    ) -> Result<Self, RequestError> {
        let places = tokio::net::lookup_host((relay.host(), relay.port())).await;
        let mut error = RequestError::Unreachable;
        for place in places.map_err(|_| RequestError::Unreachable)? {
            match Self::connect_to(place, relay, settings, keep_alive).await {
                Ok(session) => return Ok(session),
                Err(other) => error = other,
            }
        }
        Err(error)
    }

    async fn connect_to(
        place: SocketAddr,
        relay: &RelayAddress,
        settings: &Settings,
        keep_alive: Duration,
    ) -> Result<Self, RequestError> {
        let config =
            tls::client_config(relay.key(), settings, keep_alive).map_err(|_| RequestError::WrongRelayKey)?;
        let endpoint = Endpoint::client(from(place)).map_err(|_| RequestError::Unreachable)?;
        let connecting = endpoint.connect_with(config, place, NO_NAME);
        let connection =
            connecting.map_err(|_| RequestError::Unreachable)?.await.map_err(|error| reason(&error))?;
        let (send, receive) = connection.open_bi().await.map_err(|error| reason(&error))?;
        let mut binding = Binding { exporter: [0; 32], relay: *relay.key() };
        connection
            .export_keying_material(&mut binding.exporter, EXPORTER_LABEL, b"")
            .map_err(|_| RequestError::Unreachable)?;
        let frames = Frames::new(receive);
        let mut session = Self { send, frames, binding, requests_in_flight: 1, number: 0 };
        session.greet().await?;
        Ok(session)
    }

    async fn greet(&mut self) -> Result<(), RequestError> {
        let (oldest, newest) = VERSIONS;
        let hello = Request::Hello(Hello { oldest, newest }).to_frame(0, Authority::None);
        self.write(&hello.map_err(|_| RequestError::Misbehaved("hello"))?).await?;
        match self.frames.next().await? {
            FromRelay::Answer(0, Answer::Welcome(welcome))
                if (oldest..=newest).contains(&welcome.version) =>
            {
                self.requests_in_flight = usize::from(welcome.requests_in_flight.max(1));
                Ok(())
            }
            FromRelay::Answer(0, Answer::Refusal(refusal)) => Err(RequestError::of(refusal)),
            _ => Err(RequestError::Misbehaved("it did not answer hello with welcome")),
        }
    }

    /// Sends a request, signed for `reader` if there is one, and tells its number.
    pub(super) async fn start(
        &mut self,
        request: &Request,
        reader: Option<&Mailbox>,
    ) -> Result<u64, RequestError> {
        let authority = match reader {
            Some(mailbox) => Authority::Reader(mailbox.reader(), &self.binding),
            None => Authority::None,
        };
        self.number += 1;
        let frame = request.to_frame(self.number, authority);
        self.write(&frame.map_err(|_| RequestError::Misbehaved("request"))?).await?;
        Ok(self.number)
    }

    /// Sends a request and waits for its answer; nothing else may be under way.
    pub(super) async fn ask(
        &mut self,
        request: &Request,
        reader: Option<&Mailbox>,
    ) -> Result<(), RequestError> {
        let asked = self.start(request, reader).await?;
        match self.frames.next().await? {
            FromRelay::Answer(number, Answer::Done) if number == asked => Ok(()),
            FromRelay::Answer(number, Answer::Refusal(refusal)) if number == asked => {
                Err(RequestError::of(refusal))
            }
            FromRelay::Answer(0, Answer::Refusal(Refusal::Malformed)) => {
                Err(RequestError::of(Refusal::Malformed))
            }
            _ => Err(RequestError::Misbehaved("it answered something else")),
        }
    }

    async fn write(&mut self, frame: &[u8]) -> Result<(), RequestError> {
        self.send.write_all(frame).await.map_err(|_| RequestError::Unreachable)
    }
}

/// The local address for connections to `place`: of the same family, and on the loopback only for the loopback.
fn from(place: SocketAddr) -> SocketAddr {
    let ip = match place.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(ip) if ip.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(ip, 0)
}

/// Whether a connection failed because the key was another, or for any other reason.
fn reason(error: &ConnectionError) -> RequestError {
    match error {
        ConnectionError::TransportError(error)
            if KEY_ALERTS.map(TransportErrorCode::crypto).any(|code| code == error.code) =>
        {
            RequestError::WrongRelayKey
        }
        _ => RequestError::Unreachable,
    }
}
