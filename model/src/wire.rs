//! Canonical bytes. What is signed is the same under the symbolic provider and under Ed25519.
//!
//! Every object kind has a tag of its own in front (domain separation); integers are big-endian and of fixed width;
//! texts and sequences carry their length; sets are strictly ascending. Each value has exactly one encoding: a decoder
//! refuses everything else, so a digest names a value. Published vectors: `model/tests/vectors.rs`.

use std::collections::BTreeSet;
use std::fmt;

/// In front of every tagged object.
const PREFIX: &[u8] = b"whoacts/1\0";
/// No text, set or sequence on the wire is longer.
pub const MAX_LENGTH: usize = 1 << 16;

macro_rules! tags {
    ($($($path:ident)::+),* $(,)?) => {
        /// Every object kind with its tag. Two kinds with one tag do not compile.
        pub const TAGS: &[(&str, u8)] = &[
            $((tags!(@last $($path)::+), <crate::$($path)::+ as Object>::TAG),)*
        ];
    };
    (@last $module:ident::$name:ident) => { stringify!($name) };
}
tags! {
    role::RoleGrant,
    attestation::Attestation,
    attestation::ContextGrant,
    execution::Trigger,
    execution::Root,
    execution::Request,
    execution::HandOff,
    execution::Continuation,
    execution::Rekey,
    authority::Authority,
    token::Token,
    token::Consent,
    presentation::Proof,
    presentation::Receipt,
    presentation::Delivery,
    token::Block,
}
const _: () = {
    let mut i = 1;
    while i < TAGS.len() {
        assert!(TAGS[i - 1].1 < TAGS[i].1, "tags ascend, so that no two kinds share one");
        i += 1;
    }
};

/// Collects canonical bytes.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// The bytes so far.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// One byte.
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }
    /// A 32-bit number.
    pub fn number(&mut self, value: u32) {
        self.raw(&value.to_be_bytes());
    }
    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u32);
        self.raw(text.as_bytes());
    }
}

/// Reads canonical bytes.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

/// Why bytes are not the canonical encoding of anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// Offset of the offending byte.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: expected {}", self.at, self.expected)
    }
}
impl std::error::Error for WireError {}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }
    /// An error at the current place.
    pub fn error(&self, expected: &'static str) -> WireError {
        WireError { at: self.at, expected }
    }
    /// The next `count` bytes.
    pub fn raw(&mut self, count: usize, expected: &'static str) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.rest.split_at_checked(count).ok_or_else(|| self.error(expected))?;
        self.rest = tail;
        self.at += count;
        Ok(head)
    }
    /// One byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        Ok(self.raw(1, "a byte")?[0])
    }
    /// A 32-bit number.
    pub fn number(&mut self) -> Result<u32, WireError> {
        let bytes = self.raw(4, "four bytes")?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
    /// A length within [`MAX_LENGTH`].
    pub fn length(&mut self) -> Result<usize, WireError> {
        let error = self.error("a length of at most 65536");
        let length = self.number()? as usize;
        if length > MAX_LENGTH { Err(error) } else { Ok(length) }
    }
    /// A text.
    pub fn text(&mut self) -> Result<&'a str, WireError> {
        let length = self.length()?;
        let error = self.error("UTF-8");
        std::str::from_utf8(self.raw(length, "a text")?).map_err(|_| error)
    }
    /// Nothing may follow.
    pub fn end(&self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error("the end")) }
    }
}

/// A value with exactly one encoding.
pub trait Wire: Sized {
    /// Appends the value.
    fn encode(&self, w: &mut Writer);
    /// Reads the value back, refusing everything that [`Wire::encode`] would not have written.
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError>;
}

/// An object kind: what may be signed or digested, with a tag that no other kind has.
pub trait Object: Wire {
    /// The tag, unique in [`TAGS`].
    const TAG: u8;

    /// The tagged canonical bytes: what is signed and what a digest is taken of.
    fn bytes(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.raw(PREFIX);
        w.byte(Self::TAG);
        self.encode(&mut w);
        w.finish()
    }
    /// The value with exactly these bytes.
    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let mut r = Reader::new(bytes);
        if r.raw(PREFIX.len(), "the prefix `whoacts/1`")? != PREFIX {
            return Err(WireError { at: 0, expected: "the prefix `whoacts/1`" });
        }
        let error = r.error("this object's tag");
        if r.byte()? != Self::TAG {
            return Err(error);
        }
        let value = Self::decode(&mut r)?;
        r.end()?;
        Ok(value)
    }
    /// The digest of the tagged bytes.
    fn digest(&self) -> crate::crypto::Digest {
        crate::crypto::Digest::of(&self.bytes())
    }
}

impl Wire for u32 {
    fn encode(&self, w: &mut Writer) {
        w.number(*self);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.number()
    }
}

impl Wire for bool {
    fn encode(&self, w: &mut Writer) {
        w.byte(u8::from(*self));
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("0 or 1");
        match r.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(error),
        }
    }
}

impl<T: Wire> Wire for Option<T> {
    fn encode(&self, w: &mut Writer) {
        match self {
            None => w.byte(0),
            Some(value) => {
                w.byte(1);
                value.encode(w);
            }
        }
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("0 or 1");
        match r.byte()? {
            0 => Ok(None),
            1 => Ok(Some(T::decode(r)?)),
            _ => Err(error),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn encode(&self, w: &mut Writer) {
        w.number(self.len() as u32);
        self.iter().for_each(|item| item.encode(w));
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        (0..r.length()?).map(|_| T::decode(r)).collect()
    }
}

impl<T: Wire> Wire for std::sync::Arc<T> {
    fn encode(&self, w: &mut Writer) {
        (**self).encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        T::decode(r).map(Self::new)
    }
}

impl<T: Wire + Ord> Wire for BTreeSet<T> {
    fn encode(&self, w: &mut Writer) {
        w.number(self.len() as u32);
        self.iter().for_each(|item| item.encode(w));
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut set = Self::new();
        for _ in 0..r.length()? {
            let error = r.error("a strictly ascending set");
            let item = T::decode(r)?;
            if set.last().is_some_and(|last| *last >= item) {
                return Err(error);
            }
            set.insert(item);
        }
        Ok(set)
    }
}

/// Writes the fields of a struct in their order; with a tag, makes it an [`Object`].
macro_rules! wire {
    ($name:ident $(= $tag:literal)? { $($field:ident),* $(,)? }) => {
        impl $crate::wire::Wire for $name {
            fn encode(&self, w: &mut $crate::wire::Writer) {
                $($crate::wire::Wire::encode(&self.$field, w);)*
            }
            fn decode(r: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                Ok(Self { $($field: $crate::wire::Wire::decode(r)?,)* })
            }
        }
        $(impl $crate::wire::Object for $name { const TAG: u8 = $tag; })?
    };
}
pub(crate) use wire;
