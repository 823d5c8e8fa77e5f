//! `entente principal`: the key of whom a side answers to, and what is signed with it.

use std::path::Path;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::json;

use super::{already_there, read_file, write_new};
use crate::cli::arguments::{General, PrincipalAct};
use crate::cli::session::now;
use crate::cli::{Report, Terminal, passphrase, showing};
use crate::engine::{KeyParameters, OpenError, Passphrase};
use crate::principal::{KEY_LIMIT, Request, make_key, open_secret, public_key};
use crate::words::fault::Fault;
use crate::words::{self, Name, Reach};

/// Longest request that is read, in bytes: a document.
const REQUEST_LIMIT: u64 = 1 << 20;

pub(in crate::cli) fn run(general: &General, terminal: Terminal, act: PrincipalAct) -> Result<Report, Fault> {
    match act {
        PrincipalAct::Make { key } => make(general, &key),
        PrincipalAct::Show { key } => {
            let public = public_key(&key_text(&key)?).ok_or_else(|| no_key(&key))?.to_string();
            Ok(Report::done(public.clone(), json!({ "key": public })))
        }
        PrincipalAct::Sign { request, key, out, devices } => {
            sign(general, terminal, (&request, &key, &out), &devices)
        }
    }
}

fn make(general: &General, path: &Path) -> Result<Report, Fault> {
    if path.exists() {
        return Err(already_there(path));
    }
    let passphrase = Passphrase::new(passphrase::new(general)?.as_bytes());
    let made = make_key(&mut UnwrapErr(SysRng), &passphrase, KeyParameters::STANDARD);
    let (text, public) = made.map_err(|error| key_fault(path, &error))?;
    write_new(path, text.as_bytes())?;
    let text = format!(
        "The principal's key is in {}. Keep it and a copy of it away from every network; only its passphrase opens \
         it. A key that is lost cannot be replaced in a record, and one that is stolen cannot be taken back.\n\
         The public half, for the charter and for readers:\n\n    {public}",
        path.display()
    );
    Ok(Report::done(text, json!({ "file": path.display().to_string(), "key": public.to_string() })))
}

fn sign(
    general: &General,
    terminal: Terminal,
    (request, key, out): (&Path, &Path, &Path),
    typed: &[String],
) -> Result<Report, Fault> {
    if out.exists() {
        return Err(already_there(out));
    }
    let asked = Request::parse(&read_file(request, REQUEST_LIMIT)?).ok_or_else(|| {
        let reason =
            "it is no request to a principal, or it says more than one may, or names a key whose holder did not sign for it; `entente people lost` and \
                      `entente people letter` write one"
                .to_owned();
        Fault::File { file: request.to_owned(), verb: "read", reason }
    })?;
    let text = key_text(key)?;
    if !public_key(&text).is_some_and(|public| asked.asks(&public)) {
        let why =
            "The request asks another principal than the one of this key: it is of another side or record";
        return Err(Fault::NotNow { why: why.to_owned() });
    }
    let said = said(&asked);
    for (place, (role, device)) in asked.devices().into_iter().enumerate() {
        let whose = role.map_or_else(
            || "The device's code".to_owned(),
            |role| format!("The code of the {}'s device", Name::new(role)),
        );
        let typed = match typed.get(place) {
            Some(typed) => typed.clone(),
            None => terminal.ask(&said, &format!("{whose}, as its holder reads it to you: "), "--device")?,
        };
        if !device.is(&typed) {
            return Err(Fault::WordsDiffer { sentence: words::another_device() });
        }
    }
    let passphrase = Passphrase::new(passphrase::existing(general)?.as_bytes());
    let secret =
        open_secret(&text, &passphrase, KeyParameters::STANDARD).map_err(|error| key_fault(key, &error))?;
    let signature = asked
        .sign(&secret, now())
        .map_err(|why| Fault::NotNow { why: format!("This cannot be signed: {why}") })?;
    write_new(out, &signature)?;
    let then = match asked {
        Request::Succession(_) => {
            "It counts once whoever keeps the record has recorded it: `entente people lost --signed`."
        }
        Request::Letter(_) => "It counts as it is, with what it is shown with: `entente disclose --letter`.",
    };
    let devices: Vec<String> = asked.devices().iter().map(|(_, device)| device.to_string()).collect();
    let text = format!("{said}\n\nSigned. What you signed is in {}. {then}", out.display());
    let json = json!({ "file": out.display().to_string(), "devices": devices, "says": said });
    Ok(Report::done(text, json))
}

/// What a signature does, in words.
fn said(asked: &Request) -> String {
    let (record, side) = (Name::new(&asked.record()), asked.side());
    match asked {
        Request::Succession(succession) => {
            let acting = succession.acting().iter();
            let acting: Vec<(Name, Reach)> =
                acting.map(|acting| (Name::new(&acting.role), showing::reach(acting.scope.into()))).collect();
            words::succession(&record, side, &acting, succession.not_after())
        }
        Request::Letter(request) => {
            let letter = request.letter();
            words::full_powers(&words::FullPowers {
                record,
                side,
                name: letter.name.as_deref().map(Name::new),
                may: showing::reach(letter.powers.scope.into()),
                from: letter.powers.from,
                until: letter.powers.until,
                expires: letter.powers.expires,
                may_delegate: letter.powers.may_delegate,
            })
        }
    }
}

fn key_text(path: &Path) -> Result<String, Fault> {
    String::from_utf8(read_file(path, KEY_LIMIT)?).map_err(|_| no_key(path))
}

fn no_key(path: &Path) -> Fault {
    let reason = "it is no principal's key; `entente principal make` makes one".to_owned();
    Fault::File { file: path.to_owned(), verb: "read", reason }
}

fn key_fault(path: &Path, error: &OpenError) -> Fault {
    match error {
        OpenError::WrongPassphrase => Fault::WrongPassphrase { store: path.to_owned() },
        other => Fault::File { file: path.to_owned(), verb: "read", reason: other.to_string() },
    }
}
