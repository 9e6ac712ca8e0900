//! Small, systematic faults: in a verifier, in how a mechanism translates, in the rules of the moves. Data, so that a released
//! binary can put every story to each of them.
//!
//! Four kinds of change: *drop* something, *weaken* it, *swap* two things, be *off by one*.

use std::fmt;
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, Digest, Signed};
use whoacts_model::evidence::{Condition, Evidence};
use whoacts_model::execution::TaskId;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::identity::IdentityId;
use whoacts_model::mechanism::{Next, Party, Start};
use whoacts_model::name::{Nonce, VerifierId};
use whoacts_model::policy::Trust;
use whoacts_model::presentation::{Credential, Presentation, Proof};
use whoacts_model::verify;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mutation {
    /// In what a verifier makes of what it sees.
    Evidence(EvidenceFault),
    /// In what an origin creates.
    Originate(StartFault),
    /// In what a holder hands over.
    HandOver(NextFault),
    /// In how a holder asks.
    Present(AskFault),
    /// An executor takes parcels that nobody signed.
    Unauthenticated,
    /// What can be redeemed once can be redeemed for ever.
    Reusable,
    /// In the rule of a move.
    Move(MoveFault),
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The verifier of a resource, at root, last link and request.
    Resource,
    /// An executor, before it continues.
    Executor,
    /// Either, at the links before the last.
    Prefix,
}

/// A fault in what a verifier makes of what it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceFault {
    /// The lasting part of this guard is taken for proven there.
    Believed(Guard, Place),
    /// The first is answered with the answer to the second.
    Swapped(Guard, Guard),
    /// What this guard needs at the time of the decision is forgotten.
    Unconditional(Guard),
    /// The limits of what this guard needs are moved by so much.
    Shifted(Guard, i32),
    /// Names somebody else as accountable.
    OtherAnchor,
    /// Names nobody as accountable.
    NoAnchor,
    /// Names nobody as acting.
    NoActor,
}

/// A fault in what an origin creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StartFault {
    /// All that was created goes to the first hop.
    Whole,
    /// A self-start comes without its trigger.
    NoTrigger,
    /// A context root comes without its grant.
    NoContext,
    /// The deadline is moved.
    Deadline(i32),
    /// The number of hops is moved.
    Hops(i32),
    /// The number of effects is moved.
    Effects(i32),
}

/// A fault in what a holder hands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextFault {
    /// As much authority as the holder has.
    Unnarrowed,
    /// To whoever comes.
    Anyone,
    /// With another task's name.
    OtherTask,
    /// Without the requests that are meant.
    NoIntents,
    /// The deadline is moved.
    Deadline(i32),
    /// The number of hops is moved.
    Hops(i32),
    /// The number of effects is moved.
    Effects(i32),
}

/// A fault in how a holder asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskFault {
    /// Without a proof.
    NoProof,
    /// The proof does not cover the request.
    NoRequest,
    /// The proof does not cover method and place.
    NoOperation,
    /// The proof names no verifier.
    NoAudience,
    /// The proof names another verifier.
    OtherAudience,
    /// The proof names another credential.
    OtherTip,
    /// Every proof has the same nonce.
    SameNonce,
    /// Without what the presenter shows of itself.
    NoAttestation,
    /// Without the settlement's word.
    NoReceipt,
}

/// A fault in the rule of a move: it loses what it says about one kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveFault {
    /// The kind of move.
    pub kind: &'static str,
    /// Which part of its rule.
    pub part: Part,
    /// The kind of fact.
    pub fact: &'static str,
}

/// A part of a move's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What must be true.
    Needs,
    /// What must be false.
    Forbids,
    /// What it makes true.
    Adds,
}

/// Guards whose lasting part is true of every credential; only a condition can fail.
const CONDITIONAL: GuardSet = GuardSet::of(&[
    Guard::Unexpired,
    Guard::NotRevoked,
    Guard::WithinEffects,
    Guard::AttestationFresh,
]);

