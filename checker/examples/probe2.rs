//! Scratch: check | table | ablate | guards | all | plain  FILES…
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use whoacts_checker::explore::*;
use whoacts_checker::lower::*;
use whoacts_checker::outcome::Bounds;
use whoacts_checker::property;
use whoacts_checker::world::World;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{Form, forms};
use whoacts_scenarios::scenario::{Policy, Scenario};

fn vocab() -> whoacts_scenarios::Vocabulary {
    whoacts_scenarios::Vocabulary {
        mechanisms: ["bearer", "dpop", "continuity"].iter().map(|m| whoacts_scenarios::MechanismName {
            id: m.to_string(),
            variants: forms().filter(|f| f.mechanism == *m && f.profile.is_none()).map(|f| f.variant.into()).collect(),
            profiles: forms().filter(|f| f.mechanism == *m).filter_map(|f| f.profile.map(Into::into)).collect(),
        }).collect(),
        properties: property::ALL.iter().map(|p| p.id.to_owned()).collect(),
        capabilities: Capability::ALL.iter().map(|c| c.id().to_owned()).collect(),
        guards: Guard::ALL.iter().map(|g| g.id().to_owned()).collect(),
    }
}

struct R { violated: BTreeSet<&'static str>, vacuous: BTreeSet<&'static str>, served: bool, ended: Ended, ms: f64, gms: f64, states: u64, pres: usize, trunc: bool, len: BTreeMap<&'static str, usize>, tallies: Vec<(Guard, u64, u64, bool)>, ends: Vec<bool> }

fn run(s: &Scenario, p: &Policy, form: &'static Form, caps: Capabilities, dropped: GuardSet, rep: bool, b: Bounds) -> R {
    let plan = Plan { scenario: s, policy: p, form, capabilities: caps, bounds: b, added: GuardSet::NONE, dropped, representatives: rep };
    let t = Instant::now();
    let world = World::new(lower::<Symbolic>(&plan));
    let gms = t.elapsed().as_secs_f64() * 1e3;
    let run = explore(&world, &Options { saturate: true, canonical: true, max_states: Some(200_000), deadline: Some(std::time::Duration::from_secs(30)), ..Options::default() });
    let mut r = R { violated: BTreeSet::new(), vacuous: BTreeSet::new(), served: true, ended: run.ended.clone(), ms: t.elapsed().as_secs_f64() * 1e3, gms, states: run.states, pres: world.universe.presentations.len(), trunc: world.universe.truncated, len: BTreeMap::new(), tallies: vec![], ends: vec![] };
    for (i, pr) in property::ALL.iter().enumerate() {
        if let Some(f) = run.found.iter().find(|f| f.bit == i as u32) { r.violated.insert(pr.id); r.len.insert(pr.id, f.trace.len()); }
        else if world.offered & (1 << i) == 0 { r.vacuous.insert(pr.id); }
    }
    r.ends = world.good_ends.iter().map(|e| run.seen & (1 << e.bit) != 0).collect();
    r.served = r.ends.iter().all(|x| *x);
    for g in world.setting.required.union(world.setting.required_at_hop).iter() {
        let t = world.tallies[g as usize];
        let dynamic = world.accepting.iter().any(|a| a.blocked_by().contains(g));
        r.tallies.push((g, t.held, t.denied, dynamic));
    }
    if std::env::var("TRACE").is_ok() {
        for f in &run.found { if f.bit < 16 { println!("  {} {}:", form.label(), property::ALL[f.bit as usize].id); for m in &f.trace { println!("     {:?}", world.moves[*m as usize].what); } } }
    }
    r
}
fn caps_of(s: &Scenario, delta: &[String]) -> Capabilities {
    let mut c = capabilities(s.adversary.capabilities.iter().map(|c| c.value.as_str()));
    for d in delta {
        if let Some(x) = d.strip_prefix('+') { c = c.with(Capability::named(x).unwrap()); }
        else if let Some(x) = d.strip_prefix('-') { c = c.without(Capability::named(x).unwrap()); }
        else { c = c.with(Capability::named(d).unwrap()); }
    }
    c
}
fn expand(label: &str) -> Vec<String> {
    let all: Vec<String> = forms().map(|f| f.label()).collect();
    if let Some((a, b)) = label.split_once("..") {
        let base = a.split('/').next().unwrap();
        let b = format!("{base}/{b}");
        let i = all.iter().position(|l| l == a).unwrap(); let j = all.iter().position(|l| *l == b).unwrap();
        return all[i..=j].to_vec();
    }
    if label == "continuity" { return all.into_iter().filter(|l| l.starts_with("continuity/")).collect(); }
    vec![label.to_owned()]
}
fn short(x: &BTreeSet<&'static str>) -> String { format!("[{}]", x.iter().copied().collect::<Vec<_>>().join(", ")) }
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mode = args[1].as_str();
    let v = vocab();
    let only = std::env::var("FORMS").ok();
    let extra: Vec<String> = std::env::var("CAPS").map(|x| x.split(',').map(|s| format!("+{s}")).collect()).unwrap_or_default();
    let dropenv: GuardSet = std::env::var("DROP").map(|x| x.split(',').filter_map(Guard::named).collect()).unwrap_or_default();
    let total = Instant::now();
    let mut agg: BTreeMap<Guard, (BTreeMap<String, Vec<String>>, )> = BTreeMap::new();
    let mut decisive: BTreeMap<(String, Guard), (u64, Vec<String>)> = BTreeMap::new();
    let mut bad = 0;
    for file in &args[2..] {
        let text = std::fs::read(file).unwrap();
        let id = file.trim_end_matches(".toml").split("cases/").last().unwrap().to_owned();
        let s = match whoacts_scenarios::parse_scenario(file, &id, &text, &v) {
            Ok(s) => s,
            Err(e) => { bad += 1; for e in e { println!("{}", e.render(std::str::from_utf8(&text).unwrap())); } continue; }
        };
        let pf = format!("/work/main/scenarios/policies/{}.toml", s.policy.value);
        let ptext = std::fs::read(&pf).unwrap();
        let p = match whoacts_scenarios::parse_policy(&pf, "p", &ptext, &v) { Ok(p) => p, Err(e) => { for e in e { println!("{}", e.render(std::str::from_utf8(&ptext).unwrap())); } continue; } };
        let b = bounds(&s.bounds);
        let deltas: Vec<Vec<String>> = { let mut d = vec![vec![]]; for e in &s.expectations { let x: Vec<String> = e.adversary.iter().map(|a| a.value.clone()).collect(); if !d.contains(&x) { d.push(x); } } d };
        match mode {
            "table" => {
                println!("== {id}");
                for form in forms() {
                    let l = form.label();
                    if only.as_ref().is_some_and(|o| !o.split(',').any(|x| expand(x).contains(&l))) { continue; }
                    let r = run(&s, &p, form, caps_of(&s, &extra), dropenv, std::env::var("ALL").is_err(), b);
                    let viol: Vec<String> = r.len.iter().map(|(k, v)| format!("{k}({v})")).collect();
                    println!("  {l:14} {:?}{} served {:?} viol [{}] vac {} | {:.0}+{:.0} ms states {} pres {}", r.ended, if r.trunc { " TRUNCATED" } else { "" }, r.ends, viol.join(", "), short(&r.vacuous), r.gms, r.ms - r.gms, r.states, r.pres);
                    if std::env::var("TALLY").is_ok() { for (g, h, d, dy) in &r.tallies { println!("      {:18} held {h:6} denied {d} dynamic {dy}", g.id()); } }
                }
            }
            "check" => {
                let t0 = Instant::now(); let mut n = 0; let mut worst = (0.0, String::new());
                for d in &deltas {
                    let caps = caps_of(&s, d);
                    for form in forms() {
                        let l = form.label();
                        let rows: Vec<_> = s.expectations.iter().filter(|e| caps_of(&s, &e.adversary.iter().map(|a| a.value.clone()).collect::<Vec<_>>()) == caps && e.on.iter().any(|o| expand(&o.value).contains(&l))).collect();
                        if !d.is_empty() && rows.is_empty() { continue; }
                        let r = run(&s, &p, form, caps, GuardSet::NONE, true, b);
                        n += 1; if r.ms > worst.0 { worst = (r.ms, format!("{l} {d:?}")); }
                        let g = |f: fn(&whoacts_scenarios::scenario::Expectation) -> &Vec<whoacts_scenarios::span::Spanned<String>>| -> BTreeSet<String> { rows.iter().flat_map(|e| f(e).iter().map(|x| x.value.clone())).collect() };
                        let own = |x: &BTreeSet<&'static str>| x.iter().map(|s| s.to_string()).collect::<BTreeSet<_>>();
                        let asked: BTreeSet<String> = if s.properties.is_empty() { property::ALL.iter().map(|p| p.id.to_string()).collect() } else { s.properties.iter().map(|p| p.value.clone()).collect() };
                        let ev: BTreeSet<_> = g(|e| &e.violated); let ec = g(|e| &e.vacuous); let hs = g(|e| &e.holds);
                        let av: BTreeSet<_> = own(&r.violated).intersection(&asked).cloned().collect(); let ac: BTreeSet<_> = own(&r.vacuous).intersection(&asked).cloned().collect();
                        let es = rows.iter().filter_map(|e| e.served.as_ref().map(|x| x.value)).next().unwrap_or(true);
                        let mut msg = vec![];
                        if ev != av { msg.push(format!("violated: missing-in-file {:?} not-found {:?}", av.difference(&ev).collect::<Vec<_>>(), ev.difference(&av).collect::<Vec<_>>())); }
                        if ec != ac { msg.push(format!("vacuous: missing-in-file {:?} not-found {:?}", ac.difference(&ec).collect::<Vec<_>>(), ec.difference(&ac).collect::<Vec<_>>())); }
                        if es != r.served { msg.push(format!("served expected {es} got {} {:?}", r.served, r.ends)); }
                        for h in &hs { if av.contains(h) || ac.contains(h) { msg.push(format!("holds {h} not")); } }
                        if r.ended != Ended::Exhausted || r.trunc { msg.push(format!("{:?} trunc {}", r.ended, r.trunc)); }
                        if !msg.is_empty() { bad += 1; println!("  {id} {l} {d:?} ({:.0} ms): {}", r.ms, msg.join("; ")); }
                        let strong = ["continuity/K4", "continuity/K5", "continuity/K6"].contains(&l.as_str());
                        if strong && d.is_empty() { for x in ["agreement", "theft-contained", "accountable", "origin-bounded", "no-mixing", "injective-agreement"] { if r.violated.contains(x) { println!("  !!! {id} {l} breaks {x}"); } } }
                    }
                }
                println!("{id}: {n} runs in {:.0} ms, worst {:.0} ms {}", t0.elapsed().as_secs_f64() * 1e3, worst.0, worst.1);
            }
            "guards" | "ablate" => {
                for d in &deltas {
                    let caps = caps_of(&s, d);
                    for form in forms().filter(|f| f.mechanism == "continuity") {
                        let l = form.label();
                        if only.as_ref().is_some_and(|o| !o.split(',').any(|x| expand(x).contains(&l))) { continue; }
                        let r = run(&s, &p, form, caps, GuardSet::NONE, true, b);
                        for (g, h, den, dy) in &r.tallies {
                            let e = decisive.entry((l.clone(), *g)).or_default();
                            e.0 += h; if *den > 0 || *dy { let w = format!("{id}{}{}", if *den > 0 { "" } else { "(dyn)" }, if d.is_empty() { String::new() } else { d.join("") }); e.1.push(w); }
                        }
                        if mode == "ablate" {
                            for g in r.tallies.iter().map(|t| t.0).collect::<Vec<_>>() {
                                let q = run(&s, &p, form, caps, GuardSet::of(&[g]), true, b);
                                let new: Vec<&str> = q.violated.difference(&r.violated).copied().collect();
                                if !new.is_empty() { agg.entry(g).or_default().0.entry(l.clone()).or_default().push(format!("{id}{}: {}", d.join(""), new.join(","))); }
                                if q.ended != Ended::Exhausted { println!("   {id} {l} -{} {:?} {:.0} ms", g.id(), q.ended, q.ms); }
                            }
                        }
                    }
                }
            }
            "all" => {
                let mut sb = b; sb.replicas = sb.replicas.min(2); sb.hops = sb.hops.min(2 + u32::from(std::env::var("H3").is_ok())); sb.executions = sb.executions.min(std::env::var("EX").map(|x| x.parse().unwrap()).unwrap_or(2)); sb.deliveries = 1;
                for d in &deltas {
                    let caps = caps_of(&s, d);
                    for form in forms() {
                        let l = form.label();
                        if only.as_ref().is_some_and(|o| !o.split(',').any(|x| expand(x).contains(&l))) { continue; }
                        let a = run(&s, &p, form, caps, dropenv, true, sb);
                        let z = run(&s, &p, form, caps, dropenv, false, sb);
                        let same = a.violated == z.violated && a.vacuous == z.vacuous && a.served == z.served;
                        if !same || z.ended != Ended::Exhausted || a.ended != Ended::Exhausted || z.trunc { bad += 1; println!("  {} {id} {l} {d:?}: rep {} / full {} vac {} / {} {:?} {:?} trunc {} ms {:.0}/{:.0}", if same { "same but" } else { "DIFFERS" }, short(&a.violated), short(&z.violated), short(&a.vacuous), short(&z.vacuous), a.ended, z.ended, z.trunc, a.ms, z.ms); }
                        else if std::env::var("V").is_ok() { println!("  ok {id} {l} {d:?} {:.0}/{:.0} ms", a.ms, z.ms); }
                    }
                }
            }
            "plain" => {
                let ob = bounds(&s.oracle.bounds);
                let caps = if s.oracle.capabilities.is_empty() { caps_of(&s, &[]) } else { capabilities(s.oracle.capabilities.iter().map(|c| c.value.as_str())) };
                for form in forms() {
                    let l = form.label();
                    if only.as_ref().is_some_and(|o| !o.split(',').any(|x| expand(x).contains(&l))) { continue; }
                    let plan = Plan { scenario: &s, policy: &p, form, capabilities: caps, bounds: ob, added: GuardSet::NONE, dropped: GuardSet::NONE, representatives: true };
                    let t = Instant::now();
                    let world = World::new(lower::<Symbolic>(&plan));
                    let depth = std::env::var("DEPTH").ok().map(|x| x.parse().unwrap()).or(s.oracle.depth.as_ref().map(|d| d.value));
                    let r = explore(&world, &Options { max_depth: depth, max_states: Some(3_000_000), deadline: Some(std::time::Duration::from_secs(20)), ..Options::default() });
                    println!("  {id} {l} depth {depth:?}: states {} steps {} moves {} {:?} {:.0} ms", r.states, r.steps, world.moves.len(), r.ended, t.elapsed().as_secs_f64() * 1e3);
                }
            }
            _ => panic!("mode"),
        }
    }
    if mode == "guards" || mode == "ablate" {
        for g in Guard::ALL {
            println!("## {}", g.id());
            for ((l, gg), (h, w)) in &decisive { if gg == g { println!("   {l}: held {h}, alone denied in {}", w.join(" ")); } }
            if mode == "ablate" { match agg.get(g) { None => println!("   DROPPING ALONE: nothing new anywhere"), Some((m,)) => for (l, w) in m { println!("   -{} at {l}: {}", g.id(), w.join(" | ")); } } }
        }
    }
    println!("total {:.0} ms, {bad} bad", total.elapsed().as_secs_f64() * 1e3);
}
