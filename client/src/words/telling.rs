//! Moments 2, 6, 7, 8 and 13: who said it, with what proof, through whose hands.

use super::{Name, and, moment};

/// Before and beside a non-paper.
#[must_use]
pub fn off_the_record(to: &[Name]) -> String {
    format!(
        "Off the record, to {}. They know it is you; they get no proof to show others. They can still copy or photograph it.",
        and(to)
    )
}

/// Before and beside a statement.
#[must_use]
pub fn on_the_record() -> &'static str {
    "On the record. Anyone holding this can prove, for good, that you wrote it. It is not a signature to an agreement."
}

/// No sign of the other side since an instant, Unix seconds. `left`: what we sent last is with the relay.
#[must_use]
pub fn silence(side: &Name, since: u64, left: bool) -> String {
    let left = if left { " Left with the relay; not known to be fetched." } else { "" };
    format!("No word from {side} since {}.{left} Silence is neither yes nor no.", moment(since))
}

/// A text the intermediary was told by word of mouth.
#[must_use]
pub fn oral(by: &Name, side: &Name) -> String {
    format!(
        "{by} reports that {side} said this. {side} has not confirmed it. Do not quote it as {side}'s words."
    )
}

/// A carried text whose author's signature does not fit.
#[must_use]
pub fn not_the_authors_text(author: &Name) -> String {
    format!("This is not the text {author} signed. It is not shown. Ask {author} by another path.")
}

/// A key that came from one person only.
#[must_use]
pub fn introduced_only(by: &Name, whose: &Name) -> String {
    format!(
        "You know this key only through {by}. Until you compare words with {whose}, {by} could have read or changed this."
    )
}

/// A key that was compared with its holder, or came by independent paths.
#[must_use]
pub fn known_key(whose: &Name) -> String {
    format!("More than one person vouches for the key of {whose}.")
}

/// Over a non-paper that came.
#[must_use]
pub fn heard_off_the_record(from: &Name) -> String {
    format!("{from}, off the record. You can be sure that it is {from}; you can prove it to nobody.")
}

/// In a list: a text that somebody carried.
#[must_use]
pub fn brought(side: &Name) -> String {
    format!("brings a text said to be from {side}")
}

/// A key whose holder one compared check words with.
#[must_use]
pub fn compared_words(with: &Name) -> String {
    format!("You compared check words with {with}.")
}

/// A key whose holder one compared the record's check code with.
#[must_use]
pub fn compared_code(with: &Name) -> String {
    format!("You compared the record's check code with {with}.")
}

/// Under a non-paper of one's own.
#[must_use]
pub fn nobody_can_prove() -> &'static str {
    "Off the record: its readers know it is you; nobody can prove it to others."
}

/// Over a statement that came straight from its author.
#[must_use]
pub fn heard_on_the_record(from: &Name) -> String {
    format!(
        "{from}, on the record. You can prove to others that {from} wrote it. It is not a signature to an agreement."
    )
}

/// Over a carried, signed text whose author's key is known through its carrier alone: neither
/// "verbatim" nor "sealed" may stand here.
#[must_use]
pub fn signed_by_introduced_key(side: &Name, by: &Name) -> String {
    format!("Carried by {by}, signed with a key said to be {side}'s.")
}

/// Beside a report of what a side said.
#[must_use]
pub fn not_confirmed(side: &Name) -> String {
    format!("{side} has not confirmed it. Do not quote it as {side}'s words.")
}

/// A gap in an author's numbers.
#[must_use]
pub fn missing(side: &Name, first: u64, last: u64) -> String {
    let what = if first == last { format!("Number {first}") } else { format!("Numbers {first} to {last}") };
    format!("{what} of {side}'s texts to this reader did not come. Ask {side} by another path.")
}

/// So old that it cannot be told from a repetition.
#[must_use]
pub fn may_be_repetition() -> &'static str {
    "This may be a repetition of an older text."
}

/// Written to somebody else.
#[must_use]
pub fn addressed_to_others() -> &'static str {
    "This was written to somebody else and shown to you."
}

/// An author without a mandate.
#[must_use]
pub fn not_authorised(side: &Name) -> String {
    format!("The charter does not let its author commit {side}.")
}

/// An author whose mandate is over.
#[must_use]
pub fn authority_ended(side: &Name) -> String {
    format!("Its author no longer acts for {side}.")
}

/// Over a report of what one's own side said: it is asked whether that is so. `item`: its number.
#[must_use]
pub fn read_back_asked(by: &Name, item: i64) -> String {
    format!(
        "{by} wrote down that your side said this. Are these your words? `entente carry confirm {item}` says so on the record; \
         `entente carry correct {item} WORDS` says what they are instead. Until then nobody may quote it as yours."
    )
}