/// Guards with conditions of which a limit can be moved.
const LIMITED: GuardSet =
    GuardSet::of(&[Guard::AttestationFresh, Guard::Unexpired, Guard::WithinEffects]);

/// Every fault of a mechanism that brings evidence for these guards. Whether one makes a difference is seen when it is run.
pub fn faults(brings: GuardSet) -> Vec<Mutation> {
    use EvidenceFault as E;
    let lasting = brings.without(CONDITIONAL);
    let mut faults: Vec<E> = Vec::new();
    faults.extend(lasting.iter().map(|guard| E::Believed(guard, Place::Resource)));
    let hop = lasting.intersection(Guard::HOP);
    faults.extend(hop.iter().map(|guard| E::Believed(guard, Place::Executor)));
    if brings.contains(Guard::PrefixVerified) {
        let links = lasting.intersection(Guard::LINK);
        faults.extend(links.iter().map(|guard| E::Believed(guard, Place::Prefix)));
    }
    let next = lasting.iter().skip(1).chain(lasting.first());
    faults.extend(lasting.iter().zip(next).map(|(guard, other)| E::Swapped(guard, other)));
    faults.extend(brings.iter().map(E::Unconditional));
    let limited = brings.intersection(LIMITED);
    faults.extend(limited.iter().flat_map(|g| [E::Shifted(g, 1), E::Shifted(g, -1)]));
    faults.extend([E::OtherAnchor, E::NoAnchor, E::NoActor]);
    let mut all: Vec<Mutation> = faults.into_iter().map(Mutation::Evidence).collect();
    all.extend(STARTS.iter().copied().map(Mutation::Originate));
    all.extend(NEXTS.iter().copied().map(Mutation::HandOver));
    all.extend(ASKS.iter().copied().map(Mutation::Present));
    all.extend([Mutation::Unauthenticated, Mutation::Reusable]);
    all
}

const STARTS: &[StartFault] = &[
    StartFault::Whole,
    StartFault::NoTrigger,
    StartFault::NoContext,
    StartFault::Deadline(1),
    StartFault::Deadline(-1),
    StartFault::Hops(1),
    StartFault::Hops(-1),
    StartFault::Effects(1),
    StartFault::Effects(-1),
];

const NEXTS: &[NextFault] = &[
    NextFault::Unnarrowed,
    NextFault::Anyone,
    NextFault::OtherTask,
    NextFault::NoIntents,
    NextFault::Deadline(1),
    NextFault::Deadline(-1),
    NextFault::Hops(1),
    NextFault::Hops(-1),
    NextFault::Effects(1),
    NextFault::Effects(-1),
];

const ASKS: &[AskFault] = &[
    AskFault::NoProof,
    AskFault::NoRequest,
    AskFault::NoOperation,
    AskFault::NoAudience,
    AskFault::OtherAudience,
    AskFault::OtherTip,
    AskFault::SameNonce,
    AskFault::NoAttestation,
    AskFault::NoReceipt,
];

impl EvidenceFault {
    /// Who makes it.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Believed(_, at) => at,
            _ => Place::Resource,
        }
    }

    /// What the faulty verifier finds where the right one found `evidence`.
    pub(super) fn read<C: Crypto>(
        self,
        at: Place,
        credential: &Credential<C>,
        trust: &Trust,
        evidence: &mut Evidence,
    ) {
        let everywhere = self.place() == Place::Prefix;
        if !everywhere && self.place() != at {
            return;
        }
        match (self, credential) {
            (Self::Believed(guard, Place::Prefix), Credential::Chain(chain)) => {
                let fewer = Guard::LINK.without(GuardSet::of(&[guard]));
                evidence.held.set(Guard::PrefixVerified, verify::prefix_holds(chain, fewer, trust));
            }
            (Self::Believed(_, Place::Prefix), _) => {}
            (Self::Believed(guard, _), _) => evidence.held.set(guard, true),
            (Self::Swapped(guard, other), _) => {
                evidence.held.set(guard, evidence.held.contains(other));
            }
            (Self::Unconditional(guard), _) => evidence.conditions.retain(|(of, _)| *of != guard),
            (Self::Shifted(guard, by), _) => {
                let own = evidence.conditions.iter_mut().filter(|(of, _)| *of == guard);
                own.for_each(|(_, condition)| shift(condition, by));
            }
            (Self::OtherAnchor, _) => {
                let named = evidence.anchor.take();
                evidence.anchor =
                    trust.identities.keys().find(|id| Some(*id) != named.as_ref()).cloned();
            }
            (Self::NoAnchor, _) => evidence.anchor = None::<IdentityId>,
            (Self::NoActor, _) => evidence.actor = None,
        }
    }
}

