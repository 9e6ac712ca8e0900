//! What verifiers do in the replay: decide, and remember.

use super::{Accepted, Refused, Replay, require};
use crate::property;
use crate::world::ghost::When;
use crate::world::recipe::PresentationId;
use crate::world::record::record;
use std::collections::HashSet;
use whoacts_model::crypto::{Crypto, Digest, Ed25519, PublicKey};
use whoacts_model::decide;
use whoacts_model::evidence::Live;
use whoacts_model::presentation::{Credential, Presentation};

pub(super) struct Remembered {
    pub(super) request: Option<Digest>,
    pub(super) records: Vec<Digest>,
    pub(super) trigger: Option<(Digest, Digest)>,
    pub(super) verifier: usize,
}

impl<'w, D: Crypto> Replay<'w, D> {
    pub(super) fn accept(
        &mut self,
        id: PresentationId,
        verifier: usize,
    ) -> Result<Accepted, Refused> {
        let bytes = self.bytes(id, verifier)?;
        let made = Presentation::<Ed25519>::from_bytes(&bytes).map_err(|e| e.to_string())?;
        let setting = self.setting;
        let at = &setting.verifiers[verifier];
        require(at.resource == made.request.operation.resource, "another resource")?;
        let mechanism = setting.deployed.run::<Ed25519>();
        let evidence = mechanism.evidence(&made, &at.id, &setting.desk.trust);
        // A clock that runs late may show any time between the one before and this one.
        let ago = u32::from(self.late.contains(&verifier)).min(self.now);
        let decided = (self.now - ago..=self.now).map(|now| {
            decide(&evidence, setting.required, &Eyes { replay: self, verifier, now }).map(drop)
        });
        decided
            .reduce(|one, other| one.or(other))
            .unwrap_or(Ok(()))
            .map_err(|denial| format!("the verifier denies: {}", denial.guard))?;
        let permitted = setting.rules.permit(at, &made, &evidence, setting.required);
        require(permitted, "the resource's own policy denies")?;
        let universe = &self.world.universe;
        let row = &universe.presentations[id.at()];
        let record = record(setting, universe, &self.shared, row, &made, verifier, &evidence);
        let before = self.effects.clone();
        let honestly = self.honestly.contains(&row.original.unwrap_or(id));
        let reused = record.trigger.is_some_and(|trigger| self.fired.contains(&trigger));
        if record.remembered().is_some() {
            self.fired.extend(record.trigger);
            for (declared, _) in &record.declared {
                *self.effects.entry(declared.clone()).or_default() += 1;
            }
            self.memory.push(remembered(&made, verifier));
        }
        Ok(Accepted { record, before, honestly, reused })
    }

    /// Whether one of those who have this key is among these.
    fn owned(&self, key: &PublicKey, set: &HashSet<usize>) -> bool {
        self.setting.owners(*key).any(|owner| set.contains(&owner))
    }

    /// Whether a key was revoked, seen or not.
    fn was_revoked(&self, key: &PublicKey) -> bool {
        self.owned(key, &self.revoked) || self.owned(key, &self.withheld)
    }

    pub(super) fn violates(&self, accepted: &Accepted, property: usize) -> bool {
        let mut when = Vec::new();
        (property::ALL[property].judge)(&accepted.record, &mut when);
        when.iter().any(|when| match when {
            When::Always => true,
            When::UnlessControlled(key) => {
                !self.owned(key, &self.stolen) && !self.owned(key, &self.hijacked)
            }
            When::After(tick) => self.now > *tick,
            When::AskedHonestly => accepted.honestly,
            When::Revoked(key) => self.was_revoked(key),
            When::Gone(key) => self.owned(key, &self.retired) && self.was_revoked(key),
            When::Retired(key) => self.owned(key, &self.retired),
            When::Spent(declared, limit) => {
                accepted.before.get(declared).is_some_and(|before| before >= limit)
            }
            When::Reused(_) => accepted.reused,
            When::Before(tick) => self.now < *tick,
        })
    }
}

/// What a verifier remembers of what it accepted. (Nothing under a root of the adversary, as in the world.)
pub(super) fn remembered<C: Crypto>(made: &Presentation<C>, verifier: usize) -> Remembered {
    let (mut records, mut trigger) = (Vec::new(), None);
    match &made.credential {
        Credential::Chain(chain) => {
            let root = chain.root.root.digest();
            records.push(root);
            records.extend(chain.links.iter().map(|link| link.offer.record.digest()));
            trigger = chain.root.root.body().trigger.map(|trigger| (trigger, root));
        }
        other => records.push(other.tip()),
    }
    let request = made.proof.as_deref().map(|proof| proof.digest());
    Remembered { request, records, trigger, verifier }
}

/// What one verifier sees of the replay.
struct Eyes<'r, 'w, D: Crypto> {
    replay: &'r Replay<'w, D>,
    verifier: usize,
    now: u32,
}

impl<D: Crypto> Eyes<'_, '_, D> {
    fn memory(&self) -> impl Iterator<Item = &Remembered> {
        let shared = self.replay.setting.shared_memory;
        self.replay.memory.iter().filter(move |m| shared || m.verifier == self.verifier)
    }
}

impl<D: Crypto> Live for Eyes<'_, '_, D> {
    fn now(&self) -> u32 {
        self.now
    }
    fn retired(&self, key: &PublicKey) -> bool {
        self.replay.owned(key, &self.replay.retired)
    }
    fn revoked(&self, key: &PublicKey) -> bool {
        self.replay.owned(key, &self.replay.revoked)
    }
    fn used(&self, request: &Digest) -> bool {
        self.memory().any(|m| m.request == Some(*request))
    }
    fn effects_below(&self, record: &Digest) -> u32 {
        self.memory().filter(|m| m.records.contains(record)).count() as u32
    }
    fn triggered_other(&self, trigger: &Digest, root: &Digest) -> bool {
        self.memory().any(|m| m.trigger.is_some_and(|(t, r)| t == *trigger && r != *root))
    }
}
