//! The one decision, on evidence that is there already: what a search does in every state.

use criterion::{BenchmarkId, Criterion};
use std::hint::black_box;
use whoacts_benches::{FRESH, Path};
use whoacts_model::crypto::Symbolic;
use whoacts_model::decide;

fn decisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("decide");
    for hops in [1, 4, 16, 32] {
        let path = Path::<Symbolic>::new("continuity/K6", hops);
        let (evidence, required) = (path.evidence(), path.brings());
        group.bench_function(BenchmarkId::new("hops", hops), |b| {
            b.iter(|| decide(black_box(&evidence), required, &FRESH).is_ok());
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    decisions(&mut criterion);
    criterion.final_summary();
}
