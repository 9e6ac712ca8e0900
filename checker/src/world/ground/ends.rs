//! Good ends: honest effects by which a flow is served, in spite of a fault as well.

use super::accepts::Candidate;
use super::{GoodEnd, Grounding, SERVED, Says};
use crate::world::bits::Mask;
use crate::world::ghost::{Cause, Mint, Who};
use crate::world::recipe::TaskIndex;
use crate::world::record::Acceptance;
use crate::world::setting::Fault;
use whoacts_model::crypto::Crypto;

impl<C: Crypto> Grounding<'_, C> {
    /// Whether a presentation is the legitimate effect of its flow.
    fn legitimate(&self, c: &Candidate) -> Option<usize> {
        let Cause::Execution(execution) = c.record.cause else { return None };
        let flow = self.setting.executions[execution].flow;
        let plan = &self.setting.flows[flow];
        let justified = [Mint::Execution(execution), Mint::Standing].contains(&c.record.mint);
        let own = justified && !c.record.altered;
        let meant = c.record.effect == plan.operation && c.record.arguments == plan.arguments;
        let untouched =
            c.record.path.iter().all(|passage| !passage.by.hostile() && !passage.taker.hostile());
        let honest = untouched && c.record.honestly_asked();
        (own && meant && !plan.refused && honest).then_some(flow)
    }

    pub(super) fn good_ends(&mut self, candidates: &[Candidate]) -> Vec<GoodEnd> {
        let mut ends = Vec::new();
        for (flow, plan) in self.setting.flows.iter().enumerate() {
            if plan.refused {
                continue;
            }
            let pools: Vec<usize> = plan.hops.iter().map(|hop| hop.to).collect();
            let relevant = self.setting.faults.iter().copied().filter(|fault| match fault {
                Fault::Crash(i) | Fault::Rekey(i) => {
                    pools.contains(&self.setting.instances[*i].pool)
                }
                Fault::Revoke(_) | Fault::Restart(_) => false,
            });
            for after in [None].into_iter().chain(relevant.map(Some)) {
                let accepts = candidates
                    .iter()
                    .filter(|c| self.legitimate(c) == Some(flow))
                    .filter(|c| after.is_none_or(|fault| self.carries_on(fault, &c.record)))
                    .map(|c| c.fact)
                    .collect();
                let bit = SERVED + ends.len() as u32;
                ends.push(GoodEnd { flow, after, bit, accepts });
            }
        }
        ends
    }

    /// Whether a path shows that the work went on without the instance that failed, or under its new key.
    fn carries_on(&self, fault: Fault, record: &Acceptance) -> bool {
        match fault {
            Fault::Crash(i) => {
                record.by != Who::Instance(i)
                    && record.path.iter().all(|passage| passage.taker != Who::Instance(i))
            }
            Fault::Rekey(i) => {
                let successor =
                    self.setting.instances.iter().position(|x| x.after_rekey_of == Some(i));
                successor.is_some_and(|s| {
                    let takes = |who: Who| who == Who::Instance(s) || who == Who::Instance(i);
                    record.by == Who::Instance(s)
                        && record.path.last().is_some_and(|p| p.taker == Who::Instance(i))
                        || record.path.iter().any(|p| p.by == Who::Instance(s) && takes(p.by))
                })
            }
            Fault::Revoke(_) | Fault::Restart(_) => true,
        }
    }

    /// The fault happened, after the failing instance had taken a task of this execution.
    pub(super) fn after_fault(
        &mut self,
        end: &GoodEnd,
        record: &Acceptance,
    ) -> (Mask, Option<Mask>) {
        let Some(fault) = end.after else { return (Mask::default(), None) };
        let (instance, says) = match fault {
            Fault::Crash(i) => (i, Says::Down(i)),
            Fault::Rekey(i) => (i, Says::Rekeyed(i)),
            Fault::Revoke(i) => (i, Says::Revoked(i)),
            Fault::Restart(_) => return (Mask::default(), None),
        };
        let universe = self.universe;
        let taken: Vec<Says> = universe
            .recipes
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, (by, parcel))| {
                *by == instance && universe.parcels[parcel.at()].cause == record.cause
            })
            .map(|(index, _)| Says::Took(TaskIndex(index as u32)))
            .collect();
        (self.mask([says]), Some(self.mask(taken)))
    }
}
