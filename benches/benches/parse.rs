//! A case file and a policy file, from bytes to checked data.

use criterion::{Criterion, Throughput};
use std::hint::black_box;
use whoacts_benches::{STORY, story};
use whoacts_checker::suite;
use whoacts_scenarios::{parse_policy, parse_scenario};

fn parsing(c: &mut Criterion) {
    let (case, vocabulary) = (story(STORY), suite::vocabulary());
    let (scenario, policy) = (case.source_text.as_bytes(), case.policy_text.as_bytes());
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(scenario.len() as u64));
    group.bench_function("scenario", |b| {
        b.iter(|| parse_scenario(&case.file, STORY, black_box(scenario), &vocabulary).is_ok());
    });
    group.throughput(Throughput::Bytes(policy.len() as u64));
    group.bench_function("policy", |b| {
        b.iter(|| {
            parse_policy(&case.policy_file, "policy", black_box(policy), &vocabulary).is_ok()
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    parsing(&mut criterion);
    criterion.final_summary();
}