fn shift(condition: &mut Condition, by: i32) {
    match condition {
        Condition::Within(_, to) => *to = moved(*to, by),
        Condition::Below(_, limit) => *limit = moved(*limit, by),
        _ => {}
    }
}

/// What has no limit keeps having none.
fn moved(limit: u32, by: i32) -> u32 {
    if limit == u32::MAX { limit } else { limit.saturating_add_signed(by) }
}

impl StartFault {
    pub(super) fn start<C: Crypto>(self, meant: &Start<C>) -> Start<C> {
        let mut start = meant.clone();
        match self {
            Self::Whole => start.handed = start.authority.clone(),
            Self::NoTrigger => start.trigger = None,
            Self::NoContext => start.context = None,
            Self::Deadline(by) => start.envelope.not_after = moved(start.envelope.not_after, by),
            Self::Hops(by) => start.envelope.hops = moved(start.envelope.hops, by),
            Self::Effects(by) => start.envelope.effects = moved(start.envelope.effects, by),
        }
        start
    }
}

impl NextFault {
    pub(super) fn next<C: Crypto>(
        self,
        held: &Credential<C>,
        task: TaskId,
        meant: &Next,
    ) -> (TaskId, Next) {
        let mut next = meant.clone();
        let below = &mut next.contract.below;
        match self {
            Self::Unnarrowed => {
                if let Credential::Chain(chain) = held {
                    next.authority = chain.authority().clone();
                }
            }
            Self::Anyone => next.contract.next = Requirement::anyone(),
            Self::OtherTask => return (TaskId::of(&held.tip(), 99), next),
            Self::NoIntents => next.intents = None,
            Self::Deadline(by) => below.not_after = moved(below.not_after, by),
            Self::Hops(by) => below.hops = moved(below.hops, by),
            Self::Effects(by) => below.effects = moved(below.effects, by),
        }
        (task, next)
    }
}

impl AskFault {
    pub(super) fn presentation<C: Crypto>(
        self,
        mut made: Presentation<C>,
        holder: &Party<C>,
    ) -> Presentation<C> {
        match self {
            Self::NoProof => made.proof = None,
            Self::NoReceipt => made.receipt = None,
            Self::NoAttestation => {
                made.attested = None;
                self.sign_again(&mut made, holder, |proof| proof.attestation = None);
            }
            Self::NoRequest => self.sign_again(&mut made, holder, |proof| proof.request = None),
            Self::NoOperation => self.sign_again(&mut made, holder, |proof| proof.operation = None),
            Self::NoAudience => self.sign_again(&mut made, holder, |proof| proof.audience = None),
            Self::OtherAudience => self.sign_again(&mut made, holder, |proof| {
                if proof.audience.is_some() {
                    proof.audience = Some(VerifierId::new("elsewhere"));
                }
            }),
            Self::OtherTip => {
                self.sign_again(&mut made, holder, |proof| proof.tip = Digest::of(b"another"));
            }
            Self::SameNonce => {
                self.sign_again(&mut made, holder, |proof| proof.nonce = Nonce::new("once"));
            }
        }
        made
    }

