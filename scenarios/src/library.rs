//! Many cases at once: those built into the binary, and those on the disk. All of this crate's file I/O is here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use toml::de::DeTable;

use crate::cedar::{CedarText, nesting};
use crate::check::check_policy_against;
use crate::error::{Error, Faulty, LoadError, shown};
use crate::hidden::{self, is_hidden};
use crate::limits::{MAX_FILE_BYTES, MAX_FILES, MAX_FOLDER_DEPTH, MAX_NESTING};
use crate::scenario::{Policy, Scenario};
use crate::span::Spanned;
use crate::suggest;
use crate::verdicts::VERDICTS_EXTENSION;
use crate::vocabulary::Vocabulary;
use crate::{parse_policy, parse_scenario};

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Cases, ordered by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// The cases.
    pub cases: Vec<Case>,
    /// What lies in the folders and was not looked at, in the order of the folders.
    pub skipped: Vec<Skipped>,
}

/// A file or folder that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which one, as outputs name it.
    pub file: String,
    /// Why.
    pub why: &'static str,
}

/// One story with its policy, and both texts for reports that point into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The story.
    pub scenario: Scenario,
    /// Its policy.
    pub policy: Policy,
    /// The text of the scenario file.
    pub source_text: String,
    /// The text of the policy file.
    pub policy_text: String,
    /// The scenario file, as spans name it.
    pub file: String,
    /// The policy file, as spans name it.
    pub policy_file: String,
    /// The file of verdicts beside the story, if there is one; read by [`crate::Verdicts::of`].
    pub verdicts: Option<Beside>,
}

/// A file beside a story, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The file, as errors name it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// A policy with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The policy.
    pub policy: Policy,
    /// The text of its file.
    pub text: String,
    /// The file, as spans name it.
    pub file: String,
}

impl Library {
    /// The library built into the binary.
    pub fn builtin(vocab: &Vocabulary) -> Result<Library, LoadError> {
        let files = CASES.iter().map(|(file, text)| Found {
            file: (*file).to_owned(),
            path: None,
            bytes: text.as_bytes().to_vec(),
        });
        assemble(files.collect(), &[], vocab)
    }

    /// The scenarios in these files, and in these folders and the folders below them.
    ///
    /// In a folder only TOML files that say that they are scenarios are read; what else lies there is listed as skipped. A
    /// policy is looked for beside its scenario, in the `policies` folder nearest above it, and then among the built-in ones.
    pub fn load(paths: &[PathBuf], vocab: &Vocabulary) -> Result<Library, LoadError> {
        let mut walked = Walked::default();
        for path in paths {
            if path.is_dir() {
                walk(path, 0, &mut walked)?;
            } else {
                walked.files.push(Found::read(path)?);
            }
        }
        let Walked { mut files, skipped } = walked;
        let mut seen = BTreeSet::new();
        files.retain(|found| seen.insert(found.path.as_deref().map(canonical)));
        let library = assemble(files, paths, vocab)?;
        Ok(Library { skipped, ..library })
    }

    /// The case of that id.
    pub fn get(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.scenario.id == id)
    }
}

impl Case {
    /// Puts another policy in the place of this case's own, unless one of its names looks misspelt here.
    pub fn replace_policy(&mut self, other: &PolicyFile) -> Result<(), Vec<Error>> {
        let errors = check_policy_against(&other.policy, &self.scenario);
        if !errors.is_empty() {
            return Err(errors);
        }
        self.scenario.policy.value.clone_from(&other.policy.name);
        self.policy = other.policy.clone();
        self.policy_text.clone_from(&other.text);
        self.policy_file.clone_from(&other.file);
        Ok(())
    }
}

impl PolicyFile {
    /// Reads a policy from the disk; its name is the file's.
    pub fn load(path: &Path, vocab: &Vocabulary) -> Result<PolicyFile, LoadError> {
        let found = Found::read(path)?;
        found.policy(vocab).map_err(|faulty| LoadError::Parse(vec![faulty]))
    }

