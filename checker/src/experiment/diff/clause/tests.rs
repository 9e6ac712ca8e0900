use super::{Clause, Edit, apply, edits};
use crate::suite::vocabulary;
use whoacts_scenarios::parse_policy;
use whoacts_scenarios::scenario::Policy;

fn policy(body: &str) -> Policy {
    let head = "schema = \"whoacts/policy/1\"\ntitle = \"a policy\"\n";
    let text = format!("{head}{body}");
    parse_policy("p.toml", "p", text.as_bytes(), &vocabulary()).expect("a policy")
}

const ONE: &str = r#"
memory = "shared"
triggers = ["scanner"]
[require]
resource = ["all"]
hop = ["holder", "linked"]
[[mandate]]
identity = "alice"
may_create = ["read api", "delete api"]
[[mandate]]
role = "monitor"
may_create = []
[[anchor]]
role = "monitor"
identities = ["acme"]
[[operator]]
environment = "soc"
identities = ["acme", "globex"]
[[attester]]
id = "platform"
domain = "acme"
"#;

const OTHER: &str = r#"
memory = "local"
[require]
resource = ["linked", "holder"]
hop = ["linked", "audience"]
[[attester]]
id = "platform"
domain = "globex"
[[operator]]
environment = "soc"
identities = ["acme"]
[[mandate]]
role = "monitor"
may_create = ["scan api"]
[[mandate]]
context = "soc"
may_create = ["scan api"]
[[mandate]]
identity = "alice"
may_create = []
"#;

fn said(edits: &[Edit]) -> Vec<String> {
    edits.iter().map(Edit::sentence).collect()
}

#[test]
fn all_edits_lead_from_one_policy_to_the_other_and_none_to_itself() {
    for (from, to) in [(ONE, OTHER), (OTHER, ONE)] {
        let (old, new) = (policy(from), policy(to));
        let found = edits(&old, &new);
        assert!(found.len() > 20, "{:?}", said(&found));
        let all = apply(&old, &found, &vec![true; found.len()]);
        assert_eq!(said(&edits(&all, &new)), Vec::<String>::new());
        let none = apply(&old, &found, &vec![false; found.len()]);
        assert_eq!(said(&edits(&none, &old)), Vec::<String>::new());
    }
}

#[test]
fn one_edit_alone_is_one_difference() {
    let (old, new) = (policy(ONE), policy(OTHER));
    let found = edits(&old, &new);
    for at in 0..found.len() {
        let made: Vec<bool> = (0..found.len()).map(|other| other == at).collect();
        let changed = apply(&old, &found, &made);
        assert_eq!(said(&edits(&old, &changed)), [found[at].sentence()]);
    }
}

#[test]
fn order_and_the_word_all_say_nothing() {
    let every: Vec<String> =
        whoacts_model::guard::Guard::ALL.iter().rev().map(|g| format!("{:?}", g.id())).collect();
    let named = ONE.replace("[\"all\"]", &format!("[{}]", every.join(", ")));
    let turned = named.replace("[\"read api\", \"delete api\"]", "[\"delete api\", \"read api\"]");
    assert_eq!(edits(&policy(ONE), &policy(&turned)), []);
}

#[test]
fn an_edit_knows_both_places() {
    let (old, new) = (policy(ONE), policy(OTHER));
    let found = edits(&old, &new);
    let place =
        |span: &Option<whoacts_scenarios::span::Span>| span.as_ref().map(|s| (s.line, s.col));
    let gone = found
        .iter()
        .find(|edit| edit.clause == Clause::Operates("globex".into(), "soc".into()))
        .expect("an edit");
    assert!(!gone.added);
    assert_eq!((place(&gone.old), place(&gone.new)), (Some((20, 23)), Some((12, 15))));
}
