//! Everything that is no violation, in full: what was exhausted, and what is not covered.

use crate::Look;
use crate::parts::excerpt::places;
use crate::parts::paint::Style;
use crate::parts::text::{count, hang, join, set, thousands};
use whoacts_checker::outcome::{Bounds, Check, GuardUse, Stats, Verdict};

/// A hold, an open question or one never put.
pub(crate) fn hold(check: &Check, look: &Look<'_>) -> String {
    let mut out = headline(check, look);
    if !check.as_expected {
        out.push_str(&places(check, &difference(check), look.sources, look.paint));
    }
    let mut say = |key: &str, text: &str| out.push_str(&hang(key, text, look.width));
    say("within", &bounds(&check.bounds));
    say("explored", &explored(&check.stats));
    if let Some(limit) = &check.stats.limit {
        say("limit", limit);
    }
    if let Some(witness) = &check.witness {
        say("asked by", witness);
    }
    if let Some(contrast) = &check.contrast {
        say("elsewhere", &contrast.to_string());
    }
    if let Some(because) = &check.because {
        say("because", because);
    }
    say("adversary", &adversary(check));
    say("guards", &guards(&check.guards));
    if !check.assumptions.is_empty() {
        say("assumes", &join(&check.assumptions));
    }
    if !check.not_covered.is_empty() {
        say("not covered", &join(&check.not_covered));
    }
    if let Some(radius) = check.radius {
        say("radius", &radius.to_string());
    }
    check.influenced.iter().for_each(|effect| say("influenced", effect));
    check.stuck.iter().for_each(|state| say("stuck", state));
    check.notes.iter().for_each(|finding| say("note", finding));
    out
}

fn headline(check: &Check, look: &Look<'_>) -> String {
    let (word, style) = match (check.verdict, check.as_expected) {
        (Verdict::Inconclusive, _) => ("inconclusive", Style::Warn),
        (_, false) => ("error", Style::Error),
        (Verdict::Vacuous, true) => ("vacuous", Style::Dim),
        (_, true) => ("holds", Style::Good),
    };
    let head = look.paint.paint(style, format!("{word}[{}]", check.property));
    format!("{head}: {} under {}\n", finding(check), check.label())
}

/// What was found, in words.
fn finding(check: &Check) -> String {
    let unserved = match check.reached() {
        Some(false) => ", but the good end is not reachable (unserved): a hollow hold",
        _ => "",
    };
    match check.verdict {
        Verdict::Proved => format!("proved{unserved}"),
        Verdict::Exhausted => {
            format!("every state within bounds explored, none breaks it{unserved}")
        }
        Verdict::Sampled => format!("no sampled state breaks it{unserved}"),
        Verdict::Violated => "broken".into(),
        Verdict::Vacuous => "the question was never put".into(),
        Verdict::Inconclusive => "a limit was reached".into(),
    }
}

fn difference(check: &Check) -> String {
    match check.expected {
        Some(expected) if expected != check.verdict => {
            format!("expected {} here, found {}", expected.id(), check.verdict.id())
        }
        _ if check.is_served_oddly() => served(check),
        _ => format!("found {} here", check.verdict.id()),
    }
}

/// What is wrong with the good end.
pub(crate) fn served(check: &Check) -> String {
    match check.expected_served {
        true => "expected to be served; the good end is not reachable".into(),
        false => "expected not to be served; the good end is reachable".into(),
    }
}

/// `1,234 states, 5,678 steps, depth 14, 41 presentations · layered, symbolic, saturate · collision ≤ 1e-20`.
fn explored(stats: &Stats) -> String {
    let explored = format!(
        "{}, {}, depth {}, {}",
        count(stats.states, "state"),
        count(stats.steps, "step"),
        stats.depth,
        count(stats.presentations, "presentation"),
    );
    let mut how = vec![stats.engine, stats.crypto];
    how.extend(&stats.reductions);
    let exact = match stats.collision_bound {
        Some(bound) => format!("collision ≤ {}", probability(bound)),
        None => "exact".into(),
    };
    [explored, join(&how), exact].join(" · ")
}

/// `3 replicas, 3 hops, 2 executions, 1 delivery, 2 ticks`.
fn bounds(bounds: &Bounds) -> String {
    let all = [
        count(bounds.replicas, "replica"),
        count(bounds.hops, "hop"),
        count(bounds.executions, "execution"),
        count(bounds.deliveries, "delivery"),
        count(bounds.ticks, "tick"),
    ];
    join(&all)
}

fn adversary(check: &Check) -> String {
    if check.adversary.is_empty() { "none".into() } else { set(&check.adversary) }
}

/// Guards seen both ways with their counts, then those that never decided anything here.
fn guards(all: &[GuardUse]) -> String {
    let both = all.iter().filter(|guard| guard.denied > 0);
    let both = both.map(|guard| {
        let (held, denied) = (thousands(guard.held), thousands(guard.denied));
        format!("{} ({held} held, {denied} denied by it alone)", guard.guard)
    });
    let both: Vec<String> = both.collect();
    let idle: Vec<&str> =
        all.iter().filter(|guard| guard.denied == 0).map(|guard| guard.guard).collect();
    match (both.is_empty(), idle.is_empty()) {
        (true, true) => "none".into(),
        (true, false) => format!("none decisive here: {}", join(&idle)),
        (false, true) => join(&both),
        (false, false) => format!("{}; not decisive here: {}", join(&both), join(&idle)),
    }
}

/// A probability, rounded up to one digit: `1e-20`.
pub(crate) fn probability(bound: f64) -> String {
    let (mantissa, exponent) = split(&format!("{bound:e}"));
    match mantissa.ceil() {
        whole if whole >= 10.0 => format!("1e{}", exponent + 1),
        whole => format!("{whole}e{exponent}"),
    }
}

fn split(scientific: &str) -> (f64, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (mantissa.parse().unwrap_or(0.0), exponent.parse().unwrap_or(0))
}
