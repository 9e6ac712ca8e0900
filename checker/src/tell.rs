//! Moves told in words: who does what to whom, for traces and reports.

use crate::outcome::{Step, Trace};
use crate::property;
use crate::world::World;
use crate::world::capability::{Capabilities, Capability};
use crate::world::ghost::{Cause, Mint, Who};
use crate::world::moves::Move;
use crate::world::recipe::{
    CredentialFrom, CredentialId, ParcelFrom, ParcelId, Place, PresentationFrom, PresentationId,
    RootPlan, Shown, SignerId, SignerKey, TaskIndex,
};
use crate::world::record::{Acceptance, starter_name};
use crate::world::setting::Setting;
use serde_json::json;
use std::collections::BTreeSet;
use whoacts_model::authority::Authority;
use whoacts_model::crypto::{Crypto, Digest};
use whoacts_model::presentation::{Cargo, Credential};

/// The lane of the adversary where it acts without a workload of its own.
pub const ADVERSARY: &str = "adversary";

/// Tells a trace.
pub fn tell<C: Crypto>(
    world: &World<C>,
    moves: &[u32],
    number: usize,
    quality: &'static str,
) -> Trace {
    let teller = Teller { world, setting: &world.setting };
    let steps: Vec<Step> = moves.iter().map(|index| teller.step(*index)).collect();
    let data: Vec<serde_json::Value> = moves.iter().map(|index| teller.data(*index)).collect();
    let mut lanes: Vec<String> = Vec::new();
    for step in &steps {
        for lane in [Some(&step.actor), step.to.as_ref()].into_iter().flatten() {
            if !lanes.contains(lane) {
                lanes.push(lane.clone());
            }
        }
    }
    // Whoever only accepts stands on the right.
    let verifiers: Vec<String> =
        world.setting.verifiers.iter().map(|verifier| verifier.id.to_string()).collect();
    lanes.sort_by_key(|lane| verifiers.contains(lane));
    let last = moves.last().and_then(|last| world.accepting_of(*last));
    let (headline, why) = last.map_or_else(Default::default, |accepting| {
        (teller.headline(&accepting.record, number), teller.why(&accepting.record, number))
    });
    let about = json!([world.setting.form.label(), property::ALL[number].id, &data]);
    Trace {
        id: Digest::of(about.to_string().as_bytes()).hex()[..12].to_owned(),
        quality,
        steps,
        moves: data,
        hostile: hostile(world, moves),
        why,
        headline,
        lanes,
    }
}

/// The capabilities without which some move of a trace is impossible.
pub fn used<C: Crypto>(world: &World<C>, moves: &[u32]) -> Capabilities {
    let teller = Teller { world, setting: &world.setting };
    moves.iter().flat_map(|index| teller.uses(*index)).collect()
}

/// Whether the adversary has a part in a trace.
pub fn hostile<C: Crypto>(world: &World<C>, moves: &[u32]) -> bool {
    let teller = Teller { world, setting: &world.setting };
    moves.iter().any(|index| teller.hostile(*index))
}

/// Names a move by what it is about: its kind, who makes it, and the digest of the message.
pub fn describe<C: Crypto>(world: &World<C>, index: u32) -> serde_json::Value {
    Teller { world, setting: &world.setting }.data(index)
}

/// Who can be exchanged for whom, and in how many ways, where that was looked for.
pub(crate) fn orbits<C: Crypto>(world: &World<C>) -> Option<String> {
    let symmetry = world.symmetry.as_ref()?;
    let teller = Teller { world, setting: &world.setting };
    let actors: Vec<String> =
        (0..world.moves.len() as u32).map(|index| teller.step(index).actor).collect();
    let mut orbits: Vec<BTreeSet<&str>> = Vec::new();
    for map in &symmetry.generators {
        for (from, to) in
            actors.iter().zip(map).filter(|(from, to)| **from != actors[**to as usize])
        {
            let pair = [from.as_str(), &actors[*to as usize]];
            let (mut met, others): (Vec<_>, Vec<_>) =
                orbits.into_iter().partition(|orbit| pair.iter().any(|name| orbit.contains(name)));
            met.push(pair.into());
            orbits = others;
            orbits.push(met.into_iter().flatten().collect());
        }
    }
    orbits.sort();
    let said: Vec<String> =
        orbits.into_iter().map(|orbit| orbit.into_iter().collect::<Vec<_>>().join(" = ")).collect();
    Some(match (symmetry.order, said.is_empty()) {
        (1.0, _) => "nothing can be exchanged for anything else".to_owned(),
        (order, true) => format!("{order} arrangements of messages that are alike"),
        (order, false) => format!("{order} arrangements; {}", said.join("; ")),
    })
}

