//! What goes wrong in a random story, and what its adversary may do where.

use super::Cast;
use crate::kit::files::{Files, PLACES, add_row, rows, table, text};
use crate::kit::random::Random;
use toml::{Table, Value};

pub(super) fn faults(r: &mut Random, cast: &Cast, files: &mut Files) {
    if !r.percent(30) {
        return;
    }
    let honest = files.honest_pools();
    let kind = *r.pick(&["crash", "rekey", "revoke", "restart"]);
    let target = match kind {
        "restart" => format!("{}/1", r.pick(&cast.resources).0),
        _ => format!("{}/1", r.pick(&honest)),
    };
    let fault = table([("kind", kind.into()), ("target", target.into())]);
    add_row(&mut files.story, "fault", fault, false);
}

pub(super) fn adversary(r: &mut Random, cast: &Cast, files: &mut Files) {
    files.adversary_mut().insert("capabilities".to_owned(), Value::Array(Vec::new()));
    let mut menu: Vec<&str> =
        ["inject", "confuse"].into_iter().chain(PLACES.map(|(name, _)| name)).collect();
    menu.extend(["observe", "inject", "log-leak", "hijack-executor", "steal-key"]);
    r.shuffle(&mut menu);
    let count = *r.pick(&[0, 1, 1, 1, 2, 2]);
    for capability in menu.into_iter().take(count) {
        if let Some(place) = place(r, cast, files, capability) {
            files.gain(capability, place);
        }
    }
    // What a fault is for.
    for (kind, capability) in [("restart", "forget"), ("revoke", "revocation-lag")] {
        let there = rows(&files.story, "fault").any(|fault| text(fault, "kind") == kind);
        if there && (kind == "restart" || r.percent(30)) {
            files.gain(capability, None);
        }
    }
}

/// Where a capability applies; `None` where the story has no such place.
fn place(
    r: &mut Random,
    cast: &Cast,
    files: &Files,
    capability: &str,
) -> Option<Option<(&'static str, Value)>> {
    let key = PLACES.iter().find(|(name, _)| *name == capability).map(|(_, key)| *key);
    let Some(key) = key else { return Some(None) };
    let honest = files.honest_pools();
    let one = format!("{}/1", r.pick(&honest));
    let value: Value = match key {
        "observes" | "leaks" => {
            let mut places = honest.clone();
            places.extend(cast.resources.iter().map(|(id, _)| id.clone()));
            vec![r.pick(&places).as_str()].into()
        }
        "insider" => cast.own.clone()?.into(),
        "member_of" => r.pick(&honest).as_str().into(),
        "steals_pool" => {
            let shared = |pool: &&Table| pool.contains_key("shared_key");
            text(rows(&files.story, "pool").find(shared)?, "id").into()
        }
        "colludes" => {
            let mut pairs = rows(&files.story, "flow").flat_map(|flow| {
                let to: Vec<String> = rows(flow, "hop").map(|hop| text(hop, "to")).collect();
                to.windows(2).map(<[String]>::to_vec).collect::<Vec<_>>()
            });
            let pair = pairs.find(|pair| pair[0] != pair[1])?;
            pair.iter().map(|pool| format!("{pool}/1")).collect::<Vec<_>>().into()
        }
        "reuses" => {
            let crash = rows(&files.story, "fault").find(|fault| text(fault, "kind") == "crash")?;
            text(crash, "target").into()
        }
        "skews" if cast.ticks > 0 => r.pick(&cast.resources).0.as_str().into(),
        "skews" => return None,
        "attester" => {
            let all: Vec<String> = rows(&files.story, "attester").map(|a| text(a, "id")).collect();
            all.get(1)?.as_str().into()
        }
        _ => one.into(),
    };
    Some(Some((key, value)))
}
