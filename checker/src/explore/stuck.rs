//! States from which the good end can no longer be reached.

use super::fingerprint::Fingerprinter;
use super::watch::Watch;
use super::{Ended, Limit, LimitKind, Options, System};
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Which states are stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckReport<M> {
    /// Unique states.
    pub states: u64,
    /// How many of them are stuck: no good state can be reached from them. When a limit was reached, only those that
    /// are stuck whatever lies beyond it.
    pub stuck_states: u64,
    /// A shortest trace to the first of the shallowest stuck states.
    pub first: Option<Vec<M>>,
    /// Whether all states were looked at.
    pub ended: Ended,
}

/// Looks for stuck states by plain search: of the options only the limits and `exact` are heeded, and one thread is
/// used. If nothing is good, every state is stuck.
pub fn stuck<S: System>(sys: &S, opts: &Options<'_>) -> StuckReport<S::Move> {
    let mut graph = Graph::new(sys, opts);
    let limit = graph.build(sys, opts);
    let hopeful = graph.hopeful();
    let first = hopeful.iter().position(|hope| !hope);
    StuckReport {
        states: hopeful.len() as u64,
        stuck_states: hopeful.iter().filter(|hope| !**hope).count() as u64,
        first: first.map(|at| graph.trace(at as u32)),
        ended: limit.map_or(Ended::Exhausted, Ended::Limit),
    }
}

/// The graph of the states found, by number, in the order in which they were found.
struct Graph<S: System> {
    index: Index<S::State>,
    waiting: VecDeque<(u32, S::State)>,
    /// How each state but the first was reached: from which one, and by which move.
    reached: Vec<Option<(u32, S::Move)>>,
    good: Vec<bool>,
    edges: Vec<(u32, u32)>,
}

impl<S: System> Graph<S> {
    fn new(sys: &S, opts: &Options<'_>) -> Self {
        let index = if opts.exact {
            Index::Exact(HashMap::new())
        } else {
            Index::Prints(Box::default(), HashMap::new())
        };
        let mut graph = Self {
            index,
            waiting: VecDeque::new(),
            reached: Vec::new(),
            good: Vec::new(),
            edges: Vec::new(),
        };
        graph.find(sys, sys.initial(), None);
        graph
    }

    /// The number of `state`, which is given one if it has none.
    fn find(&mut self, sys: &S, state: S::State, by: Option<(u32, S::Move)>) -> u32 {
        let new = self.reached.len() as u32;
        let at = self.index.number(&state, new);
        if at == new {
            self.reached.push(by);
            self.good.push(sys.good(&state));
            self.waiting.push_back((at, state));
        }
        at
    }

    /// Expands states until none is left or a limit is reached; those that are left stay in `waiting`.
    fn build(&mut self, sys: &S, opts: &Options<'_>) -> Option<Limit> {
        let watch = Watch::new(opts);
        let (mut depth, mut level_ends) = (0, 1);
        let mut moves = Vec::new();
        while let Some((from, state)) = self.waiting.pop_front() {
            if from == level_ends {
                (depth, level_ends) = (depth + 1, self.reached.len() as u32);
            }
            if let Some(kind) = self.limit(opts, depth, &watch, from) {
                self.waiting.push_front((from, state));
                return Some(Limit { kind, covered: depth });
            }
            moves.clear();
            sys.moves(&state, &mut moves);
            for &mv in &moves {
                let to = self.find(sys, sys.next(&state, mv), Some((from, mv)));
                self.edges.push((from, to));
            }
        }
        None
    }

    fn limit(
        &self,
        opts: &Options<'_>,
        depth: u32,
        watch: &Watch<'_>,
        at: u32,
    ) -> Option<LimitKind> {
        let states = self.reached.len() as u64;
        if opts.max_states.is_some_and(|max| states > max) {
            return Some(LimitKind::States);
        }
        if opts.max_depth.is_some_and(|max| depth >= max) {
            return Some(LimitKind::Depth);
        }
        let full = states > u64::from(u32::MAX) / 2 || self.edges.len() > u32::MAX as usize / 2;
        if full || opts.max_bytes.is_some_and(|max| self.bytes() > max) {
            return Some(LimitKind::Bytes);
        }
        if at.is_multiple_of(64) { watch.expired() } else { None }
    }

    /// About how many bytes the graph takes; the backward edges, made later, included.
    fn bytes(&self) -> u64 {
        let (state, hashed) = (size_of::<S::State>() as u64, self.index.bytes_of_one());
        let kept = self.index.kept(state + hashed) + size_of::<Option<(u32, S::Move)>>() as u64 + 6;
        self.reached.len() as u64 * kept
            + self.edges.len() as u64 * 12
            + self.waiting.len() as u64 * (state + hashed)
    }

    /// For each state, whether a good one can be reached, or one that nobody has looked behind.
    fn hopeful(&self) -> Vec<bool> {
        let (starts, sources) = self.backward();
        let mut hopeful = self.good.clone();
        self.waiting.iter().for_each(|(at, _)| hopeful[*at as usize] = true);
        let mut todo: Vec<usize> = (0..hopeful.len()).filter(|at| hopeful[*at]).collect();
        while let Some(at) = todo.pop() {
            for &from in &sources[starts[at] as usize..starts[at + 1] as usize] {
                if !std::mem::replace(&mut hopeful[from as usize], true) {
                    todo.push(from as usize);
                }
            }
        }
        hopeful
    }

    /// The edges by target: the sources of `at` are at `starts[at]..starts[at + 1]`.
    fn backward(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0; self.reached.len() + 1];
        self.edges.iter().for_each(|(_, to)| starts[*to as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut free = starts.clone();
        let mut sources = vec![0; self.edges.len()];
        for (from, to) in &self.edges {
            sources[free[*to as usize] as usize] = *from;
            free[*to as usize] += 1;
        }
        (starts, sources)
    }

    fn trace(&self, mut at: u32) -> Vec<S::Move> {
        let mut moves = Vec::new();
        while let Some((from, mv)) = self.reached[at as usize] {
            moves.push(mv);
            at = from;
        }
        moves.reverse();
        moves
    }
}

/// Numbers states, by fingerprint or by the state itself.
enum Index<T> {
    Prints(Box<Fingerprinter>, HashMap<u128, u32>),
    Exact(HashMap<T, u32>),
}

impl<T: Clone + Eq + Hash> Index<T> {
    fn number(&mut self, state: &T, new: u32) -> u32 {
        match self {
            Index::Prints(prints, numbers) => *numbers.entry(prints.of(state)).or_insert(new),
            Index::Exact(numbers) => match numbers.get(state) {
                Some(at) => *at,
                None => *numbers.entry(state.clone()).or_insert(new),
            },
        }
    }

    /// About how many bytes a state hashes, where that is known.
    fn bytes_of_one(&self) -> u64 {
        match self {
            Index::Prints(prints, _) => prints.last_len() as u64,
            Index::Exact(_) => 0,
        }
    }

    /// Bytes kept for each state of `size` bytes.
    fn kept(&self, size: u64) -> u64 {
        match self {
            Index::Prints(..) => 40,
            Index::Exact(_) => size + 8,
        }
    }
}
