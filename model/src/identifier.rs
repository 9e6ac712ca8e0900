//! **Identifier**: which runtime instance?
//!
//! Names one *incarnation* of one instance, for tracing, routing and audit. It must never grant anything: renaming every
//! identifier changes no decision.

pub use crate::name::InstanceName;
use crate::wire::{Reader, Wire, WireError, Writer, wire};
use std::fmt;

/// How identifiers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `spiffe:` inside a mesh.
    Spiffe,
    /// `did:` across organisations.
    Did,
    /// `iam:` (an ARN) inside one cloud.
    Iam,
    /// `x509:` bound to runtime properties.
    X509,
    /// `opaque:` anything else.
    Opaque,
}

impl Scheme {
    /// Every scheme, by the name used in scenario files.
    pub const ALL: [(&'static str, Self); 5] = [
        ("spiffe", Self::Spiffe),
        ("did", Self::Did),
        ("iam", Self::Iam),
        ("x509", Self::X509),
        ("opaque", Self::Opaque),
    ];
    /// The scheme of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, scheme)| *scheme)
    }
}

impl Wire for Scheme {
    fn encode(&self, w: &mut Writer) {
        w.byte(*self as u8);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let error = r.error("an identifier scheme");
        let byte = r.byte()?;
        Self::ALL.iter().map(|(_, s)| *s).find(|s| *s as u8 == byte).ok_or(error)
    }
}

/// One incarnation of one instance: a restarted instance under an old name is a new incarnation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// How it is written.
    pub scheme: Scheme,
    /// Which instance.
    pub name: InstanceName,
    /// Which life of it, from 1.
    pub incarnation: u32,
}
wire!(Identifier { scheme, name, incarnation });

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = Scheme::ALL[self.scheme as usize].0;
        write!(f, "{scheme}:{}#{}", self.name, self.incarnation)
    }
}
