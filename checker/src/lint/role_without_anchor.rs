//! A role may create authority, and nobody is trusted to say who has it.

use super::{Finding, Lint, Subject};
use whoacts_scenarios::scenario::MandateKind;

pub(super) const LINT: Lint = Lint {
    code: "role-without-anchor",
    sentence: "a role may create authority, and the policy trusts nobody to anchor it",
    why: "a role answers in what capacity, and not who is responsible; without an anchor nobody is accountable for what it \
          creates, so that guards refuse its roots, and a verifier that did not would believe a bare name",
    instead: "add an `[[anchor]]` for the role, with the identity that answers for it, or take the mandate away",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let anchors = |role: &str| {
        let anchor = subject.policy.anchors.iter().find(|anchor| anchor.role.value == role);
        anchor.into_iter().flat_map(|anchor| &anchor.identities)
    };
    let roles = subject.policy.mandates.iter().filter(|m| m.kind == MandateKind::Role);
    for mandate in roles.filter(|mandate| !mandate.may_create.is_empty()) {
        if anchors(&mandate.root).next().is_none() {
            let message =
                format!("the role `{}` may create, and nobody may anchor it", mandate.root.value);
            found.push(LINT.at(&mandate.root.span, message));
        }
    }
    for case in subject.cases {
        let hostile = |identity: &str| {
            let mut all = case.scenario.identities.iter();
            all.any(|known| known.id.value == identity && known.adversary)
        };
        let grants = case.scenario.roles.iter();
        for grant in grants.filter(|grant| !grant.may_create.is_empty() && !hostile(&grant.anchor))
        {
            let anchor = &grant.anchor;
            if !anchors(&grant.name).any(|trusted| trusted.value == anchor.value) {
                let message = format!(
                    "`{}` grants the role `{}`, which may create, and the policy does not trust it to",
                    anchor.value, grant.name.value
                );
                found.push(LINT.at(&anchor.span, message));
            }
        }
    }
}
