//! What can be typed. The ten everyday commands first, set-up and advanced ones below.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::engine::ItemShowing;

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

/// `entente people`
#[derive(Debug, Args)]
pub struct People {
    /// Without one: list everybody
    #[command(subcommand)]
    pub act: Option<PeopleAct>,
}

/// What to do about people.
#[derive(Debug, Subcommand)]
pub enum PeopleAct {
    /// Make an invite for one person
    Invite {
        /// The side this person acts for
        #[arg(long)]
        side: String,
        /// Head, note taker, monitor
        #[arg(long, default_value = "head")]
        role: String,
        /// How far this person may go for the side, if the charter is recorded already
        #[arg(long, value_enum, default_value = "negotiate")]
        may: MayWord,
        /// Days until it expires
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=84))]
        days: u64,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Compare check words with somebody who is joining
    Compare {
        /// With which side, if several are joining
        person: Option<String>,
        /// The words the other person read to you, instead of typing them when asked
        #[arg(long, value_name = "WORDS")]
        words: Option<String>,
        /// They differ, listened to twice: nobody is admitted, and both are told
        #[arg(long, conflicts_with = "words")]
        differ: bool,
    },
    /// Compare the record's check code with somebody, by another path
    Code {
        /// With whom, a side or SIDE/ROLE; without one, show the code
        person: Option<String>,
        /// The code the other person read to you
        #[arg(long, requires = "person")]
        code: Option<String>,
    },
    /// Approve that somebody is admitted or removed, or decline it
    Approve {
        /// Number of the admission or removal, if several wait
        change: Option<String>,
        /// The person's role, instead of typing it when asked
        #[arg(long, value_name = "ROLE")]
        confirm: Option<String>,
        /// Decline instead, with this reason
        #[arg(long, value_name = "REASON", conflicts_with = "confirm")]
        decline: Option<String>,
    },
    /// Renew this device's keys, as after a search or a repair
    Refresh,
    /// The keeper of the record: put another device in the place of a lost one
    Lost {
        /// Whose device, a side or SIDE/ROLE
        person: String,
        /// First: write an invite for the device that takes its place
        #[arg(long, value_name = "FILE", conflicts_with_all = ["request", "signed"])]
        out: Option<PathBuf>,
        /// Then, once the words match: write what the side's principal is to sign
        #[arg(long, value_name = "FILE", conflicts_with = "signed")]
        request: Option<PathBuf>,
        /// At last: record what the principal has signed
        #[arg(long, value_name = "FILE")]
        signed: Option<PathBuf>,
        /// Days until the invite expires
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=84))]
        days: u64,
    },
    /// The keeper of the record: ask every side to remove somebody
    Remove {
        /// Whom, a side or SIDE/ROLE
        person: String,
        /// The person's role, instead of typing it when asked
        #[arg(long, value_name = "ROLE")]
        confirm: Option<String>,
    },
}

/// How far somebody may go for a side.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MayWord {
    /// Talk
    Explore,
    /// Talk and propose
    Negotiate,
    /// Bind the side by a signature
    Commit,
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

/// `entente carry`
#[derive(Debug, Args)]
pub struct Carry {
    /// Without one: list what is in your hands
    #[command(subcommand)]
    pub act: Option<CarryAct>,
}

