//! Capabilities that a story declares and that add no move to it: the author believes in an adversary that is not there.

use super::{Error, changed, in_parallel, story_capabilities};
use crate::lower::{Plan, bounds, lower};
use crate::world::World;
use crate::world::capability::{Capabilities, Capability};
use crate::world::moves::Move;
use crate::world::recipe::{CredentialFrom, Shown};
use std::collections::HashMap;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::Case;
use whoacts_scenarios::span::Span;

/// One place where a story gives its adversary a capability.
struct Declared<'a> {
    capability: Capability,
    span: &'a Span,
    with: Capabilities,
    without: Capabilities,
}

/// Refuses stories with an idle capability.
///
/// # Errors
/// [`Error::Usage`] with each of them at its place.
pub(super) fn refuse(cases: &[Case], threads: usize) -> Result<(), Error> {
    let idle = in_parallel(threads, cases, |case, _| idle(case)).concat();
    if idle.is_empty() { Ok(()) } else { Err(Error::Usage(idle.join("\n"))) }
}

/// The story's capabilities that add no move under any form, each in one line that begins with its place.
pub fn idle(case: &Case) -> Vec<String> {
    let mut left = declared(case);
    for form in telling_first() {
        if left.is_empty() {
            break;
        }
        let mut known = HashMap::new();
        left.retain(|it| {
            let mut size = |set| *known.entry(set).or_insert_with(|| size(case, form, set));
            matches!((size(it.with), size(it.without)), (Some(with), Some(without)) if !it.adds(with, without))
        });
    }
    left.iter().map(told).collect()
}

fn told(it: &Declared<'_>) -> String {
    let (span, capability) = (it.span, it.capability.id());
    format!("{span}: the capability `{capability}` has no effect: it adds no move to this story")
}

/// What the story's own adversary has, and what expectations add to it.
fn declared(case: &Case) -> Vec<Declared<'_>> {
    let own = story_capabilities(case);
    let declare = |name: &str, span, with: Capabilities| {
        let capability = Capability::named(name)?;
        Some(Declared { capability, span, with, without: with.without(capability) })
    };
    let names = case.scenario.adversary.capabilities.iter();
    let names = names.filter_map(|name| declare(name, &name.span, own));
    let added = case.scenario.expectations.iter().flat_map(|row| {
        let changes: Vec<String> = row.adversary.iter().map(|name| name.value.clone()).collect();
        let with = changed(own, &changes).unwrap_or(own);
        row.adversary
            .iter()
            .filter_map(move |name| declare(name.value.strip_prefix('+')?, &name.span, with))
    });
    names.chain(added).collect()
}

/// All forms, from the last to the first: the strongest have keys, attestations and hand-offs for every capability to work on.
fn telling_first() -> impl Iterator<Item = &'static Form> {
    let all: Vec<&'static Form> = forms().collect();
    all.into_iter().rev()
}

/// How much there is in a world.
#[derive(Clone, Copy)]
struct Size {
    /// Moves beside the mere loss of a key.
    moves: usize,
    /// Steps that show a forged attestation.
    forged: usize,
}

impl Declared<'_> {
    /// Whether the capability makes a difference. A rogue attester signs what is there to be denied, and what would otherwise
    /// be signed by nobody, so it makes one wherever an attestation is forged; everything else must let somebody do something.
    fn adds(&self, with: Size, without: Size) -> bool {
        match self.capability {
            Capability::RogueAttester => with.forged > 0,
            _ => with.moves != without.moves,
        }
    }
}

/// How much there is under this form and adversary; `None` where it is too much to tell.
fn size(case: &Case, form: &'static Form, capabilities: Capabilities) -> Option<Size> {
    let world = World::new(lower::<Symbolic>(&Plan {
        scenario: &case.scenario,
        policy: &case.policy,
        form,
        capabilities,
        bounds: bounds(&case.scenario.bounds),
        added: GuardSet::NONE,
        dropped: GuardSet::NONE,
        representatives: true,
    }));
    let loses = |what: Move| matches!(what, Move::Steal(_) | Move::Hijack(_));
    let moves = world.moves.iter().filter(|ground| !loses(ground.what)).count();
    let forges = |from: &&CredentialFrom| {
        matches!(from, CredentialFrom::Continued { shown: Shown::Forged(_), .. })
    };
    let forged = world.universe.recipes.credentials.iter().filter(forges).count();
    (!world.universe.truncated).then_some(Size { moves, forged })
}
