//! Cedar decisions are made while a world is grounded, each once, and never by the search.
#![cfg(feature = "cedar")]

use std::path::Path;
use whoacts_checker::explore::{Options, explore};
use whoacts_checker::lower::{Plan, bounds, capabilities, lower};
use whoacts_checker::suite::vocabulary;
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::GuardSet;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Library;

#[test]
fn the_search_asks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/examples/cedar");
    let library = Library::load(&[folder], &vocabulary()).expect("the example");
    let case = library.cases.first().expect("a story");
    let scenario = &case.scenario;
    let plan = Plan {
        scenario,
        policy: &case.policy,
        form: Form::labelled("continuity/K4").expect("a form"),
        capabilities: capabilities(
            scenario.adversary.capabilities.iter().map(|c| c.value.as_str()),
        ),
        bounds: whoacts_checker::outcome::Bounds {
            replicas: 3,
            executions: 3,
            ..bounds(&scenario.bounds)
        },
        added: GuardSet::NONE,
        dropped: GuardSet::NONE,
        representatives: true,
    };
    let world = World::new(lower::<Symbolic>(&plan));
    let asked = world.setting.rules.asked();
    // Replicas and executions put the same question.
    assert!(asked > 0 && asked < 20, "{asked} questions");
    assert!(world.universe.presentations.len() > 3 * asked, "{asked} questions");
    let run = explore(&world, &Options { saturate: true, canonical: true, ..Options::default() });
    assert!(run.states > 0);
    assert_eq!(world.setting.rules.asked(), asked);
}
