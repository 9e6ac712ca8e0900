//! Keys, signatures and digests, behind one trait with two providers.
//!
//! Both providers name a key by the same 32 public bytes and sign the same digest of the same canonical bytes, so every digest in a symbolic
//! run is the digest of the concrete run. Only the signature value differs, and it is never part of what is signed.

mod ed25519;
mod symbolic;

use crate::wire::{Object, Reader, Wire, WireError, Writer};
pub use ed25519::Ed25519;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::hash::Hash;
pub use symbolic::Symbolic;

/// SHA-256 of canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// The first eight hexadecimal digits: enough for a person.
    pub fn short(&self) -> String {
        hex(&self.0[..4])
    }
    /// All hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// The name of a key: its public bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// A key with these public bytes; whether anybody can sign with it is another question.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! bytes32 {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&hex(&self.0[..4])) }
        }
        impl Wire for $name {
            fn encode(&self, w: &mut Writer) { w.raw(&self.0); }
            fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
                let mut bytes = [0; 32];
                bytes.copy_from_slice(r.raw(32, "32 bytes")?);
                Ok(Self(bytes))
            }
        }
    )*};
}
bytes32!(Digest, PublicKey);

/// A signature scheme.
pub trait Crypto: Copy + Eq + Ord + Hash + fmt::Debug + Default + Send + Sync + 'static {
    /// What a signature is.
    type Signature: Clone + PartialEq + Eq + fmt::Debug + Send + Sync;
    /// What signs.
    type SecretKey: Clone + fmt::Debug + Send + Sync;
    /// `symbolic` or `ed25519`.
    const NAME: &'static str;

    /// The key pair of a 32-byte seed.
    fn key(seed: &[u8; 32]) -> Self::SecretKey;
    /// The public name of a key.
    fn public(key: &Self::SecretKey) -> PublicKey;
    /// Signs the digest of an object's canonical bytes.
    fn sign(key: &Self::SecretKey, message: &Digest) -> Self::Signature;
    /// Whether `signature` is `key`'s over `message`.
    fn verify(key: &PublicKey, message: &Digest, signature: &Self::Signature) -> bool;
}

/// A body and a signature that claims to be over it. The digest is taken once, when it is made or decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T, C: Crypto> {
    body: T,
    digest: Digest,
    signature: C::Signature,
}

impl<T: Object, C: Crypto> Signed<T, C> {
    /// Signs `body`.
    pub fn new(body: T, key: &C::SecretKey) -> Self {
        let digest = body.digest();
        let signature = C::sign(key, &digest);
        Self { body, digest, signature }
    }
    /// What is claimed.
    pub fn body(&self) -> &T {
        &self.body
    }
    /// The digest of the signed bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }
    /// Whether the signature is `key`'s.
    pub fn by(&self, key: &PublicKey) -> bool {
        C::verify(key, &self.digest, &self.signature)
    }
}

impl<T: Object, C: Crypto<Signature: Wire>> Wire for Signed<T, C> {
    fn encode(&self, w: &mut Writer) {
        self.body.encode(w);
        self.signature.encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let body = T::decode(r)?;
        let digest = body.digest();
        Ok(Self { body, digest, signature: C::Signature::decode(r)? })
    }
}
