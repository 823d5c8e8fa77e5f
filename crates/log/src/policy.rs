//! Trust policies: known logs, known witnesses and the quorum among them
//! (c2sp.org/tlog-policy).
//!
//! ```text
//! log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
//! witness W1 <vkey>
//! witness W2 <vkey>
//! group any-of-two any W1 W2
//! quorum any-of-two
//! ```

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::checkpoint::{CheckpointError, OpenedCheckpoint, SignedCheckpoint};
use crate::decimal;
use crate::signed_note::{KnownKeys, KnownKeysError, SignatureType, VerifierKey, VerifierKeyError};

/// The most logs, witnesses or groups of a policy; the specification asks for 32 of each.
pub const MAX_OF_EACH: usize = 64;

/// Which checkpoints to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    known: KnownKeys,
    members: Vec<Member>,
    quorum: Option<usize>,
}

/// What a name stands for: an index into the members is a name that was resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    name: String,
    rule: Rule,
    taken: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Witness(VerifierKey),
    Group { threshold: usize, members: Vec<usize> },
}

/// The text is no policy. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A control character other than tab and newline.
    #[error("line {0}: control character")]
    ControlCharacter(usize),
    /// Not a line of the format, or too few or too many words in it.
    #[error("line {0}: not a line of a policy")]
    Syntax(usize),
    /// A key is malformed.
    #[error("line {line}: {error}")]
    Key {
        /// The line.
        line: usize,
        /// What is wrong with the key.
        error: VerifierKeyError,
    },
    /// A log's key in a witness's place, or the reverse.
    #[error("line {0}: the key is not of the type for this")]
    KeyType(usize),
    /// A name is defined twice, or is `none`.
    #[error("line {0}: the name is taken")]
    NameTaken(usize),
    /// A name is used before it is defined, or a second time.
    #[error("line {0}: a name is not defined before, or used twice")]
    NameUnusable(usize),
    /// A group's threshold is 0 or above the number of its members.
    #[error("line {0}: the threshold cannot be met or is none")]
    Threshold(usize),
    /// No quorum line, or more than one.
    #[error("there must be exactly one quorum line")]
    Quorum,
    /// More than [`MAX_OF_EACH`].
    #[error("line {0}: more than {MAX_OF_EACH} of a kind")]
    TooMany(usize),
    /// Two keys cannot be told apart.
    #[error("{0}")]
    Keys(#[from] KnownKeysError),
}

/// The checkpoint does not meet the policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// It is not signed as it should be.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// The log has signed; too few witnesses have.
    #[error("too few witnesses have cosigned")]
    NoQuorum,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut reader = Reader::default();
        for (line, content) in (1..).zip(text.split('\n')) {
            if content.chars().any(|c| c.is_ascii_control() && c != '\t') {
                return Err(PolicyError::ControlCharacter(line));
            }
            let words: Vec<&str> = content.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
            reader.line(line, &words)?;
        }
        reader.finish()
    }

    /// The keys of all logs and witnesses.
    pub const fn known_keys(&self) -> &KnownKeys {
        &self.known
    }

    /// Whether these cosigners are enough.
    pub fn quorum_met<'a>(&self, cosigners: impl IntoIterator<Item = &'a VerifierKey>) -> bool {
        let cosigners: Vec<_> = cosigners.into_iter().collect();
        // Groups name only what stands before them, so one pass in order decides all.
        let mut met: Vec<bool> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            met.push(match &member.rule {
                Rule::Witness(key) => cosigners.contains(&key),
                Rule::Group { threshold, members } => {
                    let count = members.iter().filter(|i| met.get(**i) == Some(&true)).count();
                    count >= *threshold
                }
            });
        }
        self.quorum.is_none_or(|index| met.get(index) == Some(&true))
    }

    /// Opens a checkpoint under this policy.
    ///
    /// # Errors
    /// [`PolicyRefusal`].
    pub fn open(&self, checkpoint: &SignedCheckpoint) -> Result<OpenedCheckpoint, PolicyRefusal> {
        let opened = checkpoint.open(&self.known)?;
        if self.quorum_met(opened.stamps().iter().map(|stamp| &stamp.cosigner)) {
            Ok(opened)
        } else {
            Err(PolicyRefusal::NoQuorum)
        }
    }
}

#[derive(Default)]
struct Reader {
    logs: Vec<VerifierKey>,
    members: Vec<Member>,
    quorum: Option<Option<usize>>,
}

impl Reader {
    fn line(&mut self, line: usize, words: &[&str]) -> Result<(), PolicyError> {
        match words {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", vkey] | ["log", vkey, _] => self.log(line, vkey),
            ["witness", name, vkey] | ["witness", name, vkey, _] => {
                let key = read_key(line, vkey, SignatureType::Cosignature)?;
                self.define(line, name, Rule::Witness(key))
            }
            ["group", name, threshold, members @ ..] => self.group(line, name, threshold, members),
            ["quorum", name] => self.quorum(line, name),
            _ => Err(PolicyError::Syntax(line)),
        }
    }

    fn log(&mut self, line: usize, vkey: &str) -> Result<(), PolicyError> {
        if self.logs.len() >= MAX_OF_EACH {
            return Err(PolicyError::TooMany(line));
        }
        self.logs.push(read_key(line, vkey, SignatureType::Ed25519)?);
        Ok(())
    }

    fn define(&mut self, line: usize, name: &str, rule: Rule) -> Result<(), PolicyError> {
        if name == "none" || self.members.iter().any(|member| member.name == name) {
            return Err(PolicyError::NameTaken(line));
        }
        let is_witness = |rule: &Rule| matches!(rule, Rule::Witness(_));
        let kind = is_witness(&rule);
        let same = self.members.iter().filter(|member| is_witness(&member.rule) == kind);
        if same.count() >= MAX_OF_EACH {
            return Err(PolicyError::TooMany(line));
        }
        self.members.push(Member { name: name.to_owned(), rule, taken: false });
        Ok(())
    }

