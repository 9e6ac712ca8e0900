//! The decoder: every value comes back, and of all other bytes it accepts exactly those that encoding would have written.

mod common;

use common::*;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;
use whoacts_model::attestation::{Attestation, Attested, ContextGrant};
use whoacts_model::authority::{Authority, Operation, Permission};
use whoacts_model::contract::{Contract, Envelope, Facts, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Ed25519, PublicKey, Signed};
use whoacts_model::execution::{
    Anchored, Chain, Continuation, HandOff, Link, Offer, Origin, Rekey, Request, Root, TaskId,
    Trigger,
};
use whoacts_model::identifier::{Identifier, Scheme};
use whoacts_model::name::{
    Action, Arguments, AttesterId, Domain, Environment, IdentityId, InstanceName, Nonce,
    ResourceId, RoleName, ServiceId, TriggerSource, VerifierId,
};
use whoacts_model::presentation::{
    Attenuated, Cargo, Credential, Delivery, Parcel, Presentation, Proof, Receipt,
};
use whoacts_model::role::{RoleClaim, RoleGrant};
use whoacts_model::token::{Audience, Block, Claims, Consent, Token};
use whoacts_model::wire::{MAX_LENGTH, Object, Reader, Wire, WireError};

// ---- arbitrary values ----

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-c]{1,3}", "\\PC{0,8}"]
}
/// A strategy for a name.
macro_rules! named {
    ($name:ident) => {
        text().prop_map(|text| $name::new(&text))
    };
}
/// A strategy for a struct from a strategy for each field.
macro_rules! fields {
    ($name:ident { $($field:ident: $strategy:expr),* $(,)? }) => {
        fields!(@nest $name [$($field),*] $($field: $strategy,)*)
    };
    (@nest $name:ident [$($all:ident),*] $($field:ident: $strategy:expr,)*) => {
        ($($strategy.boxed(),)*).prop_map(|($($field,)*)| $name { $($all),* })
    };
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<u64>().prop_map(|n| Digest::of(&n.to_be_bytes()))
}
fn public_key() -> impl Strategy<Value = PublicKey> {
    any::<[u8; 32]>().prop_map(PublicKey::from_bytes)
}
fn task() -> impl Strategy<Value = TaskId> {
    (digest(), any::<u32>()).prop_map(|(root, counter)| TaskId::of(&root, counter))
}
fn operation() -> impl Strategy<Value = Operation> {
    fields!(Operation { action: named!(Action), resource: named!(ResourceId) })
}
fn permission() -> impl Strategy<Value = Permission> {
    fields!(Permission { operation: operation(), only: option::of(named!(Arguments)) })
}
fn authority() -> impl Strategy<Value = Authority> {
    vec(permission(), 0..4).prop_map(Authority::from_iter)
}
fn scheme() -> impl Strategy<Value = Scheme> {
    (0..Scheme::ALL.len()).prop_map(|i| Scheme::ALL[i].1)
}
fn identifier() -> impl Strategy<Value = Identifier> {
    fields!(Identifier { scheme: scheme(), name: named!(InstanceName), incarnation: any::<u32>() })
}
fn role_claim() -> impl Strategy<Value = RoleClaim> {
    fields!(RoleClaim { role: named!(RoleName), anchor: named!(IdentityId) })
}
fn asked() -> impl Strategy<Value = Facts> {
    fields!(Facts {
        role: option::of(named!(RoleName)),
        domain: option::of(named!(Domain)),
        environment: option::of(named!(Environment)),
        max_age: option::of(any::<u32>()),
        incarnation: option::of(identifier()),
    })
}
fn requirement() -> impl Strategy<Value = Requirement> {
    prop_oneof![public_key().prop_map(Requirement::Key), asked().prop_map(Requirement::Facts)]
}
fn envelope() -> impl Strategy<Value = Envelope> {
    fields!(Envelope {
        rest: btree_set(requirement(), 0..4),
        not_after: any::<u32>(),
        hops: any::<u32>(),
        effects: any::<u32>(),
    })
}
fn contract() -> impl Strategy<Value = Contract> {
    fields!(Contract { next: requirement(), below: envelope() })
}
fn origin() -> impl Strategy<Value = Origin> {
    let context = (named!(Environment), named!(IdentityId));
    prop_oneof![
        named!(IdentityId).prop_map(Origin::Identity),
        role_claim().prop_map(Origin::Role),
        context.prop_map(|(environment, operator)| Origin::Context { environment, operator }),
    ]
}

