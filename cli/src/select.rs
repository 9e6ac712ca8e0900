//! From what was typed to what is run.

use crate::args::{CryptoName, EngineKind, ReduceKind, Search, Select};
use crate::checker::renamed;
use crate::checker::suite::{self, CryptoKind, Engine, Options, Reductions};
use crate::exit::Failure;
use crate::suggest::unknown;
use whoacts_scenarios::{Vocabulary, expand_label};

/// The options of a run. Every name is judged here.
pub(crate) fn options(select: &Select, search: Option<&Search>) -> Result<Options, Failure> {
    let vocabulary = suite::vocabulary();
    let known =
        |kind: &str, name: &str, known: &[String]| match known.iter().any(|known| known == name) {
            true => Ok(()),
            false => Err(Failure::Usage(unknown(kind, name, known))),
        };
    for property in &select.property {
        if let Some(said) = renamed::property(property) {
            return Err(Failure::Usage(said));
        }
        known("property", property, &vocabulary.properties)?;
    }
    for change in &select.adversary {
        let name = change.strip_prefix(['+', '-']).ok_or_else(|| unsigned(change))?;
        known("capability", name, &vocabulary.capabilities)?;
    }
    let mut options = search.map_or_else(|| Ok(standard()), searching)?;
    if options.engine == Engine::Stateright && !select.set.is_empty() {
        return Err(Failure::Usage(
            "stateright searches each story at the bounds of its `[oracle]`: --set needs --engine layered".into(),
        ));
    }
    options.forms = forms(select, &vocabulary)?;
    options.properties = (!select.property.is_empty()).then(|| select.property.clone());
    options.filter.clone_from(&select.filter);
    options.tag.clone_from(&select.tag);
    options.adversary.clone_from(&select.adversary);
    options.set.clone_from(&select.set);
    Ok(options)
}

fn unsigned(change: &str) -> Failure {
    Failure::Usage(format!("write `+{change}` to add the capability, `-{change}` to take it away"))
}

/// All cores, and defaults for the rest.
fn standard() -> Options {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    Options { threads, ..Options::default() }
}

fn searching(search: &Search) -> Result<Options, Failure> {
    let is_oracle = search.engine == EngineKind::Stateright;
    let asked = |kind| search.reduce.contains(&kind);
    let reduces = search.reduce.iter().any(|kind| *kind != ReduceKind::None);
    if reduces && asked(ReduceKind::None) {
        return Err(Failure::Usage(
            "--reduce none is a plain search: name no other reduction beside it".into(),
        ));
    }
    if is_oracle && reduces {
        return Err(Failure::Usage(
            "stateright searches without reductions: use --reduce none".into(),
        ));
    }
    if is_oracle && search.exact {
        return Err(Failure::Usage(
            "stateright keeps fingerprints: --exact needs --engine layered".into(),
        ));
    }
    if is_oracle && search.memory.is_some() {
        return Err(Failure::Usage(
            "stateright counts no bytes: --memory needs --engine layered; --max-states works with both".into(),
        ));
    }
    if is_oracle && search.stuck {
        return Err(Failure::Usage(
            "stateright does not look for stuck states: --stuck needs --engine layered".into(),
        ));
    }
    let standard = standard();
    Ok(Options {
        engine: if is_oracle { Engine::Stateright } else { Engine::Layered },
        reductions: match search.reduce.as_slice() {
            _ if is_oracle => Reductions::NONE,
            [] => Reductions::default(),
            _ => Reductions {
                saturate: asked(ReduceKind::Saturate),
                symmetry: asked(ReduceKind::Symmetry),
                steps: asked(ReduceKind::Steps),
            },
        },
        threads: search.threads.unwrap_or(standard.threads),
        max_states: search.max_states,
        timeout: search.timeout,
        memory: search.memory,
        exact: search.exact,
        crypto: match search.crypto {
            CryptoName::Symbolic => CryptoKind::Symbolic,
            CryptoName::Ed25519 => CryptoKind::Ed25519,
        },
        stuck: search.stuck,
        ..standard
    })
}

/// The labels of the forms that are meant; `None` for all.
fn forms(select: &Select, vocabulary: &Vocabulary) -> Result<Option<Vec<String>>, Failure> {
    if select.mechanism.is_empty() && select.profile.is_empty() {
        return Ok(None);
    }
    let with_profiles =
        vocabulary.mechanisms.iter().filter(|mechanism| !mechanism.profiles.is_empty());
    let with_profiles: Vec<&str> = with_profiles.map(|mechanism| mechanism.id.as_str()).collect();
    let mut labels = Vec::new();
    let meant: Vec<&str> = match select.mechanism.is_empty() {
        true => with_profiles.clone(),
        false => select.mechanism.iter().map(String::as_str).collect(),
    };
    for label in &meant {
        let takes_profile = with_profiles.contains(label);
        if select.profile.is_empty() || !takes_profile {
            labels.extend(expand(label, vocabulary)?);
            continue;
        }
        for profile in &select.profile {
            labels.extend(expand(&format!("{label}/{profile}"), vocabulary)?);
        }
    }
    if !select.profile.is_empty() && !meant.iter().any(|label| with_profiles.contains(label)) {
        let help = with_profiles.join(", ");
        return Err(Failure::Usage(format!(
            "--profile needs a mechanism that has profiles: {help}"
        )));
    }
    let mut seen = std::collections::BTreeSet::new();
    labels.retain(|label| seen.insert(label.clone()));
    Ok(Some(labels))
}

fn expand(label: &str, vocabulary: &Vocabulary) -> Result<Vec<String>, Failure> {
    let runs = expand_label(label, vocabulary)
        .ok_or_else(|| Failure::Usage(unknown("mechanism", label, &labels(vocabulary))))?;
    let written = |(id, second): (String, Option<String>)| match second {
        Some(second) => format!("{id}/{second}"),
        None => id,
    };
    Ok(runs.into_iter().map(written).collect())
}

/// Everything that may be written after `--mechanism`, ranges aside.
fn labels(vocabulary: &Vocabulary) -> Vec<String> {
    let of = |mechanism: &whoacts_scenarios::MechanismName| {
        let id = mechanism.id.clone();
        let seconds = mechanism.variants.iter().chain(&mechanism.profiles);
        let rest: Vec<String> = seconds.map(|second| format!("{id}/{second}")).collect();
        std::iter::once(id).chain(rest).collect::<Vec<_>>()
    };
    vocabulary.mechanisms.iter().flat_map(of).collect()
}

/// The flags that a later command needs to see the same traces: places, bounds, adversary.
pub(crate) fn again(select: &Select) -> String {
    let mut words: Vec<String> = vec!["whoacts replay {id}".into()];
    words.extend(select.paths.iter().map(|path| quoted(&path.display().to_string())));
    if !select.adversary.is_empty() {
        words.push(format!("--adversary={}", select.adversary.join(",")));
    }
    words.extend(select.tag.iter().map(|tag| quoted(&format!("--tag={tag}"))));
    words.extend(select.set.iter().map(|(key, value)| quoted(&format!("--set={key}={value}"))));
    words.join(" ")
}

/// As a shell would read it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+,:".contains(c);
    let odd = |c: char| c.is_control() || whoacts_scenarios::is_hidden(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else if word.chars().any(odd) {
        // A line break in a name begins no line here; bash reads it back.
        let spelt = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if odd(c) => format!("\\U{:08x}", u32::from(c)),
            c => c.to_string(),
        };
        format!("$'{}'", word.chars().map(spelt).collect::<String>())
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
