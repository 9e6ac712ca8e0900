//! A story and its policy as two TOML documents: what laws change, and what is parsed again afterwards.

use std::sync::OnceLock;
use toml::{Table, Value};
use whoacts_checker::suite;
use whoacts_scenarios::{Case, Vocabulary, check_policy_against, parse_policy, parse_scenario};

/// Two files.
#[derive(Debug, Clone, PartialEq)]
pub struct Files {
    /// The story.
    pub story: Table,
    /// The policy that it names.
    pub policy: Table,
}

/// The names that files may use.
pub fn vocabulary() -> &'static Vocabulary {
    static KNOWN: OnceLock<Vocabulary> = OnceLock::new();
    KNOWN.get_or_init(suite::vocabulary)
}

impl Files {
    /// The files of a case of the library, without what is said about its results.
    pub fn of(case: &Case) -> Option<Self> {
        let mut story: Table = case.source_text.parse().ok()?;
        let mut policy: Table = case.policy_text.parse().ok()?;
        for key in ["expect", "also", "oracle", "properties", "paired", "tags"] {
            story.remove(key);
        }
        // Cedar files are named from where the policy lies.
        policy.remove("resource");
        story.insert("policy".to_owned(), "policy".into());
        let mut files = Self { story, policy };
        files.drop_idle_places();
        files.case().is_ok().then_some(files)
    }

    /// The two texts.
    pub fn texts(&self) -> (String, String) {
        let text = |table: &Table| toml::to_string(table).unwrap_or_default();
        (text(&self.story), text(&self.policy))
    }

    /// What the product makes of the texts, or its first complaint.
    pub fn case(&self) -> Result<Case, String> {
        let (source_text, policy_text) = self.texts();
        let first = |errors: Vec<whoacts_scenarios::Error>| match errors.first() {
            Some(error) => error.to_string(),
            None => "no error is given".to_owned(),
        };
        let known = vocabulary();
        let scenario = parse_scenario("story.toml", "laws/story", source_text.as_bytes(), known);
        let scenario = scenario.map_err(first)?;
        let policy = parse_policy("policy.toml", "policy", policy_text.as_bytes(), known);
        let policy = policy.map_err(first)?;
        let slips = check_policy_against(&policy, &scenario);
        if !slips.is_empty() {
            return Err(first(slips));
        }
        let (file, policy_file) = ("story.toml".to_owned(), "policies/policy.toml".to_owned());
        Ok(Case { scenario, policy, source_text, policy_text, file, policy_file, verdicts: None })
    }

    /// The capabilities of its adversary.
    pub fn capabilities(&self) -> Vec<String> {
        names(self.adversary(), "capabilities")
    }

    /// `[adversary]`.
    pub fn adversary(&self) -> &Table {
        static NOBODY: OnceLock<Table> = OnceLock::new();
        let written = self.story.get("adversary").and_then(Value::as_table);
        written.unwrap_or_else(|| NOBODY.get_or_init(Table::new))
    }

    /// `[adversary]`, to change.
    pub fn adversary_mut(&mut self) -> &mut Table {
        child(&mut self.story, "adversary")
    }

    /// With one more capability, at that place.
    pub fn gain(&mut self, capability: &str, place: Option<(&str, Value)>) {
        let mut all = self.capabilities();
        if !all.iter().any(|known| known == capability) {
            all.push(capability.to_owned());
        }
        let adversary = self.adversary_mut();
        adversary.insert("capabilities".to_owned(), all.into());
        if let Some((key, value)) = place {
            adversary.insert(key.to_owned(), value);
        }
    }

    /// Without a capability and its place.
    pub fn lose(&mut self, capability: &str) {
        let all: Vec<String> =
            self.capabilities().into_iter().filter(|known| known != capability).collect();
        let adversary = self.adversary_mut();
        adversary.insert("capabilities".to_owned(), all.into());
        adversary.remove("universe");
        self.drop_idle_places();
    }

    /// Removes the places of capabilities that the adversary does not have.
    pub fn drop_idle_places(&mut self) {
        let own = self.capabilities();
        let adversary = self.adversary_mut();
        adversary.remove("universe");
        for (capability, key) in PLACES {
            if !own.iter().any(|known| known == capability) {
                adversary.remove(key);
            }
        }
    }

    /// One of its bounds.
    pub fn bound(&self, key: &str) -> i64 {
        let bounds = self.story.get("bounds").and_then(Value::as_table);
        bounds.and_then(|bounds| bounds.get(key)).and_then(Value::as_integer).unwrap_or(0)
    }

    /// With another bound.
    pub fn set_bound(&mut self, key: &str, value: i64) {
        child(&mut self.story, "bounds").insert(key.to_owned(), value.into());
    }

    /// The ids of the pools that the adversary does not run from the start.
    pub fn honest_pools(&self) -> Vec<String> {
        let honest = rows(&self.story, "pool").filter(|pool| !flag(pool, "adversary"));
        honest.map(|pool| text(pool, "id")).collect()
    }

    /// A row by its id.
    pub fn row_mut(&mut self, kind: &str, id: &str) -> Option<&mut Table> {
        rows_mut(&mut self.story, kind).find(|row| text(row, "id") == id)
    }

    /// All operations of all resources.
    pub fn operations(&self) -> Vec<String> {
        let all = rows(&self.story, "resource").flat_map(|resource| {
            let id = text(resource, "id");
            names(resource, "actions").into_iter().map(move |action| format!("{action} {id}"))
        });
        all.collect()
    }
}

/// The capabilities that need to be told where, and the key that tells them.
pub const PLACES: [(&str, &str); 12] = [
    ("observe", "observes"),
    ("log-leak", "leaks"),
    ("insider", "insider"),
    ("pool-member", "member_of"),
    ("steal-key", "steals"),
    ("steal-pool-key", "steals_pool"),
    ("hijack-executor", "hijacks"),
    ("collude", "colludes"),
    ("relay-attestation", "relays"),
    ("reuse-identifier", "reuses"),
    ("clock-skew", "skews"),
    ("rogue-attester", "attester"),
];

/// The rows of a list of tables.
pub fn rows<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    let rows = table.get(key).and_then(Value::as_array);
    rows.into_iter().flatten().filter_map(Value::as_table)
}

/// The rows of a list of tables, to change.
pub fn rows_mut<'t>(table: &'t mut Table, key: &str) -> impl Iterator<Item = &'t mut Table> {
    let rows = table.get_mut(key).and_then(Value::as_array_mut);
    rows.into_iter().flatten().filter_map(Value::as_table_mut)
}

/// Adds a row in front of the others, or behind them.
pub fn add_row(table: &mut Table, key: &str, row: Table, first: bool) {
    let list = table.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        let at = if first { 0 } else { list.len() };
        list.insert(at, Value::Table(row));
    }
}

/// The table below a key, made where there is none.
pub fn child<'t>(table: &'t mut Table, key: &str) -> &'t mut Table {
    let below = table.entry(key).or_insert_with(|| Value::Table(Table::new()));
    if !below.is_table() {
        *below = Value::Table(Table::new());
    }
    match below {
        Value::Table(below) => below,
        _ => unreachable!("it was made a table"),
    }
}

/// A text, empty where there is none.
pub fn text(table: &Table, key: &str) -> String {
    table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A flag.
pub fn flag(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// A list of texts.
pub fn names(table: &Table, key: &str) -> Vec<String> {
    let list = table.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A table of these entries.
pub fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
