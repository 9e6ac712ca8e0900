//! What the adversary delivers to verifiers: requests of its own with what it has, and what it has read once more.

use crate::world::capability::Capability;
use crate::world::ghost::{Cause, Mint, Who};
use crate::world::recipe::{Binding, CredentialId, PresentationFrom, PresentationId, SignerId};
use crate::world::setting::Instance;
use crate::world::universe::{Builder, Need, PresentationInfo, mix};
use whoacts_model::authority::{Authority, Operation};
use whoacts_model::crypto::Crypto;
use whoacts_model::execution::Request;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::name::Arguments;
use whoacts_model::presentation::{Credential, Presentation};

/// What a verifier would find in what the adversary made.
enum Judged {
    /// Every lasting part of a required guard holds.
    Passes,
    /// It is the first of its shape that fails just this.
    Shows,
    /// It shows nothing that another does not.
    Nothing,
}

impl<C: Crypto> Builder<'_, C> {
    /// Puts every request that can be asked with a credential, signed with each key and with none.
    pub(super) fn present(&mut self, id: CredentialId) {
        self.ask(id, None);
        for signer in self.signers() {
            self.ask(id, Some(signer));
        }
    }

    /// All requests with one credential by one key, at every verifier.
    fn ask(&mut self, id: CredentialId, by: Option<SignerId>) {
        let setting = self.setting();
        let repeats = match self.u.credentials[id.at()].mint {
            Mint::Execution(execution) => setting.repeats(setting.executions[execution].flow),
            _ => 1,
        };
        for (verifier, at) in setting.verifiers.iter().enumerate() {
            let mut first = true;
            for (operation, (wanted, _)) in setting.operations.iter().enumerate() {
                let full = Binding::Full;
                if wanted.resource != at.resource
                    || !self.composed(id, by, operation, verifier, full, 1)
                    || !std::mem::take(&mut first)
                {
                    continue;
                }
                // Equal requests are told apart where something counts them.
                for number in 2..=repeats {
                    self.composed(id, by, operation, verifier, full, number);
                }
            }
            let any = setting.operations.iter().position(|(of, _)| of.resource == at.resource);
            if let Some(operation) = any.filter(|_| by.is_some()) {
                for binding in self.other_bindings(id) {
                    self.composed(id, by, operation, verifier, binding, 1);
                }
            }
        }
    }

    /// How a proof of the adversary's own can differ from what the form asks for.
    fn other_bindings(&self, id: CredentialId) -> Vec<Binding> {
        let setting = self.setting();
        let brings = setting.deployed.run::<C>().brings();
        let mut bindings = Vec::new();
        if brings.contains(Guard::RequestBound) {
            bindings.push(Binding::Unbound);
            if setting.verifiers.len() > 1 {
                bindings.push(Binding::OtherAudience);
            }
        }
        // In a chain the step says who was attested.
        let chain = matches!(self.u.credentials[id.at()].made, Credential::Chain(_));
        if brings.contains(Guard::KeyAttested) && !chain {
            let attested =
                |instance: &Instance<C>| !instance.adversary && instance.party.attested.is_some();
            let mut pools = Vec::new();
            for (index, lender) in setting.instances.iter().enumerate() {
                let kind = (lender.pool, setting.distinguished(index));
                if attested(lender) && !pools.contains(&kind) {
                    pools.push(kind);
                    bindings.push(Binding::Borrowed(index));
                }
            }
        }
        bindings
    }

    /// Puts one request; whether a verifier may accept it.
    fn composed(
        &mut self,
        base: CredentialId,
        by: Option<SignerId>,
        operation: usize,
        verifier: usize,
        binding: Binding,
        number: u32,
    ) -> bool {
        let from = PresentationFrom::Composed { base, by, operation, verifier, binding, number };
        let made = self.kitchen.presentation(&self.u, &from);
        let signed = by.map_or(99, |by| u64::from(by.0));
        let shape = mix(&[self.u.credentials[base.at()].shape, signed]);
        let judged = self.judge(&made, &[verifier], shape);
        // A proof that says less than another buys no more.
        let weaker = matches!(binding, Binding::Unbound | Binding::OtherAudience);
        if matches!(judged, Judged::Nothing) || weaker && matches!(judged, Judged::Passes) {
            return false;
        }
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
        matches!(judged, Judged::Passes)
    }

    /// What the best of some verifiers would find, apart from what changes with time.
    fn judge(&mut self, made: &Presentation<C>, verifiers: &[usize], shape: u64) -> Judged {
        let setting = self.setting();
        let mechanism = setting.deployed.run::<C>();
        let failing = |verifier: &usize| {
            let at = &setting.verifiers[*verifier];
            setting.required.without(mechanism.evidence(made, &at.id, &setting.desk.trust).held)
        };
        let least = verifiers.iter().map(failing).min_by_key(|failing| failing.len());
        match least {
            None => Judged::Nothing,
            Some(GuardSet::NONE) => Judged::Passes,
            Some(failing) => match failing.first() {
                Some(guard) if failing.len() == 1 && self.shapes.insert((guard, shape)) => {
                    Judged::Shows
                }
                // What fails several guards decides nothing; one of each kind shows what is asked at all.
                Some(_) if failing.len() > 1 && self.failed.insert(failing) => Judged::Shows,
                _ => Judged::Nothing,
            },
        }
    }

    /// Sends a request that it has read once more: as it is, and with another one under the same proof.
    pub(in crate::world) fn send_again(&mut self, original: PresentationId) {
        let setting = self.setting();
        let known = &self.u.presentations[original.at()];
        let base = known.base;
        // What nobody signed it can ask for itself; as somebody else only where it speaks in others' places.
        let unsigned = known.made.proof.is_none();
        if setting.deployed.run::<C>().channel_bound()
            || unsigned && !setting.capabilities.has(Capability::Inject)
        {
            return;
        }
        let by = self.told_apart(known.by);
        // What a proof covers, and what a token was given for, is read off the request.
        let asked = self.asked(&known.made.request);
        let request = known_request(&known.made);
        let shape = self.u.credentials[base.at()].shape;
        let shape = mix(&[shape, by, u64::from(known.confused), asked]);
        if !self.first_of_its_shape(3, shape) {
            return;
        }
        self.replay(original, shape);
        for (operation, wanted) in setting.operations.iter().enumerate() {
            if *wanted != request {
                self.altered(original, operation, false, shape);
            }
            if wanted.0 == request.0 {
                self.altered(original, operation, true, shape);
            }
        }
    }

    /// What a shape says of a request: the operation and its arguments.
    pub(in crate::world) fn asked(&self, request: &Request) -> u64 {
        let same = |(operation, arguments): &(Operation, Arguments)| {
            *operation == request.operation && *arguments == request.arguments
        };
        self.setting().operations.iter().position(same).map_or(u64::MAX, |at| at as u64)
    }

    /// Sends a request that it has read once more, as often as something counts.
    fn replay(&mut self, original: PresentationId, shape: u64) {
        let setting = self.setting();
        let known = &self.u.presentations[original.at()];
        let Mint::Execution(execution) = self.u.credentials[known.base.at()].mint else { return };
        let flow = setting.executions[execution].flow;
        let required = setting.required;
        let repeats = if required.contains(Guard::SingleUse) && known.made.proof.is_some() {
            // Where a hand-off allows one effect only, the ledger denies that as well and nobody learns anything about
            // `single-use`; there it is made only if one of the two is missing.
            let once = setting.flows.iter().all(|flow| flow.effects <= 1);
            let both = required.contains(Guard::WithinEffects) && once;
            u32::from(!both && self.shapes.insert((Guard::SingleUse, shape)))
        } else {
            setting.repeats(flow)
        };
        for number in 1..=repeats {
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
            self.list_presentation(PresentationFrom::Replayed(original, number), replayed);
        }
    }

    /// Puts another request under a proof that somebody else made.
    fn altered(&mut self, original: PresentationId, operation: usize, other: bool, shape: u64) {
        let setting = self.setting();
        let from = PresentationFrom::Altered { original, operation, other };
        let made = self.kitchen.presentation(&self.u, &from);
        let resource = &made.request.operation.resource;
        let serves = |verifier: &usize| setting.verifiers[*verifier].resource == *resource;
        let verifiers: Vec<usize> = (0..setting.verifiers.len()).filter(serves).collect();
        if matches!(self.judge(&made, &verifiers, mix(&[shape, 2])), Judged::Nothing) {
            return;
        }
        let known = &self.u.presentations[original.at()];
        let verifier =
            if serves(&known.verifier) { Some(known.verifier) } else { verifiers.first().copied() };
        let (Some(verifier), base, proof_by) = (verifier, known.base, known.proof_by) else {
            return;
        };
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

fn known_request<C: Crypto>(made: &Presentation<C>) -> (Operation, Arguments) {
    (made.request.operation.clone(), made.request.arguments.clone())
}
