//! Exit codes: one for each thing a script must tell apart. `arguments::EXIT_CODES` and the guide
//! hold the same table; a test compares them.

use crate::words::fault::Fault;

/// Done; for `check`: authentic.
pub const DONE: u8 = 0;
/// `check`: not authentic.
pub const NOT_AUTHENTIC: u8 = 3;
/// `check`: cannot tell.
pub const CANNOT_TELL: u8 = 4;

/// The code of a fault, and its name in `--json`.
#[must_use]
pub fn of(fault: &Fault) -> (u8, &'static str) {
    match fault {
        Fault::Local { .. } => (1, "local"),
        Fault::File { .. } => (1, "file"),
        Fault::Usage { .. } => (2, "usage"),
        Fault::NotConfirmed => (5, "not-confirmed"),
        Fault::NobodyToAsk { .. } => (5, "nobody-to-ask"),
        Fault::NoPassphrase => (5, "no-passphrase"),
        Fault::WrongPassphrase { .. } => (10, "wrong-passphrase"),
        Fault::ShortPassphrase => (10, "short-passphrase"),
        Fault::PassphrasesDiffer => (5, "passphrases-differ"),
        Fault::StoreInUse { .. } => (11, "store-in-use"),
        Fault::NoStore { .. } => (12, "no-store"),
        Fault::StoreExists { .. } => (12, "store-exists"),
        Fault::StoreUnusable { .. } => (12, "store-unusable"),
        Fault::RelayUnreachable { .. } => (13, "relay-unreachable"),
        Fault::RelayRefuses { .. } => (13, "relay-refuses"),
        Fault::WrongRelay { .. } => (13, "wrong-relay"),
        Fault::MailboxFull { .. } => (14, "mailbox-full"),
        Fault::TrustFile { .. } => (15, "trust-file"),
        Fault::InviteUsed { .. } => (16, "invite-used"),
        Fault::InviteLost => (24, "invite-used-by-another"),
        Fault::InviteExpired { .. } => (17, "invite-expired"),
        Fault::InviteUnreadable { .. } => (23, "invite-unreadable"),
        Fault::Draft { .. } => (18, "understanding-file"),
        Fault::WordsDiffer { .. } => (19, "words-differ"),
        Fault::NotFound { .. } => (20, "not-found"),
        Fault::NotNow { .. } => (21, "not-now"),
        Fault::Misbehaviour { .. } => (22, "misbehaviour"),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::arguments::EXIT_CODES;

    /// `--help` writes `  13  the relay ...`, the guide `| 13 | the relay ... |`.
    #[test]
    fn the_help_and_the_guide_hold_the_same_exit_codes() {
        let help: Vec<(String, String)> = EXIT_CODES
            .lines()
            .filter_map(|line| line.trim().split_once("  "))
            .map(|(code, meaning)| (code.to_owned(), meaning.to_owned()))
            .collect();
        let guide: Vec<(String, String)> = include_str!("../../../docs/guide.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
            .filter(|(code, _)| code.bytes().all(|byte| byte.is_ascii_digit()))
            .map(|(code, meaning)| (code.to_owned(), meaning.replace('`', "")))
            .collect();
        assert_eq!(help, guide);
        assert_eq!(help.len(), 21);
    }
}
