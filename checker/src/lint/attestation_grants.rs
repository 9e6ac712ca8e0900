//! An attestation is asked to grant.

use super::{Finding, Lint, Subject};
use whoacts_model::guard::Guard;
use whoacts_scenarios::scenario::MandateKind;

pub(super) const LINT: Lint = Lint {
    code: "attestation-grants",
    sentence: "what an attester says of an instance would create authority by itself",
    why: "an attestation answers under which runtime properties an instance runs; it authorises nothing. If nobody \
          accountable stands behind an environment or a role, whoever can place a workload there creates authority",
    instead: "name the identity that answers for it in an `[[operator]]` or `[[anchor]]`, and require `root-anchored`",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let policy = subject.policy;
    let required = |guard: Guard| {
        policy.resource.iter().any(|said| said.value == "all" || said.value == guard.id())
    };
    let attested = policy.mandates.iter().filter(|mandate| mandate.kind != MandateKind::Identity);
    for mandate in attested.filter(|mandate| !mandate.may_create.is_empty()) {
        let root = &mandate.root;
        let operated =
            policy.operators.iter().any(|operator| operator.environment.value == root.value);
        if mandate.kind == MandateKind::Context && !operated {
            let message = format!(
                "the environment `{}` may create, and nobody is trusted to operate it",
                root.value
            );
            found.push(LINT.at(&root.span, message));
        } else if !required(Guard::RootAnchored) {
            let message = format!(
                "`{}` may create, and no resource requires that somebody accountable stands behind it",
                root.value
            );
            let list = policy.resource.first().map(|first| first.span.clone());
            let also = list.map(|span| (span, "`root-anchored` is not required".to_owned()));
            found.push(Finding { also, ..LINT.at(&root.span, message) });
        }
    }
}
