//! `entente join`: answer an invite. Comparing words is `entente people compare`.

use serde_json::json;

use super::read_file;
use crate::cli::arguments::Join;
use crate::cli::session::Session;
use crate::cli::{Report, failure};
use crate::words::{self, fault::Fault};

/// An invite is one line; more is no invite.
const LIMIT: u64 = 16 * 1024;

pub(in crate::cli) fn run(session: &mut Session, join: &Join) -> Result<Report, Fault> {
    let unreadable = || Fault::InviteUnreadable { file: join.invite.clone() };
    let bytes = read_file(&join.invite, LIMIT)?;
    let invite = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
    let answered = session
        .attempt(|engine, at| engine.join(at, &join.name, invite.trim_end()))
        .map_err(|error| failure::joining(session.home(), &join.invite, error))?;
    session.exchange()?;
    if session.invites_lost()?.contains(&(join.name.clone(), answered.number)) {
        return Err(Fault::InviteLost);
    }
    let text = format!(
        "You answered the invite. Nobody is admitted before check words are compared, until {} at the latest.\n\
         Next: `entente sync` until the words are there, then `entente people compare`.",
        words::moment(answered.expires)
    );
    Ok(Report::done(
        text,
        json!({ "talks": join.name, "number": answered.number, "expires": answered.expires }),
    ))
}
