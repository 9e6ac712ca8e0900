//! Reads a file of verdicts, strictly: what `check --bless` would not write for this story is an error with its place.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Cell, Line, Section, Shape, Verdicts, head, name, served};
use crate::error::{Error, Errors};
use crate::parse;
use crate::scenario::Scenario;
use crate::source::Source;
use crate::suggest;
use crate::vocabulary::Vocabulary;

const CODE: &str = "bad-verdicts";
const HELP: &str = "write the file anew: `whoacts check --bless PATH`";

/// The verdicts in a file.
pub(super) fn verdicts(
    file: &str,
    bytes: &[u8],
    scenario: &Scenario,
    vocab: &Vocabulary,
) -> Result<Verdicts, Vec<Error>> {
    let text = parse::text(file, bytes).map_err(|error| vec![error.with_help(HELP)])?;
    let source = Source::new(file, text);
    let shape = Shape::of(scenario, vocab);
    let mut reader = Reader { errors: Errors::new(&source), shape: &shape };
    let verdicts = reader.read(&rows(text), &scenario.id);
    if !reader.errors.is_empty() {
        return Err(reader.errors.into_list());
    }
    match misplaced(text, &verdicts.text(&scenario.id)) {
        Some(place) => {
            let message = "this line is not written as `whoacts check --bless` writes it";
            Err(vec![Error::new(source.span(place), CODE, message).with_help(HELP)])
        }
        None => Ok(verdicts),
    }
}

/// A line with its place.
#[derive(Clone)]
struct Row<'t> {
    text: &'t str,
    place: Range<usize>,
    number: u32,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut start = 0;
    let lines = text.split('\n').zip(1..).map(|(line, number)| {
        let place = start..start + line.trim_end_matches('\r').len();
        start += line.len() + 1;
        Row { text: &text[place.clone()], place, number }
    });
    lines.collect()
}

