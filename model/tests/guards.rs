//! The conformance table of the verifier: for each guard honest traffic that holds it, and the smallest change after which
//! exactly that guard fails. A row whose tampering trips more than one guard says why.

mod common;

use common::*;
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, Attested};
use whoacts_model::authority::{Authority, Permission};
use whoacts_model::contract::{Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Ed25519, Signed, Symbolic};
use whoacts_model::evidence::Actor;
use whoacts_model::execution::{Chain, Link, MAX_REKEYS, Origin};
use whoacts_model::mechanism::Party;
use whoacts_model::name::{
    Arguments, AttesterId, Domain, Environment, IdentityId, RoleName, TriggerSource, VerifierId,
};
use whoacts_model::presentation::{Credential, Presentation, Proof};
use whoacts_model::wire::Object;
use whoacts_model::{Denial, Guard, GuardSet};

struct Row<C: Crypto> {
    /// The guard that must fail.
    guard: Guard,
    /// What somebody did.
    name: &'static str,
    /// The honest plan.
    honest: Make<C>,
    /// The tampering.
    tamper: fn(&mut Plan<C>),
    /// The guards that fail with it, and why they must.
    also: &'static [Guard],
    why: &'static str,
}

fn row<C: Crypto>(
    guard: Guard,
    name: &'static str,
    honest: Make<C>,
    tamper: fn(&mut Plan<C>),
) -> Row<C> {
    Row { guard, name, honest, tamper, also: &[], why: "" }
}

impl<C: Crypto> Row<C> {
    fn and(self, also: &'static [Guard], why: &'static str) -> Self {
        Self { also, why, ..self }
    }
    fn expected(&self) -> GuardSet {
        GuardSet::of(self.also).with(self.guard)
    }
    fn tampered(&self) -> Plan<C> {
        let mut plan = (self.honest)();
        (self.tamper)(&mut plan);
        plan
    }
}

fn rows<C: Crypto>() -> Vec<Row<C>> {
    let mut rows = roots();
    rows.extend(attestations());
    rows.extend(links());
    rows.extend(bare_keys());
    rows.extend(requests());
    rows.extend(memory());
    rows
}

