//! Checks as text and back, every field of them, so that a result can be kept and said again in any format.
//!
//! It is no output: its shape may change with every version, and whoever reads it has to know that this version wrote it.

use crate::outcome::{
    Bounds, Check, Confirmed, Contrast, GuardUse, Radius, Stats, Step, StoppedBy, Trace, Verdict,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use whoacts_scenarios::span::Span;

/// The checks as a value.
pub fn save(checks: &[Check]) -> Value {
    checks.iter().map(check).collect()
}

/// The checks in a value that [`save`] made; `None` for any other.
pub fn load(value: &Value) -> Option<Vec<Check>> {
    value.as_array()?.iter().map(|value| Read(value).check()).collect()
}

fn check(check: &Check) -> Value {
    // Named one by one, so that a new field cannot be forgotten.
    let Check {
        scenario,
        title,
        mechanism,
        variant,
        profile,
        property,
        verdict,
        expected,
        because,
        as_expected,
        served,
        expected_served,
        assumptions,
        by_design,
        influenced,
        radius,
        bounds,
        adversary,
        stats,
        guards,
        confirmed,
        trace,
        needs,
        stuck,
        stopped_by,
        not_covered,
        witness,
        contrast,
        notes,
        span,
        policy_span,
    } = check;
    json!({
        "scenario": scenario,
        "title": title,
        "mechanism": mechanism,
        "variant": variant,
        "profile": profile,
        "property": property,
        "verdict": verdict.id(),
        "expected": expected.map(Verdict::id),
        "because": because,
        "as_expected": as_expected,
        "served": served,
        "expected_served": expected_served,
        "assumptions": assumptions,
        "by_design": by_design,
        "influenced": influenced,
        "radius": radius.map(|radius| radius.to_string()),
        "bounds": self::bounds(bounds),
        "adversary": adversary,
        "stats": self::stats(stats),
        "guards": guards.iter().map(|GuardUse { guard, held, denied }| json!([guard, held, denied])).collect::<Vec<_>>(),
        "confirmed": confirmed.map(|how| how == Confirmed::Pair),
        "trace": trace.as_ref().map(self::trace),
        "needs": needs,
        "stuck": stuck,
        "stopped_by": stopped_by.iter().map(|StoppedBy { guards, served, under }| json!([guards, served, under])).collect::<Vec<_>>(),
        "not_covered": not_covered,
        "witness": witness,
        "contrast": contrast.as_ref().map(|contrast| match contrast {
            Contrast::Nothing => json!([]),
            Contrast::Attack(label, steps) => json!([label, steps]),
        }),
        "notes": notes,
        "span": self::span(span),
        "policy_span": policy_span.as_ref().map(self::span),
    })
}

fn bounds(bounds: &Bounds) -> Value {
    let Bounds { replicas, hops, executions, deliveries, ticks } = bounds;
    json!([replicas, hops, executions, deliveries, ticks])
}

fn stats(stats: &Stats) -> Value {
    let Stats {
        engine,
        crypto,
        reductions,
        states,
        steps,
        depth,
        collision_bound,
        presentations,
        limit,
    } = stats;
    json!({
        "engine": engine,
        "crypto": crypto,
        "reductions": reductions,
        "states": states,
        "steps": steps,
        "depth": depth,
        // Its bits, since a decimal fraction need not come back the same.
        "collision_bound": collision_bound.map(f64::to_bits),
        "presentations": presentations,
        "limit": limit,
    })
}

fn trace(trace: &Trace) -> Value {
    let Trace { id, quality, steps, moves, hostile, why, headline, lanes } = trace;
    json!({
        "id": id,
        "quality": quality,
        "steps": steps.iter().map(step).collect::<Vec<_>>(),
        "moves": moves,
        "hostile": hostile,
        "why": why,
        "headline": headline,
        "lanes": lanes,
    })
}

fn step(step: &Step) -> Value {
    let Step { actor, to, kind, label, remark, text, changed, guards } = step;
    json!({
        "actor": actor,
        "to": to,
        "kind": kind,
        "label": label,
        "remark": remark,
        "text": text,
        "changed": changed,
        "guards": guards,
    })
}

fn span(span: &Span) -> Value {
    let Span { file, start, end, line, col } = span;
    json!([&**file, start, end, line, col])
}

/// A name that lasts as long as the program: there are few, and each is kept once.
fn lasting(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

/// An object or a list that is being read.
#[derive(Clone, Copy)]
struct Read<'v>(&'v Value);

impl<'v> Read<'v> {
    fn at(self, key: &str) -> Option<Self> {
        self.0.get(key).map(Self)
    }
    fn nth(self, index: usize) -> Option<Self> {
        self.0.get(index).map(Self)
    }
    fn text(self) -> Option<String> {
        self.0.as_str().map(str::to_owned)
    }
    fn name(self) -> Option<&'static str> {
        self.0.as_str().map(lasting)
    }
    fn flag(self) -> Option<bool> {
        self.0.as_bool()
    }
    fn count<N: TryFrom<u64>>(self) -> Option<N> {
        N::try_from(self.0.as_u64()?).ok()
    }
    fn each<T>(self, read: impl Fn(Self) -> Option<T>) -> Option<Vec<T>> {
        self.0.as_array()?.iter().map(|value| read(Self(value))).collect()
    }
    /// `None` inside for what is written as `null`.
    fn maybe<T>(self, read: impl Fn(Self) -> Option<T>) -> Option<Option<T>> {
        if self.0.is_null() { Some(None) } else { read(self).map(Some) }
    }
    fn verdict(self) -> Option<Verdict> {
        let id = self.0.as_str()?;
        Verdict::ALL.into_iter().find(|verdict| verdict.id() == id)
    }

    fn check(self) -> Option<Check> {
        Some(Check {
            scenario: self.at("scenario")?.text()?,
            title: self.at("title")?.text()?,
            mechanism: self.at("mechanism")?.name()?,
            variant: self.at("variant")?.name()?,
            profile: self.at("profile")?.maybe(Self::name)?,
            property: self.at("property")?.name()?,
            verdict: self.at("verdict")?.verdict()?,
            expected: self.at("expected")?.maybe(Self::verdict)?,
            because: self.at("because")?.maybe(Self::text)?,
            as_expected: self.at("as_expected")?.flag()?,
            served: self.at("served")?.flag()?,
            expected_served: self.at("expected_served")?.flag()?,
            assumptions: self.at("assumptions")?.each(Self::name)?,
            by_design: self.at("by_design")?.flag()?,
            influenced: self.at("influenced")?.each(Self::text)?,
            radius: self.at("radius")?.maybe(|radius| Radius::named(&radius.text()?))?,
            bounds: self.at("bounds")?.bounds()?,
            adversary: self.at("adversary")?.each(Self::text)?,
            stats: self.at("stats")?.stats()?,
            guards: self.at("guards")?.each(Self::guard_use)?,
            confirmed: self.at("confirmed")?.maybe(Self::flag)?.map(|pair| match pair {
                true => Confirmed::Pair,
                false => Confirmed::Trace,
            }),
            trace: self.at("trace")?.maybe(Self::trace)?,
            needs: self.at("needs")?.each(|set| set.each(Self::text))?,
            stuck: self.at("stuck")?.each(Self::text)?,
            stopped_by: self.at("stopped_by")?.each(Self::stop)?,
            not_covered: self.at("not_covered")?.each(Self::name)?,
            witness: self.at("witness")?.maybe(Self::text)?,
            contrast: self.at("contrast")?.maybe(Self::contrast)?,
            notes: self.at("notes")?.each(Self::text)?,
            span: self.at("span")?.span()?,
            policy_span: self.at("policy_span")?.maybe(Self::span)?,
        })
    }

    fn bounds(self) -> Option<Bounds> {
        Some(Bounds {
            replicas: self.nth(0)?.count()?,
            hops: self.nth(1)?.count()?,
            executions: self.nth(2)?.count()?,
            deliveries: self.nth(3)?.count()?,
            ticks: self.nth(4)?.count()?,
        })
    }

    fn stats(self) -> Option<Stats> {
        Some(Stats {
            engine: self.at("engine")?.name()?,
            crypto: self.at("crypto")?.name()?,
            reductions: self.at("reductions")?.each(Self::name)?,
            states: self.at("states")?.count()?,
            steps: self.at("steps")?.count()?,
            depth: self.at("depth")?.count()?,
            collision_bound: self.at("collision_bound")?.maybe(Self::count)?.map(f64::from_bits),
            presentations: self.at("presentations")?.count()?,
            limit: self.at("limit")?.maybe(Self::text)?,
        })
    }

    fn guard_use(self) -> Option<GuardUse> {
        let (held, denied) = (self.nth(1)?.count()?, self.nth(2)?.count()?);
        Some(GuardUse { guard: self.nth(0)?.name()?, held, denied })
    }

    fn stop(self) -> Option<StoppedBy> {
        let (served, under) = (self.nth(1)?.flag()?, self.nth(2)?.text()?);
        Some(StoppedBy { guards: self.nth(0)?.each(Self::name)?, served, under })
    }

    fn contrast(self) -> Option<Contrast> {
        let parts = self.0.as_array()?;
        match parts.len() {
            0 => Some(Contrast::Nothing),
            _ => Some(Contrast::Attack(self.nth(0)?.text()?, self.nth(1)?.count()?)),
        }
    }

    fn trace(self) -> Option<Trace> {
        Some(Trace {
            id: self.at("id")?.text()?,
            quality: self.at("quality")?.name()?,
            steps: self.at("steps")?.each(Self::step)?,
            moves: self.at("moves")?.0.as_array()?.clone(),
            hostile: self.at("hostile")?.flag()?,
            why: self.at("why")?.text()?,
            headline: self.at("headline")?.text()?,
            lanes: self.at("lanes")?.each(Self::text)?,
        })
    }

    fn step(self) -> Option<Step> {
        let change = |pair: Self| Some((pair.nth(0)?.text()?, pair.nth(1)?.text()?));
        Some(Step {
            actor: self.at("actor")?.text()?,
            to: self.at("to")?.maybe(Self::text)?,
            kind: self.at("kind")?.name()?,
            label: self.at("label")?.text()?,
            remark: self.at("remark")?.text()?,
            text: self.at("text")?.text()?,
            changed: self.at("changed")?.each(change)?,
            guards: self.at("guards")?.each(Self::name)?,
        })
    }

    fn span(self) -> Option<Span> {
        Some(Span {
            file: self.nth(0)?.text()?.into(),
            start: self.nth(1)?.count()?,
            end: self.nth(2)?.count()?,
            line: self.nth(3)?.count()?,
            col: self.nth(4)?.count()?,
        })
    }
}
