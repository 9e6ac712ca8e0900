//! The shared pool, written a second time by hand for SPIN: an independent reading of what the trust model means. Verdicts
//! and the lengths of shortest attacks must be the same.

use crate::tools::{are_there, spin, workshop};
use crate::trust;
use std::process::Command;
use whoacts_checker::explore::{Ended, Options, explore};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::property;

/// A question that both are asked: the form, the property, the model and what is defined in it.
struct Question {
    form: &'static str,
    property: &'static str,
    model: &'static str,
    defined: &'static [&'static str],
}

const BEARER: &str = "shared-pool-bearer.pml";
const CONTINUITY: &str = "shared-pool-continuity.pml";

const QUESTIONS: &[Question] = &[
    Question { form: "bearer", property: "custody", model: BEARER, defined: &["AGREEMENT"] },
    Question { form: "bearer", property: "multiplicity", model: BEARER, defined: &["INJECTIVE"] },
    Question {
        form: "continuity/K3",
        property: "multiplicity",
        model: CONTINUITY,
        defined: &["INJECTIVE", "FORGETFUL"],
    },
    Question {
        form: "continuity/K4",
        property: "custody",
        model: CONTINUITY,
        defined: &["AGREEMENT"],
    },
    Question {
        form: "continuity/K4",
        property: "multiplicity",
        model: CONTINUITY,
        defined: &["INJECTIVE"],
    },
];

/// No attack that is looked for is longer.
const LONGEST: usize = 8;

/// Asks both, prints what they say, and insists that it is the same. Each model is compiled for each length that is tried,
/// so a smoke test asks one question of each form.
pub(crate) fn compare(smoke: bool) {
    println!("\narticle/shared-pool: ours, and SPIN on models written by hand\n");
    if !are_there(&["spin", "gcc"]) {
        return;
    }
    for question in QUESTIONS.iter().filter(|one| !smoke || one.property == "custody") {
        let (ours, theirs) = (ours(question), theirs(question));
        let say = |length: Option<usize>| {
            length.map_or("holds".to_owned(), |n| format!("broken in {n} moves"))
        };
        println!(
            "{:14} {:20} ours: {:18} SPIN: {}",
            question.form,
            question.property,
            say(ours),
            say(theirs)
        );
        assert_eq!(ours, theirs, "{} {}", question.form, question.property);
    }
}

/// The length of a shortest attack by plain search; `None` when there is none. A hold is asked of the saturated search,
/// which goes to the end.
fn ours(question: &Question) -> Option<usize> {
    let few = |b: Bounds| Bounds { replicas: 2, hops: 1, executions: 1, deliveries: 2, ..b };
    let world = trust::world("article/shared-pool", question.form, few);
    let number = property::ALL.iter().position(|known| known.id == question.property);
    let number = number.expect("a property of that name") as u32;
    let wanted = 1 << number;
    let saturated =
        explore(&world, &Options { saturate: true, canonical: true, ..Options::default() });
    if saturated.ended == Ended::Exhausted && saturated.seen & wanted == 0 {
        return None;
    }
    let run = explore(&world, &Options { stop_when: wanted, traces: wanted, ..Options::default() });
    run.found.iter().find(|found| found.bit == number).map(|found| found.trace.len())
}

/// The same by SPIN: the least number of moves with which the model breaks.
fn theirs(question: &Question) -> Option<usize> {
    let defined: Vec<String> = question.defined.iter().map(|name| (*name).to_owned()).collect();
    if !breaks(question, defined.clone()) {
        return None;
    }
    let with = |most: usize| {
        let mut defined = defined.clone();
        defined.push(format!("MOST={most}"));
        defined
    };
    (1..=LONGEST).find(|most| breaks(question, with(*most)))
}

fn breaks(question: &Question, defined: Vec<String>) -> bool {
    let pan = spin(question.model, &defined, "spin-article");
    let mut command = Command::new(pan);
    command.current_dir(workshop("spin-article")).args(["-m10000", "-w20", "-E"]);
    let output = command.output().expect("SPIN's verifier runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("max search depth too small"), "{said}");
    !said.contains("errors: 0")
}
