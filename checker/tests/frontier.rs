//! The frontier against brute force, and the law that it rests on: more capabilities only break more.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test")]

mod worlds;

use std::sync::atomic::AtomicBool;
use whoacts_checker::experiment::Lab;
use whoacts_checker::experiment::frontier::{Lattice, compare, frontier, pair, universe};
use whoacts_checker::inquiry::{Question, Settled};
use whoacts_checker::property;
use whoacts_checker::suite::{Error, Options, story_capabilities};
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_scenarios::limits::MAX_UNIVERSE;

fn set(capabilities: &[Capability]) -> Capabilities {
    capabilities.iter().copied().collect()
}

const FOUR: [Capability; 4] =
    [Capability::Observe, Capability::Inject, Capability::LogLeak, Capability::Insider];

/// What is found where the first property breaks or not, and no other does.
fn settled(breaks: bool, open: u64) -> Settled {
    let broken = u64::from(breaks);
    Settled { broken, firm: open & !broken, put: open }
}

#[test]
fn a_walk_finds_the_smallest_and_the_largest_sets() {
    let [a, b, c, _] = FOUR;
    let breaks = |here: Capabilities| set(&[a, b]).within(here) || set(&[c]).within(here);
    let mut looked_at = 0;
    let lattice = Lattice::walk(set(&FOUR), 0b11, &mut |here, open| {
        looked_at += 1;
        settled(breaks(here), open)
    });
    let lattice = lattice.unwrap();
    assert_eq!(lattice.breaking(0), [set(&[c]), set(&[a, b])]);
    assert_eq!(lattice.surviving(0), [set(&[a, FOUR[3]]), set(&[b, FOUR[3]])]);
    assert_eq!(lattice.breaking(1), []);
    assert_eq!(lattice.surviving(1), [set(&FOUR)]);
    assert!(looked_at < 16);
    assert_eq!(lattice.looked_at(), (looked_at, 16));
    let least: Vec<_> = lattice.least().collect();
    assert_eq!(least, [(set(&[c]), 1), (set(&[a, b]), 1)]);
}

#[test]
fn a_limit_leaves_sets_undecided_and_lets_none_survive() {
    let [a, b, ..] = FOUR;
    let lattice = Lattice::walk(set(&[a, b]), 1, &mut |here, open| {
        let firm = if here == set(&[]) { open } else { 0 };
        Settled { firm, ..settled(here == set(&[a]), 0) }
    });
    let lattice = lattice.unwrap();
    assert_eq!(lattice.breaking(0), [set(&[a])]);
    assert_eq!(lattice.surviving(0), [set(&[])]);
    assert_eq!(lattice.undecided(0), [set(&[b])]);
}

#[test]
fn a_search_that_breaks_the_law_is_an_error() {
    let [a, b, ..] = FOUR;
    let walked = Lattice::walk(set(&FOUR), 0b11, &mut |here, open| {
        let broken = if here == set(&[a, b]) { 0b11 } else { u64::from(here == set(&FOUR)) << 1 };
        Settled { broken, firm: open & !broken, put: open }
    });
    assert!(matches!(walked, Err(Error::Internal(_))));
}

/// Story, form, property: one cell that a receiver breaks, one that takes more, one that nothing breaks.
const CELLS: [(&str, &str, &str); 3] = [
    ("conflation/courier-in-name-only", "bearer", "theft-contained"),
    ("lifecycle/rekey-mid-flight", "continuity/K4", "accountable"),
    ("capacity/rogue-attester", "continuity/K4", "custody"),
];

#[test]
fn brute_force_finds_the_same_frontier() {
    let stop = AtomicBool::new(false);
    for (story, form, id) in CELLS {
        let options = Options {
            filter: Some(story.to_owned()),
            forms: Some(vec![form.to_owned()]),
            ..Options::default()
        };
        let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
        let found = frontier(&lab).unwrap();
        let cell = found.cells.iter().find(|cell| cell.property == id).unwrap();
        let (number, _) = property::named(id).unwrap();
        // Nothing that the walk found is known to the second one.
        let fresh = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
        let case = &fresh.cases[0];
        let sets = universe(case).capabilities.subsets();
        let breaks = |set: &Capabilities| {
            let answer = fresh.inquiry.ask(&Question::of(case, fresh.forms[0], *set));
            assert!(answer.exhausted);
            answer.breaks(number)
        };
        let (broken, firm): (Vec<Capabilities>, Vec<Capabilities>) =
            sets.iter().partition(|set| breaks(set));
        let least = |a: &&Capabilities| !broken.iter().any(|b| b != *a && b.within(**a));
        let most = |a: &&Capabilities| !firm.iter().any(|b| b != *a && a.within(*b));
        let cell = (cell.breaking.iter().collect::<Vec<_>>(), cell.surviving.iter().collect());
        let least: Vec<_> = broken.iter().filter(least).collect();
        let most: Vec<_> = firm.iter().filter(most).collect();
        assert_eq!(cell, (least, most), "{story} {form} {id}");
    }
}

