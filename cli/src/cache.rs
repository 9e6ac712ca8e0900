//! Results that are known already. A case's checks are kept under a digest of all that they depend on: its texts, the
//! options, and this very program. Whatever cannot be read, or is not what was written, is as if it were not there.

use crate::checker::store;
use crate::checker::suite::{self, Engine, Expectations, Options, Progress};
use crate::exit::Failure;
use crate::output::{Target, write};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use whoacts_checker::outcome::{Check, Outcome, Verdict};
use whoacts_scenarios::Case;

/// Where results are kept, if not in the user's cache folder; empty for nowhere.
const VARIABLE: &str = "WHOACTS_CACHE";
/// The first word of an entry.
const MAGIC: &str = "whoacts-cache/1";
/// No more entries are kept; the oldest go first.
const MAX_ENTRIES: usize = 4_096;
/// An entry that is larger is none.
const MAX_BYTES: u64 = 256 << 20;

/// A folder of results.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// A digest of this program.
    program: String,
}

impl Cache {
    /// The folder of results; `None` where there is no place for one.
    pub(crate) fn open() -> Option<Self> {
        let folder = match std::env::var_os(VARIABLE) {
            Some(folder) if folder.is_empty() => return None,
            Some(folder) => PathBuf::from(folder),
            None => users_folder()?.join("whoacts"),
        };
        Some(Self { folder, program: program().ok()? })
    }

