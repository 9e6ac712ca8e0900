//! A sequence diagram: a lane for everybody, an arrow for every step.

use crate::parts::canvas::Line;
use crate::parts::layout::{Layout, Move, layout, moves};
use crate::parts::paint::{Paint, Style};
use crate::parts::text::{pad, width, wrap};
use whoacts_checker::outcome::Trace;

/// The diagram of a trace, at most `columns` wide where that is possible.
pub(crate) fn draw(trace: &Trace, columns: usize, paint: Paint) -> String {
    let (names, moves) = moves(trace);
    if names.is_empty() || moves.is_empty() {
        return String::new();
    }
    let layout = layout(&names, &moves, columns);
    let mut out = header(&layout, paint);
    for (at, step) in moves.iter().enumerate() {
        rows(&mut out, &layout, at + 1, step, paint);
    }
    if layout.remark.is_none() {
        footnotes(&mut out, &moves, &layout, columns, paint);
    }
    out
}

/// The names above their lanes, in one row or two.
fn header(layout: &Layout, paint: Paint) -> String {
    let rows = if layout.stagger { 2 } else { 1 };
    let mut out = String::new();
    for row in 0..rows {
        let above: Vec<usize> = layout.at.iter().copied().step_by(2).collect();
        let mut line = Line::with_bars(if row == 1 { &above } else { &[] });
        let lanes = layout.names.iter().zip(&layout.at).skip(row).step_by(rows);
        for (name, at) in lanes {
            line.put(at.saturating_sub(width(name) / 2), name);
        }
        out.push_str(&paint.paint(Style::Strong, line.text()));
        out.push('\n');
    }
    out
}

/// The lines of one step: label, arrow, remark.
fn rows(out: &mut String, layout: &Layout, number: usize, step: &Move<'_>, paint: Paint) {
    let labels = wrap(step.label, layout.room(step));
    let remarks = match layout.remark {
        Some((_, room)) if !step.remark.is_empty() => wrap(step.remark, room),
        _ => Vec::new(),
    };
    for row in 0..labels.len().max(remarks.len()) {
        let mut line = Line::with_bars(&layout.at);
        if row == 0 {
            line.put(2, &format!("{number:>0$}", layout.digits));
        }
        if let Some(label) = labels.get(row) {
            let is_last = row + 1 == labels.len();
            if step.is_note() {
                note(&mut line, layout, step, label, row == 0);
            } else {
                arrow(&mut line, layout, step, label, is_last);
            }
        }
        push(out, layout, &line, remarks.get(row), paint);
    }
}

fn push(out: &mut String, layout: &Layout, line: &Line, remark: Option<&String>, paint: Paint) {
    match (remark, layout.remark) {
        (Some(remark), Some((start, _))) => {
            out.push_str(&pad(&line.text(), start));
            out.push_str(&paint.paint(Style::Dim, remark));
        }
        _ => out.push_str(&line.text()),
    }
    out.push('\n');
}

/// A label in the middle between two lanes, on the arrow or above it.
fn arrow(line: &mut Line, layout: &Layout, step: &Move<'_>, label: &str, is_last: bool) {
    let (left, right) = (layout.at[step.left()], layout.at[step.right()]);
    let inner = right - left - 1;
    if is_last {
        line.put(left + 1, &"─".repeat(inner));
        if step.from < step.to {
            line.put(left, "├");
            line.put(right - 1, "▶");
        } else {
            line.put(right, "┤");
            line.put(left + 1, "◀");
        }
    }
    if !label.is_empty() {
        let start = left + 1 + inner.saturating_sub(width(label)) / 2;
        line.put(start - 1, &format!(" {label} "));
    }
}

/// A note beside its lane: to the right, or to the left of the last one.
fn note(line: &mut Line, layout: &Layout, step: &Move<'_>, label: &str, is_first: bool) {
    let at = layout.at[step.from];
    if is_first {
        line.put(at, "●");
    }
    let is_last_lane = step.from > 0 && step.from + 1 == layout.at.len();
    let start = if is_last_lane { at - 1 - width(label) } else { at + 2 };
    line.put(start, label);
}

/// Remarks that found no room beside the lanes.
fn footnotes(out: &mut String, moves: &[Move<'_>], layout: &Layout, columns: usize, paint: Paint) {
    let margin = 2 + layout.digits + 2;
    for (at, step) in moves.iter().enumerate().filter(|(_, step)| !step.remark.is_empty()) {
        for (row, line) in wrap(step.remark, columns.saturating_sub(margin)).iter().enumerate() {
            let number = if row == 0 { (at + 1).to_string() } else { String::new() };
            let head = format!("  {number:>0$}  ", layout.digits);
            out.push_str(&paint.paint(Style::Dim, format!("{head}{line}")));
            out.push('\n');
        }
    }
}