/// The law, on all sets of small stories under all forms.
#[test]
fn more_capabilities_only_break_more() {
    let stop = AtomicBool::new(false);
    let options = Options { filter: Some("conflation/".to_owned()), ..Options::default() };
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    for case in &lab.cases {
        let sets = universe(case).capabilities.subsets();
        for form in &lab.forms {
            let broken = |set: &Capabilities| {
                let answer = lab.inquiry.ask(&Question::of(case, form, *set));
                assert!(answer.exhausted);
                answer.broken
            };
            for small in &sets {
                for large in sets.iter().filter(|large| small.within(**large)) {
                    let lost = broken(small) & !broken(large);
                    let story = &case.scenario.id;
                    assert_eq!(lost, 0, "{story} {}: {small:?} {large:?}", form.label());
                }
            }
        }
    }
}

/// Forms of each kind: chains, tokens that are exchanged, that are bound, that are restricted.
const KINDS: [&str; 4] = ["continuity/K4", "token-exchange/strong", "exchange-dpop", "macaroon"];

/// Searches of these forms that end soon.
fn short() -> Options {
    let forms = Some(KINDS.map(str::to_owned).to_vec());
    Options { forms, max_states: Some(20_000), ..Options::default() }
}

/// The law, in every story whose own search is short: a capability less than the story's own adversary, and one more.
#[test]
fn a_capability_less_breaks_no_more() {
    let stop = AtomicBool::new(false);
    let options = short();
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    let mut compared = 0;
    for case in &lab.cases {
        let own = story_capabilities(case);
        let further = universe(case).capabilities.iter().filter(|c| !own.has(*c));
        let whole = further.fold(own, Capabilities::with);
        for form in &lab.forms {
            let ask = |set| lab.inquiry.ask(&Question::of(case, form, set));
            let all = ask(whole);
            for capability in whole.iter().filter(|_| all.exhausted) {
                let fewer = ask(whole.without(capability));
                let (story, label) = (&case.scenario.id, form.label());
                let lost = fewer.broken & !all.broken;
                assert_eq!(lost, 0, "{story} {label}: less {}", capability.id());
                // And each attack is one.
                let question = Question::of(case, form, whole.without(capability));
                lab.inquiry.attacks(&question, fewer.broken).unwrap();
                compared += usize::from(fewer.exhausted);
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
}

/// One property is asked in the part of the world on which it depends.
#[test]
fn a_property_alone_is_answered_as_all_together() {
    let stop = AtomicBool::new(false);
    let options = short();
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    let mut compared = [0, 0];
    for case in &lab.cases {
        for form in &lab.forms {
            let question = Question::of(case, form, story_capabilities(case));
            let all = lab.inquiry.ask(&question);
            if !all.exhausted || all.presentations > 400 {
                continue;
            }
            for (number, property) in property::ALL.iter().enumerate() {
                let alone = lab.inquiry.settle(&question, 1 << number);
                let (story, label) = (&case.scenario.id, form.label());
                let [breaks, firm] = [alone.broken, alone.firm].map(|bits| bits >> number & 1 == 1);
                assert_eq!(
                    (breaks, firm),
                    (all.breaks(number), !all.breaks(number)),
                    "{story} {label} {}",
                    property.id
                );
                assert_eq!(alone.broken & !all.broken, 0, "{story} {label} {}", property.id);
                compared[usize::from(breaks)] += 1;
            }
        }
    }
    assert!(compared[0] > 1_000 && compared[1] > 200, "{compared:?}");
}

#[test]
fn no_universe_is_too_large() {
    for case in worlds::library() {
        assert!(universe(&case).capabilities.iter().count() <= MAX_UNIVERSE);
    }
}

#[test]
fn two_forms_are_compared_in_words() {
    let stop = AtomicBool::new(false);
    let labels = ["dpop".to_owned(), "continuity/K4".to_owned()];
    let options = Options {
        filter: Some("conflation/courier-in-name-only".to_owned()),
        forms: Some(labels.to_vec()),
        properties: Some(vec!["custody".to_owned()]),
        ..Options::default()
    };
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    let found = frontier(&lab).unwrap();
    let comparison = compare(&lab, &found.cells, pair(&labels).unwrap().unwrap());
    let texts: Vec<&str> = comparison.rows.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["both tolerate the same in all 1 stories"]);
    assert!(pair(&labels[..1]).is_err());
}

/// Nor does it matter which guards are dropped, or what else the part would show of other properties.
#[test]
fn a_property_alone_is_answered_as_all_together_without_guards() {
    let stop = AtomicBool::new(false);
    let options = Options {
        filter: Some("lifecycle/narrower-hand-off".to_owned()),
        forms: Some(vec!["continuity/K6".to_owned()]),
        ..Options::default()
    };
    let lab = Lab::new(&worlds::library(), &options, &|_| (), &stop).unwrap();
    let (case, form) = (&lab.cases[0], lab.forms[0]);
    let mut broken = 0;
    for one in Guard::ALL {
        for other in [Guard::HandedOff, Guard::PrefixVerified, Guard::Holder] {
            let dropped = GuardSet::of(&[*one, other]);
            let question = Question::of(case, form, story_capabilities(case)).without(dropped);
            let all = lab.inquiry.ask(&question);
            for (number, property) in property::ALL.iter().enumerate() {
                let bit = 1 << number;
                let alone = lab.inquiry.settle(&question, bit);
                let what = format!("without {} and {}: {}", one.id(), other.id(), property.id);
                let expected = (all.broken & bit, bit & !all.broken);
                assert_eq!((alone.broken, alone.firm), expected, "{what}");
                broken += u32::from(all.breaks(number));
            }
        }
    }
    assert!(broken > 100, "{broken}");
}
