//! One step of the sheet of four microzones: microseconds, nanoseconds per domain, error, and how near to the hardware
//! limit.
//!
//! The limit is what the processor needs for the additions and multiplications of the two convolutions alone, measured
//! in the same run on numbers that stay in registers. Also what one task of the experiment `information` takes, part by
//! part.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use microzone::models::nitric_oxide::{
    Arrangement, Plan, ReleaseSite, Sheet, SheetParameters, Transmission, TransmissionParameters,
};
use microzone::random::RandomStream;

const DIFFUSIONS: [f64; 5] = [0.0, 330.0, 3300.0, 20_000.0, 60_000.0];
const DOMAINS: f64 = 216.0 * 108.0;

fn parameters(diffusion: f64, arrangement: Arrangement, accuracy: f64) -> SheetParameters {
    let plan = Plan { microzones: 4, arrangement };
    SheetParameters { diffusion, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy }
}

/// As many cells as fire at about 2 spikes/s: two of 108 release in any step.
fn releases(steps: usize) -> Vec<Vec<f32>> {
    let mut stream = RandomStream::from_seed([1; 32]);
    (0..steps).map(|_| (0..108).map(|_| if stream.bernoulli(0.02) { 1.0 } else { 0.0 }).collect()).collect()
}

/// The largest error over the largest concentration, over 200 steps.
fn measured_error(parameters: SheetParameters) -> Option<f64> {
    let exact = SheetParameters { accuracy: 0.0, ..parameters };
    let (mut found, mut exact) = (Sheet::new(parameters).ok()?, Sheet::new(exact).ok()?);
    let mut worst: f64 = 0.0;
    for (step, release) in releases(200).iter().enumerate() {
        found.step(release);
        exact.step(release);
        if step % 10 == 0 {
            let field = exact.field();
            let largest = field.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
            let differences = found.field().into_iter().zip(field).map(|(found, exact)| (found - exact).abs());
            worst = worst.max(differences.fold(0.0, f64::max) / largest);
        }
    }
    Some(worst)
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    group.throughput(Throughput::Elements(DOMAINS as u64));
    for arrangement in [Arrangement::Joined, Arrangement::Separated] {
        for diffusion in DIFFUSIONS {
            for accuracy in [1e-2, 1e-3, 1e-4, 0.0] {
                let parameters = parameters(diffusion, arrangement, accuracy);
                let (Ok(mut sheet), Some(error)) = (Sheet::new(parameters), measured_error(parameters)) else {
                    continue;
                };
                let releases = releases(64);
                let scheme = sheet.kernel_radius().map_or("exact".into(), |radius| format!("radius {radius}"));
                let name = format!("{arrangement:?}, D {diffusion}");
                println!("{name}, accuracy {accuracy:e}: {scheme}, measured error {error:.1e}");
                let mut step = 0;
                group.bench_function(BenchmarkId::new(&name, format!("{accuracy:e}")), |bencher| {
                    bencher.iter(|| {
                        sheet.step(&releases[step % releases.len()]);
                        step += 1;
                    });
                });
            }
        }
    }
    group.finish();
}

/// Reading all concentrations: for exact steps this is the transform from modes.
fn fields(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("field");
    for accuracy in [1e-3, 0.0] {
        let Ok(sheet) = Sheet::new(parameters(3300.0, Arrangement::Joined, accuracy)) else { continue };
        group.bench_function(format!("{accuracy:e}"), |bencher| bencher.iter(|| black_box(&sheet).field()));
    }
    group.finish();
}

/// The arithmetic of a kernel of radius 4 on one sheet, in registers: in each direction 9 additions or subtractions and
/// 5 multiplications per domain.
fn floor(criterion: &mut Criterion) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 was just detected.
        criterion.bench_function("floor, radius 4", |bencher| bencher.iter(|| unsafe { arithmetic(black_box(1e-3)) }));
    }
    let _ = criterion;
}

/// Fourteen chains in as many registers, each advanced twice for eight domains.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn arithmetic(term: f32) -> [f32; 8] {
    use std::arch::x86_64::{_mm256_add_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_storeu_ps};
    let (term, factor) = (_mm256_set1_ps(term), _mm256_set1_ps(1.0 - term));
    let (mut sums, mut products) = ([term; 9], [factor; 5]);
    for _ in 0..(DOMAINS / 8.0) as usize {
        for _ in 0..2 {
            sums.iter_mut().for_each(|sum| *sum = _mm256_add_ps(*sum, term));
            products.iter_mut().for_each(|product| *product = _mm256_mul_ps(*product, factor));
        }
    }
    let all = sums.into_iter().chain(products).fold(term, |all, one| _mm256_add_ps(all, one));
    let mut values = [0.0; 8];
    // SAFETY: there is room for eight.
    unsafe { _mm256_storeu_ps(values.as_mut_ptr(), all) };
    values
}

fn tasks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("information");
    group.sample_size(10);
    for diffusion in [0.0, 3300.0] {
        let mut sheet = parameters(diffusion, Arrangement::Joined, 1e-3);
        sheet.plan.microzones = 1;
        let parameters = TransmissionParameters {
            sheet,
            io_rate: 1.0,
            input_frequency: 1.0,
            lag: 4,
            surrounding_rate: 0.0,
            trials: 100,
            steps: 600,
            warm_up: 4000,
        };
        let Ok(task) = Transmission::new(parameters) else { continue };
        let Ok(response) = task.response() else { continue };
        let stream = RandomStream::from_seed([2; 32]);
        let name = |part: &str| BenchmarkId::new(part, diffusion);
        group.bench_function(name("response"), |bencher| bencher.iter(|| task.response()));
        group.bench_function(name("paper"), |bencher| bencher.iter(|| task.paper_estimates(&response, &stream)));
        group.bench_function(name("stationary"), |bencher| {
            bencher.iter(|| task.stationary_estimates(&response, &stream))
        });
        group.bench_function(name("rate bound"), |bencher| {
            bencher.iter(|| task.information_rate_bound(&response, &stream))
        });
        group.bench_function(name("theory"), |bencher| bencher.iter(|| task.information_rate_theory()));
    }
    group.finish();
}

criterion_group!(benches, steps, fields, floor, tasks);
criterion_main!(benches);
