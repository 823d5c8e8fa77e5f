//! What went wrong, in sentences: what happened, and what to do. Nothing has changed when one of
//! these is shown.

use std::path::PathBuf;

use thiserror::Error;

/// Every way a command can end without having done what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Something of this machine failed.
    #[error("{what}. Nothing was changed")]
    Local {
        /// What failed, as the system says it.
        what: String,
    },
    /// The command line makes no sense.
    #[error("{why}")]
    Usage {
        /// Why, and what to do.
        why: String,
    },
    /// The person did not type what was asked for.
    #[error("Not confirmed. Nothing was done")]
    NotConfirmed,
    /// A command needs an answer and nobody is there to give it.
    #[error(
        "This asks for a confirmation, and there is nobody to ask. Run it in a terminal, or give {flag} to answer beforehand"
    )]
    NobodyToAsk {
        /// The flag that answers.
        flag: &'static str,
    },
    /// A passphrase is needed, and nobody is there to type it.
    #[error(
        "A passphrase is needed, and there is no terminal to ask for it. Run this in a terminal, or give --passphrase-file or --passphrase-fd"
    )]
    NoPassphrase,
    /// The passphrase does not open the store.
    #[error("The passphrase does not open {}. Check capital letters and the keyboard's language, and try again", store.display())]
    WrongPassphrase {
        /// Its folder.
        store: PathBuf,
    },
    /// A new store's passphrase that is guessed too soon.
    #[error("The passphrase is shorter than 8 characters. Nothing was made; take four words or more")]
    ShortPassphrase,
    /// A new passphrase was typed in two ways.
    #[error("The two passphrases differ. Nothing was made; try again")]
    PassphrasesDiffer,
    /// Another process holds the store.
    #[error("Another Entente process is using {}. Close it, or wait until it is done, and try again", store.display())]
    StoreInUse {
        /// Its folder.
        store: PathBuf,
    },
    /// No store in the folder.
    #[error("There is no store in {}. Make one with `entente init`, or say where it is with --home", store.display())]
    NoStore {
        /// Its folder.
        store: PathBuf,
    },
    /// A store stands in the folder already.
    #[error("There is a store in {} already. Use it, or choose another folder with --home", store.display())]
    StoreExists {
        /// Its folder.
        store: PathBuf,
    },
    /// The store is not what this program can read.
    #[error("The store in {} cannot be used: {reason}", store.display())]
    StoreUnusable {
        /// Its folder.
        store: PathBuf,
        /// Why, and what to do.
        reason: String,
    },
    /// No answer from a relay.
    #[error(
        "The relay {relay} does not answer. What you wrote is kept and goes out with the next `entente sync`. Check the connection, or ask the relay's operator"
    )]
    RelayUnreachable {
        /// Host and port.
        relay: String,
    },
    /// A relay is there and does not do what it was asked.
    #[error(
        "The relay {relay} {why}. What you wrote is kept; `entente sync` tries again. Ask the relay's operator"
    )]
    RelayRefuses {
        /// Host and port.
        relay: String,
        /// Why, to be read after the relay's name.
        why: &'static str,
    },
    /// A relay showed another key than its address names.
    #[error(
        "What answers at {relay} is not the relay you named: its key differs. Do not go on; ask for the relay's address again by another path"
    )]
    WrongRelay {
        /// Host and port.
        relay: String,
    },
    /// A mailbox is full.
    #[error(
        "A mailbox you write to is full. {waiting} here and will go out once its reader has fetched. Ask the reader by another path to run `entente sync`"
    )]
    MailboxFull {
        /// `3 parcels wait`.
        waiting: String,
    },
    /// An invite somebody has answered before.
    #[error(
        "This invite has been used. An invite admits one person once. Ask {from} for a new one; if you did not use it, tell {from} by another path"
    )]
    InviteUsed {
        /// Who made it.
        from: String,
    },
    /// A copy of the invite was answered by somebody else, before this one.
    #[error(
        "Somebody else had answered this invite before you. You are not admitted, and you have told them nothing but your answer. Tell whoever invited you by telephone that the first answer was not yours, and ask for a new invite by a path you trust more"
    )]
    InviteLost,
    /// An invite past its end.
    #[error("This invite has expired. Ask {from} for a new one")]
    InviteExpired {
        /// Who made it.
        from: String,
    },
    /// Not an invite.
    #[error("{} is not an invite, or it was damaged on the way. Ask for it again", file.display())]
    InviteUnreadable {
        /// The file.
        file: PathBuf,
    },
    /// An error in an understanding file, with line and column.
    #[error("{}, {error}", file.display())]
    Draft {
        /// The file.
        file: PathBuf,
        /// Line, column, fault and remedy.
        error: crate::drafting::DraftError,
    },
    /// The words differ.
    #[error("{sentence}")]
    WordsDiffer {
        /// [`super::words_differ`].
        sentence: String,
    },
    /// Something named on the command line is not there.
    #[error("There is no {what} `{named}`. {remedy}")]
    NotFound {
        /// `person`, `talks`, `text`.
        what: &'static str,
        /// As typed, made safe.
        named: String,
        /// Where to look.
        remedy: &'static str,
    },
    /// Not now, or not for this person.
    #[error("{why}")]
    NotNow {
        /// Why, and what to do.
        why: String,
    },
    /// Somebody sent what must not be.
    #[error("{what}")]
    Misbehaviour {
        /// What, by whom, and what to do.
        what: String,
    },
    /// A trust file with an error.
    #[error("The trust file {} cannot be used: {reason}. Without a trust file the verdict would be: cannot tell", file.display())]
    TrustFile {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be {verb}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// As the system says it.
        reason: String,
    },
}
