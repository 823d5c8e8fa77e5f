//! `entente text` and `entente sign`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
