//! On what something rests that came back: what somebody must know or control for it, and who acts in it.

use super::Ground;
use crate::world::recipe::{CredentialFrom, ParcelFrom, ParcelId, PresentationFrom, TaskIndex};
use crate::world::setting::Fault;
use crate::world::universe::{Builder, Need};
use std::rc::Rc;
use whoacts_model::crypto::Crypto;

impl<C: Crypto> Builder<'_, C> {
    /// On what one thing rests.
    pub(super) fn ground(&mut self, need: Need) -> Rc<Ground> {
        if let Some(known) = self.grounds.get(&need) {
            return Rc::clone(known);
        }
        let recipes = &self.u.recipes;
        let mut ground = Ground::default();
        match need {
            Need::History(task) => self.add_task(&mut ground, task),
            Need::Credential(id) => match recipes.credentials[id.at()].clone() {
                CredentialFrom::Task(task) => self.add_task(&mut ground, task),
                CredentialFrom::Converted { by, serves, spends, .. } => {
                    self.add_act(&mut ground, by, serves, spends);
                }
                CredentialFrom::Sent(parcel) => self.add_parcel(&mut ground, parcel),
                CredentialFrom::Put(put) => match recipes.presentations[put.at()] {
                    PresentationFrom::Asked { by, task, spends, .. } => {
                        self.add_act(&mut ground, by, task, spends);
                    }
                    _ => ground.needs.extend([need]),
                },
                _ => ground.needs.extend([need]),
            },
            Need::Offer(parcel) | Need::Parcel(parcel) | Need::Redeemed(parcel) => {
                self.add_parcel(&mut ground, parcel);
                ground.needs.extend(matches!(need, Need::Redeemed(_)).then_some(need));
            }
            Need::Presentation(id) => match recipes.presentations[id.at()] {
                PresentationFrom::Asked { by, task, spends, .. } => {
                    self.add_act(&mut ground, by, task, spends);
                    ground.needs.insert(need);
                }
                _ => ground.needs.extend([need]),
            },
            Need::Key(_) | Need::Run(_) | Need::Spared(_) | Need::Unhanded(_) | Need::Gone(_) => {
                ground.needs.insert(need);
            }
        }
        let ground = Rc::new(ground);
        self.grounds.insert(need, Rc::clone(&ground));
        ground
    }

    fn add_task(&mut self, ground: &mut Ground, task: TaskIndex) {
        if let Some(history) = self.as_was_meant(task) {
            ground.needs.extend(history.into_iter().map(Need::History));
            return;
        }
        let (instance, parcel) = self.u.recipes.tasks[task.at()];
        self.add_parcel(ground, parcel);
        ground.acted.extend(self.may_be_missing(instance));
    }

    /// A task and those that it came of, where nobody fed or confused anybody.
    pub(super) fn as_was_meant(&self, task: TaskIndex) -> Option<Vec<TaskIndex>> {
        let (mut history, mut next) = (Vec::new(), Some(task));
        while let Some(task) = next {
            history.push(task);
            let (_, parcel) = self.u.recipes.tasks[task.at()];
            next = match self.u.recipes.parcels[parcel.at()].0 {
                ParcelFrom::Start(_) => None,
                ParcelFrom::Handed { task, spends, .. } if task == spends => Some(task),
                _ => return None,
            };
        }
        Some(history)
    }

    /// The instance, if there is a time at which it does not act, or no longer for its owner. The others always do.
    pub(super) fn may_be_missing(&self, instance: usize) -> Option<usize> {
        let setting = self.setting();
        let this = &setting.instances[instance];
        let meets = |fault: &Fault| match fault {
            Fault::Crash(i) | Fault::Rekey(i) | Fault::Revoke(i) => *i == instance,
            Fault::Restart(_) => false,
        };
        let missing = this.after_crash_of.is_some()
            || this.after_rekey_of.is_some()
            || setting.faults.iter().any(meets)
            || setting.taps.may_take_over(instance);
        missing.then_some(instance)
    }

    fn add_act(&mut self, ground: &mut Ground, by: usize, serves: TaskIndex, spends: TaskIndex) {
        self.add_task(ground, serves);
        if spends != serves {
            self.add_task(ground, spends);
            ground.merged = true;
        }
        ground.acted.extend(self.may_be_missing(by));
    }

    pub(super) fn add_parcel(&mut self, ground: &mut Ground, parcel: ParcelId) {
        if let Some(support) = self.u.parcels[parcel.at()].support.clone() {
            for need in support {
                ground.and(&self.ground(need));
            }
            return;
        }
        match self.u.recipes.parcels[parcel.at()].0 {
            ParcelFrom::Handed { by, task, spends } => self.add_act(ground, by, task, spends),
            _ => {
                ground.needs.insert(Need::Parcel(parcel));
            }
        }
    }
}
