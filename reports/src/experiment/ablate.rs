//! What each guard is worth.

use super::{attack, brief, entry, framed, numbered, ticked, within};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::pad;
use serde_json::{Value, json};
use whoacts_checker::experiment::ablate::{Ablation, Dropped, LARGEST, Need, Status};

/// `whoacts/ablate/1`.
pub fn value(ablation: &Ablation, look: &Look<'_>) -> Value {
    let results = json!({
        "profile": ablation.profile,
        "guards": ablation.guards.iter().map(dropped).collect::<Vec<_>>(),
        "needs": ablation.needs.iter().map(need).collect::<Vec<_>>(),
        "needs_left_out": ablation.too_large,
    });
    framed("whoacts/ablate/1", &ablation.scope, look, results)
}

fn dropped(row: &Dropped) -> Value {
    let implied: Vec<&str> = row.implied_by.iter().map(|guard| guard.id()).collect();
    json!({
        "guard": row.guard.id(),
        "status": row.status.id(),
        "implied_by": implied,
        "because": row.because,
        "attack": row.attack.as_ref().map(attack),
        "asked": row.asked,
        "where_it_comes_in": row.where_it_comes_in.as_ref().map(attack),
    })
}

fn need(need: &Need) -> Value {
    json!({
        "mechanism": need.form.mechanism,
        "variant": need.form.variant,
        "profile": need.form.profile,
        "property": need.property,
        "scenarios": need.scenarios,
        "beyond": need.beyond,
        "sets": sets(need),
    })
}

fn sets(need: &Need) -> Vec<Vec<&'static str>> {
    need.sets.iter().map(|set| set.iter().map(|guard| guard.id()).collect()).collect()
}

/// For a terminal.
pub fn pretty(ablation: &Ablation, look: &Look<'_>) -> String {
    let strong = |text: &str| look.paint.paint(Style::Strong, text);
    let mut out = format!("{}\n", strong(&format!("each guard dropped from {}", ablation.profile)));
    for row in &ablation.guards {
        let style = match row.status {
            Status::Necessary => Style::Attack,
            Status::Redundant => Style::Warn,
            Status::NeverDecisive => Style::Error,
        };
        let status = look.paint.paint(style, pad(row.status.id(), 15));
        out.push_str(&format!("  {} {status} {}\n", pad(row.guard.id(), 18), row.because));
        if let Some(attack) = &row.where_it_comes_in {
            let text = format!("under {} alone it decides: {}", attack.form, brief(attack));
            out.push_str(&format!("  {} {text}\n", pad("", 34)));
        }
    }
    out.push_str(&format!("\n{}\n", strong("what each mechanism would need")));
    let mut last = String::new();
    for need in &ablation.needs {
        let label = need.form.label();
        if label != last {
            out.push_str(&format!("  {label}\n"));
            last = label;
        }
        out.push_str(&format!("    {} {}\n", pad(need.property, 22), alternatives(need)));
    }
    out.push('\n');
    out.push_str(&entry("asked", &asked(ablation), look));
    out.push_str(&entry("within", &within(&ablation.scope), look));
    out
}

/// What was put to whom, in sentences.
fn asked(ablation: &Ablation) -> String {
    format!(
        "An attack is the shortest one in the stories in which the guard alone denies something; where none returns there, in \
         the others. What a mechanism would need is the smallest sets of further guards with which the reference verifier, asked \
         for the mechanism's own guards and these, holds in every story in which the mechanism breaks and in which any guards help, under the \
         story's own adversary. For that, {} stories with more than {LARGEST} presentations under the weakest profile were left out.",
        ablation.too_large
    )
}

fn alternatives(need: &Need) -> String {
    said(need, |set| set.join(" + "), "   or   ")
}

/// The sets, and what is beyond them.
fn said(need: &Need, set: impl Fn(&[&'static str]) -> String, or: &str) -> String {
    let mut said: Vec<String> = sets(need)
        .iter()
        .map(|names| match names.is_empty() {
            true => "nothing further, but the reference's evidence for its own guards".to_owned(),
            false => set(names),
        })
        .collect();
    if said.is_empty() {
        said.push("no set of guards is enough".to_owned());
    }
    let beyond = match need.beyond.as_slice() {
        some if some.is_empty() || need.sets.is_empty() => String::new(),
        some => format!("; in {} not even all guards are enough", some.join(", ")),
    };
    format!("{}{beyond}", said.join(or))
}

/// A page.
pub fn markdown(ablation: &Ablation, _: &Look<'_>) -> String {
    let mut out = format!(
        "# What each guard is worth\n\n{} {}\n\n",
        within(&ablation.scope),
        asked(ablation)
    );
    out.push_str(&format!(
        "Each guard is dropped from {}, the strongest profile.\n\n| guard | worth | because |\n| --- | --- | --- |\n",
        ablation.profile
    ));
    for row in &ablation.guards {
        let also = row.where_it_comes_in.as_ref().map_or_else(String::new, |attack| {
            format!("; under {} it decides: {}", attack.form, brief(attack))
        });
        out.push_str(&format!(
            "| `{}` | {} | {}{also} |\n",
            row.guard.id(),
            row.status.id(),
            row.because
        ));
    }
    out.push_str("\n## What each mechanism would need\n\n");
    out.push_str("| mechanism | property | needs |\n| --- | --- | --- |\n");
    for need in &ablation.needs {
        let said = said(need, ticked, " *or* ");
        out.push_str(&format!("| {} | `{}` | {said} |\n", need.form.label(), need.property));
    }
    out.push_str("\n## The attacks\n");
    for row in &ablation.guards {
        let Some(attack) = &row.attack else { continue };
        let with = &row.implied_by;
        let and = if with.is_empty() { "" } else { ", and without one of those that imply it" };
        out.push_str(&format!(
            "\n### Without `{}`{and}\n\n{}: {}.\n\n{}",
            row.guard.id(),
            attack.trace.headline,
            brief(attack),
            numbered(attack)
        ));
    }
    out
}
