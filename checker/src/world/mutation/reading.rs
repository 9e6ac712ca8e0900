//! Faults in what a verifier makes of what it sees.

use std::fmt;
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::evidence::{Actor, Condition, Evidence};
use whoacts_model::execution::{Chain, Origin};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::name::ServiceId;
use whoacts_model::policy::Trust;
use whoacts_model::presentation::{Credential, Presentation};
use whoacts_model::verify;
use whoacts_model::wire::Object;

/// Who looks, and at what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The verifier of a resource.
    Resource,
    /// An executor, before it continues.
    Executor,
    /// Either, at the links before the last.
    Prefix,
}

/// A fault in what a verifier makes of what it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The lasting part of this guard is taken for proven, there.
    Believed(Guard, Place),
    /// This guard never holds.
    Withheld(Guard),
    /// The lasting part of the first is answered with that of the second.
    Swapped(Guard, Guard),
    /// A weaker question stands for this guard's.
    Weak(Guard),
    /// What this guard needs at the time of the decision is forgotten.
    Forgotten(Guard),
    /// Of what it needs at that time only the first is looked at.
    First(Guard),
    /// Of what it needs at that time only the last is looked at.
    Last(Guard),
    /// The key or record of which it needs something at that time is another one.
    Another(Guard),
    /// The end of what it allows is moved by so much.
    Shifted(Guard, i32),
    /// The beginning of what it allows is moved by so much.
    Begins(Guard, i32),
    /// A path may be longer or shorter by so much.
    Hops(i32),
    /// Somebody else is named as accountable.
    OtherAnchor,
    /// Nobody is named as accountable.
    NoAnchor,
    /// Somebody else is named as acting.
    OtherActor,
    /// Nobody is named as acting.
    NoActor,
}

/// The guards for which [`Fault::Weak`] has a weaker question.
pub const WEAK: GuardSet = GuardSet::of(&[
    Guard::RootAnchored,
    Guard::RootMandated,
    Guard::RootGuarded,
    Guard::Attested,
    Guard::KeyAttested,
    Guard::Linked,
    Guard::HandedOff,
    Guard::Eligible,
    Guard::Attenuated,
    Guard::PrefixVerified,
    Guard::InAuthority,
    Guard::Holder,
    Guard::RequestBound,
    Guard::IntentBound,
    Guard::Audience,
]);

/// What a verifier looks at.
pub(in crate::world) struct Seen<'a, C: Crypto> {
    /// What is held.
    pub(in crate::world) credential: &'a Credential<C>,
    /// With what request; none at an executor.
    pub(in crate::world) presented: Option<&'a Presentation<C>>,
    /// Whom it believes.
    pub(in crate::world) trust: &'a Trust,
    /// Where; or whether it would fail wherever it is looked at.
    pub(in crate::world) at: Option<Place>,
}

impl Fault {
    /// The guard that it is about.
    pub fn guard(self) -> Option<Guard> {
        match self {
            Self::Believed(guard, _)
            | Self::Withheld(guard)
            | Self::Swapped(guard, _)
            | Self::Weak(guard)
            | Self::Forgotten(guard)
            | Self::First(guard)
            | Self::Last(guard)
            | Self::Another(guard)
            | Self::Shifted(guard, _)
            | Self::Begins(guard, _) => Some(guard),
            Self::Hops(_) => Some(Guard::WithinHops),
            Self::OtherAnchor | Self::NoAnchor | Self::OtherActor | Self::NoActor => None,
        }
    }

    /// The guard of which it lets more pass, and nothing less.
    pub fn loosens(self) -> Option<Guard> {
        match self {
            Self::Believed(_, Place::Prefix) => Some(Guard::PrefixVerified),
            Self::Believed(guard, _)
            | Self::Forgotten(guard)
            | Self::First(guard)
            | Self::Last(guard)
            | Self::Shifted(guard, 1..)
            | Self::Begins(guard, ..=-1) => Some(guard),
            Self::Hops(1..) => Some(Guard::WithinHops),
            _ => None,
        }
    }

    /// Whether it is about what a ledger allows.
    pub(super) fn of_ledgers(self) -> bool {
        matches!(
            self,
            Self::Forgotten(Guard::WithinEffects)
                | Self::First(Guard::WithinEffects)
                | Self::Last(Guard::WithinEffects)
                | Self::Another(Guard::WithinEffects)
                | Self::Shifted(Guard::WithinEffects, _)
        )
    }

