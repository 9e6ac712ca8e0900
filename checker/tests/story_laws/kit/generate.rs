//! Random small stories: whoever a story can have, doing whatever it can do, in worlds of one or two replicas.
//!
//! Every key of both files that changes a verdict is drawn now and then. What is drawn need not make sense; it must be a pair of
//! files that the product accepts, and small enough to be searched in milliseconds under each form.

mod adversary;
mod flows;
mod policy;

use super::files::{Files, add_row, rows, table};
use super::random::Random;
use adversary::{adversary, faults};
use flows::flow;
use policy::policy;
use toml::{Table, Value};

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
