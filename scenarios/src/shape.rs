//! Judges a file against the list of keys: unknown and missing keys, types, ranges, sizes.

use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use crate::error::{Error, Errors};
use crate::hidden;
use crate::keys::{Key, Shape, Table};
use crate::limits::{MAX_ITEMS, MAX_NAME};
use crate::suggest;

type At<T> = toml::Spanned<T>;

/// Reports what is wrong with a table. `header` is where it starts.
pub(crate) fn check_table(
    found: &DeTable<'_>,
    header: Range<usize>,
    spec: &'static Table,
    errors: &mut Errors<'_>,
) {
    let mut misspelt: Vec<&str> = Vec::new();
    for (name, value) in found {
        if let Some(key) = spec.key(name.get_ref()) {
            check_value(value, key.name, &key.shape, errors);
            continue;
        }
        let meant = meant(name.get_ref(), found, spec);
        misspelt.extend(meant);
        errors.add(|source| unknown_key(name.get_ref(), meant, spec, source.span(name.span())));
    }
    let missing = spec.keys.iter().filter(|key| key.required && is_missing(found, key));
    for key in missing.filter(|key| !misspelt.contains(&key.name)) {
        errors.add(|source| lacking(key, spec, source.span(header.clone())));
    }
    if !spec.one_of.iter().any(|key| misspelt.contains(key)) {
        check_one_of(found, header, spec, errors);
    }
}

/// Reports what is wrong with one key of a table, if it is there.
pub(crate) fn check_key(
    found: &DeTable<'_>,
    key: &str,
    spec: &'static Table,
    errors: &mut Errors<'_>,
) {
    if let (Some(value), Some(key)) = (found.get(key), spec.key(key)) {
        check_value(value, key.name, &key.shape, errors);
    }
}

/// The key that an unknown one was probably meant to be: rather one that is not there yet.
fn meant(name: &str, found: &DeTable<'_>, spec: &'static Table) -> Option<&'static str> {
    let known = || spec.keys.iter().map(|key| key.name);
    let absent = known().filter(|key| !found.contains_key(*key));
    suggest::closest(name, absent).or_else(|| suggest::closest(name, known()))
}

fn unknown_key(name: &str, meant: Option<&str>, spec: &Table, span: crate::span::Span) -> Error {
    let message = format!("{} has no key `{}`", spec.name, suggest::shown(name));
    let known: Vec<&str> = spec.keys.iter().map(|key| key.name).collect();
    let error = Error::new(span, "unknown-key", message);
    match meant {
        Some(close) => error.with_help(format!("did you mean `{close}`?")),
        None => error.with_help(format!("its keys are {}", ticked(&known))),
    }
}

fn is_missing(found: &DeTable<'_>, key: &Key) -> bool {
    match found.get(key.name).map(At::get_ref) {
        None => true,
        Some(DeValue::Array(rows)) => matches!(key.shape, Shape::Tables(_)) && rows.is_empty(),
        Some(_) => false,
    }
}

fn lacking(key: &Key, spec: &Table, span: crate::span::Span) -> Error {
    let error =
        Error::new(span, "missing-key", format!("{} lacks the key `{}`", spec.name, key.name));
    let doc = suggest::lowered(key.doc);
    match key.shape {
        Shape::Tables(_) => error.with_help(format!("write `[[{}]]`: {doc}", key.name)),
        Shape::Table(_) => error.with_help(format!("write `[{}]`: {doc}", key.name)),
        Shape::Word([only]) => error.with_help(format!("write `{} = \"{only}\"`", key.name)),
        _ => error.with_help(format!("write `{} = …`: {doc}", key.name)),
    }
}

fn check_one_of(
    found: &DeTable<'_>,
    header: Range<usize>,
    spec: &'static Table,
    errors: &mut Errors<'_>,
) {
    let present: Vec<&str> =
        spec.one_of.iter().copied().filter(|key| found.contains_key(*key)).collect();
    if present.len() == 1 || spec.one_of.is_empty() {
        return;
    }
    errors.add(|source| {
        let span = source.span(header);
        let message = match present.len() {
            0 => format!("{} lacks one of the keys {}", spec.name, ticked(spec.one_of)),
            _ => format!("{} has the keys {}", spec.name, ticked(&present)),
        };
        let code = if present.is_empty() { "missing-key" } else { "conflicting-keys" };
        Error::new(span, code, message).with_help("write exactly one of them")
    });
}

