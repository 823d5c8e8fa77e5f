//! `entente relay`: where one's mailboxes are.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use entente_wire::address::RelayAddress;
use entente_wire::admission::AdmissionToken;
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::Report;
use crate::cli::arguments::Relay;
use crate::cli::session::Session;
use crate::words::fault::Fault;
use crate::words::safe_line;

/// Bytes of a file with a token at most.
const TOKEN_FILE_BYTES: u64 = 256;

pub(in crate::cli) fn run(session: &mut Session, relay: &Relay) -> Result<Report, Fault> {
    match &relay.address {
        Some(written) => name(session, &parse(written)?, relay.token.as_deref()),
        None => show(session),
    }
}

/// Names the relay. One that is away may be named; one that shows another key may not, nor one that makes no
/// mailboxes for us.
fn name(session: &mut Session, address: &RelayAddress, token: Option<&Path>) -> Result<Report, Fault> {
    let given = token.map(read_token).transpose()?;
    let token = match &given {
        Some(token) => Some(token.clone()),
        None => session.look(|engine| engine.admission(address))?,
    };
    let answer = (!session.offline()).then(|| session.try_mailbox(address, token.as_ref()));
    if let Some(Err(fault @ (Fault::WrongRelay { .. } | Fault::NotNow { .. }))) = answer {
        return Err(fault);
    }
    session.step(|engine, _| {
        if let Some(token) = &given {
            engine.set_admission(address, token)?;
        }
        engine.set_relay(address)
    })?;
    let named = format!("Your relay: {address}");
    match answer {
        None => Ok(Report::done(named, json!({ "relay": address.to_string() }))),
        Some(Ok(())) => Ok(answers(address)),
        Some(Err(fault)) => {
            session.terminal.remark(&format!("{fault}."));
            Ok(Report::done(named, json!({ "relay": address.to_string(), "answers": false })))
        }
    }
}

fn show(session: &mut Session) -> Result<Report, Fault> {
    let Some(address) = session.look(crate::engine::Engine::relay)? else {
        return Err(Fault::NotNow {
            why: "You have named no relay yet. Ask an operator for an address, then `entente relay ADDRESS`"
                .to_owned(),
        });
    };
    if session.offline() {
        return Ok(Report::done(format!("Your relay: {address}"), json!({ "relay": address.to_string() })));
    }
    session.probe(&address)?;
    Ok(answers(&address))
}

fn answers(address: &RelayAddress) -> Report {
    let text = format!("Your relay: {address}\nIt answers.");
    Report::done(text, json!({ "relay": address.to_string(), "answers": true }))
}

fn parse(written: &str) -> Result<RelayAddress, Fault> {
    written.parse().map_err(|error| Fault::Usage {
        why: format!(
            "`{}` is not a relay's address: {error}. Copy it whole from the relay's operator",
            safe_line(written)
        ),
    })
}

fn read_token(file: &Path) -> Result<AdmissionToken, Fault> {
    let unreadable = |reason: String| Fault::File { file: file.to_owned(), verb: "read", reason };
    let mut text = Zeroizing::new(String::with_capacity(TOKEN_FILE_BYTES as usize + 1));
    let opened = File::open(file).map_err(|error| unreadable(error.to_string()))?;
    let read = opened.take(TOKEN_FILE_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| unreadable(error.to_string()))?;
    text.trim().parse().map_err(|_| {
        unreadable("it holds no token. A token is one line that begins with entente-token:".to_owned())
    })
}
