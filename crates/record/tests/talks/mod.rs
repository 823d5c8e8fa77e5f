//! North, South and Agnes, with keys that are always the same.
#![allow(dead_code, reason = "each test binary uses its part")]

use entente_record::document::{Clause, Document, Draft, Kind, Proposal, Seen, Signer, SignerKeys};
use entente_record::json::Value;
use entente_record::origin::Origin;
use entente_record::party::{Capacity, Party};
use entente_record::persona::{Persona, PersonaSecret};
use entente_record::principal::PrincipalSecret;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

pub(crate) const NOW: u64 = 1_790_000_000;

/// Random numbers that are the same on every run. Never outside tests.
pub(crate) struct Rng {
    seed: u64,
    block: u64,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, block: 0 }
    }
}

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.block.to_be_bytes());
            self.block += 1;
            let block = hash.finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Rng {}

pub(crate) struct Talks {
    pub(crate) north: PersonaSecret,
    pub(crate) south: PersonaSecret,
    pub(crate) agnes: PersonaSecret,
    pub(crate) origin: Origin,
}

impl Talks {
    pub(crate) fn new() -> Self {
        let origin = Origin::parse("entente/test").unwrap();
        Self { north: Self::persona(1), south: Self::persona(2), agnes: Self::persona(3), origin }
    }

    /// The seeds of a persona: 32 bytes of `number`, 32 of `number + 100`.
    pub(crate) fn seeds(number: u8) -> [u8; 64] {
        let mut seeds = [number; 64];
        seeds[32..].fill(number + 100);
        seeds
    }

    pub(crate) fn persona(number: u8) -> PersonaSecret {
        PersonaSecret::from_seeds(&Self::seeds(number)).unwrap()
    }

    pub(crate) fn principal(number: u8) -> PrincipalSecret {
        PrincipalSecret::from_seed(&[number; 32])
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &PersonaSecret> {
        [&self.north, &self.south, &self.agnes].into_iter()
    }

    pub(crate) fn personas(&self) -> Vec<Persona> {
        self.secrets().map(|secret| secret.persona().clone()).collect()
    }

    pub(crate) fn south_keys(&self) -> SignerKeys {
        SignerKeys::Persona(self.south.persona().id())
    }

    pub(crate) fn agnes_keys(&self) -> SignerKeys {
        SignerKeys::Persona(self.agnes.persona().id())
    }

    pub(crate) fn draft_without_signers(&self, kind: Kind) -> Draft {
        Draft::new(kind, self.origin.clone(), Seen { size: 3, root: [9; 32] })
    }

    pub(crate) fn empty_draft(&self, kind: Kind) -> Draft {
        let signer = |party, capacity, secret: &PersonaSecret| Signer {
            party: Party(party),
            capacity,
            keys: SignerKeys::Persona(secret.persona().id()),
        };
        self.draft_without_signers(kind)
            .signer(signer(1, Capacity::Binds, &self.north))
            .signer(signer(2, Capacity::Binds, &self.south))
            .signer(signer(0, Capacity::Witnesses, &self.agnes))
    }

    /// An understanding of seven clauses.
    pub(crate) fn ceasefire(&self) -> Draft {
        let parties = Value::object([("1", Value::from("North")), ("2", Value::from("South"))]);
        let draft = self
            .empty_draft(Kind::UNDERSTANDING)
            .property("title", "Ceasefire in the valley")
            .property("parties", parties);
        (1..=7).fold(draft, |draft, number| {
            let text = format!("Clause text number {number}.");
            draft.clause(Clause::new(&number.to_string(), "en", &text))
        })
    }

    pub(crate) fn sign_all(&self, proposal: &Proposal) -> Document {
        let signatures: Vec<_> = self.secrets().map(|secret| proposal.sign(secret, NOW).unwrap()).collect();
        proposal.complete(&signatures, &self.personas()).unwrap()
    }

    pub(crate) fn document(&self) -> Document {
        self.sign_all(&self.ceasefire().propose(&mut Rng::new(1)).unwrap())
    }
}