fn role_grant() -> impl Strategy<Value = RoleGrant> {
    fields!(RoleGrant {
        role: named!(RoleName),
        anchor: named!(IdentityId),
        may_create: authority(),
        domain: named!(Domain),
    })
}
fn attestation() -> impl Strategy<Value = Attestation> {
    fields!(Attestation {
        attester: named!(AttesterId),
        subject: identifier(),
        key: public_key(),
        roles: btree_set(role_claim(), 0..3),
        environment: option::of(named!(Environment)),
        deployer: option::of(named!(IdentityId)),
        domain: named!(Domain),
        not_before: any::<u32>(),
        not_after: any::<u32>(),
    })
}
fn context_grant() -> impl Strategy<Value = ContextGrant> {
    fields!(ContextGrant {
        environment: named!(Environment),
        operator: named!(IdentityId),
        may_create: authority(),
        domain: named!(Domain),
    })
}
fn trigger() -> impl Strategy<Value = Trigger> {
    fields!(Trigger { source: named!(TriggerSource), authority: digest(), serial: any::<u32>() })
}
fn root() -> impl Strategy<Value = Root> {
    fields!(Root {
        execution: any::<u32>(),
        origin: origin(),
        key: public_key(),
        authority: authority(),
        envelope: envelope(),
        trigger: option::of(digest()),
    })
}
fn asking() -> impl Strategy<Value = Request> {
    fields!(Request { operation: operation(), arguments: named!(Arguments), task: task() })
}
fn hand_off() -> impl Strategy<Value = HandOff> {
    fields!(HandOff {
        predecessor: digest(),
        authority: authority(),
        contract: contract(),
        task: task(),
        intents: option::of(btree_set(digest(), 0..3)),
        signer: public_key(),
        attestation: option::of(digest()),
    })
}
fn continuation() -> impl Strategy<Value = Continuation> {
    fields!(Continuation {
        hand_off: digest(),
        key: public_key(),
        attestation: option::of(digest()),
    })
}
fn rekey() -> impl Strategy<Value = Rekey> {
    fields!(Rekey { step: digest(), old: public_key(), new: public_key() })
}
fn token() -> impl Strategy<Value = Token> {
    fields!(Token {
        serial: any::<u32>(),
        subject: named!(IdentityId),
        scope: authority(),
        not_after: any::<u32>(),
        confirmation: option::of(public_key()),
        claims: claims(),
    })
}
fn claims() -> impl Strategy<Value = Claims> {
    fields!(Claims {
        audience: option::of(audience()),
        may_act: option::of(named!(ServiceId)),
        actors: vec(named!(ServiceId), 0..3),
        requester: option::of(public_key()),
        context: option::of(digest()),
        parent: option::of(digest()),
    })
}
fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        named!(ServiceId).prop_map(Audience::Service),
        named!(ResourceId).prop_map(Audience::Resource),
        named!(VerifierId).prop_map(Audience::Verifier),
    ]
}
fn block() -> impl Strategy<Value = Block> {
    fields!(Block {
        parent: digest(),
        scope: authority(),
        service: option::of(named!(ServiceId)),
        key: option::of(public_key()),
        sealed: any::<bool>(),
    })
}
fn attenuated() -> impl Strategy<Value = Attenuated<Ed25519>> {
    fields!(Attenuated {
        token: shared(signed(token())),
        blocks: vec(shared(signed(block())), 0..3),
        discharge: option::of(shared(signed(block()))),
    })
}
fn consent() -> impl Strategy<Value = Consent> {
    fields!(Consent {
        serial: any::<u32>(),
        subject: named!(IdentityId),
        scope: authority(),
        not_after: any::<u32>(),
        client: option::of(named!(ServiceId)),
    })
}
fn proof() -> impl Strategy<Value = Proof> {
    fields!(Proof {
        tip: digest(),
        nonce: named!(Nonce),
        operation: option::of(operation()),
        request: option::of(digest()),
        audience: option::of(named!(VerifierId)),
        key: public_key(),
        attestation: option::of(digest()),
    })
}
fn receipt() -> impl Strategy<Value = Receipt> {
    fields!(Receipt { path: digest() })
}
fn delivery() -> impl Strategy<Value = Delivery> {
    fields!(Delivery { cargo: digest(), errand: digest() })
}

