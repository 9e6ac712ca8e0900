//! A trust model as it is deployed: as its file says, or with the one change that an experiment makes to it.
//!
//! The world and the Ed25519 replay call mechanisms through this, and so meet the same change.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use whoacts_model::attestation::Tick;
use whoacts_model::conflation::{AccessList, Conflation, Sight};
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, Digest, PublicKey};
use whoacts_model::decide;
use whoacts_model::evidence::{Clock, Evidence};
use whoacts_model::execution::TaskId;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Ask, Desk, Form, Mechanism, Next, Party, Refusal, Start, Toward};
use whoacts_model::name::{ServiceId, VerifierId};
use whoacts_model::policy::Trust;
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation, Proof};

/// What an experiment changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// Verifiers merge two concepts.
    Conflation(Conflation),
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
    /// The mechanism that runs.
    pub fn run<C: Crypto>(&self) -> &dyn Mechanism<C> {
        match self.change {
            Change::None => self.form.run(),
            Change::Conflation(_) => self,
        }
    }
    fn form<C: Crypto>(&self) -> &dyn Mechanism<C> {
        self.form.run()
    }
    /// What this verifier makes of evidence about a chain or a request.
    pub(super) fn read<C: Crypto>(
        &self,
        credential: &Credential<C>,
        presented: Option<&Presentation<C>>,
        trust: &Trust,
        evidence: &mut Evidence,
    ) {
        if let (Change::Conflation(conflation), Credential::Chain(chain)) =
            (self.change, credential)
        {
            let before = evidence.clone();
            let sight = Sight { chain, presented, trust, access: &self.access };
            conflation.read(&sight, evidence);
            self.touched.fetch_or(before != *evidence, Ordering::Relaxed);
        }
    }
}

/// All as its file says, but for what verifiers find: a resource, and an executor that checks what it takes.
impl<C: Crypto> Mechanism<C> for Deployed {
    fn brings(&self) -> GuardSet {
        self.form::<C>().brings()
    }
    fn originate(&self, desk: &Desk<C>, origin: &Party<C>, start: &Start<C>) -> Credential<C> {
        self.form().originate(desk, origin, start)
    }
    fn hand_over(
        &self,
        holder: &Party<C>,
        held: &Credential<C>,
        task: TaskId,
        next: &Next,
    ) -> Cargo<C> {
        self.form().hand_over(holder, held, task, next)
    }
    fn authenticates(&self, cargo: &Cargo<C>) -> bool {
        self.form().authenticates(cargo)
    }
    fn take(
        &self,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Credential<C>, Refusal> {
        let taken = self.form().take(desk, executor, parcel, GuardSet::NONE, now)?;
        let Some(mut evidence) = self.form().inbound(desk, &taken) else {
            return self.form().take(desk, executor, parcel, required, now);
        };
        self.read(&taken, None, &desk.trust, &mut evidence);
        let required = required.intersection(Guard::HOP).intersection(self.form::<C>().brings());
        decide(&evidence, required, &Clock(now)).map_err(Refusal::Denied)?;
        Ok(taken)
    }
    fn inbound(&self, desk: &Desk<C>, taken: &Credential<C>) -> Option<Evidence> {
        self.form().inbound(desk, taken)
    }
    fn convert(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        held: &Credential<C>,
        toward: &Toward,
    ) -> Option<Credential<C>> {
        self.form().convert(desk, client, held, toward)
    }
    fn redeem(
        &self,
        desk: &Desk<C>,
        client: &Party<C>,
        sent: &Credential<C>,
    ) -> Option<Credential<C>> {
        self.form().redeem(desk, client, sent)
    }
    fn addressed(&self, class: &Requirement, to: &ServiceId, keys: &[PublicKey]) -> Requirement {
        self.form::<C>().addressed(class, to, keys)
    }
    fn signs_to_keys(&self) -> bool {
        self.form::<C>().signs_to_keys()
    }
    fn signs(&self) -> bool {
        self.form::<C>().signs()
    }
    fn holder(&self, held: &Credential<C>, party: &Party<C>, trust: &Trust) -> bool {
        self.form().holder(held, party, trust)
    }
    fn once(&self, parcel: &Parcel<C>) -> Option<Digest> {
        self.form().once(parcel)
    }
    fn proof(&self, holder: &Party<C>, held: &Credential<C>, ask: &Ask) -> Option<Proof> {
        self.form().proof(holder, held, ask)
    }
    fn present(
        &self,
        desk: &Desk<C>,
        holder: &Party<C>,
        held: &Credential<C>,
        ask: &Ask,
    ) -> Presentation<C> {
        self.form().present(desk, holder, held, ask)
    }
    fn evidence(&self, p: &Presentation<C>, verifier: &VerifierId, trust: &Trust) -> Evidence {
        let mut evidence = self.form::<C>().evidence(p, verifier, trust);
        self.read(&p.credential, Some(p), trust, &mut evidence);
        evidence
    }
}
