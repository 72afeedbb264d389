//! What a task costs that does nothing: dispatch, journal, shard, results; and when a finished sweep is resumed.
//!
//! `cargo bench --features mpi --bench dispatch [-- TASKS]`; a million tasks by default. Prints microseconds per task.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

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
    let wall = run(&sweep_file, &folder.path().join("1 rank, 1 thread"), None, 1);
    println!("{:<28} {:>10} {:>10.2}", "nothing left", "", wall.as_secs_f64() * 1e6 / tasks as f64);
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
