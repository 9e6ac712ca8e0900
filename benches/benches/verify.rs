//! From a presentation to what it proves, under both providers, by length of chain.

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use whoacts_benches::Path;
use whoacts_model::crypto::{Crypto, Ed25519, Symbolic};

const HOPS: [u32; 6] = [1, 2, 4, 8, 16, 32];

fn verify<C: Crypto>(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("verify/{}", C::NAME));
    for hops in HOPS {
        let path = Path::<C>::new("continuity/K6", hops);
        group.throughput(Throughput::Elements(hops.into()));
        group.bench_function(BenchmarkId::new("hops", hops), |b| {
            b.iter(|| black_box(&path).evidence());
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    verify::<Symbolic>(&mut criterion);
    verify::<Ed25519>(&mut criterion);
    criterion.final_summary();
}