    /// What the faulty verifier finds where the right one found `evidence`.
    pub(in crate::world) fn read<C: Crypto>(self, seen: &Seen<'_, C>, evidence: &mut Evidence) {
        match self {
            Self::Believed(guard, Place::Prefix) => believe_prefix(guard, seen, evidence),
            Self::Believed(guard, place) => {
                let here = seen.at.is_none_or(|at| at == place);
                evidence.held.set(guard, here || evidence.held.contains(guard));
            }
            Self::Withheld(guard) => evidence.held.set(guard, false),
            Self::Swapped(guard, other) => {
                evidence.held.set(guard, evidence.held.contains(other));
            }
            Self::Weak(guard) => {
                if let Credential::Chain(chain) = seen.credential {
                    let weaker = weaker(guard, chain, seen, evidence);
                    evidence.held.set(guard, weaker.unwrap_or(evidence.held.contains(guard)));
                }
            }
            Self::Forgotten(guard) => evidence.conditions.retain(|(of, _)| *of != guard),
            Self::First(guard) => {
                let mut before = 0;
                keep(evidence, guard, || {
                    before += 1;
                    before == 1
                });
            }
            Self::Last(guard) => {
                let mut left = evidence.conditions.iter().filter(|(of, _)| *of == guard).count();
                keep(evidence, guard, || {
                    left -= 1;
                    left == 0
                });
            }
            Self::Another(guard) => {
                let root = evidence.root;
                of(evidence, guard).for_each(|condition| another(condition, seen.trust, root));
            }
            Self::Shifted(guard, by) => of(evidence, guard).for_each(|condition| match condition {
                Condition::Within(_, to) => *to = moved(*to, by),
                Condition::Below(_, limit) => *limit = moved(*limit, by),
                _ => {}
            }),
            Self::Begins(guard, by) => of(evidence, guard).for_each(|condition| {
                if let Condition::Within(from, _) = condition {
                    *from = moved(*from, by);
                }
            }),
            Self::Hops(by) => {
                if let Credential::Chain(chain) = seen.credential {
                    evidence.held.set(Guard::WithinHops, within_hops(chain, by));
                }
            }
            Self::OtherAnchor => {
                let named = evidence.anchor.take();
                let mut others = seen.trust.identities.keys();
                evidence.anchor = others.find(|id| Some(*id) != named.as_ref()).cloned();
            }
            Self::NoAnchor => evidence.anchor = None,
            Self::OtherActor => {
                evidence.actor = Some(Actor::Service(ServiceId::new("somebody else")));
            }
            Self::NoActor => evidence.actor = None,
        }
    }
}

/// The conditions of a guard.
fn of(evidence: &mut Evidence, guard: Guard) -> impl Iterator<Item = &mut Condition> {
    let all = evidence.conditions.iter_mut();
    all.filter(move |(of, _)| *of == guard).map(|(_, condition)| condition)
}

fn keep(evidence: &mut Evidence, guard: Guard, mut which: impl FnMut() -> bool) {
    evidence.conditions.retain(|(of, _)| *of != guard || which());
}

/// What has no limit keeps having none.
pub(super) fn moved(limit: u32, by: i32) -> u32 {
    if limit == u32::MAX { limit } else { limit.saturating_add_signed(by) }
}

/// The settlement's key for a key, the root for a record or a request.
fn another(condition: &mut Condition, trust: &Trust, root: Digest) {
    match condition {
        Condition::Unretired(key) | Condition::Unrevoked(key) => *key = trust.settlement,
        Condition::Unused(record)
        | Condition::Below(record, _)
        | Condition::TriggeredOnly(record, _) => *record = root,
        Condition::Within(..) => {}
    }
}

fn believe_prefix<C: Crypto>(guard: Guard, seen: &Seen<'_, C>, evidence: &mut Evidence) {
    let Credential::Chain(chain) = seen.credential else { return };
    let fewer = Guard::LINK.without(GuardSet::of(&[guard]));
    evidence.held.set(Guard::PrefixVerified, verify::prefix_holds(chain, fewer, seen.trust));
    if seen.at.is_none() {
        // The last link will be one before the last, once somebody continues.
        evidence.held.set(guard, true);
    }
}

fn within_hops<C: Crypto>(chain: &Chain<C>, by: i32) -> bool {
    let root = &chain.root.root.body().envelope;
    let below = |depth: usize| (chain.links.len() - depth) as u32;
    let limits = chain.links.iter().map(|link| link.offer.record.body().contract.below.hops);
    let limits = std::iter::once(root.hops).chain(limits);
    limits.enumerate().all(|(depth, hops)| below(depth) <= moved(hops, by))
}

