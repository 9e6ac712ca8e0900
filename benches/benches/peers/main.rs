//! Side by side with other checkers, in one go, with equal counts asserted.
mod measure;
mod rival;
mod two_phase;
use std::process::Command;
use whoacts_checker::explore::{Options, explore};

fn child(what: &str, n: u8, threads: usize) {
    let opts = Options { threads, ..Options::default() };
    let (a, b) = match what {
        "packed" => { let r = explore(&two_phase::Packed { managers: n }, &opts); (r.states, r.steps + 1) }
        "wide" => { let r = explore(&two_phase::Wide { managers: n }, &opts); (r.states, r.steps + 1) }
        "bundled-dfs" => rival::count(rival::Bundled { managers: n.into() }, threads, true),
        "bundled-bfs" => rival::count(rival::Bundled { managers: n.into() }, threads, false),
        "packed-dfs" => rival::count(two_phase::Packed { managers: n }, threads, true),
        "packed-bfs" => rival::count(two_phase::Packed { managers: n }, threads, false),
        _ => panic!(),
    };
    println!("{a} {b}");
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == "child") {
        return child(&args[1], args[2].parse().unwrap(), args[3].parse().unwrap());
    }
    let n = args.first().cloned().unwrap_or("8".into());
    for what in args[1..].iter() {
        let (w, t) = what.split_once(':').unwrap_or((what, "1"));
        let m = measure::run(Command::new(std::env::current_exe().unwrap()).args(["child", w, &n, t]));
        let states: f64 = m.said.split_whitespace().next().unwrap().parse().unwrap();
        println!("{what:14} {} wall {:.2} core {:.2} {:.2} M/s(core) {:.1} B/state", m.said.trim(), m.wall, m.core, states / m.core / 1e6, m.peak_bytes as f64 / states);
    }
}
