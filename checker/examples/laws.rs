//! Puts the laws over files to many random stories, and makes what fails small.
//!
//! `cargo run --release -p whoacts-checker --example laws -- --stories 2000 --seed 0 [--law L8-names] [--form bearer] [--all]
//! [--quick] [--library] [--out FOLDER]`. `--all` puts every law to each story instead of two, `--quick` makes nothing small,
//! `--library` takes the cases of the library instead, `--out` writes each finding into a folder of its own;
//! `--pinned` alone says what the test in CI pins.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for the terminal")]

#[path = "../tests/story_laws/kit/mod.rs"]
mod kit;

use kit::files::Files;
use kit::findings::{Failure, Tally, drawn, of_story};
use kit::law::{Broken, Law};
use kit::{generate, laws, pinned, shrink};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A story that takes longer is named.
const SLOW: Duration = Duration::from_secs(5);

struct Arguments {
    stories: u64,
    seed: u64,
    law: Option<String>,
    form: Option<String>,
    all: bool,
    quick: bool,
    library: bool,
    out: Option<String>,
}

fn arguments() -> Arguments {
    let mut read = Arguments {
        stories: 100,
        seed: 0,
        law: None,
        form: None,
        all: false,
        quick: false,
        library: false,
        out: None,
    };
    let mut rest = std::env::args().skip(1);
    while let Some(name) = rest.next() {
        let mut value = || rest.next().unwrap_or_default();
        match name.as_str() {
            "--stories" => read.stories = value().parse().unwrap_or(100),
            "--seed" => read.seed = value().parse().unwrap_or(0),
            "--law" => read.law = Some(value()),
            "--form" => read.form = Some(value()),
            "--out" => read.out = Some(value()),
            "--all" => read.all = true,
            "--pinned" => {
                print!(
                    "{}\n{}",
                    pinned::lines(&pinned::random()),
                    pinned::lines(&pinned::cheap(library()))
                );
                std::process::exit(0);
            }
            "--library" => read.library = true,
            "--quick" => read.quick = true,
            other => println!("`{other}` means nothing here"),
        }
    }
    read
}

fn main() {
    let read = arguments();
    let mut all = laws::all();
    if let Some(only) = &read.law {
        all.retain(|law| law.id.starts_with(only.as_str()));
    }
    let tally = search(&read, &all);
    report(&tally);
    let mut groups: BTreeMap<&str, Vec<&Failure>> = BTreeMap::new();
    for failure in &tally.failures {
        groups.entry(failure.law.id).or_default().push(failure);
    }
    for (law, failures) in groups {
        println!("\n=== {law}: {} failures", failures.len());
        println!("{}", by_form(&failures));
        for failure in distinct(&failures) {
            show(&read, failure);
        }
    }
}

/// The cases of the library, by their ids.
fn library() -> &'static [(String, Files)] {
    static ALL: OnceLock<Vec<(String, Files)>> = OnceLock::new();
    ALL.get_or_init(pinned::library)
}

/// A random story, or a case of the library.
fn story(from_library: bool, number: u64) -> Option<(String, Files)> {
    match from_library {
        true => library().get(number as usize).cloned(),
        false => Some((format!("seed {number}"), generate::story(number))),
    }
}

fn search(read: &Arguments, all: &[Law]) -> Tally {
    pinned::spread(read.seed..read.seed + read.stories, |seed| {
        let Some((story, files)) = story(read.library, seed) else { return Tally::default() };
        let laws = drawn(seed, all, if read.all { all.len() } else { 2 });
        let begun = Instant::now();
        let tally = of_story(&story, &files, &laws, (Some(seed), read.form.as_deref()));
        if begun.elapsed() > SLOW {
            let names: Vec<&str> = laws.iter().map(|law| law.id).collect();
            let (took, names) = (begun.elapsed().as_secs(), names.join(", "));
            println!("{story} took {took} s: {names}, {} worlds", tally.worlds);
        }
        if let Some(failure) = tally.failures.first() {
            println!("{}    {}", pinned::lines(&tally), failure.broken.change);
            println!("    {}: {}", failure.form.label(), failure.broken.complaint);
        }
        tally
    })
}

