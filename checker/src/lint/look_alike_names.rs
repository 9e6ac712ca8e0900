//! Two names that a reader takes for one.

use super::{Finding, Lint, Subject};
use std::collections::BTreeMap;
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;
use whoacts_scenarios::Case;
use whoacts_scenarios::span::{Span, Spanned};

pub(super) const LINT: Lint = Lint {
    code: "look-alike-names",
    sentence: "two different names look the same, or one name mixes letters of several scripts",
    why: "a policy that trusts `alice` is read by people and compared by bytes: whoever is called the same to the eye and \
          something else to the machine passes every review (UTS #39)",
    instead: "write names in the letters of one script, and let different names differ to the eye",
    judge,
};

fn judge(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for case in subject.cases {
        let mut seen: BTreeMap<String, (&str, &Span)> = BTreeMap::new();
        for name in names(case) {
            let text = name.value.as_str();
            if !text.is_single_script() {
                let message = format!("`{text}` mixes letters of several scripts");
                found.push(LINT.at(&name.span, message));
            }
            let (first, place) = *seen.entry(look(text)).or_insert((text, &name.span));
            if first != text {
                let message = format!("`{}` looks like `{first}` and is another name", spelt(text));
                let also = Some((place.clone(), "the other one".to_owned()));
                found.push(Finding { also, ..LINT.at(&name.span, message) });
            }
        }
    }
}

/// What a reader sees of a name: letters that look alike are one, and case is hardly noticed.
fn look(name: &str) -> String {
    let seen: String = skeleton(&name.to_lowercase()).collect();
    seen.to_lowercase()
}

/// A name with the characters spelt out that are not ASCII, since the two cannot be told apart otherwise.
fn spelt(name: &str) -> String {
    let one = |c: char| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() };
    name.chars().map(one).collect()
}

/// Every name that a story or its policy gives or uses.
fn names(case: &Case) -> impl Iterator<Item = &Spanned<String>> {
    let (story, policy) = (&case.scenario, &case.policy);
    let identities = story.identities.iter().map(|one| &one.id);
    let attesters = story.attesters.iter().flat_map(|one| [&one.id, &one.domain]);
    let roles = story.roles.iter().flat_map(|one| [&one.id, &one.name, &one.domain]);
    let contexts = story.contexts.iter().flat_map(|one| [&one.id, &one.environment, &one.domain]);
    let pools = story.pools.iter().flat_map(|one| std::iter::once(&one.id).chain(&one.environment));
    let resources = story.resources.iter().map(|one| &one.id);
    let flows = story.flows.iter().map(|one| &one.id);
    let mandates = policy.mandates.iter().map(|one| &one.root);
    let anchors = policy.anchors.iter().flat_map(|a| std::iter::once(&a.role).chain(&a.identities));
    let operators = policy.operators.iter();
    let operators = operators.flat_map(|o| std::iter::once(&o.environment).chain(&o.identities));
    let trusted = policy.attesters.iter().flat_map(|one| [&one.attester, &one.domain]);
    let said = identities.chain(attesters).chain(roles).chain(contexts).chain(pools);
    let said = said.chain(resources).chain(flows).chain(mandates).chain(anchors);
    said.chain(operators).chain(trusted)
}
