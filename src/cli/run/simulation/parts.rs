//! Tests in several processes at a time: HDF5 lets only one thread of a process work.

use std::process::{Command, Stdio};

use rayon::ThreadPoolBuilder;

use super::reference;

const VARIABLE: &str = "MICROZONE_SIMULATION_PART";

/// Every so many-th.
#[derive(Clone, Copy)]
pub(super) struct Part {
    first: u64,
    of: u64,
}

impl Part {
    pub(super) fn has(self, number: u64) -> bool {
        number % self.of == self.first
    }
}

/// Does the work of this test, which is in this module, in one process per processor; the lines that they print. None
/// in each of these processes.
pub(super) fn in_parts(test: &str, work: impl FnOnce(Part)) -> Option<Vec<String>> {
    if let Ok(text) = std::env::var(VARIABLE) {
        let (first, of) = text.split_once('/').unwrap();
        // This thread does what the program would have several threads do, which for so few tasks takes longer.
        let _pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().unwrap();
        // Before anything is put in that makes them wrong.
        reference::compute_all();
        work(Part { first: first.parse().unwrap(), of: of.parse().unwrap() });
        return None;
    }
    let of = std::thread::available_parallelism().map_or(1, usize::from);
    let start = |first: usize| {
        let name = format!("cli::run::simulation::{test}");
        Command::new(std::env::current_exe().unwrap())
            .args([&name, "--exact", "--nocapture", "--include-ignored"])
            .env(VARIABLE, format!("{first}/{of}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let started: Vec<_> = (0..of).map(start).collect();
    let ended: Vec<_> = started.into_iter().map(|process| process.wait_with_output().unwrap()).collect();
    let said: Vec<String> = ended.iter().map(|ended| String::from_utf8_lossy(&ended.stdout).into_owned()).collect();
    assert!(ended.iter().all(|ended| ended.status.success()), "{}", said.concat());
    Some(said.concat().lines().map(String::from).collect())
}