    /// The policy in a file; or, where the file is a scenario, the policy that it names, and the case.
    ///
    /// What is no file may be the name of a built-in policy.
    pub fn of(path: &Path, vocab: &Vocabulary) -> Result<(PolicyFile, Option<Case>), LoadError> {
        let found = match Found::read(path) {
            Ok(found) => found,
            Err(error) => {
                let builtin = path.to_str().and_then(|name| PolicyFile::builtin(name, vocab));
                return builtin.unwrap_or(Err(error)).map(|policy| (policy, None));
            }
        };
        if kind(&found.bytes) != Kind::Story {
            let policy = found.policy(vocab);
            return policy
                .map(|policy| (policy, None))
                .map_err(|faulty| LoadError::Parse(vec![faulty]));
        }
        let mut cases = assemble(vec![found], &[path.to_path_buf()], vocab)?.cases;
        let case = cases.pop().ok_or_else(|| LoadError::NothingFound(vec![path.to_path_buf()]))?;
        let policy = PolicyFile {
            policy: case.policy.clone(),
            text: case.policy_text.clone(),
            file: case.policy_file.clone(),
        };
        Ok((policy, Some(case)))
    }

    /// The built-in policy of that name, if there is one.
    pub fn builtin(name: &str, vocab: &Vocabulary) -> Option<Result<PolicyFile, LoadError>> {
        let found = builtin_policy(name)?;
        Some(found.policy(vocab).map_err(|faulty| LoadError::Parse(vec![faulty])))
    }

    /// The names of the built-in policies.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        POLICIES.iter().map(|(file, _)| stem(file))
    }
}

/// A file that was read, or is built in.
struct Found {
    /// How errors name it.
    file: String,
    /// Where it is; `None` where it is built in.
    path: Option<PathBuf>,
    bytes: Vec<u8>,
}

impl Found {
    /// Reads no more than tells that a file is too large.
    fn read(path: &Path) -> Result<Found, LoadError> {
        let bytes = read_up_to(path, MAX_FILE_BYTES as u64 + 1);
        let bytes = bytes.map_err(|error| unreadable(path, &error))?;
        Ok(Found { file: shown(path), path: Some(path.to_path_buf()), bytes })
    }

    /// `family/story`.
    fn id(&self) -> String {
        let absolute = self.path.as_deref().map(canonical);
        let path = absolute.as_deref().unwrap_or(Path::new(&self.file));
        let name = |part: Option<&std::ffi::OsStr>| part.map(|part| shown(Path::new(part)));
        let stem = name(path.file_stem()).unwrap_or_default();
        match name(path.parent().and_then(Path::file_name)) {
            Some(folder) => format!("{folder}/{stem}"),
            None => stem,
        }
    }

    /// The file of verdicts beside a story.
    fn verdicts(&self) -> Result<Option<Beside>, LoadError> {
        let Some(path) = &self.path else {
            let file = Path::new(&self.file).with_extension(VERDICTS_EXTENSION);
            let builtin = VERDICTS.iter().find(|(name, _)| Path::new(name) == file);
            return Ok(builtin.map(|(file, text)| Beside {
                file: (*file).to_owned(),
                text: (*text).to_owned(),
            }));
        };
        let path = path.with_extension(VERDICTS_EXTENSION);
        if !path.is_file() {
            return Ok(None);
        }
        let found = Found::read(&path)?;
        match String::from_utf8(found.bytes) {
            Ok(text) => Ok(Some(Beside { file: found.file, text })),
            Err(_) => Err(LoadError::Io { path, reason: "the file is not UTF-8".to_owned() }),
        }
    }

    fn policy(self, vocab: &Vocabulary) -> Result<PolicyFile, Faulty> {
        let parsed = parse_policy(&self.file, stem(&self.file), &self.bytes, vocab);
        let parsed = parsed.and_then(|mut policy| {
            let errors = read_cedar(&mut policy, self.path.as_deref());
            if errors.is_empty() { Ok(policy) } else { Err(errors) }
        });
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        match parsed {
            Ok(policy) => Ok(PolicyFile { policy, text, file: self.file }),
            Err(errors) => Err(Faulty { text, errors }),
        }
    }
}