/// Signed by some key: a decoder does not ask whose.
fn signed<T: Object + std::fmt::Debug>(
    body: impl Strategy<Value = T>,
) -> impl Strategy<Value = Signed<T, Ed25519>> {
    body.prop_map(|body| Signed::new(body, &Ed25519::key(&[7; 32])))
}
fn shared<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Arc<T>> {
    value.prop_map(Arc::new)
}
fn shown() -> impl Strategy<Value = Attested<Ed25519>> {
    fields!(Attested {
        statement: signed(attestation()),
        grants: vec(shared(signed(role_grant())), 0..2),
    })
}
fn anchored() -> impl Strategy<Value = Anchored<Ed25519>> {
    fields!(Anchored {
        root: signed(root()),
        attested: option::of(shared(shown())),
        context: option::of(shared(signed(context_grant()))),
        trigger: option::of(shared(signed(trigger()))),
    })
}
fn offer() -> impl Strategy<Value = Offer<Ed25519>> {
    fields!(Offer { record: signed(hand_off()), by: option::of(shared(shown())) })
}
fn link() -> impl Strategy<Value = Link<Ed25519>> {
    fields!(Link {
        offer: shared(offer()),
        step: signed(continuation()),
        attested: option::of(shared(shown())),
        rekeys: vec(signed(rekey()), 0..2),
    })
}
fn path() -> impl Strategy<Value = Chain<Ed25519>> {
    fields!(Chain { root: shared(anchored()), links: vec(shared(link()), 0..3) })
}
fn credential() -> impl Strategy<Value = Credential<Ed25519>> {
    prop_oneof![
        shared(signed(token())).prop_map(Credential::Token),
        path().prop_map(Credential::Chain),
        shared(signed(consent())).prop_map(Credential::Consent),
        shared(attenuated()).prop_map(Credential::Attenuated),
        any::<u32>().prop_map(Credential::Ambient),
    ]
}
fn cargo() -> impl Strategy<Value = Cargo<Ed25519>> {
    prop_oneof![
        credential().prop_map(Cargo::Credential),
        (path(), shared(offer())).prop_map(|(path, offer)| Cargo::Offer(path, offer)),
    ]
}
fn presentation() -> impl Strategy<Value = Presentation<Ed25519>> {
    fields!(Presentation {
        credential: credential(),
        request: shared(asking()),
        connection: named!(Nonce),
        proof: option::of(shared(signed(proof()))),
        attested: option::of(shared(shown())),
        receipt: option::of(shared(signed(receipt()))),
    })
}
fn parcel() -> impl Strategy<Value = Parcel<Ed25519>> {
    fields!(Parcel {
        cargo: cargo(),
        errand: shared(asking()),
        delivery: option::of(shared(signed(delivery()))),
    })
}

// ---- round trips ----

