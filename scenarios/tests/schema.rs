//! The list of keys, the parser and the JSON Schema are one thing.

mod common;

use std::collections::BTreeSet;

use common::{FULL, POLICY, vocabulary};
use serde_json::Value;
use whoacts_scenarios::keys::{self, Shape, Table};
use whoacts_scenarios::{CODES, parse_policy, parse_scenario, schema};

/// Every table that can be reached from a file's root.
fn tables(root: &'static Table, found: &mut Vec<&'static Table>) {
    if found.iter().any(|table| std::ptr::eq(*table, root)) {
        return;
    }
    found.push(root);
    for key in root.keys {
        if let Shape::Table(next) | Shape::Tables(next) | Shape::NameOr(next) = key.shape {
            tables(next, found);
        }
    }
}

/// The example with one line cut out parses to something else, or not at all.
fn lines_have_effect<T: PartialEq>(text: &str, parse: impl Fn(&str) -> Option<T>) {
    let whole = parse(text);
    assert!(whole.is_some());
    let keyed = |line: &&str| line.contains(" = ") && !line.starts_with('"');
    for line in text.lines().filter(keyed) {
        let cut = text.replacen(&format!("{line}\n"), "\n", 1);
        assert!(parse(&cut) != whole, "`{line}` changes nothing");
    }
}

#[test]
fn every_key_is_read() {
    lines_have_effect(FULL, |text| parse_scenario("f", "a/b", text.as_bytes(), &vocabulary()).ok());
    lines_have_effect(POLICY, |text| parse_policy("p", "p", text.as_bytes(), &vocabulary()).ok());
}

#[test]
fn every_key_is_in_an_example() {
    for (root, text) in [(&keys::SCENARIO, FULL), (&keys::POLICY, POLICY)] {
        let mut found = Vec::new();
        tables(root, &mut found);
        let names = found.iter().flat_map(|table| table.keys);
        for key in names {
            let written = [format!("\n{} = ", key.name), format!("{}]", key.name)];
            let first = text.starts_with(&format!("{} = ", key.name));
            assert!(first || written.iter().any(|w| text.contains(w)), "`{}`", key.name);
        }
    }
}

#[test]
fn the_schema_lists_the_keys_of_the_parser() {
    for (root, schema) in [(&keys::SCENARIO, schema::scenario()), (&keys::POLICY, schema::policy())]
    {
        same(root, &schema);
    }
}

fn same(table: &Table, schema: &Value) {
    let names =
        |keys: &mut dyn Iterator<Item = &str>| keys.map(str::to_owned).collect::<BTreeSet<_>>();
    let listed = schema["properties"].as_object().into_iter().flatten();
    assert_eq!(
        names(&mut listed.map(|(k, _)| k.as_str())),
        names(&mut table.keys.iter().map(|k| k.name))
    );
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let must = table.keys.iter().filter(|key| key.required).map(|key| key.name);
    assert_eq!(names(&mut { required }), names(&mut { must }));
    assert_eq!(schema["additionalProperties"], false);
    for key in table.keys {
        let found = &schema["properties"][key.name];
        match key.shape {
            Shape::Table(next) => same(next, found),
            Shape::Tables(next) => same(next, &found["items"]),
            Shape::NameOr(next) => same(next, &found["oneOf"][1]),
            _ => assert_eq!(found["description"], key.doc),
        }
    }
}

#[test]
fn the_examples_fit_the_schema() {
    for (text, schema) in [(FULL, schema::scenario()), (POLICY, schema::policy())] {
        let value: toml::Table = text.parse().unwrap_or_default();
        let value = serde_json::to_value(value).unwrap_or_default();
        fits(&value, &schema, "root");
    }
}

/// As much of JSON Schema as we write, except patterns.
fn fits(value: &Value, schema: &Value, at: &str) {
    if let Some(choices) = schema["oneOf"].as_array().filter(|_| schema["type"].is_null()) {
        let choice = choices.iter().find(|s| (s["type"] == "string") == value.is_string());
        return fits(value, choice.unwrap_or(&Value::Null), at);
    }
    let fine = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    };
    assert!(fine, "{at}: {value} against {schema}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}");
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let next = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
        fits(value, next, key);
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(key).is_some(), "{at} lacks {key}");
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"], at);
    }
}

#[test]
fn error_codes_are_listed_in_order() {
    let codes: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert!(codes.is_sorted_by(|one, other| one < other));
    assert!(CODES.iter().all(|(_, doc)| doc.ends_with('.')));
}
