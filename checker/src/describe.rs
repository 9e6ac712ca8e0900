//! What there is, for `list` and `explain`: read off the lists of the code.

use crate::world::capability::Capability;
use crate::{assumption, lint, property};
use whoacts_model::conflation::Conflation;
use whoacts_model::crypto::Symbolic;
use whoacts_model::guard::Guard;
use whoacts_model::mechanism::forms;

/// One thing that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `property`, `guard`, `mechanism`, `conflation`, `capability`, `assumption`, `scenario`, `lint` or `error`.
    pub kind: &'static str,
    /// Its name.
    pub id: String,
    /// One sentence.
    pub about: String,
    /// More, where there is more to say.
    pub more: String,
}

/// Everything that has a name, kind by kind. Scenarios are those of the built-in library.
pub fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |kind, id: &str, about: &str, more: String| {
        entries.push(Entry { kind, id: id.to_owned(), about: about.to_owned(), more });
    };
    for p in property::ALL {
        add("property", p.id, p.sentence, format!("why: {}\nbroken by: {}", p.why, p.broken_by));
    }
    for guard in Guard::ALL {
        add("guard", guard.id(), &format!("holds when {}", guard.holds_when()), brought(*guard));
    }
    for form in forms() {
        let brings = form.run::<Symbolic>().brings();
        let guards: Vec<&str> = brings.iter().map(Guard::id).collect();
        let more = format!("brings evidence for: {}", guards.join(", "));
        add("mechanism", &form.label(), form.about, more);
    }
    for conflation in Conflation::ALL {
        let about = format!("the verifier {}", conflation.now());
        let more = format!("expected to break: {}", conflation.expected().join(", "));
        add("conflation", conflation.id(), &about, more);
    }
    for capability in Capability::ALL {
        add("capability", capability.id(), capability.about(), String::new());
    }
    for one in assumption::ALL {
        add("assumption", one.id, one.sentence, format!("without it: {}", one.without));
    }
    if let Ok(library) = whoacts_scenarios::Library::builtin(&crate::suite::vocabulary()) {
        for case in library.cases {
            let more = case.scenario.story.value.clone();
            add("scenario", &case.scenario.id, &case.scenario.title, more);
        }
    }
    for lint in lint::ALL {
        let more = format!(
            "why: {}\ninstead: {}\nallow: `# allow({})`",
            lint.why, lint.instead, lint.code
        );
        add("lint", lint.code, lint.sentence, more);
    }
    for (code, sentence) in whoacts_scenarios::CODES {
        add("error", code, sentence, String::new());
    }
    entries
}

fn brought(guard: Guard) -> String {
    let by: Vec<String> = forms()
        .filter(|form| form.run::<Symbolic>().brings().contains(guard))
        .map(|form| form.label())
        .collect();
    format!("evidence from: {}", if by.is_empty() { "none".to_owned() } else { by.join(", ") })
}
