//! A story cut down to one attack that was found in it, to be kept as a test.

use crate::check::SETTINGS;
use crate::format;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

/// What becomes of a story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regression {
    /// Its new title.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// The one property that it asks.
    pub property: String,
    /// The adversary's capabilities.
    pub adversary: Vec<String>,
    /// `[bounds]`, key by key.
    pub bounds: Vec<(&'static str, u32)>,
    /// What is expected.
    pub rows: Vec<Row>,
}

/// One `[[expect]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Labels of forms.
    pub on: Vec<String>,
    /// `violated`, `vacuous` or `holds`.
    pub verdict: &'static str,
    /// Whether the good end is reachable.
    pub served: bool,
    /// Why.
    pub because: String,
}

/// The story's text, with its adversary, bounds and expectations replaced; everything else stays as it was written.
///
/// # Errors
/// Why the text is no TOML, or no scenario.
pub fn regression(text: &str, wanted: &Regression) -> Result<String, String> {
    let mut story: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    story.remove("also");
    story.remove("expect");
    story.remove("oracle");
    put(&mut story["title"], &wanted.title);
    put(&mut story["source"], &wanted.source);
    story["properties"] = value(list(std::slice::from_ref(&wanted.property)));
    let adversary = story.get_mut("adversary").and_then(Item::as_table_like_mut);
    let adversary = adversary.ok_or("the scenario has no table `adversary`")?;
    adversary.insert("capabilities", value(list(&wanted.adversary)));
    // What is said about a capability that is gone would be an error.
    for (capability, key) in SETTINGS {
        if !wanted.adversary.iter().any(|name| name == capability) {
            adversary.remove(key);
        }
    }
    let bounds = story.get_mut("bounds").and_then(Item::as_table_like_mut);
    let bounds = bounds.ok_or("the scenario has no table `bounds`")?;
    for (key, number) in &wanted.bounds {
        bounds.insert(key, value(i64::from(*number)));
    }
    let mut rows = ArrayOfTables::new();
    wanted.rows.iter().for_each(|row| rows.push(self::row(row, &wanted.property)));
    if !rows.is_empty() {
        story.insert("expect", Item::ArrayOfTables(rows));
    }
    format(&story.to_string())
}

/// A value in the place of another, whose comments stay.
fn put(item: &mut Item, text: &str) {
    let decor = item.as_value().map(|old| old.decor().clone());
    let mut new = Value::from(text);
    if let Some(decor) = decor {
        *new.decor_mut() = decor;
    }
    *item = Item::Value(new);
}

fn row(row: &Row, property: &str) -> Table {
    let mut table = Table::new();
    table.insert("on", value(list(&row.on)));
    table.insert(row.verdict, value(list(&[property.to_owned()])));
    if !row.served {
        table.insert("served", value(false));
    }
    table.insert("because", value(row.because.as_str()));
    table
}

fn list(items: &[String]) -> Array {
    items.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_replaced_stays() {
        let text = "# head\nschema = \"x\"\ntitle = \"a\" # why\nsource = \"b\"\n\n[adversary]\ncapabilities = [\"observe\"]\n\n[bounds]\nhops = 3 # few\n\n[oracle]\nhops = 1\n\n[[expect]]\non = [\"bearer\"]\n";
        let row = Row {
            on: vec!["bearer".into()],
            verdict: "violated",
            served: false,
            because: "so".into(),
        };
        let wanted = Regression {
            title: "t".into(),
            source: "s".into(),
            property: "custody".into(),
            adversary: vec!["inject".into()],
            bounds: vec![("hops", 2)],
            rows: vec![row],
        };
        let out = regression(text, &wanted).expect("a story");
        assert_eq!(
            out,
            "# head\nschema = \"x\"\ntitle = \"t\" # why\nsource = \"s\"\nproperties = [\"custody\"]\n\n[adversary]\ncapabilities = [\"inject\"]\n\n[bounds]\nhops = 2\n\n[[expect]]\non = [\"bearer\"]\nviolated = [\"custody\"]\nserved = false\nbecause = \"so\"\n"
        );
        assert!(regression("title = 1", &wanted).is_err());
    }
}
