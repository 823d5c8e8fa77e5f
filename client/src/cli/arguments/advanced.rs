//! `entente sync`, `witness`, `principal`, `log` and `demo`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
        /// A device's code as its holder read it to you, instead of typing it when asked; for a succession one
        /// for each device of the side, in the order in which they are asked
        #[arg(long = "device", value_name = "CODE")]
        devices: Vec<String>,
    },
}

/// `entente log`
#[derive(Debug, Args)]
pub struct Log {
    /// Read this item
    #[arg(conflicts_with = "proof")]
    pub item: Option<u64>,
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
