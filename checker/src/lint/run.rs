//! Runs for lints that have to find out.

use crate::explore::Ended;
use crate::lower::{Plan, lower};
use crate::suite::{Limits, explored, story_capabilities};
use crate::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::Scenario;

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

impl Shown {
    /// A story under a form; `scenario` is the case's own, or one that was changed.
    pub(super) fn of(
        limits: &Limits<'_>,
        case: &Case,
        scenario: &Scenario,
        form: &'static Form,
    ) -> Self {
        let plan = Plan::of(scenario, &case.policy, form, story_capabilities(case));
        let world = World::new(lower::<Symbolic>(&plan));
        let run = explored(&world, &limits.search(0, 0));
        Self {
            decided: world.deciding(),
            required: world.setting.required,
            served: world.served(run.seen),
            conclusive: run.ended == Ended::Exhausted,
        }
    }
}
