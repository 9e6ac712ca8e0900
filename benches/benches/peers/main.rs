//! Side by side with other checkers, in one go: the same systems, equal counts asserted, and a table of ratios.
//!
//! ```text
//! cargo bench -p whoacts-benches --bench peers                              # everything, medians of five
//! cargo bench -p whoacts-benches --bench peers -- --managers 8 --runs 1 two-phase
//! ```
//!
//! Sections: `two-phase` (stateright, SPIN, Rumur), `trust` (a world of the library, stateright), `by-hand` (SPIN on models
//! of stories that were written by hand), `growth` (cost against the bounds, and a plot), and, when it is named,
//! `far` (a hundred million states). SPIN and Rumur are the Debian packages `spin` and `rumur`; where they are not
//! installed their rows are left out with a message. Ratios are of time on a core, which a busy machine disturbs less than
//! time on the clock; of the latter only where threads are compared.

#![allow(clippy::print_stdout, reason = "a table is what this is for")]

mod by_hand;
mod growth;
mod jobs;
mod measure;
mod rival;
mod tools;
mod trust;
mod two_phase;

use std::process::Command;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    managers: u8,
    runs: usize,
    /// Each once, and small.
    smoke: bool,
    sections: Vec<String>,
}

impl Asked {
    fn read(args: &[String]) -> Self {
        let smoke = args.iter().any(|arg| arg == "--test");
        let after = |name: &str| {
            let at = args.iter().position(|arg| arg == name)?;
            args.get(at + 1)?.parse().ok()
        };
        let names = ["two-phase", "trust", "by-hand", "growth", "far"];
        let sections = args.iter().filter(|arg| names.contains(&arg.as_str())).cloned().collect();
        Self {
            managers: after("--managers").map_or(if smoke { 5 } else { 9 }, |n: usize| n as u8),
            runs: after("--runs").unwrap_or(if smoke { 1 } else { 5 }),
            smoke,
            sections,
        }
    }

    fn wants(&self, section: &str) -> bool {
        self.sections.iter().any(|name| name == section)
            || self.sections.is_empty() && section != "far"
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = args.as_slice()
        && first == "job"
    {
        return jobs::run(rest);
    }
    let asked = Asked::read(&args);
    if asked.wants("two-phase") {
        two_phase(&asked);
    }
    if asked.wants("trust") {
        trust_world(&asked);
    }
    if asked.wants("by-hand") {
        by_hand::compare(asked.smoke);
    }
    if asked.wants("growth") {
        growth::plot(asked.smoke);
    }
    if asked.wants("far") {
        far();
    }
}

/// One of our own jobs, as a process of its own, so that its memory can be seen.
fn job(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("job").args(args);
    command
}

fn two_phase(asked: &Asked) {
    println!("Two-phase commit, {} resource managers\n", asked.managers);
    let n = asked.managers.to_string();
    let ours = |name, threads: &str| (job(&[name, &n, threads]), jobs::counts as tools::Counts);
    let mut rows = vec![
        tools::Row::new("ours, 64-byte states", ours("wide", "1")),
        tools::Row::new("ours, 64-byte states, two threads", ours("wide", "2")),
        tools::Row::new("ours, 64-byte states, not told what commutes", ours("undeclared", "1")),
        tools::Row::new("ours, one word", ours("packed", "1")),
        tools::Row::new("stateright DFS, in the manner of its examples", ours("examples-dfs", "1")),
        tools::Row::new("stateright BFS, in the manner of its examples", ours("examples-bfs", "1")),
        tools::Row::new("stateright DFS, one word", ours("packed-dfs", "1")),
        tools::Row::new("stateright BFS, one word", ours("packed-bfs", "1")),
    ];
    rows.extend(tools::spin_two_phase(asked.managers));
    rows.extend(tools::rumur_two_phase(asked.managers));
    let table = tools::measure(rows, asked.runs);
    tools::assert_equal_counts(&table);
    tools::print(&table);
    tools::print_ratios(
        &table,
        &[
            ("ours, 64-byte states", "stateright DFS, in the manner of its examples", 5.0),
            ("ours, 64-byte states", "stateright BFS, in the manner of its examples", 12.0),
            ("ours, 64-byte states", "SPIN", 4.0),
            ("ours, 64-byte states", "Rumur, compiled without optimisation", 25.0),
            ("ours, 64-byte states", "Rumur", 25.0),
            ("ours, one word", "stateright DFS, one word", 3.0),
        ],
    );
    tools::print_speed_up(&table, "ours, 64-byte states", "ours, 64-byte states, two threads");
    if asked.managers == 9 {
        assert_eq!(table[0].counts, (10_340_352, 123_558_402));
    }
}

fn trust_world(asked: &Asked) {
    let (size, replicas) = if asked.smoke { ("small", 1) } else { ("large", 2) };
    println!("\nreach/shared-pool under continuity/K4, plain search, replicas = {replicas}\n");
    let one = |name| (job(&[name, size, "1"]), jobs::counts as tools::Counts);
    let rows = vec![
        tools::Row::new("ours", one("world")),
        tools::Row::new("ours, two threads", (job(&["world", size, "2"]), jobs::counts as _)),
        tools::Row::new("stateright DFS, the same moves", one("world-dfs")),
    ];
    let table = tools::measure(rows, asked.runs);
    tools::assert_equal_counts(&table);
    tools::print(&table);
    tools::print_ratios(&table, &[("ours", "stateright DFS, the same moves", 5.0)]);
    tools::print_speed_up(&table, "ours", "ours, two threads");
}

/// More states than fit a day of most checkers; takes minutes and gigabytes, so it is only run when it is asked for.
fn far() {
    println!("\nlifecycle/replica-replaced under bearer, plain search, a hundred million states\n");
    let row = tools::Row::new("ours", (job(&["far", "100000000", "1"]), jobs::counts as _));
    tools::print(&tools::measure(vec![row], 1));
}
