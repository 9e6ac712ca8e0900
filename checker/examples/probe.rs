//! Scratch.
use std::time::Instant;
use whoacts_checker::explore::*;
use whoacts_checker::lower::*;
use whoacts_checker::property;
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Form, forms};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read(&args[1]).unwrap();
    let vocab = whoacts_scenarios::Vocabulary {
        mechanisms: ["bearer", "dpop", "continuity"].iter().map(|m| whoacts_scenarios::MechanismName {
            id: m.to_string(),
            variants: forms().filter(|f| f.mechanism == *m && f.profile.is_none()).map(|f| f.variant.into()).collect(),
            profiles: forms().filter(|f| f.mechanism == *m).filter_map(|f| f.profile.map(Into::into)).collect(),
        }).collect(),
        properties: property::ALL.iter().map(|p| p.id.to_owned()).collect(),
        capabilities: whoacts_checker::world::capability::Capability::ALL.iter().map(|c| c.id().to_owned()).collect(),
        guards: Guard::ALL.iter().map(|g| g.id().to_owned()).collect(),
    };
    let scenario = match whoacts_scenarios::parse_scenario(&args[1], "x/y", &text, &vocab) {
        Ok(s) => s,
        Err(e) => { for e in e { println!("{}", e.render(std::str::from_utf8(&text).unwrap())); } return; }
    };
    let pf = format!("/work/main/scenarios/policies/{}.toml", scenario.policy.value);
    let policy = whoacts_scenarios::parse_policy(&pf, "p", &std::fs::read(&pf).unwrap(), &vocab).unwrap_or_else(|e| panic!("{e:?}"));
    for form in forms() {
        if args.len() > 2 && !args[2].split(',').any(|a| form.label() == a || a == "all") { continue; }
        let mut caps: Vec<&str> = scenario.adversary.capabilities.iter().map(|c| c.value.as_str()).collect();
        if let Some(x) = args.get(3) { caps.extend(x.split(',').filter(|x| !x.is_empty())); }
        let dropped: GuardSet = args.get(4).map(|x| x.split(',').filter_map(Guard::named).collect()).unwrap_or_default();
        let plan = Plan { scenario: &scenario, policy: &policy, form, capabilities: capabilities(caps.iter().copied()), bounds: bounds(&scenario.bounds), added: GuardSet::NONE, dropped, representatives: std::env::var("ALL").is_err() };
        let t = Instant::now();
        let world = World::new(lower::<Symbolic>(&plan));
        let g = t.elapsed();
        if std::env::var("KINDS").is_ok() {
            let mut k = std::collections::BTreeMap::<String, usize>::new();
            for c in &world.universe.recipes.credentials { *k.entry(format!("{c:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned()).or_default() += 1; }
            for c in &world.universe.recipes.presentations { *k.entry("P".to_owned() + format!("{c:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap()).or_default() += 1; }
            for (c, _, _) in &world.universe.recipes.parcels { *k.entry("L".to_owned() + format!("{c:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap()).or_default() += 1; }
            println!("{k:?}");
        }
        let options = Options { saturate: true, canonical: true, ..Options::default() };
        let t = Instant::now();
        let run = explore(&world, &options);
        let names: Vec<String> = run.found.iter().map(|f| {
            let b = f.bit;
            if b < 16 { format!("{}({})", property::ALL[b as usize].id, f.trace.len()) } else { String::new() }
        }).filter(|s| !s.is_empty()).collect();
        let ends: Vec<bool> = world.good_ends.iter().map(|e| run.seen & (1 << e.bit) != 0).collect();
        println!("{:16} creds {} parcels {} tasks {} pres {} accepts {} facts {} moves {} ground {:?} | states {} steps {} depth {} {:?} in {:?}\n    served {:?} put {:015b} offered {:015b} violated {:?}", form.label(), world.universe.credentials.len(), world.universe.parcels.len(), world.universe.tasks.len(), world.universe.presentations.len(), world.accepting.len(), world.facts, world.moves.len(), g, run.states, run.steps, run.depth, run.ended, t.elapsed(), ends, (run.seen >> 16) & 0x7fff, world.offered, names);
        if std::env::var("TRACE").is_ok() {
            for f in &run.found { if f.bit < 16 { println!("  {}:", property::ALL[f.bit as usize].id); for m in &f.trace { println!("     {:?}", world.moves[*m as usize].what); } } }
        }
        if let Ok(n) = std::env::var("ACC") { for g in &world.moves { if format!("{:?}", g.what) == n { let a = world.accepting_of(world.moves.iter().position(|x| std::ptr::eq(x, g)).unwrap() as u32).unwrap(); println!("{:#?}", a.record); } } }
        if std::env::var("TALLY").is_ok() {
            for g in world.setting.required.iter() { let t = world.tallies[g as usize]; println!("   {:18} held {:6} denied {}", g.id(), t.held, t.denied); }
        }
    }
    let _: Option<&Form> = None;
}
