//! Random small stories: whoever a story can have, doing whatever it can do, in worlds of one or two replicas.
//!
//! Every key of both files that changes a verdict is drawn now and then. What is drawn need not make sense; it must be a pair of
//! files that the product accepts, and small enough to be searched in milliseconds under each form.

use super::files::{Files, PLACES, add_row, child, names, rows, table, text};
use super::random::Random;
use toml::{Table, Value};
use whoacts_model::guard::Guard;

/// Who and what is there, as far as later tables refer to it.
struct Cast {
    /// Identities that are not the adversary's.
    people: Vec<String>,
    /// Whether the adversary has an identity.
    mallory: bool,
    pools: Vec<Made>,
    /// The pool that the adversary runs, if it runs one.
    own: Option<String>,
    roles: Vec<String>,
    context: Option<String>,
    /// `action resource`.
    operations: Vec<String>,
    resources: Vec<(String, usize)>,
    ticks: i64,
}

/// A pool.
struct Made {
    id: String,
    environment: Option<String>,
    domain: Option<String>,
    roles: Vec<String>,
}

const POOLS: [&str; 6] = ["worker", "desk", "archive", "zeppelin", "miller", "bureau"];
const RESOURCES: [&str; 4] = ["bank", "vault", "ledger", "yard"];
const ACTIONS: [&str; 4] = ["pay", "read", "audit", "bump"];
const ARGUMENTS: [&str; 4] = ["ten", "anything", "once", "zero"];

/// The story of a seed.
pub fn story(seed: u64) -> Files {
    let r = &mut Random::new(seed);
    let mut files = Files { story: head(), policy: Table::new() };
    let cast = cast(r, &mut files.story);
    // Two flows share few hops, and only where hops are few there are more replicas or executions.
    let (mut left, flows) = if r.percent(40) { (2, 2) } else { (3, 1) };
    for number in 0..flows {
        let flow = flow(r, &cast, number, left);
        left -= rows(&flow, "hop").count();
        add_row(&mut files.story, "flow", flow, false);
    }
    faults(r, &cast, &mut files);
    adversary(r, &cast, &mut files);
    let hops: Vec<usize> =
        rows(&files.story, "flow").map(|flow| rows(flow, "hop").count()).collect();
    let (hops, all) = (hops.iter().max().copied().unwrap_or(0), hops.iter().sum::<usize>());
    let more = r.below(if all <= 1 { 6 } else { 1000 });
    let bounds = table([
        ("replicas", Value::from(1 + i64::from(more == 1))),
        ("hops", Value::from(hops as i64)),
        ("executions", Value::from(1 + i64::from(more == 2))),
        ("deliveries", Value::from(1)),
        ("ticks", Value::from(cast.ticks)),
    ]);
    files.story.insert("bounds".to_owned(), Value::Table(bounds));
    files.policy = policy(r, &cast, &files.story);
    files.drop_idle_places();
    files
}

fn head() -> Table {
    table([
        ("schema", "whoacts/scenario/1".into()),
        ("title", "A random story".into()),
        ("source", "made up for a test".into()),
        ("story", "Somebody asks for something, through others.".into()),
        ("policy", "policy".into()),
    ])
}

fn cast(r: &mut Random, story: &mut Table) -> Cast {
    let mut people = vec!["alice".to_owned()];
    people.extend(r.percent(40).then(|| "bob".to_owned()));
    people.extend(r.percent(50).then(|| "corp".to_owned()));
    let mallory = r.percent(60);
    let others = mallory.then(|| "mallory".to_owned());
    for id in people.iter().chain(&others) {
        let mut identity = table([("id", id.as_str().into())]);
        if id == "mallory" {
            identity.insert("adversary".to_owned(), true.into());
        } else if r.percent(4) {
            identity.insert("unlisted".to_owned(), true.into());
        }
        add_row(story, "identity", identity, false);
    }
    let mut domains = vec![("notary", "north")];
    domains.extend(r.percent(25).then_some(("herald", "south")));
    for (id, domain) in &domains {
        let attester = table([("id", (*id).into()), ("domain", (*domain).into())]);
        add_row(story, "attester", attester, false);
    }
    let (resources, operations) = resources(r, story);
    let ticks = if r.percent(70) { 0 } else { 1 + i64::from(r.percent(40)) };
    let (roles, context) = grants(r, story, &people, &operations);
    let mut cast = Cast {
        people,
        mallory,
        pools: Vec::new(),
        own: None,
        roles,
        context,
        operations,
        resources,
        ticks,
    };
    let mut ids: Vec<&str> = POOLS.to_vec();
    r.shuffle(&mut ids);
    for (number, id) in ids.into_iter().take(1 + r.below(3)).enumerate() {
        let domain = r.percent(88).then(|| *r.pick(&domains));
        pool(r, &mut cast, story, id, number, domain);
    }
    cast
}

