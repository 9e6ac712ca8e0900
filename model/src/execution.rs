//! **Execution**, the centre: which run is being continued?
//!
//! A tree of steps under one [`Root`]: each [`HandOff`] names the exact predecessor and what the successor must be; each
//! [`Continuation`] is a successor's signed answer. An execution may be asynchronous (its origin may be offline) and is
//! never joined with another one: the digest of its root is its name.

use crate::attestation::{Attested, ContextGrant, Environment};
use crate::authority::{Authority, Operation};
use crate::contract::{Contract, Envelope};
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::identity::IdentityId;
use crate::name::{Arguments, TriggerSource};
use crate::role::RoleClaim;
use crate::wire::{Object, Reader, Wire, WireError, Writer, wire};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where the authority of an execution comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Signed by that identity's key.
    Identity(IdentityId),
    /// Signed by an attested instance key, with the anchor's `RoleGrant`.
    Role(RoleClaim),
    /// Signed by an attested instance key, with the operator's `ContextGrant`.
    Context {
        /// The attested environment.
        environment: Environment,
        /// The accountable party.
        operator: IdentityId,
    },
}

impl Wire for Origin {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Identity(id) => {
                w.byte(0);
                id.encode(w);
            }
            Self::Role(claim) => {
                w.byte(1);
                claim.encode(w);
            }
            Self::Context { environment, operator } => {
                w.byte(2);
                environment.encode(w);
                operator.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("an origin kind (0, 1, 2)");
        Ok(match r.byte()? {
            0 => Self::Identity(Wire::decode(r)?),
            1 => Self::Role(Wire::decode(r)?),
            2 => Self::Context { environment: Wire::decode(r)?, operator: Wire::decode(r)? },
            _ => return Err(error),
        })
    }
}

/// Why a role or context root was created: a scheduler or a sensor names the created authority, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Who fired; it signs.
    pub source: TriggerSource,
    /// The digest of the created [`Authority`].
    pub authority: Digest,
    /// Tells firings apart.
    pub serial: u32,
}
wire!(Trigger = 4 { source, authority, serial });

/// The creation of an authority: the execution *is* this record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Tells executions of one origin apart.
    pub execution: u32,
    /// Where the authority comes from.
    pub origin: Origin,
    /// The key that signs.
    pub key: PublicKey,
    /// What was created.
    pub authority: Authority,
    /// What holds below.
    pub envelope: Envelope,
    /// The digest of the trigger, for role and context roots.
    pub trigger: Option<Digest>,
}
wire!(Root = 5 { execution, origin, key, authority, envelope, trigger });

/// A root with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchored<C: Crypto> {
    /// The signed record.
    pub root: Signed<Root, C>,
    /// The instance that signs, for role and context roots.
    pub attested: Option<Arc<Attested<C>>>,
    /// The operator's grant, for context roots.
    pub context: Option<Arc<Signed<ContextGrant, C>>>,
    /// The trigger, where there is one.
    pub trigger: Option<Arc<Signed<Trigger, C>>>,
}

/// Names a task: derived from the root's digest and a counter, copied unchanged below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Digest);

impl TaskId {
    /// The task number `counter` of the execution whose root has digest `root`.
    pub fn of(root: &Digest, counter: u32) -> Self {
        let mut bytes = root.as_bytes().to_vec();
        bytes.extend_from_slice(&counter.to_be_bytes());
        Self(Digest::of(&bytes))
    }
    /// A short name for a person.
    pub fn short(&self) -> String {
        self.0.short()
    }
}
impl Wire for TaskId {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Wire::decode(r).map(Self)
    }
}

/// What is asked of a resource, and what a task asks its executor to bring about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// What, where.
    pub operation: Operation,
    /// With what.
    pub arguments: Arguments,
    /// For which task.
    pub task: TaskId,
}
// An intent digest is the digest of exactly these: action, resource, arguments and task id.
wire!(Request = 6 { operation, arguments, task });

