//! Where a verifier takes public keys from: a roster, never the document.

use alloc::vec::Vec;

use crate::persona::{Persona, PersonaId};
use crate::principal::PrincipalKey;
use crate::thumbprint::Thumbprint;

/// A source of keys that the verifier trusts.
pub trait Keys {
    /// The persona of both thumbprints.
    fn persona(&self, id: &PersonaId) -> Option<&Persona>;

    /// The principal of a thumbprint.
    fn principal(&self, _thumbprint: &Thumbprint) -> Option<&PrincipalKey> {
        None
    }
}

impl Keys for Persona {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        (self.id() == *id).then_some(self)
    }
}

impl Keys for [Persona] {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        self.iter().find(|persona| persona.id() == *id)
    }
}

impl Keys for Vec<Persona> {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        self.as_slice().persona(id)
    }
}

impl Keys for PrincipalKey {
    fn persona(&self, _: &PersonaId) -> Option<&Persona> {
        None
    }

    fn principal(&self, thumbprint: &Thumbprint) -> Option<&PrincipalKey> {
        (self.thumbprint() == *thumbprint).then_some(self)
    }
}
