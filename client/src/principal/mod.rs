//! What a side's principal needs, away from any network and any store: a key in a file, and requests
//! to sign with it.

mod device_code;
mod key_file;
mod request;

pub use device_code::DeviceCode;
pub use key_file::{KEY_LIMIT, make_key, open_secret, public_key};
pub use request::{Acting, LetterRequest, Request, Succession, succession_request};