/// Reads the files that a policy names, from the folder that it lies in.
fn read_cedar(policy: &mut Policy, path: Option<&Path>) -> Vec<Error> {
    let mut errors = Vec::new();
    let folder = path.and_then(Path::parent).unwrap_or(Path::new(""));
    let mut read = |name: &Spanned<String>| {
        let read = below(folder, &name.value)
            .and_then(|path| Found::read(&path).map_err(|error| error.to_string()));
        let text = read.and_then(|found| match String::from_utf8(found.bytes) {
            Ok(text) if text.len() > MAX_FILE_BYTES => {
                Err(format!("the file has more than {MAX_FILE_BYTES} bytes"))
            }
            Ok(text) => match text.chars().find(|c| is_hidden(*c)) {
                Some(c) => Err(hidden::fault(c)),
                None if nesting(&text) > MAX_NESTING => {
                    Err(format!("it is nested more than {MAX_NESTING} deep"))
                }
                None => Ok((found.file, text)),
            },
            Err(_) => Err("the file is not UTF-8".to_owned()),
        });
        text.map_err(|reason| errors.push(Error::new(name.span.clone(), "bad-cedar", reason))).ok()
    };
    for resource in &mut policy.resources {
        if let Some((file, text)) = read(&resource.cedar) {
            resource.text = CedarText::new(&file, &text);
        }
        if let Some((_, text)) = resource.entities.as_ref().and_then(&mut read) {
            resource.entities_text = text.into();
        }
    }
    errors
}

/// A file that a policy names lies beside it or below.
fn below(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let path = Path::new(name);
    match path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        true => Ok(folder.join(path)),
        false => Err(format!("`{}` leads out of the policy's folder", suggest::shown(name))),
    }
}

/// Parses every file and finds its policy; all errors together, or all cases by id.
fn assemble(
    files: Vec<Found>,
    places: &[PathBuf],
    vocab: &Vocabulary,
) -> Result<Library, LoadError> {
    if files.is_empty() {
        return Err(LoadError::NothingFound(places.to_vec()));
    }
    let mut policies = Policies { vocab, read: BTreeMap::new() };
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let (mut cases, mut faulty) = (Vec::new(), Vec::new());
    for found in files {
        let id = found.id();
        let text = String::from_utf8_lossy(&found.bytes).into_owned();
        let parsed = parse_scenario(&found.file, &id, &found.bytes, vocab);
        let parsed = parsed.and_then(|scenario| match ids.insert(id, found.file.clone()) {
            Some(other) => Err(vec![same_id(&scenario, &other)]),
            None => Ok(scenario),
        });
        match parsed {
            Err(errors) => faulty.push(Faulty { text, errors }),
            Ok(scenario) => match policies.of(&scenario, &found)? {
                Err(fault) => faulty.extend(fault.into_iter().map(|fault| fault.or_in(&text))),
                Ok(policy) => {
                    let verdicts = found.verdicts()?;
                    cases.push(case(scenario, text, found.file, policy, verdicts));
                }
            },
        }
    }
    if !faulty.is_empty() {
        return Err(LoadError::Parse(faulty));
    }
    cases.sort_by(|one: &Case, other| one.scenario.id.cmp(&other.scenario.id));
    Ok(Library { cases, skipped: Vec::new() })
}

fn case(
    scenario: Scenario,
    source_text: String,
    file: String,
    found: PolicyFile,
    verdicts: Option<Beside>,
) -> Case {
    let PolicyFile { policy, text: policy_text, file: policy_file } = found;
    Case { scenario, policy, source_text, policy_text, file, policy_file, verdicts }
}

fn same_id(scenario: &Scenario, other: &str) -> Error {
    let message = format!("the scenario `{}` is also in `{other}`", suggest::shown(&scenario.id));
    let error = Error::new(scenario.title.span.clone(), "duplicate-id", message);
    error.with_help("an id is the folder's name and the file's; rename one of them")
}

/// What is wrong with a case's policy: an error in the case file, or errors in the policy file.
enum PolicyFault {
    InCase(Error),
    InPolicy(Faulty),
}

