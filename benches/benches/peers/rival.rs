//! Two-phase commit for stateright: in the manner of its own examples, and packed as ours is.

use crate::two_phase::{Packed, Step};
use stateright::{Checker, Model, Property};
use std::collections::BTreeSet;

/// In the manner of stateright's examples: vectors, an enumeration for each state, a set of messages.
#[derive(Clone, Debug)]
pub(crate) struct Examples {
    pub(crate) managers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Manager {
    Working,
    Prepared,
    Committed,
    Aborted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Decision {
    None,
    Committed,
    Aborted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Message {
    Prepared(usize),
    Commit,
    Abort,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ExamplesState {
    managers: Vec<Manager>,
    decision: Decision,
    known: Vec<bool>,
    messages: BTreeSet<Message>,
}

impl Model for Examples {
    type State = ExamplesState;
    type Action = Step;

    fn init_states(&self) -> Vec<ExamplesState> {
        vec![ExamplesState {
            managers: vec![Manager::Working; self.managers],
            decision: Decision::None,
            known: vec![false; self.managers],
            messages: BTreeSet::new(),
        }]
    }

    fn actions(&self, state: &ExamplesState, out: &mut Vec<Step>) {
        let undecided = state.decision == Decision::None;
        if undecided && state.known.iter().all(|known| *known) {
            out.push(Step::Commit);
        }
        if undecided {
            out.push(Step::Abort);
        }
        for (at, manager) in state.managers.iter().enumerate() {
            let name = at as u8;
            if undecided && state.messages.contains(&Message::Prepared(at)) {
                out.push(Step::Receive(name));
            }
            if *manager == Manager::Working {
                out.extend([Step::Prepare(name), Step::Choose(name)]);
            }
            if state.messages.contains(&Message::Commit) {
                out.push(Step::HearCommit(name));
            }
            if state.messages.contains(&Message::Abort) {
                out.push(Step::HearAbort(name));
            }
        }
    }

    fn next_state(&self, last: &ExamplesState, step: Step) -> Option<ExamplesState> {
        let mut state = last.clone();
        match step {
            Step::Commit => {
                state.decision = Decision::Committed;
                state.messages.insert(Message::Commit);
            }
            Step::Abort => {
                state.decision = Decision::Aborted;
                state.messages.insert(Message::Abort);
            }
            Step::Receive(at) => state.known[usize::from(at)] = true,
            Step::Prepare(at) => {
                state.managers[usize::from(at)] = Manager::Prepared;
                state.messages.insert(Message::Prepared(usize::from(at)));
            }
            Step::HearCommit(at) => state.managers[usize::from(at)] = Manager::Committed,
            Step::Choose(at) | Step::HearAbort(at) => {
                state.managers[usize::from(at)] = Manager::Aborted;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("consistent", |_, state: &ExamplesState| {
            let any = |is| state.managers.contains(&is);
            !(any(Manager::Committed) && any(Manager::Aborted))
        })]
    }
}

/// The same state as ours, and the same steps.
impl Model for Packed {
    type State = u64;
    type Action = Step;

    fn init_states(&self) -> Vec<u64> {
        vec![0]
    }
    fn actions(&self, state: &u64, out: &mut Vec<Step>) {
        self.steps(*state, 0, |step| out.push(step));
    }
    fn next_state(&self, state: &u64, step: Step) -> Option<u64> {
        Some(self.after(*state, step))
    }
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("consistent", |model: &Packed, state: &u64| !model.torn(*state))]
    }
}

/// Unique states and steps by stateright's search.
pub(crate) fn count<M>(model: M, threads: usize, depth_first: bool) -> (u64, u64)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + PartialEq + std::hash::Hash + Send + Sync + 'static,
    M::Action: Clone + PartialEq + Send + Sync + 'static,
{
    let builder = model.checker().threads(threads);
    if depth_first {
        let checker = builder.spawn_dfs().join();
        (checker.unique_state_count() as u64, checker.state_count() as u64)
    } else {
        let checker = builder.spawn_bfs().join();
        (checker.unique_state_count() as u64, checker.state_count() as u64)
    }
}
