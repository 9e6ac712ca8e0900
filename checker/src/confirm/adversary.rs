//! What the adversary does in the replay: it reads, signs with what it holds, and puts together what it has seen.

use super::{Refused, Replay, require};
use crate::world::capability::Capability;
use crate::world::ghost::Meant;
use crate::world::kitchen::name_of;
use crate::world::recipe::{
    CredentialFrom, CredentialId, Fired, ParcelFrom, ParcelId, PresentationFrom, PresentationId,
    Redeemable, SignerId, SignerKey, TaskIndex,
};
use crate::world::universe::{Need, Support};
use whoacts_model::crypto::{Crypto, Digest, Ed25519};
use whoacts_model::presentation::{Cargo, Credential, Parcel, Presentation};

impl<'w, D: Crypto> Replay<'w, D> {
    /// The adversary reads bytes: it knows every credential and hand-off in them.
    fn read(&mut self, credential: &Credential<Ed25519>) {
        self.seen.insert(name_of(credential));
        if let Credential::Chain(chain) = credential {
            let mut prefix = chain.clone();
            while let Some(link) = prefix.links.pop() {
                self.seen.insert(link.offer.record.digest());
                self.seen.insert(prefix.path());
            }
        }
    }

    fn read_parcel(&mut self, id: ParcelId) -> Result<Parcel<Ed25519>, Refused> {
        let bytes = self.sent.get(&id).ok_or("nobody sent this parcel")?;
        let parcel = Parcel::<Ed25519>::from_bytes(bytes).map_err(|error| error.to_string())?;
        self.read.insert(id);
        match &parcel.cargo {
            Cargo::Credential(credential) => self.read(credential),
            Cargo::Offer(chain, offer) => {
                self.seen.insert(offer.record.digest());
                self.read(&Credential::Chain(chain.clone()));
            }
        }
        Ok(parcel)
    }

    pub(super) fn observe(&mut self, id: ParcelId) -> Result<(), Refused> {
        let (_, flow, hop) = self.made.recipes.parcels[id.at()];
        let to = self.setting.flows[flow].hops[hop].to;
        require(self.setting.pools[to].observed, "nobody reads there")?;
        let parcel = self.read_parcel(id)?;
        let meant = &self.world.universe.parcels[id.at()].passage.meant;
        let member = matches!(meant, Meant::Pool(pool) if self.setting.is_member_of(*pool));
        let code = self.setting.deployed.run::<Ed25519>().once(&parcel);
        if member && code.is_none() && matches!(parcel.cargo, Cargo::Credential(_)) {
            self.redeemed.insert(id);
        }
        Ok(())
    }

    pub(super) fn receive(&mut self, instance: usize, id: ParcelId) -> Result<(), Refused> {
        let (_, flow, hop) = self.made.recipes.parcels[id.at()];
        let this = &self.setting.instances[instance];
        let mail = this.gets_mail_of.unwrap_or(this.pool);
        let listens = self.setting.flows[flow].hops[hop].listeners.contains(&mail);
        require(this.adversary && listens, "no workload of the adversary receives that")?;
        self.alive(instance)?;
        let parcel = self.read_parcel(id)?;
        if let Some(code) = self.setting.deployed.run::<Ed25519>().once(&parcel) {
            require(self.used_codes.insert(code), "the code was redeemed before")?;
        }
        self.redeemed.insert(id);
        Ok(())
    }

    pub(super) fn leak(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        let pool = &self.setting.pools[self.setting.instances[instance].pool];
        require(pool.leaks, "nothing leaks there")?;
        self.read_task(task)
    }

    pub(super) fn spill(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let (instance, _) = self.made.recipes.tasks[task.at()];
        require(self.hijacked.contains(&instance), "it was not taken over")?;
        self.read_task(task)
    }

    fn read_task(&mut self, task: TaskIndex) -> Result<(), Refused> {
        let held = self.made.tasks.get(&task).ok_or("nobody took that task")?.spill().clone();
        self.read(&held);
        Ok(())
    }

    pub(super) fn tap(&mut self, id: PresentationId) -> Result<(), Refused> {
        let row = &self.world.universe.presentations[id.at()];
        let verifier = &self.setting.verifiers[row.verifier];
        require(verifier.observed || verifier.leaks, "nobody reads there")?;
        let bytes = self.asked.get(&id).ok_or("nobody asked that")?;
        let made = Presentation::<Ed25519>::from_bytes(bytes).map_err(|e| e.to_string())?;
        self.read(&made.credential);
        self.seen.insert(Digest::of(&made.to_bytes()));
        Ok(())
    }

