//! Lists `cases/**/*.toml`, the files of verdicts beside them, and `policies/*.toml`, so that the binary carries its own library.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let root = PathBuf::from(var("CARGO_MANIFEST_DIR")?);
    let code = format!(
        "{}{}{}",
        list("CASES", &root, &files(&root.join("cases"), "toml")?),
        list("VERDICTS", &root, &files(&root.join("cases"), "verdicts")?),
        list("POLICIES", &root, &files(&root.join("policies"), "toml")?),
    );
    // Without these lines cargo watches the whole package, which is right while a folder is not there.
    if root.join("cases").is_dir() && root.join("policies").is_dir() {
        println!("cargo::rerun-if-changed=cases\ncargo::rerun-if-changed=policies");
        println!("cargo::rerun-if-changed=build.rs");
    }
    fs::write(PathBuf::from(var("OUT_DIR")?).join("builtin.rs"), code)
}

fn var(name: &str) -> io::Result<String> {
    std::env::var(name).map_err(io::Error::other)
}

/// The files of one kind below a folder, in order; none where there is no folder.
fn files(folder: &Path, kind: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, kind)?);
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A constant with each file's name in the repository and its text.
fn list(name: &str, root: &Path, files: &[PathBuf]) -> String {
    let rows: String = files
        .iter()
        .map(|path| {
            let below = path.strip_prefix(root).unwrap_or(path);
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            let shown = format!("scenarios/{}", parts.join("/"));
            format!("    ({shown:?}, include_str!({:?})),\n", path.to_string_lossy())
        })
        .collect();
    format!("const {name}: &[(&str, &str)] = &[\n{rows}];\n")
}
