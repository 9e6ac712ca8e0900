//! A trust model as it is deployed: as its file says, or with the one change that an experiment makes to it.
//!
//! The world and the Ed25519 replay call mechanisms through this, and so meet the same change.

use super::mutation::{Mutation, Place};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use whoacts_model::attestation::Tick;
use whoacts_model::conflation::{AccessList, Conflation, Sight};
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::decide;
use whoacts_model::evidence::{Evidence, Live};
use whoacts_model::execution::TaskId;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Ask, Desk, Form, Mechanism, Next, Party, Refusal, Start};
use whoacts_model::name::VerifierId;
use whoacts_model::policy::Trust;
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};

/// What an experiment changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// Verifiers merge two concepts.
    Conflation(Conflation),
    /// One small fault.
    Mutation(Mutation),
}

/// A form with a change.
#[derive(Debug, Clone)]
pub struct Deployed {
    form: &'static Form,
    change: Change,
    access: Arc<AccessList>,
    touched: Arc<AtomicBool>,
}

impl Deployed {
    /// The form as its file says.
    pub fn new(form: &'static Form, access: AccessList) -> Self {
        let (change, touched) = (Change::None, Arc::default());
        Self { form, change, access: Arc::new(access), touched }
    }
    /// With that change.
    #[must_use]
    pub fn changed(self, change: Change) -> Self {
        Self { change, ..self }
    }
    /// The change.
    pub fn change(&self) -> Change {
        self.change
    }
    /// Whether the change has made a difference to anything so far.
    pub fn touched(&self) -> bool {
        self.touched.load(Ordering::Relaxed)
    }
    /// Notes that the change made a difference.
    pub(super) fn touch(&self, differs: bool) {
        self.touched.fetch_or(differs, Ordering::Relaxed);
    }
    /// The mechanism that runs.
    pub fn run<C: Crypto>(&self) -> &dyn Mechanism<C> {
        match self.change {
            Change::None | Change::Mutation(Mutation::Move(_)) => self.form.run(),
            _ => self,
        }
    }
    /// What this verifier makes of evidence about a chain or a request.
    pub(super) fn read<C: Crypto>(
        &self,
        credential: &Credential<C>,
        presented: Option<&Presentation<C>>,
        trust: &Trust,
        evidence: &mut Evidence,
    ) {
        let before = evidence.clone();
        match (self.change, credential) {
            (Change::Conflation(conflation), Credential::Chain(chain)) => {
                let sight = Sight { chain, presented, trust, access: &self.access };
                conflation.read(&sight, evidence);
            }
            (Change::Mutation(Mutation::Evidence(fault)), _) => {
                let at = if presented.is_some() { Place::Resource } else { Place::Executor };
                fault.read(at, credential, trust, evidence);
            }
            _ => {}
        }
        self.touch(before != *evidence);
    }

    /// The same, wherever the change is looked at: what nobody would deny there must not be taken for hopeless.
    pub(super) fn read_anywhere<C: Crypto>(
        &self,
        credential: &Credential<C>,
        trust: &Trust,
        evidence: &mut Evidence,
    ) {
        match self.change {
            Change::Mutation(Mutation::Evidence(fault)) => {
                fault.read(fault.place(), credential, trust, evidence);
            }
            _ => self.read(credential, None, trust, evidence),
        }
    }

    /// What the executor checks before it continues, when verifiers are changed.
    fn judge<C: Crypto>(
        &self,
        desk: &Desk<C>,
        taken: &Credential<C>,
        mut evidence: Evidence,
        required: GuardSet,
        now: Tick,
    ) -> Result<(), Refusal> {
        self.read(taken, None, &desk.trust, &mut evidence);
        let brings = self.form.run::<C>().brings();
        let required = required.intersection(Guard::HOP).intersection(brings);
        decide(&evidence, required, &Clock(now)).map(drop).map_err(Refusal::Denied)
    }
}

impl<C: Crypto> Mechanism<C> for Deployed {
    fn brings(&self) -> GuardSet {
        self.form.run::<C>().brings()
    }
    fn originate(&self, desk: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C> {
        let inner = self.form.run();
        let Change::Mutation(Mutation::Originate(fault)) = self.change else {
            return inner.originate(desk, origin, start);
        };
        let made = inner.originate(desk, origin, &fault.start(start));
        self.touch(made != inner.originate(desk, origin, start));
        made
    }
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C> {
        let inner = self.form.run();
        let Change::Mutation(Mutation::HandOver(fault)) = self.change else {
            return inner.hand_over(holder, held, task, next);
        };
        let (other_task, other) = fault.next(held, task, next);
        let made = inner.hand_over(holder, held, other_task, &other);
        self.touch(made != inner.hand_over(holder, held, task, next));
        made
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        let really = self.form.run::<C>().authenticates(cargo);
        let off = self.change == Change::Mutation(Mutation::Unauthenticated);
        self.touch(off && really);
        really && !off
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Credential<C>, Refusal> {
        let inner = self.form.run();
        let taken = inner.take(desk, executor, parcel, GuardSet::NONE, now)?;
        match inner.inbound(desk, &taken) {
            Some(evidence) => {
                self.judge(desk, &taken, evidence, required, now)?;
                Ok(taken)
            }
            None => inner.take(desk, executor, parcel, required, now),
        }
    }
    fn once(&self, parcel: &Parcel<C>) -> Option<Digest> {
        let code = self.form.run::<C>().once(parcel);
        let off = self.change == Change::Mutation(Mutation::Reusable);
        self.touch(off && code.is_some());
        code.filter(|_| !off)
    }
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        let made = self.form.run().present(desk, holder, held, ask);
        let Change::Mutation(Mutation::Present(fault)) = self.change else { return made };
        let other = fault.presentation(made.clone(), holder);
        self.touch(made != other);
        other
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let mut evidence = self.form.run::<C>().evidence(p, verifier, trust);
        self.read(&p.credential, Some(p), trust, &mut evidence);
        evidence
    }
}

/// An executor knows the time; what is revoked or used up is for the resource to see.
struct Clock(Tick);

impl Live for Clock {
    fn now(&self) -> Tick {
        self.0
    }
    fn retired(&self, _: &PublicKey) -> bool {
        false
    }
    fn revoked(&self, _: &PublicKey) -> bool {
        false
    }
    fn used(&self, _: &Digest) -> bool {
        false
    }
    fn effects_below(&self, _: &Digest) -> u32 {
        0
    }
    fn triggered_other(&self, _: &Digest, _: &Digest) -> bool {
        false
    }
}