/// A holder of the predecessor step hands its execution on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// The digest of the exact predecessor: a root or a [`Continuation`].
    pub predecessor: Digest,
    /// The narrowed authority.
    pub authority: Authority,
    /// Who may take it, and what holds below.
    pub contract: Contract,
    /// The task.
    pub task: TaskId,
    /// Digests of the requests that are meant, or none.
    pub intents: Option<BTreeSet<Digest>>,
    /// The key that signs.
    pub signer: PublicKey,
    /// The digest of the signer's attestation.
    pub attestation: Option<Digest>,
}
wire!(HandOff = 7 { predecessor, authority, contract, task, intents, signer, attestation });

/// A successor answers a hand-off with its own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// The digest of the hand-off.
    pub hand_off: Digest,
    /// The successor's key; it signs.
    pub key: PublicKey,
    /// The digest of its attestation, where the contract asks for facts.
    pub attestation: Option<Digest>,
}
wire!(Continuation = 8 { hand_off, key, attestation });

/// A bare-key step moves to a new key: signed by the unrevoked old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekey {
    /// The digest of the step that moves.
    pub step: Digest,
    /// The key so far; it signs.
    pub old: PublicKey,
    /// The key from now on.
    pub new: PublicKey,
}
wire!(Rekey = 9 { step, old, new });

/// A hand-off in transit: nobody has taken it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<C: Crypto> {
    /// The signed record.
    pub record: Signed<HandOff, C>,
    /// What its signer shows of itself.
    pub by: Option<Arc<Attested<C>>>,
}

/// A hand-off and its continuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<C: Crypto> {
    /// The hand-off.
    pub offer: Arc<Offer<C>>,
    /// The answer.
    pub step: Signed<Continuation, C>,
    /// What the successor shows of itself.
    pub attested: Option<Arc<Attested<C>>>,
    /// Moves of a bare-key step to new keys, in order.
    pub rekeys: Vec<Signed<Rekey, C>>,
}

/// No step moves to a new key more often.
pub const MAX_REKEYS: usize = 8;

/// A path of an execution: root → … → current step. Cheap to clone and to extend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain<C: Crypto> {
    /// The root.
    pub root: Arc<Anchored<C>>,
    /// The links, in order.
    pub links: Vec<Arc<Link<C>>>,
}

impl<C: Crypto> Chain<C> {
    /// The digest of the current step: what the next record must name.
    pub fn tip(&self) -> Digest {
        self.links.last().map_or_else(|| self.root.root.digest(), |link| link.step.digest())
    }
    /// Names the whole path, also one whose records do not name each other.
    pub fn path(&self) -> Digest {
        let mut w = Writer::default();
        self.root.root.digest().encode(&mut w);
        for link in &self.links {
            link.offer.record.digest().encode(&mut w);
            link.step.digest().encode(&mut w);
        }
        Digest::of(&w.finish())
    }
    /// The authority of the current step.
    pub fn authority(&self) -> &Authority {
        self.links
            .last()
            .map_or(&self.root.root.body().authority, |l| &l.offer.record.body().authority)
    }
    /// What holds below the current step.
    pub fn envelope(&self) -> &Envelope {
        self.links.last().map_or(&self.root.root.body().envelope, |link| {
            &link.offer.record.body().contract.below
        })
    }
    /// One step further.
    pub fn extended(&self, link: Arc<Link<C>>) -> Self {
        let mut links = self.links.clone();
        links.push(link);
        Self { root: self.root.clone(), links }
    }
}

macro_rules! wire_carrier {
    ($name:ident { $($field:ident),* }) => {
        impl<C: Crypto<Signature: Wire>> Wire for $name<C> {
            fn encode(&self, w: &mut Writer) { $(self.$field.encode(w);)* }
            fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
                Ok(Self { $($field: Wire::decode(r)?,)* })
            }
        }
    };
}
wire_carrier!(Anchored { root, attested, context, trigger });
wire_carrier!(Offer { record, by });
wire_carrier!(Link { offer, step, attested, rekeys });
wire_carrier!(Chain { root, links });
pub(crate) use wire_carrier;

impl Object for Authority {
    const TAG: u8 = 10;
}
