//! What more power may not lose: L1, L2, L3, L6, L11, L25.

use super::{executors, run_by_adversary, undisturbed};
use crate::kit::files::{Files, add_row, names, rows, rows_mut, table, text};
use crate::kit::law::{Change, Law, Put, Question, compare};
use crate::kit::look::{Engine, How, mask};
use toml::Value;

pub(super) const LAWS: [Law; 10] = [
    Law {
        id: "L1-taken",
        says: "the capability to take an executor over loses no violation of any property and no accepted effect",
        put: taken_over_loses_nothing,
    },
    Law {
        id: "L1-run",
        says: "what is accepted of an executor that was taken over is accepted of one that the adversary runs",
        put: run_does_what_taken_over_does,
    },
    Law {
        id: "L2-run",
        says: "what is accepted of an honest executor is accepted of one that the adversary runs",
        put: run_does_what_honest_does,
    },
    Law {
        id: "L2-state",
        says: "what is accepted of an honest executor is accepted after it was taken over",
        put: taken_over_does_what_honest_does,
    },
    Law {
        id: "L3-observe",
        says: "observe is not needed for what contains no known record",
        put: own_needs_no_observe,
    },
    Law {
        id: "L6-split",
        says: "splitting the adversary's identities loses no accepted effect",
        put: splitting_identities,
    },
    Law {
        id: "L6-merge",
        says: "merging the adversary's identities loses no accepted effect",
        put: merging_identities,
    },
    Law {
        id: "L11-run",
        says: "what reading somewhere buys, running that executor buys",
        put: running_is_reading,
    },
    Law {
        id: "L11-listen",
        says: "what reading somewhere buys, receiving there buys",
        put: receiving_is_reading,
    },
    Law {
        id: "L25-gain",
        says: "a capability more loses no violation and no accepted effect, so that nothing is excused which is possible without it",
        put: gains_lose_nothing,
    },
];

fn taken(files: &Files, pool: &str) -> Files {
    let mut taken = files.clone();
    taken.gain("hijack-executor", Some(("hijacks", format!("{pool}/1").into())));
    taken
}

fn taken_over_loses_nothing(q: &Question<'_>) -> Put {
    if !names(q.files.adversary(), "capabilities").iter().all(|name| name != "hijack-executor") {
        return Put::Idle;
    }
    let pools = q.files.honest_pools();
    let changes = pools.iter().map(|pool| {
        Change::to(format!("{pool}/1 may be taken over"), q.files, taken(q.files, pool))
    });
    compare(q, changes.collect(), |both| {
        let kept = both.violations_kept(0)?;
        Ok(both.acts_kept_as(Clone::clone)? || kept)
    })
}

/// Properties that no corruption excuses and no antecedent narrows to honest executors.
const UNCONDITIONAL: [&str; 3] = ["anchored-creation", "monotone", "contract-honoured"];

fn ladder(q: &Question<'_>, first: impl Fn(&Files, &str) -> Files) -> Vec<Change> {
    let pools = executors(q.files);
    let changes = pools.iter().map(|pool| {
        let mut calm = undisturbed(q.files, pool);
        calm.lose("hijack-executor");
        calm.set_bound("replicas", 1);
        let about = format!("{pool} is the adversary's from the start");
        Change::between(about, first(&calm, pool), run_by_adversary(&calm, pool))
    });
    changes.collect()
}

fn run_does_what_taken_over_does(q: &Question<'_>) -> Put {
    compare(q, ladder(q, taken), |both| {
        let kept = both.violations_kept(!mask(&UNCONDITIONAL))?;
        Ok(both.acts_kept()? || kept)
    })
}

fn run_does_what_honest_does(q: &Question<'_>) -> Put {
    compare(q, ladder(q, |calm, _| calm.clone()), |both| both.acts_kept())
}