/// `decode(encode(x)) == x`, nothing may follow, nothing may be missing, and no other kind reads these bytes.
fn comes_back<T: Object + PartialEq + std::fmt::Debug>(value: &T) -> Result<(), TestCaseError> {
    let bytes = value.bytes();
    let back = T::from_bytes(&bytes);
    prop_assert_eq!(back.as_ref(), Ok(value));
    prop_assert!(T::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    prop_assert!(T::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    let mut other = bytes.clone();
    other[10] ^= 1;
    prop_assert!(T::from_bytes(&other).is_err());
    Ok(())
}
/// The same for bytes without a tag.
fn frame_comes_back<T: PartialEq + std::fmt::Debug>(
    value: &T,
    to_bytes: fn(&T) -> Vec<u8>,
    from_bytes: fn(&[u8]) -> Result<T, WireError>,
) -> Result<(), TestCaseError> {
    let bytes = to_bytes(value);
    let back = from_bytes(&bytes);
    prop_assert_eq!(back.as_ref(), Ok(value));
    prop_assert!(from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    prop_assert!(from_bytes(&bytes[..bytes.len() - 1]).is_err());
    Ok(())
}

macro_rules! round_trips {
    ($($name:ident;)*) => { proptest! { $(
        #[test]
        fn $name(value in super::$name()) { super::comes_back(&value)?; }
    )* } };
}
mod objects {
    use proptest::prelude::*;
    round_trips! {
        role_grant; attestation; context_grant; trigger; root; asking; hand_off; continuation; rekey;
        authority; token; consent; proof; receipt; delivery; block;
    }
    /// One line above for every kind.
    #[test]
    fn are_all_here() {
        assert_eq!(whoacts_model::wire::TAGS.len(), 16);
    }
}
mod messages {
    use super::*;
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn presentations(value in presentation()) {
            frame_comes_back(&value, Presentation::to_bytes, Presentation::from_bytes)?;
        }
        #[test]
        fn parcels(value in parcel()) {
            frame_comes_back(&value, Parcel::to_bytes, Parcel::from_bytes)?;
        }
        /// Any change to the bytes of an object is refused, or gives another value.
        #[test]
        fn no_two_encodings_name_one_value(
            value in hand_off(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = value.bytes();
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            if let Ok(other) = HandOff::from_bytes(&bytes) {
                prop_assert_ne!(&other, &value);
                prop_assert_eq!(other.bytes(), bytes);
            }
        }
    }
}

// ---- a million inputs ----

/// Half a million for each of the two messages.
const INPUTS: u32 = 500_000;

/// A small generator of our own: a million proptest values would cost minutes (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, limit: usize) -> usize {
        ((self.next() >> 33) as usize) % limit.max(1)
    }
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 56) as u8).collect()
    }
}

/// Numbers that a length, an option, an enumeration or a time is most likely to be wrong about.
const NUMBERS: [u32; 8] =
    [0, 1, 2, 255, MAX_LENGTH as u32 - 1, MAX_LENGTH as u32, MAX_LENGTH as u32 + 1, u32::MAX];

/// One to three changes to a valid encoding, or bytes out of nowhere.
fn input(random: &mut Random, valid: &[Vec<u8>]) -> Vec<u8> {
    if random.below(8) == 0 {
        let length = random.below(200);
        return random.bytes(length);
    }
    let mut bytes = valid[random.below(valid.len())].clone();
    for _ in 0..=random.below(3) {
        mutate(random, &mut bytes, valid);
    }
    bytes
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>, valid: &[Vec<u8>]) {
    let at = random.below(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.next() as u8),
        2 | 3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        4 if at < bytes.len() => bytes[at] = random.below(4) as u8,
        5 if at < bytes.len() => drop(bytes.remove(at)),
        6 if at + 4 <= bytes.len() => {
            let number = NUMBERS[random.below(NUMBERS.len())];
            bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        }
        _ => {
            // The head of one message and the tail of another.
            let other = &valid[random.below(valid.len())];
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len())..]);
        }
    }
}

/// Puts [`INPUTS`] inputs to a decoder; gives how many it accepted.
fn survives(
    seed: u64,
    valid: &[Vec<u8>],
    again: impl Fn(&[u8]) -> Result<Vec<u8>, WireError>,
) -> u32 {
    let mut random = Random(seed);
    let mut accepted = 0;
    for _ in 0..INPUTS {
        let bytes = input(&mut random, valid);
        match again(&bytes) {
            Ok(encoded) => {
                assert_eq!(encoded, bytes, "only canonical bytes are accepted");
                accepted += 1;
            }
            Err(error) => assert!(error.at <= bytes.len(), "{error}: within the input"),
        }
    }
    accepted
}

fn presentations() -> Vec<Presentation<Ed25519>> {
    let plans = [two_hops, role_root, context_root, rekeyed, attested_anew, anonymous];
    let mut all: Vec<_> = plans.iter().map(|plan| plan().presentation()).collect();
    let token = Token {
        serial: 1,
        subject: IdentityId::new("alice"),
        scope: can(&["read"]),
        not_after: 9,
        confirmation: Some(public("agent-1")),
        claims: Claims::default(),
    };
    let credential =
        Credential::Token(Arc::new(Signed::new(token, &party::<Ed25519>("issuer").key)));
    all.push(Presentation { credential, ..all[0].clone() });
    all
}

