//! `entente relay` and `entente talks`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
