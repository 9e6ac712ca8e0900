//! Published vectors of the canonical bytes, in `vectors.txt`: one fixed value of every object kind, and one whole message.
//!
//! After a wanted change of the format: `UPDATE_EXPECT=1 cargo test -p whoacts-model --test vectors`, then read the diff. Bytes
//! that change break every digest and signature ever made.
#![expect(clippy::disallowed_methods, reason = "a test about files; the ban is for `src`")]

mod common;

use common::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use whoacts_model::attestation::ContextGrant;
use whoacts_model::authority::{Authority, Permission};
use whoacts_model::contract::{Contract, Requirement};
use whoacts_model::crypto::{Crypto, Digest, Ed25519};
use whoacts_model::execution::{Continuation, HandOff, Origin, Rekey, Root, TaskId, Trigger};
use whoacts_model::name::{
    Arguments, Domain, Environment, IdentityId, Nonce, ServiceId, TriggerSource, VerifierId,
};
use whoacts_model::presentation::{Delivery, Presentation, Proof, Receipt};
use whoacts_model::role::RoleGrant;
use whoacts_model::token::{Audience, Block, Claims, Consent, Token};
use whoacts_model::wire::{Object, TAGS};

/// One published encoding.
struct Vector {
    name: String,
    tag: Option<u8>,
    bytes: Vec<u8>,
}

fn vector<T: Object + PartialEq + std::fmt::Debug>(name: &str, value: &T) -> Vector {
    let bytes = value.bytes();
    assert_eq!(T::from_bytes(&bytes).as_ref(), Ok(value), "{name} comes back");
    Vector { name: name.to_owned(), tag: Some(T::TAG), bytes }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().collect();
    let byte = |pair: &[char]| pair.iter().collect::<String>();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&byte(pair), 16).expect("hexadecimal digits"))
        .collect()
}

fn some_authority() -> Authority {
    let only = Some(Arguments::new("row 42"));
    [
        Permission { operation: operation("read"), only: None },
        Permission { operation: operation("write"), only },
    ]
    .into_iter()
    .collect()
}

fn some_contract() -> Contract {
    let next = facts("relay", |facts| {
        facts.environment = Some(Environment::new("cluster"));
        facts.max_age = Some(7);
        facts.incarnation = Some(statement("relay-1", &[]).subject);
    });
    let rest = [Requirement::Key(public("carol")), Requirement::anyone(), next.clone()];
    Contract { next, below: below(&rest, 20, 2, 3) }
}