impl<'t> Row<'t> {
    /// Its words with their places.
    fn words(&self) -> Vec<(&'t str, Range<usize>)> {
        let offset = |word: &str| word.as_ptr() as usize - self.text.as_ptr() as usize;
        let place = |word: &str| {
            let start = self.place.start + offset(word);
            start..start + word.len()
        };
        self.text.split_whitespace().map(|word| (word, place(word))).collect()
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The first line in which two texts differ.
fn misplaced(found: &str, right: &str) -> Option<Range<usize>> {
    let found = rows(found);
    let mut right = right.split('\n');
    let odd = found.iter().find(|row| right.next() != Some(row.text));
    let odd = odd.or_else(|| right.next().and_then(|_| found.last()));
    odd.map(|row| row.place.clone())
}

/// The first of some names, and how many more there are.
fn some(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

struct Reader<'a> {
    errors: Errors<'a>,
    shape: &'a Shape,
}

impl Reader<'_> {
    fn complain(&mut self, place: &Range<usize>, message: impl Into<String>) {
        let message = message.into();
        self.errors
            .add(|source| Error::new(source.span(place.clone()), CODE, message).with_help(HELP));
    }

    fn read(&mut self, rows: &[Row<'_>], id: &str) -> Verdicts {
        let end = rows.last().map_or(0..0, |row| row.place.clone());
        if let Some(first) = rows.first().filter(|row| row.text != head(id)) {
            let message =
                format!("the first line is not that of the verdicts of `{}`", suggest::shown(id));
            self.complain(&first.place, message);
        }
        let is_title = |row: &Row<'_>| row.text.starts_with('[');
        let body = rows.get(1..).unwrap_or_default();
        let first = body.iter().position(is_title).unwrap_or(body.len());
        if let Some(row) = body[..first].iter().find(|row| !row.is_blank()) {
            self.complain(&row.place, "there is no section around this line");
        }
        let mut sections: Vec<Option<Section>> = vec![None; self.shape.sections.len()];
        let mut rest = &body[first..];
        while let Some((title, after)) = rest.split_first() {
            let length = after.iter().position(is_title).unwrap_or(after.len());
            let (own, next) = after.split_at(length);
            rest = next;
            self.section(title, own, &mut sections);
        }
        let names = self.shape.sections.iter().map(|(adversary, _)| name(adversary));
        for (title, _) in names.zip(&sections).filter(|(_, section)| section.is_none()) {
            self.complain(&end, format!("the section `{title}` is missing"));
        }
        Verdicts {
            properties: self.shape.properties.clone(),
            sections: sections.into_iter().flatten().collect(),
        }
    }

    fn section(&mut self, title: &Row<'_>, rows: &[Row<'_>], sections: &mut [Option<Section>]) {
        let shape = self.shape;
        let is_it = |(adversary, _): &(Vec<String>, Vec<String>)| name(adversary) == title.text;
        let Some(at) = shape.sections.iter().position(is_it) else {
            let message = format!("the story is not asked under `{}`", suggest::shown(title.text));
            return self.complain(&title.place, message);
        };
        if sections[at].is_some() {
            let message = format!("the section `{}` is there twice", title.text);
            return self.complain(&title.place, message);
        }
        let (adversary, forms) = &shape.sections[at];
        let rows: Vec<Row<'_>> = rows.iter().filter(|row| !row.is_blank()).cloned().collect();
        let head = rows.iter().position(|row| row.text.starts_with("form "));
        let Some(head) = head else {
            return self.complain(&title.place, "the section has no line that begins with `form`");
        };
        self.columns(&rows[..head], &rows[head]);
        let mut lines: Vec<Line> = Vec::new();
        for row in &rows[head + 1..] {
            if let Some(line) = self.line(row, forms) {
                match lines.iter().any(|before| before.form == line.form) {
                    true => self.complain(&row.place, format!("`{}` is there twice", line.form)),
                    false => lines.push(line),
                }
            }
        }
        let named: BTreeSet<&str> =
            rows.iter().filter_map(|row| row.text.split_whitespace().next()).collect();
        let missing: Vec<&str> =
            forms.iter().map(String::as_str).filter(|form| !named.contains(form)).collect();
        if !missing.is_empty() {
            self.complain(&title.place, format!("the section has no line for {}", some(&missing)));
        }
        sections[at] = Some(Section { adversary: adversary.clone(), lines });
    }

    /// The names above the columns are those of the properties that the story asks.
    fn columns(&mut self, above: &[Row<'_>], head: &Row<'_>) {
        let shape = self.shape;
        let mut asked = shape.properties.iter();
        for row in above {
            let Some((found, place)) = row.words().into_iter().find(|(word, _)| *word != "│")
            else {
                self.complain(&row.place, "this line names no property");
                continue;
            };
            match asked.next() {
                Some(property) if property == found => {}
                Some(property) => {
                    let message =
                        format!("this column is `{property}`, not `{}`", suggest::shown(found));
                    return self.complain(&place, message);
                }
                None => {
                    let message = format!("the story does not ask for `{}`", suggest::shown(found));
                    return self.complain(&place, message);
                }
            }
        }
        if let Some(property) = asked.next() {
            self.complain(&head.place, format!("there is no column for `{property}`"));
        }
    }

    fn line(&mut self, row: &Row<'_>, forms: &[String]) -> Option<Line> {
        let words = row.words();
        let (form, place) = words.first()?;
        if !forms.iter().any(|known| known == form) {
            let message = format!("no form `{}` is asked here", suggest::shown(form));
            self.complain(place, message);
            return None;
        }
        let count = self.shape.properties.len();
        if words.len() != count + 4 {
            let message = format!(
                "`{form}` has {} columns behind its name; {count} verdicts, served, states and depth are {}",
                words.len() - 1,
                count + 3
            );
            self.complain(&row.place, message);
            return None;
        }
        let (cells, rest) = words[1..].split_at(count);
        let read: Vec<Option<Cell>> =
            cells.iter().map(|(sign, place)| self.cell(sign, place)).collect();
        let [said, states, depth] = rest else { return None };
        let is_served = match said.0 {
            word if word == served(true) => Some(true),
            word if word == served(false) => Some(false),
            _ => {
                self.complain(&said.1, "expected `served` or `unserved`");
                None
            }
        };
        let (states, depth) = (self.number(states), self.number(depth));
        Some(Line {
            form: (*form).to_owned(),
            cells: read.into_iter().collect::<Option<_>>()?,
            served: is_served?,
            states: states?,
            depth: u32::try_from(depth?).unwrap_or(u32::MAX),
            number: row.number,
        })
    }

    fn cell(&mut self, sign: &str, place: &Range<usize>) -> Option<Cell> {
        let cell = Cell::read(sign);
        if cell.is_none() {
            let message = format!(
                "`{}` is no verdict; there are ✓, ✗ with a number of steps (° behind it: by design), – and ?",
                suggest::shown(sign)
            );
            self.complain(place, message);
        }
        cell
    }

    fn number(&mut self, (word, place): &(&str, Range<usize>)) -> Option<u64> {
        let number = word.parse().ok();
        if number.is_none() {
            self.complain(place, format!("`{}` is no number", suggest::shown(word)));
        }
        number
    }
}
