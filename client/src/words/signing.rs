//! Moment 3: what a signature does, before it is given.

use entente_record::unattributed::FEW_AUTHORS;

use super::{Name, and, few_authors, listing, utc_time};

/// Everything the sentence depends on.
#[derive(Debug, Clone)]
pub struct Signing {
    /// How many clauses stand in the text.
    pub clauses: usize,
    /// Which version of the text, from 1.
    pub version: u32,
    /// What the signature does, and for whom.
    pub signs: Signs,
    /// Sides that have to sign and have not.
    pub awaited: Vec<Name>,
    /// Who receives the signature.
    pub receives: Vec<Name>,
    /// The holder of signatures, if they are held.
    pub escrow: Option<Escrow>,
}

/// What a signature does, and for whom.
#[derive(Debug, Clone)]
pub enum Signs {
    /// Binds this side.
    Binds(Name),
    /// Binds this side once it has confirmed.
    Refers(Name),
    /// Says that its owner was there.
    Witness,
    /// Says what the report says.
    Reports,
    /// Differs from the report, in words of its own.
    Dissents,
    /// Says these words, to be shown without a name; so many people are in the talks.
    Unnamed(u64),
}

/// Signatures given to a holder until all are there.
#[derive(Debug, Clone)]
pub struct Escrow {
    /// Who holds them.
    pub holder: Name,
    /// When they become void, Unix seconds.
    pub deadline: u64,
}

/// The consequence in a few plain sentences.
#[must_use]
pub fn signing(act: &Signing) -> String {
    let what = format!("all {} of version {}", listing::count(act.clauses), act.version);
    let side = match &act.signs {
        Signs::Binds(side) => side,
        Signs::Refers(side) => {
            return format!(
                "You sign {what} for {side}, subject to confirmation: {side} is not bound until it has confirmed in a record item of its own. You cannot withdraw."
            );
        }
        Signs::Witness => {
            return format!(
                "You sign {what} as witness. It binds no side and not you; it says that you saw this text. You cannot withdraw."
            );
        }
        Signs::Unnamed(people) => {
            let few =
                if *people < FEW_AUTHORS { format!(" {}", few_authors(*people)) } else { String::new() };
            return format!(
                "You sign these words as yours. {} You are {people} people in these talks.{few} You cannot withdraw.",
                without_a_name()
            );
        }
        Signs::Reports => return "You sign this report as yours. You cannot withdraw.".to_owned(),
        Signs::Dissents => {
            return "You sign this report with your dissent. Nobody can show it without your words. You cannot withdraw."
                .to_owned();
        }
    };
    let once = match act.awaited.as_slice() {
        [] => "once it is recorded".to_owned(),
        [one] => format!("once {one} has signed and it is recorded"),
        several => format!("once {} have signed and it is recorded", and(several)),
    };
    let first = format!("You sign {what} for {side}; it binds {side} {once}. You cannot withdraw.");
    match (&act.escrow, act.awaited.as_slice()) {
        (Some(escrow), _) => format!(
            "{first} Held by {holder} until both have signed; otherwise void at {}. {holder} is fully trusted with this.",
            utc_time(escrow.deadline),
            holder = escrow.holder
        ),
        (None, []) => format!("{first} {} your signature now.", receives(&act.receives)),
        (None, awaited) if awaited == act.receives => {
            format!("{first} {} your signature now and may never sign.", receives(awaited))
        }
        (None, awaited) => {
            format!(
                "{first} {} your signature now; {} may never sign.",
                receives(&act.receives),
                and(awaited)
            )
        }
    }
}

/// Of words to be shown without a name: who learns whose they are.
#[must_use]
pub fn without_a_name() -> &'static str {
    "Everybody in these talks sees whose words these are, and holds the signature, which proves it to whomever it is \
     passed on to. Who is shown them by a disclosure reads that somebody of these talks said them, and not who. They bind nobody."
}

/// Before the charter is signed. `as_whom`: a side, or `witness`.
#[must_use]
pub fn signing_charter(as_whom: &Name) -> String {
    format!(
        "You sign the charter as {as_whom}: who takes part, with which keys, under which rules. It agrees to nothing else. \
         It holds once all named here have signed the same bytes. You cannot withdraw."
    )
}

fn receives(people: &[Name]) -> String {
    format!("{} {}", and(people), if people.len() == 1 { "receives" } else { "receive" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Signing {
        Signing {
            clauses: 7,
            version: 3,
            signs: Signs::Binds("North".into()),
            awaited: vec!["South".into()],
            receives: vec!["South".into()],
            escrow: None,
        }
    }

    #[test]
    fn the_first_to_sign_reads_that_the_other_may_never_sign() {
        assert_eq!(
            signing(&first()),
            "You sign all 7 clauses of version 3 for North; it binds North once South has signed and it is recorded. \
             You cannot withdraw. South receives your signature now and may never sign."
        );
    }

    #[test]
    fn the_last_to_sign_reads_that_it_binds_once_recorded() {
        let last = Signing { awaited: vec![], receives: vec!["Agnes".into(), "North".into()], ..first() };
        assert_eq!(
            signing(&last),
            "You sign all 7 clauses of version 3 for North; it binds North once it is recorded. \
             You cannot withdraw. Agnes and North receive your signature now."
        );
    }

    #[test]
    fn a_held_signature_names_its_holder_and_its_end() {
        let held =
            Signing { escrow: Some(Escrow { holder: "Agnes".into(), deadline: 1_804_269_600 }), ..first() };
        assert_eq!(
            signing(&held),
            "You sign all 7 clauses of version 3 for North; it binds North once South has signed and it is recorded. \
             You cannot withdraw. Held by Agnes until both have signed; otherwise void at 18:00 UTC. \
             Agnes is fully trusted with this."
        );
    }

    #[test]
    fn a_witness_binds_nobody() {
        let referred = Signing { signs: Signs::Refers("North".into()), ..first() };
        assert_eq!(
            signing(&referred),
            "You sign all 7 clauses of version 3 for North, subject to confirmation: North is not bound until it has \
             confirmed in a record item of its own. You cannot withdraw."
        );
        let witness = Signing { signs: Signs::Witness, ..first() };
        assert_eq!(
            signing(&witness),
            "You sign all 7 clauses of version 3 as witness. It binds no side and not you; it says that you saw this text. \
             You cannot withdraw."
        );
    }
}
