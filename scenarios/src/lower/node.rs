//! One table of a file, read by key.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::limits::MAX_ITEMS;
use crate::scenario::Operation;
use crate::source::Source;
use crate::span::{Span, Spanned};

type At<T> = toml::Spanned<T>;

/// A table with its place; a table that is not there reads as an empty one.
pub(crate) struct Node<'a> {
    table: Option<&'a DeTable<'a>>,
    range: Range<usize>,
    source: &'a Source<'a>,
}

impl<'a> Node<'a> {
    pub(crate) fn root(table: &'a DeTable<'a>, source: &'a Source<'a>) -> Node<'a> {
        Node { table: Some(table), range: 0..0, source }
    }

    /// Where the table starts.
    pub(crate) fn span(&self) -> Span {
        self.source.span(self.range.clone())
    }

    /// A value that nobody wrote, placed where the table starts.
    pub(crate) fn here<T>(&self, value: T) -> Spanned<T> {
        Spanned::new(value, self.span())
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn text(&self, key: &str) -> Spanned<String> {
        self.text_or(key, "")
    }

    pub(crate) fn text_or(&self, key: &str, default: &str) -> Spanned<String> {
        self.maybe_text(key).unwrap_or_else(|| self.here(default.to_owned()))
    }

    pub(crate) fn maybe_text(&self, key: &str) -> Option<Spanned<String>> {
        self.get(key).and_then(|value| self.string(value))
    }

    pub(crate) fn texts(&self, key: &str) -> Vec<Spanned<String>> {
        self.list(key).filter_map(|value| self.string(value)).collect()
    }

    pub(crate) fn flag(&self, key: &str) -> Option<Spanned<bool>> {
        let value = self.get(key)?;
        Some(Spanned::new(value.get_ref().as_bool()?, self.place(value)))
    }

    pub(crate) fn count(&self, key: &str) -> Option<Spanned<u32>> {
        let value = self.get(key)?;
        let number = u32::try_from(integer(value)?).unwrap_or(1);
        Some(Spanned::new(number, self.place(value)))
    }

    /// Names with numbers, in the order of the file.
    pub(crate) fn counts(&self, key: &str) -> Vec<(Spanned<String>, Spanned<u64>)> {
        let table = self.table(key).table;
        let mut rows: Vec<_> = table.into_iter().flatten().take(MAX_ITEMS).collect();
        rows.sort_by_key(|(name, _)| name.span().start);
        rows.into_iter()
            .map(|(name, value)| {
                let at = self.source.span(name.span());
                let number = integer(value).and_then(|number| u64::try_from(number).ok());
                let name = name.get_ref().clone().into_owned();
                (Spanned::new(name, at), Spanned::new(number.unwrap_or(1), self.place(value)))
            })
            .collect()
    }

    /// A list of operations, or `None` where the key is not there.
    pub(crate) fn operations(&self, key: &str) -> Option<Vec<Operation>> {
        self.get(key)?;
        Some(self.texts(key).into_iter().map(operation).collect())
    }

    pub(crate) fn table(&self, key: &str) -> Node<'a> {
        match self.get(key) {
            Some(value) => self.child(value),
            None => Node { table: None, range: self.range.clone(), source: self.source },
        }
    }

    pub(crate) fn tables(&self, key: &str) -> Vec<Node<'a>> {
        self.list(key).map(|value| self.child(value)).collect()
    }

    fn child(&self, value: &'a At<DeValue<'a>>) -> Node<'a> {
        Node { table: value.get_ref().as_table(), range: value.span(), source: self.source }
    }

    fn get(&self, key: &str) -> Option<&'a At<DeValue<'a>>> {
        self.table.and_then(|table| table.get(key))
    }

    fn list(&self, key: &str) -> impl Iterator<Item = &'a At<DeValue<'a>>> + use<'a> {
        let list = self.get(key).and_then(|value| value.get_ref().as_array());
        list.into_iter().flat_map(|list| list.iter()).take(MAX_ITEMS)
    }

    fn string(&self, value: &At<DeValue<'_>>) -> Option<Spanned<String>> {
        let text = value.get_ref().as_str()?;
        Some(Spanned::new(text.to_owned(), self.place(value)))
    }

    fn place(&self, value: &At<DeValue<'_>>) -> Span {
        self.source.span(value.span())
    }
}

fn integer(value: &At<DeValue<'_>>) -> Option<i64> {
    let number = value.get_ref().as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn operation(text: Spanned<String>) -> Operation {
    let mut words = text.value.split_whitespace().map(str::to_owned);
    let (action, resource) = (words.next(), words.next());
    Operation {
        action: action.unwrap_or_default(),
        resource: resource.unwrap_or_default(),
        span: text.span,
    }
}
