//! The authority that justified an honest executor's effect comes from one root, and it is the effect's true root.

use super::Property;
use crate::world::ghost::{Cause, Mint, When};
use crate::world::record::Acceptance;

pub(super) const PROPERTY: Property = Property {
    id: "no-mixing",
    sentence: "the authority that justified an honest executor's effect comes from one root, and it is the effect's true root",
    why: "executions are never joined: what one of them may do says nothing about another (the article's central claim)",
    broken_by: "a deputy that picks the wrong credential (confuse); a hand-off that nobody made",
    exceeds_intent: false,
    pair: None,
    judge,
};

fn judge(a: &Acceptance, when: &mut Vec<When>) -> bool {
    let same_root = match (&a.cause, a.mint) {
        (Cause::Execution(cause), Mint::Execution(mint)) => *cause == mint,
        (Cause::Execution(_), _) | (Cause::Adversary(_), Mint::Execution(_)) => false,
        (Cause::Adversary(_), Mint::Standing) => false,
        (Cause::Adversary(_), _) => true,
    };
    if a.honestly_asked() && !same_root {
        when.push(When::AskedHonestly);
    }
    a.honestly_asked()
}
