//! The newtypes of names. None converts into another: the five concepts must not blur.

use std::fmt;
use std::sync::Arc;

/// Declares names that are told apart by type.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as written.
            pub fn new(text: &str) -> Self { Self(text.into()) }
            /// The text of the name.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
        impl crate::wire::Wire for $name {
            fn encode(&self, w: &mut crate::wire::Writer) { w.text(&self.0); }
            fn decode(r: &mut crate::wire::Reader<'_>) -> Result<Self, crate::wire::WireError> {
                Ok(Self(r.text()?.into()))
            }
        }
    )*};
}

names! {
    /// An accountable entity. See [`crate::identity`].
    IdentityId;
    /// The name of a role: two anchors may grant the same one. See [`crate::role`].
    RoleName;
    /// The name of a runtime instance, without its scheme. See [`crate::identifier`].
    InstanceName;
    /// The domain for which an attester speaks.
    Domain;
    /// An attested environment: a deployment, a cluster, a port.
    Environment;
    /// A signer of attestations.
    AttesterId;
    /// A source of triggers: a scheduler, a sensor.
    TriggerSource;
    /// A service: what an authorization server or a certificate authority names a workload by, replicas and all.
    ServiceId;
    /// What may be done at a resource.
    Action;
    /// Where it may be done.
    ResourceId;
    /// One verifier of a resource: the audience of a request.
    VerifierId;
    /// The arguments of a request, compared exactly.
    Arguments;
    /// A number used once, chosen by the presenter.
    Nonce;
}
