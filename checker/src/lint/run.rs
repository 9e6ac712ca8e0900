//! Runs for lints that have to find out.

use crate::explore::{self, Ended, explore};
use crate::lower::{Plan, bounds, lower};
use crate::suite::{Options, Until, story_capabilities};
use crate::world::World;
use std::sync::atomic::AtomicBool;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::Scenario;

/// How far to search.
#[derive(Clone, Copy)]
pub(super) struct Runs<'a> {
    pub(super) options: &'a Options,
    pub(super) until: Until,
    pub(super) interrupted: &'a AtomicBool,
}

/// What one run shows.
pub(super) struct Shown {
    /// Guards that alone denied something.
    pub(super) decided: GuardSet,
    /// Guards that are required and for which the form brings evidence.
    pub(super) required: GuardSet,
    /// Every good end is reached.
    pub(super) served: bool,
    /// No limit was reached.
    pub(super) conclusive: bool,
}

impl Runs<'_> {
    /// A story under a form; `scenario` is the case's own, or one that was changed.
    pub(super) fn run(&self, case: &Case, scenario: &Scenario, form: &'static Form) -> Shown {
        let plan = Plan {
            scenario,
            policy: &case.policy,
            form,
            capabilities: story_capabilities(case),
            bounds: bounds(&scenario.bounds),
            added: GuardSet::NONE,
            dropped: GuardSet::NONE,
            representatives: true,
        };
        let world = World::new(lower::<Symbolic>(&plan));
        let run = explore(&world, &self.search());
        let denied = |guard: &whoacts_model::guard::Guard| {
            world.tallies[*guard as usize].denied > 0
                || world.accepting.iter().any(|accept| accept.blocked_by().contains(*guard))
        };
        Shown {
            decided: world.setting.required.iter().filter(denied).collect(),
            required: world.setting.required,
            served: world.good_ends.iter().all(|end| run.seen >> end.bit & 1 == 1),
            conclusive: run.ended == Ended::Exhausted && !world.universe.truncated,
        }
    }

    fn search(&self) -> explore::Options<'_> {
        explore::Options {
            threads: 1,
            max_states: self.options.max_states,
            deadline: self.until.left(),
            max_bytes: self.options.memory,
            saturate: true,
            canonical: true,
            traces: 0,
            interrupted: Some(self.interrupted),
            ..explore::Options::default()
        }
    }
}
