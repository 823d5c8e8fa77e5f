//! What a witness keeps: its key, and the last checkpoint that it cosigned of each log.
//!
//! ```text
//! witness.key       entente-witness-key/v1, name, seed: readable to its owner alone
//! witness.lock      held by the process that serves the folder
//! <sha-256 of the log's name>   the checkpoint, with the log's signature and ours
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use entente_log::add_checkpoint::{AddCheckpoint, NotCosigned};
use entente_log::checkpoint::{Origin, SignedCheckpoint};
use entente_log::cosignature::{Cosigner, verify_stamp};
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::{KeyName, NoteSignature, VerifierKey};
use entente_log::witness::Memory;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const KEY: &str = "witness.key";
const LOCK: &str = "witness.lock";
const KEY_VERSION: &str = "entente-witness-key/v1";
/// A note's bound, and a little more so that a longer file is seen to be longer.
const FILE_LIMIT: u64 = (1 << 20) + 1;

/// A witness with its folder, which no other process can serve at the same time.
pub struct Witness {
    folder: PathBuf,
    cosigner: Cosigner,
    logs: Vec<VerifierKey>,
    /// Held from judging a checkpoint until it is on the disk: nothing may come between.
    turn: Mutex<()>,
    _lock: File,
}

/// Why there is no witness, or it did not cosign.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The rules of the protocol.
    #[error("{0}")]
    NotCosigned(#[from] NotCosigned),
    /// There is a witness in the folder already.
    #[error("there is a witness in this folder already")]
    AlreadyExists,
    /// There is none.
    #[error("there is no witness in this folder; make one with `entente witness make`")]
    NoWitness,
    /// Another process serves it.
    #[error("another process serves this folder")]
    Locked,
    /// A file is not what this witness wrote. It must not stamp again: what it stamped is lost.
    #[error("{0} is damaged; this witness must not be used again, make a new one with a new key")]
    Damaged(String),
    /// The disk failed. Nothing was answered.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Witness {
    /// Makes a witness of this name with a fresh key and gives the key to verify it with.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn make(folder: &Path, name: KeyName, seed: &[u8; 32]) -> Result<VerifierKey, WitnessError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let text = Zeroizing::new(format!("{KEY_VERSION}\n{name}\n{}\n", hex(seed)));
        let mut file =
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(KEY)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(WitnessError::AlreadyExists);
                }
                opened => opened?,
            };
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(Cosigner::new(name, SecretKey::from_seed(seed)).verifier().clone())
    }

    /// Opens the witness of a folder, for these logs.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn open(folder: &Path, logs: Vec<VerifierKey>) -> Result<Self, WitnessError> {
        let Some(key) = read(&folder.join(KEY))? else { return Err(WitnessError::NoWitness) };
        let key = Zeroizing::new(key);
        let cosigner = parse_key(&key).ok_or_else(|| WitnessError::Damaged(KEY.to_owned()))?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
        lock.try_lock().map_err(|_| WitnessError::Locked)?;
        let folder = folder.to_owned();
        let witness = Self { folder, cosigner, logs, turn: Mutex::new(()), _lock: lock };
        for log in &witness.logs {
            witness.last(log.name())?;
        }
        Ok(witness)
    }

    /// The key to verify it with.
    pub fn verifier(&self) -> &VerifierKey {
        self.cosigner.verifier()
    }

    /// Judges a request, stores the checkpoint, and only then gives the cosignature, made at `now`
    /// in Unix seconds.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Result<NoteSignature, WitnessError> {
        let request = AddCheckpoint::parse(body)?;
        // A thread that died in its turn has answered nothing; the disk says where things stand.
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let origin = &request.checkpoint.checkpoint().origin;
        if !self.logs.iter().any(|log| log.name() == origin) {
            return Err(NotCosigned::UnknownLog.into());
        }
        let last = self.last(origin)?.map(|signed| signed.checkpoint().clone());
        let memory = last.map_or_else(|| Memory::new(origin.clone()), Memory::restore);
        let advance = request.judge(&self.logs, &memory)?;
        let line = self.cosigner.cosign(&advance, now).map_err(io::Error::other)?;
        self.store(&request.checkpoint, &line)?;
        Ok(line)
    }

    /// The last checkpoint that it cosigned of a log, with that cosignature.
    ///
    /// # Errors
    /// [`WitnessError::Damaged`], [`WitnessError::Io`].
    pub fn last(&self, origin: &Origin) -> Result<Option<SignedCheckpoint>, WitnessError> {
        let name = file_name(origin);
        let Some(bytes) = read(&self.folder.join(&name))? else { return Ok(None) };
        let signed = SignedCheckpoint::parse(&bytes).ok().filter(|signed| {
            let checkpoint = signed.checkpoint();
            let ours = |line| verify_stamp(self.verifier(), checkpoint, line).is_ok();
            checkpoint.origin == *origin && signed.note().signatures().iter().any(ours)
        });
        signed.map(Some).ok_or(WitnessError::Damaged(name))
    }

    /// As [`Witness::last`], of the log whose name has this SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// [`WitnessError::Damaged`], [`WitnessError::Io`].
    pub fn last_by_hash(&self, hash: &str) -> Result<Option<SignedCheckpoint>, WitnessError> {
        let log = self.logs.iter().find(|log| file_name(log.name()) == hash);
        log.map_or(Ok(None), |log| self.last(log.name()))
    }

    /// Writes the checkpoint with the log's lines and ours, whole and durably.
    fn store(&self, offered: &SignedCheckpoint, line: &NoteSignature) -> Result<(), WitnessError> {
        let origin = &offered.checkpoint().origin;
        let logs = self.logs.iter().filter(|log| log.name() == origin);
        let ids: Vec<_> = logs.map(VerifierKey::id).collect();
        let of_the_log = |line: &&NoteSignature| line.name() == origin && ids.contains(&line.id());
        let kept = offered.note().signatures().iter().filter(of_the_log).chain([line]).cloned();
        let text = offered.checkpoint().to_text();
        let note = entente_log::signed_note::Note::new(text, kept.collect()).map_err(io::Error::other)?;
        let (path, new) = (self.folder.join(file_name(origin)), self.folder.join("new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(note.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        Ok(File::open(&self.folder)?.sync_all()?)
    }
}

fn file_name(origin: &Origin) -> String {
    hex(&Sha256::digest(origin.as_str()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of ours, if it is there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, WitnessError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(FILE_LIMIT).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn parse_key(bytes: &[u8]) -> Option<Cosigner> {
    let text = std::str::from_utf8(bytes).ok()?.strip_prefix(KEY_VERSION)?.strip_prefix('\n')?;
    let (name, rest) = text.split_once('\n')?;
    let digits = rest
        .strip_suffix('\n')
        .filter(|digits| digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let mut seed = Zeroizing::new([0; 32]);
    for (byte, at) in seed.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(Cosigner::new(KeyName::parse(name).ok()?, SecretKey::from_seed(&seed)))
}
