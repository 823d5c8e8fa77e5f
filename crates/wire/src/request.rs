//! What a client asks of a relay.

use alloc::vec::Vec;

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::admission::AdmissionToken;
use crate::authority::{self, AuthorityError, Binding, Signature};
use crate::frame::{Block, FrameError, Opened, begin, body, finish};
use crate::grant::{Capability, CapabilityHash};
use crate::limits::ERASE_MAX;
use crate::mailbox::{DepositAddress, ReaderId, Slot};
use crate::parcel::{Parcel, ParcelDigest};

const SIGNATURE_BYTES: usize = 64;

/// A request. All but hello and deposit are signed by the mailbox's reader.
#[derive(Clone)]
pub enum Request {
    /// `0x01`: the first frame of a connection.
    Hello(Hello),
    /// `0x02`: makes a mailbox.
    Open(Open),
    /// `0x03`: lets one writer in.
    Grant(GrantSlot),
    /// `0x04`: shuts one writer out.
    Revoke(RevokeSlot),
    /// `0x05`: asks for parcels to be pushed.
    Watch(Watch),
    /// `0x06`: removes parcels for good.
    Erase(Erase),
    /// `0x07`: ends the mailbox and all in it.
    Close(Close),
    /// `0x88`: leaves a parcel.
    Deposit(Deposit),
}

/// The versions a client speaks. This body never changes in any version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The oldest version.
    pub oldest: u16,
    /// The newest version.
    pub newest: u16,
}

/// A new mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The reader's key.
    pub reader: ReaderId,
    /// The writers' name for it.
    pub address: DepositAddress,
    /// For how many seconds a parcel is kept.
    pub keep: u32,
    /// What the operator demands of those who open mailboxes, if anything.
    pub admission: Option<AdmissionToken>,
}

/// One writer's capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantSlot {
    /// The mailbox.
    pub reader: ReaderId,
    /// The writer's place; granting it again replaces the capability.
    pub slot: Slot,
    /// The hash of the capability.
    pub capability: CapabilityHash,
    /// How many parcels of this writer may wait at once.
    pub quota: u32,
}

/// The end of one writer's capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeSlot {
    /// The mailbox.
    pub reader: ReaderId,
    /// The writer's place.
    pub slot: Slot,
}

/// A wish for parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The mailbox.
    pub reader: ReaderId,
}

/// The removal of parcels and marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erase {
    /// The mailbox.
    pub reader: ReaderId,
    /// What to remove.
    pub digests: Digests,
}

/// One to eight digests, the unused places zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    count: u8,
    places: [ParcelDigest; ERASE_MAX],
}

/// The end of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// The mailbox.
    pub reader: ReaderId,
}

/// A parcel to be kept.
#[derive(Clone)]
pub struct Deposit {
    /// The mailbox.
    pub address: DepositAddress,
    /// The right to leave something there.
    pub capability: Capability,
    /// What is left.
    pub parcel: Parcel,
}

#[derive(Serialize, Deserialize)]
struct DepositBody {
    address: DepositAddress,
    capability: Capability,
}

impl Digests {
    /// Of 1 to [`ERASE_MAX`] digests; otherwise nothing.
    #[must_use]
    pub fn new(digests: &[ParcelDigest]) -> Option<Self> {
        let count = u8::try_from(digests.len()).ok()?;
        let mut places = [ParcelDigest([0; 32]); ERASE_MAX];
        places.get_mut(..digests.len())?.copy_from_slice(digests);
        (count > 0).then_some(Self { count, places })
    }

    /// The digests.
    #[must_use]
    pub fn as_slice(&self) -> &[ParcelDigest] {
        self.places.get(..usize::from(self.count)).unwrap_or_default()
    }

    fn is_canonical(&self) -> bool {
        Self::new(self.as_slice()).is_some_and(|canonical| canonical == *self)
    }
}

/// What a request is sent with.
#[derive(Clone, Copy)]
pub enum Authority<'a> {
    /// Nothing: hello and deposit.
    None,
    /// The reader's key on this connection.
    Reader(&'a SigningKey, &'a Binding),
}

impl Request {
    /// The frame of this request, numbered. Numbers rise on a connection; the hello has number 0.
    pub fn to_frame(&self, number: u64, authority: Authority<'_>) -> Result<Vec<u8>, FrameError> {
        match (self.signed_body()?, authority) {
            (Some((kind, body)), Authority::Reader(key, binding)) => {
                let mut bytes = begin(kind, number, &body, SIGNATURE_BYTES)?;
                let signature = authority::sign(key, binding, &bytes);
                bytes.extend_from_slice(&signature.to_dalek().to_bytes());
                Ok(finish(bytes, None))
            }
            (None, Authority::None) => self.unsigned_frame(number),
            _ => Err(FrameError::Authority),
        }
    }

