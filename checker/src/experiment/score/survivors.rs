//! Mutants that the stories do not kill, each with the reason. (Those that no story could tell from the original
//! are in `equivalent.rs`, and not counted.)
//!
//! A survivor that is not here is unexplained, which is an error of the run; so is a line here whose mutant is killed.

use super::mutants::Mutant;

/// One change that survives, in one place or several.
pub(super) struct Row {
    places: &'static [&'static str],
    change: &'static str,
    /// Why it survives: the story that nobody wrote, or could write with the words that there are.
    pub(super) why: &'static str,
}

impl Row {
    /// Whether it explains this one.
    pub(super) fn is_about(&self, mutant: &Mutant) -> bool {
        self.places.contains(&mutant.place().as_str()) && self.change == mutant.change()
    }
}

/// Every known survivor.
pub(super) const SURVIVORS: &[Row] = &[
    Row {
        places: &["audience-bearer"],
        change: "audience is not asked for",
        why: "whoever can show a bearer token at another verifier can show it at its own, so theft, mixing and custody break either way; `addressed` asks about what presenters sign, and here nobody signs",
    },
    Row {
        places: &["audience-bearer"],
        change: "originate as in the next weaker form",
        why: "a token for all verifiers of a resource is worth more than one for a single verifier only to somebody who cannot reach that one, and verdicts do not say at which verifier a stolen token is used",
    },
    Row {
        places: &["verifier"],
        change: "intent-bound asks less",
        why: "an executor in the middle would have to name intents that its parent has not; an honest one that is confused changes the task as well (`linked`), and a hostile one misuses what it was handed, which no property forbids",
    },
    Row {
        places: &["verifier"],
        change: "within-effects looks at another key or record",
        why: "flows are lines, so whatever counts below the root counts below its first hand-off, and both counts are one; two hand-offs of one root with different limits cannot be written yet",
    },
    Row {
        places: &["move accept"],
        change: "needs no `restarted`",
        why: "the adversary lets a verifier restart whenever it likes, so whatever a second life accepts early it can accept at once after a restart",
    },
    Row {
        places: &["move accept"],
        change: "does not mind `restarted`",
        why: "whatever the first life accepts after the restart it could have accepted before: nothing that a story can say makes a restart happen at a certain time",
    },
    Row {
        places: &["move take"],
        change: "needs no `tick`",
        why: "what one executor takes too early the resource denies, unless a second one hands it on in time; the world knows from which tick on a hand-off can be taken, and not until which",
    },
    Row {
        places: &["rule of what a composition rests on"],
        change: "needs no `hijacked`",
        why: "taking an executor over costs nothing, so what is done through it can be done anyway; and what is done through it without is told of it all the same: misuse of what it was handed, which no property forbids",
    },
    Row {
        places: &["rule of what a composition rests on"],
        change: "needs no `known hand-off`",
        why: "whoever knows the step above a hand-off can wait until the hand-off is made and sent: a story would have to keep an honest holder from ever handing on",
    },
    Row {
        places: &["rule of what a composition rests on"],
        change: "needs no `took`",
        why: "a history of known bytes can always be made to happen later, since nothing keeps an executor from taking what was sent to it",
    },
    Row {
        places: &["rule of who is alive"],
        change: "does not mind `down`",
        why: "a hand-off would have to be for a second life alone, and the next one for the first life; classes cannot name an incarnation yet",
    },
];
