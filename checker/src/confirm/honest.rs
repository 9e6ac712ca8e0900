//! What honest executors do in the replay: start, take a step, hand on, ask.

use super::{Refused, Replay, require};
use crate::world::capability::Capability;
use crate::world::recipe::{
    CredentialFrom, CredentialId, ParcelFrom, ParcelId, PresentationFrom, PresentationId, TaskIndex,
};
use crate::world::setting::Starter;
use whoacts_model::crypto::{Crypto, Ed25519};
use whoacts_model::presentation::Parcel;

impl<'w, D: Crypto> Replay<'w, D> {
    pub(super) fn start(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (ParcelFrom::Start(execution), ..) = &self.made.recipes.parcels[id.at()] else {
            return Err("this parcel does not start anything".to_owned());
        };
        self.starter_alive(*execution)?;
        self.send(id);
        Ok(())
    }

    /// Makes an honest parcel and puts its bytes on the wire.
    fn send(&mut self, id: ParcelId) {
        let parcel = self.kitchen().parcel(&self.made, &self.made.recipes.parcels[id.at()]);
        self.sent.insert(id, parcel.to_bytes());
        self.made.parcels.insert(id, parcel);
        self.keep_base(self.world.universe.parcels[id.at()].base);
    }

    /// Keeps the honest credential that was just used, so that the adversary can build on it once it has seen it.
    fn keep_base(&mut self, id: CredentialId) {
        let recipes = self.made.recipes;
        let from = &recipes.credentials[id.at()];
        let made = match from {
            CredentialFrom::Root(execution) => self.kitchen().start(*execution).spill().clone(),
            CredentialFrom::Begun(_) => self.kitchen().credential(&self.made, from),
            CredentialFrom::Task(task) => match self.made.tasks.get(task) {
                Some(task) => task.spill().clone(),
                None => return,
            },
            CredentialFrom::Put(put) if self.made.presentations.contains_key(put) => {
                self.kitchen().credential(&self.made, from)
            }
            CredentialFrom::Sent(parcel) if self.made.parcels.contains_key(parcel) => {
                self.kitchen().credential(&self.made, from)
            }
            CredentialFrom::Converted { serves, spends, .. } => {
                let taken = |task| self.made.tasks.contains_key(task);
                if !taken(serves) || !taken(spends) {
                    return;
                }
                self.kitchen().credential(&self.made, from)
            }
            _ => return,
        };
        self.made.credentials.insert(id, made);
    }

    pub(super) fn start_ask(&mut self, id: PresentationId) -> Result<(), Refused> {
        let PresentationFrom::Start(execution, _) = &self.made.recipes.presentations[id.at()]
        else {
            return Err("this request does not start anything".to_owned());
        };
        self.starter_alive(*execution)?;
        let by = match self.setting.flows[self.setting.executions[*execution].flow].origin {
            Starter::Identity(_) => None,
            Starter::Instance(index) => Some(index),
        };
        self.put(id, by);
        Ok(())
    }

    /// Makes an honest presentation and puts its bytes on the wire. Who was taken over before does not ask honestly.
    fn put(&mut self, id: PresentationId, by: Option<usize>) {
        let lives = by.map_or_else(Vec::new, |by| self.setting.lives_before(by));
        if lives.iter().all(|life| !self.hijacked.contains(life)) {
            self.honestly.insert(id);
        }
        let made =
            self.kitchen().presentation(&self.made, &self.made.recipes.presentations[id.at()]);
        self.asked.insert(id, made.to_bytes());
        self.made.presentations.insert(id, made);
        self.keep_base(self.world.universe.presentations[id.at()].base);
    }

    pub(super) fn take(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (_, parcel) = self.made.recipes.tasks[task.at()];
        let bytes = self.sent.get(&parcel).ok_or("nobody sent this parcel")?.clone();
        let (_, flow, hop) = self.made.recipes.parcels[parcel.at()];
        let (instance, _) = self.made.recipes.tasks[task.at()];
        let pool = self.setting.instances[instance].pool;
        let listens = self.setting.flows[flow].hops[hop].listeners.contains(&pool);
        require(listens, "this parcel was not sent there")?;
        self.take_bytes(task, &bytes)
    }

