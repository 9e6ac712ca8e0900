//! What reaches a verifier: a credential, a request, and the proof that joins them.

use crate::attestation::Attested;
use crate::authority::{Authority, Operation};
use crate::crypto::{Crypto, Digest, PublicKey, Signed};
use crate::execution::{Chain, Offer, Request, wire_carrier};
use crate::identity::Registry;
use crate::name::{Nonce, VerifierId};
use crate::token::{Block, Consent, Token};
use crate::wire::{Reader, Wire, WireError, Writer, wire};
use std::sync::Arc;

/// What a party holds for a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential<C: Crypto> {
    /// A token of the OAuth family.
    Token(Arc<Signed<Token, C>>),
    /// A path of an execution.
    Chain(Chain<C>),
    /// A consent that is still to be redeemed at the authorization server; it proves nothing to a resource.
    Consent(Arc<Signed<Consent, C>>),
    /// A token with restrictions that its holders added.
    Attenuated(Arc<Attenuated<C>>),
    /// Nothing: who acts relies on what it may do anyway. The number is a correlation id that proves nothing.
    Ambient(u32),
}

/// A token with the restrictions that its holders added, and what says that they are met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attenuated<C: Crypto> {
    /// What was issued.
    pub token: Arc<Signed<Token, C>>,
    /// The restrictions, in order.
    pub blocks: Vec<Arc<Signed<Block, C>>>,
    /// A third party's word that a restriction is met, bound to what it is shown with (a discharge).
    pub discharge: Option<Arc<Signed<Block, C>>>,
}
wire_carrier!(Attenuated { token, blocks, discharge });

impl<C: Crypto> Attenuated<C> {
    /// The digest of the last restriction, or of the token.
    pub fn tip(&self) -> Digest {
        self.blocks.last().map_or_else(|| self.token.digest(), |block| block.digest())
    }
    /// What remains of the token's scope.
    pub fn scope(&self) -> &Authority {
        self.blocks.last().map_or(&self.token.body().scope, |block| &block.body().scope)
    }
}

impl<C: Crypto> Credential<C> {
    /// What may be done with it.
    pub fn scope(&self) -> Authority {
        match self {
            Self::Token(token) => token.body().scope.clone(),
            Self::Chain(chain) => chain.authority().clone(),
            Self::Consent(consent) => consent.body().scope.clone(),
            Self::Attenuated(held) => held.scope().clone(),
            Self::Ambient(_) => Authority::default(),
        }
    }
    /// What a proof names: the token (`ath`, RFC 9449 §4.2) or the current step.
    pub fn tip(&self) -> Digest {
        match self {
            Self::Token(token) => token.digest(),
            Self::Chain(chain) => chain.tip(),
            Self::Consent(consent) => consent.digest(),
            Self::Attenuated(held) => held.tip(),
            Self::Ambient(number) => Digest::of(&number.to_be_bytes()),
        }
    }
}

impl<C: Crypto<Signature: Wire>> Wire for Credential<C> {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Token(token) => {
                w.byte(0);
                token.encode(w);
            }
            Self::Chain(chain) => {
                w.byte(1);
                chain.encode(w);
            }
            Self::Consent(consent) => {
                w.byte(2);
                consent.encode(w);
            }
            Self::Attenuated(held) => {
                w.byte(3);
                held.encode(w);
            }
            Self::Ambient(number) => {
                w.byte(4);
                number.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error(
            "a token (0), a chain (1), a consent (2), an attenuated token (3) or nothing (4)",
        );
        match r.byte()? {
            0 => Ok(Self::Token(Wire::decode(r)?)),
            1 => Ok(Self::Chain(Wire::decode(r)?)),
            2 => Ok(Self::Consent(Wire::decode(r)?)),
            3 => Ok(Self::Attenuated(Wire::decode(r)?)),
            4 => Ok(Self::Ambient(Wire::decode(r)?)),
            _ => Err(error),
        }
    }
}

