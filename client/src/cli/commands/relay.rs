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
    let named = format!("Your relay: {shown}");
    if session.offline() {
        return Ok(Report::done(named, json!({ "relay": shown })));
    }
    match session.probe(&address) {
        Ok(()) => {
            Ok(Report::done(format!("{named}\nIt answers."), json!({ "relay": shown, "answers": true })))
        }
        // It was named all the same: relays come and go.
        Err(fault) if relay.address.is_some() => {
            session.terminal.remark(&format!("{fault}."));
            Ok(Report::done(named, json!({ "relay": shown, "answers": false })))
        }
        Err(fault) => Err(fault),
    }
}