    fn take_bytes(&mut self, task: TaskIndex, bytes: &[u8]) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        self.alive(instance)?;
        require(!self.setting.instances[instance].adversary, "the adversary runs it")?;
        let parcel = Parcel::<Ed25519>::from_bytes(bytes).map_err(|error| error.to_string())?;
        if let Some(code) = self.setting.deployed.run::<Ed25519>().once(&parcel) {
            require(self.used_codes.insert(code), "the code was redeemed before")?;
        }
        let taken = self
            .kitchen()
            .take(instance, &parcel, self.now)
            .map_err(|refusal| format!("the executor refuses: {refusal:?}"))?;
        let credential = self.world.universe.tasks[task.at()].1;
        self.made.credentials.insert(credential, taken.spill().clone());
        self.made.tasks.insert(task, taken);
        self.taken.insert(task);
        Ok(())
    }

    pub(super) fn feed(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (_, parcel) = self.made.recipes.tasks[task.at()];
        if let (ParcelFrom::Resent { parcel: known, errand }, ..) =
            &self.made.recipes.parcels[parcel.at()]
        {
            return self.feed_again(task, parcel, *known, errand.is_some());
        }
        let (ParcelFrom::Composed { base, offer, .. }, ..) =
            &self.made.recipes.parcels[parcel.at()]
        else {
            return Err("this parcel is not the adversary's".to_owned());
        };
        self.obtain(*base)?;
        if let Some((signer, _)) = offer {
            self.controls(*signer)?;
        }
        let made = self.kitchen().parcel(&self.made, &self.made.recipes.parcels[parcel.at()]);
        if made.delivery.is_some() && offer.is_none() {
            let kitchen = self.kitchen();
            let mut senders = kitchen.own_senders(self.made.recipes, &made);
            let sends = senders.any(|sender| self.controls(sender).is_ok());
            require(sends, "the adversary does not have the sender's key")?;
        }
        self.told_right(&self.world.universe.parcels[parcel.at()].support)?;
        let bytes = made.to_bytes();
        self.made.parcels.insert(parcel, made);
        self.take_bytes(task, &bytes)
    }

    /// The adversary sends a parcel that it has read once more, as it is or with an errand of its own.
    fn feed_again(
        &mut self,
        task: TaskIndex,
        parcel: ParcelId,
        known: ParcelId,
        other_errand: bool,
    ) -> Result<(), Refused> {
        let original = self.made.parcels.get(&known).ok_or("nobody sent that")?;
        let signed = self.setting.deployed.run::<Ed25519>().authenticates(&original.cargo);
        if other_errand {
            require(!signed, "the sender's signature covers the errand")?;
            let seen = self.seen.contains(&original.cargo.digest());
            require(seen, "the adversary has not seen that hand-off")?;
        } else {
            require(self.read.contains(&known), "the adversary has not read that parcel")?;
            let inject = self.has(Capability::Inject);
            require(!signed || inject, "nobody speaks in others' places")?;
        }
        let made = self.kitchen().parcel(&self.made, &self.made.recipes.parcels[parcel.at()]);
        let bytes = made.to_bytes();
        self.made.parcels.insert(parcel, made);
        self.take_bytes(task, &bytes)
    }

    fn acts(&self, by: usize, task: TaskIndex, spends: TaskIndex) -> Result<(), Refused> {
        self.alive(by)?;
        let has = self.taken.contains(&task) && self.taken.contains(&spends);
        require(has, "it did not take that task")?;
        let confused = task != spends;
        require(!confused || self.has(Capability::Confuse), "an honest runtime keeps its duty")?;
        let same_memory = |task: TaskIndex| {
            let mut life = by;
            loop {
                if self.made.recipes.tasks[task.at()].0 == life {
                    return true;
                }
                match self.setting.instances[life].after_rekey_of {
                    Some(before) => life = before,
                    None => return false,
                }
            }
        };
        require(same_memory(task) && same_memory(spends), "another instance has that task")
    }

    pub(super) fn hand(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (ParcelFrom::Handed { by, task, spends }, ..) = &self.made.recipes.parcels[id.at()]
        else {
            return Err("this parcel is not handed on by an executor".to_owned());
        };
        self.acts(*by, *task, *spends)?;
        self.send(id);
        Ok(())
    }

    pub(super) fn ask(&mut self, id: PresentationId) -> Result<(), Refused> {
        let PresentationFrom::Asked { by, task, spends, .. } =
            &self.made.recipes.presentations[id.at()]
        else {
            return Err("this request is not an executor's".to_owned());
        };
        self.acts(*by, *task, *spends)?;
        self.put(id, Some(*by));
        Ok(())
    }
}