    fn group(&mut self, line: usize, name: &str, threshold: &str, names: &[&str]) -> Result<(), PolicyError> {
        let mut members = Vec::new();
        for member in names {
            members.push(self.take(line, member)?);
        }
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => decimal::read(number)
                .and_then(|number| usize::try_from(number).ok())
                .ok_or(PolicyError::Syntax(line))?,
        };
        if threshold == 0 || threshold > members.len() {
            return Err(PolicyError::Threshold(line));
        }
        self.define(line, name, Rule::Group { threshold, members })
    }

    fn quorum(&mut self, line: usize, name: &str) -> Result<(), PolicyError> {
        if self.quorum.is_some() {
            return Err(PolicyError::Quorum);
        }
        self.quorum = Some(match name {
            "none" => None,
            name => Some(self.find(name).ok_or(PolicyError::NameUnusable(line))?),
        });
        Ok(())
    }

    /// A name may be a member once, so that no witness counts in two ways.
    fn take(&mut self, line: usize, name: &str) -> Result<usize, PolicyError> {
        let index = self.find(name).ok_or(PolicyError::NameUnusable(line))?;
        match self.members.get_mut(index) {
            Some(member) if !member.taken => member.taken = true,
            _ => return Err(PolicyError::NameUnusable(line)),
        }
        Ok(index)
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    fn finish(self) -> Result<Policy, PolicyError> {
        let quorum = self.quorum.ok_or(PolicyError::Quorum)?;
        let witnesses = self.members.iter().filter_map(|member| match &member.rule {
            Rule::Witness(key) => Some(key.clone()),
            Rule::Group { .. } => None,
        });
        let known = KnownKeys::new(self.logs.into_iter().chain(witnesses))?;
        Ok(Policy { known, members: self.members, quorum })
    }
}

fn read_key(line: usize, vkey: &str, kind: SignatureType) -> Result<VerifierKey, PolicyError> {
    let key: VerifierKey = vkey.parse().map_err(|error| PolicyError::Key { line, error })?;
    if key.signature_type() == kind { Ok(key) } else { Err(PolicyError::KeyType(line)) }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::cosignature::Cosigner;
    use crate::ed25519::SecretKey;
    use crate::signed_note::{KeyName, Signer};

    fn witness(n: u8) -> VerifierKey {
        let name = KeyName::parse(&format!("witness{n}.example")).unwrap();
        Cosigner::new(name, SecretKey::from_seed(&[n; 32])).verifier().clone()
    }

    fn log() -> VerifierKey {
        let name = KeyName::parse("log.example").unwrap();
        Signer::new(name, SecretKey::from_seed(&[99; 32])).verifier().clone()
    }

    fn two_levels() -> String {
        let mut text = format!("# two houses\nlog {}\n\n", log());
        for n in 1..=3 {
            text += &format!("witness X{n} {} https://x{n}.example/\n", witness(n));
        }
        for n in 4..=5 {
            text += &format!("\twitness Y{n}\t{}\n", witness(n));
        }
        text + "group X 2 X1 X2 X3\ngroup Y any Y4 Y5\ngroup both all X Y\nquorum both\n"
    }

    #[test]
    fn a_quorum_of_two_levels_counts_each_house() {
        let policy = Policy::parse(&two_levels()).unwrap();
        let met = |of: &[u8]| policy.quorum_met(&of.iter().map(|n| witness(*n)).collect::<Vec<_>>());
        assert!(met(&[1, 3, 4]));
        assert!(!met(&[1, 4, 5]));
        assert!(!met(&[1, 2, 3]));
        assert!(!met(&[1, 1, 4]));
        assert!(!met(&[]));
        assert_eq!(policy.known_keys().iter().count(), 6);
    }

    #[test]
    fn no_quorum_asks_for_nobody() {
        let policy = Policy::parse(&format!("log {}\nquorum none\n", log())).unwrap();
        assert!(policy.quorum_met([]));
    }

    #[test]
    fn each_fault_is_named_with_its_line() {
        let (l, w) = (log().to_string(), witness(1).to_string());
        let cases = [
            (format!("log {w}\nquorum none\n"), PolicyError::KeyType(1)),
            (format!("witness W {l}\nquorum none\n"), PolicyError::KeyType(1)),
            (format!("witness none {w}\n"), PolicyError::NameTaken(1)),
            (format!("witness W {w}\nwitness W {}\n", witness(2)), PolicyError::NameTaken(2)),
            (format!("witness W {w}\ngroup g any W W\n"), PolicyError::NameUnusable(2)),
            (format!("witness W {w}\ngroup g 0 W\n"), PolicyError::Threshold(2)),
            (format!("witness W {w}\ngroup g 2 W\n"), PolicyError::Threshold(2)),
            ("group g all\n".into(), PolicyError::Threshold(1)),
            ("group g any V\n".into(), PolicyError::NameUnusable(1)),
            ("quorum V\n".into(), PolicyError::NameUnusable(1)),
            ("quorum none\nquorum none\n".into(), PolicyError::Quorum),
            ("".into(), PolicyError::Quorum),
            ("quorum none\r\n".into(), PolicyError::ControlCharacter(1)),
            ("trust me\n".into(), PolicyError::Syntax(1)),
            (
                format!("witness V {w}\nwitness W {w}\nquorum none\n"),
                PolicyError::Keys(KnownKeysError::SameNameAndId(witness(1).name().clone(), witness(1).id())),
            ),
        ];
        for (text, error) in cases {
            assert_eq!(Policy::parse(&text), Err(error), "{text}");
        }
    }
}
