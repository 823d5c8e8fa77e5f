//! Every sentence that people read at a dangerous moment, in one place.
//!
//! Each is a function of plain data: it says who, what, to whom, whether it binds, and who can prove
//! it. Nothing here decides anything, and nothing elsewhere writes such a sentence. Names and texts
//! of other people come in as [`Name`]s or through [`quoted`], so that they cannot draw on the screen.

mod admitting;
mod answering;
mod devices;
mod disclosing;
pub mod fault;
mod listing;
mod moment;
mod recorded;
mod safe;
mod signing;
mod telling;
mod verdict;

pub use admitting::{Admission, admit, waiting_for_words, words_differ, words_match, words_to_compare};
pub use answering::{changed, changed_clause, clause_added, clause_removed};
pub use devices::lost_device;
pub use disclosing::{Disclosing, disclosing, no_agreement_shown, report_page, withheld};
pub use listing::{and, clauses};
pub use moment::{hours_ago, moment, utc_time};
pub use recorded::{InForce, in_force, own_statement, recorded_item};
pub use safe::{Name, quoted, safe_line};
pub use signing::{Escrow, Signing, signing};
pub use telling::{
    LEFT_WITH_THE_RELAY, Provenance, introduced_only, not_the_authors_text, off_the_record, on_the_record,
    oral, provenance, silence,
};
pub use verdict::{authentic, cannot_tell, not_authentic};
