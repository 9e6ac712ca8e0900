//! What honest traffic does in a random story.

use super::{ARGUMENTS, Cast};
use crate::kit::files::{add_row, child, table};
use crate::kit::random::Random;
use toml::{Table, Value};

pub(super) fn flow(r: &mut Random, cast: &Cast, number: usize, most: usize) -> Table {
    let mut may = r.some(&cast.operations, 45);
    let asked = r.pick(&cast.operations).clone();
    if !may.contains(&asked) && r.percent(95) {
        may.push(asked.clone());
    }
    if may.is_empty() {
        may.push(asked.clone());
    }
    let (action, resource) = asked.split_once(' ').unwrap_or_default();
    let mut request = table([("action", action.into()), ("resource", resource.into())]);
    if r.percent(75) {
        request.insert("arguments".to_owned(), (*r.pick(&ARGUMENTS)).into());
    }
    let verifiers = cast.resources.iter().find(|(id, _)| id == resource).map_or(1, |(_, n)| *n);
    if verifiers > 1 && r.percent(40) {
        request.insert("verifier".to_owned(), 2.into());
    }
    let mut flow = table([
        ("id", ["errand", "chore"][number].into()),
        ("origin", origin(r, cast)),
        ("authority", may.clone().into()),
        ("request", Value::Table(request)),
    ]);
    if r.percent(22) {
        flow.insert("effects".to_owned(), (2 + r.below(2) as i64).into());
    }
    if r.percent(8) {
        flow.insert("dynamic".to_owned(), true.into());
    }
    let hops = (*r.pick(&[0, 1, 1, 1, 1, 2, 2, 3])).min(most);
    for at in 0..hops {
        let hop = hop(r, cast, &mut may, &asked, at);
        add_row(&mut flow, "hop", hop, false);
    }
    if r.percent(15) {
        flow.insert("max_hops".to_owned(), (r.below(hops + 2) as i64).into());
    }
    times(r, cast, &mut flow);
    flow
}

fn times(r: &mut Random, cast: &Cast, flow: &mut Table) {
    let tick = |r: &mut Random| Value::from(r.below(cast.ticks as usize + 1) as i64);
    if cast.ticks > 0 && r.percent(45) {
        flow.insert("deadline".to_owned(), tick(r));
    }
    if cast.ticks > 0 && r.percent(15) {
        flow.insert("starts".to_owned(), tick(r));
    }
    if r.percent(8) {
        let handed = child(flow, "handed");
        handed.insert("effects".to_owned(), 1.into());
        if cast.ticks > 0 {
            handed.insert("deadline".to_owned(), tick(r));
        }
    }
}

fn origin(r: &mut Random, cast: &Cast) -> Value {
    let pool = r.pick(&cast.pools);
    let own = |kind: &str, id: &str, r: &mut Random| {
        let mut origin = table([(kind, id.into()), ("pool", pool.id.as_str().into())]);
        if r.percent(50) {
            origin.insert("trigger".to_owned(), "alarm".into());
        }
        Value::Table(origin)
    };
    match (&cast.context, r.below(10)) {
        (Some(context), 0..=2) => own("context", context, r),
        (_, 3..=4) if !pool.roles.is_empty() => {
            let role = r.pick(&pool.roles).clone();
            own("role", &role, r)
        }
        _ => r.pick(&cast.people).as_str().into(),
    }
}

fn hop(r: &mut Random, cast: &Cast, may: &mut Vec<String>, asked: &str, at: usize) -> Table {
    let to = r.pick(&cast.pools);
    let mut hop = table([("to", to.id.as_str().into())]);
    let mut class = Table::new();
    match r.below(10) {
        0..=2 => {
            class.extend(to.environment.clone().map(|e| ("environment".to_owned(), e.into())));
            class.extend(to.domain.clone().map(|d| ("domain".to_owned(), d.into())));
        }
        3..=4 => class.extend(to.environment.clone().map(|e| ("environment".to_owned(), e.into()))),
        5 => class.extend(to.domain.clone().map(|d| ("domain".to_owned(), d.into()))),
        6 => class.extend(to.roles.first().map(|role| ("role".to_owned(), role.as_str().into()))),
        7 => class.extend([("key".to_owned(), Value::from(format!("{}/1", to.id)))]),
        _ => {}
    }
    if cast.ticks > 0 && class.contains_key("environment") && r.percent(20) {
        class.insert("max_age".to_owned(), (r.below(2) as i64).into());
    }
    if !class.is_empty() {
        hop.insert("class".to_owned(), Value::Table(class));
    }
    if r.percent(15) {
        let others: Vec<String> = cast.pools.iter().map(|pool| pool.id.clone()).collect();
        let mut listeners = r.some(&others, 50);
        if !listeners.contains(&to.id) {
            listeners.push(to.id.clone());
        }
        hop.insert("listeners".to_owned(), listeners.into());
        if r.percent(60) {
            hop.insert("anyone".to_owned(), true.into());
        }
    }
    if at > 0 && may.len() > 1 && r.percent(40) || may.len() > 1 && r.percent(15) {
        let dropped = may.iter().position(|operation| operation != asked).unwrap_or(0);
        may.remove(dropped);
        hop.insert("authority".to_owned(), may.clone().into());
    }
    hop
}
