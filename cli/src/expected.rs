//! `--expect FILE`: a stored result against the one just found, row by row.

use crate::exit::Failure;
use crate::input;
use crate::output::stderr;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use whoacts_scenarios::shown as shown_path;

/// The rows of a result, and the keys that tell them apart.
pub(crate) type Rows = &'static [(&'static str, &'static [&'static str])];

/// Keys that say how something was found, not what: they may differ.
const ASIDE: [&str; 2] = ["tool", "looked_at"];

/// Compares with the stored result, says what differs on standard error, and whether anything does.
pub(crate) fn differs(path: &Path, found: &Value, rows: Rows) -> Result<bool, Failure> {
    let stored = read(path)?;
    let schema = |value: &Value| value["schema"].as_str().unwrap_or("none").to_owned();
    if schema(&stored) != schema(found) {
        return Err(Failure::Usage(format!(
            "`{}` holds {}, not {}",
            shown_path(path),
            schema(&stored),
            schema(found)
        )));
    }
    let differences = differences(&stored, found, rows);
    for difference in &differences {
        stderr(&format!("differs: {difference}\n"));
    }
    Ok(!differences.is_empty())
}

fn read(path: &Path) -> Result<Value, Failure> {
    let wrong = |reason: String| {
        Failure::Usage(format!("cannot read `{}`: {}", shown_path(path), reason.to_lowercase()))
    };
    let text = input::text(path).map_err(wrong)?;
    serde_json::from_str(&text).map_err(|error| wrong(format!("it is not JSON: {error}")))
}

/// What differs, a line a row.
pub(crate) fn differences(stored: &Value, found: &Value, rows: Rows) -> Vec<String> {
    let mut out = Vec::new();
    for (list, keys) in rows {
        let (was, is) = (indexed(&stored[*list], keys), indexed(&found[*list], keys));
        for (name, row) in &was {
            match is.get(name) {
                None => out.push(format!("{list}: {name}: no longer there")),
                Some(now) if now != row => {
                    out.push(format!("{list}: {name}: {}", changed(row, now)))
                }
                Some(_) => {}
            }
        }
        let new = is.keys().filter(|name| !was.contains_key(*name));
        out.extend(new.map(|name| format!("{list}: {name}: new")));
    }
    let lists: Vec<&str> = rows.iter().map(|(list, _)| *list).collect();
    let plain = |key: &&String| !lists.contains(&key.as_str()) && !ASIDE.contains(&key.as_str());
    let (was, is) = (stored.as_object(), found.as_object());
    for key in was.into_iter().flat_map(|object| object.keys()).filter(plain) {
        if found.get(key) != stored.get(key) {
            out.push(changed_value(key, &stored[key], &found[key]));
        }
    }
    let new = is.into_iter().flat_map(|object| object.keys()).filter(plain);
    out.extend(new.filter(|key| stored.get(*key).is_none()).map(|key| format!("{key}: new")));
    out
}

fn indexed<'v>(list: &'v Value, keys: &[&str]) -> BTreeMap<String, &'v Value> {
    let rows = list.as_array().into_iter().flatten();
    rows.map(|row| {
        let parts = keys.iter().map(|key| short(&row[*key])).filter(|part| part != "null");
        (parts.collect::<Vec<_>>().join(" "), row)
    })
    .collect()
}

fn changed(was: &Value, is: &Value) -> String {
    let keys = was.as_object().into_iter().flat_map(|object| object.keys());
    let parts = keys.filter(|key| was.get(*key) != is.get(*key));
    let parts: Vec<String> = parts.map(|key| changed_value(key, &was[key], &is[key])).collect();
    if parts.is_empty() { "has further keys".to_owned() } else { parts.join("; ") }
}

fn changed_value(key: &str, was: &Value, is: &Value) -> String {
    match (short(was), short(is)) {
        (was, is) if was == is => format!("{key} differs"),
        (was, is) => format!("{key} was {was}, is {is}"),
    }
}

/// A value on one line, not too long.
fn short(value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) if parts.iter().all(Value::is_string) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(object) if object.contains_key("property") => {
            format!("{} in {} ({})", value["property"], value["scenario"], value["length"])
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ROWS: Rows = &[("guards", &["guard"])];

    #[test]
    fn rows_are_told_apart_by_their_keys() {
        let was = json!({ "schema": "s", "n": 1, "guards": [
            { "guard": "a", "status": "necessary" }, { "guard": "b", "status": "necessary" } ] });
        let is = json!({ "schema": "s", "n": 2, "guards": [
            { "guard": "c", "status": "necessary" }, { "guard": "a", "status": "redundant" } ] });
        assert_eq!(
            differences(&was, &is, ROWS),
            [
                "guards: a: status was necessary, is redundant",
                "guards: b: no longer there",
                "guards: c: new",
                "n was 1, is 2",
            ]
        );
        assert!(differences(&was, &was, ROWS).is_empty());
    }

    #[test]
    fn the_version_may_differ() {
        let with = |version: &str| json!({ "tool": { "version": version }, "guards": [] });
        assert!(differences(&with("1"), &with("2"), ROWS).is_empty());
    }
}
