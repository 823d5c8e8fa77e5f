//! The universal form: one compact SD-JWT a signer (RFC 9901 section 4), with its Ed25519 signature.
//!
//! ```text
//! <protected header>.<payload>.<signature>~<disclosure>~<disclosure>~
//! ```

use alloc::string::String;

use super::selection::{PresentError, Selection};
use super::signature::owed;
use super::signed::Document;
use super::signer::SignerKeys;
use crate::base64url;

impl Document {
    /// The compact SD-JWT of the signer at `position`, showing what is selected.
    ///
    /// It proves one signature of one signer: less than a presentation, but any SD-JWT reader can
    /// check it.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn compact(&self, position: usize, selection: &Selection) -> Result<String, PresentError> {
        let openings = selection.openings(self.proposal())?;
        let signers = self.payload().signers();
        let before: usize = signers.iter().take(position).map(|signer| owed(&signer.keys)).sum();
        let signer = signers.get(position).ok_or(PresentError::NoSigner(position))?;
        let signature = self.raw_signatures().get(before).ok_or(PresentError::NoSigner(position))?;
        debug_assert!(match signer.keys {
            SignerKeys::Persona(id) => id.ed25519 == signature.key(),
            SignerKeys::Principal(key) => key == signature.key(),
        });
        let mut text = String::from(signature.protected());
        text.push('.');
        text.push_str(self.payload().base64url());
        text.push('.');
        text.push_str(&base64url::encode(signature.bytes()));
        text.push('~');
        for opening in openings {
            text.push_str(&opening.text);
            text.push('~');
        }
        Ok(text)
    }
}
