//! `entente witness`: be a witness of other people's records, or ask one to stamp yours.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use entente_log::signed_note::{KeyName, VerifierKey};
use rand_core::{Rng as _, UnwrapErr};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::arguments::WitnessAct;
use crate::cli::session::Session;
use crate::cli::{Report, Terminal};
use crate::engine;
use crate::http::Url;
use crate::witness::{Witness, WitnessError, serve};
use crate::words::fault::Fault;
use crate::words::{Name, capital, safe_line};

/// Largest answer of a witness that is read, in bytes.
const ANSWER_LIMIT: usize = 64 << 10;

/// Whether this is being a witness.
pub(in crate::cli) fn needs_no_store(act: &WitnessAct) -> bool {
    matches!(act, WitnessAct::Make { .. } | WitnessAct::Serve { .. })
}

/// Being a witness.
pub(in crate::cli) fn be(act: &WitnessAct, terminal: Terminal) -> Result<Report, Fault> {
    match act {
        WitnessAct::Make { folder, name } => make(folder, name),
        WitnessAct::Serve { folder, listen, logs } => run_server(folder, listen, logs, terminal),
        WitnessAct::Use { .. } | WitnessAct::Ask => {
            Err(Fault::Usage { why: "This asks a witness and needs a store".to_owned() })
        }
    }
}

fn make(folder: &Path, name: &str) -> Result<Report, Fault> {
    let name = KeyName::parse(name).map_err(|error| Fault::Usage { why: capital(&error.to_string()) })?;
    let mut seed = Zeroizing::new([0; 32]);
    UnwrapErr(getrandom::SysRng).fill_bytes(seed.as_mut_slice());
    let key = Witness::make(folder, name, &seed).map_err(|error| witness_fault(folder, &error))?.to_string();
    let text = format!(
        "A witness is made in {}. Keep the folder; never bring it back from a copy: a witness that forgot what \
         it stamped could stamp a second history.\nIts key, for those who rely on it:\n\n    {key}",
        folder.display()
    );
    Ok(Report::done(text, json!({ "key": key })))
}

fn run_server(folder: &Path, listen: &str, logs: &[String], terminal: Terminal) -> Result<Report, Fault> {
    let key = |text: &String| {
        let why = format!("{} is no key of a record's log", safe_line(text));
        text.parse::<VerifierKey>().map_err(|_| Fault::Usage { why })
    };
    let logs = logs.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let witness = Witness::open(folder, logs).map_err(|error| witness_fault(folder, &error))?;
    let fault =
        |error: std::io::Error| Fault::Local { what: format!("Listening on {listen} failed: {error}") };
    let listener = TcpListener::bind(listen).map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    terminal.narrate(&format!("Stamping as {} on http://{address}", witness.verifier().name()));
    match serve(&listener, &Arc::new(witness)) {
        Ok(never) => match never {},
        Err(error) => Err(fault(error)),
    }
}

/// What needs a store: asking one.
pub(in crate::cli) fn run(session: &mut Session, act: Option<WitnessAct>) -> Result<Report, Fault> {
    let talks = session.talks()?;
    match act {
        Some(WitnessAct::Use { url, key }) => {
            let url = Url::parse(&url).ok_or_else(|| Fault::Usage {
                why: "A witness is asked at an address such as http://127.0.0.1:8091".to_owned(),
            })?;
            session.step(|engine, at| engine.use_witness(at, &talks, &url.to_string(), &key))?;
            let text = format!(
                "The witness at {url} is asked from now on. It needs to know the key of this record's log:\n\n    {}",
                session.look(|engine| engine.log_key(&talks))?
            );
            Ok(Report::done(text, json!({ "url": url.to_string() })))
        }
        Some(WitnessAct::Ask) => ask(session, &talks),
        _ => list(session, &talks),
    }
}