fn taken_over_does_what_honest_does(q: &Question<'_>) -> Put {
    let pools = executors(q.files);
    let changes = pools.iter().map(|pool| {
        let mut calm = undisturbed(q.files, pool);
        calm.lose("hijack-executor");
        calm.set_bound("replicas", 1);
        let mut change =
            Change::between(format!("{pool}/1 was taken over"), calm.clone(), taken(&calm, pool));
        change.after.1 = How { engine: Engine::TakenOver, ..How::USUAL };
        change
    });
    compare(q, changes.collect(), |both| both.acts_kept())
}

/// The story with the adversary reading in one more place.
fn reading(files: &Files, place: &str) -> Files {
    let mut all = names(files.adversary(), "observes");
    if !all.iter().any(|known| known == place) {
        all.push(place.to_owned());
    }
    let mut reading = files.clone();
    reading.gain("observe", Some(("observes", all.into())));
    reading
}

fn own_needs_no_observe(q: &Question<'_>) -> Put {
    let mut places = q.files.honest_pools();
    places.extend(rows(&q.files.story, "resource").map(|resource| text(resource, "id")));
    let mut blind = q.files.clone();
    blind.lose("observe");
    let changes = places.iter().map(|place| {
        let about = format!("the adversary no longer reads at {place}");
        Change::between(about, reading(q.files, place), blind.clone())
    });
    compare(q, changes.collect(), |both| {
        let own = both.before.acts.iter().filter(|act| act.own);
        let lost = own.clone().find(|act| !both.after.acts.contains(act));
        match lost {
            Some(act) => Err(format!("needs observe, and is all its own: {act:?}")),
            None => Ok(own.count() > 0),
        }
    })
}

fn adversary_identity(files: &Files) -> Option<String> {
    let mut own = rows(&files.story, "identity");
    own.find(|identity| identity.contains_key("adversary")).map(|identity| text(identity, "id"))
}

/// The story with one more identity of the adversary.
fn with_eve(files: &Files) -> Files {
    let mut more = files.clone();
    let eve = table([("id", "eve".into()), ("adversary", true.into())]);
    add_row(&mut more.story, "identity", eve, false);
    more
}

fn splitting_identities(q: &Question<'_>) -> Put {
    let Some(own) = adversary_identity(q.files) else { return Put::Idle };
    let beside = with_eve(q.files);
    let mut moved = beside.clone();
    for mandate in rows_mut(&mut moved.policy, "mandate") {
        if text(mandate, "identity") == own {
            mandate.insert("identity".to_owned(), "eve".into());
        }
    }
    let changes = vec![
        Change::to("another identity of the adversary, without a mandate", q.files, beside),
        Change::to("its mandate belongs to another identity of its own", q.files, moved),
    ];
    compare(q, changes, |both| both.acts_kept())
}

fn merging_identities(q: &Question<'_>) -> Put {
    let Some(own) = adversary_identity(q.files) else { return Put::Idle };
    let operations = q.files.operations();
    let mut changes = Vec::new();
    for operation in &operations {
        let mut two = with_eve(q.files);
        let may = vec![operation.as_str()];
        let mandate = table([("identity", "eve".into()), ("may_create", may.into())]);
        add_row(&mut two.policy, "mandate", mandate, false);
        let mut one = q.files.clone();
        let known = rows(&one.policy, "mandate").any(|mandate| text(mandate, "identity") == own);
        if !known {
            let none: Vec<String> = Vec::new();
            let row = table([("identity", own.as_str().into()), ("may_create", none.into())]);
            add_row(&mut one.policy, "mandate", row, false);
        }
        for mandate in rows_mut(&mut one.policy, "mandate") {
            if text(mandate, "identity") == own {
                let mut may = names(mandate, "may_create");
                if !may.contains(operation) {
                    may.push(operation.clone());
                }
                mandate.insert("may_create".to_owned(), may.into());
            }
        }
        let about = format!("what eve may create ({operation}), {own} may create");
        changes.push(Change::between(about, two, one));
    }
    compare(q, changes, |both| both.acts_kept())
}

