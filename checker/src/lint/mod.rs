//! What is probably not meant in a policy or a story, one lint a file.
//!
//! A mistake of syntax or an unknown name is an error and found by the parser. A lint finds what is well formed and says
//! something that the trust model cannot mean: a concept that answers another one's question, authority that nobody can
//! create, a guard that never decides. Some lints run the stories to find out.
//!
//! To add one: write `lint/<name>.rs` with a `pub(super) const LINT: Lint` and its `judge`, and add its line to the list.

mod run;

use crate::suite::{Error, Limits, Options, Progress, in_parallel, select, wanted_forms};
use std::sync::atomic::AtomicBool;
use whoacts_model::mechanism::Form;
use whoacts_scenarios::Case;
use whoacts_scenarios::scenario::Policy;
use whoacts_scenarios::span::Span;

/// A lint.
pub struct Lint {
    /// Its name in reports and in comments that allow it.
    pub code: &'static str,
    /// What it finds, in a sentence.
    pub sentence: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What would be right.
    pub instead: &'static str,
    judge: fn(&Subject<'_>, &mut Vec<Finding>),
}

impl std::fmt::Debug for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

/// Declares the modules and the list.
macro_rules! lints {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Every lint, in the order of reports.
        pub const ALL: &[&Lint] = &[$(&$name::LINT,)*];
    };
}

lints!(
    role_without_anchor,
    identifier_as_principal,
    authority_without_root,
    attestation_grants,
    guard_never_decides,
    one_name_two_concepts,
    contract_wider_than_needed,
    contract_accepts_another_pool,
    look_alike_names,
);

/// Something that a lint found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The lint's code.
    pub code: &'static str,
    /// Where.
    pub span: Span,
    /// What is said there, in one line.
    pub message: String,
    /// What would be right.
    pub help: String,
    /// Another place that has to do with it.
    pub also: Option<(Span, String)>,
}

/// What is looked at: a policy with the stories that it serves here.
struct Subject<'a> {
    policy: &'a Policy,
    cases: &'a [&'a Case],
    forms: &'a [&'static Form],
    limits: Limits<'a>,
}

impl Lint {
    /// A finding of this lint.
    fn at(&self, span: &Span, message: String) -> Finding {
        let help = self.instead.to_owned();
        Finding { code: self.code, span: span.clone(), message, help, also: None }
    }
}

/// The lint of that code.
pub fn named(code: &str) -> Option<&'static Lint> {
    ALL.iter().copied().find(|lint| lint.code == code)
}

/// Looks at policies and stories. What a comment allows is left out: `# allow(code)`, on the line or the one above it.
///
/// # Errors
/// [`Error::Usage`] for names that nothing has, [`Error::Vacuous`] when nothing is selected.
pub fn lint(
    cases: &[Case],
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Vec<Finding>, Error> {
    let cases = select(cases, options)?;
    let forms = wanted_forms(options)?;
    let limits = Limits::new(options, interrupted);
    let mut policies: Vec<&str> = cases.iter().map(|case| case.policy_file.as_str()).collect();
    policies.sort_unstable();
    policies.dedup();
    let found = in_parallel(options.threads, &policies, |file, done| {
        let served: Vec<&Case> = cases.iter().filter(|case| case.policy_file == *file).collect();
        let found = served.first().map(|first| {
            one(&Subject { policy: &first.policy, cases: &served, forms: &forms, limits })
        });
        progress(Progress { done, total: policies.len(), label: (*file).to_owned() });
        found.unwrap_or_default()
    });
    let mut found: Vec<Finding> = found.into_iter().flatten().collect();
    found.retain(|finding| !allowed(finding, &cases));
    found.sort_by(|one, other| place(one).cmp(&place(other)));
    found.dedup();
    Ok(found)
}

fn one(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    ALL.iter().for_each(|lint| (lint.judge)(subject, &mut found));
    found
}

fn place(finding: &Finding) -> (&str, usize, &str, &str) {
    (&finding.span.file, finding.span.start, finding.code, &finding.message)
}

/// Whether a comment on the line of a finding, or in the lines of comments above it, allows it.
fn allowed(finding: &Finding, cases: &[Case]) -> bool {
    let text = cases.iter().find_map(|case| {
        if *case.file == *finding.span.file {
            Some(&case.source_text)
        } else {
            (*case.policy_file == *finding.span.file).then_some(&case.policy_text)
        }
    });
    let Some(text) = text else { return false };
    let said = format!("allow({})", finding.code);
    let comment = |line: &str| line.split_once('#').is_some_and(|(_, note)| note.contains(&said));
    let at = finding.span.line.saturating_sub(1) as usize;
    let lines: Vec<&str> = text.lines().collect();
    let above = lines.iter().take(at).rev().take_while(|line| line.trim_start().starts_with('#'));
    lines.get(at).is_some_and(|line| comment(line)) || above.into_iter().any(|line| comment(line))
}
