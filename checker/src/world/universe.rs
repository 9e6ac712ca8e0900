//! Every message that can exist within the bounds, found once: the relaxed closure of honest work, faults and the
//! adversary's composition. What can happen *when* is decided later, move by move.

mod honest;
mod need;

use super::adversary::returns::{Ground, Kind, TaskKind};
use super::ghost::{Cause, Mint, Passage, Who};
use super::kitchen::{Kitchen, Pantry, name_of};
use super::recipe::{
    CredentialFrom, CredentialId, ParcelId, Place, PresentationFrom, PresentationId, Recipes,
    SignerId, SignerKey, TaskIndex,
};
use super::setting::Setting;
pub(super) use need::is_possible;
pub use need::{Need, Support};
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use whoacts_model::attestation::Tick;
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::{Credential, Parcel, Presentation};
use whoacts_model::runtime::Task;
use whoacts_model::verify;

/// A credential with its ground truth.
#[derive(Debug)]
pub struct CredentialInfo<C: Crypto> {
    /// The credential.
    pub made: Credential<C>,
    /// The name of its bytes.
    pub name: Digest,
    /// What the adversary needs to have it.
    pub support: Support,
    /// Who created its authority.
    pub mint: Mint,
    /// The delegations on its path.
    pub path: Vec<Passage>,
    /// Every extension of it would fail a required guard.
    pub doomed: bool,
    /// Equal for credentials that differ only in which replica or execution they belong to.
    pub shape: u64,
    /// The honest parcel by which its last step was handed over, and the credential before it.
    pub parent: Option<(CredentialId, Option<ParcelId>)>,
}

impl<C: Crypto> CredentialInfo<C> {
    /// Whether the row `id`, which this is, is the first of its bytes, and no work of the adversary.
    pub(super) fn is_honest(&self, id: CredentialId) -> bool {
        self.support.contains(&Need::Credential(id))
    }
    /// Who created the authority of what an online party gives for it: where nothing was shown, the party's own rules did.
    pub fn converted_mint(&self) -> Mint {
        match self.made {
            Credential::Ambient(_) => Mint::Standing,
            _ => self.mint,
        }
    }
}

/// A parcel with its ground truth.
#[derive(Debug)]
pub struct ParcelInfo<C: Crypto> {
    /// The parcel.
    pub made: Parcel<C>,
    /// What travels, or what the hand-off hangs below.
    pub base: CredentialId,
    /// `None` for honest parcels, which somebody sends.
    pub support: Option<Support>,
    /// What caused it.
    pub cause: Cause,
    /// The delegation that it is, before somebody takes it.
    pub passage: Passage,
    /// Whether its hand-off was made under `confuse`.
    pub confused: bool,
}

/// A presentation with its ground truth.
#[derive(Debug)]
pub struct PresentationInfo<C: Crypto> {
    /// The presentation.
    pub made: Presentation<C>,
    /// The credential that it carries.
    pub base: CredentialId,
    /// `None` for honest presentations, which somebody sends.
    pub support: Option<Support>,
    /// What caused it.
    pub cause: Cause,
    /// Who presents.
    pub by: Who,
    /// Who made the proof (an altered presentation keeps its proof).
    pub proof_by: Who,
    /// The honest original whose proof it carries.
    pub original: Option<PresentationId>,
    /// The verifier that it was made for.
    pub verifier: usize,
    /// The last delegation: from whom the presenter has the credential (for mechanisms that do not record it).
    pub confused: bool,
}

/// A guard's tally over the distinct messages that were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often it held.
    pub held: u64,
    /// How often it alone denied.
    pub denied: u64,
}

/// The tables.
#[derive(Debug)]
pub struct Universe<C: Crypto> {
    /// How each message comes to be.
    pub recipes: Recipes,
    /// Credentials, in the order of their recipes.
    pub credentials: Vec<CredentialInfo<C>>,
    /// Parcels.
    pub parcels: Vec<ParcelInfo<C>>,
    /// Tasks and the credential of each.
    pub tasks: Vec<(Task<C>, CredentialId)>,
    /// For each task the first tick at which it can be taken. (What is taken too late is denied at the resource, which looks at
    /// the same deadlines again.)
    pub since: Vec<Tick>,
    /// Presentations.
    pub presentations: Vec<PresentationInfo<C>>,
    /// Tallies of the executors' checks.
    pub tallies: [Tally; Guard::ALL.len()],
    /// Parcels that an adversary's workload receives: (instance, parcel).
    pub received: Vec<(usize, ParcelId)>,
    /// A table grew past its limit, so the universe is not complete.
    pub truncated: bool,
}

