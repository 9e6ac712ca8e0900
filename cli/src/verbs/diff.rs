//! `whoacts diff`: what a change of policy newly allows and denies.

use crate::args::{CryptoName, DiffArgs, EngineKind, FailOn, Search};
use crate::checker::suite;
use crate::exit::{EXPECTED, Failure, INCONCLUSIVE, UNEXPECTED};
use crate::output::{Target, write};
use crate::progress::Meter;
use crate::session::{Session, shown};
use crate::verbs::formats;
use crate::{library, select};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use whoacts_checker::experiment::diff::{Diff, Verdict, diff};
use whoacts_reports::diff::{FORMATS, render};
use whoacts_scenarios::scenario::{MandateKind, Origin};
use whoacts_scenarios::{Case, Faulty, Library, LoadError, PolicyFile, check_policy_against};

pub(crate) fn run(args: &DiffArgs, session: &Session) -> Result<u8, Failure> {
    let targets = formats::parse(&args.format, FORMATS)?;
    let options = select::options(&args.select, Some(effective(&args.search)?))?;
    let sides = Sides::load(&args.old, &args.new)?;
    let cases = sides.stories(&args.select.paths, &args.new)?;
    let meter = Meter::new(session.progress);
    let tell = |progress| meter.tell(&progress);
    let (old, new) = (&sides.old, &sides.new);
    let found = diff(&cases, old, new, &options, &tell, session.interruptible())?;
    drop(meter);
    // The policies come last: a built-in one may have the name of a file that was changed.
    let sources: BTreeMap<String, String> = library::sources(&cases)
        .into_iter()
        .chain([old, new].into_iter().flat_map(|side| library::cedar(&side.policy)))
        .chain([old, new].map(|side| (side.file.clone(), side.text.clone())))
        .collect();
    for (name, target) in targets {
        let to_stdout = target == Target::Stdout;
        let text = render(&found, name, &session.look(&sources, to_stdout));
        write(&target, &if name == "pretty" && to_stdout { shown(text) } else { text })?;
    }
    Ok(code(&found, args.fail_on))
}

/// A flag that this verb cannot honour is refused.
fn effective(search: &Search) -> Result<&Search, Failure> {
    let refused = |flag: &str| Err(Failure::Usage(format!("`diff` does not take `{flag}`")));
    match search {
        Search { engine: EngineKind::Stateright, .. } => refused("--engine stateright"),
        Search { crypto: CryptoName::Ed25519, .. } => refused("--crypto ed25519"),
        Search { stuck: true, .. } => refused("--stuck"),
        search => Ok(search),
    }
}

/// 1 for an attack, for anything that the adversary's own gain, or for what `--fail-on` names;
/// 3 where a limit was reached.
fn code(diff: &Diff, fail_on: Option<FailOn>) -> u8 {
    let more = !(diff.allowed.is_empty() && diff.served.is_empty());
    let less = !(diff.denied.is_empty() && diff.unserved.is_empty() && diff.closed.is_empty());
    let fails = match fail_on {
        None => false,
        Some(FailOn::MorePermissive) => more,
        Some(FailOn::LessPermissive) => less,
        Some(FailOn::Any) => more || less,
    };
    if fails || !diff.attacks.is_empty() || diff.lets_the_adversary_in() {
        return UNEXPECTED;
    }
    if diff.verdict == Verdict::Inconclusive { INCONCLUSIVE } else { EXPECTED }
}

/// The two policies, and the stories that came with them.
struct Sides {
    old: PolicyFile,
    new: PolicyFile,
    told: Vec<Case>,
}

impl Sides {
    fn load(old: &Path, new: &Path) -> Result<Self, Failure> {
        let vocabulary = suite::vocabulary();
        let (old, first) = PolicyFile::of(old, &vocabulary)?;
        let (new, second) = PolicyFile::of(new, &vocabulary)?;
        let mut told: Vec<Case> = Vec::new();
        for case in [first, second].into_iter().flatten() {
            if !told.iter().any(|known| known.scenario.id == case.scenario.id) {
                told.push(case);
            }
        }
        Ok(Self { old, new, told })
    }

    /// The named stories; else those that came along; else built-in ones under a policy of that name; else those in the
    /// folder of the new policy; else built-in ones of which some origin has a mandate under either.
    fn stories(&self, paths: &[PathBuf], new: &Path) -> Result<Vec<Case>, Failure> {
        if !paths.is_empty() {
            let cases = library::load(paths)?;
            for case in &cases {
                self.check(case)?;
            }
            return Ok(cases);
        }
        if !self.told.is_empty() {
            return Ok(self.told.clone());
        }
        let builtin = library::load(&[])?;
        let runs = |case: &&Case| self.check(case).is_ok();
        let named = |case: &&Case| {
            let name = &case.scenario.policy.value;
            *name == self.old.policy.name || *name == self.new.policy.name
        };
        let same_name: Vec<Case> = builtin.iter().filter(named).filter(runs).cloned().collect();
        if !same_name.is_empty() {
            return Ok(same_name);
        }
        let beside = beside(new)?;
        if !beside.is_empty() {
            return Ok(beside);
        }
        let mandated = builtin.iter().filter(|case| self.mandates(case)).filter(runs);
        let mandated: Vec<Case> = mandated.cloned().collect();
        if mandated.is_empty() {
            let message = "no built-in story runs under these policies: name stories as PATH";
            return Err(Failure::Vacuous(message.to_owned()));
        }
        Ok(mandated)
    }

    /// Whether no name of either policy looks misspelt beside a story.
    fn check(&self, case: &Case) -> Result<(), Failure> {
        for policy in [&self.old, &self.new] {
            let errors = check_policy_against(&policy.policy, &case.scenario);
            if !errors.is_empty() {
                let faulty = Faulty { text: policy.text.clone(), errors };
                return Err(LoadError::Parse(vec![faulty]).into());
            }
        }
        Ok(())
    }

    /// Whether either policy gives a mandate to an origin of the story.
    fn mandates(&self, case: &Case) -> bool {
        let has = |kind, root: &str| {
            let mut all = self.old.policy.mandates.iter().chain(&self.new.policy.mandates);
            all.any(|mandate| mandate.kind == kind && mandate.root.value == root)
        };
        case.scenario.flows.iter().any(|flow| match &flow.origin {
            Origin::Identity(id) => has(MandateKind::Identity, id),
            Origin::Role { role, .. } => {
                let grant = case.scenario.roles.iter().find(|grant| grant.id.value == role.value);
                grant.is_some_and(|grant| has(MandateKind::Role, &grant.name))
            }
            Origin::Context { context, .. } => {
                let grant =
                    case.scenario.contexts.iter().find(|grant| grant.id.value == context.value);
                grant.is_some_and(|grant| has(MandateKind::Context, &grant.environment))
            }
        })
    }
}

/// The stories in the folder of a policy and below it, if there are some.
fn beside(policy: &Path) -> Result<Vec<Case>, Failure> {
    let folder = match policy.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !policy.is_file() {
        return Ok(Vec::new());
    }
    match Library::load(&[folder.to_path_buf()], &suite::vocabulary()) {
        Ok(library) => Ok(library.cases),
        Err(LoadError::NothingFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}
