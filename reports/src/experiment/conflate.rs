//! The article's thesis, tested pair by pair.

use super::{attack, brief, entry, framed, numbered, ticked, within};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::pad;
use serde_json::{Value, json};
use whoacts_checker::experiment::conflate::{Conflations, Pair};

/// `whoacts/conflate/1`.
pub fn value(conflations: &Conflations, look: &Look<'_>) -> Value {
    let pairs: Vec<Value> = conflations.pairs.iter().map(pair).collect();
    framed("whoacts/conflate/1", &conflations.scope, look, json!({ "pairs": pairs }))
}

fn pair(pair: &Pair) -> Value {
    json!({
        "pair": pair.conflation.pair(),
        "now": pair.conflation.now(),
        "profile": pair.profile,
        "attack": pair.attack.as_ref().map(attack),
        "breaks": pair.breaks,
        "predicted": pair.conflation.expected(),
        "masked_by": pair.masked_by,
        "unserved": pair.unserved,
        "states": pair.states,
    })
}

/// For a terminal.
pub fn pretty(conflations: &Conflations, look: &Look<'_>) -> String {
    let title = "conflating two concepts: the verifier now …";
    let mut out = format!("{}\n", look.paint.paint(Style::Strong, title));
    for pair in &conflations.pairs {
        let style = if pair.attack.is_some() { Style::Attack } else { Style::Good };
        let sign = look.paint.paint(style, if pair.attack.is_some() { "✗" } else { "✓" });
        out.push_str(&format!(
            "\n{sign} {}  {}\n",
            pad(pair.conflation.id(), 24),
            pair.conflation.now()
        ));
        out.push_str(&entry("finding", &finding(pair), look));
        if let Some(attack) = &pair.attack {
            for (at, step) in attack.trace.steps.iter().enumerate() {
                out.push_str(&entry(&format!("{}", at + 1), &step.text, look));
            }
        }
    }
    out.push('\n');
    out.push_str(&entry("in short", &short(conflations), look));
    out.push_str(&entry("within", &within(&conflations.scope), look));
    out
}

/// What came of a pair, in a sentence or three.
fn finding(pair: &Pair) -> String {
    let mut said = match (&pair.attack, &pair.profile) {
        (Some(attack), Some(profile)) => format!(
            "under {profile}, {}; of all that it breaks there: {}",
            brief(attack),
            pair.breaks.join(", ")
        ),
        _ => {
            "no attack within the bounds: whatever the reference verifier stops, this one stops too"
                .to_owned()
        }
    };
    if !pair.masked_by.is_empty() {
        said.push_str(&format!(
            ". Stronger profiles stop it all the same, by {}",
            pair.masked_by.join(" or ")
        ));
    }
    if !pair.unserved.is_empty() {
        said.push_str(&format!(
            ". It no longer serves {} of the stories that the reference verifier serves",
            pair.unserved.len()
        ));
    }
    let missing: Vec<&str> =
        pair.conflation.expected().iter().copied().filter(|id| !pair.found(id)).collect();
    if !missing.is_empty() {
        said.push_str(&format!(". Predicted, and not found: {}", missing.join(", ")));
    }
    said
}

fn short(conflations: &Conflations) -> String {
    let all = conflations.pairs.len();
    let broken: Vec<&Pair> = conflations.pairs.iter().filter(|p| p.attack.is_some()).collect();
    let masked: Vec<&&Pair> = broken.iter().filter(|pair| !pair.masked_by.is_empty()).collect();
    let names: Vec<&str> = masked.iter().map(|pair| pair.conflation.id()).collect();
    let mut said = format!("{} of {all} conflations open an attack", broken.len());
    if !names.is_empty() {
        said.push_str(&format!(
            "; {} of them only below the strongest profile ({})",
            names.len(),
            names.join(", ")
        ));
    }
    said
}

/// A page that reads as the thesis tested.
pub fn markdown(conflations: &Conflations, _: &Look<'_>) -> String {
    let mut out = String::from("# Conflating two concepts\n\n");
    out.push_str(
        "> Conflating any two of them is what produces the recurring confused deputy and privilege escalation patterns.\n\n\
         The claim is about identity, role, identifier, attestation and authority. Here it is tried: each pair is merged in \
         the reference verifier, in one place, so that one concept's question is answered with the other's evidence. An \
         eleventh takes possession for continuation. What stops attacks otherwise stays as it is.\n\n",
    );
    out.push_str(&format!("**{}.** {}\n\n", short(conflations), within(&conflations.scope)));
    out.push_str("| merged | the verifier now | breaks | shortest | under |\n| --- | --- | --- | :-: | --- |\n");
    for pair in &conflations.pairs {
        let [one, other] = pair.conflation.pair();
        let (breaks, length, profile) = match (&pair.attack, &pair.profile) {
            (Some(attack), Some(profile)) => {
                (ticked(&pair.breaks), attack.length().to_string(), profile.clone())
            }
            _ => ("nothing within bounds".to_owned(), "–".to_owned(), "any".to_owned()),
        };
        let now = pair.conflation.now();
        out.push_str(&format!("| {one} = {other} | {now} | {breaks} | {length} | {profile} |\n"));
    }
    for pair in &conflations.pairs {
        let [one, other] = pair.conflation.pair();
        let now = pair.conflation.now();
        out.push_str(&format!("\n## {one} = {other}\n\nThe verifier {now}.\n\n"));
        if let Some(attack) = &pair.attack {
            out.push_str(&format!("*{}*\n\n{}\n", attack.trace.headline, numbered(attack)));
            out.push_str(&format!("{}\n\n", attack.trace.why));
        }
        let mut said = finding(pair);
        if let Some(first) = said.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        out.push_str(&format!("{said}.\n"));
    }
    out
}
