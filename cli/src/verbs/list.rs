//! `whoacts list`: everything that has a name.

use crate::args::ListArgs;
use crate::checker::describe::{self, Entry};
use crate::exit::{EXPECTED, Failure};
use crate::output::{Target, write};
use crate::session::{Session, shown};
use crate::suggest::unknown;
use crate::verbs::formats;
use serde_json::json;
use whoacts_reports::{Look, Style, wrap};

pub(crate) fn run(args: &ListArgs, session: &Session) -> Result<u8, Failure> {
    let targets = formats::parse(&args.format, &["pretty", "compact", "json"])?;
    let entries = entries(args.kind.as_deref())?;
    for (name, target) in targets {
        let to_stdout = target == Target::Stdout;
        let look = session.look(&(), to_stdout);
        let text = match name {
            "json" => machine(&entries),
            "compact" => compact(&entries),
            _ if to_stdout => shown(pretty(&entries, &look)),
            _ => pretty(&entries, &look),
        };
        write(&target, &text)?;
    }
    Ok(EXPECTED)
}

/// The entries of a kind, whose name may be a plural; all where none is given.
fn entries(kind: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let mut entries = describe::entries();
    let Some(kind) = kind else { return Ok(entries) };
    let kinds = kinds(&entries);
    let meant = kinds.iter().find(|known| kind == **known || kind == plural(known));
    let meant = meant.ok_or_else(|| Failure::Usage(unknown("kind of thing", kind, &kinds)))?;
    entries.retain(|entry| entry.kind == *meant);
    Ok(entries)
}

fn kinds(entries: &[Entry]) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    entries.iter().for_each(|entry| {
        if !kinds.contains(&entry.kind) {
            kinds.push(entry.kind);
        }
    });
    kinds
}

fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    }
}

fn pretty(entries: &[Entry], look: &Look<'_>) -> String {
    let wide = entries.iter().map(|entry| entry.id.chars().count()).max().unwrap_or(0);
    let blocks = kinds(entries).into_iter().map(|kind| {
        let mut block = format!("{}\n", look.paint.paint(Style::Strong, plural(kind)));
        for entry in entries.iter().filter(|entry| entry.kind == kind) {
            for (at, line) in
                wrap(&entry.about, look.width.saturating_sub(wide + 4)).iter().enumerate()
            {
                let id = if at == 0 { entry.id.as_str() } else { "" };
                block.push_str(format!("  {id:wide$}  {line}").trim_end());
                block.push('\n');
            }
        }
        block
    });
    blocks.collect::<Vec<_>>().join("\n")
}

fn compact(entries: &[Entry]) -> String {
    entries.iter().map(|entry| format!("{} {}: {}\n", entry.kind, entry.id, entry.about)).collect()
}

fn machine(entries: &[Entry]) -> String {
    let entries = entries
        .iter()
        .map(|entry| json!({ "kind": entry.kind, "id": entry.id, "about": entry.about }));
    format!("{:#}\n", json!({ "schema": "whoacts/list/1", "entries": entries.collect::<Vec<_>>() }))
}
