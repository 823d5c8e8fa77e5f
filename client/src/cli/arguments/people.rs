//! `entente people`, and how far somebody may go.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Ask your side's principal for a letter of full powers, and learn this device's code
    Letter {
        /// Your name, to be shown with the letter or withheld
        #[arg(long)]
        name: Option<String>,
        /// How far the letter lets you go
        #[arg(long, value_enum, default_value = "commit")]
        may: MayWord,
        /// The first record item that it is for
        #[arg(long, value_name = "N", default_value_t = 0)]
        from: u64,
        /// The first record item that it is not for any more
        #[arg(long, value_name = "N")]
        until: Option<u64>,
        /// The instant until which what you sign may be recorded
        #[arg(long, value_name = "INSTANT")]
        expires: Option<String>,
        /// You may give letters yourself, within this one
        #[arg(long)]
        may_delegate: bool,
        /// Where to write what the principal signs
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
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
