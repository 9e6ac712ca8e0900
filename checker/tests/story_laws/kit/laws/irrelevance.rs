//! What may change nothing: L5, L7, L8, L9, L12, L17, L28.

use crate::kit::files::{Files, add_row, names, rows, rows_mut, table, text};
use crate::kit::law::{Change, Law, Put, Question, compare};
use crate::kit::look::{How, mask};
use crate::kit::random::Random;
use crate::kit::rename::{Names, used};
use toml::{Table, Value};
use whoacts_checker::world::capability::Capability;

pub(super) const LAWS: [Law; 10] = [
    Law {
        id: "L5-twin",
        says: "what the adversary may ask with a constant that no honest request has, it may ask with the honest one: the honest message with the same bytes hides nothing",
        put: equal_bytes_hide_nothing,
    },
    Law {
        id: "L7-flow",
        says: "an honest flow that never starts changes no verdict and no accepted effect",
        put: an_unused_flow,
    },
    Law {
        id: "L7-action",
        says: "an action that nobody mentions changes no verdict where there is one such action already, and loses none elsewhere",
        put: an_unrelated_action,
    },
    Law { id: "L7-verifier", says: "a second verifier loses no violation", put: a_second_verifier },
    Law {
        id: "L8-order",
        says: "the order of tables and of lists changes nothing",
        put: the_order_of_tables,
    },
    Law { id: "L8-names", says: "names change nothing", put: other_names },
    Law {
        id: "L9-left-out",
        says: "a flow that nobody is there to start is as good as none",
        put: a_flow_left_out,
    },
    Law { id: "L12-constant", says: "no name and no constant is special", put: special_names },
    Law {
        id: "L17-shapes",
        says: "composing from one credential of each shape loses nothing",
        put: one_of_each_shape,
    },
    Law {
        id: "L28-shift",
        says: "shifting all ticks changes nothing (but that what is attested for later may be shown before)",
        put: shifted_ticks,
    },
];

fn flow_rows(files: &Files) -> Vec<Table> {
    rows(&files.story, "flow").cloned().collect()
}

fn never(files: &Files, flow: &Table) -> Table {
    let mut copy = flow.clone();
    copy.insert("id".to_owned(), "never".into());
    copy.insert("starts".to_owned(), (files.bound("ticks") + 1).into());
    copy
}

fn equal_bytes_hide_nothing(q: &Question<'_>) -> Put {
    let changes = flow_rows(q.files).into_iter().map(|flow| {
        let mut twin = never(q.files, &flow);
        if let Some(request) = twin.get_mut("request").and_then(Value::as_table_mut) {
            request.insert("arguments".to_owned(), "twin".into());
        }
        let mut more = q.files.clone();
        add_row(&mut more.story, "flow", twin, true);
        Change::to(format!("a twin of {} that never starts", text(&flow, "id")), q.files, more)
    });
    let honest: Vec<(String, String)> = flow_rows(q.files)
        .iter()
        .filter_map(|flow| flow.get("request").and_then(Value::as_table))
        .map(|request| {
            let operation = format!("{} {}", text(request, "action"), text(request, "resource"));
            (operation, text(request, "arguments"))
        })
        .collect();
    compare(q, changes.collect(), |both| {
        let mut asked = false;
        for act in both.after.acts.iter().filter(|act| act.hostile && act.arguments == "twin") {
            for (_, arguments) in honest.iter().filter(|(asked, _)| *asked == act.operation) {
                asked = true;
                let same = crate::kit::look::Act { arguments: arguments.clone(), ..act.clone() };
                if !both.after.acts.contains(&same) {
                    return Err(format!(
                        "accepted with `twin`, but not with `{arguments}`: {act:?}"
                    ));
                }
            }
        }
        Ok(asked)
    })
}

fn an_unused_flow(q: &Question<'_>) -> Put {
    let mut changes = Vec::new();
    for flow in flow_rows(q.files) {
        for first in [true, false] {
            let mut more = q.files.clone();
            add_row(&mut more.story, "flow", never(q.files, &flow), first);
            let place = if first { "in front" } else { "behind" };
            let about = format!("a copy of {} that never starts, {place}", text(&flow, "id"));
            changes.push(Change::to(about, q.files, more));
        }
    }
    compare(q, changes, |both| {
        both.same_verdicts()?;
        both.acts_kept_as(Clone::clone)
    })
}

