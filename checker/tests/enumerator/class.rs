//! What an acceptance is, as both sides can say it: read off evidence and keys, and off nothing else.

use crate::stage::Stage;
use std::collections::BTreeSet;
use std::fmt;
use whoacts_model::attestation::Tick;
use whoacts_model::authority::Operation;
use whoacts_model::crypto::{Digest, PublicKey};
use whoacts_model::evidence::{Actor, Condition, Evidence};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::name::Arguments;

/// What must be equal on both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Effect {
    /// Who presents: the adversary, or somebody honest by name.
    pub by: String,
    /// Where.
    pub verifier: String,
    /// What, with what.
    pub what: String,
    /// Who is accountable, as the evidence says.
    pub anchor: String,
    /// Who acts, as the evidence says.
    pub actor: String,
    /// The root: which honest one, or by whose key.
    pub root: String,
    /// For each step the hand-off (which honest one, or by whose key) and the key that took it.
    pub path: Vec<String>,
    /// The proof: an honest one, or by whose key.
    pub proof: String,
}

/// What must be true at that time: fewer conditions are more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions {
    /// First tick, and last.
    pub window: (Tick, Tick),
    /// Keys that must not be revoked or retired, ledgers of honest records with their limits, a proof that is good once.
    pub others: BTreeSet<String>,
}

/// An acceptance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    pub effect: Effect,
    pub conditions: Conditions,
}

/// What is presented, apart from its evidence.
pub struct Shown<'a> {
    pub by: String,
    pub verifier: usize,
    pub operation: &'a Operation,
    pub arguments: &'a Arguments,
    /// The root's key.
    pub root: Option<PublicKey>,
    /// Of each step whether somebody honest handed it on, by name, and the key that took it.
    pub steps: Vec<(Option<String>, PublicKey)>,
    /// The key of the proof, and whether somebody honest made it.
    pub proof: Option<(PublicKey, bool)>,
}

impl Class {
    /// The class of what was shown, if it can be accepted at any time under the guards `required`.
    pub fn of(
        stage: &Stage,
        shown: &Shown<'_>,
        evidence: &Evidence,
        required: GuardSet,
    ) -> Option<Self> {
        let honest = shown.proof.is_some_and(|(_, honest)| honest);
        let conditions = Conditions::of(stage, evidence, required, honest)?;
        let below: Vec<Digest> = evidence
            .conditions
            .iter()
            .filter_map(|(_, condition)| match condition {
                Condition::Below(record, _) => Some(*record),
                _ => None,
            })
            .collect();
        let named =
            |record: Option<&Digest>| record.and_then(|record| stage.honest.get(record).cloned());
        let root = match &shown.root {
            Some(key) => {
                named(Some(&evidence.root)).unwrap_or_else(|| format!("by {}", stage.owner(key)))
            }
            // Which token it is depends on how often it was exchanged; whose it is, its subject says.
            None if !stage.signed => "none".into(),
            None if evidence.held.contains(Guard::RootSigned) => "issued".into(),
            None => "made up".into(),
        };
        let path = shown.steps.iter().enumerate().map(|(at, (by, taker))| {
            let by = named(below.get(at + 1)).or_else(|| by.as_ref().map(|by| format!("{by}'s")));
            format!("{} → {}", by.unwrap_or_else(|| "made".into()), stage.owner(taker))
        });
        let matters = [Guard::Holder, Guard::RequestBound, Guard::Audience, Guard::SingleUse];
        let matters = matters.iter().any(|guard| required.contains(*guard));
        Some(Self {
            effect: Effect {
                by: shown.by.clone(),
                verifier: stage.verifiers[shown.verifier].clone(),
                what: stage.what(shown.operation, shown.arguments),
                anchor: evidence.anchor.as_ref().map_or("nobody".into(), |id| stage.identity(id)),
                actor: match &evidence.actor {
                    None => "nobody".into(),
                    Some(Actor::Key(key)) => stage.owner(key),
                    Some(Actor::Service(service)) => format!("service {service}"),
                    Some(Actor::Incarnation(subject)) => stage.subject(subject),
                },
                root,
                path: path.collect(),
                proof: match shown.proof {
                    Some((_, true)) => "recorded".into(),
                    Some((key, false)) if matters => format!("with {}", stage.owner(&key)),
                    _ => "any".into(),
                },
            },
            conditions,
        })
    }

    /// Whether whatever this class gives, the other gives as well, and no later.
    pub fn within(&self, other: &Self) -> bool {
        self.effect == other.effect
            && other.conditions.window.0 <= self.conditions.window.0
            && self.conditions.window.1 <= other.conditions.window.1
            && other.conditions.others.is_subset(&self.conditions.others)
    }
}

impl Conditions {
    fn of(stage: &Stage, evidence: &Evidence, required: GuardSet, honest: bool) -> Option<Self> {
        let (mut window, mut others) = ((0, stage.last), BTreeSet::new());
        let asked = evidence.conditions.iter().filter(|(guard, _)| required.contains(*guard));
        for (_, condition) in asked {
            match condition {
                Condition::Within(from, to) => {
                    window = (window.0.max(*from), window.1.min(*to));
                }
                Condition::Unretired(key) if stage.retirable.contains(key) => {
                    others.insert(format!("{} unretired", stage.owner(key)));
                }
                Condition::Unrevoked(key) if stage.revocable.contains(key) => {
                    others.insert(format!("{} unrevoked", stage.owner(key)));
                }
                Condition::Below(_, 0) => return None,
                Condition::Below(record, limit) => {
                    if let Some(name) = stage.honest.get(record) {
                        others.insert(format!("fewer than {limit} below {name}"));
                    }
                }
                Condition::Unused(_) => {
                    if honest {
                        others.insert("that request unused".into());
                    }
                }
                Condition::TriggeredOnly(trigger, root) => {
                    if let (Some(trigger), root) =
                        (stage.honest.get(trigger), stage.honest.get(root))
                    {
                        others.insert(format!(
                            "{trigger} only for {}",
                            root.map_or("another", |r| r)
                        ));
                    }
                }
                Condition::Unretired(_) | Condition::Unrevoked(_) => {}
            }
        }
        (window.0 <= window.1).then_some(Self { window, others })
    }
}

/// Those that no other one contains.
pub fn widest(classes: impl IntoIterator<Item = Class>) -> BTreeSet<Class> {
    let all: BTreeSet<Class> = classes.into_iter().collect();
    all.iter()
        .filter(|this| !all.iter().any(|other| *this != other && this.within(other)))
        .cloned()
        .collect()
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Effect { by, verifier, what, anchor, actor, root, path, proof } = &self.effect;
        let (from, to) = self.conditions.window;
        write!(
            f,
            "{by} presents, {verifier} does {what}, anchor {anchor}, actor {actor}, root {root}"
        )?;
        write!(f, ", path [{}], proof {proof}, at {from}..{to}", path.join("; "))?;
        let others: Vec<_> = self.conditions.others.iter().map(String::as_str).collect();
        if others.is_empty() { Ok(()) } else { write!(f, ", {}", others.join(", ")) }
    }
}
