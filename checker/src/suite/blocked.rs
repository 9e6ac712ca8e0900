//! Where the honest work of a story ends, and at which guard: asked by running the story without an adversary, cut short.

use super::{Limits, explored};
use crate::lower::{Plan, lower};
use crate::world::World;
use crate::world::capability::Capabilities;
use whoacts_model::crypto::{Crypto, Symbolic};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::{Flow, Policy, Scenario};

/// A story of one flow under a form, without an adversary.
struct Honest<'a> {
    scenario: Scenario,
    policy: &'a Policy,
    form: &'static Form,
    limits: &'a Limits<'a>,
}

/// Why a run is not served, in a sentence; `None` if every good end is reachable.
pub(super) fn blocked<C: Crypto>(
    case: &Case,
    form: &'static Form,
    (world, seen): (&World<C>, u64),
    limits: &Limits<'_>,
) -> Option<String> {
    let end = world.good_ends.iter().find(|end| seen >> end.bit & 1 == 0)?;
    let id = &world.setting.flows.get(end.flow)?.id;
    let flow = case.scenario.flows.iter().find(|flow| flow.id.value == *id)?;
    let mut scenario = Scenario { flows: vec![flow.clone()], ..case.scenario.clone() };
    if end.after.is_none() {
        scenario.faults.clear();
    }
    let honest = Honest { scenario, policy: &case.policy, form, limits };
    let said = format!("this story cannot happen: the flow `{id}`");
    if honest.serves(&case.policy, GuardSet::NONE) {
        return Some(format!("{said} is served alone, and not beside everything else"));
    }
    let (place, asked) = honest.place(flow);
    let after = if end.after.is_some() { " after a fault" } else { "" };
    let denied = match honest.denying(asked) {
        Some(guards) => format!("`{}` denies the honest path", words(guards)),
        None => "no guard denies it: nothing is there that could go on".to_owned(),
    };
    Some(format!("{said} ends{after} {place}, where {denied}"))
}

fn words(guards: GuardSet) -> String {
    guards.iter().map(Guard::id).collect::<Vec<_>>().join("` with `")
}

impl Honest<'_> {
    fn serves(&self, policy: &Policy, dropped: GuardSet) -> bool {
        serves(&self.scenario, policy, self.form, dropped, self.limits)
    }

    /// The first hop that nobody takes although the resource would accept everything, else the resource; and the guards that
    /// the policy asks for there.
    fn place(&self, flow: &Flow) -> (String, GuardSet) {
        let lenient = Policy { resource: Vec::new(), ..self.policy.clone() };
        for (at, hop) in flow.hops.iter().enumerate() {
            let mut scenario = self.scenario.clone();
            scenario.flows[0].hops.truncate(at + 1);
            if !serves(&scenario, &lenient, self.form, GuardSet::NONE, self.limits) {
                let place = format!("at hop {}, to `{}`", at + 1, hop.to.value);
                return (place, crate::lower::guards(&self.policy.hop));
            }
        }
        let place = format!("at the resource `{}`", flow.request.operation.resource);
        (place, crate::lower::guards(&self.policy.resource))
    }

    /// The guards of these without which the flow is served: one if one is enough, else a set from which none can be left out.
    fn denying(&self, asked: GuardSet) -> Option<GuardSet> {
        let asked = asked.intersection(self.form.run::<Symbolic>().brings());
        let without = |dropped| self.serves(self.policy, dropped);
        if let Some(one) = asked.iter().find(|guard| without(GuardSet::of(&[*guard]))) {
            return Some(GuardSet::of(&[one]));
        }
        without(asked).then(|| {
            asked.iter().fold(asked, |set, guard| {
                let fewer = set.without(GuardSet::of(&[guard]));
                if without(fewer) { fewer } else { set }
            })
        })
    }
}

fn serves(
    scenario: &Scenario,
    policy: &Policy,
    form: &'static Form,
    dropped: GuardSet,
    limits: &Limits<'_>,
) -> bool {
    let plan = Plan { dropped, ..Plan::of(scenario, policy, form, Capabilities::default()) };
    let world = World::<Symbolic>::new(lower(&plan));
    let run = explored(&world, &limits.search(0, 0));
    world.served(run.seen)
}