/// No table holds more messages; a universe that would is reported as inconclusive.
pub const MAX_MESSAGES: usize = 400_000;

impl<C: Crypto> Pantry<C> for Universe<C> {
    fn credential(&self, id: CredentialId) -> &Credential<C> {
        &self.credentials[id.at()].made
    }
    fn parcel(&self, id: ParcelId) -> &Parcel<C> {
        &self.parcels[id.at()].made
    }
    fn task(&self, id: TaskIndex) -> &Task<C> {
        &self.tasks[id.at()].0
    }
    fn presentation(&self, id: PresentationId) -> &Presentation<C> {
        &self.presentations[id.at()].made
    }
    fn recipes(&self) -> &Recipes {
        &self.recipes
    }
}

/// What is still to be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    Parcel(ParcelId),
    Task(TaskIndex),
    /// The adversary may have this credential.
    Credential(CredentialId),
    /// The adversary may know this honest hand-off.
    Offer(ParcelId),
    /// The adversary may know this honest presentation.
    Presentation(PresentationId),
    /// The adversary may know all of this honest parcel.
    Known(ParcelId),
}

/// Builds the tables.
pub(super) struct Builder<'s, C: Crypto> {
    pub(super) kitchen: Kitchen<'s, C>,
    pub(super) u: Universe<C>,
    pub(super) work: VecDeque<Work>,
    /// The rows of the same bytes, in the order of the table.
    pub(super) named: HashMap<Digest, Vec<CredentialId>>,
    /// Of the same bytes the first row that an honest party made: to know the bytes is to know that row.
    pub(super) honest: HashMap<Digest, CredentialId>,
    pub(super) known: HashSet<Need>,
    /// Rows with a history of their own that the adversary uses as well.
    pub(super) used: HashSet<CredentialId>,
    /// What was got from online parties, without what no verifier reads.
    pub(super) views: HashMap<u64, Vec<CredentialId>>,
    /// What came back from honest executors that the adversary fed, by kind.
    pub(super) returned: HashMap<Kind, Vec<Ground>>,
    /// What executors that mix up their tasks were handed, by kind.
    pub(super) handed: HashMap<TaskKind, Vec<Ground>>,
    /// On what each thing rests in the end.
    pub(super) grounds: HashMap<Need, Rc<Ground>>,
    pub(super) shapes: HashSet<(Guard, u64)>,
    /// Sets of guards that something failed together.
    pub(super) failed: HashSet<GuardSet>,
    pub(super) composed: HashSet<(u64, u64)>,
    pub(super) supports: Vec<Support>,
}

/// Finds every message.
pub fn build<C: Crypto>(setting: &Setting<C>) -> Universe<C> {
    let u = Universe {
        recipes: Recipes::default(),
        credentials: Vec::new(),
        parcels: Vec::new(),
        tasks: Vec::new(),
        since: Vec::new(),
        presentations: Vec::new(),
        tallies: [Tally::default(); Guard::ALL.len()],
        received: Vec::new(),
        truncated: false,
    };
    let mut builder = Builder {
        kitchen: Kitchen { setting },
        u,
        work: VecDeque::new(),
        named: HashMap::new(),
        honest: HashMap::new(),
        used: HashSet::new(),
        views: HashMap::new(),
        returned: HashMap::new(),
        handed: HashMap::new(),
        grounds: HashMap::new(),
        known: HashSet::new(),
        shapes: HashSet::new(),
        failed: HashSet::new(),
        composed: HashSet::new(),
        supports: Vec::new(),
    };
    builder.start_executions();
    builder.enlist();
    while let Some(work) = builder.work.pop_front() {
        if builder.full() {
            builder.u.truncated = true;
            break;
        }
        match work {
            Work::Parcel(id) => builder.deliver(id),
            Work::Task(id) => builder.serve(id),
            Work::Credential(id) => builder.compose(id),
            Work::Offer(id) => builder.continue_offer(id),
            Work::Presentation(id) => builder.send_again(id),
            Work::Known(id) => builder.resend(id),
        }
    }
    builder.spare_holders();
    builder.u
}

