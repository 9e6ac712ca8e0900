//! A story's file: what stands above the marker, and what was pinned below it.

use crate::rows::Row;
use std::path::Path;
use whoacts_checker::suite::vocabulary;
use whoacts_scenarios::scenario::{Expectation, Scenario};
use whoacts_scenarios::span::Spanned;
use whoacts_scenarios::{Case, PolicyFile, parse_scenario};

/// The line below which everything is written by this tool.
pub(crate) const MARKER: &str =
    "# --- What is expected: what no row mentions holds, exhausted, and is served.";

pub(crate) struct Story {
    pub(crate) id: String,
    /// Everything above the marker.
    pub(crate) head: String,
    /// Further adversaries, and the forms that are asked under each.
    pub(crate) also: Vec<(Vec<String>, Vec<String>)>,
    /// The story with a row for each further adversary, so that all of them are run.
    pub(crate) case: Case,
    before: Option<Scenario>,
}

impl Story {
    pub(crate) fn read(file: &Path, text: &str) -> Result<Self, String> {
        let part = |path: Option<&Path>| {
            path.and_then(Path::file_stem).and_then(|name| name.to_str()).unwrap_or("?").to_owned()
        };
        let id = format!("{}/{}", part(file.parent()), part(Some(file)));
        let head = match text.find(MARKER) {
            Some(at) => text[..at].to_owned(),
            None => format!("{}\n\n", text.trim_end()),
        };
        let also: Vec<_> = head.lines().filter_map(also).collect();
        let provisional = provisional(&head, &also);
        let scenario = parse_scenario("story.toml", &id, provisional.as_bytes(), &vocabulary())
            .map_err(|errors| errors.iter().map(|e| e.render(&provisional)).collect::<String>())?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/policies");
        let policy_path = folder.join(format!("{}.toml", scenario.policy.value));
        let policy = PolicyFile::load(&policy_path, &vocabulary()).map_err(|e| e.to_string())?;
        let before = parse_scenario("story.toml", &id, text.as_bytes(), &vocabulary()).ok();
        let mut case = Case {
            scenario,
            policy: policy.policy.clone(),
            source_text: provisional,
            policy_text: policy.text.clone(),
            file: "story.toml".to_owned(),
            policy_file: "policy.toml".to_owned(),
        };
        case.replace_policy(&policy).map_err(|errors| format!("{errors:?}"))?;
        Ok(Self { id, head, also, case, before })
    }

    /// The rows that stood below the marker.
    pub(crate) fn kept(&self) -> Vec<Row> {
        let rows = self.before.iter().flat_map(|before| &before.expectations);
        rows.map(row).collect()
    }
}

fn row(was: &Expectation) -> Row {
    let texts = |list: &[Spanned<String>]| list.iter().map(|text| text.value.clone()).collect();
    Row {
        on: texts(&was.on),
        adversary: texts(&was.adversary),
        violated: texts(&was.violated),
        vacuous: texts(&was.vacuous),
        holds: texts(&was.holds),
        served: was.served.as_ref().is_none_or(|served| served.value),
        because: was.because.value.clone(),
    }
}

/// `# also: +confuse, -observe on continuity/K4..K6, bearer`, or `on all`
fn also(line: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (changes, forms) = line.strip_prefix("# also: ")?.split_once(" on ")?;
    let list = |text: &str| text.split(',').map(|name| name.trim().to_owned()).collect();
    let every = || whoacts_model::mechanism::forms().map(|form| form.label()).collect();
    Some((list(changes), if forms.trim() == "all" { every() } else { list(forms) }))
}

fn provisional(head: &str, also: &[(Vec<String>, Vec<String>)]) -> String {
    let quoted = |names: &[String]| {
        names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    };
    let asked = head.lines().find_map(|line| line.strip_prefix("properties = [\""));
    let asked = asked.and_then(|rest| rest.split('"').next()).unwrap_or("custody");
    also.iter().fold(head.to_owned(), |text, (changes, forms)| {
        let (on, adversary) = (quoted(forms), quoted(changes));
        format!(
            "{text}\n[[expect]]\non = [{on}]\nadversary = [{adversary}]\nholds = [\"{asked}\"]\nbecause = \"`holder`\"\n"
        )
    })
}
