//! Results that are known to be wrong, and accepted for a while: each with a reason and a last day, and void as soon as its
//! story or policy changes.

use crate::checker::renamed;
use crate::exit::Failure;
use crate::input;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use toml::{Table, Value};
use whoacts_checker::outcome::{Bounds, Check, Outcome, Verdict};
use whoacts_scenarios::{Case, shown as shown_path};

/// The `schema` value of a baseline file.
pub(crate) const SCHEMA: &str = "whoacts/baseline/1";

/// One accepted result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    scenario: String,
    mechanism: String,
    adversary: Vec<String>,
    property: String,
    verdict: String,
    served: bool,
    /// The attack, by its trace's id.
    attack: Option<String>,
    reason: String,
    /// The last day, `2027-01-31`.
    expires: String,
    /// A digest of the story, its policies and the bounds.
    sha256: String,
}

/// What became of the entries of a baseline.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Entries that accepted something.
    pub(crate) used: Vec<Entry>,
    /// Entries that say nothing about this run, because it did not ask what they are about.
    pub(crate) idle: Vec<Entry>,
    /// Complaints, one for each entry that has to go.
    pub(crate) stale: Vec<String>,
}

/// Reads a baseline.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    let wrong =
        |reason: String| Failure::Usage(format!("cannot read `{}`: {reason}", shown_path(path)));
    let text = input::text(path).map_err(wrong)?;
    parse(&text).map_err(wrong)
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    if table.get("schema").and_then(Value::as_str) != Some(SCHEMA) {
        return Err(format!("it does not begin with `schema = \"{SCHEMA}\"`"));
    }
    if let Some(key) = table.keys().find(|key| !["schema", "accept"].contains(&key.as_str())) {
        return Err(format!("no key is called `{key}` here; there are schema, accept"));
    }
    let entries =
        table.get("accept").map_or(Some(&[][..]), |list| list.as_array().map(Vec::as_slice));
    let entries = entries.ok_or("`accept` is a list of tables: [[accept]]")?;
    let numbered = entries.iter().enumerate();
    numbered.map(|(at, one)| entry(one).map_err(|why| format!("entry {}: {why}", at + 1))).collect()
}

const KEYS: [&str; 10] = [
    "scenario",
    "mechanism",
    "adversary",
    "property",
    "verdict",
    "served",
    "attack",
    "reason",
    "expires",
    "sha256",
];

fn entry(value: &Value) -> Result<Entry, String> {
    let table = value.as_table().ok_or("it is no table")?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("no key is called `{key}` here; there are {}", KEYS.join(", ")));
    }
    let text = |key: &str| {
        let text = table.get(key).and_then(|value| match value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Datetime(date) => Some(date.to_string()),
            _ => None,
        });
        text.filter(|text| !text.is_empty()).ok_or_else(|| format!("it has no text `{key}`"))
    };
    let adversary = table.get("adversary").and_then(Value::as_array);
    let names: Option<Vec<String>> = adversary
        .ok_or("it has no list `adversary`")?
        .iter()
        .map(|name| name.as_str().map(str::to_owned))
        .collect();
    let expires = text("expires")?;
    if !is_date(&expires) {
        return Err(format!("`expires = \"{expires}\"`: write a day such as 2027-01-31"));
    }
    let verdict = text("verdict")?;
    if verdict == Verdict::Inconclusive.id() || !Verdict::ALL.iter().any(|v| v.id() == verdict) {
        return Err(format!("`verdict = \"{verdict}\"` cannot be accepted"));
    }
    let property = text("property")?;
    if let Some(said) = renamed::property(&property) {
        return Err(said);
    }
    Ok(Entry {
        scenario: text("scenario")?,
        mechanism: text("mechanism")?,
        adversary: names.ok_or("`adversary` is a list of names")?,
        property,
        verdict,
        served: table.get("served").and_then(Value::as_bool).ok_or("it has no `served`")?,
        attack: table.contains_key("attack").then(|| text("attack")).transpose()?,
        reason: text("reason")?,
        expires,
        sha256: text("sha256")?,
    })
}