/// A stable mix of numbers into one shape.
pub(super) fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        (hash ^ part).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
    })
}

impl<'s, C: Crypto> Builder<'s, C> {
    pub(super) fn setting(&self) -> &'s Setting<C> {
        self.kitchen.setting
    }

    fn full(&self) -> bool {
        self.u.credentials.len().max(self.u.presentations.len()).max(self.u.parcels.len())
            > self.setting().most_messages
    }

    /// Adds a credential, or finds the row of the same bytes and history that rests on no more.
    #[expect(clippy::too_many_arguments, reason = "the columns of one table row")]
    pub(super) fn credential(
        &mut self,
        from: CredentialFrom,
        made: Credential<C>,
        support: impl FnOnce(CredentialId) -> Support,
        mint: Mint,
        path: Vec<Passage>,
        shape: u64,
        parent: Option<(CredentialId, Option<ParcelId>)>,
    ) -> CredentialId {
        let id = CredentialId(self.u.credentials.len() as u32);
        let mut support = support(id);
        support.sort_unstable();
        support.dedup();
        let name = name_of(&made);
        let rows = self.named.get(&name).into_iter().flatten();
        let dominates = |row: &&CredentialId| {
            let row = &self.u.credentials[row.at()];
            row.mint == mint
                && row.path == path
                && row.support.iter().all(|need| support.contains(need))
        };
        if let Some(known) = rows.copied().find(|row| dominates(&row)) {
            return known;
        }
        let doomed = self.doomed(&made);
        let info = CredentialInfo { made, name, support, mint, path, doomed, shape, parent };
        self.list_credential(from, info)
    }

    /// Adds a row to the table of credentials, whatever other rows say.
    pub(super) fn list_credential(
        &mut self,
        from: CredentialFrom,
        info: CredentialInfo<C>,
    ) -> CredentialId {
        let id = CredentialId(self.u.credentials.len() as u32);
        let name = info.name;
        if info.is_honest(id) {
            self.honest.entry(name).or_insert(id);
        }
        self.named.entry(name).or_default().push(id);
        self.u.recipes.credentials.push(from);
        self.u.credentials.push(info);
        id
    }

    /// Adds a row to the table of presentations.
    pub(super) fn list_presentation(&mut self, from: PresentationFrom, info: PresentationInfo<C>) {
        self.u.recipes.presentations.push(from);
        self.u.presentations.push(info);
    }

    /// Whether every extension of a chain would fail a required guard.
    pub(super) fn doomed(&self, made: &Credential<C>) -> bool {
        let Credential::Chain(chain) = made else { return false };
        let setting = self.setting();
        let required = setting.required;
        let trust = &setting.desk.trust;
        let mut evidence = verify::chain(chain, None, verify::Prefix::Verified, trust);
        setting.deployed.read_anywhere(made, trust, &mut evidence);
        let failing = required.without(evidence.held);
        const WHOLE: GuardSet = GuardSet::of(&[
            Guard::RootSigned,
            Guard::RootAnchored,
            Guard::RootMandated,
            Guard::RootGuarded,
            Guard::PrefixVerified,
            Guard::WithinHops,
        ]);
        // Root and last link both speak about the anchors of roles: here the link is asked.
        let mut links = self.prefix_guards().without(evidence.held);
        if links.contains(Guard::RoleAnchored) {
            let mut prefix = chain.clone();
            let last = prefix.links.pop();
            let last = last.map_or(Guard::LINK, |last| verify::link(&prefix, &last, trust));
            links = if last.contains(Guard::RoleAnchored) {
                links.without(GuardSet::of(&[Guard::RoleAnchored]))
            } else {
                links
            };
        }
        !failing.intersection(WHOLE).union(links).is_empty()
    }

    /// The guards that somebody checks of every link before the last one: the verifier, or a settlement on whose word it
    /// takes them.
    pub(super) fn prefix_guards(&self) -> GuardSet {
        let required = self.setting().required;
        let settled = !self.setting().deployed.run::<C>().brings().contains(Guard::PrefixVerified);
        if required.contains(Guard::PrefixVerified) {
            Guard::LINK
        } else if settled && required.contains(Guard::Linked) {
            verify::SETTLED
        } else {
            GuardSet::NONE
        }
    }

    /// Whether a credential is the row that stands for its bytes: the first that an honest party made, or else the first.
    pub(super) fn is_first(&self, id: CredentialId) -> bool {
        self.first(id) == Some(id)
    }

    /// Whether another row stands for its bytes, and has the same history.
    pub(super) fn is_like_the_first(&self, id: CredentialId) -> bool {
        let way = |id: CredentialId| {
            let row = &self.u.credentials[id.at()];
            (row.mint, &row.path)
        };
        self.first(id).is_some_and(|first| first != id && way(first) == way(id))
    }

    fn first(&self, id: CredentialId) -> Option<CredentialId> {
        let name = self.u.credentials[id.at()].name;
        self.honest.get(&name).or_else(|| self.named.get(&name)?.first()).copied()
    }

    fn tally_hop(&mut self, failing: GuardSet) {
        let required = self
            .setting()
            .required_at_hop
            .intersection(Guard::HOP)
            .intersection(self.setting().deployed.run::<C>().brings());
        self.tally(required, failing);
    }

    /// Counts one judged message.
    pub(super) fn tally(&mut self, required: GuardSet, failing: GuardSet) {
        for guard in required.iter() {
            let tally = &mut self.u.tallies[guard as usize];
            tally.held += u64::from(!failing.contains(guard));
            tally.denied += u64::from(failing == GuardSet::of(&[guard]));
        }
    }

    pub(super) fn place_shape(&self, place: Place) -> u64 {
        match place {
            Place::Hop(flow, hop) => mix(&[1, flow as u64, hop as u64]),
            Place::Verifier(verifier, operation) => mix(&[2, verifier as u64, operation as u64]),
        }
    }

    /// The instance itself, and the same life under later keys.
    pub(super) fn lives_under_new_keys(&self, instance: usize) -> Vec<usize> {
        let mut lives = vec![instance];
        while let Some(next) =
            self.setting().instances.iter().position(|i| {
                i.after_rekey_of.is_some() && i.after_rekey_of == lives.last().copied()
            })
        {
            lives.push(next);
        }
        lives
    }

    /// The adversary may come to know an honest credential, and with it all that it is made of.
    pub(super) fn learn_credential(&mut self, id: CredentialId) {
        let mut next = Some((id, None));
        while let Some((id, _)) = next {
            let held = &self.u.credentials[id.at()];
            let first = self.honest.get(&held.name).copied();
            let Some(first) = first.filter(|_| !matches!(held.made, Credential::Ambient(_))) else {
                break;
            };
            if self.known.insert(Need::Credential(first)) {
                self.work.push_back(Work::Credential(first));
            }
            // The same bytes, read where a branch was narrowed, carry that branch's history.
            let honest = |passage: &Passage| !passage.by.hostile() && !passage.taker.hostile();
            if id != first && held.path.iter().all(honest) && self.used.insert(id) {
                self.work.push_back(Work::Credential(id));
            }
            // Only a path holds what it was made of.
            let held = &self.u.credentials[id.at()];
            next = held.parent.filter(|_| matches!(held.made, Credential::Chain(_)));
            if let Some((_, Some(parcel))) = next {
                self.learn_offer(parcel);
            }
        }
    }

    fn learn_offer(&mut self, id: ParcelId) {
        if self.u.parcels[id.at()].support.is_none() && self.known.insert(Need::Offer(id)) {
            self.work.push_back(Work::Offer(id));
        }
    }

    /// The adversary may come to know an honest parcel.
    pub(super) fn learn_parcel(&mut self, id: ParcelId) {
        if self.u.parcels[id.at()].support.is_none() && self.known.insert(Need::Parcel(id)) {
            self.work.push_back(Work::Known(id));
        }
        self.learn_offer(id);
        self.learn_credential(self.u.parcels[id.at()].base);
    }

    /// Adds somebody for whom the adversary can sign.
    pub(super) fn enlist_signer(&mut self, key: SignerKey, support: Support) -> SignerId {
        let id = SignerId(self.u.recipes.signers.len() as u32);
        self.u.recipes.signers.push(key);
        self.supports.push(support);
        id
    }
}