/// What a presenter signs for one request. What it *claims* is kept apart from what the request *is*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The credential that it goes with.
    pub tip: Digest,
    /// Identifies the request (`jti`).
    pub nonce: Nonce,
    /// Method and URI (`htm`, `htu`), where the scheme signs them apart.
    pub operation: Option<Operation>,
    /// The digest of the whole [`Request`], where the scheme binds it.
    pub request: Option<Digest>,
    /// The verifier that it is meant for, where the scheme names it.
    pub audience: Option<VerifierId>,
    /// The key that signs.
    pub key: PublicKey,
    /// The digest of the presenter's attestation.
    pub attestation: Option<Digest>,
}
wire!(Proof = 13 { tip, nonce, operation, request, audience, key, attestation });

/// A settlement's word that it checked every link of a path (profiles that do not check the prefix at the verifier).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// [`Chain::path`] of what was checked.
    pub path: Digest,
}
wire!(Receipt = 14 { path });

/// What travels from one executor to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cargo<C: Crypto> {
    /// A credential, passed on as it is.
    Credential(Credential<C>),
    /// A hand-off below a path.
    Offer(Chain<C>, Arc<Offer<C>>),
}

impl<C: Crypto> Cargo<C> {
    /// Names what travels.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Credential(credential) => credential.tip(),
            Self::Offer(_, offer) => offer.record.digest(),
        }
    }
}

/// A sender's signature over what it sends and what is to be done: an authenticated inbound leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// [`Cargo::digest`].
    pub cargo: Digest,
    /// The digest of the errand.
    pub errand: Digest,
}
wire!(Delivery = 15 { cargo, errand });

/// A message to an executor: what it may use, and what it is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel<C: Crypto> {
    /// What travels.
    pub cargo: Cargo<C>,
    /// The request that is to be made in the end.
    pub errand: Arc<Request>,
    /// The sender's signature, where the mechanism authenticates the inbound leg.
    pub delivery: Option<Arc<Signed<Delivery, C>>>,
}
wire_carrier!(Parcel { cargo, errand, delivery });

impl<C: Crypto> Parcel<C> {
    /// Whose signature authenticates the parcel: the hand-off's signer, the client for which a token was issued, or the
    /// user whose session it is.
    pub fn sender(&self, identities: &Registry) -> Option<PublicKey> {
        match &self.cargo {
            Cargo::Offer(_, offer) => Some(offer.record.body().signer),
            Cargo::Credential(Credential::Consent(consent)) => {
                identities.get(&consent.body().subject).copied()
            }
            Cargo::Credential(Credential::Token(token)) => {
                let user = || identities.get(&token.body().subject).copied();
                token.body().claims.requester.or_else(user)
            }
            Cargo::Credential(_) => None,
        }
    }
}

impl<C: Crypto<Signature: Wire>> Wire for Cargo<C> {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Credential(credential) => {
                w.byte(0);
                credential.encode(w);
            }
            Self::Offer(chain, offer) => {
                w.byte(1);
                chain.encode(w);
                offer.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("a credential (0) or an offer (1)");
        match r.byte()? {
            0 => Ok(Self::Credential(Wire::decode(r)?)),
            1 => Ok(Self::Offer(Wire::decode(r)?, Wire::decode(r)?)),
            _ => Err(error),
        }
    }
}

/// What reaches a verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation<C: Crypto> {
    /// The credential.
    pub credential: Credential<C>,
    /// What is asked for.
    pub request: Arc<Request>,
    /// Tells connections apart where nothing is signed.
    pub connection: Nonce,
    /// The presenter's signature.
    pub proof: Option<Arc<Signed<Proof, C>>>,
    /// What the presenter shows of itself.
    pub attested: Option<Arc<Attested<C>>>,
    /// The settlement's word on the path before the last link.
    pub receipt: Option<Arc<Signed<Receipt, C>>>,
}
wire_carrier!(Presentation { credential, request, connection, proof, attested, receipt });

macro_rules! framed {
    ($($name:ident),*) => {$(
        impl<C: Crypto<Signature: Wire>> $name<C> {
            /// The bytes on the wire.
            pub fn to_bytes(&self) -> Vec<u8> {
                let mut w = Writer::default();
                self.encode(&mut w);
                w.finish()
            }
            /// The message with exactly these bytes.
            ///
            /// # Errors
            /// A [`WireError`] with the offset at which the bytes are not canonical.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
                let mut r = Reader::new(bytes);
                let message = Self::decode(&mut r)?;
                r.end()?;
                Ok(message)
            }
        }
    )*};
}
framed!(Presentation, Parcel);