fn roots<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{RoleAnchored, RootAnchored, RootGuarded, RootMandated, RootSigned};
    vec![
        row(RootSigned, "somebody else signs Alice's root", two_hops, |p| {
            p.starter.key = party::<C>("mallory").key;
        }),
        row(RootSigned, "somebody else signs a role root", role_root, |p| {
            p.starter.key = party::<C>("mallory").key;
        }),
        row(RootSigned, "somebody else signs a context root", context_root, |p| {
            p.starter.key = party::<C>("mallory").key;
        }),
        row(RootAnchored, "Mallory starts in Alice's name with her own key", two_hops, |p| {
            p.starter = party("mallory");
            p.hops[0].from = party("mallory");
        }),
        row(RootAnchored, "an identity that nobody registered", two_hops, |p| {
            p.trust.identities.remove(&IdentityId::new("alice"));
        }),
        row(RootAnchored, "a role that the attester did not state", role_root, |p| {
            let mut without = statement("starter-1", &[]);
            without.roles.insert(claim("agent"));
            restart(p, granting(without, &["starter"], can(&["read", "write"]), "prod", "acme"));
        }),
        row(RootAnchored, "an attester of another domain speaks for the starter", role_root, |p| {
            let mut stated = statement("starter-1", &["starter"]);
            stated.attester = AttesterId::new("elsewhere");
            p.starter.attested = Some(attested(stated));
        }),
        row(RootAnchored, "a role that its anchor did not sign", role_root, |p| {
            let stated = statement("starter-1", &["starter"]);
            restart(p, granting(stated, &["starter"], can(&["read", "write"]), "prod", "mallory"));
        })
        .and(&[RootMandated], "a grant that the anchor did not sign lets nobody create anything"),
        row(RootAnchored, "a role that was granted for another domain", role_root, |p| {
            let stated = statement("starter-1", &["starter"]);
            restart(p, granting(stated, &["starter"], can(&["read", "write"]), "far", "acme"));
        })
        .and(&[RootMandated], "a grant for elsewhere lets nobody create anything here"),
        row(RootAnchored, "the attestation of another key", role_root, |p| {
            let mut stated = statement("starter-1", &["starter"]);
            stated.key = public("starter-2");
            p.starter.attested = Some(attested(stated));
        }),
        row(RootAnchored, "no operator signs for the environment", context_root, |p| {
            p.context.as_mut().expect("a grant").1 = "mallory";
        }),
        row(RootAnchored, "an operator that is trusted for no environment", context_root, |p| {
            operated_by(p, "other");
        }),
        row(
            RootAnchored,
            "an operator that is trusted for another environment",
            context_root,
            |p| {
                let laptop = Environment::new("laptop");
                p.trust.operators.insert(laptop, [IdentityId::new("other")].into());
                operated_by(p, "other");
            },
        ),
        row(RootAnchored, "the grant is for another environment", context_root, |p| {
            let grant = &mut p.context.as_mut().expect("a grant").0;
            grant.environment = Environment::new("laptop");
        }),
        row(RootAnchored, "the grant is for another domain", context_root, |p| {
            p.context.as_mut().expect("a grant").0.domain = Domain::new("far");
        }),
        row(RootAnchored, "the starter runs elsewhere", context_root, |p| {
            let mut stated = statement("starter-1", &[]);
            stated.environment = None;
            restart(p, attested(stated));
        }),
        row(RootMandated, "Alice creates more than she may here", two_hops, |p| {
            p.authority = can(&["read", "write", "drop"]);
        }),
        row(RootMandated, "the role may create less here", role_root, |p| {
            p.trust.mandates.roles.insert(RoleName::new("starter"), can(&["read"]));
        }),
        row(RootMandated, "the anchor granted less than policy allows", role_root, |p| {
            let stated = statement("starter-1", &["starter"]);
            restart(p, granting(stated, &["starter"], can(&["read"]), "prod", "acme"));
        }),
        row(RootMandated, "a wide forged grant beside the narrow true one", role_root, |p| {
            let stated = statement("starter-1", &["starter"]);
            let wide = grant(&claim("starter"), &stated.domain, can(&["read", "write"]), "mallory");
            let mut shown = owned(granting(stated, &["starter"], can(&["read"]), "prod", "acme"));
            shown.grants.push(wide);
            restart(p, Arc::new(shown));
        }),
        row(RootMandated, "a wide grant for another domain beside the true one", role_root, |p| {
            let stated = statement("starter-1", &["starter"]);
            let wide = grant(&claim("starter"), &"far".domain(), can(&["read", "write"]), "acme");
            let mut shown = owned(granting(stated, &["starter"], can(&["read"]), "prod", "acme"));
            shown.grants.push(wide);
            restart(p, Arc::new(shown));
        }),
        row(RootMandated, "the operator granted less than policy allows", context_root, |p| {
            p.context.as_mut().expect("a grant").0.may_create = can(&["read"]);
        }),
        row(RootMandated, "nothing may be created in that environment", context_root, |p| {
            p.trust.mandates.contexts.clear();
        }),
        row(RootGuarded, "a role root without a trigger", role_root, |p| p.trigger = None),
        row(RootGuarded, "a context root without a trigger", context_root, |p| p.trigger = None),
        row(RootGuarded, "a trigger that nobody trusts", role_root, |p| {
            p.trigger.as_mut().expect("a trigger").0.source = TriggerSource::new("doorbell");
        }),
        row(RootGuarded, "a trigger that its source did not sign", role_root, |p| {
            p.trigger.as_mut().expect("a trigger").1 = "mallory";
        }),
        row(RootGuarded, "a trigger for another authority", role_root, |p| {
            p.trigger.as_mut().expect("a trigger").0.authority = can(&["read"]).digest();
        }),
        row(RootGuarded, "a trigger that was used for another root", context_root, |p| {
            p.after = Some(|p, live| {
                let trigger = chain(p).root.trigger.as_ref().expect("a trigger").digest();
                live.triggered.insert(trigger, Digest::of(b"another root"));
            });
        }),
        row(
            RoleAnchored,
            "the root's role has an anchor that is not trusted here",
            role_root,
            |p| {
                p.trust.anchors.remove(&RoleName::new("starter"));
            },
        ),
    ]
}

