//! The code by which a device's holder makes it known to its principal, by voice.

use core::fmt;

use entente_record::persona::PersonaId;
use sha2::{Digest as _, Sha256};

/// Bytes of a device's code: too many for anybody to make another device with the same.
const CODE_BYTES: usize = 12;

/// A device's code, to be read aloud: it stands for the keys that its person signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceCode([u8; CODE_BYTES]);

impl DeviceCode {
    /// The code of the device that holds these keys.
    #[must_use]
    pub fn of(persona: &PersonaId) -> Self {
        let digest = Sha256::new()
            .chain_update(b"entente device code v1\0")
            .chain_update(persona.ed25519.0)
            .chain_update(persona.ml_dsa_65.0)
            .finalize();
        let mut code = [0; CODE_BYTES];
        code.iter_mut().zip(digest).for_each(|(own, byte)| *own = byte);
        Self(code)
    }

    /// Whether this is what somebody typed, in whatever groups and case.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        let bare = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
        };
        bare(&self.to_string()) == bare(typed)
    }
}

impl fmt::Display for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let gap = if place > 0 && place.is_multiple_of(2) { " " } else { "" };
            write!(f, "{gap}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_code_is_read_in_any_groups() {
        let code = DeviceCode([0x7b, 0x3f, 0x91, 0xaa, 2, 0xcd, 0x11, 0xe4, 0, 0, 0, 9]);
        assert_eq!(code.to_string(), "7b3f 91aa 02cd 11e4 0000 0009");
        assert!(code.is("7B3F91AA 02cd11e400000009"));
        assert!(!code.is("7b3f 91aa 02cd 11e4 0000 0008"));
    }
}
