//! Which facts can be exchanged for which others: replicas, executions and principals that differ by name only.
//!
//! Nothing says so from outside. The masks, conditions and findings of all moves are read as a graph, and an arrangement is
//! an automorphism of it: it maps moves to moves that need, forbid, add, show and are denied the same. It is found by
//! refining colours until two vertices are told apart or cannot be, and trusted only after each edge of the graph was
//! compared with its image. So a wrong guess costs a reduction and never a verdict.

use super::bits::{Fact, Mask};
use super::ground::{Resolved, ResolvedWhen, WATCHED, World};
use super::index::facts_of;
use super::rules::Rules;
use std::collections::BTreeMap;
use whoacts_model::crypto::Crypto;
use xxhash_rust::xxh3::xxh3_64;

/// Up to so many arrangements are all compared for a state: those of six replicas.
const MOST: usize = 720;
/// How often a guess may turn out wrong.
const GUESSES: usize = 16;

/// The arrangements of a world.
#[derive(Debug)]
pub struct Symmetry {
    /// Those that a state is compared with, besides the one in which everything stays in its place.
    arrangements: Vec<Arrangement>,
    /// Whether these are all that there are.
    all: bool,
    /// Arrangements of which all are made: for each, the image of each move.
    pub generators: Vec<Vec<u32>>,
    /// How many there are, the one in which everything stays included.
    pub order: f64,
}

/// Facts exchanged for others.
#[derive(Debug)]
struct Arrangement {
    /// The facts that stay in their places.
    fixed: Vec<u64>,
    image: Vec<Fact>,
}

impl<C: Crypto> World<C> {
    /// Finds the world's symmetry, so that a search that keeps one state of each class uses it.
    pub fn find_symmetry(&mut self) {
        self.symmetry = Some(Symmetry::of(self.rules()));
    }
}

impl Symmetry {
    /// The symmetry of a world.
    pub(super) fn of(rules: Rules<'_>) -> Self {
        let graph = Graph::of(rules);
        let stages = graph.stages();
        let order = stages.iter().map(|stage| stage.len() as f64 + 1.0).product();
        let facts = rules.facts;
        let itself: Vec<Fact> = (0..facts as Fact).collect();
        let all = order <= MOST as f64;
        let arrangements = if all { every(&stages, itself) } else { some(&stages, facts) };
        let moves = facts..facts + rules.moves.len();
        let generators = stages.into_iter().flatten();
        let generators = generators
            .map(|map| map[moves.clone()].iter().map(|to| to - facts as u32).collect())
            .collect();
        let arrangements = arrangements.into_iter().map(Arrangement::of).collect();
        Self { arrangements, all, generators, order }
    }

    /// A state that stands for those to which arrangements lead: the least, where all are compared; else one that no
    /// single arrangement makes less, so that a class may be left with a few.
    pub(super) fn representative(&self, state: &mut impl AsMut<[u64]>) {
        let state = state.as_mut();
        let (mut least, mut image) = (state.to_vec(), vec![0; state.len()]);
        loop {
            let mut lessened = false;
            for arrangement in &self.arrangements {
                arrangement.apply(if self.all { state } else { &least }, &mut image);
                if image < least {
                    least.copy_from_slice(&image);
                    lessened = true;
                }
            }
            if self.all || !lessened {
                break;
            }
        }
        state.copy_from_slice(&least);
    }
}

/// One arrangement of each stage, one after the other, in every way; the one in which everything stays is left out.
fn every(stages: &[Vec<Vec<u32>>], itself: Vec<Fact>) -> Vec<Vec<Fact>> {
    let mut all = vec![itself];
    for stage in stages {
        let after = |first: &Vec<Fact>, map: &Vec<u32>| -> Vec<Fact> {
            map[..first.len()].iter().map(|fact| first[*fact as usize]).collect()
        };
        let further: Vec<_> =
            stage.iter().flat_map(|map| all.iter().map(move |first| after(first, map))).collect();
        all.extend(further);
    }
    all.split_off(1)
}

