//! A violation in full: places, facts, lanes, and what follows from it.

use crate::parts::excerpt::places;
use crate::parts::lanes::draw;
use crate::parts::paint::Style;
use crate::parts::text::{count, hang, join, set};
use crate::{Look, featured};
use whoacts_checker::outcome::{Check, Confirmed, Outcome, StoppedBy, Trace};

/// The violation, told so that somebody can act on it.
pub(crate) fn attack(check: &Check, look: &Look<'_>) -> String {
    let mut out = headline(check, look);
    out.push_str(&places(check, &asked(check), look.sources, look.paint));
    out.push_str(&format!("  {}\n\n", facts(check)));
    if let Some(trace) = &check.trace {
        out.push_str(&draw(trace, look.width, look.paint));
        out.push('\n');
    }
    out.push_str(&lessons(check, look));
    out
}

/// The one attack that a run of the library ends with.
pub(crate) fn last_word(outcome: &Outcome, look: &Look<'_>) -> Option<String> {
    featured(outcome).map(|check| attack(check, look))
}

fn headline(check: &Check, look: &Look<'_>) -> String {
    let (word, style) = match (check.as_expected, check.by_design) {
        (false, _) => ("error", Style::Error),
        (true, true) => ("by-design", Style::Warn),
        (true, false) => ("attack", Style::Attack),
    };
    let what = check.trace.as_ref().map_or("broken", |trace| &trace.headline);
    let head = look.paint.paint(style, format!("{word}[{}]", check.property));
    format!("{head}: {}\n", look.paint.paint(Style::Strong, what))
}

fn asked(check: &Check) -> String {
    match (check.as_expected, check.expected) {
        (true, _) => "expected here".into(),
        (false, Some(expected)) => {
            format!("expected {} here, found {}", expected.id(), check.verdict.id())
        }
        (false, None) => "asked here".into(),
    }
}

/// `5 steps, shortest · mechanism dpop · replicas 2 · confirmed under Ed25519`.
pub(crate) fn facts(check: &Check) -> String {
    let mut facts = Vec::new();
    facts.extend(check.trace.as_ref().map(steps));
    facts.push(format!("mechanism {}", check.label()));
    facts.push(format!("replicas {}", check.bounds.replicas));
    facts.push(confirmed(check.confirmed).into());
    facts.join(" · ")
}

/// `5 steps, shortest`.
pub(crate) fn steps(trace: &Trace) -> String {
    format!("{}, {}", count(trace.steps.len() as u64, "step"), trace.quality)
}

/// How it was confirmed, in words.
pub(crate) fn confirmed(how: Option<Confirmed>) -> &'static str {
    match how {
        Some(Confirmed::Trace) => "confirmed under Ed25519",
        Some(Confirmed::Pair) => "both runs confirmed under Ed25519",
        None => "not confirmed",
    }
}

/// Why it is a violation, what it needs, what would stop it, and how to see it again.
pub(crate) fn lessons(check: &Check, look: &Look<'_>) -> String {
    let mut out = String::new();
    let mut say = |key: &str, text: &str| out.push_str(&hang(key, text, look.width));
    if let Some(trace) = &check.trace {
        say("why", &trace.why);
    }
    if let Some(because) = &check.because {
        say("because", because);
    }
    if check.by_design {
        say("by design", "no adversary moves and nothing exceeds what was intended");
    }
    if !check.needs.is_empty() {
        let hostile = check.trace.as_ref().is_some_and(|trace| trace.hostile);
        say("needs", &needs(&check.needs, hostile));
    }
    say("stopped by", &stopped_by(check));
    if !check.assumptions.is_empty() {
        say("assumes", &join(&check.assumptions));
    }
    check.notes.iter().for_each(|finding| say("note", finding));
    if let Some(trace) = &check.trace {
        // A command is copied, so it is never wrapped.
        out.push_str(&format!("  again       {}\n", look.again.replace("{id}", &trace.id)));
    }
    out
}

/// The minimal sets of capabilities that suffice.
fn needs(sets: &[Vec<String>], hostile: bool) -> String {
    if sets.iter().any(Vec::is_empty) {
        return match hostile {
            true => {
                "no capability beyond what everybody has: keys and an endpoint of one's own".into()
            }
            false => "no adversary at all".into(),
        };
    }
    let sets: Vec<String> = sets.iter().map(|one| set(one)).collect();
    format!("adversary {}; no smaller set suffices", sets.join(" or "))
}

/// Guards of the mechanism itself first, then those of others.
fn stopped_by(check: &Check) -> String {
    let own = check.label();
    let of = |under: &str| {
        let guards = check.stopped_by.iter().filter(|stop| stop.under == under);
        guards.map(one_stop).collect::<Vec<_>>().join(", or ")
    };
    // Guards of its own are such as the policy could ask for and does not: what it asks for did not stop this.
    let mine = match of(&own) {
        none if none.is_empty() => format!("no guard that {own} can bring evidence for"),
        guards => format!("{guards}, which `require` in the policy leaves out"),
    };
    let mut others: Vec<&str> = Vec::new();
    for stop in check.stopped_by.iter().filter(|stop| stop.under != own) {
        if !others.contains(&stop.under.as_str()) {
            others.push(&stop.under);
        }
    }
    let others = others.iter().map(|under| format!("under {under}: {}", of(under)));
    std::iter::once(mine).chain(others).collect::<Vec<_>>().join("; ")
}

fn one_stop(stop: &StoppedBy) -> String {
    let served = if stop.served { "served here" } else { "at the price of being served" };
    let guards = join(&stop.guards).replace(", ", " + ");
    format!("{guards} ({served})")
}
