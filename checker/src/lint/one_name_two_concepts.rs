//! One name answers two questions.

use super::{Finding, Lint, Subject};
use std::collections::BTreeMap;
use whoacts_scenarios::span::Span;

pub(super) const LINT: Lint = Lint {
    code: "one-name-two-concepts",
    sentence: "the same name stands for two concepts, such as a role and an environment",
    why: "who is accountable, in what capacity, which instance, under which properties: where one field answers two of these, \
          whoever controls the one controls the other, which is how confused deputies come about",
    instead: "give each concept a name of its own",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for case in subject.cases {
        let scenario = &case.scenario;
        let identities = scenario.identities.iter().map(|identity| ("an identity", &identity.id));
        let roles = scenario.roles.iter().map(|role| ("a role", &role.name));
        let pools = scenario.pools.iter().map(|pool| ("a pool of instances", &pool.id));
        let pool_environments = scenario.pools.iter().filter_map(|pool| pool.environment.as_ref());
        let environments = pool_environments
            .chain(scenario.contexts.iter().map(|context| &context.environment))
            .map(|environment| ("an attested environment", environment));
        let mut first: BTreeMap<&str, (&str, &Span)> = BTreeMap::new();
        for (what, name) in identities.chain(roles).chain(pools).chain(environments) {
            let (before, place) = *first.entry(name.as_str()).or_insert((what, &name.span));
            // An identity with the name of instances has a lint of its own.
            let other = (before, what) == ("an identity", "a pool of instances");
            if before != what && !other {
                let message = format!("`{}` is {before} and {what}", name.value);
                let also = Some((place.clone(), format!("{before} of this name")));
                found.push(Finding { also, ..LINT.at(&name.span, message) });
            }
        }
    }
}
