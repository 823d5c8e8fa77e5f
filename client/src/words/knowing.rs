//! Moments 6 and 11: how old what is shown is, and where what was written is.

use super::moment;

/// As of when something is known on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Everything that was there was fetched just now.
    Now,
    /// It was fetched then, Unix seconds, if ever.
    AsOf(Option<u64>),
}

impl Known {
    /// A sentence about where things stand, which says as of when if that is not now.
    #[must_use]
    pub fn before(&self, sentence: &str) -> String {
        match self {
            Self::Now => sentence.to_owned(),
            Self::AsOf(at) => format!("{}: {sentence}", as_known(*at)),
        }
    }

    /// A line of its own below what is shown; nothing if it is known as of now.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Now => None,
            Self::AsOf(at) => Some(format!(
                "{}. The relay was not reached now; `entente sync` tries for longer.",
                as_known(*at)
            )),
        }
    }
}

fn as_known(at: Option<u64>) -> String {
    match at {
        Some(at) => format!("As known here at {}", moment(at)),
        None => "As known here, where nothing was ever fetched".to_owned(),
    }
}

/// What was written and has not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent {
    /// How many parcels.
    pub parcels: u64,
    /// What keeps them.
    pub why: Kept,
}

/// Why something has not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The relay was not reached.
    NoRelay,
    /// Nobody tried: this command was not to use the network.
    Offline,
    /// The relay is there, and a reader's mailbox does not take it yet.
    NotTaken,
}

/// Where what was written is, if it is still here.
#[must_use]
pub fn unsent(unsent: &Unsent) -> String {
    let parcels =
        if unsent.parcels == 1 { "1 parcel".to_owned() } else { format!("{} parcels", unsent.parcels) };
    match unsent.why {
        Kept::NoRelay => format!(
            "Waiting here: the relay cannot be reached. Nobody has this yet ({parcels}); `entente sync` sends it later."
        ),
        Kept::Offline => {
            format!(
                "Waiting here: the network was not used. Nobody has this yet ({parcels}); `entente sync` sends it."
            )
        }
        Kept::NotTaken => format!(
            "Not all of it has left: a reader's mailbox does not take it yet ({parcels} waiting here). `entente sync` tries again."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_as_of_now_says_so_first() {
        let standing = "South signed, North has not. Nobody is bound.";
        assert_eq!(Known::Now.before(standing), standing);
        assert_eq!(
            Known::AsOf(Some(1_804_140_600)).before(standing),
            "As known here at 4 March 2027 06:10 UTC: South signed, North has not. Nobody is bound."
        );
        assert_eq!(Known::Now.line(), None);
    }

    #[test]
    fn what_has_not_left_is_not_said_to_be_sent() {
        assert_eq!(
            unsent(&Unsent { parcels: 1, why: Kept::NoRelay }),
            "Waiting here: the relay cannot be reached. Nobody has this yet (1 parcel); `entente sync` sends it later."
        );
    }
}