/// The effect, the verifier and the root.
fn bought(act: &crate::kit::look::Act) -> [String; 4] {
    let (verifier, operation) = (act.verifier.clone(), act.operation.clone());
    [verifier, operation, act.arguments.clone(), act.root.clone()]
}

fn running_is_reading(q: &Question<'_>) -> Put {
    let pools = executors(q.files);
    let changes = pools.iter().map(|pool| {
        let calm = undisturbed(q.files, pool);
        let about = format!("{pool} is the adversary's, who only read there before");
        Change::between(about, reading(&calm, pool), run_by_adversary(&calm, pool))
    });
    compare(q, changes.collect(), |both| both.acts_kept_as(bought))
}

fn receiving_is_reading(q: &Question<'_>) -> Put {
    let pools = executors(q.files);
    let changes = pools.iter().map(|pool| {
        let mut heard = q.files.clone();
        let ear = table([("id", "ear".into()), ("adversary", true.into())]);
        add_row(&mut heard.story, "pool", ear, false);
        for flow in rows_mut(&mut heard.story, "flow") {
            for hop in rows_mut(flow, "hop").filter(|hop| text(hop, "to") == *pool) {
                let mut all = names(hop, "listeners");
                if all.is_empty() {
                    all.push(pool.clone());
                }
                all.push("ear".to_owned());
                hop.insert("listeners".to_owned(), all.into());
            }
        }
        let about =
            format!("what goes to {pool} goes to the adversary as well, who only read before");
        Change::between(about, reading(q.files, pool), heard)
    });
    // What is read on the way to the executor alone: it has asked for nothing yet.
    compare(q, changes.collect(), |both| both.acts_kept_as(bought))
}

fn gains_lose_nothing(q: &Question<'_>) -> Put {
    let own = q.files.capabilities();
    let has = |name: &str| own.iter().any(|known| known == name);
    let mut changes = Vec::new();
    let mut add = |capability: &str, place: Option<(&str, Value)>| {
        let mut more = q.files.clone();
        more.gain(capability, place.clone());
        let at = place.map(|(_, at)| format!(" at {at}")).unwrap_or_default();
        changes.push(Change::to(format!("with {capability}{at}"), q.files, more));
    };
    let story = &q.files.story;
    let pools = q.files.honest_pools();
    let resources: Vec<String> = rows(story, "resource").map(|row| text(row, "id")).collect();
    for place in pools.iter().chain(&resources) {
        for (capability, key) in [("observe", "observes"), ("log-leak", "leaks")] {
            let mut all = names(q.files.adversary(), key);
            if !all.contains(place) {
                all.push(place.clone());
                add(capability, Some((key, all.into())));
            }
        }
    }
    for pool in &pools {
        for (capability, key) in [("steal-key", "steals"), ("relay-attestation", "relays")] {
            if !has(capability) {
                add(capability, Some((key, format!("{pool}/1").into())));
            }
        }
        if !has("pool-member") {
            add("pool-member", Some(("member_of", pool.as_str().into())));
        }
    }
    for capability in ["inject", "confuse"].into_iter().filter(|name| !has(name)) {
        add(capability, None);
    }
    let faulty = |kind: &str| rows(story, "fault").any(|fault| text(fault, "kind") == kind);
    if faulty("revoke") && !has("revocation-lag") {
        add("revocation-lag", None);
    }
    for resource in resources.iter().filter(|_| q.files.bound("ticks") > 0 && !has("clock-skew")) {
        add("clock-skew", Some(("skews", resource.as_str().into())));
    }
    for attester in rows(story, "attester").skip(1).filter(|_| !has("rogue-attester")) {
        add("rogue-attester", Some(("attester", text(attester, "id").into())));
    }
    compare(q, changes, |both| {
        let kept = both.violations_kept(0)?;
        Ok(both.acts_kept_as(Clone::clone)? || kept)
    })
}