/// The arrangements of which all are made, and those that undo them.
fn some(stages: &[Vec<Vec<u32>>], facts: usize) -> Vec<Vec<Fact>> {
    let both = stages.iter().flatten().flat_map(|map| {
        let mut inverse = vec![0; facts];
        (0..).zip(&map[..facts]).for_each(|(from, to)| inverse[*to as usize] = from);
        [map[..facts].to_vec(), inverse]
    });
    both.collect()
}

impl Arrangement {
    fn of(image: Vec<Fact>) -> Self {
        let mut fixed = vec![0; image.len().div_ceil(64)];
        for (fact, _) in image.iter().enumerate().filter(|(fact, to)| *fact as Fact == **to) {
            fixed[fact / 64] |= 1 << (fact % 64);
        }
        Self { fixed, image }
    }

    fn apply(&self, state: &[u64], to: &mut [u64]) {
        for (at, word) in to.iter_mut().enumerate() {
            *word = state[at] & self.fixed.get(at).unwrap_or(&0);
        }
        for (at, word) in state.iter().enumerate() {
            let moved = word & !self.fixed.get(at).unwrap_or(&0);
            for bit in facts_of(&[moved]) {
                let fact = self.image[at * 64 + bit as usize];
                to[fact as usize / 64] |= 1 << (fact % 64);
            }
        }
    }
}

/// What is said of a world's moves, as a graph: facts, then moves, then what moves and ledgers are made of.
struct Graph {
    facts: usize,
    /// What a vertex is, numbered: vertices of different kinds are never exchanged.
    kinds: Vec<u32>,
    /// For each vertex, labels and neighbours; both ways.
    edges: Vec<Vec<(u32, u32)>>,
}

/// A graph that is being drawn.
struct Drawing {
    graph: Graph,
    numbers: BTreeMap<Vec<u64>, u32>,
}

impl Drawing {
    fn vertex(&mut self, kind: &[u64]) -> u32 {
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(kind.to_vec()).or_insert(next);
        self.graph.kinds.push(number);
        self.graph.edges.push(Vec::new());
        self.graph.kinds.len() as u32 - 1
    }

    fn edge(&mut self, from: u32, label: u32, to: u32) {
        self.graph.edges[from as usize].push((2 * label, to));
        self.graph.edges[to as usize].push((2 * label + 1, from));
    }

    fn mask(&mut self, from: u32, label: u32, facts: &Mask) {
        facts.facts().for_each(|fact| self.edge(from, label, fact));
    }

    fn condition(&mut self, mv: u32, guard: u64, condition: &Resolved) {
        match condition {
            Resolved::Within(from, to, late) => {
                let vertex = self.vertex(&[10, guard, u64::from(*from), u64::from(*to)]);
                self.edge(mv, 0, vertex);
                late.iter().for_each(|late| self.edge(vertex, 1, *late));
            }
            Resolved::None(facts) => {
                let vertex = self.vertex(&[11, guard]);
                self.edge(mv, 0, vertex);
                self.mask(vertex, 1, facts);
            }
            Resolved::Fewer(facts, limit, full) => {
                let vertex = self.vertex(&[12, guard, u64::from(*limit)]);
                self.edge(mv, 0, vertex);
                self.mask(vertex, 1, facts);
                full.iter().for_each(|full| self.edge(vertex, 2, *full));
            }
        }
    }

    fn violation(&mut self, mv: u32, number: u32, when: &ResolvedWhen, ledgers: &[u32]) {
        let number = u64::from(number);
        let (kind, facts, ledger) = match when {
            ResolvedWhen::None(facts) => (vec![20, number], Some(facts), None),
            ResolvedWhen::Any(facts) => (vec![21, number], Some(facts), None),
            ResolvedWhen::Before(tick) => (vec![24, number, u64::from(*tick)], None, None),
            ResolvedWhen::After(tick) => (vec![22, number, u64::from(*tick)], None, None),
            ResolvedWhen::Spent(execution, limit) => {
                (vec![23, number, u64::from(*limit)], None, Some(ledgers[*execution]))
            }
        };
        let vertex = self.vertex(&kind);
        self.edge(mv, 0, vertex);
        facts.into_iter().for_each(|facts| self.mask(vertex, 1, facts));
        ledger.into_iter().for_each(|ledger| self.edge(vertex, 2, ledger));
    }
}