fn named(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn grants() -> Vec<Vector> {
    let context = ContextGrant {
        environment: Environment::new("cluster"),
        operator: IdentityId::new("ops"),
        may_create: can(&["read"]),
        domain: Domain::new("prod"),
    };
    let role = RoleGrant {
        role: claim("relay").role,
        anchor: claim("relay").anchor,
        may_create: some_authority(),
        domain: Domain::new("prod"),
    };
    let trigger = Trigger {
        source: TriggerSource::new("cron"),
        authority: some_authority().digest(),
        serial: 3,
    };
    vec![
        vector("RoleGrant", &role),
        vector("Attestation", &statement("relay-1", &["agent", "relay"])),
        vector("ContextGrant", &context),
        vector("Trigger", &trigger),
    ]
}

fn roots() -> Vec<Vector> {
    let identity = Root {
        execution: 1,
        origin: Origin::Identity(IdentityId::new("alice")),
        key: public("alice"),
        authority: some_authority(),
        envelope: some_contract().below,
        trigger: None,
    };
    let trigger = Some(named("a trigger"));
    let starter = public("starter-1");
    let role = Origin::Role(claim("starter"));
    let environment = Environment::new("cluster");
    let context = Origin::Context { environment, operator: IdentityId::new("ops") };
    let role = Root { origin: role, trigger, key: starter, ..identity.clone() };
    let context = Root { origin: context, ..role.clone() };
    vec![
        vector("Root", &identity),
        vector("Root of a role", &role),
        vector("Root of a context", &context),
    ]
}

fn steps() -> Vec<Vector> {
    let request = request(named("a root"), ("read", "row 42"), 0);
    let hand_off = HandOff {
        predecessor: named("a step"),
        authority: some_authority(),
        contract: some_contract(),
        task: TaskId::of(&named("a root"), 0),
        intents: Some([request.digest(), named("another request")].into()),
        signer: public("agent-1"),
        attestation: Some(statement("agent-1", &["agent"]).digest()),
    };
    let continuation = Continuation {
        hand_off: hand_off.digest(),
        key: public("relay-1"),
        attestation: Some(statement("relay-1", &["relay"]).digest()),
    };
    let rekey = Rekey { step: continuation.digest(), old: public("carol"), new: public("carol-2") };
    let bare = HandOff { intents: None, attestation: None, ..hand_off.clone() };
    vec![
        vector("Request", &request),
        vector("HandOff", &hand_off),
        vector("HandOff with nothing optional", &bare),
        vector("Continuation", &continuation),
        vector("Rekey", &rekey),
        vector("Authority", &some_authority()),
        vector("Authority to nothing", &Authority::default()),
    ]
}

fn messages() -> Vec<Vector> {
    let subject = IdentityId::new("alice");
    let (scope, not_after) = (some_authority(), 20);
    let confirmation = Some(public("agent-1"));
    let token = Token {
        serial: 1,
        subject: subject.clone(),
        scope: scope.clone(),
        not_after,
        confirmation,
        claims: Claims {
            audience: Some(Audience::Service(ServiceId::new("agent"))),
            may_act: Some(ServiceId::new("agent")),
            actors: vec![ServiceId::new("desk")],
            requester: Some(public("desk-1")),
            context: Some(named("a purpose")),
            parent: Some(named("a token")),
        },
    };
    let proof = Proof {
        tip: named("a step"),
        nonce: Nonce::new("n1"),
        operation: Some(operation("read")),
        request: Some(named("a request")),
        audience: Some(VerifierId::new("db#1")),
        key: public("relay-1"),
        attestation: None,
    };
    let delivery = Delivery { cargo: named("a cargo"), errand: named("an errand") };
    vec![
        vector("Token", &token),
        vector("Consent", &Consent { serial: 1, subject, scope, not_after, client: None }),
        vector("Proof", &proof),
        vector("Receipt", &Receipt { path: named("a path") }),
        vector("Delivery", &delivery),
        vector(
            "Block",
            &Block {
                parent: named("a token"),
                scope: some_authority(),
                service: Some(ServiceId::new("agent")),
                key: Some(public("agent-1")),
                sealed: true,
            },
        ),
    ]
}

/// The message of the tests' honest run, signed with Ed25519: three parties, two hand-offs, role facts.
fn message() -> Vector {
    let bytes = two_hops::<Ed25519>().presentation().to_bytes();
    Vector { name: "Presentation under Ed25519".to_owned(), tag: None, bytes }
}

fn vectors() -> Vec<Vector> {
    [grants(), roots(), steps(), messages(), vec![message()]].into_iter().flatten().collect()
}

const HEAD: &str = "\
# Published vectors of whoacts/1.
#
# An object's bytes are `whoacts/1`, a zero byte, its tag, then its fields in order: integers of 32 bits big-endian, texts,
# sequences and sets with a 32-bit length in front (sets strictly ascending), options and enumerations with one byte in
# front, keys and digests as 32 bytes. A signature covers the SHA-256 of these bytes. A message has no tag of its own: it
# is its fields, and each signed record in it is followed by its 64 signature bytes.
#
# The seed of a key is the SHA-256 of its name; its name on the wire is its Ed25519 public key.
";

fn rendered() -> String {
    let mut text = HEAD.to_owned();
    for name in ["alice", "agent-1", "relay-1"] {
        let seed = Digest::of(name.as_bytes());
        let public = Ed25519::public(&Ed25519::key(seed.as_bytes()));
        text += &format!(
            "\nkey     {name}\nseed    {}\npublic  {}\n",
            seed.hex(),
            hex(public.as_bytes())
        );
    }
    for Vector { name, tag, bytes } in vectors() {
        let tag = tag.map_or_else(|| "none".to_owned(), |tag| tag.to_string());
        let digest = Digest::of(&bytes).hex();
        text += &format!(
            "\nname    {name}\ntag     {tag}\nhex     {}\ndigest  {digest}\n",
            hex(&bytes)
        );
    }
    text
}

fn crate_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_published_bytes_have_not_changed() {
    let (path, now) = (crate_file("tests/vectors.txt"), rendered());
    let update = std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1");
    // Other tests read the file meanwhile: it is left alone where nothing changed.
    if update && fs::read_to_string(&path).ok().as_ref() != Some(&now) {
        fs::write(&path, &now).expect("the file can be written");
    }
    let published = fs::read_to_string(&path).expect("vectors.txt");
    for (number, (old, new)) in published.lines().zip(now.lines()).enumerate() {
        assert_eq!(old, new, "vectors.txt:{}", number + 1);
    }
    assert_eq!(published, now, "set UPDATE_EXPECT=1 if the format was meant to change");
}

/// Read from the file alone, as another implementation would.
#[test]
fn the_published_message_convinces_a_verifier() {
    let published = fs::read_to_string(crate_file("tests/vectors.txt")).expect("vectors.txt");
    let after = published.split("name    Presentation under Ed25519").nth(1).expect("the message");
    let line = after.lines().find_map(|line| line.strip_prefix("hex     ")).expect("its bytes");
    let p = Presentation::<Ed25519>::from_bytes(&unhex(line)).expect("canonical bytes");
    let plan = two_hops::<Ed25519>();
    assert_eq!(p, plan.presentation());
    assert_eq!(plan.judge(K6), Ok(()));
}

#[test]
fn every_kind_has_a_vector_with_its_tag() {
    let published: BTreeSet<_> =
        vectors().into_iter().filter_map(|v| Some((v.name, v.tag?))).collect();
    for (name, tag) in TAGS {
        assert!(published.contains(&((*name).to_owned(), *tag)), "a vector for {name} = {tag}");
    }
    let tags: BTreeSet<_> = vectors().into_iter().filter_map(|v| v.tag).collect();
    assert_eq!(tags.len(), TAGS.len());
}

#[test]
fn tags_are_unique() {
    let (tags, names): (BTreeSet<_>, BTreeSet<_>) = TAGS.iter().map(|(n, t)| (*t, *n)).unzip();
    assert_eq!((tags.len(), names.len()), (TAGS.len(), TAGS.len()));
}

/// What the sources declare: `wire!(Name = 7 {` or `impl Object for Name { const TAG: u8 = 7;`.
fn declared(text: &str) -> BTreeSet<(String, u8)> {
    let macros = text.split("wire!(").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once([' ', '{'])?;
        Some((name.to_owned(), rest.strip_prefix("= ")?.split(' ').next()?.parse().ok()?))
    });
    let by_hand = text.split("impl Object for ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(' ')?;
        let tag = rest.split("const TAG: u8 = ").nth(1)?.split(';').next()?;
        Some((name.to_owned(), tag.parse().ok()?))
    });
    macros.chain(by_hand).collect()
}

#[test]
fn the_list_of_tags_names_every_kind() {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crate_file("src")).expect("the sources") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(declared(&fs::read_to_string(path).expect("a source file")));
        }
    }
    let listed = TAGS.iter().map(|(name, tag)| ((*name).to_owned(), *tag)).collect();
    assert_eq!(found, listed);
}
