//! What the bytes of a presentation say that a property asks about: authority, keys, and the attested facts that were relied on.

use crate::world::setting::Setting;
use whoacts_model::attestation::{Attestation, Attested, Tick};
use whoacts_model::authority::Authority;
use whoacts_model::contract::Requirement;
use whoacts_model::crypto::{Crypto, PublicKey};
use whoacts_model::execution::{Chain, Origin};
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::presentation::{Credential, Presentation};
use whoacts_model::verify;

/// Attested facts that a verifier relied on, whatever carried them: a step, a root, a proof.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relied {
    /// The key that signed.
    pub key: PublicKey,
    /// Whether they are facts of the instance that owns the key.
    pub truly: bool,
    /// From when until when they are true of it.
    pub true_at: (Tick, Tick),
    /// They were relied on for what acts now, and not for an earlier step.
    pub current: bool,
}

/// The key to which a credential binds its bearer. (A form's credentials are bound alike in every hand.)
pub fn bound_key<C: Crypto>(held: &Credential<C>) -> Option<PublicKey> {
    match held {
        Credential::Chain(chain) => {
            let last = chain.links.last().map(|link| link.step.body().key);
            last.or(Some(chain.root.root.body().key))
        }
        Credential::Token(token) => token.body().confirmation,
        Credential::Attenuated(held) => held.blocks.last().and_then(|block| block.body().key),
        Credential::Consent(_) | Credential::Ambient(_) => None,
    }
}

/// The key to which the root of a credential is bound. What is no chain says so only where nobody took it further.
pub(in crate::world) fn root_key<C: Crypto>(
    held: &Credential<C>,
    alone: bool,
) -> Option<PublicKey> {
    match held {
        Credential::Chain(chain) => Some(chain.root.root.body().key),
        other => bound_key(other).filter(|_| alone),
    }
}

/// Whether an instance really is what a class asks for, which must be something.
pub(super) fn is_truly<C: Crypto>(setting: &Setting<C>, index: usize, class: &Requirement) -> bool {
    let instance = &setting.instances[index];
    let own = instance.party.attested.as_deref().map(Attested::facts);
    let asks = !matches!(class, Requirement::Facts(facts) if facts.is_empty());
    asks && !instance.relayed && verify::eligible(class, &instance.party.public, own)
}

/// What a credential and the proof beside it carry.
#[derive(Default)]
pub(super) struct Columns {
    /// The authority of each record, the root's first. Empty where there is no credential.
    pub(super) carried: Vec<Authority>,
    /// The facts that were relied on.
    pub(super) facts: Vec<Relied>,
    /// Every key on the path, the presenter's included.
    pub(super) keys: Vec<PublicKey>,
}

impl Columns {
    pub(super) fn of<C: Crypto>(setting: &Setting<C>, made: &Presentation<C>) -> Self {
        let mut columns = match &made.credential {
            Credential::Chain(chain) => Self::of_chain(setting, chain),
            Credential::Token(token) => Self {
                carried: vec![token.body().scope.clone()],
                keys: token.body().confirmation.into_iter().collect(),
                ..Self::default()
            },
            Credential::Attenuated(held) => {
                let root = held.token.body().scope.clone();
                let below = held.blocks.iter().map(|block| block.body().scope.clone());
                Self {
                    carried: [root].into_iter().chain(below).collect(),
                    keys: held.blocks.iter().filter_map(|block| block.body().key).collect(),
                    ..Self::default()
                }
            }
            Credential::Consent(_) | Credential::Ambient(_) => Self::default(),
        };
        columns.facts.extend(shown(setting, made));
        columns.keys.extend(made.proof.as_deref().map(|proof| proof.body().key));
        columns
    }

    fn of_chain<C: Crypto>(setting: &Setting<C>, chain: &Chain<C>) -> Self {
        let root = chain.root.root.body();
        let mut carried = vec![root.authority.clone()];
        let mut keys = vec![root.key];
        let alone = chain.links.is_empty();
        let stated =
            |is: &dyn Fn(&Attestation) -> bool| relied(setting, root.key, |facts| is(facts), alone);
        let mut facts: Vec<Relied> = match &root.origin {
            Origin::Identity(_) => Vec::new(),
            Origin::Role(claim) => vec![stated(&|facts| facts.roles.contains(claim))],
            Origin::Context { environment, .. } => {
                vec![stated(&|facts| facts.environment.as_ref() == Some(environment))]
            }
        };
        for (place, link) in chain.links.iter().enumerate() {
            let record = link.offer.record.body();
            carried.push(record.authority.clone());
            let key = link.step.body().key;
            keys.extend([record.signer, key]);
            let last = place + 1 == chain.links.len();
            match &record.contract.next {
                Requirement::Facts(asked) if !asked.is_empty() => {
                    facts.push(relied(setting, key, |own| asked.stated_by(own), last));
                }
                _ => {}
            }
        }
        Self { carried, facts, keys }
    }
}

/// The facts that are relied on along a chain.
pub(in crate::world) fn relied_on<C: Crypto>(
    setting: &Setting<C>,
    chain: &Chain<C>,
) -> Vec<Relied> {
    Columns::of_chain(setting, chain).facts
}

/// What is really true of an owner of a key (several may share it), where the facts that were asked for are shown under that key.
fn relied<C: Crypto>(
    setting: &Setting<C>,
    key: PublicKey,
    is: impl Fn(&Attestation) -> bool,
    current: bool,
) -> Relied {
    let truly = |index: &usize| {
        let owner = &setting.instances[*index];
        let own = owner.party.attested.as_deref();
        !owner.relayed && own.is_some_and(|own| is(own.facts()))
    };
    let owner = setting.owners(key).find(truly).map(|owner| &setting.instances[owner]);
    let known = owner.or_else(|| Some(&setting.instances[setting.owner(&key)?]));
    let true_at = known.map_or((0, 0), |owner| (owner.facts_from, owner.facts_until));
    Relied { key, truly: owner.is_some(), true_at, current }
}

/// The attestation that comes with a proof, where the verifier relies on it: it is asked for, or it tells who holds a step that was
/// taken under another key.
fn shown<C: Crypto>(setting: &Setting<C>, made: &Presentation<C>) -> Option<Relied> {
    const ASKED: GuardSet =
        GuardSet::of(&[Guard::Attested, Guard::AttestationFresh, Guard::KeyAttested]);
    let (proof, shown) = (made.proof.as_deref()?, made.attested.as_deref()?);
    let body = proof.body();
    let asks = match &made.credential {
        Credential::Chain(_) => bound_key(&made.credential) != Some(body.key),
        _ => !setting.required.intersection(ASKED).is_empty(),
    };
    let goes_with = body.attestation == Some(shown.digest());
    let says = |own: &Attestation| own == shown.facts();
    (asks && goes_with).then(|| relied(setting, body.key, says, true))
}
