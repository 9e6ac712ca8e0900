//! A contract allows what no flow needs.

use super::run::Shown;
use super::{Finding, Lint, Subject};
use crate::experiment::diff::REFERENCE;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::{Operation, Scenario};
use whoacts_scenarios::span::Span;

pub(super) const LINT: Lint = Lint {
    code: "contract-wider-than-needed",
    sentence: "a hand-off carries authority, hops or effects without which the story is served all the same",
    why: "whatever a contract allows beyond the work that it is for is what a compromised executor gets; that the work is \
          done without it was found by running the story with the narrower contract",
    instead: "narrow it to what the flow needs",
    judge,
};

/// One thing that could be narrower.
struct Narrower {
    scenario: Scenario,
    span: Span,
    message: String,
}

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(form) = Form::labelled(REFERENCE) else { return };
    for case in subject.cases {
        let candidates = narrower(case);
        if candidates.is_empty() || !Shown::of(&subject.limits, case, &case.scenario, form).served {
            continue;
        }
        for Narrower { scenario, span, message } in candidates {
            if Shown::of(&subject.limits, case, &scenario, form).served {
                found.push(LINT.at(&span, message));
            }
        }
    }
}

fn narrower(case: &Case) -> Vec<Narrower> {
    let mut all = Vec::new();
    for (at, flow) in case.scenario.flows.iter().enumerate() {
        if flow.refused {
            continue;
        }
        let hops = flow.hops.len() as u32;
        if let Some(max) = flow.max_hops.as_ref().filter(|max| max.value > hops) {
            let mut scenario = case.scenario.clone();
            scenario.flows[at].max_hops = None;
            let message =
                format!("the contract allows {} hops, and the flow has {hops}", max.value);
            all.push(Narrower { scenario, span: max.span.clone(), message });
        }
        if flow.effects.value > 1 {
            let mut scenario = case.scenario.clone();
            scenario.flows[at].effects.value = 1;
            let message =
                format!("the contract allows {} effects, and the flow has one", flow.effects.value);
            all.push(Narrower { scenario, span: flow.effects.span.clone(), message });
        }
        if !flow.dynamic {
            all.extend(authority(case, at));
        }
    }
    all
}

/// Operations that the last hop receives and does not request.
fn authority(case: &Case, at: usize) -> Vec<Narrower> {
    let flow = &case.scenario.flows[at];
    let Some(last) = flow.hops.len().checked_sub(1) else { return Vec::new() };
    let written = flow.hops.iter().rev().find_map(|hop| hop.authority.as_ref());
    let handed = written.unwrap_or(&flow.authority);
    let asked = &flow.request.operation;
    let used = |op: &Operation| op.action == asked.action && op.resource == asked.resource;
    handed
        .iter()
        .filter(|op| !used(op))
        .map(|op| {
            let mut scenario = case.scenario.clone();
            let rest = handed.iter().filter(|other| *other != op).cloned().collect();
            scenario.flows[at].hops[last].authority = Some(rest);
            let message = format!(
                "the last hop of `{}` receives `{} {}`, which it never requests",
                flow.id.value, op.action, op.resource
            );
            Narrower { scenario, span: op.span.clone(), message }
        })
        .collect()
}
