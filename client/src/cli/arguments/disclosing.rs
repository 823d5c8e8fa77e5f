//! `entente disclose` and `entente check`.

use std::path::PathBuf;

use clap::Args;

use crate::engine::ItemShowing;

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
    /// Also write what other people's tools can read into this folder, every item but the first in one of its
    /// own
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