fn an_unrelated_action(q: &Question<'_>) -> Put {
    let mut mentioned: Vec<String> = Vec::new();
    for (table, kind) in
        [(&q.files.story, "role"), (&q.files.story, "context"), (&q.files.policy, "mandate")]
    {
        mentioned.extend(rows(table, kind).flat_map(|row| names(row, "may_create")));
    }
    mentioned.extend(flow_rows(q.files).iter().flat_map(|flow| names(flow, "authority")));
    for flow in flow_rows(q.files) {
        let request = flow.get("request").and_then(Value::as_table).cloned().unwrap_or_default();
        mentioned.push(format!("{} {}", text(&request, "action"), text(&request, "resource")));
    }
    let mut changes = Vec::new();
    for resource in rows(&q.files.story, "resource") {
        let id = text(resource, "id");
        let mut actions = names(resource, "actions");
        let idle = actions.iter().any(|action| !mentioned.contains(&format!("{action} {id}")));
        actions.push("hum".to_owned());
        let mut more = q.files.clone();
        if let Some(resource) = more.row_mut("resource", &id) {
            resource.insert("actions".to_owned(), actions.into());
        }
        let word = if idle { "one more" } else { "a first" };
        changes.push(Change::to(format!("{word} idle action at {id}"), q.files, more));
    }
    let firsts = changes.iter().any(|change| change.about.starts_with("a first"));
    compare(q, changes, |both| {
        if firsts {
            both.violations_kept(0)?;
        } else {
            both.same_verdicts()?;
        }
        both.acts_kept_as(Clone::clone)
    })
}

fn a_second_verifier(q: &Question<'_>) -> Put {
    let resources = rows(&q.files.story, "resource").map(|resource| text(resource, "id"));
    let changes = resources.map(|id| {
        let mut more = q.files.clone();
        if let Some(resource) = more.row_mut("resource", &id) {
            let there = resource.get("verifiers").and_then(Value::as_integer).unwrap_or(1);
            resource.insert("verifiers".to_owned(), (there + 1).into());
        }
        Change::to(format!("one more verifier of {id}"), q.files, more)
    });
    compare(q, changes.collect(), |both| both.violations_kept(0))
}

fn the_order_of_tables(q: &Question<'_>) -> Put {
    let changes = (0..3_u64).map(|how| {
        let mut other = q.files.clone();
        let mut r = Random::new(how);
        for table in [&mut other.story, &mut other.policy] {
            reorder(table, &mut |list| match how {
                0 => list.reverse(),
                _ => r.shuffle(list),
            });
        }
        Change::to("another order of tables and lists", q.files, other)
    });
    compare(q, changes.collect(), |both| both.same())
}

/// Changes the order of every list in which it means nothing.
fn reorder(table: &mut Table, how: &mut dyn FnMut(&mut [Value])) {
    for (key, value) in table.iter_mut() {
        if let Some(list) = value.as_array_mut() {
            // One hop comes after the other, and of two that collude the first hands to the second.
            if key != "hop" && key != "colludes" {
                how(list);
            }
            list.iter_mut().filter_map(Value::as_table_mut).for_each(|row| reorder(row, how));
        } else if let Some(below) = value.as_table_mut() {
            reorder(below, how);
        }
    }
}

fn other_names(q: &Question<'_>) -> Put {
    let old = used(q.files);
    let changes = (0..3_u64).map(|how| {
        let mut new: Vec<String> = (0..old.len()).map(|at| format!("n{:03}q", at * 37)).collect();
        match how {
            0 => new.reverse(),
            _ => Random::new(how).shuffle(&mut new),
        }
        let names = Names::new(old.iter().cloned().zip(new));
        let mut change = Change::to("other names", q.files, names.apply(q.files));
        change.names = names;
        change
    });
    compare(q, changes.collect(), |both| both.same())
}

/// Names that might mean something to somebody.
const SPECIAL: [&str; 7] =
    ["anything", "issuer", "settlement", "rogue", "instance", "adversary", "x_01"];

fn special_names(q: &Question<'_>) -> Put {
    let old = used(q.files);
    let mut changes = Vec::new();
    for name in &old {
        for special in SPECIAL.iter().filter(|special| !old.iter().any(|name| name == *special)) {
            let names = Names::new([(name.clone(), (*special).to_owned())]);
            let about = format!("{name} is called {special}");
            let mut change = Change::to(about, q.files, names.apply(q.files));
            change.names = names;
            changes.push(change);
        }
    }
    compare(q, changes, |both| both.same())
}

