//! What the adversary asks of verifiers: with a credential that it knows, and with what somebody else asked.

use super::REQUESTS;
use crate::world::capability::Capability;
use crate::world::ghost::{Cause, Who};
use crate::world::recipe::{Binding, CredentialId, PresentationFrom, PresentationId, SignerId};
use crate::world::setting::{Instance, Verifier};
use crate::world::universe::{Builder, Need, PresentationInfo, mix};
use whoacts_model::authority::Authority;
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::Guard;
use whoacts_model::presentation::Credential;

impl<C: Crypto> Builder<'_, C> {
    /// All requests that the adversary puts with one credential by one key.
    pub(super) fn ask(
        &mut self,
        id: CredentialId,
        by: Option<SignerId>,
        authority: &Authority,
        shape: u64,
    ) {
        let setting = self.setting();
        let shape = mix(&[shape, by.map_or(99, |by| u64::from(by.0))]);
        let brings = setting.deployed.run::<C>().brings();
        let mut first = true;
        for (operation, (wanted, arguments)) in setting.operations.iter().enumerate() {
            let admitted = authority.admits(wanted, arguments);
            if !admitted && !self.deviates(Guard::InAuthority, &[shape]) {
                continue;
            }
            let serves = |v: &Verifier| v.resource == wanted.resource;
            let Some(verifier) = setting.verifiers.iter().position(serves) else { continue };
            for number in REQUESTS.into_iter().take(if first && admitted { 2 } else { 1 }) {
                self.composed(id, by, operation, verifier, Binding::Full, number);
            }
            if first && admitted && by.is_some() {
                first = !brings.contains(Guard::RequestBound);
                for binding in self.bad_bindings(id, shape) {
                    self.composed(id, by, operation, verifier, binding, 1);
                }
            }
        }
    }

    /// How a proof of the adversary's own can be wrong.
    fn bad_bindings(&mut self, id: CredentialId, shape: u64) -> Vec<Binding> {
        let setting = self.setting();
        let brings = setting.deployed.run::<C>().brings();
        let mut bindings = Vec::new();
        if brings.contains(Guard::RequestBound) {
            if self.deviates(Guard::RequestBound, &[shape, 1]) {
                bindings.push(Binding::Unbound);
            }
            if setting.verifiers.len() > 1 && self.deviates(Guard::Audience, &[shape, 1]) {
                bindings.push(Binding::OtherAudience);
            }
        }
        // In a chain the step says who was attested.
        let chain = matches!(self.u.credentials[id.at()].made, Credential::Chain(_));
        if brings.contains(Guard::KeyAttested) && !chain {
            let attested =
                |instance: &Instance<C>| !instance.adversary && instance.party.attested.is_some();
            let lender = setting.instances.iter().position(attested);
            let lender = lender.filter(|_| self.deviates(Guard::KeyAttested, &[shape, 1]));
            bindings.extend(lender.map(Binding::Borrowed));
        }
        bindings
    }

    fn composed(
        &mut self,
        base: CredentialId,
        by: Option<SignerId>,
        operation: usize,
        verifier: usize,
        binding: Binding,
        number: u32,
    ) {
        let from = PresentationFrom::Composed { base, by, operation, verifier, binding, number };
        let made = self.kitchen.presentation(&self.u, &from);
        for (who, cause, support) in self.own_doings(base, by) {
            let info = PresentationInfo {
                made: made.clone(),
                base,
                support: Some(support),
                cause,
                by: who,
                proof_by: who,
                original: None,
                verifier,
                confused: false,
            };
            self.list_presentation(from.clone(), info);
        }
    }

    /// Sends a request that it has read once more. Where a hand-off allows one effect only, the ledger denies that as well and
    /// nobody learns anything about `single-use`; there it is made only if one of the two is missing.
    fn replay(&mut self, original: PresentationId, shape: u64) {
        let setting = self.setting();
        let required = setting.required;
        let once = setting.flows.iter().all(|flow| flow.effects <= 1);
        let both = required.contains(Guard::SingleUse) && required.contains(Guard::WithinEffects);
        if once && both || !self.deviates(Guard::SingleUse, &[shape]) {
            return;
        }
        let known = &self.u.presentations[original.at()];
        let replayed = PresentationInfo {
            made: known.made.clone(),
            base: known.base,
            support: Some(vec![Need::Presentation(original)]),
            // The cause of a message is the honest send of exactly this message to this destination.
            cause: known.cause.clone(),
            by: known.by,
            proof_by: known.proof_by,
            original: Some(original),
            verifier: known.verifier,
            confused: known.confused,
        };
        self.list_presentation(PresentationFrom::Replayed(original), replayed);
    }

    /// Puts another request under a proof that somebody else made.
    pub(in crate::world) fn alter(&mut self, original: PresentationId) {
        let setting = self.setting();
        let known = &self.u.presentations[original.at()];
        if known.made.proof.is_none() {
            return;
        }
        let request = known.made.request.clone();
        let (base, proof_by, verifier) = (known.base, known.proof_by, known.verifier);
        let by = self.told_apart(known.by);
        let shape = mix(&[self.u.credentials[base.at()].shape, by, u64::from(known.confused)]);
        if !setting.capabilities.has(Capability::Inject) || !self.first_of_its_shape(3, shape) {
            return;
        }
        self.replay(original, shape);
        for (operation, (wanted, _)) in setting.operations.iter().enumerate() {
            let same = *wanted == request.operation;
            if !self.deviates(Guard::RequestBound, &[shape, 2, operation as u64]) {
                continue;
            }
            let from = PresentationFrom::Altered { original, operation, other: same };
            let made = self.kitchen.presentation(&self.u, &from);
            let info = PresentationInfo {
                made,
                base,
                support: Some(vec![Need::Presentation(original)]),
                cause: Cause::Adversary(Authority::default()),
                by: Who::Adversary,
                proof_by,
                original: Some(original),
                verifier,
                confused: false,
            };
            self.list_presentation(from, info);
        }
    }
}
