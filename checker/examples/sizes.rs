#![allow(clippy::all, missing_docs, clippy::print_stdout)]
#[path = "../tests/worlds/mod.rs"]
mod worlds;
use whoacts_checker::explore::*;
use whoacts_model::crypto::Symbolic;
use worlds::*;
fn main() {
    let cases = library();
    let only = std::env::args().nth(1).unwrap_or_default();
    let budget: u64 = std::env::args().nth(2).and_then(|x| x.parse().ok()).unwrap_or(0);
    for (case, form) in pairs(&cases, &labelled(&["bearer", "dpop/strong", "continuity/K4"])) {
        let name = label(case, form);
        if !name.contains(&only) {
            continue;
        }
        let o = Stage::oracle(case, form).world::<Symbolic>(case);
        let s = Stage::of(case, form).world::<Symbolic>(case);
        print!(
            "{name:50} oracle facts {:5} moves {:6} | story facts {:5} moves {:6}",
            o.facts,
            o.moves.len(),
            s.facts,
            s.moves.len()
        );
        if budget > 0 {
            let t = std::time::Instant::now();
            let run = explore(&o, &Options { max_states: Some(budget), ..Options::default() });
            let e = t.elapsed().as_secs_f64();
            print!(
                " states {} steps {} depth {} {:?} {:.0}/s",
                run.states,
                run.steps,
                run.depth,
                run.ended,
                run.states as f64 / e
            );
        }
        println!();
    }
}
