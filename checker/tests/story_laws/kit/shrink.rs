//! Makes a failing story smaller by leaving out tables, keys and values for as long as the law still fails.

use super::files::{Files, PLACES};
use super::law::{Broken, Law, Put, Question};
use super::look::Desk;
use toml::{Table, Value};
use whoacts_model::mechanism::Form;

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    At(usize),
}

/// One thing that may be left out, or made smaller.
#[derive(Debug, Clone)]
struct Cut {
    /// In the policy, rather than in the story.
    policy: bool,
    path: Vec<Step>,
    /// What stands there then; nothing, if it is left out.
    put: Option<Value>,
}

/// The smallest story found on which the law fails, and how it fails there.
pub fn shrink(law: &Law, files: &Files, form: &'static Form) -> Option<(Files, Broken)> {
    let desk = Desk::default();
    let fails = |files: &Files| {
        desk.clear();
        files.case().ok()?;
        match (law.put)(&Question { desk: &desk, files, form, pick: None }) {
            Put::Broken(broken) => Some(*broken),
            _ => None,
        }
    };
    let mut best = (files.clone(), fails(files)?);
    loop {
        let mut smaller = false;
        let mut cuts = cuts(&best.0);
        while let Some(cut) = cuts.pop() {
            let Some(less) = applied(&best.0, &cut) else { continue };
            if less != best.0
                && let Some(broken) = fails(&less)
            {
                best = (less, broken);
                smaller = true;
            }
        }
        if !smaller {
            return Some(best);
        }
    }
}

/// Everything that may be left out; larger things are tried first, so they come last.
fn cuts(files: &Files) -> Vec<Cut> {
    let mut all = Vec::new();
    for policy in [true, false] {
        let table = if policy { &files.policy } else { &files.story };
        collect(table, policy, &mut Vec::new(), &mut all);
    }
    all.sort_by_key(|cut| std::cmp::Reverse(cut.path.len()));
    all
}

fn collect(table: &Table, policy: bool, path: &mut Vec<Step>, all: &mut Vec<Cut>) {
    for (key, value) in table {
        path.push(Step::Key(key.clone()));
        below(value, policy, path, all);
        path.pop();
    }
}

fn below(value: &Value, policy: bool, path: &mut Vec<Step>, all: &mut Vec<Cut>) {
    all.push(Cut { policy, path: path.clone(), put: None });
    match value {
        Value::Integer(number) if *number > 0 => {
            let put = Some(Value::Integer(number - 1));
            all.push(Cut { policy, path: path.clone(), put });
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                path.push(Step::At(at));
                below(value, policy, path, all);
                path.pop();
            }
        }
        Value::Table(table) => collect(table, policy, path, all),
        _ => {}
    }
}

fn applied(files: &Files, cut: &Cut) -> Option<Files> {
    let mut less = files.clone();
    let table = if cut.policy { &mut less.policy } else { &mut less.story };
    let (last, before) = cut.path.split_last()?;
    let mut at = Place::Table(table);
    for step in before {
        at = at.below(step)?;
    }
    at.cut(last, cut.put.clone())?;
    // A capability goes with its place, and a list of tables with its last row.
    let own = less.capabilities();
    for (capability, key) in PLACES {
        let there = less.adversary().contains_key(key);
        let has = own.iter().any(|known| known == capability);
        if has && !there {
            less.lose(capability);
        }
    }
    less.drop_idle_places();
    for table in [&mut less.story, &mut less.policy] {
        let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        let gone: Vec<String> = table
            .iter()
            .filter(|(key, value)| empty(value) && *key != "triggers")
            .map(|(key, _)| key.clone())
            .collect();
        gone.iter().for_each(|key| drop(table.remove(key)));
    }
    Some(less)
}

enum Place<'t> {
    Table(&'t mut Table),
    List(&'t mut Vec<Value>),
}

impl<'t> Place<'t> {
    fn below(self, step: &Step) -> Option<Self> {
        let value = match (self, step) {
            (Self::Table(table), Step::Key(key)) => table.get_mut(key)?,
            (Self::List(list), Step::At(at)) => list.get_mut(*at)?,
            _ => return None,
        };
        match value {
            Value::Table(table) => Some(Place::Table(table)),
            Value::Array(list) => Some(Place::List(list)),
            _ => None,
        }
    }

    fn cut(self, step: &Step, put: Option<Value>) -> Option<()> {
        match (self, step, put) {
            (Self::Table(table), Step::Key(key), None) => drop(table.remove(key)?),
            (Self::Table(table), Step::Key(key), Some(value)) => *table.get_mut(key)? = value,
            (Self::List(list), Step::At(at), None) if *at < list.len() => drop(list.remove(*at)),
            (Self::List(list), Step::At(at), Some(value)) => *list.get_mut(*at)? = value,
            _ => return None,
        }
        Some(())
    }
}
