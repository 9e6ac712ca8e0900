//! What the tests of whole worlds share: the library's cases, stories of their own, and how to make a world of one.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use whoacts_checker::explore::{Options, Run, explore};
use whoacts_checker::lower::{Plan, bounds, capabilities, lower};
use whoacts_checker::outcome::Bounds;
use whoacts_checker::property;
use whoacts_checker::world::capability::{Capabilities, Capability};
use whoacts_checker::world::setting::Setting;
use whoacts_checker::world::{PUT, SERVED, World};
use whoacts_model::crypto::Crypto;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::{FORMS, Form, forms};
use whoacts_scenarios::{
    Case, Library, LoadError, MechanismName, Vocabulary, parse_policy, parse_scenario, scenario,
};

/// The names that a scenario may use.
pub fn vocabulary() -> Vocabulary {
    let paired = property::ALL.iter().filter(|p| p.pair.is_some());
    let names = |forms: &'static [Form]| MechanismName {
        id: forms[0].mechanism.to_owned(),
        variants: forms.iter().filter(|f| f.profile.is_none()).map(|f| f.variant.into()).collect(),
        profiles: forms.iter().filter_map(|f| f.profile.map(Into::into)).collect(),
    };
    Vocabulary {
        mechanisms: FORMS.iter().map(|forms| names(forms)).collect(),
        properties: property::ALL.iter().map(|p| p.id.to_owned()).collect(),
        capabilities: Capability::ALL.iter().map(|c| c.id().to_owned()).collect(),
        guards: Guard::ALL.iter().map(|g| g.id().to_owned()).collect(),
        paired: paired.map(|p| p.id.to_owned()).collect(),
        ..Vocabulary::default()
    }
}

/// The library as it is on the disk.
pub fn library() -> Vec<Case> {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/cases"))
}

fn load(folder: &Path) -> Vec<Case> {
    let folders: [PathBuf; 1] = [folder.to_path_buf()];
    match Library::load(&folders, &vocabulary()) {
        Ok(library) => library.cases,
        Err(LoadError::Parse(faulty)) => {
            let all = faulty.iter().map(|one| rendered(&one.errors, &one.text));
            panic!("{}", all.collect::<String>())
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// A case made of two texts.
pub fn case(text: &str, policy: &str) -> Case {
    let vocab = vocabulary();
    let scenario = parse_scenario("story.toml", "test/story", text.as_bytes(), &vocab)
        .unwrap_or_else(|errors| panic!("{}\n{text}", rendered(&errors, text)));
    let parsed = parse_policy("policy.toml", "policy", policy.as_bytes(), &vocab)
        .unwrap_or_else(|errors| panic!("{}\n{policy}", rendered(&errors, policy)));
    Case {
        scenario,
        policy: parsed,
        source_text: text.to_owned(),
        policy_text: policy.to_owned(),
        file: "story.toml".to_owned(),
        policy_file: "policy.toml".to_owned(),
        verdicts: None,
    }
}

fn rendered(errors: &[whoacts_scenarios::Error], text: &str) -> String {
    errors.iter().map(|error| error.render(text)).collect()
}

/// What to make of a case.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    pub form: &'static Form,
    pub capabilities: Capabilities,
    pub bounds: Bounds,
    pub dropped: GuardSet,
    pub representatives: bool,
}

impl Stage {
    /// As the story says.
    pub fn of(case: &Case, form: &'static Form) -> Self {
        Self {
            form,
            capabilities: named(&case.scenario.adversary.capabilities),
            bounds: bounds(&case.scenario.bounds),
            dropped: GuardSet::NONE,
            representatives: true,
        }
    }
    /// As the story says for the comparison with the oracle.
    pub fn oracle(case: &Case, form: &'static Form) -> Self {
        Self {
            capabilities: named(&case.scenario.oracle.capabilities),
            bounds: bounds(&case.scenario.oracle.bounds),
            ..Self::of(case, form)
        }
    }
    /// A world of it.
    pub fn world<C: Crypto>(&self, case: &Case) -> World<C> {
        World::new(self.setting(case))
    }
    /// The stage of that world.
    pub fn setting<C: Crypto>(&self, case: &Case) -> Setting<C> {
        lower::<C>(&Plan {
            scenario: &case.scenario,
            policy: &case.policy,
            form: self.form,
            capabilities: self.capabilities,
            bounds: self.bounds,
            added: GuardSet::NONE,
            dropped: self.dropped,
            representatives: self.representatives,
        })
    }
}

/// Capabilities by name.
pub fn named(names: &[whoacts_scenarios::span::Spanned<String>]) -> Capabilities {
    capabilities(names.iter().map(|name| name.value.as_str()))
}

/// Every form.
pub fn all_forms() -> Vec<&'static Form> {
    forms().collect()
}

/// The forms with these labels.
pub fn labelled(labels: &[&str]) -> Vec<&'static Form> {
    labels.iter().map(|label| Form::labelled(label).unwrap()).collect()
}

/// Every (case, form).
pub fn pairs<'c>(cases: &'c [Case], forms: &[&'static Form]) -> Vec<(&'c Case, &'static Form)> {
    cases.iter().flat_map(|case| forms.iter().map(move |form| (case, *form))).collect()
}

/// `article/shared-pool continuity/K4`.
pub fn label(case: &Case, form: &Form) -> String {
    format!("{} {}", case.scenario.id, form.label())
}

/// The properties violated, by bit.
pub fn violated(seen: u64) -> u64 {
    seen & ((1 << PUT) - 1)
}

/// A mask of findings in words.
pub fn words(seen: u64) -> String {
    let bits = (0..64).filter(|bit| seen >> bit & 1 == 1);
    let word = |bit: usize| match bit {
        bit if bit < PUT as usize => {
            property::ALL.get(bit).map_or_else(|| format!("{bit}"), |p| p.id.to_owned())
        }
        bit if bit < SERVED as usize => {
            format!("put {}", property::ALL.get(bit - PUT as usize).map_or("?", |p| p.id))
        }
        _ => format!("served {}", bit - SERVED as usize),
    };
    bits.map(word).collect::<Vec<_>>().join(", ")
}

/// Does `work` for every job on all cores; answers in the order of the jobs.
pub fn spread<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { return };
                    let answer = work(job);
                    done.lock().unwrap().push((at, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

/// A plain search.
pub fn plain<C: Crypto>(world: &World<C>, max_states: u64) -> Run<u32> {
    explore(world, &Options { max_states: Some(max_states), ..Options::default() })
}

/// A search with both reductions.
pub fn reduced<C: Crypto>(world: &World<C>, max_states: u64) -> Run<u32> {
    let max_states = Some(max_states);
    explore(world, &Options { max_states, saturate: true, canonical: true, ..Options::default() })
}

/// Keeps a scenario's name where it is used.
pub type Scenario = scenario::Scenario;
