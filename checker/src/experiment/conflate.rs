//! **Conflate**: each pair of concepts merged. *"Conflating any two of them is what produces the recurring confused deputy and
//! privilege escalation patterns"*: so each pair is tried, and what comes of it is reported, an attack or none.

use super::{Lab, Place, Scope, brings, named, reference};
use crate::inquiry::{Answer, Attack, Question};
use crate::property;
use crate::suite::Error;
use crate::world::capability::Capabilities;
use crate::world::deployed::Change;
use whoacts_model::conflation::Conflation;
use whoacts_model::guard::{Guard, GuardSet};
use whoacts_model::mechanism::Form;

/// What came of all pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflations {
    /// One a pair, in the order of the list.
    pub pairs: Vec<Pair>,
    /// What was looked at.
    pub scope: Scope,
}

/// What came of one pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Which two, and what the verifier now does.
    pub conflation: Conflation,
    /// The strongest profile under which it opens an attack.
    pub profile: Option<String>,
    /// The shortest attack that the reference verifier stops there and the conflated one does not.
    pub attack: Option<Attack>,
    /// Every property that newly breaks under that profile, in some story.
    pub breaks: Vec<&'static str>,
    /// Stories that newly are not served under the strongest profile.
    pub unserved: Vec<String>,
    /// Guards of stronger profiles that stop this attack all the same.
    pub masked_by: Vec<&'static str>,
    /// States that were searched for it.
    pub states: u64,
}

impl Pair {
    /// Whether this property was found broken, or the stories unserved.
    pub fn found(&self, property: &str) -> bool {
        self.breaks.contains(&property) || property == "served" && !self.unserved.is_empty()
    }
}

/// Tries every pair.
///
/// # Errors
/// [`Error::Usage`] where no selected form is a profile of the reference model; [`Error::Internal`] where an attack is not
/// confirmed.
pub fn conflate(lab: &Lab<'_>) -> Result<Conflations, Error> {
    let labels: Vec<String> = lab.forms.iter().map(|form| form.label()).collect();
    let mut profiles = reference();
    profiles.retain(|form| labels.contains(&form.label()));
    profiles.reverse();
    if profiles.is_empty() {
        let text = "only the reference model has a verifier whose concepts can be merged";
        return Err(Error::Usage(text.to_owned()));
    }
    let pairs: Result<_, _> = lab
        .each(Conflation::ALL, |pair| pair.id().to_owned(), |pair| try_pair(lab, *pair, &profiles))
        .into_iter()
        .collect();
    Ok(Conflations { pairs: pairs?, scope: lab.scope() })
}

/// Goes from the strongest profile down until an attack appears; under each, the stories' own adversaries come first.
fn try_pair(
    lab: &Lab<'_>,
    conflation: Conflation,
    profiles: &[&'static Form],
) -> Result<Pair, Error> {
    let mut pair = Pair {
        conflation,
        profile: None,
        attack: None,
        breaks: Vec::new(),
        unserved: Vec::new(),
        masked_by: Vec::new(),
        states: 0,
    };
    // Where the strongest profile sees no difference, no weaker one does: they look at the same evidence.
    let mut untouched: Vec<(&str, Capabilities)> = Vec::new();
    for (rank, form) in profiles.iter().enumerate() {
        for places in lab.rounds(form)? {
            let mut opened: Vec<(Place<'_>, u64)> = Vec::new();
            for (case, capabilities) in places {
                let id = case.scenario.id.as_str();
                if untouched.contains(&(id, capabilities)) {
                    continue;
                }
                let before = lab.inquiry.ask(&Question::of(case, form, capabilities));
                let after = changed(lab, conflation, (case, capabilities), form, GuardSet::NONE);
                pair.states += after.states;
                if !after.touched {
                    untouched.push((id, capabilities));
                }
                let new = after.broken & before.firm() & lab.asked(case);
                if new != 0 {
                    opened.push(((case, capabilities), new));
                }
                let lost = rank == 0 && before.served && !after.served;
                if lost && !pair.unserved.iter().any(|known| known == id) {
                    pair.unserved.push(id.to_owned());
                }
            }
            if opened.is_empty() {
                continue;
            }
            let Some((attack, place)) = shortest(lab, conflation, form, &opened)? else { continue };
            pair.masked_by = masking(lab, conflation, profiles[0], form, place, &attack);
            pair.breaks = named(opened.iter().fold(0, |all, (_, new)| all | new));
            pair.profile = Some(form.label());
            pair.attack = Some(attack);
            return Ok(pair);
        }
    }
    Ok(pair)
}

fn changed(
    lab: &Lab<'_>,
    conflation: Conflation,
    (case, capabilities): Place<'_>,
    form: &'static Form,
    dropped: GuardSet,
) -> Answer {
    let question = Question::of(case, form, capabilities).without(dropped);
    lab.inquiry.ask(&question.with(Change::Conflation(conflation)))
}

/// The shortest of all attacks that opened; of equally short ones the first. None where a limit came first.
fn shortest<'c>(
    lab: &Lab<'_>,
    conflation: Conflation,
    form: &'static Form,
    opened: &[(Place<'c>, u64)],
) -> Result<Option<(Attack, Place<'c>)>, Error> {
    let mut best: Option<(Attack, Place<'c>)> = None;
    for (place, new) in opened {
        let question = question(conflation, form, *place);
        for attack in lab.inquiry.attacks(&question, *new)? {
            if best.as_ref().is_none_or(|(known, _)| attack.length() < known.length()) {
                best = Some((attack, *place));
            }
        }
    }
    match best {
        Some((attack, place)) => {
            let attack = lab.inquiry.shortened(&question(conflation, form, place), attack)?;
            Ok(Some((attack, place)))
        }
        None if lab.inquiry.cut() > 0 => Ok(None),
        None => Err(Error::Internal("what opened is gone".to_owned())),
    }
}

fn question<'c>(
    conflation: Conflation,
    form: &'static Form,
    (case, capabilities): Place<'c>,
) -> Question<'c> {
    Question::of(case, form, capabilities).with(Change::Conflation(conflation))
}

/// The further guards of the strongest profile without one of which the attack works there too.
fn masking(
    lab: &Lab<'_>,
    conflation: Conflation,
    strongest: &'static Form,
    form: &'static Form,
    place: Place<'_>,
    attack: &Attack,
) -> Vec<&'static str> {
    let further = brings(strongest).without(brings(form));
    let Some((number, _)) = property::named(attack.property) else { return Vec::new() };
    let alone: Vec<&'static str> = further
        .iter()
        .filter(|guard| {
            let dropped = GuardSet::of(&[*guard]);
            changed(lab, conflation, place, strongest, dropped).breaks(number)
        })
        .map(Guard::id)
        .collect();
    if alone.is_empty() { further.iter().map(Guard::id).collect() } else { alone }
}
