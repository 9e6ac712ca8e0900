//! Cedar policies of resources: what a resource itself still refuses, after the guards.
//!
//! The principal is the accountable root, and the context holds verified facts: what the last hand-off asked of its
//! successor, if this verifier has the evidence for it. Identifiers are not among them: they grant nothing. A question is put
//! once in a world, while it is grounded; the search looks answers up as it looks up evidence.
//!
//! Cedar itself comes with the feature `cedar`. Without it a policy that names a Cedar file is an error, and a rule that
//! cannot be evaluated denies.

#[cfg(feature = "cedar")]
mod engine;
#[cfg(not(feature = "cedar"))]
#[path = "cedar/absent.rs"]
mod engine;

use crate::world::setting::Verifier;
use engine::Engine;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::Crypto;
use whoacts_model::evidence::Evidence;
use whoacts_model::execution::Origin;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::{Credential, Presentation};
use whoacts_scenarios::Faulty;
use whoacts_scenarios::scenario::Policy;

/// The guards without which a fact is a mere claim.
const FACTS: GuardSet = GuardSet::of(&[
    Guard::RoleAnchored,
    Guard::Attested,
    Guard::AttestationFresh,
    Guard::KeyAttested,
    Guard::Eligible,
]);

/// What a resource asks its policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Question {
    /// The accountable root, as the evidence has it.
    pub(crate) root: Option<String>,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) arguments: String,
    /// `identity`, `role` or `context`; `token` where no root is shown.
    pub(crate) origin: &'static str,
    pub(crate) roles: Vec<String>,
    pub(crate) environment: Option<String>,
    pub(crate) domain: Option<String>,
    /// Hand-offs below the root.
    pub(crate) hops: usize,
    /// Required guards for which there is lasting evidence.
    pub(crate) guards: GuardSet,
}

impl Question {
    fn of<C: Crypto>(p: &Presentation<C>, evidence: &Evidence, required: GuardSet) -> Self {
        let operation = &p.request.operation;
        let mut question = Self {
            root: evidence.anchor.as_ref().map(ToString::to_string),
            action: operation.action.to_string(),
            resource: operation.resource.to_string(),
            arguments: p.request.arguments.to_string(),
            origin: "token",
            guards: required.intersection(evidence.held),
            ..Self::default()
        };
        let Credential::Chain(chain) = &p.credential else { return question };
        question.hops = chain.links.len();
        let origin = &chain.root.root.body().origin;
        question.origin = match origin {
            Origin::Identity(_) => "identity",
            Origin::Role(_) => "role",
            Origin::Context { .. } => "context",
        };
        if !FACTS.without(evidence.held).is_empty() {
            return question;
        }
        match chain.links.last().map(|link| &link.offer.record.body().contract.next) {
            Some(Requirement::Facts(asked)) => {
                question.roles = asked.role.iter().map(ToString::to_string).collect();
                question.environment = asked.environment.as_ref().map(ToString::to_string);
                question.domain = asked.domain.as_ref().map(ToString::to_string);
            }
            Some(Requirement::Key(_)) => {}
            None if evidence.held.contains(Guard::RootAnchored) => match origin {
                Origin::Identity(_) => {}
                Origin::Role(claim) => question.roles = vec![claim.role.to_string()],
                Origin::Context { environment, .. } => {
                    question.environment = Some(environment.to_string());
                }
            },
            None => {}
        }
        question
    }
}

/// The policies of a world's resources, with every answer that was given.
pub struct Rules {
    engines: Vec<(String, Option<Engine>)>,
    known: Mutex<HashMap<Question, bool>>,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.engines.iter().map(|(resource, _)| resource)).finish()
    }
}

impl Rules {
    /// Those that a policy names. What cannot be read denies everything.
    pub fn of(policy: &Policy) -> Self {
        let engine = |own| Engine::new(own).ok();
        let engines =
            policy.resources.iter().map(|own| (own.resource.value.clone(), engine(own))).collect();
        Self { engines, known: Mutex::default() }
    }

    /// Whether the verifier's resource lets the request through; it does where it has no policy.
    pub fn permit<C: Crypto>(
        &self,
        verifier: &Verifier,
        p: &Presentation<C>,
        evidence: &Evidence,
        required: GuardSet,
    ) -> bool {
        let here = |resource: &String| verifier.resource.as_str() == resource;
        let mut own = self.engines.iter().filter(|(resource, _)| here(resource)).peekable();
        if own.peek().is_none() {
            return true;
        }
        let question = Question::of(p, evidence, required);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&question) {
            return *answer;
        }
        let answer =
            own.all(|(_, engine)| engine.as_ref().is_some_and(|engine| engine.permits(&question)));
        known.insert(question, answer);
        answer
    }

    /// How many different questions were put.
    pub fn asked(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// What is wrong with the Cedar policies that a policy names, file by file. `text` is the policy's own.
pub fn check(policy: &Policy, text: &str) -> Vec<Faulty> {
    let mut faulty = Vec::new();
    for own in &policy.resources {
        let Err(errors) = Engine::new(own) else { continue };
        let (mine, theirs): (Vec<_>, Vec<_>) =
            errors.into_iter().partition(|error| error.span.file == own.resource.span.file);
        for (text, errors) in [(text, mine), (&*own.text.text, theirs)] {
            if !errors.is_empty() {
                faulty.push(Faulty { text: text.to_owned(), errors });
            }
        }
    }
    faulty
}
