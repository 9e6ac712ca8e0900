//! Laws over files, put to random small stories and to the library, under every form. What fails today is pinned by name in
//! `pinned.txt` and `pinned_library.txt`, a line for each law and story with the forms under which it fails; a pin that no longer
//! fails makes the test fail, as a new failure does, so that at the end none is left. `UPDATE_EXPECT=1` writes them anew: read
//! what has changed before it is committed. The long run, which makes what fails small, is `examples/laws.rs`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod kit;

use expect_test::expect_file;
use kit::findings::Tally;
use kit::pinned;

/// How often something could have been lost, and was not.
fn kept(tally: &Tally) -> u64 {
    tally.laws.values().map(|counts| counts.kept).sum()
}

#[test]
fn random_stories_keep_the_laws_but_for_what_is_pinned() {
    let tally = pinned::random();
    let (refused, large, all) = (tally.refused, tally.large, pinned::STORIES);
    assert!(refused * 10 <= all, "{refused} of {all} stories are refused");
    assert!(large * 2 <= all, "{large} of {all} stories are too large");
    assert!(kept(&tally) >= 500, "only {} questions could have lost something", kept(&tally));
    expect_file!["pinned.txt"].assert_eq(&pinned::lines(&tally));
}

#[test]
fn the_library_keeps_the_cheap_laws_but_for_what_is_pinned() {
    let stories = pinned::library();
    let tally = pinned::cheap(&stories);
    assert!(stories.len() >= 60, "only {} stories", stories.len());
    let kept = kept(&tally);
    assert!(kept as usize >= stories.len(), "only {kept} questions could have lost something");
    expect_file!["pinned_library.txt"].assert_eq(&pinned::lines(&tally));
}
