//! JSON Schema of both files, for editors; written from [`crate::keys`].

use serde_json::{Map, Value, json};

use crate::keys::{POLICY, SCENARIO, Shape, Table};
use crate::limits::{MAX_ITEMS, MAX_NAME};

/// The JSON Schema of a scenario file.
pub fn scenario() -> Value {
    document(&SCENARIO, "whoacts scenario")
}

/// The JSON Schema of a policy file.
pub fn policy() -> Value {
    document(&POLICY, "whoacts policy")
}

fn document(root: &'static Table, title: &str) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(title));
    schema.extend(table(root));
    Value::Object(schema)
}

fn table(spec: &'static Table) -> Map<String, Value> {
    let properties: Map<String, Value> = spec
        .keys
        .iter()
        .map(|key| {
            let mut schema = shape(&key.shape);
            if key.required && matches!(key.shape, Shape::Tables(_)) {
                schema.insert("minItems".into(), json!(1));
            }
            schema.insert("description".into(), json!(key.doc));
            (key.name.to_owned(), Value::Object(schema))
        })
        .collect();
    let required: Vec<&str> =
        spec.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = object(json!({
        "type": "object",
        "description": spec.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }));
    if !spec.one_of.is_empty() {
        let each: Vec<Value> = spec.one_of.iter().map(|key| json!({ "required": [key] })).collect();
        schema.insert("oneOf".into(), json!(each));
    }
    schema
}

fn shape(shape: &'static Shape) -> Map<String, Value> {
    object(match shape {
        Shape::Name => json!({ "type": "string", "pattern": r"^\S+$", "maxLength": MAX_NAME }),
        Shape::Slug => {
            json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": MAX_NAME })
        }
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Line(limit, may_be_empty) => {
            let least = usize::from(!may_be_empty);
            json!({ "type": "string", "minLength": least, "maxLength": limit })
        }
        Shape::Prose(limit) => json!({ "type": "string", "minLength": 1, "maxLength": limit }),
        Shape::Operation => json!({ "type": "string", "pattern": r"^\s*\S+\s+\S+\s*$" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::List(of, least) => json!({
            "type": "array",
            "items": self::shape(of),
            "minItems": least,
            "maxItems": MAX_ITEMS,
            "uniqueItems": true,
        }),
        Shape::Table(spec) => Value::Object(table(spec)),
        Shape::Tables(spec) => {
            json!({ "type": "array", "items": table(spec), "maxItems": MAX_ITEMS })
        }
        Shape::NameOr(spec) => {
            json!({ "oneOf": [self::shape(&Shape::Name), table(spec)] })
        }
        Shape::Counts => json!({
            "type": "object",
            "additionalProperties": { "type": "integer", "minimum": 1 },
        }),
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
