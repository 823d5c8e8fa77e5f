//! What may be wrong with the way to a person: messages that did not come, a channel or a record that
//! was split.

use super::{Name, moment};

/// Later messages of a person are here, these are not.
#[must_use]
pub fn messages_missing(from: &Name, count: u64) -> String {
    let what = if count == 1 { "One message".to_owned() } else { format!("{count} messages") };
    format!(
        "{what} of {from} did not come, though later ones did. Sync; if they stay away, ask {from} by another path."
    )
}

/// A member is in another group under the same name.
#[must_use]
pub fn channel_split(with: &Name) -> String {
    format!(
        "{with} is in another group than you: this channel has been split. Ask {with} by another path before you go on."
    )
}

/// A member has verified another record.
#[must_use]
pub fn two_records(with: &Name) -> String {
    format!(
        "{with} has verified another record than yours: two are being shown. Sign nothing, and compare the check code with {with} by another path."
    )
}

/// Our own renewal of keys is not taken up yet.
#[must_use]
pub fn renewal_waits(since: u64) -> String {
    format!(
        "Your keys are being renewed since {}; it is done when whoever convenes the channel syncs.",
        moment(since)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_record_tells_to_sign_nothing() {
        assert!(two_records(&"South".into()).contains("Sign nothing"));
        assert!(channel_split(&"South".into()).contains("another path"));
    }

    #[test]
    fn missing_messages_are_counted() {
        assert_eq!(
            messages_missing(&"South".into(), 2),
            "2 messages of South did not come, though later ones did. Sync; if they stay away, ask South by another path."
        );
    }
}