fn resources(r: &mut Random, story: &mut Table) -> (Vec<(String, usize)>, Vec<String>) {
    let (mut resources, mut operations) = (Vec::new(), Vec::new());
    let mut ids = RESOURCES.to_vec();
    r.shuffle(&mut ids);
    // What the adversary can ask for multiplies: actions, resources and verifiers share what there may be.
    let two = r.percent(25);
    for id in ids.into_iter().take(1 + usize::from(two)) {
        let mut actions = ACTIONS.to_vec();
        r.shuffle(&mut actions);
        actions.truncate(if two { 1 } else { 1 + r.below(3) });
        operations.extend(actions.iter().map(|action| format!("{action} {id}")));
        let verifiers = 1 + usize::from(!two && actions.len() < 3 && r.percent(25));
        let mut resource = table([("id", id.into()), ("actions", actions.into())]);
        if verifiers > 1 {
            resource.insert("verifiers".to_owned(), (verifiers as i64).into());
        }
        add_row(story, "resource", resource, false);
        resources.push((id.to_owned(), verifiers));
    }
    (resources, operations)
}

fn grants(
    r: &mut Random,
    story: &mut Table,
    people: &[String],
    operations: &[String],
) -> (Vec<String>, Option<String>) {
    let mut roles = Vec::new();
    let count = if r.percent(45) { 1 + usize::from(r.percent(35)) } else { 0 };
    for id in ["sweeper", "courier"].into_iter().take(count) {
        let role = table([
            ("id", id.into()),
            ("anchor", r.pick(people).as_str().into()),
            ("domain", "north".into()),
            ("may_create", r.some(operations, 55).into()),
        ]);
        add_row(story, "role", role, false);
        roles.push(id.to_owned());
    }
    let context = r.percent(18).then(|| "night-shift".to_owned());
    if let Some(id) = &context {
        let grant = table([
            ("id", id.as_str().into()),
            ("environment", "site-0".into()),
            ("operator", r.pick(people).as_str().into()),
            ("domain", "north".into()),
            ("may_create", r.some(operations, 60).into()),
        ]);
        add_row(story, "context", grant, false);
    }
    (roles, context)
}

fn pool(
    r: &mut Random,
    cast: &mut Cast,
    story: &mut Table,
    id: &str,
    number: usize,
    attester: Option<(&str, &str)>,
) {
    let mut pool = table([("id", id.into())]);
    let mut made = Made { id: id.to_owned(), environment: None, domain: None, roles: Vec::new() };
    if let Some((attester, domain)) = attester {
        let environment = format!("site-{}", if r.percent(85) { number } else { 0 });
        made.roles = r.some(&cast.roles, 55);
        pool.insert("attester".to_owned(), attester.into());
        pool.insert("environment".to_owned(), environment.as_str().into());
        if !made.roles.is_empty() {
            pool.insert("roles".to_owned(), made.roles.clone().into());
        }
        (made.environment, made.domain) = (Some(environment), Some(domain.to_owned()));
        if cast.ticks > 0 && r.percent(20) {
            pool.insert("facts_until".to_owned(), (r.below(2) as i64).into());
        }
    }
    if r.percent(25) {
        pool.insert("deployer".to_owned(), r.pick(&cast.people).as_str().into());
    }
    if number > 0 && cast.own.is_none() && r.percent(35) {
        pool.insert("adversary".to_owned(), true.into());
        cast.own = Some(id.to_owned());
    } else if r.percent(5) {
        pool.insert("shared_key".to_owned(), true.into());
    }
    add_row(story, "pool", pool, false);
    cast.pools.push(made);
}

