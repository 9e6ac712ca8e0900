//! Which adversaries each cell survives.

use super::{entry, framed, ticked};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::{count, join, set, thousands};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use whoacts_checker::experiment::frontier::{Cell, Comparison, Frontiers, Gain, Universe};
use whoacts_checker::world::capability::{Capabilities, Capability};

/// `whoacts/frontier/1`.
pub fn value(frontiers: &Frontiers, look: &Look<'_>) -> Value {
    let universes = frontiers.universes.iter().map(|universe| {
        json!({
            "scenario": universe.scenario,
            "capabilities": universe.capabilities.ids(),
            "left_out": universe.left_out.ids(),
        })
    });
    let (seen, all) = frontiers.looked_at;
    let results = json!({
        "cells": frontiers.cells.iter().filter(|cell| cell.put).map(cell).collect::<Vec<_>>(),
        "never_put": frontiers.cells.iter().filter(|cell| !cell.put).count(),
        "comparison": frontiers.comparison.as_ref().map(comparison),
        "universes": universes.collect::<Vec<_>>(),
        "replayed": frontiers.replayed,
        "looked_at": { "sets": seen, "of": all },
    });
    framed("whoacts/frontier/1", &frontiers.scope, look, results)
}

fn cell(cell: &Cell) -> Value {
    let mut value = json!({
        "mechanism": cell.form.mechanism,
        "variant": cell.form.variant,
        "profile": cell.form.profile,
        "property": cell.property,
        "scenario": cell.scenario,
        "breaking": ids(&cell.breaking),
        "surviving": ids(&cell.surviving),
    });
    if !cell.open.is_empty() {
        value["open"] = ids(&cell.open).into();
    }
    value
}

fn ids(sets: &[Capabilities]) -> Vec<Vec<String>> {
    sets.iter().map(|set| set.ids()).collect()
}

fn comparison(comparison: &Comparison) -> Value {
    let gain = |gain: &Gain| {
        json!({
            "mechanism": gain.form,
            "stories": gain.stories,
            "scenario": gain.scenario,
            "survives": gain.survives.ids(),
            "guards": gain.guards,
            "because": gain.because,
        })
    };
    let rows = comparison.rows.iter().map(|row| {
        json!({
            "property": row.property,
            "order": row.order.id(),
            "stories": row.stories.0,
            "of": row.stories.1,
            "first": row.first.as_ref().map(gain),
            "second": row.second.as_ref().map(gain),
            "text": row.text,
        })
    });
    json!({ "mechanisms": comparison.forms, "rows": rows.collect::<Vec<_>>() })
}

/// For a terminal.
pub fn pretty(frontiers: &Frontiers, look: &Look<'_>) -> String {
    let strong = |text: &str| format!("{}\n", look.paint.paint(Style::Strong, text));
    let mut out = String::new();
    for universe in &frontiers.universes {
        let over = set(&universe.capabilities.ids());
        out.push_str(&strong(&format!("{} over {over}", universe.scenario)));
        for answer in answers(frontiers, universe) {
            let breaks = look.paint.paint(Style::Attack, sets(&answer.cell.breaking, ids_of));
            let survives = look.paint.paint(Style::Good, sets(&answer.cell.surviving, ids_of));
            out.push_str(&format!("  breaks under {breaks}; survives {survives}"));
            if !answer.cell.open.is_empty() {
                let open = look.paint.paint(Style::Warn, sets(&answer.cell.open, ids_of));
                out.push_str(&format!("; undecided {open}"));
            }
            out.push('\n');
            for (forms, properties) in &answer.rows {
                out.push_str(&entry("", &format!("{forms}: {}", join(properties)), look));
            }
        }
        out.push_str(&format!("{}\n", entry("", &rest(frontiers, universe), look)));
    }
    if let Some(comparison) = &frontiers.comparison {
        out.push_str(&strong(&comparison.forms.join(" and ")));
        for row in &comparison.rows {
            out.push_str(&format!("  {}\n{}", row.property, entry("", &row.text, look)));
        }
        out.push('\n');
    }
    out.push_str(&entry("in all", &in_all(frontiers), look));
    out
}

