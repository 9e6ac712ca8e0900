//! A world of the library by plain search: ours, and stateright on the same moves.

use stateright::{Model, Property};
use std::sync::Arc;
use whoacts_benches::{plan, story};
use whoacts_checker::explore::System;
use whoacts_checker::lower::{Plan, lower};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::world::World;
use whoacts_checker::world::bits::Bits;
use whoacts_model::crypto::Symbolic;

/// A world under perfect signatures.
pub(crate) type TrustWorld = World<Symbolic>;

/// A story of the library under one form, at bounds made of its own.
pub(crate) fn world(id: &str, form: &str, change: impl Fn(Bounds) -> Bounds) -> TrustWorld {
    let case = story(id);
    let plan = plan(&case, form);
    World::new(lower::<Symbolic>(&Plan { bounds: change(plan.bounds), ..plan }))
}

/// A world as stateright wants it. Findings are not asked for, which spares it work that our search does.
#[derive(Clone)]
pub(crate) struct Bare(pub(crate) Arc<TrustWorld>);

impl Model for Bare {
    type State = Bits;
    type Action = u32;

    fn init_states(&self) -> Vec<Bits> {
        vec![self.0.initial()]
    }
    fn actions(&self, state: &Bits, out: &mut Vec<u32>) {
        self.0.moves(state, out);
    }
    fn next_state(&self, state: &Bits, mv: u32) -> Option<Bits> {
        Some(self.0.next(state, mv))
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("goes on", |_, _| true)]
    }
}
