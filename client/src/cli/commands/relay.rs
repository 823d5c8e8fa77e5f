//! `entente relay`: where one's mailboxes are.

use entente_wire::address::RelayAddress;
use serde_json::json;

use crate::cli::Report;
use crate::cli::arguments::Relay;
use crate::cli::session::Session;
use crate::words::fault::Fault;
use crate::words::safe_line;

pub(in crate::cli) fn run(session: &mut Session, relay: &Relay) -> Result<Report, Fault> {
    if let Some(written) = &relay.address {
        let address: RelayAddress = written.parse().map_err(|error| Fault::Usage {
            why: format!(
                "`{}` is not a relay's address: {error}. Copy it whole from the relay's operator",
                safe_line(written)
            ),
        })?;
        session.step(|engine, _| engine.set_relay(&address))?;
    }
    let Some(address) = session.look(crate::engine::Engine::relay)? else {
        return Err(Fault::NotNow {
            why: "You have named no relay yet. Ask an operator for an address, then `entente relay ADDRESS`"
                .to_owned(),
        });
    };
    let shown = address.to_string();
    let reached = session.probe(&address);
    let text = match &reached {
        Ok(()) => format!("Your relay: {shown}\nIt answers."),
        Err(_) => format!("Your relay: {shown}"),
    };
    if relay.address.is_none() {
        reached?;
    } else if let Err(fault) = reached {
        session.terminal.remark(&format!("{fault}."));
        return Ok(Report::done(text, json!({ "relay": shown, "answers": false })));
    }
    Ok(Report::done(text, json!({ "relay": shown, "answers": true })))
}