    pub(super) fn controls(&self, signer: SignerId) -> Result<(), Refused> {
        let controlled = match self.made.recipes.signers[signer.at()] {
            SignerKey::Identity(index) => self.setting.identities[index].adversary,
            SignerKey::Outsider => self.setting.is_attacked(),
            SignerKey::Instance(index) => {
                let this = &self.setting.instances[index];
                let begun = this.after_crash_of.is_none_or(|before| self.down.contains(&before));
                this.adversary && begun || self.hijacked.contains(&index)
            }
            // The key was taken from it, or from another that has the same one.
            SignerKey::Stolen(index) => self.setting.sharers(index).any(|sharer| {
                self.stolen.contains(&sharer) || sharer != index && self.hijacked.contains(&sharer)
            }),
        };
        require(controlled, "the adversary does not have that key")
    }

    /// Whether those were taken over, and only those, on whom it rests whose doing something is; and whether it was handed nothing
    /// that would make it its own.
    pub(super) fn told_right(&self, support: &Option<Support>) -> Result<(), Refused> {
        let right = |need: &Need| match need {
            Need::Run(i) => self.hijacked.contains(i),
            Need::Spared(i) => !self.hijacked.contains(i),
            Need::Unhanded(parcel) => !self.redeemed.contains(parcel),
            _ => true,
        };
        require(support.iter().flatten().all(right), "it is not the doing of those")
    }

    /// The adversary has a credential: it has seen it, or can make it from what it has seen and the keys that it has.
    pub(super) fn obtain(&mut self, id: CredentialId) -> Result<(), Refused> {
        let recipes = self.made.recipes;
        match &recipes.credentials[id.at()] {
            CredentialFrom::Root(_)
            | CredentialFrom::Begun(_)
            | CredentialFrom::Task(_)
            | CredentialFrom::Sent(_)
            | CredentialFrom::Put(_)
            | CredentialFrom::Converted { .. } => {
                return self.obtain_honest(id);
            }
            CredentialFrom::Exchanged { base, by, .. }
            | CredentialFrom::Counterfeit { base, by } => {
                self.controls(*by)?;
                self.obtain(*base)?;
            }
            CredentialFrom::Own(signer, root) => {
                self.controls(*signer)?;
                if let Fired::Reused(flow) = root.trigger {
                    let first = self.setting.executions.iter().position(|e| e.flow == flow);
                    let root = first.and_then(|execution| recipes.root_of(execution));
                    self.obtain(root.ok_or("no such trigger")?)?;
                }
            }
            CredentialFrom::Forged { by, .. } => self.controls(*by)?,
            CredentialFrom::Redeemed(signer, Redeemable::Own(own)) => {
                self.controls(*signer)?;
                self.obtain(*own)?;
            }
            CredentialFrom::Redeemed(signer, Redeemable::Parcel(parcel)) => {
                self.controls(*signer)?;
                let cargo = &self.made.parcels.get(parcel).ok_or("nobody sent that")?.cargo;
                let credential = matches!(cargo, Cargo::Credential(_));
                require(
                    credential && self.redeemed.contains(parcel),
                    "the adversary did not receive that",
                )?;
            }
            CredentialFrom::Extended { base, by, taker, .. } => {
                self.controls(*by)?;
                self.controls(*taker)?;
                self.obtain(*base)?;
            }
            CredentialFrom::Continued { offer, taker, .. }
            | CredentialFrom::Taken { offer, taker } => {
                self.controls(*taker)?;
                self.seen_offer(*offer)?;
            }
            CredentialFrom::Moved { base, offer, taker } => {
                self.controls(*taker)?;
                self.obtain(*base)?;
                self.seen_offer(*offer)?;
            }
            CredentialFrom::Spliced { base, link } => {
                self.obtain(*base)?;
                self.obtain(*link)?;
            }
        }
        let made = self.kitchen().credential(&self.made, &self.made.recipes.credentials[id.at()]);
        self.made.credentials.insert(id, made);
        Ok(())
    }

