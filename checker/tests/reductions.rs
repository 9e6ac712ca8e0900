//! The reductions against plain search, on the whole library at the bounds of the oracle.
//!
//! Whatever plain search finds the reduced one finds as well, and the other way round as deep as plain search came; no
//! attack that was made irreducible is shorter than a shortest one; and every trace replays.

#![allow(clippy::unwrap_used, clippy::panic)]

mod worlds;

use std::collections::BTreeMap;
use std::sync::Arc;
use whoacts_checker::explore::{Ended, Options, Run, System, explore, oracle, replay};
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::Guard;
use whoacts_scenarios::Case;
use worlds::{Stage, all_forms, case, label, labelled, library, pairs, spread, violated, words};

/// Plain search goes to the deepest level that it can finish within about so many states.
const BUDGET: u64 = 60_000;

/// How many attacks were compared, and how many of them are as short as a shortest one.
#[derive(Default)]
struct Compared {
    attacks: u32,
    shortest: u32,
    exhausted: u32,
}

const PLAIN: Options<'static> = Options::PLAIN;

/// The forms under which worlds are compared.
const FORMS: [&str; 4] = ["bearer", "dpop/strong", "continuity/K2", "continuity/K4"];

/// Findings of traces of so many moves were all seen.
fn covered(label: &str, run: &Run<u32>) -> usize {
    match &run.ended {
        Ended::Exhausted => usize::MAX,
        Ended::Limit(limit) => limit.covered as usize,
        other => panic!("{label}: {other:?}"),
    }
}

fn lengths(run: &Run<u32>) -> BTreeMap<u32, usize> {
    run.found.iter().map(|found| (found.bit, found.trace.len())).collect()
}

/// Every reduction by itself and with others, and whether the world's symmetry is used.
const REDUCED: [(Options<'static>, bool); 6] = [
    (Options { saturate: true, ..PLAIN }, false),
    (Options { saturate: true, canonical: true, ..PLAIN }, false),
    (Options { saturate: true, canonical: true, ..PLAIN }, true),
    (Options { canonical: true, ..PLAIN }, true),
    (Options { steps: true, ..PLAIN }, false),
    (Options { steps: true, canonical: true, ..PLAIN }, true),
];

fn compare(label: &str, plain: &Run<u32>, world: &World<Symbolic>, opts: Options<'_>) -> Compared {
    let closes = opts.saturate || opts.steps;
    let max_states = if opts.saturate { None } else { Some(BUDGET / 30) };
    let reduced = explore(world, &Options { max_states, ..opts });
    assert!(reduced.ended == Ended::Exhausted || !opts.saturate, "{label}: {:?}", reduced.ended);
    let down_to = covered(label, &reduced);
    let lost = plain.found.iter().filter(|found| found.trace.len() <= down_to);
    let lost = lost.fold(0, |lost, found| lost | 1 << found.bit) & !reduced.seen;
    let kind = (opts.saturate, opts.steps, opts.canonical);
    assert_eq!(lost, 0, "{label}: {kind:?} loses {}", words(lost));
    let (shortest, minimal) = (lengths(plain), lengths(&reduced));
    let covered = covered(label, plain);
    let mut compared =
        Compared { exhausted: u32::from(covered == usize::MAX), ..Compared::default() };
    for found in &reduced.found {
        let (bit, len) = (found.bit, found.trace.len());
        let (_, shown) = replay(world, &found.trace).unwrap();
        assert_eq!(shown >> bit & 1, 1, "{label}: {}", words(1 << bit));
        match shortest.get(&bit) {
            Some(least) if closes => {
                assert!(*least <= len, "{label}: {} in {len}", words(1 << bit));
            }
            Some(least) => assert_eq!(*least, len, "{label}: {}", words(1 << bit)),
            None => assert!(len > covered, "{label}: {} in {len} was invented", words(1 << bit)),
        }
    }
    for (bit, least) in shortest.iter().filter(|(bit, _)| violated(1 << **bit) != 0) {
        if let Some(minimal) = minimal.get(bit) {
            compared.attacks += 1;
            compared.shortest += u32::from(minimal == least);
        }
    }
    compared
}

/// A world without what it tells the engine about its moves: states on the heap, each move judged in each state, each
/// successor made and looked up.
struct Untold<'w>(&'w World<Symbolic>);

impl System for Untold<'_> {
    type State = <World<Symbolic> as System>::State;
    type Move = u32;

    fn initial(&self) -> Self::State {
        self.0.initial()
    }
    fn moves(&self, state: &Self::State, out: &mut Vec<u32>) {
        self.0.moves(state, out);
    }
    fn next(&self, state: &Self::State, mv: u32) -> Self::State {
        self.0.next(state, mv)
    }
    fn findings(&self, state: &Self::State, mv: u32) -> u64 {
        self.0.findings(state, mv)
    }
}