/// Over a report whose side has stated the same words in another item.
#[must_use]
pub fn confirmed(by: &Name, side: &Name, item: i64, only_through: Option<&Name>) -> String {
    let sure = only_through.map(|by| format!(" {}", introduced_only(by, side))).unwrap_or_default();
    format!(
        "{by} reported that {side} said this. Confirmed: item {item} is {side}'s own, and says the same.{sure}"
    )
}

/// Over a report whose side has stated other words in another item.
#[must_use]
pub fn corrected(by: &Name, side: &Name, item: i64, only_through: Option<&Name>) -> String {
    let sure = only_through.map(|by| format!(" {}", introduced_only(by, side))).unwrap_or_default();
    format!(
        "Corrected by its author. {by} reported that {side} said this; {side}'s own words are in item {item}. \
         Do not use what stands here.{sure}"
    )
}

/// Below a statement that answers a report.
#[must_use]
pub fn reads_back(side: &Name, item: i64) -> String {
    format!("{side} says this of item {item}, a report of its words.")
}

/// Over a carrier's note on a text.
#[must_use]
pub fn note(by: &Name, not_by: &Name, item: i64) -> String {
    format!("Note by {by}, not by {not_by}, on item {item}. {by} signed it.")
}

/// Over a carrier's note on a text that is not here.
#[must_use]
pub fn note_on_something_else(by: &Name) -> String {
    format!("Note by {by}, on a text that is not here. {by} signed it.")
}

/// Over one's own text that its carrier brought back.
#[must_use]
pub fn own_text_back(by: &Name) -> String {
    format!("Your own text. {by} gave it back and did not hand it over.")
}

/// What kind of words these are, for the frame around a carried text.
#[must_use]
pub fn provenance(class: Provenance, side: &Name, by: &Name) -> String {
    match class {
        Provenance::Verbatim => format!("{side}'s own words, signed by {side}, carried by {by}."),
        Provenance::Oral => oral(by, side),
        Provenance::Paraphrase => {
            format!("{by} puts what {side} said into other words. {side} has not confirmed it.")
        }
        Provenance::Own => format!("A suggestion of {by}, not of any side."),
    }
}

/// How a text came to be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// The author's own signed words.
    Verbatim,
    /// Told by word of mouth, awaiting read-back.
    Oral,
    /// Put into other words by the carrier.
    Paraphrase,
    /// The carrier's own.
    Own,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_the_record_says_who_knows_and_who_can_prove() {
        assert_eq!(
            off_the_record(&["Vera".into(), "Agnes".into()]),
            "Off the record, to Vera and Agnes. They know it is you; they get no proof to show others. They can still copy or photograph it."
        );
    }

    #[test]
    fn on_the_record_says_it_proves_and_does_not_bind() {
        assert_eq!(
            on_the_record(),
            "On the record. Anyone holding this can prove, for good, that you wrote it. It is not a signature to an agreement."
        );
    }

    #[test]
    fn silence_is_neither_yes_nor_no() {
        assert_eq!(
            silence(&"South".into(), 1_804_140_600, true),
            "No word from South since 4 March 2027 06:10 UTC. Left with the relay; not known to be fetched. Silence is neither yes nor no."
        );
    }

    #[test]
    fn an_oral_report_is_nobodys_words_yet() {
        assert_eq!(
            oral(&"Agnes".into(), &"North".into()),
            "Agnes reports that North said this. North has not confirmed it. Do not quote it as North's words."
        );
    }

    #[test]
    fn a_report_that_was_answered_says_by_what() {
        let (agnes, north) = (Name::new("Agnes"), Name::new("North"));
        assert_eq!(
            corrected(&agnes, &north, 9, None),
            "Corrected by its author. Agnes reported that North said this; North's own words are in item 9. \
             Do not use what stands here."
        );
        // Agnes could have made up the key under a confirmation that she brings.
        assert_eq!(
            confirmed(&agnes, &north, 9, Some(&agnes)),
            "Agnes reported that North said this. Confirmed: item 9 is North's own, and says the same. \
             You know this key only through Agnes. Until you compare words with North, Agnes could have read or changed this."
        );
    }

    #[test]
    fn a_note_is_nobodys_but_its_writers() {
        assert_eq!(
            note(&"Agnes".into(), &"North".into(), 7),
            "Note by Agnes, not by North, on item 7. Agnes signed it."
        );
    }

    #[test]
    fn an_altered_text_is_named_and_not_shown() {
        assert_eq!(
            not_the_authors_text(&"North".into()),
            "This is not the text North signed. It is not shown. Ask North by another path."
        );
    }

    #[test]
    fn a_key_known_through_one_person_says_what_that_person_could_do() {
        assert_eq!(
            introduced_only(&"Agnes".into(), &"Vera".into()),
            "You know this key only through Agnes. Until you compare words with Vera, Agnes could have read or changed this."
        );
    }
}
