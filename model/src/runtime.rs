//! The duty of the runtime, in types: an executor spends only the credential that belongs to the task it serves.
//!
//! A [`Task`] holds its credential privately. Only the handler of that task is given a [`Continuation`], only for the
//! length of the call, and handing over or acting uses it up. There is no way to reach the credential of another task:
//!
//! ```compile_fail
//! # use whoacts_model::{runtime::Task, crypto::Symbolic};
//! fn steal(task: &Task<Symbolic>) { let _ = &task.credential; } // private
//! ```
//! ```compile_fail
//! # use whoacts_model::{runtime::Continuation, crypto::Symbolic};
//! fn twice(c: Continuation<'_, Symbolic>) { drop(c.clone()); } // not Clone
//! ```
//! ```compile_fail
//! # use whoacts_model::{runtime::{Continuation, Task}, crypto::Symbolic};
//! fn escape(task: &Task<Symbolic>) -> Continuation<'static, Symbolic> { task.serve(|c| c) } // does not outlive the call
//! ```

use crate::attestation::Tick;
use crate::crypto::{Crypto, Digest, Signed};
use crate::execution::{Request, TaskId};
use crate::guard::GuardSet;
use crate::identity::Registry;
use crate::mechanism::{Ask, Desk, Mechanism, Next, Party, Refusal, Start, Toward};
use crate::name::{Nonce, VerifierId};
use crate::presentation::{Credential, Delivery, Parcel, Presentation};
use crate::wire::Object;
use std::marker::PhantomData;
use std::sync::Arc;

/// What an executor was asked to do, with the credential that came for it.
#[derive(Debug, Clone)]
pub struct Task<C: Crypto> {
    credential: Credential<C>,
    errand: Arc<Request>,
}

/// The right to continue one task, once. Given to the handler of that task and to nobody else.
#[derive(Debug)]
#[must_use]
pub struct Continuation<'t, C: Crypto> {
    credential: &'t Credential<C>,
    errand: &'t Arc<Request>,
    // Invariant in 't: a continuation cannot be smuggled out of the handler that it was made for.
    brand: PhantomData<fn(&'t ()) -> &'t ()>,
}

impl<C: Crypto> Task<C> {
    /// Takes a parcel.
    ///
    /// # Errors
    /// The mechanism's [`Refusal`], or [`Refusal::Unauthenticated`] where the inbound leg is authenticated and this
    /// parcel's is not.
    pub fn take(
        mechanism: &dyn Mechanism<C>,
        desk: &Desk<C>,
        executor: &Party<C>,
        parcel: &Parcel<C>,
        required: GuardSet,
        now: Tick,
    ) -> Result<Self, Refusal> {
        if mechanism.authenticates(&parcel.cargo) && !authentic(parcel, &desk.trust.identities) {
            return Err(Refusal::Unauthenticated);
        }
        let credential = mechanism.take(desk, executor, parcel, required, now)?;
        Ok(Self { credential, errand: parcel.errand.clone() })
    }

    /// Starts an execution: its root is the credential of its first task.
    pub fn start(
        mechanism: &dyn Mechanism<C>,
        desk: &Desk<C>,
        origin: &Party<C>,
        start: &Start<C>,
        errand: impl FnOnce(TaskId) -> Request,
    ) -> Self {
        let credential = mechanism.originate(desk, origin, start);
        let task = TaskId::of(&credential.tip(), 0);
        Self { credential, errand: Arc::new(errand(task)) }
    }

    /// Runs the handler of this task.
    pub fn serve<R>(&self, handler: impl FnOnce(Continuation<'_, C>) -> R) -> R {
        let Self { credential, errand } = self;
        handler(Continuation { credential, errand, brand: PhantomData })
    }

    /// A runtime that *breaks* its duty: the handler of this task is given the credential of `other`. It exists so that a
    /// checker can show what then happens (the capability `confuse`).
    #[must_use]
    pub fn confused_with(&self, other: &Self) -> Self {
        Self { credential: other.credential.clone(), errand: self.errand.clone() }
    }

    /// The same task with what an online party gives for its credential toward `toward`; itself, where there is nothing to
    /// ask for. The runtime asks, and a handler never sees what it asks with.
    #[must_use]
    pub fn converted(
        &self,
        mechanism: &dyn Mechanism<C>,
        desk: &Desk<C>,
        executor: &Party<C>,
        toward: &Toward,
    ) -> Self {
        let converted = mechanism.convert(desk, executor, &self.credential, toward);
        let credential = converted.unwrap_or_else(|| self.credential.clone());
        Self { credential, errand: self.errand.clone() }
    }

    /// What the task is about.
    pub fn errand(&self) -> &Arc<Request> {
        &self.errand
    }

    /// What a hostile executor can take out of its own memory. An honest runtime has no such call.
    pub fn spill(&self) -> &Credential<C> {
        &self.credential
    }
}

/// Whether somebody signed this cargo together with this errand, and may have: the hand-off's signer, or a session's user.
fn authentic<C: Crypto>(parcel: &Parcel<C>, identities: &Registry) -> bool {
    let Some((delivery, sender)) = parcel.delivery.as_deref().zip(parcel.sender(identities)) else {
        return false;
    };
    delivery.by(&sender)
        && delivery.body().cargo == parcel.cargo.digest()
        && delivery.body().errand == parcel.errand.digest()
}

impl<C: Crypto> Continuation<'_, C> {
    /// What the task is about.
    pub fn errand(&self) -> &Request {
        self.errand
    }

    /// Hands the execution on. Uses the continuation up.
    pub fn hand_over(
        self,
        mechanism: &dyn Mechanism<C>,
        holder: &Party<C>,
        next: &Next,
    ) -> Parcel<C> {
        let cargo = mechanism.hand_over(holder, self.credential, self.errand.task, next);
        let delivery = mechanism.authenticates(&cargo).then(|| {
            let body = Delivery { cargo: cargo.digest(), errand: self.errand.digest() };
            Arc::new(Signed::new(body, &holder.key))
        });
        Parcel { cargo, errand: self.errand.clone(), delivery }
    }

    /// Puts the request of the task to a verifier. Uses the continuation up.
    pub fn act(
        self,
        mechanism: &dyn Mechanism<C>,
        desk: &Desk<C>,
        holder: &Party<C>,
        verifier: VerifierId,
        nonce: Nonce,
    ) -> Presentation<C> {
        let ask = Ask { request: self.errand.clone(), verifier, nonce };
        mechanism.present(desk, holder, self.credential, &ask)
    }
}

/// The digest of a request is what an intent names.
pub fn intent(request: &Request) -> Digest {
    request.digest()
}