fn report(tally: &Tally) {
    println!(
        "{} stories refused, {} too large; {} of {} looks met a limit; {} worlds",
        tally.refused, tally.large, tally.looks.0, tally.looks.1, tally.worlds
    );
    for (law, n) in &tally.laws {
        println!(
            "{law:16} kept {:6}  idle {:6}  limit {:5}  refused {:5}  BROKEN {:5}   {}",
            n.kept,
            n.idle,
            n.limit,
            n.refused,
            n.broken,
            tally.reasons.get(law).map_or("", String::as_str)
        );
    }
}

/// At most six failures of a law that complain differently, the first of each.
fn distinct<'f>(failures: &[&'f Failure]) -> Vec<&'f Failure> {
    let mut seen: Vec<String> = Vec::new();
    let mut chosen = Vec::new();
    for failure in failures {
        let kind: String = failure.broken.complaint.chars().take(45).collect();
        let kind = format!("{} {kind}", failure.form.mechanism);
        if !seen.contains(&kind) {
            seen.push(kind);
            chosen.push(*failure);
        }
    }
    chosen.truncate(6);
    chosen
}

/// How often each form fails.
fn by_form(failures: &[&Failure]) -> String {
    let mut forms: BTreeMap<String, usize> = BTreeMap::new();
    failures.iter().for_each(|failure| *forms.entry(failure.form.label()).or_default() += 1);
    let all = forms.iter().map(|(form, n)| format!("{form} {n}"));
    all.collect::<Vec<_>>().join(", ")
}

fn show(read: &Arguments, failure: &Failure) {
    let (story, form) = (&failure.story, failure.form.label());
    println!("\n--- {} under {form}, {story}: {}", failure.law.id, failure.broken.complaint);
    println!("change: {}", failure.broken.change);
    if read.quick {
        return;
    }
    let seed = story.split(' ').next_back().and_then(|seed| seed.parse().ok());
    let files = match seed {
        Some(seed) => generate::story(seed),
        None => library().iter().find(|(id, _)| id == story).unwrap().1.clone(),
    };
    match shrink::shrink(&failure.law, &files, failure.form) {
        Some((small, broken)) => {
            println!("change: {}\n{}\n", broken.change, broken.complaint);
            let (story, policy) = small.texts();
            println!("{story}\n# policy\n{policy}");
            if let Some(out) = &read.out {
                let name = format!("{}-{form}-{}", failure.law.id, failure.story);
                write(
                    &Path::new(out).join(name.replace(['/', ' '], "-")),
                    failure,
                    &small,
                    &broken,
                );
            }
        }
        None => println!("it fails no more with all changes tried in turn"),
    }
}

fn write(folder: &Path, failure: &Failure, small: &Files, broken: &Broken) {
    std::fs::create_dir_all(folder.join("policies")).unwrap();
    let (story, policy) = small.texts();
    std::fs::write(folder.join("story.toml"), story).unwrap();
    std::fs::write(folder.join("policies/policy.toml"), policy).unwrap();
    for (name, side) in ["before", "after"].iter().zip(&broken.sides) {
        let below = folder.join(name);
        std::fs::create_dir_all(below.join("policies")).unwrap();
        let (story, policy) = side.texts();
        std::fs::write(below.join("story.toml"), story).unwrap();
        std::fs::write(below.join("policies/policy.toml"), policy).unwrap();
    }
    let text = format!(
        "{}: {}\n\nform: {}\nchange: {}\ncomplaint: {}\nfrom: {}\n",
        failure.law.id,
        failure.law.says,
        failure.form.label(),
        broken.change,
        broken.complaint,
        failure.story
    );
    std::fs::write(folder.join("README.md"), text).unwrap();
}