fn attestations<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{AttestationFresh, Attested, Eligible, Holder, KeyAttested, RoleAnchored};
    vec![
        row(RoleAnchored, "the same role name, of another tenant", two_hops, |p| {
            let mut stated = statement("relay-1", &[]);
            stated.roles.insert(claim_of("relay", "other"));
            taken_by(p, showing("relay-1", stated));
        }),
        row(RoleAnchored, "a role that its anchor did not sign", two_hops, |p| {
            let stated = statement("relay-1", &["relay"]);
            let shown = granting(stated, &["relay"], can(&[]), "prod", "mallory");
            taken_by(p, Party { attested: Some(shown), ..party("relay-1") });
        }),
        row(RoleAnchored, "a role that was granted for another domain", two_hops, |p| {
            let stated = statement("relay-1", &["relay"]);
            let shown = granting(stated, &["relay"], can(&[]), "far", "acme");
            taken_by(p, Party { attested: Some(shown), ..party("relay-1") });
        }),
        row(RoleAnchored, "attested anew, in the role of another tenant", two_hops, |p| {
            p.presenter =
                showing("relay-1-new", anew(|s| s.roles = [claim_of("relay", "other")].into()));
        }),
        row(RoleAnchored, "the agent was attested anew for another tenant", two_hops, |p| {
            let mut stated = statement("agent-1", &[]);
            stated.roles.insert(claim_of("agent", "other"));
            p.hops[1].from = showing("agent-1", stated);
        }),
        row(Attested, "an attester of another domain speaks for this one", two_hops, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.attester = AttesterId::new("elsewhere");
            p.hops[1].to = showing("relay-1", stated);
        }),
        row(Attested, "nobody signed the attestation", two_hops, |p| {
            p.hops[1].to.attested = Some(attested_by(statement("relay-1", &["relay"]), "mallory"));
        }),
        row(Attested, "the presenter has no other attestation either", two_hops, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.attester = AttesterId::new("elsewhere");
            taken_by(p, showing("relay-1", stated));
        })
        .and(&[Holder], "a holder must be attested by somebody who is trusted for that domain"),
        row(Attested, "no attestation at all", two_hops, |p| {
            taken_by(p, party("relay-1"));
        })
        .and(
            &[RoleAnchored, KeyAttested, Eligible, Holder],
            "every question that an attestation answers stays open",
        ),
        row(AttestationFresh, "the attestation has ended", two_hops, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.not_after = NOW - 1;
            taken_by(p, showing("relay-1", stated));
        }),
        row(AttestationFresh, "the attestation has not begun", two_hops, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.not_before = NOW + 1;
            taken_by(p, showing("relay-1", stated));
        }),
        row(AttestationFresh, "older than the contract asks", at_the_age_asked, |p| {
            p.live.now += 1;
        }),
        row(AttestationFresh, "attested anew, and that has ended too", attested_anew, |p| {
            p.presenter = showing("relay-1-new", anew(|s| s.not_after = NOW - 1));
        }),
        row(AttestationFresh, "an age that overflows the clock", two_hops, |p| {
            p.hops[1].contract.next = facts("relay", |facts| facts.max_age = Some(u32::MAX));
            let mut stated = statement("relay-1", &["relay"]);
            (stated.not_before, stated.not_after) = (u32::MAX, u32::MAX);
            taken_by(p, showing("relay-1", stated));
        }),
        row(
            AttestationFresh,
            "a self-started root whose attestation has ended",
            direct_role,
            |p| {
                let mut stated = statement("starter-1", &["starter"]);
                stated.not_after = NOW - 1;
                p.starter = showing("starter-1", stated);
                p.presenter = p.starter.clone();
            },
        ),
        row(KeyAttested, "a key that is not the attested one signs the step", two_hops, |p| {
            let shown = p.hops[1].to.attested.clone();
            p.hops[1].to = Party { attested: shown, ..party("spare") };
        }),
        row(KeyAttested, "the step is not signed by its key", two_hops, |p| {
            p.hops[1].to.key = party::<C>("mallory").key;
        }),
        row(KeyAttested, "another attestation than the step names", two_hops, |p| {
            p.after = Some(|p, _| {
                let mut later = statement("relay-1", &["relay"]);
                later.not_after += 1;
                change_last(p, |link| link.attested = Some(attested(later)));
            });
        }),
        row(KeyAttested, "a bare-key step is not signed by its key", bare_key, |p| {
            p.hops[1].to.key = party::<C>("mallory").key;
        }),
    ]
}

