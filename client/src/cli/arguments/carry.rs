//! `entente carry`.

use clap::{Args, Subcommand};

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
