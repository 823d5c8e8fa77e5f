//! Every sentence that people read at a dangerous moment, in one place.
//!
//! Each is a function of plain data: it says who, what, to whom, whether it binds, and who can prove
//! it. Nothing here decides anything, and nothing elsewhere writes such a sentence. Names and texts
//! of other people come in as [`Name`]s or through [`quoted`], so that they cannot draw on the screen.

mod acting;
mod admitting;
mod alarming;
mod answering;
mod devices;
mod disclosing;
pub mod fault;
mod knowing;
mod listing;
mod marks;
mod moment;
mod recorded;
mod releasing;
mod removing;
mod safe;
mod signing;
mod telling;
mod two_histories;
mod values;
mod verdict;

pub use acting::{Acting, acting};
pub use admitting::{
    Admission, Reach, admit, code_differs, code_match, code_to_compare, same_words, waiting_for_words,
    words_differ, words_match, words_mistyped, words_to_compare,
};
pub use alarming::{channel_split, messages_missing, renewal_waits, two_records};
pub use answering::{
    Way, answer_state, changed, changed_clause, clause_added, clause_moved, clause_removed,
    clause_terms_changed, receipts, reported_text, way,
};
pub use devices::{
    FullPowers, another_device, charter_principal, full_powers, lost_device, own_device, succession,
};
pub use disclosing::{
    Disclosing, disclosing, figures_differ, items_not_shown, later_not_shown, no_agreement_shown,
    report_page, withheld,
};
pub use knowing::{Kept, Known, Unsent, unsent};
pub use listing::{and, clauses};
pub use marks::{mark, set_by};
pub use moment::{exact_moment, hours_ago, moment, utc_time};
pub use recorded::{
    InForce, charter_witnesses, in_force, named_witnesses, own_statement, recorded_item, stamped,
};
pub use releasing::{
    Agreed, agreed_to_show, agreement_recorded, agreement_shown, asked_to_agree, counted, few_authors,
    joined, letters_asked, mandate, no_agreement_with_page, not_agreed, other_release_agreed,
    possible_authors, shown_by_consent, without_agreement,
};
pub use removing::{Removal, remove};
pub use safe::{Name, capital, quoted, safe_line};
pub use signing::{Escrow, Signing, Signs, signing, signing_charter, without_a_name};
pub use telling::{
    Provenance, addressed_to_others, authority_ended, brought, compared_code, compared_words, confirmed,
    corrected, heard_off_the_record, heard_on_the_record, introduced_only, known_key, may_be_repetition,
    missing, nobody_can_prove, not_authorised, not_confirmed, not_the_authors_text, note,
    note_on_something_else, off_the_record, on_the_record, oral, own_text_back, provenance, read_back_asked,
    reads_back, signed_by_introduced_key, silence,
};
pub use two_histories::{two_histories, two_histories_not_proven, two_histories_unread};
pub use values::field;
pub use verdict::{
    WHERE_TO_COMPARE, ask_again, authentic, cannot_tell, cannot_tell_because, not_authentic, not_readable,
    what_the_file_claims,
};
