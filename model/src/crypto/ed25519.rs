//! Ed25519 (RFC 8032), verified strictly.

use super::{Crypto, Digest, PublicKey};
use crate::wire::{Reader, Wire, WireError, Writer};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

/// The concrete provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ed25519;

/// The 64 signature bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Wire for Signature {
    fn encode(&self, w: &mut Writer) {
        w.raw(&self.0);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(r.raw(64, "64 signature bytes")?);
        Ok(Self(bytes))
    }
}

impl Crypto for Ed25519 {
    type Signature = Signature;
    type SecretKey = SigningKey;
    const NAME: &'static str = "ed25519";

    fn key(seed: &[u8; 32]) -> SigningKey {
        SigningKey::from_bytes(seed)
    }
    fn public(key: &SigningKey) -> PublicKey {
        PublicKey(key.verifying_key().to_bytes())
    }
    fn sign(key: &SigningKey, message: &Digest) -> Signature {
        Signature(key.sign(message.as_bytes()).to_bytes())
    }
    fn verify(key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerifyingKey::from_bytes(key.as_bytes())
            .is_ok_and(|key| key.verify_strict(message.as_bytes(), &signature).is_ok())
    }
}