impl PolicyFault {
    fn or_in(self, case_text: &str) -> Faulty {
        match self {
            PolicyFault::InPolicy(faulty) => faulty,
            PolicyFault::InCase(error) => {
                Faulty { text: case_text.to_owned(), errors: vec![error] }
            }
        }
    }
}

/// Policies, each read once; `None` stands for one whose errors were handed out.
struct Policies<'a> {
    vocab: &'a Vocabulary,
    read: BTreeMap<String, Option<PolicyFile>>,
}

impl Policies<'_> {
    /// The policy of a scenario. A faulty file is reported to the first scenario that asks for it.
    fn of(
        &mut self,
        scenario: &Scenario,
        case: &Found,
    ) -> Result<Result<PolicyFile, Option<PolicyFault>>, LoadError> {
        let Some(found) = locate(&scenario.policy, case)? else {
            return Ok(Err(Some(PolicyFault::InCase(unknown_policy(scenario, case)))));
        };
        let mut fault = None;
        let file = found.file.clone();
        let read = self.read.entry(file).or_insert_with(|| match found.policy(self.vocab) {
            Ok(policy) => Some(policy),
            Err(faulty) => {
                fault = Some(PolicyFault::InPolicy(faulty));
                None
            }
        });
        let Some(policy) = read else { return Ok(Err(fault)) };
        let errors = check_policy_against(&policy.policy, scenario);
        if errors.is_empty() {
            return Ok(Ok(policy.clone()));
        }
        Ok(Err(Some(PolicyFault::InPolicy(Faulty { text: policy.text.clone(), errors }))))
    }
}

/// The policy file of that name: beside the case, in the nearest `policies` folder that has it, or built in.
fn locate(name: &str, case: &Found) -> Result<Option<Found>, LoadError> {
    if let Some(beside) = case.path.as_deref().and_then(Path::parent) {
        let path = beside.join(format!("{name}.toml"));
        if path.is_file() && Some(path.as_path()) != case.path.as_deref() {
            let found = Found::read(&path)?;
            // A story of the same name is none.
            if kind(&found.bytes) != Kind::Story {
                return Ok(Some(found));
            }
        }
    }
    for folder in policy_folders(case) {
        let path = folder.join(format!("{name}.toml"));
        if path.is_file() {
            return Found::read(&path).map(Some);
        }
    }
    Ok(builtin_policy(name))
}

/// The `policies` folders above a case, nearest first; named as the user named the case, as far as that goes.
fn policy_folders(case: &Found) -> Vec<PathBuf> {
    let Some(path) = &case.path else { return Vec::new() };
    let absolute = canonical(path);
    let named: Vec<&Path> = path.ancestors().skip(1).collect();
    let plain = path.components().all(|part| !matches!(part, Component::ParentDir));
    let above = absolute.ancestors().skip(1).enumerate().map(|(depth, folder)| {
        match named.get(depth).filter(|_| plain) {
            Some(named) => named.join("policies"),
            None => folder.join("policies"),
        }
    });
    above.collect()
}

fn builtin_policy(name: &str) -> Option<Found> {
    let (file, text) = POLICIES.iter().find(|(file, _)| stem(file) == name)?;
    Some(Found { file: (*file).to_owned(), path: None, bytes: text.as_bytes().to_vec() })
}

fn unknown_policy(scenario: &Scenario, case: &Found) -> Error {
    let mut known: BTreeSet<String> = PolicyFile::builtin_names().map(str::to_owned).collect();
    for folder in policy_folders(case) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_FILES);
        let files = entries.map(|entry| entry.path()).filter(|path| is_toml(path));
        known.extend(files.map(|path| stem(&path.to_string_lossy()).to_owned()));
    }
    let name = &scenario.policy;
    let message = format!("no policy is called `{}`", suggest::shown(name));
    let help = suggest::help(name, known.iter().map(String::as_str));
    Error { help, ..Error::new(name.span.clone(), "unknown-policy", message) }
}

/// What lies below folders.
#[derive(Default)]
struct Walked {
    files: Vec<Found>,
    skipped: Vec<Skipped>,
}