    fn signed_body(&self) -> Result<Option<(u8, Vec<u8>)>, FrameError> {
        Ok(Some(match self {
            Self::Hello(_) | Self::Deposit(_) => return Ok(None),
            Self::Open(open) => (0x02, body(open)?),
            Self::Grant(grant) => (0x03, body(grant)?),
            Self::Revoke(revoke) => (0x04, body(revoke)?),
            Self::Watch(watch) => (0x05, body(watch)?),
            Self::Erase(erase) => (0x06, body(erase)?),
            Self::Close(close) => (0x07, body(close)?),
        }))
    }

    fn unsigned_frame(&self, number: u64) -> Result<Vec<u8>, FrameError> {
        match self {
            Self::Hello(hello) => Ok(finish(begin(0x01, number, &body(hello)?, 0)?, None)),
            Self::Deposit(Deposit { address, capability, parcel }) => {
                let body = body(&DepositBody { address: *address, capability: capability.clone() })?;
                Ok(finish(begin(0x88, number, &body, 0)?, Some(parcel)))
            }
            _ => Err(FrameError::Authority),
        }
    }

    fn reader(&self) -> Option<&ReaderId> {
        match self {
            Self::Hello(_) | Self::Deposit(_) => None,
            Self::Open(Open { reader, .. })
            | Self::Grant(GrantSlot { reader, .. })
            | Self::Revoke(RevokeSlot { reader, .. })
            | Self::Watch(Watch { reader })
            | Self::Erase(Erase { reader, .. })
            | Self::Close(Close { reader }) => Some(reader),
        }
    }
}

/// A well-formed request whose authority has not been checked.
pub struct Unverified {
    number: u64,
    request: Request,
    signature: Option<Signature>,
    signed: Vec<u8>,
}

impl Unverified {
    /// Reads a block and the parcel that followed it.
    pub fn from_frame(block: &Block, parcel: Option<Parcel>) -> Result<Self, FrameError> {
        let opened = Opened::new(block)?;
        let number = opened.number;
        if let Some(request) = unsigned(&opened, parcel)? {
            return Ok(Self { number, request, signature: None, signed: Vec::new() });
        }
        let (request, signature) = signed(&opened)?;
        let signed = opened.filled.len().checked_sub(SIGNATURE_BYTES);
        let signed = signed.and_then(|end| opened.filled.get(..end)).ok_or(FrameError::Malformed)?;
        Ok(Self { number, request, signature: Some(signature), signed: signed.to_vec() })
    }

    /// The number that the answer repeats.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The request, if the reader it names signed it for this connection. Hello and deposit carry no
    /// signature: the one says nothing, the other shows a capability.
    pub fn verify(self, binding: &Binding) -> Result<Request, AuthorityError> {
        if let Some(reader) = self.request.reader() {
            let signature = self.signature.ok_or(AuthorityError)?;
            authority::verify(reader, binding, &self.signed, signature)?;
        }
        Ok(self.request)
    }
}

/// Reads the kinds without signature; nothing if it is another kind.
fn unsigned(opened: &Opened<'_>, parcel: Option<Parcel>) -> Result<Option<Request>, FrameError> {
    match (opened.kind, parcel) {
        (0x01, None) => Ok(Some(Request::Hello(opened.read()?))),
        (0x88, Some(parcel)) => {
            let DepositBody { address, capability } = opened.read()?;
            Ok(Some(Request::Deposit(Deposit { address, capability, parcel })))
        }
        (kind, parcel) if crate::frame::carries_parcel(kind) != parcel.is_some() => {
            Err(FrameError::Malformed)
        }
        (_, None) => Ok(None),
        (_, Some(_)) => Err(opened.unknown()),
    }
}

/// Reads the kinds with signature.
fn signed(opened: &Opened<'_>) -> Result<(Request, Signature), FrameError> {
    Ok(match opened.kind {
        0x02 => opened.read().map(|(open, signature)| (Request::Open(open), signature))?,
        0x03 => opened.read().map(|(grant, signature)| (Request::Grant(grant), signature))?,
        0x04 => opened.read().map(|(revoke, signature)| (Request::Revoke(revoke), signature))?,
        0x05 => opened.read().map(|(watch, signature)| (Request::Watch(watch), signature))?,
        0x06 => {
            let (erase, signature): (Erase, Signature) = opened.read()?;
            if !erase.digests.is_canonical() {
                return Err(FrameError::Malformed);
            }
            (Request::Erase(erase), signature)
        }
        0x07 => opened.read().map(|(close, signature)| (Request::Close(close), signature))?,
        _ => return Err(opened.unknown()),
    })
}
