//! The experiments find what is stored of them in `experiments/`.
//!
//! What is stored comes from the command line, over the whole library: `whoacts conflate --format json:experiments/conflate.json
//! --format markdown:experiments/conflate.md`, `ablate`, `frontier` and `score` likewise; with `--expect` in place of
//! `--format json` the whole is compared, as `.ci/run` does for the first three. Here each stored attack is looked for again where it was found, which is quick.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use whoacts_checker::describe::entries;
use whoacts_checker::experiment::{Lab, ablate, conflate, frontier, score};
use whoacts_checker::suite::{Options, vocabulary};
use whoacts_reports::{Look, experiment};
use whoacts_scenarios::{Case, Library};

fn stored(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../experiments").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn rows<'v>(value: &'v Value, list: &str) -> &'v [Value] {
    value[list].as_array().unwrap()
}

fn story(id: &str) -> Vec<Case> {
    let cases = Library::builtin(&vocabulary()).unwrap().cases;
    cases.into_iter().filter(|case| case.scenario.id == id).collect()
}

#[test]
fn each_conflation_opens_the_attack_that_is_stored() {
    let stored = stored("conflate.json");
    assert_eq!(rows(&stored, "pairs").len(), 11);
    for row in rows(&stored, "pairs") {
        let attack = &row["attack"];
        if attack.is_null() {
            continue;
        }
        let options = Options {
            forms: Some(vec![row["profile"].as_str().unwrap().to_owned()]),
            ..Options::default()
        };
        let interrupted = AtomicBool::new(false);
        let cases = story(attack["scenario"].as_str().unwrap());
        let lab = Lab::new(&cases, &options, &|_| (), &interrupted).unwrap();
        let found =
            experiment::conflate::value(&conflate::conflate(&lab).unwrap(), &Look::default());
        let again = rows(&found, "pairs").iter().find(|other| other["pair"] == row["pair"]);
        assert_eq!(&again.unwrap()["attack"], attack, "{}", row["pair"]);
    }
}

#[test]
fn every_guard_is_accounted_for() {
    let stored = stored("ablate.json");
    let guards = rows(&stored, "guards");
    let known: Vec<_> = entries().into_iter().filter(|entry| entry.kind == "guard").collect();
    assert_eq!(guards.len(), known.len());
    for (row, guard) in guards.iter().zip(known) {
        let guard = guard.id;
        assert_eq!(row["guard"], guard.as_str());
        match row["status"].as_str().unwrap() {
            "necessary" => assert!(row["implied_by"].as_array().unwrap().is_empty(), "{guard}"),
            "redundant" => assert!(!row["implied_by"].as_array().unwrap().is_empty(), "{guard}"),
            _ => panic!("{guard} decides nowhere: a story is missing"),
        }
        assert_eq!(row["attack"]["confirmed"], "trace", "{guard}");
    }
}

#[test]
fn what_a_mechanism_needs_is_the_same_at_any_number_of_threads_and_an_antichain() {
    let cases: Vec<Case> = ["deputy/compiler", "article/perimeter", "impersonation/replayed-token"]
        .into_iter()
        .flat_map(story)
        .collect();
    let found = [1, 2, 8].map(|threads| {
        let options = Options { threads, ..Options::default() };
        let interrupted = AtomicBool::new(false);
        let lab = Lab::new(&cases, &options, &|_| (), &interrupted).unwrap();
        let found = ablate::ablate(&lab).unwrap();
        experiment::text(&experiment::ablate::value(&found, &Look::default()))
    });
    assert!(found[0] == found[1] && found[1] == found[2]);
    let needs = |value: &Value| {
        for row in rows(value, "needs") {
            let sets: Vec<BTreeSet<&str>> = rows(row, "sets").iter().map(names).collect();
            for one in &sets {
                assert!(!sets.iter().any(|other| other != one && other.is_subset(one)), "{row}");
            }
        }
    };
    needs(&serde_json::from_str(&found[0]).unwrap());
    needs(&stored("ablate.json"));
}

#[test]
fn each_survivor_is_explained() {
    let stored = stored("score.json");
    let (mutants, killed) =
        (stored["mutants"].as_u64().unwrap(), stored["killed"].as_u64().unwrap());
    assert!(killed * 100 >= mutants * 98, "{killed} of {mutants}");
    assert_eq!(rows(&stored, "survivors").len() as u64, mutants - killed);
    for row in rows(&stored, "survivors") {
        assert!(row["why"].is_string(), "{row}");
    }
    assert!(rows(&stored, "not_surviving").is_empty());
}

#[test]
fn mutants_meet_the_same_fate_at_any_number_of_threads() {
    let cases = story("impersonation/replayed-token");
    let found = [1, 2, 8].map(|threads| {
        let forms = Some(vec!["dpop".to_owned()]);
        let options = Options { threads, forms, ..Options::default() };
        let interrupted = AtomicBool::new(false);
        let lab = Lab::new(&cases, &options, &|_| (), &interrupted).unwrap();
        let found = score::score(&lab).unwrap();
        let is_killed = |change: &str| {
            let same = |(mutant, _): &&(score::mutants::Mutant, _)| mutant.change() == change;
            let found = found.mutants.iter().find(same).unwrap();
            matches!(found.1, score::Fate::Killed(_))
        };
        assert!(is_killed("holder is never proven"));
        experiment::text(&experiment::score::value(&found, &Look::default()))
    });
    assert!(found[0] == found[1] && found[1] == found[2]);
}

fn names(set: &Value) -> BTreeSet<&str> {
    set.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn a_story_has_the_frontier_that_is_stored() {
    let stored = stored("frontier.json");
    let id = "conflation/courier-in-name-only";
    let options = Options::default();
    let interrupted = AtomicBool::new(false);
    let lab = Lab::new(&story(id), &options, &|_| (), &interrupted).unwrap();
    let found = frontier::frontier(&lab).unwrap();
    let found = experiment::frontier::value(&found, &Look::default());
    let of_it: Vec<&Value> =
        rows(&stored, "cells").iter().filter(|cell| cell["scenario"] == id).collect();
    assert!(!of_it.is_empty());
    assert_eq!(rows(&found, "cells").iter().collect::<Vec<_>>(), of_it);
}

#[test]
fn stored_frontiers_are_antichains() {
    let stored = stored("frontier.json");
    for cell in rows(&stored, "cells") {
        let [breaking, surviving] = ["breaking", "surviving"].map(|key| {
            let sets = rows(cell, key).iter().map(names).collect::<Vec<BTreeSet<&str>>>();
            for one in &sets {
                let within = |other: &BTreeSet<&str>| other != one && other.is_subset(one);
                assert!(!sets.iter().any(within), "{cell}");
            }
            sets
        });
        let survives = |set: &BTreeSet<&str>| surviving.iter().any(|top| set.is_subset(top));
        assert!(!breaking.iter().any(survives), "{cell}");
    }
}