    /// What a case's checks depend on. Threads and the filter change no result; time is dealt with where entries are kept.
    /// What files of verdicts expect is joined anew to what is known, see [`is_judged_anew`].
    fn key(&self, case: &Case, options: &Options) -> String {
        let options = Options { threads: 0, filter: None, timeout: None, ..options.clone() };
        let mut hash = Sha256::new();
        let verdicts = case.verdicts.as_ref().filter(|_| !is_judged_anew(&options));
        for part in [
            MAGIC,
            env!("CARGO_PKG_VERSION"),
            &self.program,
            &case.scenario.id,
            &case.file,
            &case.source_text,
            &case.policy_file,
            &case.policy_text,
            // The Cedar policies and entities that the policy names, texts and all.
            &format!("{:?}", case.policy.resources),
            &format!("{options:?}"),
            verdicts.map_or("", |beside| beside.text.as_str()),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex(&hash.finalize())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(&key[..2]).join(key)
    }

    fn load(&self, key: &str) -> Option<Vec<Check>> {
        let path = self.path(key);
        if fs::metadata(&path).ok()?.len() > MAX_BYTES {
            return None;
        }
        let text = fs::read_to_string(path).ok()?;
        let (head, body) = text.split_once('\n')?;
        if head != self.head(key, body) {
            return None;
        }
        store::load(&serde_json::from_str(body).ok()?)
    }

    /// Keeps an entry. A cache that cannot be written to only costs time.
    fn store(&self, key: &str, checks: &[&Check]) {
        let checks: Vec<Check> = checks.iter().map(|check| (*check).clone()).collect();
        let body = store::save(&checks).to_string();
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        if fs::create_dir_all(folder).is_ok() {
            let _ = write(&Target::File(path), &format!("{}\n{body}", self.head(key, &body)));
        }
    }

    fn head(&self, key: &str, body: &str) -> String {
        format!("{MAGIC} {key} {}", hex(&Sha256::digest(body.as_bytes())))
    }

    /// Removes the oldest entries where there are too many.
    fn prune(&self) {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let entries = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten());
        let mut known: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        known.sort();
        for (_, path) in known.iter().take(known.len().saturating_sub(MAX_ENTRIES)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Runs what is not known yet, and puts it in its place among what is.
pub(crate) fn run(
    cache: &Cache,
    cases: &[Case],
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    interrupted: &AtomicBool,
) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let expectations = Expectations::read(cases.iter().filter(|case| options.selects(case)))?;
    let selected: Vec<(&Case, String)> = cases
        .iter()
        .filter(|case| options.selects(case))
        .map(|case| (case, cache.key(case, options)))
        .collect();
    let known: Vec<Option<Vec<Check>>> = selected.iter().map(|(_, key)| cache.load(key)).collect();
    let missing: Vec<Case> = selected
        .iter()
        .zip(&known)
        .filter(|(_, known)| known.is_none())
        .map(|((case, _), _)| (*case).clone())
        .collect();
    let ran = match (missing.is_empty(), selected.is_empty()) {
        (true, false) => Outcome { checks: Vec::new() },
        // With nothing selected it says so itself.
        (_, true) => suite::run(cases, options, progress, interrupted)?,
        _ => suite::run(&missing, options, progress, interrupted)?,
    };
    let was_cut = interrupted.load(Ordering::SeqCst)
        || options.timeout.is_some_and(|limit| start.elapsed() >= limit);
    let mut checks = Vec::new();
    for ((case, key), known) in selected.iter().zip(known) {
        let found: Vec<&Check> =
            ran.checks.iter().filter(|check| check.scenario == case.scenario.id).collect();
        let is_open = found.iter().any(|check| check.verdict == Verdict::Inconclusive);
        if known.is_none() && !is_open && !was_cut {
            cache.store(key, &found);
        }
        match known {
            Some(mut known) if is_judged_anew(options) => {
                known.iter_mut().for_each(|check| expectations.judge(check));
                checks.extend(known);
            }
            Some(known) => checks.extend(known),
            None => checks.extend(found.into_iter().cloned()),
        }
    }
    if !missing.is_empty() {
        cache.prune();
    }
    Ok(Outcome { checks })
}

/// Whether a result says enough to be judged again: the oracle's says nothing of the adversary that it stands for.
fn is_judged_anew(options: &Options) -> bool {
    options.engine == Engine::Layered
}

/// Where this user's programs keep what they can do without.
fn users_folder() -> Option<PathBuf> {
    let variable =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || variable("HOME");
    if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(home()?.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
    }
}

/// A digest of the program that runs: two builds of one version may find different things.
fn program() -> io::Result<String> {
    digest(&std::env::current_exe()?)
}

fn digest(path: &Path) -> io::Result<String> {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(format!("{:032x}", hash.digest128())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker::suite::{CryptoKind, Reductions};
    use std::collections::BTreeSet;
    use std::time::Duration;

    #[test]
    fn every_option_that_changes_a_result_changes_the_key() {
        let cases = crate::library::load(&[]).expect("the library");
        let cache = Cache { folder: PathBuf::new(), program: "one".into() };
        let key = |change: &dyn Fn(&mut Options)| {
            let mut options = Options::default();
            change(&mut options);
            cache.key(&cases[0], &options)
        };
        let plain = key(&|_| ());
        let changes: [&dyn Fn(&mut Options); 14] = [
            &|o| o.forms = Some(vec!["bearer".into()]),
            &|o| o.properties = Some(vec!["custody".into()]),
            &|o| o.adversary = vec!["+confuse".into()],
            &|o| o.set = vec![("bounds.hops".into(), "4".into())],
            &|o| o.engine = Engine::Stateright,
            &|o| o.reductions = Reductions::NONE,
            &|o| o.reductions.symmetry = true,
            &|o| o.reductions.steps = true,
            &|o| o.max_states = Some(1),
            &|o| o.memory = Some(1),
            &|o| o.exact = true,
            &|o| o.crypto = CryptoKind::Ed25519,
            &|o| o.stuck = true,
            &|_| (),
        ];
        let keys: BTreeSet<String> = changes.iter().map(|change| key(*change)).collect();
        assert_eq!(keys.len(), changes.len(), "two options have one key");
        assert!(keys.contains(&plain));
        for same in [
            key(&|o| o.threads = 7),
            key(&|o| o.filter = Some("x".into())),
            key(&|o| o.timeout = Some(Duration::from_secs(1))),
        ] {
            assert_eq!(same, plain);
        }
        assert_ne!(plain, cache.key(&cases[1], &Options::default()));
        let other = Cache { folder: PathBuf::new(), program: "two".into() };
        assert_ne!(plain, other.key(&cases[0], &Options::default()));
    }

    #[test]
    fn whatever_was_found_comes_back_the_same() {
        let cases = crate::library::load(&[]).expect("the library");
        let options = Options {
            forms: Some(vec!["bearer".into(), "continuity/K4".into()]),
            filter: Some("article/".into()),
            ..Options::default()
        };
        let stop = AtomicBool::new(false);
        let found = suite::run(&cases, &options, &|_| (), &stop).expect("a run").checks;
        let text = store::save(&found).to_string();
        let value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(store::load(&value), Some(found));
    }
}
