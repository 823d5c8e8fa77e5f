//! What a proof of two histories proves, and what it does not.

use entente_log::equivocation::Proven;

/// It is proven. `known` says whether the reader's trust file names the key.
#[must_use]
pub fn two_histories(origin: &str, key: &str, known: bool, proven: &Proven) -> String {
    let what = match proven {
        Proven::Roots { size, .. } => format!("two different states after {size} items"),
        Proven::Leaves { index, .. } => format!("two different items no. {index}"),
    };
    let whose = if known {
        "Your trust file names this key."
    } else {
        "Whose key it is, this file does not say: compare it with the one in a trust file from a source you trust."
    };
    format!(
        "Proven: whoever holds this key has signed two histories.\n\n    {key}\n\n\
         Of the record {origin} it signed {what}. Nobody else could have made both signatures. Which of the two is true \
         cannot be told from this.\n{whose}"
    )
}

/// It proves nothing.
#[must_use]
pub fn two_histories_not_proven(why: &str) -> String {
    format!("Not proven: {why}. Do not hold it against anybody.")
}

/// It cannot be read.
#[must_use]
pub fn two_histories_unread(why: &str) -> String {
    format!("Cannot tell: this says that it proves two histories of a record, and it cannot be read: {why}.")
}

#[cfg(test)]
mod tests {
    use entente_log::hash::EMPTY_ROOT;

    use super::*;

    #[test]
    fn it_says_whose_key_only_if_the_reader_knows_it() {
        let proven = Proven::Roots { size: 7, roots: [EMPTY_ROOT; 2] };
        let known = two_histories("entente/x", "the-key", true, &proven);
        let unknown = two_histories("entente/x", "the-key", false, &proven);
        assert!(known.contains("Your trust file names this key."));
        assert!(unknown.contains("Whose key it is, this file does not say"));
        assert!(known.contains("after 7 items") && known.contains("cannot be told"));
    }
}
