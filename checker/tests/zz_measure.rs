//! scratch
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
mod worlds;
use std::sync::Arc;
use std::time::Instant;
use whoacts_checker::explore::*;
use whoacts_model::crypto::Symbolic;
use worlds::*;
#[test]
fn measure() {
    let cases = library();
    for (case, form) in pairs(&cases, &all_forms()) {
        for reps in [true, false] {
        let mut stage = Stage::oracle(case, form);
        stage.representatives = reps;
        let t = Instant::now();
        let world = Arc::new(stage.world::<Symbolic>(case));
        let g = t.elapsed();
        let opts = Options { max_depth: case.scenario.oracle.depth.as_ref().map(|d| d.value), max_states: Some(400_000), ..Options::default() };
        let t = Instant::now();
        let run = explore(&*world, &opts);
        let e = t.elapsed();
        let t = Instant::now();
        let o = oracle(&world, &opts);
        println!("{:40} reps {reps:5} ground {g:?} facts {} moves {} states {} ({}) depth {} {:?} {e:?} oracle {:?} {:?}", label(case, form), world.facts, world.moves.len(), run.states, o.unique_states, run.depth, run.ended, t.elapsed(), run.seen == o.seen);
        }
    }
}
