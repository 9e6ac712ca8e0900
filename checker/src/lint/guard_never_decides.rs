//! A guard is required by name, and nothing that was run can fail it.

use super::run::Shown;
use super::{Finding, Lint, Subject};
use whoacts_model::guard::{Guard, GuardSet};

pub(super) const LINT: Lint = Lint {
    code: "guard-never-decides",
    sentence: "a guard is required by name, and it alone denies nothing in any story under any mechanism that was run",
    why: "a guard that never decides may be implied by others, or no story attacks it; either way nobody would notice if it \
          stopped working. (`all` requires whatever a mechanism brings, and is not meant.)",
    instead: "add a story in which it decides (`whoacts explain GUARD` says what it is for), or leave it out",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let named = subject.policy.resource.iter().filter(|guard| guard.value != "all");
    let mut open: Vec<_> =
        named.filter_map(|said| Guard::named(said).map(|guard| (said, guard))).collect();
    let mut brought = GuardSet::NONE;
    for case in subject.cases {
        for form in subject.forms {
            if open.is_empty() {
                return;
            }
            let shown = Shown::of(&subject.limits, case, &case.scenario, form);
            if !shown.conclusive {
                // What a limit left out might have decided.
                return;
            }
            brought = brought.union(shown.required);
            open.retain(|(_, guard)| !shown.decided.contains(*guard));
        }
    }
    for (said, guard) in open {
        let how = if brought.contains(guard) {
            "denies nothing by itself"
        } else {
            "is asked of mechanisms that bring no evidence for it"
        };
        let runs = subject.cases.len() * subject.forms.len();
        let message = format!("`{}` {how}, in {runs} runs", guard.id());
        found.push(LINT.at(&said.span, message));
    }
}