fn parcels() -> Vec<Parcel<Ed25519>> {
    let parcel = |p: Presentation<Ed25519>| {
        let body = Delivery { cargo: p.credential.tip(), errand: p.request.digest() };
        let delivery = Signed::new(body, &party::<Ed25519>("agent-1").key);
        let cargo = match p.credential {
            Credential::Chain(mut chain) => {
                let last = chain.links.pop().expect("a link");
                Cargo::Offer(chain, last.offer.clone())
            }
            other => Cargo::Credential(other),
        };
        Parcel { cargo, errand: p.request, delivery: Some(Arc::new(delivery)) }
    };
    presentations().into_iter().map(parcel).collect()
}

#[test]
fn half_a_million_presentations() {
    let valid: Vec<_> = presentations().iter().map(Presentation::to_bytes).collect();
    let again = |bytes: &[u8]| Presentation::<Ed25519>::from_bytes(bytes).map(|p| p.to_bytes());
    let accepted = survives(0x5EED_0001, &valid, again);
    assert!(accepted > INPUTS / 20, "many changes only touch texts and signatures: {accepted}");
}

#[test]
fn half_a_million_parcels() {
    let valid: Vec<_> = parcels().iter().map(Parcel::to_bytes).collect();
    let again = |bytes: &[u8]| Parcel::<Ed25519>::from_bytes(bytes).map(|p| p.to_bytes());
    let accepted = survives(0x5EED_0002, &valid, again);
    assert!(accepted > INPUTS / 20, "many changes only touch texts and signatures: {accepted}");
}

/// What a decoder accepts, a verifier can judge: no bytes make it panic (an age near the end of time once did).
#[test]
fn whatever_decodes_is_judged() {
    let valid: Vec<_> = presentations().iter().map(Presentation::to_bytes).collect();
    let mut random = Random(0x5EED_0003);
    let mut judged = 0;
    while judged < 300 {
        let bytes = input(&mut random, &valid);
        let Ok(p) = Presentation::<Ed25519>::from_bytes(&bytes) else { continue };
        for form in whoacts_model::mechanism::forms() {
            let evidence = form.run().evidence(&p, &verifier(), &trust());
            let _ = evidence.failing(&Mock::at(NOW));
        }
        judged += 1;
    }
}

// ---- forged lengths ----

/// The most memory that this process ever used, in bytes.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "the kernel says it in a file; the ban is for `src`")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kilobytes = line.split_whitespace().next().expect("a number");
    kilobytes.parse::<usize>().expect("a number") * 1024
}

/// The largest length that is allowed, at every offset of every message: nothing is allocated before it is read.
#[cfg(target_os = "linux")]
#[test]
fn forged_lengths_cost_nothing() {
    let messages: Vec<_> = presentations().iter().map(Presentation::to_bytes).collect();
    let before = peak();
    for mut bytes in messages {
        for at in 0..bytes.len() - 4 {
            let old = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            bytes[at..at + 4].copy_from_slice(&(MAX_LENGTH as u32).to_be_bytes());
            let _ = Presentation::<Ed25519>::from_bytes(&bytes);
            bytes[at..at + 4].copy_from_slice(&old);
        }
    }
    let grown = peak() - before;
    assert!(grown < 16 << 20, "forged lengths cost {grown} bytes");
}

#[test]
fn a_longer_length_is_refused_where_it_stands() {
    let forged = (MAX_LENGTH as u32 + 1).to_be_bytes();
    let error = Vec::<u32>::decode(&mut Reader::new(&forged)).expect_err("too long");
    assert_eq!(error.to_string(), "byte 0: expected a length of at most 65536");
}

/// The largest honest sequence: every element was on the wire, and memory follows it.
#[test]
fn the_longest_sequence_is_read() {
    let mut bytes = (MAX_LENGTH as u32).to_be_bytes().to_vec();
    bytes.extend((0..MAX_LENGTH as u32).flat_map(u32::to_be_bytes));
    let items = Vec::<u32>::decode(&mut Reader::new(&bytes)).expect("a sequence");
    assert_eq!(items.len(), MAX_LENGTH);
    assert!(Vec::<u32>::decode(&mut Reader::new(&bytes[..bytes.len() - 1])).is_err());
}