/// A page.
pub fn markdown(frontiers: &Frontiers, _: &Look<'_>) -> String {
    let mut out = format!("# Which adversaries a cell survives\n\n{}\n", in_all(frontiers));
    if let Some(comparison) = &frontiers.comparison {
        out.push_str(&format!("\n## {}\n\n", comparison.forms.join(" and ")));
        for row in &comparison.rows {
            out.push_str(&format!("- `{}`: {}.\n", row.property, row.text));
        }
    }
    out.push_str(&overview(frontiers));
    for universe in &frontiers.universes {
        let over = match universe.capabilities.ids() {
            none if none.is_empty() => "no capability".to_owned(),
            some => ticked(&some),
        };
        out.push_str(&format!("\n## {}\n\nOver {over}. ", universe.scenario));
        out.push_str(&format!("{}\n", rest(frontiers, universe)));
        let answers = answers(frontiers, universe);
        if !answers.is_empty() {
            out.push_str(
                "\n| breaks under | survives | mechanisms: properties |\n| --- | --- | --- |\n",
            );
        }
        for Answer { cell, rows } in answers {
            let mut survives = sets(&cell.surviving, ticked_of);
            if !cell.open.is_empty() {
                survives.push_str(&format!("; undecided {}", sets(&cell.open, ticked_of)));
            }
            let who =
                rows.iter().map(|(forms, properties)| format!("{forms}: {}", join(properties)));
            let who = who.collect::<Vec<_>>().join("<br>");
            out.push_str(&format!(
                "| {} | {survives} | {who} |\n",
                sets(&cell.breaking, ticked_of)
            ));
        }
    }
    out
}

/// A line a form: how many of its cells break under what.
fn overview(frontiers: &Frontiers) -> String {
    let mut out = String::from(
        "\n## In short\n\nA cell is a property in a story. *Alone* says in how many cells one capability is enough, and none is not.\n\n\
         | mechanism | cells | break without an adversary's capabilities | break under some | survive all | alone |\n\
         | --- | --: | --: | --: | --: | --- |\n",
    );
    for one in forms(frontiers.cells.iter()) {
        let of_it = |cell: &&Cell| cell.put && cell.form == one.form;
        let cells = || frontiers.cells.iter().filter(of_it);
        if cells().next().is_none() {
            continue;
        }
        let none = Capabilities::default();
        let bare = cells().filter(|cell| cell.breaking.contains(&none)).count();
        let broken = cells().filter(|cell| !cell.breaking.is_empty()).count();
        let firm = cells().filter(|cell| cell.breaking.is_empty() && cell.open.is_empty()).count();
        let alone = Capability::ALL.iter().filter_map(|capability| {
            let one = none.with(*capability);
            let times = cells().filter(|cell| cell.breaking.contains(&one)).count();
            (times > 0).then(|| format!("{} {times}", capability.id()))
        });
        out.push_str(&format!(
            "| {} | {} | {bare} | {} | {firm} | {} |\n",
            one.form.label(),
            cells().count(),
            broken - bare,
            alone.collect::<Vec<_>>().join(", ")
        ));
    }
    out
}

/// Cells of a story with the same frontier.
struct Answer<'f> {
    /// One of them.
    cell: &'f Cell,
    /// The forms, and the properties in which they have it.
    rows: Vec<(String, Vec<&'static str>)>,
}

/// The frontiers of a story, those that break under the least first; what survives everything is not among them.
fn answers<'f>(frontiers: &'f Frontiers, universe: &Universe) -> Vec<Answer<'f>> {
    type Key<'f> = (Vec<(usize, Capabilities)>, &'f [Capabilities], &'f [Capabilities]);
    let mut by_answer: BTreeMap<Key<'f>, Vec<&'f Cell>> = BTreeMap::new();
    for cell in &frontiers.cells {
        let is_firm = cell.breaking.is_empty() && cell.open.is_empty();
        if cell.scenario == universe.scenario && cell.put && !is_firm {
            let sized = cell.breaking.iter().map(|set| (set.iter().count(), *set)).collect();
            by_answer.entry((sized, &cell.surviving, &cell.open)).or_default().push(cell);
        }
    }
    by_answer
        .into_values()
        .filter_map(|cells| Some(Answer { cell: cells.first().copied()?, rows: rows(&cells) }))
        .collect()
}

