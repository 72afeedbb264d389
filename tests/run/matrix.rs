//! The same bytes for any launch, any number of ranks and threads, and any kills in between.

use crate::kills::{Kills, resume_to_the_end};
use crate::launch::{Launcher, run_ranks_without_mpi};
use crate::place::Place;
use crate::products::Products;

/// Everything that results must not depend on.
pub(crate) struct Matrix {
    pub(crate) launchers: &'static [Launcher],
    pub(crate) threads: &'static [u16],
    /// How often a computation is killed before it is left to end.
    pub(crate) kills: &'static [usize],
}

const LAUNCHERS: [Launcher; 6] = [
    Launcher::WithoutMpi,
    Launcher::Alone,
    Launcher::Ranks(1),
    Launcher::Ranks(2),
    Launcher::Ranks(3),
    Launcher::Ranks(5),
];

pub(crate) const CAPACITY: &str = r#"
[sweep]
name = "matrix"
experiment = "capacity"
seed = 7
replicates = 4

[grid]
bistability = [0.0, 1.0]
learner = ["exact", "perceptron"]

[fixed]
inputs = 48
output_correlation = 0.5
epochs = 200
"#;

const INFORMATION: &str = r#"
[sweep]
name = "matrix"
experiment = "information"
seed = 5
replicates = 2

[grid]
diffusion = [0, 3300]
microzones = ["joined", "separated"]

[fixed]
input_frequency = 2.0
microzone_count = 2
surrounding_rate = 0.5
trials = 8
warm_up = 0.5
"#;

/// Records of 23 331 values.
const MOVEMENT: &str = r#"
[sweep]
name = "matrix"
experiment = "movement"
seed = 5
replicates = 3
streams = "paired"

[grid]
diffusion = [0, 3300]
accuracy = [0.001, 0.0]

[fixed]
time = 0.2
"#;

/// Runs that learn and one that is lost, whose values are not there; the first replicates keep the hand's paths.
const REACHING: &str = r#"
[sweep]
name = "matrix"
experiment = "reaching"
seed = 5
replicates = 2
streams = "paired"

[grid]
microzones = ["joined", "separated"]
cerebellar_gain = [2, 1000]

[fixed]
actuation = "torque"
movements = 8
"#;

pub(crate) const NULL: &str = r#"
[sweep]
name = "matrix"
experiment = "null"
seed = 11
replicates = 12

[grid]
outcome = ["value", "panic", "not-finite", "error"]
duration = [0.0, 0.02]

[fixed]
failing = 0.5
"#;

impl Matrix {
    /// Computes the sweep in every cell, each in a separate directory, and compares every byte with the first.
    pub(crate) fn check(&self, sweep: &str, code: i32) {
        let place = Place::new();
        let sweep = place.file("sweep.toml", sweep);
        let mut first: Option<Products> = None;
        let mut kills = Kills::new();
        for (&launcher, &threads, &rounds) in self.cells() {
            let how = format!("{launcher:?}, {threads} threads, {rounds} kills, {kills}");
            let out = place.path(&format!("{launcher:?}-{threads}-{rounds}"));
            for _ in 0..rounds {
                kills.round(launcher, &sweep, &out, threads, 0.6);
            }
            resume_to_the_end(launcher, &sweep, &out, threads, code);
            Launcher::Alone.run(&["verify", &out]).expect(0);
            let products = Products::read(&out);
            first.get_or_insert_with(|| products.clone()).assert_equal(&products, &how);
        }
    }

    fn cells(&self) -> impl Iterator<Item = (&Launcher, &u16, &usize)> {
        let pairs =
            self.launchers.iter().flat_map(|launcher| self.threads.iter().map(move |threads| (launcher, threads)));
        pairs.flat_map(|(launcher, threads)| self.kills.iter().map(move |kills| (launcher, threads, kills)))
    }
}

#[test]
fn capacity_has_the_same_bytes_however_it_is_computed() {
    Matrix { launchers: &LAUNCHERS, threads: &[1, 2], kills: &[0] }.check(CAPACITY, 0);
}

#[test]
fn information_has_the_same_bytes_however_it_is_computed() {
    Matrix { launchers: &LAUNCHERS, threads: &[1, 2], kills: &[0] }.check(INFORMATION, 0);
}

#[test]
fn snapshots_have_the_same_bytes_however_they_are_computed_and_killed() {
    Matrix { launchers: &[Launcher::Alone, Launcher::Ranks(2)], threads: &[1, 2], kills: &[0, 1] }.check(MOVEMENT, 0);
}

#[test]
fn reaching_has_the_same_bytes_however_it_is_computed_and_killed() {
    // Without optimisation, as the program without MPI is built, it would take minutes.
    Matrix { launchers: &[Launcher::Alone, Launcher::Ranks(2)], threads: &[1, 2], kills: &[0, 1] }.check(REACHING, 0);
}

#[test]
fn failing_tasks_have_the_same_bytes_however_they_are_computed() {
    Matrix { launchers: &LAUNCHERS, threads: &[1, 2], kills: &[0] }.check(NULL, 3);
}

#[test]
fn kills_leave_no_trace_in_any_cell() {
    Matrix { launchers: &[Launcher::WithoutMpi, Launcher::Alone, Launcher::Ranks(3)], threads: &[2], kills: &[2] }
        .check(NULL, 3);
}

#[test]
fn several_ranks_without_mpi_are_refused_and_write_nothing() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", NULL);
    let out = place.path("results");
    let ended = run_ranks_without_mpi(2, &["run", &sweep, "--out", &out]).expect(6);
    let refusals = ended.errors.matches("built without MPI").count();
    assert_eq!(refusals, 2, "not every rank refused: {ended}");
    assert!(!std::path::Path::new(&out).exists(), "something was written: {ended}");
}
