//! `entente relay`: where one's mailboxes are.

use entente_wire::address::RelayAddress;
use serde_json::json;

use crate::cli::Report;
use crate::cli::arguments::Relay;
use crate::cli::session::Session;
use crate::words::fault::Fault;
use crate::words::safe_line;

pub(in crate::cli) fn run(session: &mut Session, relay: &Relay) -> Result<Report, Fault> {
    let written = relay.address.as_deref().map(parse).transpose()?;
    let known = match &written {
        Some(address) => Some(address.clone()),
        None => session.look(crate::engine::Engine::relay)?,
    };
    let Some(address) = known else {
        return Err(Fault::NotNow {
            why: "You have named no relay yet. Ask an operator for an address, then `entente relay ADDRESS`"
                .to_owned(),
        });
    };
    let answer = (!session.offline()).then(|| session.probe(&address));
    // A relay that is away may be named; one that shows another key may not.
    if let Some(Err(fault @ Fault::WrongRelay { .. })) = answer {
        return Err(fault);
    }
    if written.is_some() {
        session.step(|engine, _| engine.set_relay(&address))?;
    }
    let shown = address.to_string();
    let named = format!("Your relay: {shown}");
    match answer {
        None => Ok(Report::done(named, json!({ "relay": shown }))),
        Some(Ok(())) => {
            Ok(Report::done(format!("{named}\nIt answers."), json!({ "relay": shown, "answers": true })))
        }
        Some(Err(fault)) if written.is_some() => {
            session.terminal.remark(&format!("{fault}."));
            Ok(Report::done(named, json!({ "relay": shown, "answers": false })))
        }
        Some(Err(fault)) => Err(fault),
    }
}

fn parse(written: &str) -> Result<RelayAddress, Fault> {
    written.parse().map_err(|error| Fault::Usage {
        why: format!(
            "`{}` is not a relay's address: {error}. Copy it whole from the relay's operator",
            safe_line(written)
        ),
    })
}
