//! `entente sign`: read back what the signature does, then sign or decline.

use entente_record::document::Kind;
use entente_record::party::Capacity;
use serde_json::json;

use crate::cli::arguments::Sign;
use crate::cli::session::Session;
use crate::cli::{Report, showing};
use crate::engine::SignerView;
use crate::words::fault::Fault;
use crate::words::{self, Name, Signs};

/// What a witness types in place of a side.
const WITNESS: &str = "witness";
/// What somebody of no side types who signs a report.
const REPORT: &str = "report";
const AUTHOR: &str = "author";

pub(in crate::cli) fn run(session: &mut Session, sign: &Sign) -> Result<Report, Fault> {
    let talks = session.talks()?;
    if sign.text == "charter" {
        session.exchange()?;
        return charter(session, &talks, sign);
    }
    // Named before anything new is fetched: nobody else's timing chooses what is signed.
    let id = session.text(&talks, &sign.text)?.id;
    session.exchange()?;
    let text = session.text(&talks, &id)?;
    if sign.confirm.is_some() {
        session.read_before(&talks, &text)?;
    }
    if let Some(reason) = &sign.decline {
        session.step(|engine, at| engine.decline(at, &talks, &text.id, reason))?;
        session.exchange()?;
        return Ok(Report::done(
            "Declined. Without your signature it binds nobody.",
            json!({ "text": text.id, "declined": true }),
        ));
    }
    if text.replaced {
        let why = "Another version took the place of this one. Read and sign that, or none: `entente text`"
            .to_owned();
        return Err(Fault::NotNow { why });
    }
    let own = own(&text.signers)?;
    let hides = text.kind == Kind::UNATTRIBUTED;
    let people = session.look(|engine| engine.people(&talks))?;
    let awaited = text.signers.iter().filter(|signer| !signer.me && !signer.signed);
    let act = words::Signing {
        clauses: text.clauses.len(),
        version: u32::try_from(text.version).unwrap_or(u32::MAX),
        signs: if hides { Signs::Unnamed(people.len() as u64) } else { signs(own) },
        awaited: awaited.map(|signer| Name::new(&signer.name)).collect(),
        receives: people.iter().filter(|person| !person.me).map(|person| Name::new(&person.name)).collect(),
        escrow: None,
    };
    let known = session.known()?;
    let does = showing::acting(&text).map(|does| format!(" {does}")).unwrap_or_default();
    let question = format!("{}\n\n{}{does}", showing::text(&text, &known), words::signing(&act));
    let expected = if hides && own.party == 0 { AUTHOR } else { expected(own) };
    session.terminal.confirm(&question, expected, sign.confirm.as_deref(), "--confirm")?;
    session.step(|engine, at| engine.sign(at, &talks, &text.id))?;
    session.exchange()?;
    let after = session.text(&talks, &text.id)?;
    let known = session.known()?;
    Ok(Report::done(format!("Signed: {}", showing::text_line(&after, &known)), showing::text_json(&after)))
}

fn charter(session: &mut Session, talks: &str, sign: &Sign) -> Result<Report, Fault> {
    if sign.decline.is_some() {
        return Err(Fault::Usage {
            why: "A charter is not declined: leave it unsigned, and say why".to_owned(),
        });
    }
    let charter = session.look(|engine| engine.charter(talks))?;
    let expected = expected(own(&charter.signers)?);
    let question =
        format!("{}\n\n{}", showing::charter(&charter), words::signing_charter(&Name::new(expected)));
    session.terminal.confirm(&question, expected, sign.confirm.as_deref(), "--confirm")?;
    session.step(|engine, at| engine.sign_charter(at, talks))?;
    session.exchange()?;
    let after = session.look(|engine| engine.charter(talks))?;
    let standing = showing::charter_standing(&after);
    // Whoever answered beforehand reads at least now what was signed.
    let text =
        sign.confirm.as_ref().map_or_else(|| standing.clone(), |_| format!("{question}\n\n{standing}"));
    Ok(Report::done(text, showing::charter_json(&after)))
}

/// Our line among the signers.
fn own(signers: &[SignerView]) -> Result<&SignerView, Fault> {
    let own = signers.iter().find(|signer| signer.me);
    let own =
        own.ok_or_else(|| Fault::NotNow { why: "This text does not ask for your signature".to_owned() })?;
    if own.signed {
        return Err(Fault::NotNow {
            why: "You have signed this already. A signature is given once".to_owned(),
        });
    }
    Ok(own)
}

/// What is typed before signing: the side, or in which part one signs who is of no side.
fn expected(own: &SignerView) -> &str {
    match own.capacity {
        _ if own.party > 0 => &own.name,
        Capacity::States | Capacity::Dissents => REPORT,
        _ => WITNESS,
    }
}

fn signs(own: &SignerView) -> Signs {
    match own.capacity {
        Capacity::Binds => Signs::Binds(Name::new(&own.name)),
        Capacity::AdReferendum => Signs::Refers(Name::new(&own.name)),
        Capacity::Guarantees | Capacity::Witnesses => Signs::Witness,
        Capacity::States => Signs::Reports,
        Capacity::Dissents => Signs::Dissents,
    }
}