impl Graph {
    fn of(rules: Rules<'_>) -> Self {
        let facts = rules.facts;
        let graph = Self { facts, kinds: Vec::new(), edges: Vec::new() };
        let mut drawing = Drawing { graph, numbers: BTreeMap::new() };
        // Times are in an order, and no two of them are alike.
        for fact in 0..facts as Fact {
            let tick = rules.ticks.iter().position(|tick| *tick == fact);
            drawing.vertex(&[0, tick.map_or(0, |at| at as u64 + 1)]);
        }
        for (index, ground) in (0..).zip(rules.moves) {
            let kind = xxh3_64(ground.what.kind().as_bytes());
            let shown = rules.accepting(ground).map_or([0; 4], |accepting| {
                let again = u64::from(accepting.replayable);
                [1 + again, accepting.always, accepting.put, rules.watches(index) >> WATCHED]
            });
            let mv = drawing.vertex(&[&[1, kind, u64::from(ground.monotone)], &shown[..]].concat());
            drawing.mask(mv, 1, &ground.needs);
            drawing.mask(mv, 2, &ground.forbids);
            drawing.mask(mv, 3, &ground.adds);
        }
        let ledgers: Vec<u32> = rules
            .ledgers
            .iter()
            .map(|ledger| {
                let vertex = drawing.vertex(&[2, u64::from(ledger.limit)]);
                drawing.mask(vertex, 1, &ledger.accepts);
                drawing.edge(vertex, 2, ledger.full);
                vertex
            })
            .collect();
        for end in rules.good_ends {
            let vertex = drawing.vertex(&[3, u64::from(end.bit), u64::from(end.after.is_some())]);
            drawing.mask(vertex, 1, &end.accepts);
        }
        for (index, ground) in (facts as u32..).zip(rules.moves) {
            let Some(accepting) = rules.accepting(ground) else { continue };
            drawing.edge(index, 4, accepting.fact);
            for (guard, condition) in &accepting.conditions {
                drawing.condition(index, *guard as u64, condition);
            }
            for (number, when) in &accepting.sometimes {
                drawing.violation(index, *number, when, &ledgers);
            }
            for (bit, all, any) in &accepting.serves {
                let vertex = drawing.vertex(&[30, u64::from(*bit), u64::from(any.is_some())]);
                drawing.edge(index, 0, vertex);
                drawing.mask(vertex, 1, all);
                any.iter().for_each(|any| drawing.mask(vertex, 2, any));
            }
        }
        let mut graph = drawing.graph;
        graph.edges.iter_mut().for_each(|edges| edges.sort_unstable());
        graph
    }

    /// Arrangements in stages: those of a stage take one fact to each of the facts that it can be exchanged for, and leave
    /// in their places the facts of the stages before. Every arrangement is one of each stage, one after the other.
    fn stages(&self) -> Vec<Vec<Vec<u32>>> {
        let mut colours = self.refined(self.kinds.iter().map(|kind| u64::from(*kind)).collect());
        let mut stages = Vec::new();
        while let Some((first, others)) = self.alike(&colours) {
            let told_apart = |vertex| self.refined(set_apart(&colours, vertex));
            let apart = told_apart(first);
            let maps = others
                .into_iter()
                .filter_map(|other| self.map(&apart, &told_apart(other), &mut GUESSES.clone()));
            let stage: Vec<_> = maps.collect();
            if !stage.is_empty() {
                stages.push(stage);
            }
            colours = apart;
        }
        stages
    }

    /// The first fact that has not a colour of its own, and the others of that colour.
    fn alike(&self, colours: &[u64]) -> Option<(u32, Vec<u32>)> {
        let mut by_colour = BTreeMap::<u64, Vec<u32>>::new();
        for (fact, colour) in (0..self.facts as u32).zip(colours) {
            by_colour.entry(*colour).or_default().push(fact);
        }
        let cells = by_colour.into_values().filter(|cell| cell.len() > 1);
        let cell = cells.min_by_key(|cell| cell[0])?;
        Some((cell[0], cell[1..].to_vec()))
    }

