//! `entente`: one person's end of a negotiation.

use std::process::ExitCode;

fn main() -> ExitCode {
    entente_client::cli::run()
}