fn links<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{Attenuated, Eligible, HandedOff, Holder, Linked, PrefixVerified, WithinHops};
    vec![
        row(Linked, "the hand-off names another step", two_hops, |p| {
            p.hops[1].predecessor = Some(Digest::of(b"another step"));
        }),
        row(Linked, "the hand-off names the root: a link is left out", two_hops, |p| {
            p.hops[1].predecessor = Some(p.chain().root.root.digest());
        }),
        row(Linked, "the step answers another hand-off", two_hops, |p| {
            p.hops[1].hand_off = Some(Digest::of(b"another hand-off"));
        }),
        row(Linked, "the task changes on the way", two_hops, |p| p.hops[1].task = 1),
        row(HandedOff, "somebody who holds nothing hands over", two_hops, |p| {
            p.hops[1].from = instance("agent-2", &["agent"]);
        }),
        row(HandedOff, "the agent's name under somebody else's signature", two_hops, |p| {
            p.hops[1].from.key = party::<C>("mallory").key;
        }),
        row(HandedOff, "the agent shows another attestation than it named", two_hops, |p| {
            let mut later = statement("agent-1", &["agent"]);
            later.not_after += 1;
            p.hops[1].by = Some(attested(later));
        }),
        row(HandedOff, "below Alice's root, another key hands over", single_hop, |p| {
            p.hops[0].from = party("mallory");
        }),
        row(
            HandedOff,
            "below a role root, another instance in that role hands over",
            role_hop,
            |p| {
                p.hops[0].from = instance("starter-2", &["starter"]);
            },
        ),
        row(HandedOff, "a foreign attester claims the agent's incarnation", two_hops, |p| {
            p.hops[0].contract.next = undomained("agent");
            p.envelope.rest.insert(undomained("agent"));
            p.hops[1].from = showing("mallory", foreign("agent-1", "mallory", "agent"));
        }),
        row(Eligible, "the successor runs in another role", two_hops, |p| {
            p.hops[1].to = instance("relay-1", &["agent"]);
        }),
        row(Eligible, "the successor runs elsewhere", pinned, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.environment = Some(Environment::new("laptop"));
            p.hops[1].to = showing("relay-1", stated);
        }),
        row(Eligible, "another incarnation than the one asked for", pinned, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.subject.incarnation = 2;
            taken_by(p, showing("relay-1", stated));
        })
        .and(&[Holder], "the presenter is that other incarnation, and lacks the fact as well"),
        row(Eligible, "the successor is attested in another domain", undomained_rest, |p| {
            p.hops[1].contract.next = facts("relay", |facts| facts.domain = Some("far".domain()));
        })
        .and(&[Holder], "the presenter lacks the same fact"),
        row(Eligible, "another key answers", bare_key, |p| {
            p.hops[1].to = party("mallory");
            p.presenter = party("mallory");
        }),
        row(Attenuated, "the authority grows again", two_hops, |p| {
            p.hops[0].authority = can(&["read"]);
            p.hops[1].authority = can(&["read", "write"]);
        }),
        row(Attenuated, "a constraint on arguments is dropped", two_hops, |p| {
            let only = Some(Arguments::new("row 42"));
            let constrained = |operation| Permission { operation, only: only.clone() };
            p.hops[0].authority = [operation("read")].into_iter().map(constrained).collect();
        }),
        row(Attenuated, "next is not among the parent's rest", two_hops, |p| {
            p.hops[0].contract.below.rest = [Requirement::Key(public("carol"))].into();
        }),
        row(Attenuated, "next asks for less than the parent's rest", two_hops, |p| {
            p.hops[1].contract.next = undomained("relay");
        }),
        row(Attenuated, "next asks for nothing", two_hops, |p| {
            p.hops[1].contract.next = Requirement::anyone();
            p.presenter.attested = None;
        }),
        row(Attenuated, "rest widens", two_hops, |p| {
            p.hops[1].contract.below.rest.insert(role("agent"));
        }),
        row(Attenuated, "the age that was asked is no longer asked", aged_rest, |p| {
            p.hops[1].contract.next = role("relay");
        }),
        row(Attenuated, "an older attestation will do than was asked", aged_rest, |p| {
            p.hops[1].contract.next = facts("relay", |facts| facts.max_age = Some(51));
        }),
        row(Attenuated, "time is added", two_hops, |p| p.hops[1].contract.below.not_after = 21),
        row(Attenuated, "hops are added", two_hops, |p| p.hops[1].contract.below.hops = 2),
        row(Attenuated, "effects are added", two_hops, |p| p.hops[1].contract.below.effects = 3),
        row(PrefixVerified, "an interior hand-off is forged", two_hops, |p| {
            p.hops[0].from = party("mallory");
        }),
        row(PrefixVerified, "an interior step is spliced in", two_hops, |p| {
            p.hops[0].predecessor = Some(Digest::of(b"another root"));
        }),
        row(PrefixVerified, "an interior authority grew", two_hops, |p| {
            p.hops[0].authority = can(&["read", "write", "drop"]);
        }),
        row(PrefixVerified, "an interior executor has another tenant's role", two_hops, |p| {
            let mut stated = statement("agent-1", &[]);
            stated.roles.insert(claim_of("agent", "other"));
            p.hops[0].to = showing("agent-1", stated);
        }),
        row(PrefixVerified, "an interior executor is attested by a stranger", two_hops, |p| {
            p.hops[0].to.attested = Some(attested_by(statement("agent-1", &["agent"]), "mallory"));
        }),
        row(PrefixVerified, "an interior step is signed by another key", two_hops, |p| {
            p.hops[0].to.key = party::<C>("mallory").key;
        }),
        row(PrefixVerified, "an interior executor lacks the role", two_hops, |p| {
            p.hops[0].to = instance("agent-1", &["relay"]);
        }),
        row(WithinHops, "a hop more than the agent was given", two_hops, |p| {
            p.hops[0].contract.below.hops = 0;
        }),
        row(WithinHops, "a hop more than Alice gave", two_hops, |p| {
            p.envelope.hops = 1;
        }),
    ]
}

fn bare_keys<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{Holder, NotRevoked};
    vec![
        row(Holder, "another key presents a bare-key step", bare_key, |p| {
            p.presenter = party("mallory");
        }),
        row(Holder, "another key presents an anonymous step", anonymous, |p| {
            p.presenter = party("mallory");
        }),
        row(Holder, "the old key presents after it was replaced", rekeyed, |p| {
            p.presenter = party("carol-2");
        }),
        row(Holder, "the old key hides that it was replaced, and is retired", bare_key, |p| {
            p.live.retired.insert(public("carol"));
        }),
        row(Holder, "the new key was not named by the old one", rekeyed, |p| {
            p.hops[1].rekeys[1].1 = Some(party("mallory"));
        }),
        row(Holder, "a link of the re-keys is left out", rekeyed, |p| {
            p.after = Some(|p, _| change_last(p, |link| drop(link.rekeys.remove(0))));
        }),
        row(Holder, "a re-key of another step", rekeyed, |p| {
            p.after = Some(|p, _| {
                let mut other = rekeyed::<C>();
                other.hops[1].contract.below.not_after = 9;
                let foreign = other.chain().links[1].rekeys.clone();
                change_last(p, |link| link.rekeys = foreign);
            });
        }),
        row(Holder, "more re-keys than the bound", at_the_rekey_bound, |p| {
            let last = party("carol-9");
            p.hops[1].rekeys.push((last.clone(), None));
            p.presenter = last;
        }),
        row(Holder, "an attested step is re-keyed like a bare one", two_hops, |p| {
            p.hops[1].rekeys = vec![(party("spare"), None)];
            p.presenter = party("spare");
        }),
        row(NotRevoked, "the first key of a re-keyed step is revoked", rekeyed, |p| {
            p.live.revoked.insert(public("carol"));
        }),
        row(NotRevoked, "a key in between is revoked", rekeyed, |p| {
            p.live.revoked.insert(public("carol-2"));
        }),
    ]
}

