//! What a task costs that does nothing: dispatch, journal, shard, results; and the scan when a finished sweep is
//! resumed.
//!
//! `cargo bench --features mpi --bench dispatch [-- TASKS]`; a million tasks by default. Prints microseconds a task.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use microzone::cli::Agenda;
use microzone::results::Results;
use microzone::store::Directory;
use microzone::store::contents::{Contents, OnDamage};
use microzone::sweep::{Identities, Sweep};

fn main() {
    let tasks: u64 = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sweep_file = folder.path().join("null.toml");
    let text = format!(
        "[sweep]\nname = \"null\"\nexperiment = \"null\"\n[grid]\n\
         index = {{ start = 0, stop = {}, steps = {tasks} }}\n",
        tasks - 1
    );
    std::fs::write(&sweep_file, text).expect("the sweep file");

    println!("{tasks} tasks that do nothing; microseconds a task");
    println!("{:<28} {:>10} {:>10}", "", "dispatch", "all in");
    for (name, launcher, threads) in
        [("1 rank, 1 thread", None, 1), ("1 rank, 2 threads", None, 2), ("2 ranks, 1 thread each", Some("2"), 1)]
    {
        let out = folder.path().join(name);
        let wall = run(&sweep_file, &out, launcher, threads);
        let per_task = |duration: Duration| duration.as_secs_f64() * 1e6 / tasks as f64;
        println!("{name:<28} {:>10.2} {:>10.2}", per_task(dispatch_time(&out)), per_task(wall));
    }
    scan(&sweep_file, &folder.path().join("1 rank, 1 thread"));
}

/// The wall time of one whole process, merged results included.
fn run(sweep_file: &Path, out: &Path, launcher: Option<&str>, threads: u32) -> Duration {
    let program = env!("CARGO_BIN_EXE_microzone");
    let mut command = match launcher {
        None => Command::new(program),
        Some(ranks) => {
            let mut command = Command::new("mpirun");
            command.args(["-n", ranks, program]);
            command
        }
    };
    command.arg("run").arg(sweep_file).arg("--out").arg(out).args(["--threads", &threads.to_string()]);
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    let wall = start.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    wall
}

/// From the first task given out to the last shard written, as the run's own record has it.
fn dispatch_time(out: &Path) -> Duration {
    let text = std::fs::read(out.join("runs/run-0001.json")).expect("the run's record");
    let record: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let time = |name: &str| record[name].as_f64().expect("a time");
    Duration::from_secs_f64(time("end") - time("start"))
}

/// The parts of the scan at resume, in seconds.
fn scan(sweep_file: &Path, out: &Path) {
    let timed = |name: &str, start: Instant| println!("{name:<28} {:>10.2} s", start.elapsed().as_secs_f64());
    println!("\nresume");
    let start = Instant::now();
    let sweep = Arc::new(Sweep::read(sweep_file).expect("a good sweep"));
    let directory = Directory::new(out);
    directory.check_owner(&sweep).expect("the same sweep");
    timed("read the sweep", start);
    let scan = Instant::now();
    let contents = Contents::recover(&directory, OnDamage::Refuse, true).expect("undamaged");
    timed("read the records", scan);
    let identify = Instant::now();
    let identities = Identities::new(&sweep);
    assert!(Agenda::new(&sweep, &identities, &contents, false).pending.is_empty());
    timed("find what is missing", identify);
    timed("scan, all in", start);
    let merge = Instant::now();
    let results = Results::merge(&sweep, &identities, &contents).expect("results");
    timed("merge the results", merge);
    drop(results);
}
