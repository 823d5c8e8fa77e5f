//! Every reader of bytes from outside answers, whatever the bytes.

use proptest::prelude::*;

use super::invite::Invite;
use super::joiner::Joining;
use super::notice::JoiningMessage;
use crate::channel::Channel;
use crate::frame::{Body, Frame};
use crate::text::codec;

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Invite::from_text(&String::from_utf8_lossy(&bytes));
        let _ = codec::decode::<Body>(&bytes);
        let _ = Channel::from_bytes(&bytes);
        let _ = Joining::from_bytes(&bytes);
        if let Some(version) = bytes.first_mut() {
            *version = 1;
        }
        let _ = Invite::from_bytes(&bytes);
        let _ = Frame::parse(&bytes);
        let _ = JoiningMessage::parse(&bytes);
    }

    #[test]
    fn what_a_reader_takes_has_one_form(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(message) = JoiningMessage::parse(&bytes) {
            prop_assert_eq!(message.write().unwrap(), bytes);
        }
    }
}