fn requests<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{
        AttestationFresh, Audience, Holder, InAuthority, IntentBound, RequestBound, SingleUse,
    };
    vec![
        row(InAuthority, "an operation that was narrowed away", two_hops, |p| {
            p.request = ("write", "row 42");
            p.hops.iter_mut().for_each(|hop| hop.intents = Some(vec![("write", "row 42")]));
        }),
        row(InAuthority, "arguments outside the constraint", two_hops, |p| {
            let permission =
                Permission { operation: operation("read"), only: Some(Arguments::new("row 7")) };
            p.hops[1].authority = [permission].into_iter().collect();
        }),
        row(Holder, "another relay presents", two_hops, |p| {
            p.presenter = instance("relay-2", &["relay"]);
        }),
        row(Holder, "the relay's name under somebody else's signature", two_hops, |p| {
            p.presenter.key = party::<C>("mallory").key;
        })
        .and(&[RequestBound, Audience, SingleUse], "a proof that nobody signed says nothing"),
        row(Holder, "no proof", two_hops, |p| p.after = Some(|p, _| p.proof = None))
            .and(&[RequestBound, Audience, SingleUse], "there is no signature to look at"),
        row(Holder, "the proof of another step", two_hops, |p| {
            p.after = Some(|p, _| {
                let mut shorter = two_hops::<C>();
                shorter.hops.pop();
                p.proof = shorter.presentation().proof;
            });
        })
        .and(&[RequestBound, Audience, SingleUse], "it was not signed for this credential"),
        row(Holder, "the attestation of the presenter is left out", two_hops, |p| {
            p.after = Some(|p, _| p.attested = None);
        })
        .and(&[RequestBound, Audience, SingleUse], "it is not the attestation that was signed for"),
        row(Holder, "the presenter shows nothing", two_hops, |p| p.presenter.attested = None),
        row(Holder, "the presenter's key is retired", two_hops, |p| {
            p.live.retired.insert(public("relay-1"));
        }),
        row(Holder, "the new incarnation of a restarted relay", attested_anew, |p| {
            p.presenter = showing("relay-1-new", anew(|s| s.subject.incarnation = 2));
        }),
        row(Holder, "attested anew, without the role", attested_anew, |p| {
            p.presenter = showing("relay-1-new", anew(|s| s.roles.clear()));
        }),
        row(Holder, "attested anew, by nobody who is trusted", attested_anew, |p| {
            p.presenter.attested = Some(attested_by(anew(|_| {}), "mallory"));
        }),
        row(Holder, "attested anew, for a key that is not the presenter's", attested_anew, |p| {
            p.presenter.attested = Some(attested(anew(|s| s.key = public("relay-1"))));
        }),
        row(Holder, "a foreign attester claims the relay's incarnation", undomained_rest, |p| {
            p.presenter = showing("mallory", foreign("relay-1", "mallory", "relay"));
        }),
        row(Holder, "another starter presents a role root", direct_role, |p| {
            p.presenter = instance("starter-2", &["starter"]);
        }),
        row(Holder, "another starter presents a context root", direct_context, |p| {
            p.presenter = instance("starter-2", &[]);
        }),
        row(Holder, "another identity presents Alice's root", direct_identity, |p| {
            p.presenter = party("acme");
        }),
        row(RequestBound, "other arguments than were signed", two_hops, |p| {
            p.hops.iter_mut().for_each(|hop| hop.intents = intents_of_both());
            p.after = Some(|p, _| {
                Arc::make_mut(&mut p.request).arguments = Arguments::new("row 7");
            });
        }),
        row(RequestBound, "the proof covers no request", two_hops, |p| {
            p.after = Some(|p, _| {
                let proof = p.proof.as_deref().expect("a proof").body().clone();
                let bare = Proof { request: None, ..proof };
                p.proof = Some(Arc::new(Signed::new(bare, &party::<C>("relay-1").key)));
            });
        }),
        row(IntentBound, "a request that no hand-off named", two_hops, |p| {
            p.request = ("read", "row 7");
        }),
        row(IntentBound, "the last hand-off names what its parent did not", two_hops, |p| {
            p.request = ("read", "row 7");
            p.hops[1].intents = intents_of_both();
        }),
        row(IntentBound, "a hand-off on the path names nothing", two_hops, |p| {
            p.hops[0].intents = None;
        }),
        row(IntentBound, "the last hand-off names nothing", two_hops, |p| {
            p.hops[1].intents = None;
        }),
        row(IntentBound, "the same request for another task", two_hops, |p| {
            p.after = Some(|p, _| {
                let root = chain(p).root.root.digest();
                let other = request(root, ("read", "row 42"), 1);
                let proof = p.proof.as_deref().expect("a proof").body().clone();
                let moved = Proof { request: Some(other.digest()), ..proof };
                p.request = Arc::new(other);
                p.proof = Some(Arc::new(Signed::new(moved, &party::<C>("relay-1").key)));
            });
        }),
        row(Audience, "it was signed for another verifier", two_hops, |p| {
            p.audience = VerifierId::new("db#2");
        }),
        row(AttestationFresh, "a stale presenter is no holder either", two_hops, |p| {
            let mut stated = statement("relay-1", &["relay"]);
            stated.not_after = NOW - 1;
            taken_by(p, showing("relay-1", stated));
            p.live.retired.insert(public("relay-1"));
        })
        .and(&[Holder], "two things were changed: the order says which guard denies"),
    ]
}

