//! docs/channel.md.

use entente_channel::channel::Channel;
use entente_channel::forms;
use entente_channel::joining::Joining;
use entente_channel::joining::invite::Invite;
use entente_channel::text::leaf_item::LeafItem;
use entente_channel::text::message::Message;

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[
    ("message", message),
    ("leaf-item", leaf_item),
    ("invite", invite),
    ("invite-text", invite_text),
    ("frame", forms::frame),
    ("frame-body", forms::body),
    ("joining-message", forms::joining_message),
    ("joining-answer", forms::answer),
    ("joining-reveal", forms::reveal),
    ("mls-message", forms::mls_message),
    ("stored-channel", stored_channel),
    ("stored-joining", stored_joining),
];

fn message(bytes: &[u8]) -> bool {
    match Message::decode(bytes) {
        // What is unknown is answered, never sent on.
        Ok(Message::Unknown(_)) | Err(_) => false,
        Ok(message) => {
            assert_eq!(message.encode().expect("what was read can be written"), bytes);
            true
        }
    }
}

fn leaf_item(bytes: &[u8]) -> bool {
    LeafItem::decode(bytes).is_ok()
}

fn invite(bytes: &[u8]) -> bool {
    let Ok(invite) = Invite::from_bytes(bytes) else { return false };
    assert_eq!(invite.as_bytes(), bytes);
    true
}

fn invite_text(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    Invite::from_text(text).is_ok()
}

fn stored_channel(bytes: &[u8]) -> bool {
    let Ok(channel) = Channel::from_bytes(bytes) else { return false };
    assert!(channel.to_bytes().is_ok());
    true
}

fn stored_joining(bytes: &[u8]) -> bool {
    let Ok(joining) = Joining::from_bytes(bytes) else { return false };
    assert!(joining.to_bytes().is_ok());
    true
}
