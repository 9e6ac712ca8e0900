//! What a law is, how it is put to a story, and what that comes to.

use super::files::Files;
use super::look::{Desk, How, Looked, Seen, words};
use super::random::Random;
use super::rename::Names;
use std::rc::Rc;
use whoacts_model::mechanism::Form;

/// A law.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// `L8-names`: its number in the list of laws, and what it changes.
    pub id: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Puts it.
    pub put: fn(&Question<'_>) -> Put,
}

/// A law is put to a story under a form.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who looks.
    pub desk: &'a Desk,
    /// The story.
    pub files: &'a Files,
    /// The form.
    pub form: &'static Form,
    /// Which of a law's changes is tried; `None` is all of them.
    pub pick: Option<u64>,
}

/// What putting a law comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It holds, and there was something that could have been lost.
    Kept,
    /// There was nothing to ask.
    Idle,
    /// A limit was reached.
    Limit,
    /// A changed file is refused, which says more of the change than of the law.
    Refused(String),
    /// It fails.
    Broken(Box<Broken>),
}

/// How a law fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// What was changed.
    pub change: String,
    /// What is wrong.
    pub complaint: String,
    /// The two pairs of files that were compared.
    pub sides: [Files; 2],
}

impl Eq for Broken {}

/// Two looks to compare.
#[derive(Debug, Clone)]
pub struct Change {
    /// What is changed, in words.
    pub about: String,
    /// The first look: the files, and how they are looked at.
    pub before: (Files, How),
    /// The second look.
    pub after: (Files, How),
    /// Names on the second side, from those on the first.
    pub names: Names,
}

impl Change {
    /// The story as it is, and other files.
    pub fn to(about: impl Into<String>, before: &Files, after: Files) -> Self {
        Self::between(about, before.clone(), after)
    }
    /// Two pairs of files.
    pub fn between(about: impl Into<String>, before: Files, after: Files) -> Self {
        Self {
            about: about.into(),
            before: (before, How::USUAL),
            after: (after, How::USUAL),
            names: Names::default(),
        }
    }
    /// The same files, looked at in two ways.
    pub fn looks(about: impl Into<String>, files: &Files, before: How, after: How) -> Self {
        Self {
            about: about.into(),
            before: (files.clone(), before),
            after: (files.clone(), after),
            names: Names::default(),
        }
    }
}

/// What both looks saw.
#[derive(Debug, Clone)]
pub struct Both {
    /// Before the change.
    pub before: Rc<Seen>,
    /// After it, with the names of before.
    pub after: Rc<Seen>,
    /// The form.
    pub form: &'static Form,
}

/// Compares what is seen before each change with what is seen after it. `relation` says whether there was something to ask, or
/// what is wrong.
pub fn compare(
    q: &Question<'_>,
    mut changes: Vec<Change>,
    relation: impl Fn(&Both) -> Result<bool, String>,
) -> Put {
    if let (Some(pick), true) = (q.pick, changes.len() > 1) {
        let at = Random::new(pick).below(changes.len());
        changes = vec![changes.swap_remove(at)];
    }
    let mut put = Put::Idle;
    for change in changes {
        let looks =
            [&change.before, &change.after].map(|(files, how)| q.desk.look(files, q.form, *how));
        let both = match looks {
            [Looked::Refused(why), _] | [_, Looked::Refused(why)] => {
                put = put.or(Put::Refused(why));
                continue;
            }
            [Looked::Limit, _] | [_, Looked::Limit] => {
                put = put.or(Put::Limit);
                continue;
            }
            [Looked::Seen(before), Looked::Seen(after)] => {
                Both { before, after: renamed(after, &change.names), form: q.form }
            }
        };
        match relation(&both) {
            Ok(true) => put = Put::Kept,
            Ok(false) => {}
            Err(complaint) => {
                let sides = [change.before.0, change.after.0];
                return Put::Broken(Box::new(Broken { change: change.about, complaint, sides }));
            }
        }
    }
    put
}

impl Put {
    /// The first that says something.
    fn or(self, other: Self) -> Self {
        if self == Self::Idle { other } else { self }
    }
}

fn renamed(seen: Rc<Seen>, names: &Names) -> Rc<Seen> {
    let back = names.back();
    let mut all = (*seen).clone();
    all.acts = all.acts.iter().map(|act| act.renamed(&back)).collect();
    all.unserved = all.unserved.iter().map(|flow| back.of(flow)).collect();
    Rc::new(all)
}

impl Both {
    /// Everything is seen again, and nothing else.
    pub fn same(&self) -> Result<bool, String> {
        let (before, after) = (&self.before, &self.after);
        if before.violated != after.violated {
            return Err(self.differing(before.violated, after.violated, "broken"));
        }
        if before.put != after.put {
            return Err(self.differing(before.put, after.put, "put"));
        }
        if before.unserved != after.unserved {
            return Err(format!("not served: {:?}, then {:?}", before.unserved, after.unserved));
        }
        let lost = before.acts.difference(&after.acts).next();
        let won = after.acts.difference(&before.acts).next();
        match (lost, won) {
            (None, None) => Ok(!before.acts.is_empty()),
            (Some(act), _) => Err(format!("no longer accepted: {act:?}")),
            (_, Some(act)) => Err(format!("newly accepted: {act:?}")),
        }
    }

    /// The same properties break.
    pub fn same_verdicts(&self) -> Result<bool, String> {
        let (before, after) = (self.before.violated, self.after.violated);
        if before == after {
            return Ok(!self.before.acts.is_empty());
        }
        Err(self.differing(before, after, "broken"))
    }

    fn differing(&self, before: u64, after: u64, what: &str) -> String {
        let (lost, won) = (words(before & !after), words(after & !before));
        let part = |word: &str, list: String| match list.is_empty() {
            true => String::new(),
            false => format!(", {word}: {list}"),
        };
        format!("{what}{}{}", part("only before", lost), part("only after", won))
    }

    /// What breaks before, apart from these properties, breaks after.
    pub fn violations_kept(&self, apart: u64) -> Result<bool, String> {
        let before = self.before.violated & !apart;
        let lost = before & !self.after.violated;
        if lost == 0 {
            return Ok(before != 0);
        }
        Err(format!("no longer broken: {}", words(lost)))
    }

    /// What is accepted before is accepted after, whoever controls whom.
    pub fn acts_kept(&self) -> Result<bool, String> {
        self.acts_kept_as(|act| act.up_to_controller())
    }

    /// What is accepted before is accepted after, as far as `what` says of it.
    pub fn acts_kept_as<T: Ord + std::fmt::Debug>(
        &self,
        what: impl Fn(&super::look::Act) -> T,
    ) -> Result<bool, String> {
        let after: std::collections::BTreeSet<T> = self.after.acts.iter().map(&what).collect();
        let lost = self.before.acts.iter().find(|act| !after.contains(&what(act)));
        match lost {
            None => Ok(!self.before.acts.is_empty()),
            Some(act) => {
                let like = |other: &&super::look::Act| {
                    (&other.verifier, &other.operation) == (&act.verifier, &act.operation)
                };
                let others = self.after.acts.iter().filter(like).map(&what);
                let others: std::collections::BTreeSet<T> = others.collect();
                let (what, by) = (what(act), &act.by);
                Err(format!("no longer accepted: {what:?}, by {by}; there are: {others:?}"))
            }
        }
    }
}