/// What plain search spares itself changes nothing that it says: not a state, not a step, not a trace, and not which
/// guards alone denied something.
#[test]
fn what_is_spared_is_not_missed() {
    let cases = library();
    let jobs = pairs(&cases, &labelled(&FORMS));
    let sizes = spread(&jobs, |(case, form)| {
        let stage = Stage::oracle(case, form);
        let plainly = Options { max_states: Some(6_000), ..Options::default() };
        let world = stage.world::<Symbolic>(case);
        let untold = Run { collision_bound: None, ..explore(&Untold(&world), &plainly) };
        let denials = |world: &World<Symbolic>| {
            let denials = Guard::ALL.iter().map(|guard| world.denials(*guard));
            denials.collect::<Vec<_>>()
        };
        let asked =
            [plainly, Options { threads: 3, ..plainly }, Options { exact: true, ..plainly }];
        let mut exhausted = false;
        for opts in asked {
            let told = stage.world::<Symbolic>(case);
            let run = Run { collision_bound: None, ..explore(&told, &opts) };
            assert_eq!(run, untold, "{}", label(case, form));
            // At a limit there are states that were found and whose turn did not come: their moves are known here.
            if run.ended == Ended::Exhausted {
                assert_eq!(denials(&told), denials(&world), "{}", label(case, form));
                exhausted = true;
            }
        }
        (world.moves.len(), exhausted)
    });
    assert!(sizes.iter().filter(|(_, exhausted)| *exhausted).count() > 10);
    // Worlds of every size of state that is built in.
    for size in [64, 128, 256] {
        assert!(sizes.iter().any(|(moves, _)| (size / 2..=size).contains(moves)), "{size}");
    }
}

#[test]
fn reductions_change_no_verdict() {
    let cases = library();
    let jobs = pairs(&cases, &labelled(&FORMS));
    let compared = spread(&jobs, |(case, form)| {
        let mut world = Stage::oracle(case, form).world::<Symbolic>(case);
        let name = label(case, form);
        let plain = explore(&world, &Options { max_states: Some(BUDGET), ..PLAIN });
        REDUCED.map(|(opts, symmetry)| {
            world.symmetry = None;
            if symmetry {
                world.find_symmetry();
            }
            compare(&name, &plain, &world, opts)
        })
    });
    let sum = |of: fn(&Compared) -> u32| compared.iter().flatten().map(of).sum::<u32>();
    let (attacks, shortest, exhausted) =
        (sum(|one| one.attacks), sum(|one| one.shortest), sum(|one| one.exhausted));
    assert!(attacks > 100 && exhausted >= 2, "{attacks} attacks, {exhausted} spaces to the end");
    // An irreducible attack is not always a shortest one; it mostly is.
    assert!(shortest * 4 >= attacks * 3, "{shortest} of {attacks} are shortest");
}

/// What is said to be exchangeable is: a walk and its image can both be taken, step by step, show the same, and come to
/// states whose moves are each other's images.
#[test]
fn arrangements_map_walks_to_walks() {
    let cases = library();
    let jobs = pairs(&cases, &labelled(&FORMS));
    let walked = spread(&jobs, |(case, form)| {
        let mut world = Stage::oracle(case, form).world::<Symbolic>(case);
        world.find_symmetry();
        let maps = world.symmetry.as_ref().unwrap().generators.clone();
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut steps = 0;
        for map in &maps {
            for _ in 0..4 {
                let (mut state, mut image) = (world.initial(), world.initial());
                for _ in 0..30 {
                    let (mut moves, mut images) = (Vec::new(), Vec::new());
                    world.moves(&state, &mut moves);
                    world.moves(&image, &mut images);
                    let mut mapped: Vec<u32> = moves.iter().map(|mv| map[*mv as usize]).collect();
                    mapped.sort_unstable();
                    assert_eq!(mapped, images, "{}", label(case, form));
                    if moves.is_empty() {
                        break;
                    }
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let mv = moves[(random % moves.len() as u64) as usize];
                    let to = map[mv as usize];
                    assert_eq!(world.findings(&state, mv), world.findings(&image, to));
                    (state, image) = (world.next(&state, mv), world.next(&image, to));
                    steps += 1;
                }
            }
        }
        steps
    });
    let steps: u32 = walked.into_iter().sum();
    // Only what a search branches on is exchanged, which is little.
    assert!(steps > 5_000, "{steps} steps were compared");
}

/// A shop in which something goes wrong by itself, or somebody attacks.
struct Shop {
    hops: usize,
    replicas: u32,
    deliveries: u32,
    effects: u32,
    /// The last tick; with time, what is attested ends and so does the work.
    ticks: u32,
    fault: &'static str,
    adversary: &'static str,
    /// A guard that nobody asks for.
    left_out: &'static str,
}

const SHOP: Shop = Shop {
    hops: 1,
    replicas: 1,
    deliveries: 1,
    effects: 1,
    ticks: 0,
    fault: "",
    adversary: "capabilities = []",
    left_out: "",
};