/// Accepts what the entries say, and finds the entries that are stale.
pub(crate) fn apply(entries: Vec<Entry>, outcome: &mut Outcome, cases: &[Case]) -> Applied {
    let today = today();
    let mut applied = Applied::default();
    for entry in entries {
        let case = cases.iter().find(|case| case.scenario.id == entry.scenario);
        let check = outcome.checks.iter_mut().find(|check| entry.is_about(check));
        let (Some(case), Some(check)) = (case, check) else {
            applied.idle.push(entry);
            continue;
        };
        match entry.stale(case, check, &today) {
            Some(why) => applied.stale.push(format!("{}: {why}", entry.name())),
            None => {
                check.as_expected = true;
                check.notes.push(format!("accepted until {}: {}", entry.expires, entry.reason));
                applied.used.push(entry);
            }
        }
    }
    applied
}

/// An entry for everything that is not as expected, apart from what a limit cut short.
pub(crate) fn accept(outcome: &Outcome, cases: &[Case], reason: &str, expires: &str) -> Vec<Entry> {
    let odd = outcome.checks.iter().filter(|check| !check.as_expected);
    let acceptable = odd.filter(|check| check.verdict != Verdict::Inconclusive);
    acceptable
        .filter_map(|check| {
            let case = cases.iter().find(|case| case.scenario.id == check.scenario)?;
            Some(Entry {
                scenario: check.scenario.clone(),
                mechanism: check.label(),
                adversary: check.adversary.clone(),
                property: check.property.to_owned(),
                verdict: check.verdict.id().to_owned(),
                served: check.served,
                attack: check.trace.as_ref().map(|trace| trace.id.clone()),
                reason: reason.to_owned(),
                expires: expires.to_owned(),
                sha256: digest(case, check),
            })
        })
        .collect()
}

/// The file with these entries.
pub(crate) fn text(entries: &[Entry]) -> String {
    let mut out = format!("schema = \"{SCHEMA}\"\n");
    for entry in entries {
        let quoted = |text: &str| Value::from(text).to_string();
        let names: Vec<String> = entry.adversary.iter().map(|name| quoted(name)).collect();
        out.push_str(&format!(
            "\n[[accept]]\nscenario = {}\nmechanism = {}\nadversary = [{}]\nproperty = {}\nverdict = {}\nserved = {}\n{}reason = {}\nexpires = {}\nsha256 = {}\n",
            quoted(&entry.scenario),
            quoted(&entry.mechanism),
            names.join(", "),
            quoted(&entry.property),
            quoted(&entry.verdict),
            entry.served,
            entry.attack.as_ref().map(|id| format!("attack = {}\n", quoted(id))).unwrap_or_default(),
            quoted(&entry.reason),
            quoted(&entry.expires),
            quoted(&entry.sha256),
        ));
    }
    out
}

impl Entry {
    fn name(&self) -> String {
        format!("`{}` under {} in {}", self.property, self.mechanism, self.scenario)
    }

    fn is_about(&self, check: &Check) -> bool {
        let set = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        check.scenario == self.scenario
            && check.property == self.property
            && check.label() == self.mechanism
            && set(&check.adversary) == set(&self.adversary)
    }

    /// Why the entry has to go, if it has.
    fn stale(&self, case: &Case, check: &Check, today: &str) -> Option<String> {
        let found = (check.verdict.id(), check.served);
        if self.expires.as_str() < today {
            Some(format!("it expired on {}", self.expires))
        } else if digest(case, check) != self.sha256 {
            Some("it is void, since its story, a policy or the bounds changed".into())
        } else if check.as_expected {
            Some("it is not needed any more, all is as expected".into())
        } else if found != (self.verdict.as_str(), self.served) {
            let served = |served: bool| if served { "served" } else { "unserved" };
            Some(format!(
                "it accepts {} and {}, and {} and {} was found",
                self.verdict,
                served(self.served),
                found.0,
                served(found.1)
            ))
        } else if check.trace.as_ref().map(|trace| &trace.id) != self.attack.as_ref() {
            Some("it accepts another attack than the one that was found".into())
        } else {
            None
        }
    }
}

