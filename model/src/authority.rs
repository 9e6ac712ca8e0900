//! **Authority**: what may be done in *this* execution?
//!
//! A finite set of permissions, compared exactly (no prefixes, no wildcards). It is created once, at an accountable root,
//! and only ever narrowed. It must never live outside an execution or belong to an instance.

use crate::name::{Action, Arguments, ResourceId};
use crate::wire::{Reader, Wire, WireError, Writer, wire};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One thing that can be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// What.
    pub action: Action,
    /// Where.
    pub resource: ResourceId,
}
wire!(Operation { action, resource });

/// The right to one operation, possibly constrained to exact arguments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// The operation.
    pub operation: Operation,
    /// The only arguments with which it may be done; `None` means any.
    pub only: Option<Arguments>,
}
wire!(Permission { operation, only });

impl Permission {
    /// The authority to this and nothing else.
    pub fn into_authority(self) -> Authority {
        [self].into_iter().collect()
    }
    /// Whether every request that `self` admits is admitted by `other`.
    pub fn within(&self, other: &Self) -> bool {
        self.operation == other.operation && (other.only.is_none() || self.only == other.only)
    }
}

/// A set of permissions. Cheap to clone: it is named by many records and never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Authority(Arc<BTreeSet<Permission>>);

impl Authority {
    /// The authority to exactly these operations, with any arguments.
    pub fn to(operations: impl IntoIterator<Item = Operation>) -> Self {
        operations.into_iter().map(|operation| Permission { operation, only: None }).collect()
    }
    /// Whether it admits a request.
    pub fn admits(&self, operation: &Operation, arguments: &Arguments) -> bool {
        self.0.iter().any(|permission| {
            permission.operation == *operation
                && permission.only.as_ref().is_none_or(|only| only == arguments)
        })
    }
    /// Whether it is nowhere wider than `other`.
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|mine| other.0.iter().any(|theirs| mine.within(theirs)))
    }
    /// Its permissions, in order.
    pub fn permissions(&self) -> impl Iterator<Item = &Permission> {
        self.0.iter()
    }
    /// What of it `other` admits as well.
    #[must_use]
    pub fn narrowed(&self, other: &Self) -> Self {
        let kept = self.0.iter().filter(|mine| other.0.iter().any(|theirs| mine.within(theirs)));
        kept.cloned().collect()
    }
    /// Both together.
    pub fn union(&self, other: &Self) -> Self {
        self.0.union(&other.0).cloned().collect()
    }
    /// Whether it admits nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Permission> for Authority {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(Arc::new(permissions.into_iter().collect()))
    }
}

impl Wire for Authority {
    fn encode(&self, w: &mut Writer) {
        self.0.encode(w);
    }
    fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Arc::decode(r).map(Self)
    }
}
