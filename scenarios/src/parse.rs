//! From bytes to checked data, in one direction.

use toml::de::DeTable;

use crate::error::{Error, Errors};
use crate::keys::{POLICY, SCENARIO, Shape, Table};
use crate::limits::MAX_FILE_BYTES;
use crate::lower::{self, Node};
use crate::scenario::{Policy, Scenario};
use crate::source::Source;
use crate::vocabulary::Vocabulary;
use crate::{check, hidden, shape, suggest};

/// Reads a scenario file. `file_name` is how errors call it; `id` is `family/story`.
pub fn parse_scenario(
    file_name: &str,
    id: &str,
    bytes: &[u8],
    vocab: &Vocabulary,
) -> Result<Scenario, Vec<Error>> {
    parse(file_name, bytes, &SCENARIO, |root, errors| {
        let scenario = lower::scenario(id, root);
        check::scenario(&scenario, vocab, errors);
        scenario
    })
}

/// Reads a policy file. `name` is the one that scenarios call it by.
pub fn parse_policy(
    file_name: &str,
    name: &str,
    bytes: &[u8],
    vocab: &Vocabulary,
) -> Result<Policy, Vec<Error>> {
    parse(file_name, bytes, &POLICY, |root, errors| {
        let policy = lower::policy(name, root);
        check::policy(&policy, vocab, errors);
        policy
    })
}

/// Text, TOML and keys are judged in turn, and each only where the ones before it are sound enough;
/// `finish` lowers the file and checks its names.
fn parse<T>(
    file_name: &str,
    bytes: &[u8],
    spec: &'static Table,
    finish: impl FnOnce(&Node<'_>, &mut Errors<'_>) -> T,
) -> Result<T, Vec<Error>> {
    let text = text(file_name, bytes).map_err(|error| vec![error])?;
    let source = Source::new(file_name, text);
    let mut errors = Errors::new(&source);
    hidden::check(text, &mut errors);
    if errors.any() {
        return Err(errors.into_list());
    }
    let (root, broken) = DeTable::parse_recoverable(text);
    let root = root.get_ref();
    for error in &broken {
        errors.add(|source| syntax(error, source, text));
    }
    if broken.is_empty() {
        if has_other_schema(root, spec) {
            shape::check_key(root, "schema", spec, &mut errors);
            return Err(errors.into_list());
        }
        shape::check_table(root, 0..0, spec, &mut errors);
    }
    if errors.are_structural() {
        return Err(errors.into_list());
    }
    let value = finish(&Node::root(root, &source), &mut errors);
    let errors = errors.into_list();
    if errors.is_empty() { Ok(value) } else { Err(errors) }
}

/// The text of a file that is not too large, is UTF-8 and says something.
pub(crate) fn text<'a>(file_name: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    if bytes.len() > MAX_FILE_BYTES {
        let span = Source::new(file_name, "").span(0..0);
        let message = format!("the file has more than {MAX_FILE_BYTES} bytes, which is the limit");
        return Err(Error::new(span, "file-too-large", message));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = error.valid_up_to();
        let before = bytes.get(..good).and_then(|some| std::str::from_utf8(some).ok());
        let mut span = Source::new(file_name, before.unwrap_or("")).span(good..good);
        span.end = (span.start + 1).min(bytes.len());
        let byte = bytes.get(good).copied().unwrap_or(0);
        let message = format!("the file is not UTF-8: byte 0x{byte:02x} at offset {good}");
        Error::new(span, "not-utf8", message)
    })?;
    if text.trim().is_empty() {
        let span = Source::new(file_name, "").span(0..0);
        return Err(Error::new(span, "empty", "the file is empty"));
    }
    Ok(text)
}

/// Whether the file says that it is of another kind or version: its other keys then mean nothing.
fn has_other_schema(root: &DeTable<'_>, spec: &Table) -> bool {
    let said = root.get("schema").and_then(|value| value.get_ref().as_str());
    match (said, spec.key("schema").map(|key| &key.shape)) {
        (Some(said), Some(Shape::Word(words))) => !words.contains(&said),
        _ => false,
    }
}

/// An error of the TOML parser in our own voice.
fn syntax(error: &toml::de::Error, source: &Source<'_>, text: &str) -> Error {
    let range = error.span().unwrap_or(0..0);
    let message = match error.message() {
        "duplicate key" => {
            let key = text.get(range.clone()).unwrap_or_default();
            format!("the key `{}` is written twice", suggest::shown(key))
        }
        other => suggest::lowered(other),
    };
    Error::new(source.span(range), "syntax", message)
}
