//! Trust anchors: what a reader brings from elsewhere. Never from the file that is judged.
//! docs/record.md, "Trust policy".
//!
//! A trust policy is a tlog-policy file (c2sp.org/tlog-policy) with lines of ours. Only the `record`
//! line must be there: without `log` lines the charter says whose log it is, and without a `quorum`
//! line no outside witnesses are asked for.
//!
//! ```text
//! record 5f0c...                       the fingerprint, 64 digits
//! principal 1 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo
//! log entente/Zm9v+0a1b2c3d+AX...
//! quorum none
//! ```

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::policy::{Policy, PolicyError};
use entente_log::signed_note::{GoodLines, KnownKeys, SignatureType, VerifierKey};

use crate::base64url;
use crate::fingerprint::Fingerprint;
use crate::lines;
use crate::party::Party;
use crate::principal::PrincipalKey;
use crate::roster::Roster;

const LIMIT: usize = 64 * 1024;
const PRINCIPALS: usize = 16;

/// What the reader trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    fingerprint: Option<Fingerprint>,
    policy: Option<Policy>,
    logs: Vec<VerifierKey>,
    principals: Vec<(Party, PrincipalKey)>,
}

/// A trust policy that cannot be read. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Longer than any policy.
    #[error("the trust policy is longer than {LIMIT} bytes")]
    TooLong,
    /// A `record` line without 64 digits, or a second one.
    #[error("line {0}: a trust policy has one record line, with the check code")]
    Record(usize),
    /// No `record` line.
    #[error("the trust policy has no record line")]
    NoRecord,
    /// A `principal` line that does not name a side and a key, or names a side twice.
    #[error("line {0}: not a principal's line")]
    Principal(usize),
    /// Witnesses or groups without a `quorum` line: nobody would be asked for.
    #[error("the trust policy names witnesses and no quorum line says how many are wanted")]
    NoQuorum,
    /// The rest is no tlog-policy.
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

impl Anchors {
    /// Nothing from elsewhere: every verdict is *cannot tell*, or worse.
    pub fn none() -> Self {
        Self::default()
    }

    /// The record's fingerprint, as the reader had it from elsewhere.
    pub fn from_fingerprint(fingerprint: Fingerprint) -> Self {
        Self { fingerprint: Some(fingerprint), ..Self::default() }
    }

    /// Reads a trust policy file.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if text.len() > LIMIT {
            return Err(TrustError::TooLong);
        }
        let mut anchors = Self::default();
        let mut rest = String::new();
        for (number, line) in (1..).zip(text.split('\n')) {
            if !anchors.take(number, line)? {
                rest.push_str(line);
            }
            rest.push('\n');
        }
        rest.pop();
        if anchors.fingerprint.is_none() {
            return Err(TrustError::NoRecord);
        }
        // Who asks for no outside witnesses need not say so.
        let has = |word| rest.lines().any(|line| line.split_whitespace().next() == Some(word));
        if !has("quorum") {
            if has("witness") || has("group") {
                return Err(TrustError::NoQuorum);
            }
            rest.push_str("\nquorum none");
        }
        anchors.policy = Some(Policy::parse(&rest)?);
        Ok(anchors)
    }

    /// Takes a line of ours; any other stays for the policy, with its number.
    fn take(&mut self, number: usize, line: &str) -> Result<bool, TrustError> {
        let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        match words.next() {
            Some("record") => {
                let rest: Vec<&str> = words.collect();
                let fingerprint = Fingerprint::parse(&rest.join(" ")).ok_or(TrustError::Record(number))?;
                if self.fingerprint.replace(fingerprint).is_some() {
                    return Err(TrustError::Record(number));
                }
                Ok(true)
            }
            Some("principal") => {
                let side = principal(words.next(), words.next(), words.next());
                let (party, key) = side.ok_or(TrustError::Principal(number))?;
                let twice = self.principals.iter().any(|(known, _)| *known == party);
                if twice || self.principals.len() == PRINCIPALS {
                    return Err(TrustError::Principal(number));
                }
                self.principals.push((party, key));
                Ok(true)
            }
            Some("log") => {
                self.logs.extend(words.next().and_then(|key| key.parse().ok()));
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// The fingerprint, if the reader has one.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
    }

    /// Whether the reader's policy names this key, as the log's or a witness's.
    pub fn names_key(&self, key: &VerifierKey) -> bool {
        let policy = self.policy.as_ref().map(Policy::known_keys);
        policy.is_some_and(|known| known.iter().any(|other| other == key))
    }

    /// Whether the reader's policy, if there is one, knows this log's key.
    pub(crate) fn knows_log(&self, key: &VerifierKey) -> bool {
        self.logs.is_empty() || self.logs.contains(key)
    }

    /// The outside witnesses of the reader's policy that have stamped a checkpoint of this log, and
    /// whether they are as many as the policy asks for. Whose log it is, the charter has said. Who
    /// is `inside` is no outside witness.
    pub(crate) fn witnesses(
        &self,
        checkpoint: &SignedCheckpoint,
        log: &VerifierKey,
        inside: &dyn Fn(&VerifierKey) -> bool,
        good: &mut GoodLines,
    ) -> (Vec<VerifierKey>, bool) {
        let Some(policy) = &self.policy else { return (Vec::new(), true) };
        let stamps = |key: &&VerifierKey| key.signature_type() == SignatureType::Cosignature;
        let witnesses = policy.known_keys().iter().filter(stamps).filter(|key| !inside(key)).cloned();
        let known = KnownKeys::new(witnesses.chain([log.clone()]));
        let opened = known.ok().and_then(|known| checkpoint.open_once(&known, good).ok());
        let stamped = opened.map(|opened| opened.stamps().to_vec()).unwrap_or_default();
        let stamped: Vec<VerifierKey> = stamped.into_iter().map(|stamp| stamp.cosigner).collect();
        let enough = policy.quorum_met(&stamped);
        (stamped, enough)
    }

    pub(crate) fn principals(&self) -> &[(Party, PrincipalKey)] {
        &self.principals
    }
}

fn principal(party: Option<&str>, key: Option<&str>, more: Option<&str>) -> Option<(Party, PrincipalKey)> {
    let party = u16::try_from(lines::decimal(party?)?).ok().map(Party).filter(|party| party.is_side())?;
    let key = PrincipalKey::parse(key?)?;
    more.is_none().then_some((party, key))
}

/// The trust policy of a record, for a reader who gets it from somebody to be trusted.
pub(crate) fn policy_text(fingerprint: Fingerprint, roster: Option<&Roster>) -> String {
    let mut text = String::new();
    lines::write(&mut text, "record", fingerprint);
    for side in roster.map(Roster::sides).unwrap_or_default() {
        if let Some(key) = &side.principal {
            let key = base64url::encode(key.as_bytes());
            lines::write(&mut text, "principal", alloc::format!("{} {key}", side.party.0));
        }
    }
    if let Some(roster) = roster {
        lines::write(&mut text, "log", roster.log_key().to_string());
    }
    lines::write(&mut text, "quorum", "none");
    text
}
