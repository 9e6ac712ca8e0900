//! Where the lanes of a diagram stand.

use crate::parts::text::{width, wrap};
use whoacts_checker::outcome::Trace;

/// Labels are not wrapped below this width.
const NARROWEST_LABEL: usize = 12;
/// Remarks are not wrapped below this width.
const NARROWEST_REMARK: usize = 24;
/// An arrow needs so much beside its label: `── label ─▶` and a bar.
const ARROW: usize = 7;
/// A note on a lane needs so much beside its text: `● note ` and a bar.
const NOTE: usize = 4;

/// Columns of everything.
pub(crate) struct Layout {
    /// The lanes' names.
    pub(crate) names: Vec<String>,
    /// The column of each lane.
    pub(crate) at: Vec<usize>,
    /// Labels are wrapped to this.
    pub(crate) label: usize,
    /// Names stand in two rows.
    pub(crate) stagger: bool,
    /// The column of remarks and their width; `None` where they go below the diagram.
    pub(crate) remark: Option<(usize, usize)>,
    /// Columns of the largest step number.
    pub(crate) digits: usize,
}

/// What a step wants to say, with lanes as numbers.
pub(crate) struct Move<'a> {
    pub(crate) from: usize,
    /// `from` again for a note on its lane.
    pub(crate) to: usize,
    pub(crate) label: &'a str,
    pub(crate) remark: &'a str,
}

impl Move<'_> {
    pub(crate) fn left(&self) -> usize {
        self.from.min(self.to)
    }
    pub(crate) fn right(&self) -> usize {
        self.from.max(self.to)
    }
    pub(crate) fn is_note(&self) -> bool {
        self.from == self.to
    }
}

/// The lanes and the moves between them; who moves and has no lane gets one.
pub(crate) fn moves(trace: &Trace) -> (Vec<String>, Vec<Move<'_>>) {
    let mut names = trace.lanes.clone();
    let mut lane = |name: &String| {
        names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        })
    };
    let moves = trace.steps.iter().map(|step| {
        let from = lane(&step.actor);
        let to = step.to.as_ref().map_or(from, &mut lane);
        Move { from, to, label: &step.label, remark: &step.remark }
    });
    let moves = moves.collect();
    (names, moves)
}

/// The roomiest layout that fits: labels give way first, then names, then remarks go below.
pub(crate) fn layout(names: &[String], moves: &[Move<'_>], columns: usize) -> Layout {
    let natural =
        moves.iter().map(|step| width(step.label)).max().unwrap_or(0).max(NARROWEST_LABEL);
    for remarks_right in [true, false] {
        for stagger in [false, true] {
            for label in (NARROWEST_LABEL..=natural).rev() {
                let layout = attempt(names, moves, label, stagger, remarks_right, columns);
                if let Some(layout) = layout {
                    return layout;
                }
            }
        }
    }
    place(names, moves, NARROWEST_LABEL, true)
}

fn attempt(
    names: &[String],
    moves: &[Move<'_>],
    label: usize,
    stagger: bool,
    remarks_right: bool,
    columns: usize,
) -> Option<Layout> {
    let mut layout = place(names, moves, label, stagger);
    let end = layout.end(moves);
    let longest = moves.iter().map(|step| width(step.remark)).max().unwrap_or(0);
    if !remarks_right || longest == 0 {
        return (end <= columns).then_some(layout);
    }
    let start = end + 3;
    let room = columns.checked_sub(start)?;
    layout.remark = Some((start, room));
    (room >= longest.min(NARROWEST_REMARK)).then_some(layout)
}

fn place(names: &[String], moves: &[Move<'_>], label: usize, stagger: bool) -> Layout {
    let digits = moves.len().to_string().len();
    let mut gaps = vec![NOTE; names.len().saturating_sub(1)];
    for (from, to, least) in constraints(names, moves, label, stagger) {
        widen(&mut gaps[from..to], least);
    }
    let margin = 2 + digits + 2;
    let first = names.first().map_or(0, |name| width(name) / 2);
    let second = names.get(1).filter(|_| stagger).map_or(0, |name| width(name) / 2);
    let mut column = margin + first.max(second.saturating_sub(gaps.first().copied().unwrap_or(0)));
    let mut at = vec![column];
    for gap in gaps {
        column += gap;
        at.push(column);
    }
    Layout { names: names.to_vec(), at, label, stagger, remark: None, digits }
}

/// Pairs of lanes and the least distance between them, near ones first.
fn constraints(
    names: &[String],
    moves: &[Move<'_>],
    label: usize,
    stagger: bool,
) -> Vec<(usize, usize, usize)> {
    let apart = if stagger { 2 } else { 1 };
    let heads = (apart..names.len()).map(|to| {
        let (left, right) = (width(&names[to - apart]), width(&names[to]));
        (to - apart, to, left - left / 2 + right / 2 + 2)
    });
    let arrows = moves.iter().filter_map(|step| {
        let longest = wrap(step.label, label).iter().map(|line| width(line)).max().unwrap_or(0);
        if !step.is_note() {
            return Some((step.left(), step.right(), longest + ARROW));
        }
        let last = names.len() - 1;
        let (left, right) = if step.from < last {
            (step.from, step.from + 1)
        } else {
            (last.checked_sub(1)?, last)
        };
        Some((left, right, longest + NOTE))
    });
    let mut all: Vec<_> = heads.chain(arrows).collect();
    all.sort_by_key(|&(from, to, least)| (to - from, from, least));
    all
}

/// Shares what is missing among the gaps.
fn widen(gaps: &mut [usize], least: usize) {
    let missing = least.saturating_sub(gaps.iter().sum());
    let shares = gaps.len();
    for (at, gap) in gaps.iter_mut().enumerate() {
        *gap += missing / shares + usize::from(at < missing % shares);
    }
}

impl Layout {
    /// Columns that a step's label may take: what was planned, or more where the lanes stand further apart.
    pub(crate) fn room(&self, step: &Move<'_>) -> usize {
        let between = |left: usize, right: usize| self.at[right] - self.at[left];
        let last = self.at.len() - 1;
        let room = match step.from {
            _ if !step.is_note() => (between(step.left(), step.right()) + 1).saturating_sub(ARROW),
            from if from < last => between(from, from + 1).saturating_sub(NOTE),
            from if from > 0 => between(from - 1, from).saturating_sub(NOTE),
            _ => 0,
        };
        room.max(self.label)
    }

    /// One past the last column of lanes and names.
    fn end(&self, moves: &[Move<'_>]) -> usize {
        let heads = self.names.iter().zip(&self.at).map(|(name, at)| at + width(name).div_ceil(2));
        let alone = self.names.len() == 1;
        let notes = moves
            .iter()
            .filter(|_| alone)
            .map(|step| self.at[0] + 2 + width(step.label).min(self.label));
        heads.chain(notes).max().unwrap_or(0) + 1
    }
}
