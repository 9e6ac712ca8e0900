//! Rows of the tables: a command, how its counts are read, and what it cost; SPIN and Rumur among them.

use crate::measure::{self, Measured, median};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SPIN: &str = "SPIN";

/// Reads unique states and steps off what a program said.
pub(crate) type Counts = fn(&str) -> Option<(u64, u64)>;

/// What is to be run.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    command: Command,
    counts: Counts,
}

impl Row {
    pub(crate) fn new(name: &'static str, (command, counts): (Command, Counts)) -> Self {
        Self { name, command, counts }
    }
}

/// What it came to.
#[derive(Debug)]
pub(crate) struct Result {
    name: &'static str,
    pub(crate) counts: (u64, u64),
    /// The run in the middle by time on a core.
    core: Measured,
    /// Median of the time on the clock.
    wall: f64,
}

/// Runs every row so often, in turn, so that a busy minute hits all of them.
pub(crate) fn measure(mut rows: Vec<Row>, runs: usize) -> Vec<Result> {
    let mut measured: Vec<Vec<Measured>> = rows.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for (row, measured) in rows.iter_mut().zip(&mut measured) {
            measured.push(measure::run(&mut row.command));
        }
    }
    let results = rows.iter().zip(measured).map(|(row, measured)| {
        let counts = |one: &Measured| {
            (row.counts)(&one.said).unwrap_or_else(|| panic!("{}: {}", row.name, one.said))
        };
        let first = counts(&measured[0]);
        assert!(measured.iter().all(|one| counts(one) == first), "{} counts", row.name);
        let wall = median(measured.clone(), |one| one.wall).wall;
        Result { name: row.name, counts: first, core: median(measured, |one| one.core), wall }
    });
    results.collect()
}

/// All count the same. SPIN prints no more than eight digits.
pub(crate) fn assert_equal_counts(table: &[Result]) {
    let (states, steps) = table[0].counts;
    for row in table {
        let steps = if row.name == SPIN { eight_digits(steps) } else { steps };
        assert_eq!(row.counts, (states, steps), "{} against {}", row.name, table[0].name);
    }
}

fn eight_digits(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(7));
    (number + unit / 2) / unit * unit
}

pub(crate) fn print(table: &[Result]) {
    println!("{:48} {:>12} {:>13} {:>9} {:>12}", "", "states", "steps", "core s", "bytes/state");
    for row in table {
        let (states, steps) = row.counts;
        let bytes = row.core.peak_bytes as f64 / states as f64;
        println!("{:48} {states:>12} {steps:>13} {:>9.2} {bytes:>12.1}", row.name, row.core.core);
    }
    println!();
}

fn named<'t>(table: &'t [Result], name: &str) -> Option<&'t Result> {
    table.iter().find(|row| row.name == name)
}

/// How many times as fast the first of each pair is as the second, beside what was aimed at.
pub(crate) fn print_ratios(table: &[Result], pairs: &[(&str, &str, f64)]) {
    for (ours, theirs, aim) in pairs {
        if let (Some(our), Some(their)) = (named(table, ours), named(table, theirs)) {
            let ratio = their.core.core / our.core.core.max(0.01);
            println!("{ours} is {ratio:5.1} times as fast as {theirs} (aim: {aim})");
        }
    }
}

/// What more threads gain by the clock.
pub(crate) fn print_speed_up(table: &[Result], one: &str, more: &str) {
    if let (Some(one), Some(more)) = (named(table, one), named(table, more)) {
        println!(
            "{} is {:.2} times as fast by the clock (aim: 1.4)",
            more.name,
            one.wall / more.wall
        );
    }
}

/// Where the models are.
pub(crate) fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)
}

/// A folder of its own for what a tool generates.
pub(crate) fn workshop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers").join(name);
    std::fs::create_dir_all(&folder).expect("a folder for generated files");
    folder
}

/// Whether the tools are there; says so where one is not.
pub(crate) fn are_there(tools: &[&str]) -> bool {
    tools.iter().all(|tool| {
        let found = Command::new("which").arg(tool).stdout(Stdio::null()).status();
        let there = found.is_ok_and(|status| status.success());
        if !there {
            println!("(`{tool}` is not installed: its rows are left out)");
        }
        there
    })
}

pub(crate) fn must(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {said}{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// SPIN's verifier for a model, built.
pub(crate) fn spin(model_name: &str, defined: &[String], folder: &str) -> PathBuf {
    let folder = workshop(folder);
    let flags = defined.iter().map(|name| format!("-D{name}"));
    must(Command::new("spin").current_dir(&folder).arg("-a").args(flags).arg(model(model_name)));
    let mut compile = Command::new("gcc");
    compile.current_dir(&folder).args([
        "-O2",
        "-DSAFETY",
        "-DNOREDUCE",
        "-w",
        "-o",
        "pan",
        "pan.c",
    ]);
    must(&mut compile);
    folder.join("pan")
}

/// SPIN on two-phase commit, if it is installed.
pub(crate) fn spin_two_phase(managers: u8) -> Option<Row> {
    if !are_there(&["spin", "gcc"]) {
        return None;
    }
    let pan = spin("two-phase.pml", &[format!("N={managers}")], "spin-two-phase");
    let mut command = Command::new(pan);
    let slots = if managers > 7 { "-w24" } else { "-w18" };
    command.current_dir(workshop("spin-two-phase")).args(["-m100000", slots, "-E"]);
    Some(Row::new(SPIN, (command, spin_counts)))
}

fn spin_counts(said: &str) -> Option<(u64, u64)> {
    let before = |mark: &str| {
        let line = said.lines().find(|line| line.contains(mark))?;
        let number: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some(number as u64)
    };
    Some((before("states, stored")?, before("transitions (= stored+matched)")?))
}

/// Rumur on two-phase commit, if it is installed: compiled as its manual says, and as a compiler does that is told nothing.
pub(crate) fn rumur_two_phase(managers: u8) -> Vec<Row> {
    if !are_there(&["rumur", "gcc"]) {
        return Vec::new();
    }
    let folder = workshop("rumur-two-phase");
    let text = std::fs::read_to_string(model("two-phase.m")).expect("the model");
    let text = format!("const N: {managers};\n{text}");
    std::fs::write(folder.join("model.m"), text).expect("a copy of the model");
    let mut generate = Command::new("rumur");
    generate.current_dir(&folder).args([
        "--symmetry-reduction",
        "off",
        "--deadlock-detection",
        "off",
    ]);
    must(generate.args(["--threads", "1", "--output", "model.c", "model.m"]));
    let built = |name: &'static str, level: &str, program: &str| {
        let mut compile = Command::new("gcc");
        compile.current_dir(&folder).args([level, "-std=c11", "-mcx16", "-w", "-o", program]);
        must(compile.args(["model.c", "-lpthread"]));
        Row::new(name, (Command::new(folder.join(program)), rumur_counts))
    };
    vec![
        built("Rumur", "-O3", "model"),
        built("Rumur, compiled without optimisation", "-O0", "model-plain"),
    ]
}

/// `1745408 states, 18507777 rules fired`: the initial state is not among the rules.
fn rumur_counts(said: &str) -> Option<(u64, u64)> {
    let line = said.lines().rev().find(|line| line.contains("rules fired in"))?;
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    let (states, rules): (u64, u64) = (numbers.next()?, numbers.next()?);
    Some((states, rules + 1))
}
