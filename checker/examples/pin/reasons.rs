//! The table of reasons.

/// One line of the table.
struct Line {
    forms: Vec<&'static str>,
    verdict: &'static str,
    property: &'static str,
    adversary: &'static str,
    story: &'static str,
    text: &'static str,
}

/// Reasons by form, verdict, property, adversary and story; the first line that fits counts.
pub(crate) struct Reasons(Vec<Line>);

impl Reasons {
    /// Reads the table that stands beside this file.
    pub(crate) fn load() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pin/reasons.rows");
        let text: &'static str = std::fs::read_to_string(path).unwrap_or_default().leak();
        let lines = text.lines();
        let lines = lines.filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        Self(lines.filter_map(line).collect())
    }

    /// Why a form has that verdict; and whether the line speaks of this very story.
    pub(crate) fn get(
        &self,
        (form, verdict, property): (&str, &str, &str),
        adversary: &str,
        story: &str,
    ) -> Option<(&'static str, bool)> {
        let found = self.0.iter().find(|line| {
            line.forms.iter().any(|pattern| fits(pattern, form))
                && line.verdict == verdict
                && fits(line.property, property)
                && fits(line.adversary, adversary)
                && fits(line.story, story)
        })?;
        Some((found.text, !found.story.contains('*')))
    }
}

fn line(text: &'static str) -> Option<Line> {
    let mut columns = text.splitn(6, '|').map(str::trim);
    let mut next = || columns.next();
    Some(Line {
        forms: next()?.split(',').map(str::trim).collect(),
        verdict: next()?,
        property: next()?,
        adversary: next()?,
        story: next()?,
        text: next()?,
    })
}

/// Whether a name is the pattern, or begins with what stands before its star.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
