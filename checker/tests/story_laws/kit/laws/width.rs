//! What may be wider or narrower: L4, L10, L13, L24.

use crate::kit::files::{Files, flag, names, rows, rows_mut, text};
use crate::kit::law::{Change, Law, Put, Question, compare};
use crate::kit::look::{How, mask};
use toml::{Table, Value};
use whoacts_model::guard::{Guard, GuardSet};

pub(super) const LAWS: [Law; 8] = [
    Law {
        id: "L4-hops",
        says: "how many hops are allowed beyond those of the honest flows changes nothing: the adversary is a closure",
        put: hops_of_nobody,
    },
    Law {
        id: "L4-honest",
        says: "more replicas, executions, deliveries or ticks lose no violation",
        put: more_honest_traffic,
    },
    Law {
        id: "L10-mandate",
        says: "a wider mandate loses no accepted effect, and no violation but that of anchored-creation",
        put: wider_mandates,
    },
    Law {
        id: "L10-grant",
        says: "a wider grant of a role or an environment loses no accepted effect, and no violation but that of anchored-creation",
        put: wider_grants,
    },
    Law {
        id: "L10-contract",
        says: "a contract that asks for less loses no accepted effect and no violation",
        put: wider_contracts,
    },
    Law {
        id: "L13-order",
        says: "a later deadline, more effects, more hops, an older attestation lose no accepted effect",
        put: ordered_fields,
    },
    Law {
        id: "L24-file",
        says: "a guard that the policy no longer asks for loses no violation and no accepted effect",
        put: fewer_guards,
    },
    Law {
        id: "L24-experiment",
        says: "a guard dropped by an experiment is as good as one that the policy does not ask for",
        put: dropped_is_not_asked,
    },
];

fn hops_of_nobody(q: &Question<'_>) -> Put {
    let longest = rows(&q.files.story, "flow").map(|flow| rows(flow, "hop").count()).max();
    let mut enough = q.files.clone();
    enough.set_bound("hops", q.files.bound("hops").max(longest.unwrap_or(0) as i64));
    let mut more = enough.clone();
    more.set_bound("hops", enough.bound("hops") + 1);
    let change = Change::between("bounds.hops is one more", enough, more);
    compare(q, vec![change], |both| both.same_verdicts())
}

fn more_honest_traffic(q: &Question<'_>) -> Put {
    let changes = ["replicas", "executions", "deliveries", "ticks"].map(|bound| {
        let mut more = q.files.clone();
        more.set_bound(bound, q.files.bound(bound) + 1);
        Change::to(format!("bounds.{bound} is one more"), q.files, more)
    });
    compare(q, changes.into(), |both| both.violations_kept(0))
}

/// The stories in which one row of a kind may create one thing more.
fn widened(files: &Files, policy: bool, kind: &str, which: impl Fn(&Table) -> bool) -> Vec<Change> {
    let table = |files: &Files| if policy { files.policy.clone() } else { files.story.clone() };
    let mut changes = Vec::new();
    for (at, row) in rows(&table(files), kind).enumerate().filter(|(_, row)| which(row)) {
        let may = names(row, "may_create");
        for operation in files.operations().into_iter().filter(|one| !may.contains(one)) {
            let mut wider = files.clone();
            let table = if policy { &mut wider.policy } else { &mut wider.story };
            if let Some(row) = rows_mut(table, kind).nth(at) {
                let mut may = may.clone();
                may.push(operation.clone());
                row.insert("may_create".to_owned(), may.into());
            }
            changes.push(Change::to(format!("{kind} {at} also allows {operation}"), files, wider));
        }
    }
    changes
}

/// Whether the adversary could use what a role or an environment allows: then more of it is more that it may do by itself.
fn borne_by_adversary(files: &Files, role: &str) -> bool {
    rows(&files.story, "pool")
        .any(|pool| flag(pool, "adversary") && names(pool, "roles").contains(&role.to_owned()))
}

fn kept_but_anchored(q: &Question<'_>, changes: Vec<Change>) -> Put {
    let meant = mask(&["anchored-creation"]);
    compare(q, changes, |both| {
        let acts = both.acts_kept()?;
        Ok(both.violations_kept(meant)? || acts)
    })
}

fn wider_mandates(q: &Question<'_>) -> Put {
    let hostile: Vec<String> = rows(&q.files.story, "identity")
        .filter(|identity| flag(identity, "adversary"))
        .map(|identity| text(identity, "id"))
        .collect();
    let honest = |row: &Table| {
        let (identity, role) = (text(row, "identity"), text(row, "role"));
        !hostile.contains(&identity)
            && !borne_by_adversary(q.files, &role)
            && text(row, "context").is_empty()
    };
    kept_but_anchored(q, widened(q.files, true, "mandate", honest))
}

fn wider_grants(q: &Question<'_>) -> Put {
    let honest = |row: &Table| !borne_by_adversary(q.files, &text(row, "id"));
    let mut changes = widened(q.files, false, "role", honest);
    let hostile: Vec<String> = rows(&q.files.story, "pool")
        .filter(|pool| flag(pool, "adversary"))
        .map(|pool| text(pool, "environment"))
        .collect();
    changes.extend(widened(q.files, false, "context", |row| {
        !hostile.contains(&text(row, "environment"))
    }));
    kept_but_anchored(q, changes)
}

