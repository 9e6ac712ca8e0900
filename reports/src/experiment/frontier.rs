//! Which adversaries each cell survives.

use super::{entry, framed, ticked, within};
use crate::Look;
use crate::parts::paint::Style;
use crate::parts::text::{pad, set};
use serde_json::{Value, json};
use whoacts_checker::experiment::frontier::{Cell, Frontiers};

/// `whoacts/frontier/1`.
pub fn value(frontiers: &Frontiers, look: &Look<'_>) -> Value {
    let universes = frontiers.universes.iter().map(|universe| {
        json!({
            "scenario": universe.scenario,
            "capabilities": universe.capabilities.ids(),
            "left_out": universe.left_out.ids(),
        })
    });
    let comparison = frontiers.comparison.as_ref().map(|comparison| {
        let rows = comparison.rows.iter().map(|row| {
            json!({
                "property": row.property,
                "order": row.order.id(),
                "stories": row.stories.0,
                "of": row.stories.1,
                "scenario": row.shown_in.as_ref().map(|(scenario, _)| scenario),
                "survives": row.shown_in.as_ref().map(|(_, set)| set.ids()),
                "guards": row.guards,
                "text": row.text,
            })
        });
        json!({ "forms": comparison.forms, "rows": rows.collect::<Vec<_>>() })
    });
    let results = json!({
        "universes": universes.collect::<Vec<_>>(),
        "cells": frontiers.cells.iter().map(cell).collect::<Vec<_>>(),
        "comparison": comparison,
        "looked_at": frontiers.looked_at.0,
        "sets": frontiers.looked_at.1,
    });
    framed("whoacts/frontier/1", &frontiers.scope, look, results)
}

fn cell(cell: &Cell) -> Value {
    json!({
        "mechanism": cell.form.mechanism,
        "variant": cell.form.variant,
        "profile": cell.form.profile,
        "property": cell.property,
        "scenario": cell.scenario,
        "breaking": names(&cell.breaking, |set| set.ids()),
        "surviving": names(&cell.surviving, |set| set.ids()),
        "open": names(&cell.open, |set| set.ids()),
        "put": cell.put,
    })
}

fn names<T>(sets: &[T], ids: impl Fn(&T) -> Vec<String>) -> Vec<Vec<String>> {
    sets.iter().map(ids).collect()
}

fn sets(list: Vec<Vec<String>>) -> String {
    if list.is_empty() {
        return "none".to_owned();
    }
    list.iter().map(|one| set(one)).collect::<Vec<_>>().join(" ")
}

/// For a terminal.
pub fn pretty(frontiers: &Frontiers, look: &Look<'_>) -> String {
    let mut out = String::new();
    for universe in &frontiers.universes {
        let title = format!("{} over {}", universe.scenario, set(&universe.capabilities.ids()));
        out.push_str(&format!("{}\n", look.paint.paint(Style::Strong, title)));
        let left = universe.left_out.ids();
        if !left.is_empty() {
            out.push_str(&entry("left out", &set(&left), look));
        }
        let own = frontiers.cells.iter().filter(|cell| cell.scenario == universe.scenario);
        let (asked, other): (Vec<&Cell>, Vec<&Cell>) = own.partition(|cell| cell.put);
        let (broken, firm): (Vec<&Cell>, Vec<&Cell>) =
            asked.into_iter().partition(|cell| !cell.breaking.is_empty() || !cell.open.is_empty());
        for cell in broken {
            out.push_str(&line(cell, look));
        }
        let text =
            format!("{} cells survive all of it, {} are never asked", firm.len(), other.len());
        out.push_str(&format!("  {}\n\n", look.paint.paint(Style::Dim, text)));
    }
    if let Some(comparison) = &frontiers.comparison {
        let [one, other] = &comparison.forms;
        let title = format!("{one} and {other} compared");
        out.push_str(&format!("{}\n", look.paint.paint(Style::Strong, title)));
        for row in &comparison.rows {
            out.push_str(&format!("  {} {}\n", pad(row.property, 22), row.text));
        }
        out.push('\n');
    }
    out.push_str(&entry("looked at", &looked(frontiers), look));
    out.push_str(&entry("within", &within(&frontiers.scope), look));
    out
}

fn line(cell: &Cell, look: &Look<'_>) -> String {
    let name = format!("  {} {}", pad(&cell.form.label(), 15), pad(cell.property, 22));
    let breaks = sets(names(&cell.breaking, |set| set.ids()));
    let survives = sets(names(&cell.surviving, |set| set.ids()));
    let open = sets(names(&cell.open, |set| set.ids()));
    let open = if cell.open.is_empty() { String::new() } else { format!("  open {open}") };
    format!(
        "{name} breaks under {}  survives {}{}\n",
        look.paint.paint(Style::Attack, breaks),
        look.paint.paint(Style::Good, survives),
        look.paint.paint(Style::Warn, open)
    )
}

fn looked(frontiers: &Frontiers) -> String {
    let (seen, all) = frontiers.looked_at;
    format!(
        "{seen} of {all} sets of capabilities; the others follow, since more capabilities only add moves"
    )
}

/// A page.
pub fn markdown(frontiers: &Frontiers, _: &Look<'_>) -> String {
    let mut out =
        format!("# Which adversaries a cell survives\n\n{}\n\n", within(&frontiers.scope));
    out.push_str(&format!("{}.\n", looked(frontiers)));
    for universe in &frontiers.universes {
        out.push_str(&format!(
            "\n## {}\n\nOver {}.\n\n| mechanism | property | breaks under | survives |\n| --- | --- | --- | --- |\n",
            universe.scenario,
            ticked(&universe.capabilities.ids())
        ));
        let own = frontiers.cells.iter().filter(|cell| cell.scenario == universe.scenario);
        for cell in own.filter(|cell| cell.put && !cell.breaking.is_empty()) {
            out.push_str(&format!(
                "| {} | `{}` | {} | {} |\n",
                cell.form.label(),
                cell.property,
                sets(names(&cell.breaking, |set| set.ids())),
                sets(names(&cell.surviving, |set| set.ids()))
            ));
        }
    }
    if let Some(comparison) = &frontiers.comparison {
        let [one, other] = &comparison.forms;
        out.push_str(&format!("\n## {one} and {other}\n\n"));
        for row in &comparison.rows {
            out.push_str(&format!("- `{}`: {}.\n", row.property, row.text));
        }
    }
    out
}
