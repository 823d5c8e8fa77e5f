//! `entente demo`: a whole negotiation on this machine.

use serde_json::json;

use crate::cli::arguments::Demo;
use crate::cli::{Report, Terminal};
use crate::demo;
use crate::words::fault::Fault;

pub(in crate::cli) fn run(demo: &Demo, terminal: Terminal) -> Result<Report, Fault> {
    demo::run(&demo.out, &mut |line| terminal.narrate(line))
        .map_err(|error| Fault::Local { what: error.to_string() })?;
    Ok(Report::done("", json!({ "out": demo.out.display().to_string() })))
}