fn memory<C: Crypto>() -> Vec<Row<C>> {
    use Guard::{NotRevoked, SingleUse, Unexpired, WithinEffects};
    vec![
        row(SingleUse, "the same signed request again", two_hops, |p| {
            p.after = Some(|p, live| {
                live.used.insert(p.proof.as_deref().expect("a proof").digest());
            });
        }),
        row(WithinEffects, "the last hand-off is used up", two_hops, |p| {
            p.after = Some(|p, live| {
                live.effects.insert(chain(p).links[1].offer.record.digest(), 1);
            });
        }),
        row(WithinEffects, "the first hand-off is used up", two_hops, |p| {
            p.after = Some(|p, live| {
                live.effects.insert(chain(p).links[0].offer.record.digest(), 2);
            });
        }),
        row(WithinEffects, "the root is used up", two_hops, |p| {
            p.after = Some(|p, live| {
                live.effects.insert(chain(p).root.root.digest(), 3);
            });
        }),
        row(WithinEffects, "a hand-off of no effects", two_hops, |p| {
            p.hops[1].contract.below.effects = 0;
        }),
        row(Unexpired, "the last contract has ended", two_hops, |p| p.live.now = 11),
        row(Unexpired, "the root has ended, whatever the contracts say", two_hops, |p| {
            p.envelope.not_after = 4;
        })
        .and(
            &[Guard::PrefixVerified],
            "the first contract outlives the root, so that interior link is not attenuated",
        ),
        row(Unexpired, "Alice's own root has ended", direct_identity, |p| p.live.now = 31),
        row(NotRevoked, "the presenter's key is revoked", attested_anew, |p| {
            p.live.revoked.insert(public("relay-1-new"));
        }),
        row(NotRevoked, "the key of the last step is revoked", attested_anew, |p| {
            p.live.revoked.insert(public("relay-1"));
        }),
        row(NotRevoked, "an interior key is revoked", two_hops, |p| {
            p.live.revoked.insert(public("agent-1"));
        }),
        row(NotRevoked, "the root's key is revoked", two_hops, |p| {
            p.live.revoked.insert(public("alice"));
        }),
    ]
}

// ---- plans that only this table uses ----

