//! Cedar policies that a policy file names: read here, split into statements, understood elsewhere.

use std::ops::Range;
use std::sync::Arc;

use crate::source::Source;
use crate::span::{Span, Spanned};

/// A resource that also asks a Cedar policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePolicy {
    /// The resource.
    pub resource: Spanned<String>,
    /// The Cedar file, as it is written in the policy.
    pub cedar: Spanned<String>,
    /// A file with entities (groups, attributes) in Cedar's JSON, as it is written in the policy.
    pub entities: Option<Spanned<String>>,
    /// The entity type of the accountable root.
    pub principal: Spanned<String>,
    /// The entity type of the resource.
    pub kind: Spanned<String>,
    /// The Cedar file.
    pub text: CedarText,
    /// The text of the entities; empty where there are none.
    pub entities_text: Arc<str>,
}

/// A Cedar file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CedarText {
    /// The file, as spans name it.
    pub file: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    /// Its statements.
    pub statements: Vec<Spanned<String>>,
}

impl CedarText {
    /// Splits a text into statements.
    pub fn new(file: &str, text: &str) -> CedarText {
        let mut this =
            CedarText { file: Arc::from(file), text: Arc::from(text), statements: Vec::new() };
        let ranges = statements(text);
        this.statements = ranges
            .into_iter()
            .map(|range| {
                let said = text.get(range.clone()).unwrap_or_default().to_owned();
                Spanned::new(said, this.span(range))
            })
            .collect();
        this
    }

    /// The place of a byte range of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        Source::new(&self.file, &self.text).span(range)
    }
}

/// A statement without comments, and with single spaces: what is laid out differently and says the same is equal.
pub fn normal(statement: &str) -> String {
    let (mut inside, mut escaped, mut said) = (Inside::Code, false, String::new());
    let mut signs = statement.chars().peekable();
    while let Some(sign) = signs.next() {
        match (inside, sign) {
            (Inside::Comment, '\n') => inside = Inside::Code,
            (Inside::Comment, _) => continue,
            (Inside::Code, '/') if signs.peek() == Some(&'/') => inside = Inside::Comment,
            (Inside::Text, _) => {
                said.push(sign);
                inside = if sign == '"' && !escaped { Inside::Code } else { Inside::Text };
                escaped = sign == '\\' && !escaped;
                continue;
            }
            (Inside::Code, '"') => (inside, escaped) = (Inside::Text, false),
            _ => {}
        }
        if inside == Inside::Comment || sign.is_whitespace() {
            if !said.ends_with(' ') {
                said.push(' ');
            }
        } else {
            said.push(sign);
        }
    }
    said.trim().to_owned()
}

/// How deep a text is nested: brackets that are open at once and, since each contains the next, conditionals in one statement.
/// Whoever parses it calls itself for each of them.
pub(crate) fn nesting(text: &str) -> usize {
    let (mut inside, mut escaped, mut word) = (Inside::Code, false, String::new());
    let (mut open, mut conditionals, mut deepest) = (0_usize, 0, 0);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match (inside, sign) {
            (Inside::Comment, '\n') => inside = Inside::Code,
            (Inside::Comment, _) => {}
            (Inside::Text, '"') if !escaped => inside = Inside::Code,
            (Inside::Text, _) => escaped = sign == '\\' && !escaped,
            (Inside::Code, '/') if signs.peek() == Some(&'/') => inside = Inside::Comment,
            (Inside::Code, '"') => (inside, escaped) = (Inside::Text, false),
            (Inside::Code, '(' | '[' | '{') => open += 1,
            (Inside::Code, ')' | ']' | '}') => open = open.saturating_sub(1),
            (Inside::Code, ';') => conditionals = 0,
            (Inside::Code, _) => {}
        }
        if inside == Inside::Code && (sign.is_alphanumeric() || sign == '_') {
            word.push(sign);
        } else {
            conditionals += usize::from(word == "if");
            word.clear();
        }
        deepest = deepest.max(open + conditionals);
    }
    deepest
}

/// Where a scan is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    Text,
    Comment,
}

/// From the first sign of each statement to its semicolon; comments between statements belong to none.
fn statements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut inside, mut start, mut escaped) = (Inside::Code, None, false);
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        match (inside, sign) {
            (Inside::Comment, '\n') => inside = Inside::Code,
            (Inside::Text, '"') if !escaped => inside = Inside::Code,
            (Inside::Text, _) => escaped = sign == '\\' && !escaped,
            (Inside::Code, '/') if signs.peek().is_some_and(|(_, next)| *next == '/') => {
                inside = Inside::Comment;
            }
            (Inside::Code, ';') => found.push(start.take().unwrap_or(at)..at + 1),
            (Inside::Code, _) if !sign.is_whitespace() => {
                start.get_or_insert(at);
                if sign == '"' {
                    (inside, escaped) = (Inside::Text, false);
                }
            }
            _ => {}
        }
    }
    // What has no semicolon is a mistake, which whoever parses it will find.
    found.extend(start.map(|start| start..text.trim_end().len()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_of_their_own() {
        let text = "// one; two\npermit(principal, action, resource)\nwhen { context.a == \"x;\\\";\" }; // three;\n\n@id(\"b\") forbid(principal, action, resource);\nbroken";
        let read = CedarText::new("a.cedar", text);
        let said: Vec<&str> = read.statements.iter().map(|s| s.value.as_str()).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("permit") && said[0].ends_with("};"), "{said:?}");
        assert!(said[1].starts_with("@id") && said[1].ends_with(");"), "{said:?}");
        assert_eq!(said[2], "broken");
        assert_eq!(read.statements[1].span.to_string(), "a.cedar:5:1");
    }

    #[test]
    fn nesting_counts_brackets_and_conditionals_and_no_texts() {
        assert_eq!(nesting("permit(principal, action, resource) when { ((a)) };"), 3);
        assert_eq!(nesting("// ((((\npermit(principal == U::\"((((\", action, resource);"), 1);
        assert_eq!(nesting("when { if a then b else if c then d else e }; when { if a }"), 3);
        assert_eq!(nesting(&"(".repeat(1000)), 1000);
        assert_eq!(nesting(&")(".repeat(1000)), 1);
    }

    #[test]
    fn layout_says_nothing() {
        let one = "permit(principal, // whoever\n  action,\n  resource) when { context.a == \"b  // c\" };";
        let other = "permit(principal, action, resource)\n// a comment\nwhen {\tcontext.a == \"b  // c\" };";
        assert_eq!(normal(one), normal(other));
        assert!(normal(one).contains("\"b  // c\""), "{}", normal(one));
        assert_ne!(normal(one), normal(&one.replace("b  //", "b //")));
    }
}