/// What to do with a text in one's hands. `latest` means the one thing in them, if it is one.
#[derive(Debug, Subcommand)]
pub enum CarryAct {
    /// Take it, with a signed custody line
    Take {
        /// Item number
        item: String,
    },
    /// Keep it back, with a custody line: until an instant, or until you hand it over
    Hold {
        /// Item number
        item: String,
        /// Not to be handed over before, such as 2027-03-05T05:00:00Z
        #[arg(long, value_name = "INSTANT")]
        until: Option<String>,
    },
    /// Hand it over unchanged
    HandOver {
        /// Item number
        item: String,
        /// To whom
        #[arg(long)]
        to: String,
        /// The reader's name, instead of typing it when `latest` is asked about
        #[arg(long, value_name = "TO")]
        confirm: Option<String>,
    },
    /// Give it back to whoever gave it to you
    Return {
        /// Item number
        item: String,
    },
    /// Do not carry it; whoever gave it to you is told
    Decline {
        /// Item number
        item: String,
    },
    /// Write down what a side told you; it is asked to confirm, and you hand it over
    Record {
        /// The side that said it
        #[arg(long)]
        of: String,
        /// The side it is for
        #[arg(long)]
        to: String,
        /// These are your words for it, not those you heard
        #[arg(long)]
        paraphrase: bool,
        /// Language of the words, such as en, ar, fr
        #[arg(long, value_name = "TAG", default_value = "en")]
        language: String,
        /// The words
        words: String,
    },
    /// Send a suggestion of your own, under your own signature
    Suggest {
        /// To which side
        #[arg(long)]
        to: String,
        /// Language of the words, such as en, ar, fr
        #[arg(long, value_name = "TAG", default_value = "en")]
        language: String,
        /// The words
        words: String,
        /// The reader's name, instead of typing it when asked
        #[arg(long, value_name = "TO")]
        confirm: Option<String>,
    },
    /// Send a note on a text you carry, apart from it, under your own signature
    Note {
        /// Item number of the text
        item: String,
        /// To which side
        #[arg(long)]
        to: String,
        /// Language of the words, such as en, ar, fr
        #[arg(long, value_name = "TAG", default_value = "en")]
        language: String,
        /// The words
        words: String,
        /// The reader's name, instead of typing it when asked
        #[arg(long, value_name = "TO")]
        confirm: Option<String>,
    },
    /// Read-back: what was written down are your side's words
    Confirm {
        /// Item number of the report
        item: String,
        /// Your side, instead of typing it when asked
        #[arg(long, value_name = "SIDE")]
        confirm: Option<String>,
    },
    /// Read-back: your side's words are others
    Correct {
        /// Item number of the report
        item: String,
        /// What your side says
        words: String,
        /// Language of the words, such as en, ar, fr
        #[arg(long, value_name = "TAG", default_value = "en")]
        language: String,
        /// Your side, instead of typing it when asked
        #[arg(long, value_name = "SIDE")]
        confirm: Option<String>,
    },
}

/// `entente text`
#[derive(Debug, Args)]
pub struct Text {
    /// Without one: list all texts
    #[command(subcommand)]
    pub act: Option<TextAct>,
}

/// What to do with a text.
#[derive(Debug, Subcommand)]
pub enum TextAct {
    /// Read an understanding file and show how it is understood; sends nothing
    Draft {
        /// The file
        file: PathBuf,
    },
    /// Send an understanding file as a proposal; binds nobody
    Propose {
        /// The file
        file: PathBuf,
        /// The text it takes the place of
        #[arg(long, value_name = "TEXT")]
        replaces: Option<String>,
        /// A word to go with it
        #[arg(long, value_name = "WORDS", default_value = "")]
        note: String,
    },
    /// Read a text
    Show {
        /// Its number
        text: String,
        /// As an understanding file, to edit and send back
        #[arg(long)]
        source: bool,
    },
    /// What changed since the text it replaces
    Compare {
        /// Its number
        text: String,
    },
    /// Say where you stand; never binds
    Answer {
        /// Its number
        text: String,
        /// Where you stand
        stance: StanceWord,
    },
}

/// Answers that bind nobody.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StanceWord {
    /// I understand it; that is not agreeing
    Clear,
    /// My side is considering it
    Considering,
    /// My side is ready to sign; this is not a signature
    Ready,
}