fn direct_identity<C: Crypto>() -> Plan<C> {
    direct(two_hops())
}
fn direct_role<C: Crypto>() -> Plan<C> {
    direct(role_root())
}
fn direct_context<C: Crypto>() -> Plan<C> {
    direct(context_root())
}
/// Alice hands to the agent, which acts itself.
fn single_hop<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.presenter = plan.hops[0].to.clone();
    plan.hops.pop();
    plan
}
fn role_hop<C: Crypto>() -> Plan<C> {
    let mut plan = role_root();
    plan.presenter = plan.hops[0].to.clone();
    plan.hops.pop();
    plan
}
/// The last tick at which the attestation is young enough.
fn at_the_age_asked<C: Crypto>() -> Plan<C> {
    max_age(NOW)
}
/// The contract pins environment and incarnation.
fn pinned<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.hops[1].contract.next = facts("relay", |facts| {
        facts.environment = Some(Environment::new("cluster"));
        facts.incarnation = Some(statement("relay-1", &[]).subject);
    });
    plan
}
/// Alice and the agent name the role `relay` of whatever domain.
fn undomained_rest<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.envelope.rest.insert(undomained("relay"));
    plan.hops[0].contract.below.rest.insert(undomained("relay"));
    plan.hops[1].contract.next = undomained("relay");
    plan
}
/// Alice asks that relays are attested at most 50 ticks ago.
fn aged_rest<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    let aged = facts("relay", |facts| facts.max_age = Some(50));
    plan.envelope.rest = [role("agent"), aged.clone()].into();
    plan.hops[0].contract.below.rest = [aged].into();
    plan.hops[1].contract.next = facts("relay", |facts| facts.max_age = Some(20));
    plan
}
fn at_the_rekey_bound<C: Crypto>() -> Plan<C> {
    let mut plan = bare_key();
    let keys: Vec<_> = (1..=MAX_REKEYS).map(|i| party(&format!("carol-{i}"))).collect();
    plan.presenter = keys[MAX_REKEYS - 1].clone();
    plan.hops[1].rekeys = keys.into_iter().map(|key| (key, None)).collect();
    plan
}
/// A bare-key step that was re-keyed hands over to a relay: the bare key is interior.
fn rekeyed_inside<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    let (carol, new) = (party("carol"), party("carol-2"));
    plan.hops[0].contract.next = Requirement::Key(carol.public);
    plan.hops[0].to = carol;
    plan.hops[0].rekeys = vec![(new.clone(), None)];
    plan.hops[1].from = new;
    plan
}
/// The agent was attested anew before it handed over.
fn anew_inside<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    let mut stated = statement("agent-1", &["agent"]);
    stated.key = public("agent-1-new");
    plan.hops[1].from = showing("agent-1-new", stated);
    plan
}
/// Stale inside the path: interior freshness is not claimed without a log.
fn stale_inside<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    let mut stated = statement("agent-1", &["agent"]);
    stated.not_after = NOW - 1;
    plan.hops[0].to = showing("agent-1", stated);
    plan.hops[1].from = plan.hops[0].to.clone();
    plan
}
/// Everybody uses exactly what is left.
fn at_every_limit<C: Crypto>() -> Plan<C> {
    let mut plan = two_hops();
    plan.live.now = 10;
    plan.after = Some(|p, live| {
        live.effects.insert(chain(p).root.root.digest(), 2);
        live.effects.insert(chain(p).links[0].offer.record.digest(), 1);
    });
    plan
}
/// A trigger may justify its own root again: a second effect, or a redelivery.
fn trigger_again<C: Crypto>() -> Plan<C> {
    let mut plan = role_root();
    plan.after = Some(|p, live| {
        let root = &chain(p).root;
        live.triggered
            .insert(root.trigger.as_ref().expect("a trigger").digest(), root.root.digest());
    });
    plan
}
fn honest<C: Crypto>() -> Vec<(&'static str, Make<C>)> {
    vec![
        ("two hops below an identity", two_hops),
        ("two hops below a role", role_root),
        ("two hops below a context", context_root),
        ("Alice acts herself", direct_identity),
        ("a role acts itself", direct_role),
        ("a context acts itself", direct_context),
        ("one hop", single_hop),
        ("one hop below a role", role_hop),
        ("a bare key", bare_key),
        ("a bare key, replaced twice", rekeyed),
        ("a bare key, replaced as often as allowed", at_the_rekey_bound),
        ("a bare key, replaced before it hands over", rekeyed_inside),
        ("the presenter was attested anew", attested_anew),
        ("the predecessor was attested anew", anew_inside),
        ("an interior attestation has ended", stale_inside),
        ("nobody in particular", anonymous),
        ("an attestation of just the age asked", at_the_age_asked),
        ("environment and incarnation pinned", pinned),
        ("a role of whatever domain", undomained_rest),
        ("the age asked shrinks", aged_rest),
        ("at every limit", at_every_limit),
        ("a trigger justifies its own root again", trigger_again),
    ]
}

// ---- small changes ----

/// The same party takes the last step and presents.
fn taken_by<C: Crypto>(plan: &mut Plan<C>, party: Party<C>) {
    plan.hops[1].to = party.clone();
    plan.presenter = party;
}
/// The starter shows this, in the root and in its hand-off.
fn restart<C: Crypto>(plan: &mut Plan<C>, shown: Arc<Attested<C>>) {
    plan.starter.attested = Some(shown.clone());
    plan.hops[0].from.attested = Some(shown);
}
/// A statement with grants of these roles, for that domain, signed by that key in Acme's name.
/// A registered identity says that it operates the environment, and signs for it.
fn operated_by<C: Crypto>(p: &mut Plan<C>, operator: &'static str) {
    let (grant, signer) = p.context.as_mut().expect("a grant");
    (grant.operator, *signer) = (IdentityId::new(operator), operator);
    let environment = grant.environment.clone();
    p.origin = Origin::Context { environment, operator: IdentityId::new(operator) };
}
fn granting<C: Crypto>(
    stated: Attestation,
    roles: &[&str],
    may_create: Authority,
    domain: &str,
    signer: &str,
) -> Arc<Attested<C>> {
    let mut shown = owned(attested(stated));
    shown.grants = roles
        .iter()
        .map(|role| grant(&claim(role), &domain.domain(), may_create.clone(), signer))
        .collect();
    Arc::new(shown)
}
fn owned<C: Crypto>(shown: Arc<Attested<C>>) -> Attested<C> {
    Arc::unwrap_or_clone(shown)
}
/// What the attester of the domain `far` says of its own instance: the same name, with the same roles, truly granted there.
fn foreign(name: &str, key: &str, role: &str) -> Attestation {
    let mut stated = statement(name, &[role]);
    stated.attester = AttesterId::new("elsewhere");
    stated.domain = Domain::new("far");
    stated.key = public(key);
    stated
}
fn undomained(role: &str) -> Requirement {
    Requirement::Facts(Facts { role: Some(RoleName::new(role)), ..Facts::default() })
}
fn intents_of_both() -> Option<Vec<Wish>> {
    Some(vec![("read", "row 42"), ("read", "row 7")])
}
fn chain<C: Crypto>(p: &Presentation<C>) -> &Chain<C> {
    match &p.credential {
        Credential::Chain(chain) => chain,
        _ => panic!("a plan presents a chain"),
    }
}
fn change_last<C: Crypto>(p: &mut Presentation<C>, change: impl FnOnce(&mut Link<C>)) {
    let Credential::Chain(chain) = &mut p.credential else { panic!("a plan presents a chain") };
    change(Arc::make_mut(chain.links.last_mut().expect("a link")));
}

