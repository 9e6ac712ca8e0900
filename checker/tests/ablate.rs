//! The smallest sets of guards are all found, and are an antichain.
#![allow(missing_docs, reason = "a test")]

use whoacts_checker::experiment::ablate::least_sets;
use whoacts_model::guard::{Guard, GuardSet};

#[test]
fn all_smallest_sets_are_found() {
    let [a, b, c] = [Guard::Holder, Guard::Linked, Guard::Audience];
    let all = GuardSet::of(&[a, b, c, Guard::Attested]);
    let found = least_sets(all, &mut |set| set.contains(a) && set.contains(b) || set.contains(c));
    assert_eq!(found, [GuardSet::of(&[c]), GuardSet::of(&[a, b])]);
}

#[test]
fn what_holds_anyhow_needs_the_empty_set_and_nothing_else() {
    assert_eq!(least_sets(GuardSet::ALL, &mut |_| true), [GuardSet::NONE]);
}

#[test]
fn what_nothing_helps_has_no_set() {
    assert_eq!(least_sets(GuardSet::ALL, &mut |_| false), []);
}
