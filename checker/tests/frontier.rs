//! The frontier against brute force, and the law that it rests on: more capabilities only break more.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

mod worlds;

use std::sync::atomic::AtomicBool;
use whoacts_checker::experiment::Lab;
use whoacts_checker::experiment::frontier::{Cell, MOST, frontier, universe};
use whoacts_checker::inquiry::Question;
use whoacts_checker::property;
use whoacts_checker::suite::Options;
use whoacts_checker::world::capability::Capabilities;

/// Story, form, property: one cell that everything breaks, one that something breaks, one that nothing breaks.
const CELLS: [(&str, &str, &str); 3] = [
    ("conflation/courier-in-name-only", "bearer", "theft-contained"),
    ("conflation/courier-in-name-only", "continuity/K1", "origin-bounded"),
    ("conflation/courier-in-name-only", "continuity/K4", "agreement"),
];

fn one<'c>(cells: &'c [Cell], form: &str, property: &str) -> &'c Cell {
    cells.iter().find(|c| c.form.label() == form && c.property == property).unwrap()
}

/// Every set, asked one by one: the sets of the frontier are those, no more and no fewer, and no set contains another.
#[test]
fn brute_force_finds_the_same_frontier() {
    let (options, stop) = (Options::default(), AtomicBool::new(false));
    for (story, form, id) in CELLS {
        let options = Options { filter: Some(story.to_owned()), ..options.clone() };
        let options = Options { forms: Some(vec![form.to_owned()]), ..options };
        let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
        let found = frontier(&lab, None).unwrap();
        let cell = one(&found.cells, form, id);
        let case = &lab.cases[0];
        let (number, _) = property::named(id).unwrap();
        let fresh = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
        let sets = universe(case).capabilities.subsets();
        let breaks = |set: &Capabilities| {
            fresh.inquiry.ask(&Question::of(case, lab.forms[0], *set)).breaks(number)
        };
        let (broken, firm): (Vec<Capabilities>, Vec<Capabilities>) =
            sets.iter().partition(|set| breaks(set));
        let least: Vec<_> =
            broken.iter().filter(|a| !broken.iter().any(|b| b != *a && b.within(**a))).collect();
        let most: Vec<_> =
            firm.iter().filter(|a| !firm.iter().any(|b| b != *a && a.within(*b))).collect();
        assert_eq!(cell.breaking.iter().collect::<Vec<_>>(), least, "{story} {form} {id}");
        assert_eq!(cell.surviving.iter().collect::<Vec<_>>(), most, "{story} {form} {id}");
        for family in [&cell.breaking, &cell.surviving] {
            let contained = |a: &Capabilities| family.iter().any(|b| a != b && a.within(*b));
            assert!(!family.iter().any(contained), "{story} {form} {id}: no antichain");
        }
    }
}

/// The law, on all sets of small stories under all forms.
#[test]
fn more_capabilities_only_break_more() {
    let (options, stop) = (Options::default(), AtomicBool::new(false));
    let options = Options { filter: Some("conflation/".to_owned()), ..options };
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    assert!(lab.cases.len() >= 3);
    for case in &lab.cases {
        let sets = universe(case).capabilities.subsets();
        assert!(sets.len() <= 1 << MOST);
        for form in &lab.forms {
            let broken = |set: &Capabilities| {
                let answer = lab.inquiry.ask(&Question::of(case, form, *set));
                assert!(answer.exhausted);
                answer.broken
            };
            for small in &sets {
                for large in sets.iter().filter(|large| small.within(**large)) {
                    let lost = broken(small) & !broken(large);
                    assert_eq!(
                        lost,
                        0,
                        "{} {}: {small:?} {large:?}",
                        case.scenario.id,
                        form.label()
                    );
                }
            }
        }
    }
}