    /// Colours that tell apart what neighbours tell apart.
    fn refined(&self, mut colours: Vec<u64>) -> Vec<u64> {
        let mut count = distinct(&colours);
        loop {
            let next: Vec<u64> = (0..colours.len())
                .map(|vertex| {
                    let neighbours = self.edges[vertex]
                        .iter()
                        .map(|(label, to)| mixed(colours[*to as usize] ^ mixed(u64::from(*label))));
                    let sum = neighbours.fold(0, u64::wrapping_add);
                    mixed(colours[vertex].rotate_left(1) ^ sum)
                })
                .collect();
            let more = distinct(&next);
            // Both sides of a comparison stop at the same round, if they are alike at all.
            if more == count {
                return next;
            }
            (colours, count) = (next, more);
        }
    }

    /// A mapping of the one colouring to the other that is an automorphism.
    fn map(&self, one: &[u64], other: &[u64], guesses: &mut usize) -> Option<Vec<u32>> {
        let (ours, theirs) = (by_colour(one), by_colour(other));
        if ours.iter().zip(&theirs).any(|(ours, theirs)| ours.0 != theirs.0) {
            return None;
        }
        // Cells begin at the same places on both sides.
        let cells = || {
            ours.chunk_by(|a, b| a.0 == b.0).scan(0, |end, cell| {
                let from = *end;
                *end += cell.len();
                Some((cell, &theirs[from..*end]))
            })
        };
        // What can stay in its place does.
        let staying = cells().filter(|(ours, theirs)| ours.len() > 1 && ours == theirs);
        let stay: Vec<u32> =
            staying.flat_map(|(cell, _)| cell).map(|(_, vertex)| *vertex).collect();
        if !stay.is_empty() {
            let told = |colours: &[u64]| {
                let mut colours = colours.to_vec();
                for vertex in &stay {
                    let colour = &mut colours[*vertex as usize];
                    *colour = mixed(*colour ^ u64::from(*vertex));
                }
                self.refined(colours)
            };
            if let Some(map) = self.map(&told(one), &told(other), guesses) {
                return Some(map);
            }
        }
        if let Some((ours, theirs)) = cells().find(|(ours, _)| ours.len() > 1) {
            let one = self.refined(set_apart(one, ours[0].1));
            return theirs.iter().find_map(|(_, to)| {
                *guesses = guesses.checked_sub(1)?;
                self.map(&one, &self.refined(set_apart(other, *to)), guesses)
            });
        }
        let mut map = vec![0; self.kinds.len()];
        ours.iter().zip(&theirs).for_each(|((_, from), (_, to))| map[*from as usize] = *to);
        self.keeps_all(&map).then_some(map)
    }

    /// Whether a mapping maps the graph to itself: the judge of all that was guessed.
    fn keeps_all(&self, map: &[u32]) -> bool {
        let mut taken = vec![false; map.len()];
        map.iter().for_each(|to| taken[*to as usize] = true);
        taken.into_iter().all(|taken| taken)
            && (0..map.len()).all(|vertex| {
                let to = map[vertex] as usize;
                let mut image: Vec<_> = self.edges[vertex]
                    .iter()
                    .map(|(label, neighbour)| (*label, map[*neighbour as usize]))
                    .collect();
                image.sort_unstable();
                self.kinds[vertex] == self.kinds[to] && image == self.edges[to]
            })
    }
}

/// The vertices in the order of their colours.
fn by_colour(colours: &[u64]) -> Vec<(u64, u32)> {
    let mut sorted: Vec<_> = colours.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    sorted
}

/// The same colours, and one of its own for a vertex.
fn set_apart(colours: &[u64], vertex: u32) -> Vec<u64> {
    let mut colours = colours.to_vec();
    let colour = &mut colours[vertex as usize];
    *colour = mixed(!*colour);
    colours
}

fn distinct(colours: &[u64]) -> usize {
    let mut colours = colours.to_vec();
    colours.sort_unstable();
    colours.dedup();
    colours.len()
}

fn mixed(word: u64) -> u64 {
    let word = (word ^ word >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let word = (word ^ word >> 29).wrapping_mul(0xff51_afd7_ed55_8ccd);
    word ^ word >> 32
}