/// A cell of each form.
fn forms<'f>(cells: impl Iterator<Item = &'f Cell>) -> Vec<&'f Cell> {
    let mut forms: Vec<&'f Cell> = Vec::new();
    for cell in cells {
        if forms.iter().all(|known| known.form != cell.form) {
            forms.push(cell);
        }
    }
    forms
}

/// Forms with the same properties together.
fn rows(cells: &[&Cell]) -> Vec<(String, Vec<&'static str>)> {
    let mut rows: Vec<(Vec<&Cell>, Vec<&'static str>)> = Vec::new();
    for one in forms(cells.iter().copied()) {
        let own = cells.iter().filter(|cell| cell.form == one.form);
        let properties: Vec<&'static str> = own.map(|cell| cell.property).collect();
        match rows.iter_mut().find(|(_, known)| *known == properties) {
            Some((forms, _)) => forms.push(one),
            None => rows.push((vec![one], properties)),
        }
    }
    rows.into_iter().map(|(forms, properties)| (labels(&forms), properties)).collect()
}

/// `bearer, continuity/{K0, K1}`.
fn labels(some: &[&Cell]) -> String {
    let mut by_mechanism: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut out: Vec<String> = Vec::new();
    for cell in some {
        let Some(profile) = cell.form.profile else {
            out.push(cell.form.label());
            continue;
        };
        match by_mechanism.last_mut() {
            Some((mechanism, profiles)) if *mechanism == cell.form.mechanism => {
                profiles.push(profile);
            }
            _ => by_mechanism.push((cell.form.mechanism, vec![profile])),
        }
    }
    out.extend(by_mechanism.iter().map(|(mechanism, profiles)| match profiles.as_slice() {
        [one] => format!("{mechanism}/{one}"),
        many => format!("{mechanism}/{}", set(many)),
    }));
    join(&out)
}

/// What a story's table does not show.
fn rest(frontiers: &Frontiers, universe: &Universe) -> String {
    let own = || frontiers.cells.iter().filter(|cell| cell.scenario == universe.scenario);
    let is_firm = |cell: &&Cell| cell.put && cell.breaking.is_empty() && cell.open.is_empty();
    let (firm, unasked) = (own().filter(is_firm).count(), own().filter(|cell| !cell.put).count());
    let mut said = format!("{firm} of {} cells survive all of it", own().count());
    if unasked > 0 {
        said.push_str(&format!("; in {unasked} the question never comes up"));
    }
    let left_out = universe.left_out.ids();
    if !left_out.is_empty() {
        said.push_str(&format!("; not tried: {}", join(&left_out)));
    }
    format!("{said}.")
}

fn in_all(frontiers: &Frontiers) -> String {
    let (seen, all) = frontiers.looked_at;
    let open = frontiers.cells.iter().filter(|cell| !cell.open.is_empty()).count();
    let mut said = format!(
        "{} of single runs in {}: of {} sets of capabilities {} were looked at, and the others follow, since more capabilities only \
         add moves. {} replayed under Ed25519, one for each smallest set and what it breaks. All of it holds within \
         each story's bounds, with the runtime duty (assumption A1) wherever `confuse` is not in the set.",
        count(frontiers.cells.len() as u64, "cell"),
        count(frontiers.universes.len() as u64, "story"),
        thousands(all as u64),
        thousands(seen as u64),
        match frontiers.replayed {
            1 => "One attack was".to_owned(),
            many => format!("{} attacks were", thousands(many as u64)),
        }
    );
    if open > 0 {
        let cells = count(open as u64, "cell");
        said.push_str(&format!(
            " A limit was reached: {cells} have undecided sets, and what is smallest or largest there may not be."
        ));
    }
    said
}

fn sets(sets: &[Capabilities], one: fn(&Capabilities) -> String) -> String {
    match sets {
        [] => "nothing".to_owned(),
        some => some.iter().map(one).collect::<Vec<_>>().join(" or "),
    }
}

fn ids_of(capabilities: &Capabilities) -> String {
    set(&capabilities.ids())
}

fn ticked_of(capabilities: &Capabilities) -> String {
    match capabilities.ids() {
        none if none.is_empty() => "no capability".to_owned(),
        some => some.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" + "),
    }
}
