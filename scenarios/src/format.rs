//! The one look of scenario and policy files. Only white space changes: values, their order and comments stay.

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, RawString, Table, Value};

/// A list that would be wider is written one item a line.
const WIDTH: usize = 130;
/// Before an item that has a line of its own.
const INDENT: &str = "    ";

/// The text, formatted.
///
/// # Errors
/// Why it is no TOML.
pub fn format(text: &str) -> Result<String, String> {
    let text = text.replace("\r\n", "\n");
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    keys(document.as_table_mut());
    document.set_trailing(lines(&format!("{trailing}\n"), Blank::Kept));
    let formatted = format!("{}\n", document.to_string().trim_matches('\n'));
    let same = |text: &str| text.parse::<toml::Table>().ok();
    if same(&text) == same(&formatted) { Ok(formatted) } else { Ok(text) }
}

/// Whether an empty line stands before something.
#[derive(Clone, Copy, PartialEq)]
enum Blank {
    /// Where there was one.
    Kept,
    /// Always.
    Wanted,
    /// Never.
    Unwanted,
}

/// The keys of a table, and the tables below it.
fn keys(table: &mut Table) {
    let is_root = table.position().is_none() && !table.is_implicit();
    for (number, (mut key, item)) in table.iter_mut().enumerate() {
        let blank = if number == 0 && !is_root { Blank::Unwanted } else { Blank::Kept };
        match item {
            Item::Value(value) => {
                let wide = key.get().chars().count() + 3;
                let before = lines(said(key.leaf_decor().prefix()), blank);
                *key.leaf_decor_mut() = Decor::new(before, " ");
                let after = remark(said(value.decor().suffix()));
                self::value(value, wide);
                *value.decor_mut() = Decor::new(" ", after);
            }
            // `a.b = 1` has no header of its own; it is rare, and stays as it is.
            Item::Table(table) if table.is_dotted() => {}
            Item::Table(table) => below(table),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(below),
            Item::None => {}
        }
    }
}

fn below(table: &mut Table) {
    let before = lines(said(table.decor().prefix()), Blank::Wanted);
    let after = remark(said(table.decor().suffix()));
    *table.decor_mut() = Decor::new(before, after);
    keys(table);
}

fn value(value: &mut Value, column: usize) {
    match value {
        Value::Array(array) => self::array(array, column),
        Value::InlineTable(table) => inline(table, column),
        _ => {}
    }
}

/// `[a, b]`, or an item a line where it is too wide or has comments.
fn array(array: &mut Array, column: usize) {
    for item in array.iter_mut() {
        value(item, INDENT.len());
    }
    let told = |raw: Option<&RawString>| said(raw).contains('#');
    let last = array.len().saturating_sub(1);
    if array.iter().take(last).any(|item| told(item.decor().suffix())) {
        return;
    }
    // Without a comma behind it, what follows the last item is taken for a part of it.
    if let Some(item) = array.get_mut(last) {
        let after = said(item.decor().suffix()).to_owned();
        item.decor_mut().set_suffix("");
        array.set_trailing(format!("{after}{}", array.trailing().as_str().unwrap_or_default()));
    }
    let has_remarks = array.iter().any(|item| told(item.decor().prefix()))
        || array.trailing().as_str().is_some_and(|text| text.contains('#'));
    if !has_remarks {
        array.fmt();
        array.set_trailing("");
        array.set_trailing_comma(false);
        if column + array.to_string().trim().chars().count() <= WIDTH {
            return;
        }
    }
    for item in array.iter_mut() {
        let before = between(said(item.decor().prefix()));
        *item.decor_mut() = Decor::new(format!("{before}{INDENT}"), "");
    }
    let trailing = between(array.trailing().as_str().unwrap_or_default());
    array.set_trailing(trailing);
    array.set_trailing_comma(true);
}

/// `{ a = 1, b = 2 }`.
fn inline(table: &mut InlineTable, column: usize) {
    if table.to_string().contains('#') && has_remarks(table) {
        return;
    }
    for (_, item) in table.iter_mut() {
        value(item, column);
    }
    table.fmt();
    let count = table.len();
    for (number, (mut key, item)) in table.iter_mut().enumerate() {
        *key.leaf_decor_mut() = Decor::new(" ", " ");
        let after = if number + 1 == count { " " } else { "" };
        *item.decor_mut() = Decor::new(" ", after);
    }
}

fn has_remarks(table: &InlineTable) -> bool {
    let told = |raw: Option<&RawString>| said(raw).contains('#');
    table.iter().any(|(name, item)| {
        let key = table.key(name).map(|key| key.leaf_decor());
        told(item.decor().prefix())
            || told(item.decor().suffix())
            || key.is_some_and(|decor| told(decor.prefix()) || told(decor.suffix()))
    })
}

fn said(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}

/// Comments and empty lines before a line, each on a line of its own; never two empty ones together.
fn lines(prefix: &str, blank: Blank) -> String {
    // What follows the last line break is the indentation of what comes next.
    let whole = prefix.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mut out: Vec<&str> =
        if prefix.contains('\n') { whole.split('\n').map(str::trim).collect() } else { Vec::new() };
    out.dedup_by(|one, other| one.is_empty() && other.is_empty());
    let begins_blank = out.first().is_some_and(|line| line.is_empty());
    match (blank, begins_blank) {
        (Blank::Wanted, false) => out.insert(0, ""),
        (Blank::Unwanted, true) => {
            out.remove(0);
        }
        _ => {}
    }
    out.iter().map(|line| format!("{line}\n")).collect()
}

/// Comments between the items of a list: the first may stand behind the item before.
fn between(text: &str) -> String {
    let (behind, rest) = text.split_once('\n').unwrap_or((text, ""));
    let own = rest.lines().map(str::trim).filter(|line| !line.is_empty());
    let own: String = own.map(|line| format!("{INDENT}{line}\n")).collect();
    format!("{}\n{own}", remark(behind))
}

/// A comment behind something.
fn remark(text: &str) -> String {
    match text.trim() {
        "" => String::new(),
        text => format!(" {text}"),
    }
}