fn check_value(value: &At<DeValue<'_>>, key: &str, shape: &'static Shape, errors: &mut Errors<'_>) {
    let at = value.span();
    match (shape, value.get_ref()) {
        (Shape::Count(min, max), DeValue::Integer(found)) => {
            let number = i64::from_str_radix(found.as_str(), found.radix());
            let shown = found.to_string();
            check_count(&shown, number.ok(), (*min).into(), (*max).into(), key, at, errors);
        }
        (Shape::Flag, DeValue::Boolean(_)) => {}
        (Shape::List(of, least), DeValue::Array(list)) => {
            check_list(list, key, of, *least, at, errors);
        }
        (Shape::Table(spec) | Shape::NameOr(spec), DeValue::Table(found)) => {
            check_table(found, at, spec, errors);
        }
        (Shape::Tables(spec), DeValue::Array(rows)) => check_rows(rows, key, spec, at, errors),
        (Shape::Counts, DeValue::Table(found)) => check_counts(found, key, at, errors),
        (shape, DeValue::String(text)) if is_text(shape) => {
            if let Some((code, message, help)) = text_fault(text, key, shape) {
                errors.add(|source| {
                    let error = Error::new(source.span(at), code, message);
                    Error { help, ..error }
                });
            }
        }
        (shape, found) => errors.add(|source| {
            let error = Error::new(
                source.span(at),
                "wrong-type",
                format!("`{key}`: expected {}, found {}", expected(shape), article(found)),
            );
            Error { help: form(key, shape, found), ..error }
        }),
    }
}

fn check_rows(
    rows: &DeArray<'_>,
    key: &str,
    spec: &'static Table,
    at: Range<usize>,
    errors: &mut Errors<'_>,
) {
    check_length(rows.len(), key, 0, at, errors);
    for row in rows.iter() {
        match row.get_ref() {
            DeValue::Table(found) => check_table(found, row.span(), spec, errors),
            other => errors.add(|source| {
                let message = format!("`{key}`: expected a table, found {}", article(other));
                Error::new(source.span(row.span()), "wrong-type", message)
            }),
        }
    }
}

fn check_list(
    list: &DeArray<'_>,
    key: &str,
    of: &'static Shape,
    least: usize,
    at: Range<usize>,
    errors: &mut Errors<'_>,
) {
    check_length(list.len(), key, least, at, errors);
    let mut seen: Vec<(&str, Range<usize>)> = Vec::new();
    for item in list.iter().take(MAX_ITEMS) {
        check_value(item, key, of, errors);
        let Some(text) = item.get_ref().as_str() else { continue };
        match seen.iter().find(|(other, _)| *other == text) {
            None => seen.push((text, item.span())),
            Some((_, first)) => errors.add(|source| {
                let message = format!("`{}` is listed twice", suggest::shown(text));
                Error::new(source.span(item.span()), "listed-twice", message)
                    .with_place(source.span(first.clone()), "first here")
            }),
        }
    }
}

fn check_length(length: usize, key: &str, least: usize, at: Range<usize>, errors: &mut Errors<'_>) {
    if length < least {
        errors.add(|source| Error::new(source.span(at), "empty", format!("`{key}` is empty")));
    } else if length > MAX_ITEMS {
        errors.add(|source| {
            let message = format!("`{key}` has {length} entries; the limit is {MAX_ITEMS}");
            Error::new(source.span(at), "too-long", message)
        });
    }
}

fn check_counts(found: &DeTable<'_>, key: &str, at: Range<usize>, errors: &mut Errors<'_>) {
    check_length(found.len(), key, 0, at, errors);
    for (name, value) in found {
        match value.get_ref() {
            DeValue::Integer(number) => {
                let count = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let key = suggest::shown(name.get_ref());
                let shown = number.to_string();
                check_count(&shown, count, 1, i64::MAX, &key, value.span(), errors);
            }
            other => errors.add(|source| {
                let name = suggest::shown(name.get_ref());
                let message = format!("`{name}`: expected an integer, found {}", article(other));
                Error::new(source.span(value.span()), "wrong-type", message)
            }),
        }
    }
}