/// `entente sign`
#[derive(Debug, Args)]
pub struct Sign {
    /// Number of the text, or `charter`
    pub text: String,
    /// Decline instead, with this reason
    #[arg(long, value_name = "REASON")]
    pub decline: Option<String>,
    /// Your side (or `witness`), instead of typing it when asked
    #[arg(long, value_name = "SIDE", conflicts_with = "decline")]
    pub confirm: Option<String>,
}

/// `entente disclose`
#[derive(Debug, Args)]
pub struct Disclose {
    /// Number of the record's item
    pub item: u64,
    /// Which clauses, such as 2,5
    #[arg(long, value_delimiter = ',', required_unless_present = "all", value_name = "NUMBERS")]
    pub clauses: Vec<String>,
    /// Every clause that may be shown
    #[arg(long, conflicts_with = "clauses")]
    pub all: bool,
    /// Another item in the same file, such as 7:1,3 or 7:all; may be given several times
    #[arg(long, value_name = "ITEM:NUMBERS", value_parser = also)]
    pub also: Vec<ItemShowing>,
    /// Show the names of the sides as well, and of delegates in their letters
    #[arg(long)]
    pub names: bool,
    /// Show titles as well
    #[arg(long)]
    pub title: bool,
    /// Show how many clauses there are
    #[arg(long)]
    pub count: bool,
    /// A letter of full powers to go with it; may be given several times
    #[arg(long, value_name = "FILE")]
    pub letter: Vec<PathBuf>,
    /// Ask every side to agree that exactly this is shown; makes no file yet
    #[arg(long, conflicts_with_all = ["without_agreement", "html", "parts", "trust"])]
    pub ask: bool,
    /// Days for which the agreement that is asked for holds
    #[arg(long, default_value_t = 30, requires = "ask", value_parser = clap::value_parser!(u64).range(1..=3650))]
    pub days: u64,
    /// Show it though no agreement of the sides to this is recorded
    #[arg(long)]
    pub without_agreement: bool,
    /// Who receives it (in the question and, with --ask, in the agreement; not in the file otherwise)
    #[arg(long, value_name = "READER")]
    pub to: String,
    /// Where to write the disclosure
    #[arg(long, value_name = "FILE", default_value = "disclosure.json")]
    pub out: PathBuf,
    /// Also write a page to read and print; it cannot vouch for itself
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Also write what other people's tools can read of the first item into this folder
    #[arg(long, value_name = "DIR")]
    pub parts: Option<PathBuf>,
    /// Also write the trust file, to give to the reader by another path
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// The reader's name, instead of typing it when asked
    #[arg(long, value_name = "READER")]
    pub confirm: Option<String>,
}

/// Reads `7:1,3` or `7:all`.
fn also(text: &str) -> Result<ItemShowing, String> {
    let wanted = || "an item and its clauses are written 7:1,3 or 7:all".to_owned();
    let (item, clauses) = text.split_once(':').ok_or_else(wanted)?;
    let index = item.parse().map_err(|_| wanted())?;
    let clauses: Vec<String> = match clauses {
        "all" => Vec::new(),
        numbers => numbers.split(',').map(str::to_owned).collect(),
    };
    if clauses.iter().any(String::is_empty) { Err(wanted()) } else { Ok(ItemShowing { index, clauses }) }
}

/// `entente check`
#[derive(Debug, Args)]
pub struct Check {
    /// The disclosure, or the proof of two histories
    pub file: PathBuf,
    /// Trust file from a source you trust, never from whoever gave you the disclosure
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// The record's check code, from a source you trust
    #[arg(long, value_name = "CODE", conflicts_with = "trust")]
    pub code: Option<String>,
}

/// `entente relay`
#[derive(Debug, Args)]
pub struct Relay {
    /// Its address, `entente-relay:KEY@HOST:PORT`; without one, show it and try it
    pub address: Option<String>,
    /// A file with the token that its operator gave you, if the relay asks for one
    #[arg(long, value_name = "FILE", requires = "address")]
    pub token: Option<PathBuf>,
}