    fn sign_again<C: Crypto>(
        self,
        made: &mut Presentation<C>,
        holder: &Party<C>,
        change: impl FnOnce(&mut Proof),
    ) {
        if let Some(proof) = &made.proof {
            let mut body = proof.body().clone();
            change(&mut body);
            made.proof = Some(std::sync::Arc::new(Signed::new(body, &holder.key)));
        }
    }
}

impl Mutation {
    /// Where it is: a guard, a translation, a move.
    pub fn place(self) -> String {
        match self {
            Self::Evidence(EvidenceFault::Believed(guard, at)) => match at {
                Place::Resource => format!("{guard} at the resource"),
                Place::Executor => format!("{guard} at an executor"),
                Place::Prefix => format!("{guard} before the last link"),
            },
            Self::Evidence(
                EvidenceFault::Swapped(guard, _)
                | EvidenceFault::Unconditional(guard)
                | EvidenceFault::Shifted(guard, _),
            ) => guard.to_string(),
            Self::Evidence(_) => "attribution".to_owned(),
            Self::Originate(_) => "originate".to_owned(),
            Self::HandOver(_) => "hand-over".to_owned(),
            Self::Present(_) => "present".to_owned(),
            Self::Unauthenticated | Self::Reusable => "take".to_owned(),
            Self::Move(fault) => format!("move {}", fault.kind),
        }
    }
}

impl fmt::Display for Mutation {
    /// What it changes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evidence(fault) => fault.fmt(f),
            Self::Originate(fault) => fault.fmt(f),
            Self::HandOver(fault) => fault.fmt(f),
            Self::Present(fault) => fault.fmt(f),
            Self::Unauthenticated => f.write_str("takes what nobody signed"),
            Self::Reusable => f.write_str("a code is redeemed more than once"),
            Self::Move(MoveFault { part, fact, .. }) => match part {
                Part::Needs => write!(f, "needs no `{fact}`"),
                Part::Forbids => write!(f, "does not mind `{fact}`"),
                Part::Adds => write!(f, "brings about no `{fact}`"),
            },
        }
    }
}

impl fmt::Display for EvidenceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Believed(..) => f.write_str("believed, not proven"),
            Self::Swapped(_, other) => write!(f, "answered with {other}"),
            Self::Unconditional(_) => f.write_str("its conditions are forgotten"),
            Self::Shifted(_, by) => write!(f, "its limit is moved by {by:+}"),
            Self::OtherAnchor => f.write_str("somebody else is accountable"),
            Self::NoAnchor => f.write_str("nobody is accountable"),
            Self::NoActor => f.write_str("nobody acts"),
        }
    }
}

impl fmt::Display for StartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("all that was created goes to the first hop"),
            Self::NoTrigger => f.write_str("no trigger"),
            Self::NoContext => f.write_str("no grant of the context"),
            Self::Deadline(by) => write!(f, "the deadline is moved by {by:+}"),
            Self::Hops(by) => write!(f, "the hops are moved by {by:+}"),
            Self::Effects(by) => write!(f, "the effects are moved by {by:+}"),
        }
    }
}

impl fmt::Display for NextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnarrowed => f.write_str("as much authority as the holder has"),
            Self::Anyone => f.write_str("to whoever comes"),
            Self::OtherTask => f.write_str("another task's name"),
            Self::NoIntents => f.write_str("no intents"),
            Self::Deadline(by) => write!(f, "the deadline is moved by {by:+}"),
            Self::Hops(by) => write!(f, "the hops are moved by {by:+}"),
            Self::Effects(by) => write!(f, "the effects are moved by {by:+}"),
        }
    }
}

impl fmt::Display for AskFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoProof => "no proof",
            Self::NoRequest => "the proof does not cover the request",
            Self::NoOperation => "the proof does not cover method and place",
            Self::NoAudience => "the proof names no verifier",
            Self::OtherAudience => "the proof names another verifier",
            Self::OtherTip => "the proof names another credential",
            Self::SameNonce => "every proof has the same nonce",
            Self::NoAttestation => "no attestation is shown",
            Self::NoReceipt => "no settlement's word",
        })
    }
}