trait Named {
    fn domain(&self) -> Domain;
}
impl Named for str {
    fn domain(&self) -> Domain {
        Domain::new(self)
    }
}

// ---- the tests ----

fn check_honest<C: Provider>() {
    for (name, plan) in honest::<C>() {
        assert_eq!(plan().judge(K6), Ok(()), "{}: {name}", C::NAME);
    }
}

/// What is wrong with a row, if anything.
fn fault<C: Provider>(row: &Row<C>) -> Option<String> {
    let failing = row.expected();
    let guard = failing.first()?;
    let (honest, plan) = ((row.honest)().judge(K6), row.tampered());
    let (all, rest) = (plan.judge(K6), plan.judge(K6.without(failing)));
    let right = honest == Ok(())
        && all == Err(Denial { guard, failing })
        && rest == Ok(())
        && row.also.is_empty() == row.why.is_empty();
    (!right).then(|| {
        let Row { guard, name, .. } = row;
        format!(
            "{} {guard}: {name}\n  honest {honest:?}\n  tampered {all:?}\n  rest {rest:?}",
            C::NAME
        )
    })
}

fn check_rows<C: Provider>() {
    let faults: Vec<_> = rows::<C>().iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn honest_traffic_holds_every_guard() {
    check_honest::<Symbolic>();
    check_honest::<Ed25519>();
}

#[test]
fn each_tampering_fails_exactly_its_guards() {
    check_rows::<Symbolic>();
    check_rows::<Ed25519>();
}

#[test]
fn the_table_has_a_row_for_every_guard_alone() {
    let alone: GuardSet =
        rows::<Symbolic>().iter().filter(|row| row.also.is_empty()).map(|row| row.guard).collect();
    assert_eq!(alone, GuardSet::ALL);
    assert!(rows::<Symbolic>().iter().all(|row| !row.also.contains(&row.guard)));
}

#[test]
fn names_of_rows_are_unique_within_a_guard() {
    let rows = rows::<Symbolic>();
    for (i, row) in rows.iter().enumerate() {
        let again = rows[..i].iter().any(|r| r.guard == row.guard && r.name == row.name);
        assert!(!again, "{}: {}", row.guard, row.name);
    }
}

#[test]
fn both_cryptos_bring_the_same_evidence_for_every_row() {
    let both = rows::<Symbolic>().into_iter().zip(rows::<Ed25519>());
    for (symbolic, concrete) in both {
        let (left, right) = (symbolic.tampered().evidence().0, concrete.tampered().evidence().0);
        assert_eq!(left, right, "{}: {}", symbolic.guard, symbolic.name);
    }
}

/// The order of denial is part of the contract: two tamperings, and the earlier guard speaks.
#[test]
fn the_first_guard_in_order_denies() {
    for row in rows::<Symbolic>() {
        let mut plan = row.tampered();
        plan.live.revoked.extend(["alice", "starter-1", "mallory"].map(public));
        let denial = plan.judge(K6).expect_err("two guards fail");
        assert_eq!(denial.guard, row.expected().first().expect("a guard"), "{}", row.name);
        assert_eq!(denial.failing, row.expected().with(Guard::NotRevoked), "{}", row.name);
    }
}

/// Who shows somebody else's name where no contract asks for one is still only a key.
#[test]
fn an_unasked_attestation_names_nobody_unless_it_is_true() {
    let actor = |presenter| {
        let mut plan = anonymous::<Symbolic>();
        plan.presenter = presenter;
        assert_eq!(plan.judge(K6), Ok(()));
        plan.evidence().0.actor
    };
    let mine = |key: &str| {
        let mut stated = statement("victim", &[]);
        stated.key = public(key);
        stated
    };
    let key = Some(Actor::Key(public("unknown")));
    let forged = attested_by::<Symbolic>(mine("unknown"), "mallory");
    let borrowed = attested::<Symbolic>(mine("victim"));
    let shows = |attested| Party { attested, ..party("unknown") };
    assert_eq!(actor(shows(None)), key);
    assert_eq!(actor(shows(Some(forged))), key);
    assert_eq!(actor(shows(Some(borrowed))), key);
    let own = attested::<Symbolic>(mine("unknown"));
    let subject = statement("victim", &[]).subject;
    assert_eq!(actor(shows(Some(own))), Some(Actor::Incarnation(subject)));
}

/// The root of an identity needs no trigger: naming somebody else's must not use it up, nor make it fail.
#[test]
fn an_identity_root_uses_up_no_trigger() {
    let mut plan = two_hops::<Symbolic>();
    plan.trigger = role_root::<Symbolic>().trigger;
    plan.after = Some(|p, live| {
        let trigger = chain(p).root.trigger.as_ref().expect("a trigger").digest();
        live.triggered.insert(trigger, Digest::of(b"another root"));
    });
    assert_eq!(plan.judge(K6), Ok(()));
    let (evidence, _) = plan.evidence();
    assert!(evidence.conditions.iter().all(|(guard, _)| *guard != Guard::RootGuarded));
}