fn list(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    let witnesses = session.look(|engine| engine.witnesses(talks))?;
    let line = |witness: &engine::Witness| {
        format!(
            "{} at {}: has stamped {} items",
            name_of(&witness.key),
            safe_line(&witness.url),
            witness.size
        )
    };
    let lines: Vec<String> = witnesses.iter().map(line).collect();
    let text = if lines.is_empty() { "You ask no witness.".to_owned() } else { lines.join("\n") };
    Ok(Report::done(text, json!({ "witnesses": witnesses.iter().map(witness_json).collect::<Vec<Value>>() })))
}

fn ask(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    session.exchange()?;
    let witnesses = session.look(|engine| engine.witnesses(talks))?;
    if witnesses.is_empty() {
        let why = "You ask no witness yet. Name one with `entente witness use URL KEY`".to_owned();
        return Err(Fault::NotNow { why });
    }
    // One that is away keeps no other from being asked.
    let (mut lines, mut failed) = (Vec::new(), None);
    for witness in &witnesses {
        match ask_one(session, talks, witness) {
            Ok(size) => lines.push(format!("{} has stamped all {size} items.", name_of(&witness.key))),
            Err(fault) if lines.is_empty() && witnesses.len() == 1 => return Err(fault),
            Err(fault) => {
                session.terminal.remark(&format!("{fault}."));
                failed = Some(fault);
            }
        }
    }
    session.exchange()?;
    if let Some(fault) = failed.filter(|_| lines.is_empty()) {
        return Err(fault);
    }
    let witnesses = session.look(|engine| engine.witnesses(talks))?;
    Ok(Report::done(
        lines.join("\n"),
        json!({ "witnesses": witnesses.iter().map(witness_json).collect::<Vec<Value>>() }),
    ))
}

/// Asks with what the witness is thought to have stamped; it answers with the true size if that is
/// another, and is asked once more.
fn ask_one(session: &mut Session, talks: &str, witness: &engine::Witness) -> Result<u64, Fault> {
    let url = Url::parse(&witness.url)
        .ok_or_else(|| Fault::Local { what: "The stored address of a witness is none".to_owned() })?;
    let mut old = witness.size;
    for _ in 0..2 {
        let asking = session.look(|engine| engine.ask_witness(talks, old))?;
        let unanswered = |error| Fault::NotNow {
            why: format!("The witness at {url} does not answer: {error}. Try again later"),
        };
        let (status, body) =
            url.post("add-checkpoint", asking.body.as_bytes(), ANSWER_LIMIT).map_err(unanswered)?;
        let text = String::from_utf8_lossy(&body);
        match status {
            200 => {
                session.step(|engine, at| {
                    engine.witness_answered(at, talks, &witness.key, asking.size, &text)
                })?;
                return Ok(asking.size);
            }
            409 => {
                let size = text.strip_suffix('\n').and_then(|size| size.parse().ok());
                let malformed = || Fault::Misbehaviour {
                    what: format!("The witness at {url} answers what no witness answers"),
                };
                old = size.ok_or_else(malformed)?;
            }
            _ => return Err(refusal(session, talks, &url, status)),
        }
    }
    Err(Fault::NotNow { why: format!("Somebody else asks the witness at {url} at the same time. Try again") })
}

fn refusal(session: &mut Session, talks: &str, url: &Url, status: u16) -> Fault {
    match status {
        403 | 404 => match session.look(|engine| engine.log_key(talks)) {
            Ok(key) => Fault::NotNow {
                why: format!(
                    "The witness at {url} does not know this record. Give its operator the key of the log: {key}"
                ),
            },
            Err(fault) => fault,
        },
        422 => Fault::Misbehaviour {
            what: format!(
                "The witness at {url} has seen another history of this record. Two histories are being shown: ask \
                 the others by another path before you sign anything"
            ),
        },
        _ => Fault::NotNow {
            why: format!("The witness at {url} answers with status {status}. Try again later"),
        },
    }
}

fn witness_json(witness: &engine::Witness) -> Value {
    json!({ "url": witness.url, "key": witness.key, "items": witness.size })
}

/// The name in a key.
fn name_of(key: &str) -> Name {
    Name::new(key.split('+').next().unwrap_or_default())
}

fn witness_fault(folder: &Path, error: &WitnessError) -> Fault {
    Fault::Local { what: format!("The witness in {}: {error}", folder.display()) }
}
