//! What can be typed. The ten everyday commands first, set-up and advanced ones below.

mod advanced;
mod carry;
mod disclosing;
mod people;
mod talks;
mod texts;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use advanced::{Demo, Log, Principal, PrincipalAct, Sync, Witness, WitnessAct};
pub use carry::{Carry, CarryAct};
pub use disclosing::{Check, Disclose};
pub use people::{MayWord, People, PeopleAct};
pub use talks::{OnOff, Relay, Talks, TalksAct};
pub use texts::{Sign, StanceWord, Text, TextAct};

/// A closed channel to talk in, and a record of what was agreed.
#[derive(Debug, Parser)]
#[command(name = "entente", version, max_term_width = 100, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub general: General,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct General {
    /// Folder of your store [default: ENTENTE_HOME, else the XDG data folder]
    #[arg(
        long,
        global = true,
        env = "ENTENTE_HOME",
        hide_env_values = true,
        value_name = "DIR",
        hide_env = true
    )]
    pub home: Option<PathBuf>,
    /// Which talks, if you take part in several
    #[arg(long, global = true, value_name = "NAME")]
    pub talks: Option<String>,
    /// Read the passphrase from this file (its first line)
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "passphrase_fd")]
    pub passphrase_file: Option<PathBuf>,
    /// Read the passphrase from this open file descriptor
    #[arg(long, global = true, value_name = "N")]
    pub passphrase_fd: Option<u32>,
    /// Answer with one JSON value, for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// Do not use the network now; what is written waits for `sync`
    #[arg(long, global = true)]
    pub offline: bool,
}

/// Everything `entente` does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What awaits you: to read, to answer, to sign
    Today(Today),
    /// Answer an invite
    Join(Join),
    /// Who is here; invite, compare words, compare the record's check code
    People(People),
    /// Say something off the record
    Say(Say),
    /// State something on the record
    State(State),
    /// The intermediary's work: take, hold, hand over, read back
    Carry(Carry),
    /// Draft, propose, compare and answer texts
    Text(Text),
    /// Read back what a signature does, then sign or decline
    Sign(Sign),
    /// Choose clauses, see what the reader will see, make the file
    Disclose(Disclose),
    /// Check a disclosure; needs no store
    Check(Check),
    /// Set-up: make a store for yourself
    Init,
    /// Set-up: the relay your mailboxes are at
    Relay(Relay),
    /// Set-up: begin talks, or list them
    Talks(Talks),
    /// For a side's principal, away from any network: make its key, sign for a new device
    Principal(Principal),
    /// Advanced: send what waits and fetch what came
    Sync(Sync),
    /// Advanced: the record, item by item
    Log(Log),
    /// Advanced: ask outsiders to stamp the record, or be a witness of other people's
    Witness(Witness),
    /// See a whole negotiation played by three people on this machine
    Demo(Demo),
}

/// `entente today`
#[derive(Debug, Args)]
pub struct Today {
    /// Read this item
    pub item: Option<String>,
    /// List every item, read or not
    #[arg(long, conflicts_with = "item")]
    pub all: bool,
    /// Tell its sender at once that you opened it
    #[arg(long, requires = "item")]
    pub receipt: bool,
}

/// `entente join`
#[derive(Debug, Args)]
pub struct Join {
    /// The invite you were given
    pub invite: PathBuf,
    /// What to call these talks here
    #[arg(long = "as", value_name = "NAME", default_value = "talks")]
    pub name: String,
}

/// `entente say`
#[derive(Debug, Args)]
pub struct Say {
    /// To whom, as `people` lists them
    #[arg(long)]
    pub to: String,
    /// Days until it is removed from both stores
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=365))]
    pub days: u64,
    /// The words
    pub words: String,
}

/// `entente state`
#[derive(Debug, Args)]
pub struct State {
    /// To which side, or `talks` for all
    #[arg(long)]
    pub to: String,
    /// The words
    pub words: String,
    /// Language of the words, such as en, ar, fr
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub language: String,
    /// The reader's name, instead of typing it when asked
    #[arg(long, value_name = "TO")]
    pub confirm: Option<String>,
}

/// Shown under `entente --help`; the same table stands in docs/guide.md.
pub const EXIT_CODES: &str = "\
Exit codes:
   0  done; for check: authentic
   1  a fault of this machine
   2  the command line is wrong
   3  check: not authentic
   4  check: cannot tell
   5  not confirmed
  10  wrong passphrase, or a new one that is too short
  11  another process uses the store
  12  no store, or one that cannot be used
  13  the relay does not answer, or is another
  14  a mailbox is full
  15  the trust file has an error
  16  the invite has been used
  17  the invite has expired
  18  an error in an understanding file
  19  check words or check code differ
  20  no such person, text, item or talks
  21  not now, or not yours to do
  22  somebody sent what must not be
  23  the file is no invite
  24  somebody else answered the invite first";
