//! `entente sync`: send what waits, fetch what came.

use std::time::Duration;

use serde_json::json;

use crate::cli::arguments::Sync;
use crate::cli::session::Session;
use crate::cli::{Report, failure};
use crate::words::fault::Fault;

/// Silence after which it ends, once it has all that was there.
const QUIET: Duration = Duration::from_millis(100);
/// Longest a sync lasts while something keeps coming.
const LIMIT: Duration = Duration::from_secs(120);

pub(in crate::cli) fn run(session: &mut Session, sync: &Sync) -> Result<Report, Fault> {
    if session.look(crate::engine::Engine::relay)?.is_none() {
        let why = "You have named no relay yet. Ask an operator for an address, then `entente relay ADDRESS`"
            .to_owned();
        return Err(Fault::NotNow { why });
    }
    let wait = Duration::from_secs(sync.wait).max(QUIET);
    let lost_before = session.invites_lost()?;
    let report = session.sync(wait, LIMIT.max(wait))?;
    if let Some(fault) = failure::of_sync(&report).into_iter().next() {
        return Err(fault);
    }
    if session.invites_lost()? != lost_before {
        return Err(Fault::InviteLost);
    }
    let mut text = format!(
        "Sent {}, received {}, waiting {}, refused {}.",
        report.sent,
        report.received,
        report.waiting,
        report.refused.len()
    );
    if report.shut > 0 {
        let line = "Of what waits, this many parcels are for mailboxes that are not there yet, or not any more for you";
        text.push_str(&format!("\n{line}: {}.", report.shut));
    }
    let json = json!({
        "sent": report.sent, "received": report.received, "waiting": report.waiting, "shut": report.shut,
        "refused": report.refused,
    });
    Ok(Report::done(text, json))
}