impl Shop {
    fn case(&self) -> Case {
        let Self { hops, replicas, deliveries, effects, ticks, fault, adversary, left_out } = self;
        let ends = if *ticks > 0 { ["facts_until = 0", "deadline = 0"] } else { [""; 2] };
        let fault = match *fault {
            "" => String::new(),
            kind => format!("[[fault]]\nkind = \"{kind}\"\ntarget = \"a/1\"\n"),
        };
        let hop = |to: &str| {
            format!(
                "[[flow.hop]]\nto = \"{to}\"\nclass = {{ environment = \"{to}\", domain = \"d\" }}\n"
            )
        };
        let path: String = ["a", "b"].into_iter().take(*hops).map(hop).collect();
        let pool = |id: &str| {
            format!(
                "[[pool]]\nid = \"{id}\"\nattester = \"att\"\nenvironment = \"{id}\"\n{}\n",
                ends[0]
            )
        };
        let pools: String = ["a", "b"].into_iter().take(*hops).map(pool).collect();
        let text = format!(
            "schema = \"whoacts/scenario/1\"\ntitle = \"A shop\"\nsource = \"a test\"\nstory = \"A shop.\"\npolicy = \"policy\"\n\
             [[identity]]\nid = \"alice\"\n[[attester]]\nid = \"att\"\ndomain = \"d\"\n{pools}\
             [[resource]]\nid = \"bank\"\nactions = [\"pay\"]\n\
             [[flow]]\nid = \"f\"\norigin = \"alice\"\nauthority = [\"pay bank\"]\neffects = {effects}\n{}\n\
             request = {{ action = \"pay\", resource = \"bank\" }}\n{path}{fault}[adversary]\n{adversary}\n\
             [bounds]\nreplicas = {replicas}\nhops = {hops}\nexecutions = 1\ndeliveries = {deliveries}\nticks = {ticks}\n",
            ends[1]
        );
        let guards = Guard::ALL.iter().map(|guard| guard.id()).filter(|id| id != left_out);
        let guards = guards.map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
        let policy = format!(
            "schema = \"whoacts/policy/1\"\ntitle = \"policy\"\nmemory = \"shared\"\n\
             [require]\nresource = [{guards}]\nhop = [{guards}]\n\
             [[mandate]]\nidentity = \"alice\"\nmay_create = [\"pay bank\"]\n\
             [[attester]]\nid = \"att\"\ndomain = \"d\"\n"
        );
        case(&text, &policy)
    }
}

/// Each fault, time, and what a ledger counts, by themselves and together; with nobody who attacks, and with each kind of theft.
fn shops() -> Vec<Case> {
    let mut shops = Vec::new();
    for left_out in ["", "attestation-fresh", "within-effects", "single-use", "not-revoked"] {
        for fault in ["", "crash", "rekey", "revoke"] {
            shops.push(Shop { fault, left_out, ..SHOP });
            shops.push(Shop { fault, left_out, ticks: 1, ..SHOP });
            shops.push(Shop { fault, left_out, effects: 2, deliveries: 3, ..SHOP });
        }
    }
    for fault in ["crash", "rekey", "revoke"] {
        shops.push(Shop { fault, hops: 2, ..SHOP });
        shops.push(Shop { fault, replicas: 2, ..SHOP });
        let read = "capabilities = [\"observe\", \"inject\"]\nobserves = [\"a\", \"bank\"]";
        let stolen =
            "capabilities = [\"steal-key\", \"log-leak\"]\nsteals = \"a/1\"\nleaks = [\"a\"]";
        let taken_over = "capabilities = [\"hijack-executor\"]\nhijacks = \"a/1\"";
        for adversary in [read, stolen, taken_over] {
            shops.push(Shop { fault, adversary, ..SHOP });
        }
    }
    shops.iter().map(Shop::case).collect()
}

/// In worlds that are small enough for plain search to come to an end, each reduction and the oracle find what it finds, to the
/// last bit: what breaks, what is put, and what is served. (Ambient authority in which a key is revoked after a request was
/// accepted once was called safe by the reductions alone: the accept was in its own way, and was thought not to be.)
#[test]
fn all_searches_agree_to_the_end() {
    let cases = shops();
    let jobs = pairs(&cases, &all_forms());
    let ended = spread(&jobs, |(case, form)| {
        let stage = Stage::of(case, form);
        let mut world = stage.world::<Symbolic>(case);
        let most = Some(BUDGET / 3);
        let plain = explore(&world, &Options { max_states: most, ..PLAIN });
        if plain.ended != Ended::Exhausted {
            return 0;
        }
        let name = format!("{} {}", case.source_text, form.label());
        for (opts, symmetry) in REDUCED {
            world.symmetry = None;
            if symmetry {
                world.find_symmetry();
            }
            let run = explore(&world, &opts);
            assert_eq!(run.ended, Ended::Exhausted, "{name}");
            let kind = (opts.saturate, opts.steps, opts.canonical, symmetry);
            assert_eq!(words(run.seen), words(plain.seen), "{name} {kind:?}");
        }
        world.symmetry = None;
        let theirs = oracle(&Arc::new(world), &PLAIN);
        assert_eq!(words(theirs.seen), words(plain.seen), "{name} oracle");
        violated(plain.seen).count_ones()
    });
    let broken = ended.iter().filter(|broken| **broken > 0).count();
    assert!(broken > jobs.len() / 2, "{broken} of {} worlds break something", jobs.len());
}
