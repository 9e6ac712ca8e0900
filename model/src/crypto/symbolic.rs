//! Perfect signatures: who signed what, as data that nobody else can make.

use super::{Crypto, Digest, Ed25519, PublicKey};
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// The names of keys by their seeds: deriving one takes longer than all else that is done with it here.
    static NAMES: RefCell<BTreeMap<[u8; 32], PublicKey>> = RefCell::default();
}

/// No more names are kept at a time.
const MOST_NAMES: usize = 1 << 16;

/// The symbolic provider. Unforgeability is privacy: the only maker of a `Signature` is [`Crypto::sign`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Symbolic;

/// `key` signed `message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    message: Digest,
}

/// The right to sign as `public`.
#[derive(Debug, Clone)]
pub struct SecretKey {
    public: PublicKey,
}

impl Crypto for Symbolic {
    type Signature = Signature;
    type SecretKey = SecretKey;
    const NAME: &'static str = "symbolic";

    fn key(seed: &[u8; 32]) -> SecretKey {
        // The name of a key is its Ed25519 public bytes, so that both providers sign the same bytes.
        let public = NAMES.with_borrow_mut(|names| {
            if names.len() == MOST_NAMES {
                names.clear();
            }
            *names.entry(*seed).or_insert_with(|| Ed25519::public(&Ed25519::key(seed)))
        });
        SecretKey { public }
    }
    fn public(key: &SecretKey) -> PublicKey {
        key.public
    }
    fn sign(key: &SecretKey, message: &Digest) -> Signature {
        Signature { key: key.public, message: *message }
    }
    fn verify(key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        signature.key == *key && signature.message == *message
    }
}