/// The answer to a weaker question than this guard's; none where nothing is asked.
fn weaker<C: Crypto>(
    guard: Guard,
    chain: &Chain<C>,
    seen: &Seen<'_, C>,
    evidence: &Evidence,
) -> Option<bool> {
    let root = chain.root.root.body();
    let last = chain.links.last().map(|link| &**link);
    let offered = || last.map(|link| (link, link.offer.record.body()));
    let proof = || seen.presented.and_then(|p| p.proof.as_deref());
    Some(match guard {
        // The identity is known, whoever signs in its name.
        Guard::RootAnchored => {
            evidence.anchor.as_ref().is_some_and(|id| seen.trust.identities.contains_key(id))
        }
        // It may create something.
        Guard::RootMandated => seen.trust.mandates.of(&root.origin).is_some(),
        // It has a trigger.
        Guard::RootGuarded => {
            matches!(root.origin, Origin::Identity(_)) || chain.root.trigger.is_some()
        }
        // An attestation is shown.
        Guard::Attested => {
            let (link, record) = offered()?;
            !record.contract.next.asks_facts() || link.attested.is_some()
        }
        // The step is signed by the key that it names.
        Guard::KeyAttested => last?.step.by(&last?.step.body().key),
        // The step names its hand-off.
        Guard::Linked => {
            let link = last?;
            link.step.body().hand_off == link.offer.record.digest()
        }
        // The hand-off is signed by the key that it names.
        Guard::HandedOff => {
            let (link, record) = offered()?;
            link.offer.record.by(&record.signer)
        }
        // An attestation is shown, whatever it says.
        Guard::Eligible => {
            let (link, record) = offered()?;
            match &record.contract.next {
                Requirement::Key(asked) => link.step.body().key == *asked,
                Requirement::Facts(facts) => facts.is_empty() || link.attested.is_some(),
            }
        }
        // Authority shrinks, whatever the contract does.
        Guard::Attenuated => {
            let (_, record) = offered()?;
            let parent = chain.links.len().checked_sub(2).map(|at| &chain.links[at]);
            let above = parent.map_or(&root.authority, |l| &l.offer.record.body().authority);
            record.authority.within(above)
        }
        // What a settlement looks at.
        Guard::PrefixVerified => verify::prefix_holds(chain, verify::SETTLED, seen.trust),
        // The request is within what the root created.
        Guard::InAuthority => {
            let request = &seen.presented?.request;
            root.authority.admits(&request.operation, &request.arguments)
        }
        // The proof is signed by the key that it names.
        Guard::Holder => proof().is_some_and(|proof| proof.by(&proof.body().key)),
        // The proof covers some request.
        Guard::RequestBound => proof().is_some_and(|proof| proof.body().request.is_some()),
        // The request is among the last intents, whatever their parents were.
        Guard::IntentBound => {
            let (_, record) = offered()?;
            let digest = seen.presented?.request.digest();
            record.intents.as_ref().is_some_and(|intents| intents.contains(&digest))
        }
        // The proof names some verifier.
        Guard::Audience => proof().is_some_and(|proof| proof.body().audience.is_some()),
        _ => return None,
    })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Believed(guard, place) => {
                let place = match place {
                    Place::Resource => "at the resource",
                    Place::Executor => "at an executor",
                    Place::Prefix => "before the last link",
                };
                write!(f, "{guard} is believed {place}")
            }
            Self::Withheld(guard) => write!(f, "{guard} is never proven"),
            Self::Swapped(guard, other) => write!(f, "{guard} is answered with {other}"),
            Self::Weak(guard) => write!(f, "{guard} asks less"),
            Self::Forgotten(guard) => write!(f, "{guard} forgets time and memory"),
            Self::First(guard) => write!(f, "{guard} looks at the first condition only"),
            Self::Last(guard) => write!(f, "{guard} looks at the last condition only"),
            Self::Another(guard) => write!(f, "{guard} looks at another key or record"),
            Self::Shifted(guard, by) => write!(f, "{guard} ends {by:+}"),
            Self::Begins(guard, by) => write!(f, "{guard} begins {by:+}"),
            Self::Hops(by) => write!(f, "{} allows {by:+}", Guard::WithinHops),
            Self::OtherAnchor => f.write_str("somebody else is accountable"),
            Self::NoAnchor => f.write_str("nobody is accountable"),
            Self::OtherActor => f.write_str("somebody else acts"),
            Self::NoActor => f.write_str("nobody acts"),
        }
    }
}