fn check_count(
    shown: &str,
    number: Option<i64>,
    min: i64,
    max: i64,
    key: &str,
    at: Range<usize>,
    errors: &mut Errors<'_>,
) {
    let shown = suggest::shown(shown);
    let negative = shown.starts_with('-') && number != Some(0);
    let (code, message) = match number {
        Some(number) if (min..=max).contains(&number) => return,
        _ if negative => ("negative", format!("`{key}` is {shown}, and cannot be negative")),
        Some(0) => ("zero", format!("`{key}` is 0, and at least {min} is needed")),
        _ => ("over-limit", format!("`{key}` is {shown}; the limit is {max}")),
    };
    errors.add(|source| Error::new(source.span(at), code, message));
}

/// Judges one number outside a file, by the same rules.
pub(crate) fn count_fault(key: &Key, number: i64) -> Option<(&'static str, String)> {
    let Shape::Count(min, max) = key.shape else { return None };
    let source = crate::source::Source::new("", "");
    let mut errors = Errors::new(&source);
    let shown = number.to_string();
    check_count(&shown, Some(number), min.into(), max.into(), key.name, 0..0, &mut errors);
    errors.into_list().pop().map(|error| (error.code, error.message))
}

type Fault = (&'static str, String, Option<String>);

/// What is wrong with a text, if anything: code, message, help.
fn text_fault(text: &str, key: &str, shape: &Shape) -> Option<Fault> {
    let (limit, may_be_empty, lines) = match shape {
        Shape::Line(limit, may_be_empty) => (*limit, *may_be_empty, false),
        Shape::Prose(limit) => (*limit, false, true),
        Shape::Operation => (2 * MAX_NAME + 1, false, false),
        Shape::Word(words) => return word_fault(text, key, words),
        _ => (MAX_NAME, false, false),
    };
    let length = text.chars().count();
    if text.trim().is_empty() && !may_be_empty {
        return Some(("empty", format!("`{key}` is empty"), None));
    }
    if length > limit {
        let message = format!("`{key}` has {length} characters; the limit is {limit}");
        return Some(("too-long", message, None));
    }
    if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
        let message = match text.contains('\n') {
            true => format!("`{key}` must be one line"),
            false => format!("`{key}` contains a control character"),
        };
        return Some(("bad-text", message, None));
    }
    if let Some(c) = text.chars().find(|c| hidden::is_hidden(*c)) {
        return Some(("hidden-character", hidden::fault(c), None));
    }
    let name = suggest::shown(text);
    match shape {
        Shape::Name if text.contains(char::is_whitespace) => {
            Some(("bad-name", format!("`{name}` is no name: it contains a space"), None))
        }
        Shape::Slug if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) => {
            let message = format!("`{name}` contains more than letters, digits, `-` and `_`");
            Some(("bad-name", message, None))
        }
        Shape::Operation if text.split_whitespace().count() != 2 => {
            let help = "write the action and the resource, such as \"read api\"";
            Some(("bad-operation", format!("`{name}` is no operation"), Some(help.into())))
        }
        _ => None,
    }
}

fn word_fault(text: &str, key: &str, words: &[&'static str]) -> Option<Fault> {
    if words.contains(&text) {
        return None;
    }
    let message = format!("`{key}` cannot be `{}`", suggest::shown(text));
    let help = match suggest::closest(text, words.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None if words.len() == 1 => format!("expected {}", ticked(words)),
        None => format!("expected one of {}", ticked(words)),
    };
    Some(("bad-word", message, Some(help)))
}

fn is_text(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Name
            | Shape::Slug
            | Shape::Word(_)
            | Shape::Line(..)
            | Shape::Prose(_)
            | Shape::Operation
            | Shape::NameOr(_)
    )
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::NameOr(_) => "a string or a table",
        Shape::Flag => "a boolean",
        Shape::Count(..) => "an integer",
        Shape::List(..) => "a list",
        Shape::Table(_) | Shape::Counts => "a table",
        Shape::Tables(_) => "a list of tables",
        _ => "a string",
    }
}

/// How the value would be written, where the slip is a common one.
fn form(key: &str, shape: &Shape, found: &DeValue<'_>) -> Option<String> {
    match (shape, found) {
        (Shape::Tables(_), DeValue::Table(_)) => Some(format!("write `[[{key}]]`")),
        (Shape::Table(_), DeValue::Array(_)) => Some(format!("write `[{key}]`")),
        (Shape::List(..), DeValue::String(text)) => {
            Some(format!("write `{key} = [\"{}\"]`", suggest::shown(text)))
        }
        _ => None,
    }
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn ticked(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