fn wider_contracts(q: &Question<'_>) -> Put {
    let mut changes = Vec::new();
    for (number, flow) in rows(&q.files.story, "flow").enumerate() {
        for (at, hop) in rows(flow, "hop").enumerate() {
            let class = hop.get("class").and_then(Value::as_table);
            for key in class.into_iter().flat_map(Table::keys).filter(|key| *key != "key") {
                let mut wider = q.files.clone();
                let flow = rows_mut(&mut wider.story, "flow").nth(number);
                let hop = flow.and_then(|flow| rows_mut(flow, "hop").nth(at));
                if let Some(class) = hop.and_then(|hop| hop.get_mut("class")?.as_table_mut()) {
                    class.remove(key);
                }
                let about =
                    format!("hop {at} of {} asks for no {key}", text(flow_of(q, number), "id"));
                changes.push(Change::to(about, q.files, wider));
            }
        }
    }
    compare(q, changes, |both| {
        let acts = both.acts_kept()?;
        Ok(both.violations_kept(0)? || acts)
    })
}

fn flow_of<'a>(q: &Question<'a>, number: usize) -> &'a Table {
    rows(&q.files.story, "flow").nth(number).unwrap_or(&q.files.story)
}

/// Changes one number in each row of a kind that has it.
fn changed(
    changes: &mut Vec<Change>,
    files: &Files,
    (kind, key): (&str, &str),
    by: i64,
    within: impl Fn(&mut Table) -> Option<&mut Table>,
) {
    for at in 0..rows(&files.story, kind).count() {
        let mut other = files.clone();
        let row = rows_mut(&mut other.story, kind).nth(at);
        let Some(table) = row.and_then(&within) else { continue };
        let Some(number) = table.get(key).and_then(Value::as_integer) else { continue };
        if number + by < 0 {
            continue;
        }
        table.insert(key.to_owned(), (number + by).into());
        changes.push(Change::to(format!("{key} of {kind} {at} is {}", number + by), files, other));
    }
}

/// The row itself.
fn itself(row: &mut Table) -> Option<&mut Table> {
    Some(row)
}

fn ordered_fields(q: &Question<'_>) -> Put {
    let mut changes = Vec::new();
    let files = q.files;
    for key in ["deadline", "effects", "max_hops"] {
        changed(&mut changes, files, ("flow", key), 1, itself);
    }
    changed(&mut changes, files, ("flow", "starts"), -1, itself);
    for key in ["deadline", "effects"] {
        changed(&mut changes, files, ("flow", key), 1, |flow| {
            flow.get_mut("handed")?.as_table_mut()
        });
    }
    for at in 0..3 {
        changed(&mut changes, files, ("flow", "max_age"), 1, |flow| {
            let hop = flow.get_mut("hop")?.as_array_mut()?.get_mut(at)?.as_table_mut()?;
            hop.get_mut("class")?.as_table_mut()
        });
    }
    changed(&mut changes, files, ("pool", "facts_until"), 1, itself);
    compare(q, changes, |both| both.acts_kept())
}

/// The guards that a list of a policy asks for.
fn asked(policy: &Table, list: &str) -> Vec<String> {
    let require = policy.get("require").and_then(Value::as_table);
    let written = require.map(|require| names(require, list)).unwrap_or_default();
    if written.iter().any(|guard| guard == "all") {
        return Guard::ALL.iter().map(|guard| guard.id().to_owned()).collect();
    }
    written
}

fn without(files: &Files, guard: &str, lists: &[&str]) -> Files {
    let mut fewer = files.clone();
    for list in lists {
        let kept = asked(&files.policy, list).into_iter().filter(|known| known != guard);
        let kept: Vec<String> = kept.collect();
        if let Some(require) = fewer.policy.get_mut("require").and_then(Value::as_table_mut) {
            require.insert((*list).to_owned(), kept.into());
        }
    }
    fewer
}

fn guards_of(q: &Question<'_>) -> Vec<Guard> {
    let brings = q.form.run::<whoacts_model::crypto::Symbolic>().brings();
    let all = asked(&q.files.policy, "resource");
    let named = all.iter().filter_map(|guard| Guard::named(guard));
    named.filter(|guard| brings.contains(*guard)).collect()
}

fn fewer_guards(q: &Question<'_>) -> Put {
    let lists: [&[&str]; 3] = [&["resource"], &["hop"], &["resource", "hop"]];
    let mut changes = Vec::new();
    for guard in guards_of(q) {
        for lists in lists {
            let about = format!("no {} at the {}", guard.id(), lists.join(" and at the "));
            changes.push(Change::to(about, q.files, without(q.files, guard.id(), lists)));
        }
    }
    compare(q, changes, |both| {
        let acts = both.acts_kept_as(Clone::clone)?;
        Ok(both.violations_kept(0)? || acts)
    })
}

fn dropped_is_not_asked(q: &Question<'_>) -> Put {
    let changes = guards_of(q).into_iter().map(|guard| {
        let about = format!("{} is dropped", guard.id());
        let fewer = without(q.files, guard.id(), &["resource", "hop"]);
        let mut change = Change::between(about, q.files.clone(), fewer);
        change.before.1 = How { dropped: GuardSet::of(&[guard]), ..How::USUAL };
        change
    });
    compare(q, changes.collect(), |both| both.same())
}
