//! JSON Schemas, the official one of SARIF included.

use boon::{Compiler, Schemas};
use serde_json::Value;
use std::process::Command;

/// What is wrong with the value, by this schema; nothing where it is valid.
pub(crate) fn errors(schema: Value, value: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("memory:schema", schema).expect("a schema");
    let index = compiler.compile("memory:schema", &mut schemas).expect("a sound schema");
    schemas.validate(value, index).err().map(|error| format!("{error:#}"))
}

/// One of ours, by its name.
pub(crate) fn ours(name: &str) -> Value {
    let known = whoacts_reports::SCHEMAS.iter().find(|(known, _)| *known == name);
    serde_json::from_str(known.expect("a schema of that name").1).expect("JSON")
}

/// The official schema of SARIF 2.1.0, as the package `serde-sarif` ships it.
pub(crate) fn sarif() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--offline"]);
    let host = Command::new("rustc").arg("-vV").output().expect("rustc runs").stdout;
    let host = String::from_utf8(host).expect("UTF-8");
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = cargo.args(["--filter-platform", host]).output().expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let package = metadata["packages"].as_array().expect("packages").iter();
    let package = package.into_iter().find(|package| package["name"] == "serde-sarif");
    let manifest = package.expect("the package")["manifest_path"].as_str().expect("a path");
    let path = std::path::Path::new(manifest).with_file_name("src/schema.json");
    let schema: Value =
        serde_json::from_slice(&std::fs::read(path).expect("the schema")).expect("JSON");
    assert_eq!(schema["properties"]["version"]["enum"], serde_json::json!(["2.1.0"]));
    schema
}
