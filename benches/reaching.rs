//! What one run of `reaching` takes, part by part, and how near the learning pass is to the limit set by memory.
//!
//! The limit is the time to read and write as many bytes as the pass has to: weights and averages are read and written;
//! rates and concentrations are read. It is measured in the same run with the plainest possible loop on arrays of that
//! size. Arrays fit into the second-level cache, so it is that cache's bandwidth.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use microzone::models::nitric_oxide::{Arrangement, FieldRows, Plan, ReleaseSite, Sheet, SheetParameters};
use microzone::models::reaching::{
    Actuation, DesiredPath, FibreTable, GranuleLayer, MossyFibres, MossyOrder, ParallelFibres, Reaching,
    ReachingParameters, Start, Synapses, arm,
};
use microzone::random::RandomStream;

fn sheet(diffusion: f64, arrangement: Arrangement) -> SheetParameters {
    let plan = Plan { microzones: 4, arrangement };
    SheetParameters { diffusion, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy: 1e-2 }
}

fn run_of(diffusion: f64, arrangement: Arrangement, actuation: Actuation) -> ReachingParameters {
    ReachingParameters { sheet: sheet(diffusion, arrangement), actuation, ..ReachingParameters::default() }
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("run of 200 movements");
    group.sample_size(10);
    let stream = RandomStream::from_seed([1; 32]);
    let muscles = Actuation::Muscles { co_contraction: 0.5 };
    for (name, parameters) in [
        ("D 0", run_of(0.0, Arrangement::Joined, Actuation::Torque)),
        ("D 3300", run_of(3300.0, Arrangement::Joined, Actuation::Torque)),
        ("D 3300 separated", run_of(3300.0, Arrangement::Separated, Actuation::Torque)),
        ("D 60000", run_of(60_000.0, Arrangement::Joined, Actuation::Torque)),
        ("D 3300 muscles", run_of(3300.0, Arrangement::Joined, muscles)),
    ] {
        let Ok(run) = Reaching::new(parameters) else { continue };
        group.bench_function(name, |bencher| bencher.iter(|| run.run(&stream)));
    }
    group.finish();
}

/// Times of one step of 5 ms; a run has 51 840 of them with nitric oxide (48 000 with learning), and 23 040 in tests.
fn parts(criterion: &mut Criterion) {
    let stream = RandomStream::from_seed([1; 32]);
    let Ok(path) = DesiredPath::new(0.2, Start::Target) else { return };
    let tables = || {
        let mossy = MossyFibres::new(&path, MossyOrder::Shuffled, stream.substream(4));
        FibreTable::new(&path, &mossy, &GranuleLayer::new(stream.substream(5)))
    };
    let mut group = criterion.benchmark_group("step");
    let table = tables();
    let mut fibres = ParallelFibres::new(0.2);
    let mut place = 0;
    group.bench_function("parallel fibres and trace alone", |bencher| {
        bencher.iter(|| {
            place = (place + 1) % path.states().len();
            fibres.step(table.at(place));
        });
    });
    for arrangement in [Arrangement::Joined, Arrangement::Separated] {
        let Ok(mut sheet) = Sheet::new(sheet(3300.0, arrangement)) else { return };
        let mut synapses = Synapses::new(sheet.plan(), ReachingParameters::default().learning);
        let release: Vec<f32> = (0..108).map(|cell: u8| f32::from(u8::from(cell.is_multiple_of(50)))).collect();
        group.bench_function(format!("sheet, {arrangement:?}"), |bencher| bencher.iter(|| sheet.step(&release)));
        synapses.notice(&rows(&sheet));
        synapses.begin_learning(true);
        group.bench_function(format!("learning with fibres, {arrangement:?}"), |bencher| {
            bencher.iter(|| {
                place = (place + 1) % path.states().len();
                synapses.learn(&mut fibres, table.at(place), &rows(&sheet))
            });
        });
        group.bench_function(format!("answer, {arrangement:?}"), |bencher| bencher.iter(|| synapses.respond(&fibres)));
    }
    let mut state = arm::ArmState::at_rest([0.5, 1.5]);
    group.bench_function("arm", |bencher| {
        bencher.iter(|| state = arm::advance(&state, 0.005, |state| [0.5 - state.angles[0], 1.5 - state.angles[1]]));
    });
    group.bench_function("floor of the learning pass", floor);
    group.finish();
    criterion.bench_function("granule table", |bencher| bencher.iter(tables));
}

fn rows(sheet: &Sheet) -> Vec<FieldRows<'_>> {
    (0..sheet.plan().patches()).filter_map(|patch| sheet.rows(patch)).collect()
}

/// Two arrays read and written, two read, each with one number per synapse.
fn floor(bencher: &mut criterion::Bencher) {
    const SYNAPSES: usize = 23_328;
    let (mut weights, mut averages) = (vec![0.5f32; SYNAPSES], vec![0.5f32; SYNAPSES]);
    let (rates, concentrations) = (vec![0.25f32; SYNAPSES], vec![0.25f32; SYNAPSES]);
    bencher.iter(|| {
        stream_through(&mut weights, &mut averages, black_box(&rates), black_box(&concentrations));
        black_box((&mut weights, &mut averages));
    });
}

#[cfg(target_arch = "x86_64")]
fn stream_through(weights: &mut [f32], averages: &mut [f32], rates: &[f32], concentrations: &[f32]) {
    #[target_feature(enable = "avx2")]
    fn with_avx2(weights: &mut [f32], averages: &mut [f32], rates: &[f32], concentrations: &[f32]) {
        plain(weights, averages, rates, concentrations);
    }
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 was just detected.
        unsafe { with_avx2(weights, averages, rates, concentrations) }
    } else {
        plain(weights, averages, rates, concentrations);
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn stream_through(weights: &mut [f32], averages: &mut [f32], rates: &[f32], concentrations: &[f32]) {
    plain(weights, averages, rates, concentrations);
}

#[inline(always)]
fn plain(weights: &mut [f32], averages: &mut [f32], rates: &[f32], concentrations: &[f32]) {
    let count = weights.len();
    let (averages, rates, concentrations) = (&mut averages[..count], &rates[..count], &concentrations[..count]);
    for x in 0..count {
        weights[x] -= rates[x];
        averages[x] -= concentrations[x];
    }
}

criterion_group!(benches, runs, parts);
criterion_main!(benches);
