//! What every form and every engine has in common: L16, L19, L20, L22.

use crate::kit::files::{Files, PLACES, add_row, flag, rows, rows_mut, table};
use crate::kit::law::{Broken, Change, Law, Put, Question, compare};
use crate::kit::look::{Engine, How, mask, words};
use std::sync::atomic::AtomicBool;
use toml::Value;
use whoacts_checker::suite::{Error, Options, run};
use whoacts_model::mechanism::forms;

pub(super) const LAWS: [Law; 4] = [
    Law {
        id: "L16-nothing",
        says: "under a policy that asks nothing an adversary with a workload breaks some deputy or impersonation property",
        put: nothing_asked,
    },
    Law {
        id: "L19-places",
        says: "a capability without a place is an error in the file and on the command line",
        put: places_are_needed,
    },
    Law {
        id: "L20-nobody",
        says: "without an adversary honest flows break none of custody, theft-contained, accountable, no-mixing, step-bounded, request-integrity, addressed and monotone (no-mixing apart where a standing right justifies the effect: there it is by design)",
        put: nobody_attacks,
    },
    Law {
        id: "L22-engines",
        says: "the reductions, plain search and Stateright see the same",
        put: engines_agree,
    },
];

/// The story without an adversary: nobody is run by it, and it can do nothing.
pub(super) fn without_adversary(files: &Files) -> Files {
    let mut calm = files.clone();
    for kind in ["pool", "identity"] {
        rows_mut(&mut calm.story, kind).for_each(|row| drop(row.remove("adversary")));
    }
    for flow in rows_mut(&mut calm.story, "flow") {
        for hop in rows_mut(flow, "hop").filter(|hop| !flag(hop, "anyone")) {
            hop.remove("listeners");
        }
    }
    let adversary = calm.adversary_mut();
    adversary.clear();
    adversary.insert("capabilities".to_owned(), Value::Array(Vec::new()));
    if let Some(faults) = calm.story.get_mut("fault").and_then(Value::as_array_mut) {
        faults.retain(|fault| fault.get("kind").and_then(Value::as_str) != Some("restart"));
    }
    if rows(&calm.story, "fault").count() == 0 {
        calm.story.remove("fault");
    }
    calm
}

fn nobody_attacks(q: &Question<'_>) -> Put {
    let calm = without_adversary(q.files);
    let mut asked = mask(&[
        "custody",
        "theft-contained",
        "accountable",
        "step-bounded",
        "request-integrity",
        "addressed",
        "monotone",
    ]);
    if !["ambient", "role-chaining"].contains(&q.form.mechanism) {
        asked |= mask(&["no-mixing"]);
    }
    compare(q, vec![Change::to("nobody attacks", &calm, calm.clone())], |both| {
        match both.after.violated & asked {
            0 => Ok(!both.after.acts.is_empty()),
            broken => Err(format!("broken by nobody: {}", words(broken))),
        }
    })
}

fn nothing_asked(q: &Question<'_>) -> Put {
    // Where nothing is asked nearly everything can be composed, so few hops have to do.
    if rows(&q.files.story, "flow").map(|flow| rows(flow, "hop").count()).sum::<usize>() > 1 {
        return Put::Idle;
    }
    let mut bare = q.files.clone();
    let nothing = || Value::Array(Vec::new());
    let require = table([("resource", nothing()), ("hop", nothing())]);
    bare.policy.insert("require".to_owned(), Value::Table(require));
    let mob = table([("id", "mob".into()), ("adversary", true.into())]);
    add_row(&mut bare.story, "pool", mob, false);
    let lost = mask(&[
        "origin-bounded",
        "step-bounded",
        "no-mixing",
        "no-laundering",
        "custody",
        "theft-contained",
        "accountable",
    ]);
    compare(q, vec![Change::to("nothing is asked", &bare, bare.clone())], |both| {
        match both.after.violated & lost {
            0 => Err(format!("it only breaks: {}", words(both.after.violated))),
            _ => Ok(true),
        }
    })
}

fn engines_agree(q: &Question<'_>) -> Put {
    let mut changes = Vec::new();
    let nobody = without_adversary(q.files);
    for files in [q.files, &nobody] {
        let by = |engine| How { engine, ..How::USUAL };
        let (reduced, plain, oracle) = (How::USUAL, by(Engine::Plain), by(Engine::Oracle));
        changes.push(Change::looks("reduced, then plain", files, reduced, plain));
        changes.push(Change::looks("plain, then Stateright", files, plain, oracle));
    }
    compare(q, changes, |both| both.same())
}

fn places_are_needed(q: &Question<'_>) -> Put {
    // It is about files, so one form is enough.
    if forms().next().map(|form| form.label()) != Some(q.form.label()) {
        return Put::Idle;
    }
    let mut asked = false;
    for (capability, key) in PLACES {
        let mut placeless = q.files.clone();
        let has = placeless.adversary_mut().remove(key).is_some();
        let wrong = if has {
            asked = true;
            placeless.case().is_ok().then(|| format!("a file may say {capability} without {key}"))
        } else {
            let Ok(case) = q.files.case() else { return Put::Idle };
            asked = true;
            let options = Options {
                adversary: vec![format!("+{capability}")],
                forms: Some(vec![q.form.label()]),
                threads: 1,
                ..Options::for_case(&case)
            };
            let done = run(&[case], &options, &|_| {}, &AtomicBool::new(false));
            let refused = matches!(done, Err(Error::Usage(_)));
            (!refused).then(|| format!("`+{capability}` is taken without {key}"))
        };
        if let Some(complaint) = wrong {
            let sides = [q.files.clone(), placeless];
            let change = format!("{key} is not said");
            return Put::Broken(Box::new(Broken { change, complaint, sides }));
        }
    }
    if asked { Put::Kept } else { Put::Idle }
}
