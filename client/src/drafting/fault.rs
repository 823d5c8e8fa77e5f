//! What can be wrong in an understanding file, where, and what its author can do.

use entente_record::document::FiguresDiffer;
use thiserror::Error;

/// A fault and its place. Lines and columns count from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct DraftError {
    /// Line in the file.
    pub line: u32,
    /// Character in the line.
    pub column: u32,
    /// What is wrong and what to do.
    pub fault: DraftFault,
}

/// What is wrong, with what to do about it in the same breath.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DraftFault {
    /// More bytes than are read.
    #[error("the file is longer than {limit} bytes. Shorten it, or make two understandings of it")]
    FileTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("this is not plain text. Save the file as plain text in UTF-8, not as a word processor document")]
    NotPlainText,
    /// A control, bidi override or other character nobody sees.
    #[error(
        "a hidden character (U+{code:04X}) stands here; it can make a text look different from what is signed. Delete it"
    )]
    HiddenCharacter {
        /// Its code point.
        code: u32,
    },
    /// A bidi isolate that does not end on its line.
    #[error(
        "a hidden direction mark on this line is not closed. Delete it, or close it before the line ends"
    )]
    OpenIsolate,
    /// The first line is no title.
    #[error("the title is missing. Begin the file with a line such as `# Limited ceasefire`")]
    NoTitle,
    /// Neither a heading line nor a clause.
    #[error(
        "this is neither a heading line nor a clause. Heading lines are `Kind:`, `About:`, `Clauses:`, `Settles:`, `Finding:`, `Parties:`, `Not after:`, `Place:` and `Language:`; a clause begins with its number, such as `1.`"
    )]
    NeitherHeadingNorClause,
    /// A heading line that is given a second time.
    #[error("`{name}:` is given twice. Keep one of the two")]
    Twice {
        /// The heading.
        name: &'static str,
    },
    /// A heading line that must be there.
    #[error("`{name}:` is missing before the first clause. Add a line such as `{name}: {example}`")]
    Missing {
        /// The heading.
        name: &'static str,
        /// What it could look like.
        example: &'static str,
    },
    /// A heading line that means nothing in a file of this kind.
    #[error("`{name}:` means nothing in a file of kind {kind}. Remove the line")]
    NotInThisKind {
        /// The heading.
        name: &'static str,
        /// The kind.
        kind: String,
    },
    /// A kind that no file is of.
    #[error(
        "`{found}` is not a kind. Write understanding, confirmation, amendment, interpretation, erratum, reservation, dispute, suspension, resumption, termination, report or unattributed"
    )]
    UnknownKind {
        /// What stands there.
        found: String,
    },
    /// A title where there is none.
    #[error("a file of kind {kind} has no title: it speaks for those who sign it alone. Remove this line")]
    NoTitleHere {
        /// The kind.
        kind: String,
    },
    /// What no report finds.
    #[error("`{found}` is not a finding. Write kept, broken or observed")]
    UnknownFinding {
        /// What stands there.
        found: String,
    },
    /// Not the number of a record item.
    #[error("`{found}` is not the number of a record item. `entente log` lists them")]
    NotAnItem {
        /// What stands there.
        found: String,
    },
    /// A clause of the target named twice.
    #[error("clause {number} is named twice here. Name it once")]
    ClauseTwice {
        /// Its number.
        number: String,
    },
    /// `Settles:` with something else.
    #[error("write `Settles: yes`, or remove the line")]
    NotYes,
    /// A word of a name in two scripts.
    #[error("`{word}` mixes letters of two scripts that can look alike. Write it in one")]
    MixedScript {
        /// The word.
        word: String,
    },
    /// More than one side in a confirmation.
    #[error("one side confirms its own signature. Name that side alone")]
    OneSideConfirms,
    /// A language named twice.
    #[error("the language `{tag}` is named twice. Name it once")]
    LanguageTwice {
        /// The tag.
        tag: String,
    },
    /// A clause without one of the languages of the file.
    #[error("this clause has no text in `{tag}`. Add a line such as `   {{{tag}}} ...` below it")]
    LanguageMissing {
        /// The tag.
        tag: String,
    },
    /// A text in a language that the clause has already, or that the file does not name.
    #[error(
        "`{{{tag}}}` does not belong here: name each language in `Language:`, and write each once in a clause"
    )]
    StrayLanguage {
        /// The tag.
        tag: String,
    },
    /// Languages whose figures differ.
    #[error(
        "the figures in `{}` and `{}` differ: {} / {}. Write them alike in every language",
        .0.one, .0.other, .0.only_one.join(", "), .0.only_other.join(", ")
    )]
    FiguresDiffer(Box<FiguresDiffer>),
    /// `[` without `]`.
    #[error("this value is not closed. Add `]` after its name on the same line")]
    OpenField,
    /// A field without a name, or with one that is too long.
    #[error("a value has a name of 1 to {limit} bytes in its brackets, such as `[start]`")]
    FieldName {
        /// The limit in bytes.
        limit: usize,
    },
    /// Two fields of one name.
    #[error("the clause has two values `[{name}]`. Give each a name of its own")]
    FieldTwice {
        /// The name.
        name: String,
    },
    /// A value of no known form.
    #[error(
        "`{found}` is not a value that is known. Write an instant `2027-03-05T05:00:00Z`, a time `... to ...`, `30 days from the start`, places `49.3 N, 69.4 E (WGS84)`, `40 persons`, `person: Name (passport 77)`, `organisation: Name` or `sha256 ...`"
    )]
    UnknownValue {
        /// What stands there.
        found: String,
    },
    /// A period that ends before it starts.
    #[error("this ends before it starts. Write the earlier instant first")]
    EndsBeforeItStarts,
    /// An area whose sides cross.
    #[error(
        "sides {first} and {second} of this area cross or touch. Put its corners in the order in which one walks around it"
    )]
    Crossing {
        /// The first side, from 1.
        first: usize,
        /// The other.
        second: usize,
    },
    /// A dissent where there is no report.
    #[error("a dissent belongs to a report, in a clause of its own for each side that dissents")]
    StrayDissent,
    /// Nothing after the colon.
    #[error("nothing is written here. Write something after the colon, or remove the line")]
    Empty,
    /// A title, place or name over its limit.
    #[error("this is longer than {limit} bytes. Shorten it")]
    NameTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Fewer than two parties.
    #[error("an understanding needs two parties or more. Write them as `Parties: North, South`")]
    TooFewParties,
    /// More parties than one file can name.
    #[error("at most {limit} parties can be named")]
    TooManyParties {
        /// The limit.
        limit: usize,
    },
    /// One party named twice.
    #[error("`{name}` is named twice. Name each party once")]
    PartyTwice {
        /// The name.
        name: String,
    },
    /// Not a UTC instant.
    #[error(
        "`{found}` is not an instant in UTC. Write date, time and a final Z, such as `2027-03-05T05:00:00Z`"
    )]
    NotAnInstant {
        /// What stands there.
        found: String,
    },
    /// Not a language tag.
    #[error("`{found}` is not a language tag. Write one such as `en`, `ar` or `fr`")]
    NotALanguage {
        /// What stands there.
        found: String,
    },
    /// No clause at all.
    #[error("there is no clause. Write clauses as `1. Text`, `2. Text`")]
    NoClauses,
    /// More clauses than fit.
    #[error("an understanding holds at most {limit} clauses. Join some, or make two understandings")]
    TooManyClauses {
        /// The limit.
        limit: usize,
    },
    /// Clauses are not numbered 1, 2, 3.
    #[error("this clause should be number {expected}. Clauses are numbered 1, 2, 3 without gaps")]
    OutOfOrder {
        /// The number that belongs here.
        expected: u32,
    },
    /// A heading line below the first clause.
    #[error("heading lines stand above the first clause. Move this line up")]
    HeadingAfterClause,
    /// A line of text that belongs to no clause.
    #[error(
        "this line belongs to no clause. Begin it with three spaces if the clause above goes on, or with the next number"
    )]
    StrayText,
    /// A clause without words.
    #[error("this clause has no text. Write it after the number and its marks")]
    NoText,
    /// A clause over its limit.
    #[error("this clause is longer than {limit} bytes. Divide it")]
    ClauseTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// `{` without `}` on the same line.
    #[error("this mark is not closed. Add `}}` on the same line")]
    OpenMark,
    /// A brace among the words.
    #[error(
        "braces stand only in marks, between number and text. Move the mark there, or write round brackets"
    )]
    StrayBrace,
    /// A mark nobody knows.
    #[error(
        "`{{{found}}}` is not a mark. Marks are {{public}}, {{by consent}}, {{never}}, {{after 2027-06-01T00:00:00Z}}, {{with 4}} and {{dissent of South}}"
    )]
    UnknownMark {
        /// What stands between the braces.
        found: String,
    },
    /// Two disclosure classes on one clause.
    #[error("this clause already says when it may be shown. Keep one of the two marks")]
    SecondClass,
    /// Two `{with}` marks on one clause.
    #[error("this clause already has a `{{with}}` mark. Put all numbers into one, such as {{with 1, 4}}")]
    SecondWith,
    /// Something in `{with}` that is no number.
    #[error("`{found}` is not a clause number. Write numbers such as {{with 1, 4}}")]
    NotAClauseNumber {
        /// What stands there.
        found: String,
    },
    /// A companion named twice.
    #[error("clause {number} is named twice here. Name it once")]
    CompanionTwice {
        /// Its number.
        number: u32,
    },
    /// A companion that does not exist.
    #[error("there is no clause {number} in this file. Correct the number")]
    NoSuchClause {
        /// The number written.
        number: u32,
    },
    /// A clause that is its own companion.
    #[error("a clause is always shown with itself. Remove its own number")]
    OwnCompanion,
    /// A clock time whose zone is not said.
    #[error("`{found}` does not say which clock. Write UTC after it, such as `{found} UTC`")]
    TimeWithoutZone {
        /// The time as written.
        found: String,
    },
}
