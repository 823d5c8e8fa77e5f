//! From the engine's errors to sentences: what happened, and what to do.

use std::path::Path;

use entente_wire::address::RelayAddress;

use crate::engine::{EngineError, OpenError, SyncReport};
use crate::network::RequestError;
use crate::words::fault::Fault;
use crate::words::{capital, moment, safe_line};

/// Why a store does not open.
pub(super) fn opening(home: &Path, error: OpenError) -> Fault {
    let store = home.to_owned();
    let unusable = |reason: String| Fault::StoreUnusable { store: home.to_owned(), reason };
    match error {
        OpenError::NoStore => Fault::NoStore { store },
        OpenError::AlreadyExists => Fault::StoreExists { store },
        OpenError::Locked => Fault::StoreInUse { store },
        OpenError::WrongPassphrase => Fault::WrongPassphrase { store },
        OpenError::Newer { .. } => {
            unusable("a newer version of Entente wrote it. Install that version or a later one".to_owned())
        }
        OpenError::Permissions => unusable(
            "others can read its files. Take their rights away with `chmod -R go=`, and ask who has read it"
                .to_owned(),
        ),
        other => {
            unusable(format!("{other}. Keep the folder as it is, and ask for help before you make another"))
        }
    }
}

/// Why an invite was not answered.
pub(super) fn joining(home: &Path, invite: &Path, error: EngineError) -> Fault {
    let from = || "whoever invited you".to_owned();
    match error {
        EngineError::InviteUsed => Fault::InviteUsed { from: from() },
        EngineError::InviteExpired => Fault::InviteExpired { from: from() },
        EngineError::InviteMalformed => Fault::InviteUnreadable { file: invite.to_owned() },
        other => engine(home, other),
    }
}

/// Every other step that was not taken.
pub(super) fn engine(home: &Path, error: EngineError) -> Fault {
    let not_found = |what, named: &str, remedy| Fault::NotFound { what, named: safe_line(named), remedy };
    match error {
        EngineError::NoSuchTalks(name) => not_found("talks named", &name, "`entente talks` lists yours"),
        EngineError::NoSuchSide(name) => not_found("side", &name, "`entente people` lists the sides"),
        EngineError::NoSuchPerson(name) => {
            not_found("person", &name, "`entente people` lists everybody you can reach")
        }
        EngineError::Several { whom, people } => Fault::Usage {
            why: format!(
                "There are several people of {}. Say which: {}",
                safe_line(&whom),
                safe_line(&people)
            ),
        },
        EngineError::NoSuchChange(change) => {
            not_found("admission or removal", &change, "`entente people` lists them")
        }
        EngineError::NoSuchText(text) => not_found("text", &text, "`entente text` lists them"),
        EngineError::NoSuchItem(item) => {
            not_found("item", &item.to_string(), "`entente today --all` lists them")
        }
        EngineError::NoSuchEntry(item) => {
            not_found("record item", &item.to_string(), "`entente log` lists them")
        }
        EngineError::NoSuchJoining(_) => {
            Fault::NotNow { why: "Nobody waits for this. `entente people` shows who is joining".to_owned() }
        }
        EngineError::NoRelay => Fault::NotNow {
            why: "You have named no relay yet. Ask an operator for an address, then `entente relay ADDRESS`"
                .to_owned(),
        },
        EngineError::TalksExist(name) => Fault::NotNow {
            why: format!("There are talks called {} here already. Give these another name", safe_line(&name)),
        },
        EngineError::HeldUntil(until) => Fault::NotNow {
            why: format!(
                "You hold this until {}. To hand it over sooner, hold it anew without `--until`",
                moment(until)
            ),
        },
        EngineError::CodeMalformed => Fault::NotNow {
            why: "This is not a check code. It has 16 groups of 4 characters; ask for it again".to_owned(),
        },
        EngineError::Unagreed => Fault::NotNow { why: crate::words::not_agreed().to_owned() },
        EngineError::Store(error) => {
            Fault::Local { what: format!("The store in {} failed: {error}", home.display()) }
        }
        EngineError::Local(what) => Fault::Local { what: format!("This machine failed: {what}") },
        EngineError::Refused(what) => Fault::Misbehaviour {
            what: format!("Refused: {}. Ask its sender by another path", safe_line(&what)),
        },
        other => Fault::NotNow { why: capital(&safe_line(&other.to_string())) },
    }
}

/// Every relay that could not be reached and every mailbox that is full.
pub(super) fn of_sync(report: &SyncReport) -> Vec<Fault> {
    let full = (report.full > 0).then(|| Fault::MailboxFull {
        waiting: if report.full == 1 {
            "1 parcel waits".to_owned()
        } else {
            format!("{} parcels wait", report.full)
        },
    });
    report.offline.iter().map(|(relay, error)| self::relay(relay, error)).chain(full).collect()
}

/// Why a relay did not do what it was asked.
pub(super) fn relay(address: &RelayAddress, error: &RequestError) -> Fault {
    let relay = host(address);
    match error {
        RequestError::WrongRelayKey => Fault::WrongRelay { relay },
        RequestError::Quota => Fault::MailboxFull { waiting: "What you wrote waits".to_owned() },
        RequestError::Admission { shown } => Fault::NotNow { why: no_admission(&relay, *shown) },
        RequestError::Incompatible { .. } => Fault::NotNow {
            why: format!(
                "The relay {relay} speaks another version. Update Entente, or ask its operator to update the relay"
            ),
        },
        RequestError::Unavailable => {
            let why = "accepts nothing at present: it is stopping, or its disk or its clock failed";
            Fault::RelayRefuses { relay, why }
        }
        RequestError::Refused => {
            let why = "refuses: it has no such mailbox any more, or never had, or this device no right to it";
            Fault::RelayRefuses { relay, why }
        }
        RequestError::Misbehaved(_) => {
            let why = "does not keep to the protocol: it is damaged, or somebody stands in for it";
            Fault::RelayRefuses { relay, why }
        }
        RequestError::Unreachable | RequestError::Deadline | RequestError::Stopped => {
            Fault::RelayUnreachable { relay }
        }
    }
}

fn no_admission(relay: &str, shown: bool) -> String {
    let why = if shown {
        "and the one you gave is not among them, or not any more"
    } else {
        "and you have given none"
    };
    format!(
        "The relay {relay} keeps mailboxes only for those who have a token of its operator, {why}. Ask the operator \
         for a file with a token, then `entente relay ADDRESS --token FILE`"
    )
}

/// `host:port`, without the key.
pub(super) fn host(address: &RelayAddress) -> String {
    safe_line(&format!("{}:{}", address.host(), address.port()))
}
