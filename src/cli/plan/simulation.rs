//! How well the real scheduler would keep a larger machine busy with what is left of a sweep.

use std::time::Duration;

use crate::cli::time;
use crate::duration::measured;
use crate::random::RandomStream;
use crate::schedule::Pending;
use crate::schedule::simulation::{Machine, Simulated, VirtualTask, simulate};

/// A task takes between 1/FACTOR and FACTOR times as long as expected.
const FACTOR: f64 = 1.5;
/// More ranks than any machine has.
const MOST_RANKS: u32 = 1 << 20;

/// What to simulate.
#[derive(clap::Args)]
pub(super) struct Request {
    /// Run the real scheduler on a virtual machine with so many ranks; each task takes its expected time times a factor
    /// drawn between 1/1.5 and 1.5 (several numbers: 16,256,4096)
    #[arg(long, value_name = "N,…", value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_RANKS)))]
    simulate_ranks: Vec<u32>,
    /// Of the virtual machine: the time of a short message from rank to rank; the default is an assumption
    #[arg(long, value_name = "TIME", default_value = "20us", value_parser = time::read, requires = "simulate_ranks")]
    latency: Duration,
    /// Of the virtual machine: bytes per second from rank to rank; the default is an assumption
    #[arg(long, value_name = "B/s", default_value = "1e9", value_parser = bytes_per_second,
        requires = "simulate_ranks")]
    bandwidth: f64,
    /// Of the virtual machine: the time that rank 0 needs for a message; the default was measured with 8 ranks (`cargo
    /// bench --features mpi --bench leader` measures it)
    #[arg(long, value_name = "TIME", default_value = "8us", value_parser = time::read,
        requires = "simulate_ranks")]
    message_cost: Duration,
}

/// A simulated run, as `plan` prints it.
#[derive(Clone, Copy, serde::Serialize)]
pub(super) struct Entry {
    ranks: usize,
    seconds: f64,
    efficiency: f64,
    leader_load: f64,
    static_efficiency: f64,
    tail_seconds: f64,
}

impl Request {
    /// Simulates what is pending, once for each number of ranks, if that is asked for; no runs if nothing is pending.
    pub(super) fn simulated(&self, pending: &[Pending], threads: usize) -> Option<Vec<Entry>> {
        if self.simulate_ranks.is_empty() || pending.is_empty() {
            return (!self.simulate_ranks.is_empty()).then(Vec::new);
        }
        let tasks = with_durations(pending);
        let ranks = self.simulate_ranks.iter().map(|ranks| *ranks as usize);
        let Self { latency, bandwidth, message_cost, .. } = *self;
        let entry = |ranks| {
            let Simulated { seconds, efficiency, static_efficiency, leader_load, tail_seconds } =
                simulate(&Machine { ranks, threads, latency, bandwidth, message_cost }, &tasks);
            Entry { ranks, seconds, efficiency, leader_load, static_efficiency, tail_seconds }
        };
        Some(ranks.map(entry).collect())
    }
}

/// Tasks that take as long as expected, but for a factor that is the same whenever this is simulated.
fn with_durations(pending: &[Pending]) -> Vec<VirtualTask> {
    let mut stream = RandomStream::from_seed(*blake3::hash(b"microzone plan --simulate-ranks").as_bytes());
    let mut with_duration = |expected: f32| {
        let factor = FACTOR.powf(2.0 * stream.uniform() - 1.0);
        VirtualTask { expected, seconds: (f64::from(expected) * factor) as f32 }
    };
    pending.iter().map(|task| with_duration(task.seconds)).collect()
}

fn bytes_per_second(text: &str) -> Result<f64, String> {
    let is_fit = |number: &f64| number.is_finite() && *number >= 1.0;
    text.parse().ok().filter(is_fit).ok_or_else(|| format!("`{text}` is no number of bytes per second, such as 1e9"))
}

/// The runs for people, one line each below the head.
pub(super) fn lines(entries: &[Entry]) -> Vec<String> {
    if entries.is_empty() {
        return vec!["nothing is left to compute".into()];
    }
    let cells = |[ranks, time, efficiency, load, dealt_out, tail]: [String; 6]| {
        format!("{ranks:>7} {time:>12} {efficiency:>11} {load:>12} {dealt_out:>10} {tail:>12}")
    };
    let head = ["ranks", "time", "efficiency", "rank 0 busy", "dealt out", "last part"].map(String::from);
    let percent = |part: f64| format!("{:.1} %", 100.0 * part);
    let row = |entry: &Entry| {
        cells([
            entry.ranks.to_string(),
            measured(entry.seconds),
            percent(entry.efficiency),
            percent(entry.leader_load),
            percent(entry.static_efficiency),
            measured(entry.tail_seconds),
        ])
    };
    std::iter::once(cells(head)).chain(entries.iter().map(row)).collect()
}
