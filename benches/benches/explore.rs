//! One case of the library under K4: building its world, and searching it.

use criterion::Criterion;
use std::hint::black_box;
use whoacts_benches::{FORM, STORY, plan, reduced, story};
use whoacts_checker::explore::explore;
use whoacts_checker::lower::lower;
use whoacts_checker::world::World;
use whoacts_model::crypto::Symbolic;

fn exploration(c: &mut Criterion) {
    let case = story(STORY);
    let plan = plan(&case, FORM);
    let world = World::new(lower::<Symbolic>(&plan));
    let mut group = c.benchmark_group(format!("explore/{STORY}/{FORM}"));
    group.sample_size(10);
    group.bench_function("ground", |b| {
        b.iter(|| World::new(lower::<Symbolic>(black_box(&plan))));
    });
    group.bench_function("search", |b| b.iter(|| explore(black_box(&world), &reduced())));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    exploration(&mut criterion);
    criterion.final_summary();
}
