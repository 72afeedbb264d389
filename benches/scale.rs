//! The scheduler on virtual machines of up to 65,536 ranks: efficiency, load of rank 0, and what the simulation costs.
//!
//! `cargo bench --features mpi --bench scale [-- long]`. The tasks are log-normal (mean 1 s, σ = 1), their costs known
//! within a factor of 1.5, unless the table says otherwise; ranks have one thread each.

use std::time::Instant;

use microzone::random::{Normals, RandomStream};
use microzone::schedule::simulation::{Machine, VirtualTask, simulate};

/// The costs are known within this factor.
const FACTOR: f64 = 1.5;

fn main() {
    let is_long = std::env::args().any(|argument| argument == "long");
    println!(
        "{:<26} {:>9} {:>11} {:>9} {:>9} {:>9} {:>9}",
        "tasks", "ranks", "efficiency", "static", "rank 0", "tail/s", "cost/s"
    );
    let million = log_normal(1_000_000);
    for ranks in [16, 256, 4096, 16_384] {
        row("10^6 of 1 s", ranks, &million);
    }
    let short: Vec<VirtualTask> = million.iter().map(|task| scaled(*task, 0.01)).collect();
    for ranks in [256, 4096, 16_384] {
        row("10^6 of 10 ms", ranks, &short);
    }
    if is_long {
        row(
            "10^7 of 10 ms",
            16_384,
            &log_normal(10_000_000).into_iter().map(|task| scaled(task, 0.01)).collect::<Vec<_>>(),
        );
        row("2·10^7 of 1 s", 65_536, &log_normal(20_000_000));
    }
}

fn row(name: &str, ranks: usize, tasks: &[VirtualTask]) {
    let machine = Machine { ranks, threads: 1, ..Machine::default() };
    let begun = Instant::now();
    let run = simulate(&machine, tasks);
    println!(
        "{name:<26} {ranks:>9} {:>9.2} % {:>7.2} % {:>7.2} % {:>9.2} {:>9.1}",
        100.0 * run.efficiency,
        100.0 * run.static_efficiency,
        100.0 * run.leader_load,
        run.tail_seconds,
        begun.elapsed().as_secs_f64()
    );
}

fn scaled(task: VirtualTask, factor: f32) -> VirtualTask {
    VirtualTask { expected: task.expected * factor, seconds: task.seconds * factor }
}

fn log_normal(count: usize) -> Vec<VirtualTask> {
    let mut stream = RandomStream::from_seed([20; 32]);
    let mut normals = Normals::new(stream.substream(1));
    let task = |_| {
        let seconds = (normals.draw() - 0.5).exp();
        let expected = seconds * FACTOR.powf(2.0 * stream.uniform() - 1.0);
        VirtualTask { expected: expected as f32, seconds: seconds as f32 }
    };
    (0..count).map(task).collect()
}