impl Walked {
    fn skip(&mut self, path: &Path, why: &'static str) {
        self.skipped.push(Skipped { file: shown(path), why });
    }
}

/// Collects the scenario files below a folder, in the order of their names.
fn walk(folder: &Path, depth: usize, walked: &mut Walked) -> Result<(), LoadError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.map_err(|error| unreadable(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        } else if path.is_dir() && is_link {
            walked.skip(&path, "a link to a folder is not followed");
        } else if path.is_dir() {
            if depth == MAX_FOLDER_DEPTH {
                let reason = format!("it lies more than {MAX_FOLDER_DEPTH} folders deep");
                return Err(LoadError::Io { path, reason });
            }
            walk(&path, depth + 1, walked)?;
        } else if is_toml(&path) {
            look_at(&path, walked)?;
        }
        if walked.files.len() > MAX_FILES {
            let reason = format!("it has more than {MAX_FILES} scenarios, which is the limit");
            return Err(LoadError::Io { path: folder.to_path_buf(), reason });
        }
    }
    Ok(())
}

/// Takes a TOML file, if it is a scenario.
fn look_at(path: &Path, walked: &mut Walked) -> Result<(), LoadError> {
    if !path.is_file() {
        walked.skip(path, "it is no regular file");
        return Ok(());
    }
    let found = Found::read(path)?;
    match kind(&found.bytes) {
        Kind::Story => walked.files.push(found),
        Kind::Policy | Kind::Other => {}
        Kind::Foreign => walked.skip(path, "no `schema` says that it is a scenario"),
    }
    Ok(())
}

/// What a file says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A scenario, well written or not.
    Story,
    /// A policy.
    Policy,
    /// Another file of ours.
    Other,
    /// Nothing that is known here.
    Foreign,
}

/// What a file says it is: by its `schema`, else by a text of its first table that can only be meant as one. What says
/// `whoacts/` and no kind that is known is a misspelt scenario, so that nobody's story is passed over for a slip.
fn kind(bytes: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(bytes.get(..=MAX_FILE_BYTES).unwrap_or(bytes));
    let (root, _) = DeTable::parse_recoverable(&text);
    let root = root.get_ref();
    let said = |text: &str| text.strip_prefix("whoacts/").map(|kind| kind_called(kind.trim()));
    let schema = root.get("schema").and_then(|value| value.get_ref().as_str());
    let meant = || root.values().filter_map(|value| value.get_ref().as_str()).find_map(said);
    // A file that is broken before its first key still shows its lines.
    schema.and_then(said).or_else(meant).or_else(|| by_line(&text)).unwrap_or(Kind::Foreign)
}

fn kind_called(said: &str) -> Kind {
    let said = said.split('/').next().unwrap_or_default();
    match said {
        "policy" => Kind::Policy,
        "baseline" => Kind::Other,
        _ => Kind::Story,
    }
}

/// The first line `schema = "whoacts/…"`.
fn by_line(text: &str) -> Option<Kind> {
    text.trim_start_matches('\u{feff}').lines().find_map(|line| {
        let value = line.trim().strip_prefix("schema")?.trim_start().strip_prefix('=')?.trim();
        let value = value.strip_prefix(['"', '\''])?.strip_prefix("whoacts/")?;
        Some(kind_called(value.split(['"', '\'']).next().unwrap_or_default()))
    })
}

/// Whether a file says that it is a scenario or a policy, well written or not.
pub fn is_ours(bytes: &[u8]) -> bool {
    matches!(kind(bytes), Kind::Story | Kind::Policy)
}

/// The file's bytes, up to a limit. What is no regular file may never end (a device) or never begin (a pipe), and is refused.
///
/// # Errors
/// That of the operating system, or that it is no regular file.
pub fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The name of a file without its folder and `.toml`.
fn stem(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or(file)
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn unreadable(path: &Path, error: &io::Error) -> LoadError {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => String::from("there is no such file or folder"),
        io::ErrorKind::PermissionDenied => String::from("permission denied"),
        _ => error.to_string().to_lowercase(),
    };
    LoadError::Io { path: path.to_path_buf(), reason }
}