/// A flow from the workload that the adversary has only as an insider, where it is none.
fn a_flow_left_out(q: &Question<'_>) -> Put {
    let mut files = q.files.clone();
    if !files.capabilities().iter().any(|name| name == "insider") {
        let Some(attester) = rows(&files.story, "attester").next().cloned() else {
            return Put::Idle;
        };
        let intern = table([
            ("id", "intern".into()),
            ("attester", text(&attester, "id").into()),
            ("adversary", true.into()),
        ]);
        add_row(&mut files.story, "pool", intern, false);
        files.gain("insider", Some(("insider", "intern".into())));
    }
    let insider = text(files.adversary(), "insider");
    let starts = |flow: &Table| {
        let origin = flow.get("origin").and_then(Value::as_table);
        origin.is_some_and(|origin| text(origin, "pool") == insider)
    };
    if rows(&files.story, "flow").any(starts) {
        return Put::Idle;
    }
    let domain = rows(&files.story, "attester").next().map(|attester| text(attester, "domain"));
    let anchor = rows(&files.story, "identity").next().map(|identity| text(identity, "id"));
    let (Some(domain), Some(anchor)) = (domain, anchor) else { return Put::Idle };
    let all = files.operations();
    let role = table([
        ("id", "rover".into()),
        ("anchor", anchor.into()),
        ("domain", domain.into()),
        ("may_create", all.clone().into()),
    ]);
    add_row(&mut files.story, "role", role, false);
    let without = How { without: Some(Capability::Insider), ..How::USUAL };
    let mut changes = Vec::new();
    for (operation, first) in all.iter().flat_map(|one| [(one, true), (one, false)]) {
        let mut more = files.clone();
        let (action, resource) = operation.split_once(' ').unwrap_or_default();
        let origin = table([("role", "rover".into()), ("pool", insider.as_str().into())]);
        let request = table([
            ("action", action.into()),
            ("resource", resource.into()),
            ("arguments", "nothing".into()),
        ]);
        let flow = table([
            ("id", "absent".into()),
            ("origin", Value::Table(origin)),
            ("authority", vec![operation.as_str()].into()),
            ("effects", 3.into()),
            ("deadline", 0.into()),
            ("request", Value::Table(request)),
        ]);
        add_row(&mut more.story, "flow", flow, first);
        let mut change = Change::between(
            format!("a flow for {operation} that nobody starts"),
            files.clone(),
            more,
        );
        (change.before.1, change.after.1) = (without, without);
        changes.push(change);
    }
    compare(q, changes, |both| both.same())
}

fn one_of_each_shape(q: &Question<'_>) -> Put {
    let all = How { representatives: false, ..How::USUAL };
    let mut files = q.files.clone();
    let changes = [false, true].map(|two| {
        if two {
            files.set_bound("replicas", 2);
        }
        Change::looks("from one credential of each shape", &files, all, How::USUAL)
    });
    compare(q, changes.into(), |both| both.same_verdicts())
}

fn shifted_ticks(q: &Question<'_>) -> Put {
    let mut later = q.files.clone();
    later.set_bound("ticks", q.files.bound("ticks") + 1);
    let shift = |row: &mut Table, key: &str, always: bool| {
        let tick = row.get(key).and_then(Value::as_integer);
        if let Some(tick) = tick.or(always.then_some(0)) {
            row.insert(key.to_owned(), (tick + 1).into());
        }
    };
    for flow in rows_mut(&mut later.story, "flow") {
        shift(flow, "starts", true);
        shift(flow, "deadline", false);
        if let Some(handed) = flow.get_mut("handed").and_then(Value::as_table_mut) {
            shift(handed, "deadline", false);
        }
    }
    for pool in rows_mut(&mut later.story, "pool") {
        shift(pool, "facts_from", true);
        shift(pool, "facts_until", false);
    }
    let shifted = vec![Change::to("everything is one tick later", q.files, later)];
    compare(q, shifted, |both| {
        let apart = mask(&["fresh-attestation"]);
        let mut apart_from_that = both.clone();
        let without = |seen: &crate::kit::look::Seen| {
            let violated = seen.violated & !apart;
            std::rc::Rc::new(crate::kit::look::Seen { violated, ..seen.clone() })
        };
        apart_from_that.before = without(&both.before);
        apart_from_that.after = without(&both.after);
        apart_from_that.same()
    })
}
