//! Names of one kind: whether they are distinct, and whether another name is among them.

use crate::error::{Error, Errors};
use crate::span::{Span, Spanned};
use crate::suggest;

/// The names that something may be called by.
pub(super) struct Names<'a> {
    /// As in "no pool is called".
    kind: &'static str,
    /// The code of the error for a name that is not among them.
    code: &'static str,
    known: Vec<&'a str>,
    /// Names that are no more, each with the one in its place.
    renamed: &'a [(String, String)],
    /// One of them is wrong where it is declared, so nobody can say what is not among them.
    pub(super) is_spoilt: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        kind: &'static str,
        code: &'static str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Names<'a> {
        let mut known: Vec<&str> = known.into_iter().filter(|name| !name.is_empty()).collect();
        known.sort_unstable();
        known.dedup();
        Names { kind, code, known, renamed: &[], is_spoilt: false }
    }

    /// With names that are no more.
    pub(super) fn renamed(self, renamed: &'a [(String, String)]) -> Names<'a> {
        Names { renamed, ..self }
    }

    /// Names that somebody declared in the file; `is_wrong` says where something was found already.
    pub(super) fn declared(
        kind: &'static str,
        code: &'static str,
        declared: impl IntoIterator<Item = &'a Spanned<String>>,
        is_wrong: &dyn Fn(&Span) -> bool,
    ) -> Names<'a> {
        let declared: Vec<&Spanned<String>> = declared.into_iter().collect();
        let is_spoilt = declared.iter().any(|name| is_wrong(&name.span));
        let names = Names::new(kind, code, declared.iter().map(|name| name.value.as_str()));
        Names { is_spoilt, ..names }
    }

    /// Reports a name that is not among them; an empty one was reported before.
    pub(super) fn check(&self, name: &Spanned<String>, errors: &mut Errors<'_>) -> bool {
        let found = name.is_empty() || self.contains(name);
        if !found && !self.is_spoilt {
            errors.add(|_| self.unknown(&name.value, name.span.clone()));
        }
        found
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.known.binary_search(&name).is_ok()
    }

    pub(super) fn unknown(&self, name: &str, span: Span) -> Error {
        let message = format!("no {} is called `{}`", self.kind, suggest::shown(name));
        if let Some((old, new)) = self.renamed.iter().find(|(old, _)| old == name) {
            let message = format!("the {} `{old}` is called `{new}` now", self.kind);
            return Error::new(span, self.code, message).with_help(format!("write `{new}`"));
        }
        let help = suggest::help(name, self.known.iter().copied());
        Error { help, ..Error::new(span, self.code, message) }
    }
}

/// Reports each name that was declared before.
pub(super) fn distinct<'a>(
    what: &str,
    declared: impl IntoIterator<Item = &'a Spanned<String>>,
    errors: &mut Errors<'_>,
) {
    let mut seen = std::collections::BTreeMap::new();
    for name in declared.into_iter().filter(|name| !name.is_empty()) {
        match seen.get(name.value.as_str()) {
            None => {
                seen.insert(name.value.as_str(), &name.span);
            }
            Some(first) => {
                let message = format!("{what} `{}` is declared twice", suggest::shown(name));
                let error = Error::new(name.span.clone(), "duplicate-id", message);
                errors.push(error.with_place((*first).clone(), "first declared here"));
            }
        }
    }
}