    fn seen_offer(&self, offer: ParcelId) -> Result<(), Refused> {
        let parcel = self.made.parcels.get(&offer).ok_or("nobody sent that")?;
        let seen = self.seen.contains(&parcel.cargo.digest());
        require(seen, "the adversary has not seen that hand-off")
    }

    /// What an honest party made must have been seen. A token that was passed on has the bytes of other rows, of which one
    /// may be the adversary's own.
    fn obtain_honest(&mut self, id: CredentialId) -> Result<(), Refused> {
        let rows = &self.world.universe.credentials;
        let name = rows[id.at()].name;
        if let Some(task) = self.history(id) {
            require(self.taken.contains(&task), "nobody took that task")?;
        }
        let same = |row: &CredentialId| rows[row.at()].name == name;
        let seen = self
            .made
            .credentials
            .iter()
            .find(|(row, made)| same(row) && self.seen.contains(&name_of(made)));
        if let Some((_, made)) = seen {
            let made = made.clone();
            self.made.credentials.insert(id, made);
            return Ok(());
        }
        // Or it made the same bytes itself.
        let honest = |from: &CredentialFrom| {
            matches!(
                from,
                CredentialFrom::Root(_)
                    | CredentialFrom::Begun(_)
                    | CredentialFrom::Task(_)
                    | CredentialFrom::Sent(_)
                    | CredentialFrom::Put(_)
                    | CredentialFrom::Converted { .. }
            )
        };
        for (at, row) in rows.iter().enumerate() {
            let own = CredentialId(at as u32);
            let same = row.name == name;
            if same && !honest(&self.made.recipes.credentials[at]) && self.obtain(own).is_ok() {
                let made = self.made.credentials[&own].clone();
                self.made.credentials.insert(id, made);
                return Ok(());
            }
        }
        Err("the adversary has not seen that credential".to_owned())
    }

    /// The task from which an honest credential came to be.
    fn history(&self, id: CredentialId) -> Option<TaskIndex> {
        let recipes = self.made.recipes;
        match &recipes.credentials[id.at()] {
            CredentialFrom::Task(task) | CredentialFrom::Converted { spends: task, .. } => {
                Some(*task)
            }
            CredentialFrom::Sent(parcel) => match recipes.parcels[parcel.at()].0 {
                ParcelFrom::Handed { spends, .. } => Some(spends),
                _ => None,
            },
            _ => None,
        }
    }

    /// The bytes that reach the verifier, and why they can.
    pub(super) fn bytes(
        &mut self,
        id: PresentationId,
        verifier: usize,
    ) -> Result<Vec<u8>, Refused> {
        let recipes = self.made.recipes;
        match &recipes.presentations[id.at()] {
            PresentationFrom::Start(..) | PresentationFrom::Asked { .. } => {
                let bytes = self.asked.get(&id).ok_or("nobody asked that")?.clone();
                if self.world.universe.presentations[id.at()].verifier != verifier {
                    self.may_replay(&bytes)?;
                }
                Ok(bytes)
            }
            PresentationFrom::Composed { base, by, .. } => {
                self.obtain(*base)?;
                if let Some(by) = by {
                    self.controls(*by)?;
                }
                self.told_right(&self.world.universe.presentations[id.at()].support)?;
                Ok(self.make_presentation(id))
            }
            PresentationFrom::Replayed(original, _)
            | PresentationFrom::Altered { original, .. } => {
                let bytes = self.asked.get(original).ok_or("nobody asked the original")?.clone();
                self.may_replay(&bytes)?;
                Ok(self.make_presentation(id))
            }
        }
    }

    fn may_replay(&self, bytes: &[u8]) -> Result<(), Refused> {
        let made = Presentation::<Ed25519>::from_bytes(bytes).map_err(|e| e.to_string())?;
        let free = made.proof.is_some() || self.has(Capability::Inject);
        require(free, "nobody speaks in others' places")?;
        let bound = self.setting.deployed.run::<Ed25519>().channel_bound();
        require(!bound, "the proof stands for another connection")?;
        let seen = self.seen.contains(&Digest::of(bytes));
        require(seen, "the adversary has not seen that request")
    }

    fn make_presentation(&mut self, id: PresentationId) -> Vec<u8> {
        let made =
            self.kitchen().presentation(&self.made, &self.made.recipes.presentations[id.at()]);
        let bytes = made.to_bytes();
        self.made.presentations.insert(id, made);
        bytes
    }
}