/// A digest of all that an entry was accepted for: the files, Cedar policies and their entities among them, and the bounds.
fn digest(case: &Case, check: &Check) -> String {
    let mut hash = Sha256::new();
    let Bounds { replicas, hops, executions, deliveries, ticks } = check.bounds;
    let bounds = [replicas, hops, executions, deliveries, ticks].map(|bound| bound.to_string());
    let bounds = bounds.join(" ");
    let own = case.policy.resources.iter();
    let cedar = own.flat_map(|own| [&*own.text.text, &*own.entities_text]);
    let texts = [case.source_text.as_str(), &case.policy_text, &bounds];
    for text in texts.into_iter().chain(cedar) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether it is a day as `2027-01-31` has it.
pub(crate) fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>()));
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    parts.next().is_none()
        && matches!(year, Some((4, Ok(1970..))))
        && matches!(month, Some((2, Ok(1..=12))))
        && matches!(day, Some((2, Ok(1..=31))))
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Today, in UTC.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / 86_400)
}

/// The day that is so many days after 1970-01-01.
fn date(mut days: u64) -> String {
    let every = |years: u64, year: u64| year.is_multiple_of(years);
    let is_leap = |year| every(4, year) && (!every(100, year) || every(400, year));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_calendars_do() {
        for (days, said) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (10_957, "2000-01-01"),
            (11_016, "2000-02-29"),
            (20_088, "2024-12-31"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(date(days), said);
            assert!(is_date(said));
        }
        for wrong in ["", "2027", "2027-1-31", "2027-13-01", "2027-01-00", "soon", "2027-01-31-1"] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let entry = Entry {
            scenario: "a/b".into(),
            mechanism: "dpop/strong".into(),
            adversary: vec!["inject".into(), "observe".into()],
            property: "custody".into(),
            verdict: "violated".into(),
            served: false,
            attack: Some("7c1e09ab".into()),
            reason: "a \"reason\" \\ with\nlines".into(),
            expires: "2027-01-31".into(),
            sha256: "00".into(),
        };
        let other = Entry { served: true, attack: None, reason: "x".into(), ..entry.clone() };
        let entries = vec![entry, other];
        assert_eq!(parse(&text(&entries)), Ok(entries));
    }

    #[test]
    fn mistakes_are_told() {
        let head = format!("schema = \"{SCHEMA}\"\n[[accept]]\n");
        let whole = "scenario = \"a/b\"\nmechanism = \"m\"\nadversary = []\nproperty = \"p\"\nverdict = \"violated\"\nserved = true\nreason = \"r\"\nexpires = 2027-01-31\nsha256 = \"0\"\n";
        assert_eq!(parse(&format!("{head}{whole}")).map(|entries| entries.len()), Ok(1));
        for (from, to, said) in [
            ("reason = \"r\"\n", "", "entry 1: it has no text `reason`"),
            ("reason = \"r\"\n", "reason = \" \"\n", "entry 1: it has no text `reason`"),
            ("expires = 2027-01-31\n", "", "entry 1: it has no text `expires`"),
            (
                "\"violated\"",
                "\"inconclusive\"",
                "entry 1: `verdict = \"inconclusive\"` cannot be accepted",
            ),
            (
                "property",
                "proprety",
                "entry 1: no key is called `proprety` here; there are scenario, mechanism, adversary, property, verdict, served, attack, reason, expires, sha256",
            ),
        ] {
            assert_eq!(parse(&format!("{head}{}", whole.replacen(from, to, 1))), Err(said.into()));
        }
        assert!(parse("").is_err());
    }
}