struct Teller<'w, C: Crypto> {
    world: &'w World<C>,
    setting: &'w Setting<C>,
}

fn braces(authority: &Authority) -> String {
    let names: Vec<String> =
        authority.permissions().map(|permission| permission.operation.action.to_string()).collect();
    format!("{{{}}}", names.join(", "))
}

impl<C: Crypto> Teller<'_, C> {
    fn what(&self, index: u32) -> Move {
        self.world.moves[index as usize].what
    }

    fn instance(&self, index: usize) -> String {
        self.setting.instances[index].name.clone()
    }

    fn verifier(&self, index: usize) -> String {
        self.setting.verifiers[index].id.to_string()
    }

    /// The adversary by the name of its identity, where the story gives it one.
    fn adversary(&self) -> String {
        let own = self.setting.identities.iter().find(|identity| identity.adversary);
        own.map_or_else(|| ADVERSARY.to_owned(), |identity| identity.id.to_string())
    }

    fn who(&self, who: Who) -> String {
        match who {
            Who::Identity(index) => self.setting.identities[index].id.to_string(),
            Who::Instance(index) | Who::Run(index) => self.instance(index),
            Who::Adversary => self.adversary(),
        }
    }

    fn signer(&self, signer: SignerId) -> String {
        match self.world.universe.recipes.signers[signer.at()] {
            SignerKey::Identity(index) => self.setting.identities[index].id.to_string(),
            SignerKey::Instance(index) | SignerKey::Stolen(index) => self.instance(index),
        }
    }

    fn execution(&self, execution: usize) -> &str {
        &self.setting.executions[execution].name
    }

    /// Whose authority a credential carries.
    fn rooted(&self, id: CredentialId) -> String {
        match self.world.universe.credentials[id.at()].mint {
            Mint::Execution(execution) => {
                let flow = self.setting.executions[execution].flow;
                let origin = starter_name(self.setting, flow);
                format!("{} rooted at {origin}", self.execution(execution))
            }
            mint => self.minted(mint),
        }
    }

    /// What stands behind an authority.
    fn minted(&self, mint: Mint) -> String {
        match mint {
            Mint::Execution(execution) => self.execution(execution).to_owned(),
            Mint::Own => format!("a root of {}'s own", self.adversary()),
            Mint::Overreach => format!("{}'s own root, beyond its mandate", self.adversary()),
            Mint::Forged => "a root in another's name".to_owned(),
            Mint::Standing => "what the service may do anyway".to_owned(),
            Mint::SelfStart(index) => format!("a root that {} created", self.instance(index)),
        }
    }

    fn credential_noun(&self, id: CredentialId) -> &'static str {
        match self.world.universe.credentials[id.at()].made {
            Credential::Token(_) => "token",
            Credential::Chain(_) => "chain",
            Credential::Consent(_) => "consent",
            Credential::Attenuated(_) => "attenuated token",
            Credential::Ambient(_) => "errand",
        }
    }

    /// The parcel's destination: the pool that is meant.
    fn pool_of(&self, id: ParcelId) -> String {
        let (_, flow, hop) = self.world.universe.recipes.parcels[id.at()];
        self.setting.pools[self.setting.flows[flow].hops[hop].to].id.clone()
    }

    fn handed(&self, id: ParcelId) -> String {
        let row = &self.world.universe.parcels[id.at()];
        match &row.made.cargo {
            Cargo::Offer(_, offer) => braces(&offer.record.body().authority),
            Cargo::Credential(Credential::Ambient(_)) => "no authority".to_owned(),
            Cargo::Credential(held) => braces(&held.scope()),
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::Execution(execution) => self.execution(*execution).to_owned(),
            Cause::Adversary(_) => format!("{}'s own errand", self.adversary()),
        }
    }

    fn errand(&self, id: ParcelId) -> String {
        self.world.universe.parcels[id.at()].made.errand.operation.action.to_string()
    }

    /// How the adversary's credential was put together, as a clause; empty for what it just uses.
    fn composed(&self, id: CredentialId) -> String {
        match &self.world.universe.recipes.credentials[id.at()] {
            CredentialFrom::Extended { base, by, taker, .. } => format!(
                "{} signs a hand-off below {} to {}, which continues it",
                self.signer(*by),
                self.rooted(*base),
                self.signer(*taker)
            ),
            CredentialFrom::Continued { taker, shown, .. } => {
                let how = match shown {
                    Shown::Own => String::new(),
                    Shown::Forged(_) => " under an attestation that it signed itself".to_owned(),
                    Shown::Copied(of) => format!(" under {}'s attestation", self.instance(*of)),
                };
                format!("{} continues a hand-off meant for others{how}", self.signer(*taker))
            }
            CredentialFrom::Taken { taker, .. } => {
                format!("{} takes a hand-off like a replica of its service", self.signer(*taker))
            }
            CredentialFrom::Spliced { base, link } => format!(
                "the last link of {} is put behind {}",
                self.rooted(*link),
                self.rooted(*base)
            ),
            CredentialFrom::Redeemed(by, _) => {
                format!("{} keeps what it received", self.signer(*by))
            }
            CredentialFrom::Own(by, plan) => match plan {
                RootPlan::Mandated => format!("{} creates a root of its own", self.signer(*by)),
                RootPlan::Overreach => format!("{} creates more than it may", self.signer(*by)),
                RootPlan::ClaimKey(of) | RootPlan::ClaimSignature(of) => {
                    format!("a root in the name of {}", self.setting.identities[*of].id)
                }
                RootPlan::Reused(_) => {
                    format!("{} starts the work of a trigger that it has seen", self.signer(*by))
                }
                RootPlan::Alleged => {
                    format!(
                        "{} starts work of its own on a trigger that it made up",
                        self.signer(*by)
                    )
                }
                RootPlan::Role | RootPlan::Context | RootPlan::Pretend(_) => {
                    format!("{} starts work of its own", self.signer(*by))
                }
            },
            CredentialFrom::Exchanged { base, by, place } => format!(
                "{} exchanges {} for use {}",
                self.signer(*by),
                self.rooted(*base),
                self.place(*place)
            ),
            CredentialFrom::Counterfeit { base, by } => {
                format!("{} signs a counterfeit of {}", self.signer(*by), self.rooted(*base))
            }
            CredentialFrom::Root(_)
            | CredentialFrom::Begun(_)
            | CredentialFrom::Task(_)
            | CredentialFrom::Sent(_)
            | CredentialFrom::Put(_)
            | CredentialFrom::Converted { .. } => String::new(),
        }
    }

    fn place(&self, place: Place) -> String {
        match place {
            Place::Hop(flow, hop) => {
                let to = self.setting.flows[flow].hops[hop].to;
                format!("at {}", self.setting.pools[to].id)
            }
            Place::Verifier(verifier, _) => format!("at {}", self.verifier(verifier)),
        }
    }

    fn step(&self, index: u32) -> Step {
        let mut step = match self.what(index) {
            Move::Start(id) => self.start(id),
            Move::StartAsk(id) | Move::Ask(id) => self.ask(id),
            Move::Take(task) => self.take(task),
            Move::Feed(task) => self.feed(task),
            Move::Hand(id) => self.hand(id),
            Move::Observe(id) => self.observe(id),
            Move::Receive(instance, id) => self.receive(instance, id),
            Move::Leak(task) | Move::Spill(task) => self.leak(task),
            Move::Tap(id) => self.tap(id),
            Move::Crash(i) => self.alone(self.instance(i), "crashes", "dies with what it held"),
            Move::Rekey(i) => self.alone(self.instance(i), "re-keys", "moves to a new key"),
            Move::Revoke(i) => self.alone(self.instance(i), "is revoked", "has its key revoked"),
            Move::Steal(i) => self.steal(i, "steals the key of"),
            Move::Hijack(i) => self.steal(i, "takes over"),
            Move::Tick(to) => {
                self.alone("clock".to_owned(), &format!("ticks to {to}"), "moves on by one tick")
            }
            Move::Withhold(i) => {
                let (actor, of) = (self.adversary(), self.instance(i));
                let text = format!("the key of {of} is revoked, and {actor} keeps that back");
                self.plain(actor, Some(of), "revoked unseen".to_owned(), String::new(), text)
            }
            Move::Forget(verifier) => {
                let text = "restarts and forgets what it accepted";
                self.alone(self.verifier(verifier), "restarts", text)
            }
            Move::Skew(verifier) => {
                self.alone(self.verifier(verifier), "runs late", "has a clock that runs late")
            }
            Move::Accept(id, verifier) => self.accept(id, verifier),
            Move::Afresh(id, verifier) => {
                let step = self.accept(id, verifier);
                let text = format!("having forgotten what was before: {}", step.text);
                Step { text, ..step }
            }
        };
        step.kind = self.what(index).kind();
        if self.world.accepting_of(index).is_some() {
            step.guards = self.setting.required.iter().map(|guard| guard.id()).collect();
        }
        step
    }

    fn alone(&self, actor: String, label: &str, text: &str) -> Step {
        let text = format!("{actor} {text}");
        self.plain(actor, None, label.to_owned(), String::new(), text)
    }

    fn plain(
        &self,
        actor: String,
        to: Option<String>,
        label: String,
        remark: String,
        text: String,
    ) -> Step {
        Step { actor, to, kind: "", label, remark, text, changed: Vec::new(), guards: Vec::new() }
    }

    fn start(&self, id: ParcelId) -> Step {
        let row = &self.world.universe.parcels[id.at()];
        let (actor, pool) = (self.who(row.passage.by), self.pool_of(id));
        let (name, handed) = (self.cause(&row.cause), self.handed(id));
        let label = format!("hands {name} {handed}");
        let text = format!("{actor} starts {name} and hands it to {pool} with {handed}");
        let remark = self.rooted(row.base);
        self.plain(actor, Some(self.receiver(id)), label, remark, text)
    }

    /// Towards whom an honest parcel is drawn: its pool, or the workload of the adversary that receives it too.
    fn receiver(&self, id: ParcelId) -> String {
        self.pool_of(id)
    }

    fn take(&self, task: TaskIndex) -> Step {
        let (instance, parcel) = self.world.universe.recipes.tasks[task.at()];
        let row = &self.world.universe.parcels[parcel.at()];
        let (actor, name) = (self.instance(instance), self.cause(&row.cause));
        let text = format!("{actor} takes {name}");
        let from = self.pool_of(parcel);
        self.plain(from, Some(actor), format!("delivers {name}"), String::new(), text)
    }

    fn feed(&self, task: TaskIndex) -> Step {
        let (instance, parcel) = self.world.universe.recipes.tasks[task.at()];
        let row = &self.world.universe.parcels[parcel.at()];
        let (to, errand) = (self.instance(instance), self.errand(parcel));
        let actor = match &self.world.universe.recipes.parcels[parcel.at()].0 {
            ParcelFrom::Composed { offer: Some((signer, _)), .. } => self.signer(*signer),
            _ => self.adversary(),
        };
        let noun = self.credential_noun(row.base);
        let remark = format!("with the {noun} of {}", self.rooted(row.base));
        let text = format!("{actor} asks {to} to {errand}, {remark}; {to} takes it as a task");
        self.plain(actor, Some(to), format!("asks it to {errand}"), remark, text)
    }

    fn hand(&self, id: ParcelId) -> Step {
        let (from, flow, hop) = &self.world.universe.recipes.parcels[id.at()];
        let ParcelFrom::Handed { by, spends, task } = from else { return self.start(id) };
        let row = &self.world.universe.parcels[id.at()];
        let (actor, pool) = (self.instance(*by), self.pool_of(id));
        let _ = (flow, hop);
        let name = self.cause(&row.cause);
        let mut remark = String::new();
        if task != spends {
            remark = format!(
                "spends the {} of {}",
                self.credential_noun(row.base),
                self.rooted(row.base)
            );
        }
        let label = format!("hands {name} on {}", self.handed(id));
        let text = format!("{actor}, serving {name}, hands it on to {pool}");
        self.plain(actor, Some(pool), label, remark, text)
    }

    fn ask(&self, id: PresentationId) -> Step {
        let row = &self.world.universe.presentations[id.at()];
        let (actor, to) = (self.who(row.by), self.verifier(row.verifier));
        let action = row.made.request.operation.action.to_string();
        let noun = self.credential_noun(row.base);
        let remark = format!("presents the {noun} of {}", self.rooted(row.base));
        let cause = self.cause(&row.cause);
        let text = format!("{actor}, serving {cause}, asks {to} to {action} and {remark}");
        self.plain(actor, Some(to), format!("asks: {action}"), remark, text)
    }

    fn observe(&self, id: ParcelId) -> Step {
        let row = &self.world.universe.parcels[id.at()];
        let noun = match row.made.cargo {
            Cargo::Offer(..) => "hand-off",
            Cargo::Credential(_) => self.credential_noun(row.base),
        };
        let (actor, pool) = (self.adversary(), self.pool_of(id));
        let text = format!("{actor} reads the {noun} where {pool}'s TLS ends");
        self.plain(pool, Some(actor), format!("{noun} is read"), self.rooted(row.base), text)
    }

    fn receive(&self, instance: usize, id: ParcelId) -> Step {
        let row = &self.world.universe.parcels[id.at()];
        let (actor, pool) = (self.instance(instance), self.pool_of(id));
        let text = format!(
            "{actor}, which {} runs, receives what {} sent to {pool}",
            self.adversary(),
            self.who(row.passage.by)
        );
        let remark = format!("{actor} is {}'s", self.adversary());
        self.plain(pool, Some(actor), "also reaches".to_owned(), remark, text)
    }

    fn leak(&self, task: TaskIndex) -> Step {
        let (instance, _) = self.world.universe.recipes.tasks[task.at()];
        let credential = self.world.universe.tasks[task.at()].1;
        let (actor, holder) = (self.adversary(), self.instance(instance));
        let noun = self.credential_noun(credential);
        let text = format!("{actor} reads the {noun} that {holder} stores");
        self.plain(
            holder,
            Some(actor),
            format!("stored {noun} leaks"),
            self.rooted(credential),
            text,
        )
    }

    fn tap(&self, id: PresentationId) -> Step {
        let row = &self.world.universe.presentations[id.at()];
        let (actor, at) = (self.adversary(), self.verifier(row.verifier));
        let text = format!("{actor} reads {}'s request at {at}", self.who(row.by));
        self.plain(at, Some(actor), "request is read".to_owned(), self.rooted(row.base), text)
    }

    fn steal(&self, instance: usize, verb: &str) -> Step {
        let (actor, of) = (self.adversary(), self.instance(instance));
        let text = format!("{actor} {verb} {of}");
        self.plain(actor, Some(of.clone()), format!("{verb} it"), String::new(), text)
    }

    fn accept(&self, id: PresentationId, verifier: usize) -> Step {
        let row = &self.world.universe.presentations[id.at()];
        let at = self.verifier(verifier);
        let action = row.made.request.operation.action.to_string();
        let redirected = row.support.is_none() && row.verifier != verifier;
        let honest = row.support.is_none() && !redirected;
        let rooted = self.rooted(row.base);
        if honest {
            let to = self.who(row.by);
            let text = format!("{at} accepts {to}'s request to {action}, justified by {rooted}");
            return self.plain(at, Some(to), format!("accepts: {action}"), rooted, text);
        }
        let actor = match row.by {
            Who::Run(index) => self.instance(index),
            _ => self.adversary(),
        };
        let how = match &self.world.universe.recipes.presentations[id.at()] {
            PresentationFrom::Replayed(_) => "a request that it has read, once more".to_owned(),
            PresentationFrom::Altered { .. } => {
                "another request under a proof it has read".to_owned()
            }
            _ if redirected => "a request that was meant for another verifier".to_owned(),
            PresentationFrom::Composed { base, .. } => {
                let composed = self.composed(*base);
                let noun = self.credential_noun(*base);
                if composed.is_empty() { format!("the {noun} of {rooted}") } else { composed }
            }
            _ => rooted.clone(),
        };
        let text =
            format!("{actor} asks {at} to {action} ({how}); {at} accepts, justified by {rooted}");
        self.plain(actor, Some(at), format!("{action}: accepted"), how, text)
    }

    fn headline(&self, a: &Acceptance, number: usize) -> String {
        let by = self.who(a.by);
        let action = &a.effect.action;
        let whose = match a.mint {
            Mint::Execution(execution) => {
                let flow = self.setting.executions[execution].flow;
                starter_name(self.setting, flow)
            }
            Mint::SelfStart(index) => self.instance(index),
            Mint::Own | Mint::Overreach => self.adversary(),
            Mint::Standing => "the service itself".to_owned(),
            Mint::Forged => "somebody else".to_owned(),
        };
        let property = property::ALL[number];
        match property.id {
            "origin-bounded" => format!("`{by}` is made to {action} what its requester may not"),
            "no-mixing" => format!("`{by}` spends authority it does not continue"),
            "no-laundering" => format!("`{by}` relabels a task as its own initiative"),
            "custody" => format!("`{by}` acts as `{whose}`, who never handed it this execution"),
            "theft-contained" => {
                format!("`{by}` gets an effect under `{whose}` out of what it merely saw")
            }
            "accountable" => format!("the verifier takes `{by}` for somebody else"),
            "multiplicity" => {
                format!("one hand-off by `{whose}` has more effects than it allows")
            }
            "request-integrity" => {
                format!("`{}` executes what the presenter did not sign", self.verifier(a.verifier))
            }
            "addressed" => format!(
                "`{}` accepts what was signed for `{}`",
                self.verifier(a.verifier),
                self.verifier(a.meant_for)
            ),
            "monotone" => format!("authority that was dropped returns: `{by}` may {action} again"),
            "anchored-creation" => "a root without a valid anchor is accepted".to_owned(),
            "contract-honoured" => {
                format!("`{by}` acts beyond what `{whose}` meant in time or hops")
            }
            "fresh-attestation" => format!("`{by}` relies on facts that are not true of it now"),
            "revoked-means-stopped" => {
                format!("`{by}` still acts after a key on its path was revoked")
            }
            "rekey-safe" => format!("`{by}` signs with a retired key"),
            "identifier-neutral" => format!("a name decides whether `{by}` may {action}"),
            "identity-neutral" => format!("`{by}` may {action} because of the identity it has"),
            "role-neutral" => format!("`{by}` may {action} because of a role alone"),
            "attestation-neutral" => format!("`{by}` may {action} because it is attested"),
            // One without a headline of its own is told by its name, and never by another one's words.
            id => format!("`{by}` may {action}, which breaks `{id}`"),
        }
    }

    fn why(&self, a: &Acceptance, number: usize) -> String {
        let property = property::ALL[number];
        let cause = match &a.cause {
            Cause::Execution(execution) => format!("caused by {}", self.execution(*execution)),
            Cause::Adversary(_) => format!("caused by {}", self.adversary()),
        };
        let mint = format!("justified by {}", self.minted(a.mint));
        format!("the effect is {cause} and {mint}, against the rule that {}", property.sentence)
    }

    fn uses(&self, index: u32) -> Vec<Capability> {
        let universe = &self.world.universe;
        let verifier_tap = |id: PresentationId| {
            let verifier = &self.setting.verifiers[universe.presentations[id.at()].verifier];
            if verifier.observed { Capability::Observe } else { Capability::LogLeak }
        };
        let mut uses = match self.what(index) {
            Move::Observe(_) => vec![Capability::Observe],
            Move::Leak(_) => vec![Capability::LogLeak],
            Move::Spill(task) => {
                vec![self.takes_over(universe.recipes.tasks[task.at()].0)]
            }
            Move::Hijack(instance) => vec![self.takes_over(instance)],
            Move::Steal(i) if self.setting.taps.steals_pool == Some(i) => {
                vec![Capability::StealPoolKey]
            }
            Move::Steal(_) => vec![Capability::StealKey],
            Move::Withhold(_) => vec![Capability::RevocationLag],
            Move::Forget(_) => vec![Capability::Forget],
            Move::Skew(_) => vec![Capability::ClockSkew],
            Move::Tap(id) => vec![verifier_tap(id)],
            Move::Accept(id, verifier) | Move::Afresh(id, verifier) => {
                let row = &universe.presentations[id.at()];
                let redirected = row.support.is_none() && row.verifier != verifier;
                let altered = row.original.is_some();
                if redirected || altered { vec![Capability::Inject] } else { Vec::new() }
            }
            Move::Hand(_) | Move::Ask(_) if self.confused(index) => vec![Capability::Confuse],
            _ => Vec::new(),
        };
        // Which workloads the adversary runs is found by running again without them.
        for capability in [
            Capability::Insider,
            Capability::PoolMember,
            Capability::RogueAttester,
            Capability::RelayAttestation,
            Capability::ReuseIdentifier,
        ] {
            if self.setting.capabilities.has(capability) {
                uses.push(capability);
            }
        }
        uses
    }

    /// The capability by which an instance can be taken over.
    fn takes_over(&self, instance: usize) -> Capability {
        match self.setting.taps.hijacks == Some(instance) {
            true => Capability::HijackExecutor,
            false => Capability::Collude,
        }
    }

    fn confused(&self, index: u32) -> bool {
        let universe = &self.world.universe;
        match self.what(index) {
            Move::Hand(id) => universe.parcels[id.at()].confused,
            Move::Ask(id) => universe.presentations[id.at()].confused,
            _ => false,
        }
    }

    fn hostile(&self, index: u32) -> bool {
        let universe = &self.world.universe;
        match self.what(index) {
            Move::Feed(_)
            | Move::Observe(_)
            | Move::Receive(..)
            | Move::Leak(_)
            | Move::Spill(_)
            | Move::Tap(_)
            | Move::Steal(_)
            | Move::Hijack(_)
            | Move::Withhold(_)
            | Move::Forget(_)
            | Move::Skew(_) => true,
            Move::Accept(id, verifier) | Move::Afresh(id, verifier) => {
                let row = &universe.presentations[id.at()];
                row.support.is_some() || row.verifier != verifier
            }
            Move::Hand(_) | Move::Ask(_) => self.confused(index),
            _ => false,
        }
    }

    /// The digest of the message that a move is about.
    fn message(&self, index: u32) -> Option<String> {
        let universe = &self.world.universe;
        let parcel = |id: ParcelId| {
            let row = &universe.parcels[id.at()].made;
            let base = crate::world::kitchen::name_of(
                &universe.credentials[universe.parcels[id.at()].base.at()].made,
            );
            let (_, flow, hop) = universe.recipes.parcels[id.at()];
            let text = format!("{}:{}:{flow}:{hop}", row.cargo.digest().hex(), base.hex());
            let errand = whoacts_model::wire::Object::digest(&*row.errand);
            Digest::of(format!("{text}:{}", errand.hex()).as_bytes()).hex()
        };
        Some(match self.what(index) {
            Move::Start(id) | Move::Hand(id) | Move::Observe(id) | Move::Receive(_, id) => {
                parcel(id)
            }
            Move::Take(task) | Move::Feed(task) | Move::Leak(task) | Move::Spill(task) => {
                parcel(universe.recipes.tasks[task.at()].1)
            }
            Move::StartAsk(id)
            | Move::Ask(id)
            | Move::Tap(id)
            | Move::Accept(id, _)
            | Move::Afresh(id, _) => {
                let row = &universe.presentations[id.at()].made;
                let proof = row.proof.as_deref().map(|proof| proof.digest().hex());
                let request = whoacts_model::wire::Object::digest(&*row.request).hex();
                let base = crate::world::kitchen::name_of(&row.credential).hex();
                let about = format!("{base}:{request}:{proof:?}:{}", row.connection);
                Digest::of(about.as_bytes()).hex()
            }
            _ => return None,
        })
    }

    fn data(&self, index: u32) -> serde_json::Value {
        let step = self.step(index);
        json!({
            "actor": step.actor,
            "kind": step.kind,
            "to": step.to,
            "message": self.message(index).map(|digest| digest[..32].to_owned()),
            "text": step.text,
        })
    }
}
