//! The names that the trust model lends to this crate, and the labels made of them.

/// What may be named in a file and is declared elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Mechanisms with their variants and profiles.
    pub mechanisms: Vec<MechanismName>,
    /// Properties.
    pub properties: Vec<String>,
    /// Those of them that only a story with a key `paired` asks.
    pub paired: Vec<String>,
    /// Capabilities of an adversary.
    pub capabilities: Vec<String>,
    /// Guards of a policy.
    pub guards: Vec<String>,
    /// Properties that have another name now: the old one, then the new one.
    pub renamed: Vec<(String, String)>,
}

impl Vocabulary {
    /// The label of every form, in order: `dpop`, `dpop/strong`, `continuity/K4`.
    pub fn labels(&self) -> impl Iterator<Item = String> {
        self.mechanisms.iter().flat_map(|mechanism| {
            let plain = mechanism.profiles.is_empty().then(|| mechanism.id.clone());
            let parts = mechanism.variants.iter().chain(&mechanism.profiles);
            let parts = parts.filter(|part| *part != COMMON);
            plain.into_iter().chain(parts.map(|part| written(&mechanism.id, Some(part))))
        })
    }
}

/// A label of one form.
pub(crate) fn written(mechanism: &str, part: Option<&String>) -> String {
    part.map_or_else(|| mechanism.to_owned(), |part| format!("{mechanism}/{part}"))
}

/// One mechanism and what can follow its name in a label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MechanismName {
    /// Its name.
    pub id: String,
    /// Its variants; `common` need not be among them.
    pub variants: Vec<String>,
    /// Its profiles in order, weakest first; empty where it has none.
    pub profiles: Vec<String>,
}

/// The variant that a bare label means.
pub(crate) const COMMON: &str = "common";

/// The runs that a label stands for, or `None` where it names nothing.
///
/// `dpop` and `dpop/common` are the common variant, whose second part is `None`; `dpop/strong` is the strong one.
/// `continuity/K4` is one profile, `continuity/K4..K6` three, and a bare `continuity` all of them.
pub fn expand_label(label: &str, vocab: &Vocabulary) -> Option<Vec<(String, Option<String>)>> {
    let (id, rest) = split(label);
    let mechanism = vocab.mechanisms.iter().find(|mechanism| mechanism.id == id)?;
    let run = |second: Option<&String>| (mechanism.id.clone(), second.cloned());
    match rest {
        None if mechanism.profiles.is_empty() => Some(vec![run(None)]),
        None => Some(mechanism.profiles.iter().map(|profile| run(Some(profile))).collect()),
        Some(rest) => {
            if let Some((first, last)) = rest.split_once("..") {
                let range = position(mechanism, first)?..=position(mechanism, last)?;
                let profiles = mechanism.profiles.get(range).filter(|some| !some.is_empty())?;
                return Some(profiles.iter().map(|profile| run(Some(profile))).collect());
            }
            if rest == COMMON && mechanism.profiles.is_empty() {
                return Some(vec![run(None)]);
            }
            let known = mechanism.variants.iter().chain(&mechanism.profiles);
            known.into_iter().find(|name| *name == rest).map(|name| vec![run(Some(name))])
        }
    }
}

/// The mechanism of a label, and what follows the slash.
pub(crate) fn split(label: &str) -> (&str, Option<&str>) {
    match label.split_once('/') {
        Some((id, rest)) => (id, Some(rest)),
        None => (label, None),
    }
}

fn position(mechanism: &MechanismName, profile: &str) -> Option<usize> {
    mechanism.profiles.iter().position(|name| name == profile)
}

/// The pool and the number (from 1) of an instance written `pool/N`.
pub fn instance(text: &str) -> Option<(&str, u32)> {
    let (pool, number) = text.rsplit_once('/')?;
    let plain = !pool.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    number.parse().ok().filter(|&number| plain && number > 0).map(|number| (pool, number))
}
