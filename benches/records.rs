//! What it costs to look at many records: CPU seconds and memory of whole processes.
//!
//! `cargo bench --features mpi --bench records [-- POINTS REPLICATES]`; 1000 points × 1000 replicates by default. The
//! records are made up, in the shards and with the values that a run would have left.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use microzone::experiment::Outcome;
use microzone::random::RandomStream;
use microzone::store::{Directory, Record, shard};
use microzone::sweep::{Identities, Sweep, Task};

/// Records of a shard of a run.
const OF_SHARD: usize = 1 << 18;

/// Asks this program to make up the records of a directory.
const MAKE_UP: &str = "--make-up";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, sweep_file, out, ..] = &words[..]
        && first == MAKE_UP
    {
        println!("{}", make_up(sweep_file.as_ref(), out.as_ref()));
        return;
    }
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (points, replicates) = (numbers.next().unwrap_or(1000), numbers.next().unwrap_or(1000));
    let folder = tempfile::tempdir().expect("a temporary folder");
    println!("{points} points x {replicates} replicates; CPU seconds and MB of each process");
    let verbs = ["status", "plan", "reduce", "run", "run again", "table", "verify"];
    println!("{:<10} {:>6}  {}", "", "values", verbs.map(|verb| format!("{verb:>14}")).join(" "));
    for (experiment, axis) in [("null", "index"), ("capacity", "load_limit"), ("reaching", "diffusion")] {
        let text = format!(
            "[sweep]\nname = \"records\"\nexperiment = \"{experiment}\"\nreplicates = {replicates}\n[grid]\n\
             {axis} = {{ start = 1, stop = {points}, steps = {points} }}\n"
        );
        let sweep_file = folder.path().join(format!("{experiment}.toml"));
        std::fs::write(&sweep_file, text).expect("the sweep file");
        let out = folder.path().join(experiment);
        // In a separate process, because the kernel counts the memory of the parent process as the child's.
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        let made = command.arg(MAKE_UP).arg(&sweep_file).arg(&out).output().expect("this program starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let width = String::from_utf8_lossy(&made.stdout).trim().to_string();
        let figures = verbs.map(|verb| {
            let arguments = match verb {
                "run" | "run again" => vec!["run".as_ref(), sweep_file.as_os_str(), "--out".as_ref(), out.as_os_str()],
                "plan" => vec!["plan".as_ref(), sweep_file.as_os_str(), "--out".as_ref(), out.as_os_str()],
                verb => vec![verb.as_ref(), out.as_os_str()],
            };
            let (seconds, megabytes) = cost(&arguments);
            format!("{:>14}", format!("{seconds:.2} s {megabytes:.0}"))
        });
        println!("{experiment:<10} {width:>6}  {}", figures.join(" "));
        std::fs::remove_dir_all(&out).expect("a directory");
    }
}

/// Makes a directory of the sweep with a made-up record of every task, and returns how many values the record of a
/// point's second replicate has. (Some observables are kept for the first replicate only.)
fn make_up(sweep_file: &Path, out: &Path) -> usize {
    let program = env!("CARGO_BIN_EXE_microzone");
    // Claims the directory, and computes the theory that there is.
    let mut claim = Command::new(program);
    claim.arg("run").arg(sweep_file).arg("--out").arg(out).args(["--time-limit", "1ms"]);
    claim.output().expect("the program starts");
    let sweep = Arc::new(Sweep::read(sweep_file).expect("a good sweep"));
    let identities = Identities::new(&sweep);
    let declaration = sweep.declaration();
    let mut stream = RandomStream::from_seed([1; 32]);
    let width_of = |replicate: usize| {
        let kept = |observable: &&microzone::experiment::Observable| {
            observable.kept == microzone::experiment::Kept::EveryReplicate || replicate == 0
        };
        declaration.observables.iter().filter(kept).map(|observable| observable.size()).sum::<usize>()
    };
    let flag = declaration.divergence_flag.and_then(|flag| declaration.offset(flag));
    let replicates = sweep.replicates as usize;
    for (number, start) in (0..sweep.tasks()).step_by(OF_SHARD).enumerate() {
        let record = |task: usize| {
            let mut values: Vec<f64> = (0..width_of(task % replicates)).map(|_| stream.uniform()).collect();
            if let Some(flag) = flag {
                values[flag] = 0.0;
            }
            Record { digest: identities.digest(Task(task as u32)), outcome: Outcome::Done(values) }
        };
        let records: Vec<Record> = (start..(start + OF_SHARD).min(sweep.tasks())).map(record).collect();
        let path = Directory::new(out).shards().join(format!("run-0001-rank-0000-{number}.h5"));
        shard::write(&path, &records).expect("a shard");
    }
    width_of(1)
}

/// CPU seconds and the largest memory in MB of one process.
#[allow(clippy::zombie_processes, reason = "wait4 waits for it")]
fn cost(arguments: &[&std::ffi::OsStr]) -> (f64, f64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_microzone"));
    let child =
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut status = 0;
    // SAFETY: all zeros are a valid value of this structure of numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointers are to values that live until the call returns; the child is waited for here only.
    unsafe { libc::wait4(child.id() as i32, &raw mut status, 0, &raw mut usage) };
    assert_eq!(status, 0, "{arguments:?}");
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss as f64 * 1024.0 / 1e6)
}
