//! A contract that instances satisfy that were not meant.

use super::{Finding, Lint, Subject};
use whoacts_model::guard::Guard;
use whoacts_scenarios::scenario::{Class, Hop, Policy, Pool, Scenario};
use whoacts_scenarios::span::Span;

pub(super) const LINT: Lint = Lint {
    code: "contract-accepts-another-pool",
    sentence: "a hand-off means one pool, and asks only for facts that another pool has as well",
    why: "whoever satisfies a contract may take the hand-off: no guard tells a pool that was meant from one that has the same \
          role, domain and environment, so that another tenant's executor continues the execution lawfully",
    instead: "ask for a fact that only the pool has which is meant",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for case in subject.cases {
        let scenario = &case.scenario;
        for hop in scenario.flows.iter().flat_map(|flow| &flow.hops) {
            found.extend(finding(scenario, subject.policy, hop));
        }
    }
}

fn finding(scenario: &Scenario, policy: &Policy, hop: &Hop) -> Option<Finding> {
    let class = &hop.class;
    let place = place(class).filter(|_| !hop.anyone && class.key.is_none())?;
    let meant = scenario.pools.iter().find(|pool| pool.id.value == hop.to.value)?;
    let facts = Facts { scenario, policy };
    let others = scenario.pools.iter().filter(|pool| pool.id.value != meant.id.value);
    let others: Vec<&Pool> = others.filter(|pool| facts.satisfy(pool, class)).collect();
    let first = *others.first()?;
    let names: Vec<String> = others.iter().map(|pool| format!("`{}`", pool.id.value)).collect();
    let message = format!(
        "the hand-off to `{}` may be taken by {} as well: it asks for {}, which {} has",
        meant.id.value,
        names.join(", "),
        asked(class),
        if others.len() == 1 { "that pool" } else { "each of them" },
    );
    let help = facts.pin(meant, &others, class);
    let also = Some((first.id.span.clone(), "not meant, and accepted".to_owned()));
    Some(Finding { help, also, ..LINT.at(place, message) })
}

/// Where a class asks for something; one that asks for nothing leaves the choice to the sender, and means nobody.
fn place(class: &Class) -> Option<&Span> {
    let first = class.role.as_ref().or(class.environment.as_ref()).or(class.domain.as_ref());
    first.map(|fact| &fact.span)
}

fn asked(class: &Class) -> String {
    let facts = [("role", &class.role), ("environment", &class.environment), ("domain", &class.domain)];
    let said = facts.iter().filter_map(|(what, fact)| Some((*what, fact.as_ref()?)));
    let said: Vec<String> = said.map(|(what, fact)| format!("the {what} `{}`", fact.value)).collect();
    said.join(" and ")
}

/// The facts that attestations state of pools, as far as the policy believes them.
struct Facts<'a> {
    scenario: &'a Scenario,
    policy: &'a Policy,
}

impl Facts<'_> {
    fn satisfy(&self, pool: &Pool, class: &Class) -> bool {
        let same = |asked: &Option<_>, has: Option<&str>| {
            asked.as_ref().is_none_or(|asked: &whoacts_scenarios::span::Spanned<String>| {
                has == Some(asked.value.as_str())
            })
        };
        let Some(domain) = self.domain(pool) else { return false };
        let role = class.role.as_ref();
        role.is_none_or(|role| self.roles(pool).any(|name| name == role.value))
            && same(&class.domain, Some(domain))
            && same(&class.environment, pool.environment.as_ref().map(|name| name.value.as_str()))
    }

    /// The domain for which a pool's attester speaks, if it is believed.
    fn domain(&self, pool: &Pool) -> Option<&str> {
        let name = pool.attester.as_ref()?;
        let mut attesters = self.scenario.attesters.iter();
        let domain = attesters.find(|known| known.id.value == name.value)?.domain.value.as_str();
        let trusted = self.policy.attesters.iter().any(|trusted| {
            trusted.attester.value == name.value && trusted.domain.value == domain
        });
        (trusted || !self.asks(Guard::Attested)).then_some(domain)
    }

    /// The names of the roles that a pool carries and whose anchors are believed.
    fn roles<'p>(&'p self, pool: &'p Pool) -> impl Iterator<Item = &'p str> {
        let grants = pool.roles.iter().filter_map(|role| {
            self.scenario.roles.iter().find(|grant| grant.id.value == role.value)
        });
        let trusted = grants.filter(|grant| {
            let anchors = self.policy.anchors.iter().filter(|a| a.role.value == grant.name.value);
            let mut identities = anchors.flat_map(|anchor| &anchor.identities);
            !self.asks(Guard::RoleAnchored) || identities.any(|id| id.value == grant.anchor.value)
        });
        trusted.map(|grant| grant.name.value.as_str())
    }

    fn asks(&self, guard: Guard) -> bool {
        crate::lower::guards(&self.policy.resource).contains(guard)
            || crate::lower::guards(&self.policy.hop).contains(guard)
    }

    /// What only the pool has that is meant.
    fn pin(&self, meant: &Pool, others: &[&Pool], class: &Class) -> String {
        let environment = meant.environment.iter().map(|name| {
            let tells = others.iter().all(|pool| pool.environment.as_ref().map(|e| &e.value) != Some(&name.value));
            ("environment", name.value.as_str(), tells && class.environment.is_none())
        });
        let roles = self.roles(meant).map(|name| {
            let tells = others.iter().all(|pool| self.roles(pool).all(|role| role != name));
            ("role", name, tells)
        });
        let domain = self.domain(meant).into_iter().map(|name| {
            let tells = others.iter().all(|pool| self.domain(pool) != Some(name));
            ("domain", name, tells && class.domain.is_none())
        });
        let pins = environment.chain(roles).chain(domain).filter(|(_, _, tells)| *tells);
        match pins.map(|(what, name, _)| format!("`{what} = \"{name}\"`")).next() {
            Some(pin) => format!("ask for {pin} in `class`: only `{}` has it", meant.id.value),
            None => format!("nothing tells `{}` from it: attest a role or an environment of its own", meant.id.value),
        }
    }
}
