//! An attack as a Mermaid sequence diagram, which GitHub draws.

use whoacts_checker::outcome::{Step, Trace};

/// More arrows than this nobody reads, and the renderer gives up.
const MAX_STEPS: usize = 60;

/// The diagram, without its fence.
pub(crate) fn sequence(trace: &Trace) -> String {
    let mut out = String::from("sequenceDiagram\n");
    for (number, lane) in trace.lanes.iter().enumerate() {
        out.push_str(&format!("    participant p{number} as {}\n", plain(lane)));
    }
    for step in trace.steps.iter().take(MAX_STEPS) {
        out.push_str(&arrow(step, &trace.lanes));
    }
    if let (Some(left), Some(_)) =
        (trace.steps.len().checked_sub(MAX_STEPS + 1), trace.lanes.first())
    {
        out.push_str(&format!("    Note over p0: … and {} more steps\n", left + 1));
    }
    out
}

fn arrow(step: &Step, lanes: &[String]) -> String {
    let lane = |name: &str| lanes.iter().position(|lane| lane == name);
    let label = plain(&step.label);
    let Some(from) = lane(&step.actor) else { return String::new() };
    let to = step.to.as_deref().and_then(lane).filter(|to| *to != from);
    let mut out = match to {
        Some(to) => format!("    p{from}->>p{to}: {label}\n"),
        None => format!("    Note over p{from}: {label}\n"),
    };
    if !step.remark.is_empty() {
        let across = to.map_or_else(String::new, |to| format!(",p{to}"));
        out.push_str(&format!("    Note over p{from}{across}: {}\n", plain(&step.remark)));
    }
    out
}

/// Without the characters that mean something in a diagram.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(200) {
        match c {
            '#' | ';' | '<' | '>' | '"' | '&' => out.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    // A label that is the word `end` closes a block, and an empty one is an error.
    match out.trim() {
        "" => "·".into(),
        "end" => "(end)".into(),
        text => text.to_owned(),
    }
}