/// `entente talks`
#[derive(Debug, Args)]
pub struct Talks {
    /// Without one: list all talks
    #[command(subcommand)]
    pub act: Option<TalksAct>,
}

/// What to do about talks.
#[derive(Debug, Subcommand)]
pub enum TalksAct {
    /// Begin talks between sides, with yourself as the intermediary
    Begin {
        /// What to call them here
        name: String,
        /// Their title in the charter
        #[arg(long)]
        title: String,
        /// Your own name in them
        #[arg(long = "me", value_name = "NAME")]
        me: String,
        /// The sides, such as North,South
        #[arg(long, value_delimiter = ',', required = true)]
        sides: Vec<String>,
        /// A rule of the charter; may be given several times
        #[arg(long = "rule", value_name = "WORDS")]
        rules: Vec<String>,
    },
    /// Send the charter to all, once everybody is in
    Charter {
        /// The key of a witness whom no side controls; may be given several times
        #[arg(long = "witness", value_name = "KEY")]
        witnesses: Vec<String>,
        /// How many of them record together with one side [default: all]
        #[arg(long, value_name = "N", requires = "witnesses")]
        with: Option<usize>,
        /// A side and the key of the principal it answers to, who can replace a lost device; one a side
        #[arg(long = "principal", value_name = "SIDE=KEY")]
        principals: Vec<String>,
    },
    /// Whether others are told what you fetched and opened: `on` or `off`
    Receipts {
        /// Without one: say how it is set
        set: Option<OnOff>,
    },
}

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// On
    On,
    /// Off
    Off,
}

/// `entente sync`
#[derive(Debug, Args)]
pub struct Sync {
    /// Seconds to wait for something to come
    #[arg(long, default_value_t = 1, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub wait: u64,
}

/// `entente witness`
#[derive(Debug, Args)]
pub struct Witness {
    /// Without one: list the witnesses that you ask
    #[command(subcommand)]
    pub act: Option<WitnessAct>,
}

/// What to do about witnesses.
#[derive(Debug, Subcommand)]
pub enum WitnessAct {
    /// Ask this witness from now on
    Use {
        /// Its address, such as http://127.0.0.1:8091
        url: String,
        /// Its key, NAME+ID+KEY, from a source you trust
        key: String,
    },
    /// Ask every witness to stamp the record as it is here; it sees your address and the record's size
    Ask,
    /// Be a witness: make its folder and key
    Make {
        /// Folder to make
        folder: PathBuf,
        /// The witness's name, such as witness.example/1; everybody sees it
        #[arg(long)]
        name: String,
    },
    /// Be a witness: stamp what only grows, until stopped
    Serve {
        /// Its folder
        folder: PathBuf,
        /// Where to listen
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8091")]
        listen: String,
        /// The key of a record's log; may be given several times
        #[arg(long = "log", value_name = "KEY", required = true)]
        logs: Vec<String>,
    },
}

/// `entente principal`
#[derive(Debug, Args)]
pub struct Principal {
    /// What to do
    #[command(subcommand)]
    pub act: PrincipalAct,
}

/// What a principal does.
#[derive(Debug, Subcommand)]
pub enum PrincipalAct {
    /// Make a key and keep it in a file under a passphrase
    Make {
        /// The file to make
        key: PathBuf,
    },
    /// Show the public key, for the charter and for readers
    Show {
        /// The key's file
        key: PathBuf,
    },
    /// Read back what a request does, and sign it
    Sign {
        /// The request
        request: PathBuf,
        /// The key's file
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where to write the signature
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The new device's code as its holder read it to you, instead of typing it when asked
        #[arg(long, value_name = "CODE")]
        device: Option<String>,
    },
}

/// `entente log`
#[derive(Debug, Args)]
pub struct Log {
    /// Write the proof that the record was shown in two histories, if it was
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
}

/// `entente demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder to make; must not exist or be empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
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