fn flow(r: &mut Random, cast: &Cast, number: usize, most: usize) -> Table {
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

fn faults(r: &mut Random, cast: &Cast, files: &mut Files) {
    if !r.percent(30) {
        return;
    }
    let honest = files.honest_pools();
    let kind = *r.pick(&["crash", "rekey", "revoke", "restart"]);
    let target = match kind {
        "restart" => format!("{}/1", r.pick(&cast.resources).0),
        _ => format!("{}/1", r.pick(&honest)),
    };
    let fault = table([("kind", kind.into()), ("target", target.into())]);
    add_row(&mut files.story, "fault", fault, false);
}

fn adversary(r: &mut Random, cast: &Cast, files: &mut Files) {
    files.adversary_mut().insert("capabilities".to_owned(), Value::Array(Vec::new()));
    let mut menu: Vec<&str> =
        ["inject", "confuse"].into_iter().chain(PLACES.map(|(name, _)| name)).collect();
    menu.extend(["observe", "inject", "log-leak", "hijack-executor", "steal-key"]);
    r.shuffle(&mut menu);
    let count = *r.pick(&[0, 1, 1, 1, 2, 2]);
    for capability in menu.into_iter().take(count) {
        if let Some(place) = place(r, cast, files, capability) {
            files.gain(capability, place);
        }
    }
    // What a fault is for.
    for (kind, capability) in [("restart", "forget"), ("revoke", "revocation-lag")] {
        let there = rows(&files.story, "fault").any(|fault| text(fault, "kind") == kind);
        if there && (kind == "restart" || r.percent(30)) {
            files.gain(capability, None);
        }
    }
}

/// Where a capability applies; `None` where the story has no such place.
fn place(
    r: &mut Random,
    cast: &Cast,
    files: &Files,
    capability: &str,
) -> Option<Option<(&'static str, Value)>> {
    let key = PLACES.iter().find(|(name, _)| *name == capability).map(|(_, key)| *key);
    let Some(key) = key else { return Some(None) };
    let honest = files.honest_pools();
    let one = format!("{}/1", r.pick(&honest));
    let value: Value = match key {
        "observes" | "leaks" => {
            let mut places = honest.clone();
            places.extend(cast.resources.iter().map(|(id, _)| id.clone()));
            vec![r.pick(&places).as_str()].into()
        }
        "insider" => cast.own.clone()?.into(),
        "member_of" => r.pick(&honest).as_str().into(),
        "steals_pool" => {
            let shared = |pool: &&Table| pool.contains_key("shared_key");
            text(rows(&files.story, "pool").find(shared)?, "id").into()
        }
        "colludes" => {
            let mut pairs = rows(&files.story, "flow").flat_map(|flow| {
                let to: Vec<String> = rows(flow, "hop").map(|hop| text(hop, "to")).collect();
                to.windows(2).map(<[String]>::to_vec).collect::<Vec<_>>()
            });
            let pair = pairs.find(|pair| pair[0] != pair[1])?;
            pair.iter().map(|pool| format!("{pool}/1")).collect::<Vec<_>>().into()
        }
        "reuses" => {
            let crash = rows(&files.story, "fault").find(|fault| text(fault, "kind") == "crash")?;
            text(crash, "target").into()
        }
        "skews" if cast.ticks > 0 => r.pick(&cast.resources).0.as_str().into(),
        "skews" => return None,
        "attester" => {
            let all: Vec<String> = rows(&files.story, "attester").map(|a| text(a, "id")).collect();
            all.get(1)?.as_str().into()
        }
        _ => one.into(),
    };
    Some(Some((key, value)))
}

fn policy(r: &mut Random, cast: &Cast, story: &Table) -> Table {
    let all: Vec<&str> = Guard::ALL.iter().map(|guard| guard.id()).collect();
    let asked = |r: &mut Random| -> Vec<&str> {
        match r.below(10) {
            0..=4 => vec!["all"],
            5..=7 => {
                let (one, other) = (*r.pick(&all), *r.pick(&all));
                let also = r.percent(50);
                let kept = all.iter().filter(|g| **g != one && !(also && **g == other));
                kept.copied().collect()
            }
            8 => Vec::new(),
            _ => r.some(&all, 75),
        }
    };
    let (resource, hop) = (asked(r), if r.percent(75) { vec!["all"] } else { asked(r) });
    let mut policy = table([
        ("schema", "whoacts/policy/1".into()),
        ("title", "One desk".into()),
        ("memory", if r.percent(65) { "shared" } else { "local" }.into()),
        ("require", Value::Table(table([("resource", resource.into()), ("hop", hop.into())]))),
    ]);
    if r.percent(70) {
        policy.insert("triggers".to_owned(), vec!["alarm"].into());
    }
    mandates(r, cast, story, &mut policy);
    for attester in rows(story, "attester").filter(|_| r.percent(95)) {
        add_row(&mut policy, "attester", attester.clone(), false);
    }
    policy
}

fn mandates(r: &mut Random, cast: &Cast, story: &Table, policy: &mut Table) {
    let needed = |id: &str| -> Vec<String> {
        let own = rows(story, "flow").filter(|flow| text(flow, "origin") == id);
        own.flat_map(|flow| names(flow, "authority")).collect()
    };
    let mallory = cast.mallory.then(|| "mallory".to_owned());
    for id in cast.people.iter().chain(&mallory) {
        let (own, narrow) = (needed(id), r.percent(10));
        let wide = if narrow { 0 } else { 35 };
        let may: Vec<String> = cast
            .operations
            .iter()
            .filter(|operation| own.contains(operation) && !narrow || r.percent(wide))
            .cloned()
            .collect();
        if !may.is_empty() || r.percent(30) {
            let mandate = table([("identity", id.as_str().into()), ("may_create", may.into())]);
            add_row(policy, "mandate", mandate, false);
        }
    }
    for role in &cast.roles {
        let mandate = table([
            ("role", role.as_str().into()),
            ("may_create", r.some(&cast.operations, 60).into()),
        ]);
        add_row(policy, "mandate", mandate, false);
        let anchor = rows(story, "role").find(|row| text(row, "id") == *role);
        if let Some(anchor) = anchor.filter(|_| r.percent(90)) {
            let trusted = vec![text(anchor, "anchor")];
            let anchor = table([("role", role.as_str().into()), ("identities", trusted.into())]);
            add_row(policy, "anchor", anchor, false);
        }
    }
    for context in rows(story, "context") {
        let environment = text(context, "environment");
        let may = r.some(&cast.operations, 65);
        let mandate = table([("context", environment.as_str().into()), ("may_create", may.into())]);
        add_row(policy, "mandate", mandate, false);
        let trusted = vec![text(context, "operator")];
        let operator = table([("environment", environment.into()), ("identities", trusted.into())]);
        add_row(policy, "operator", operator, false);
    }
}
