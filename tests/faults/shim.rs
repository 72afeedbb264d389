//! Faults of system calls, by a library that is loaded into the program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::launch::Launcher;
use crate::running::Running;

pub(crate) const NO_SPACE: i32 = 28;
pub(crate) const INPUT_OUTPUT: i32 = 5;
pub(crate) const QUOTA: i32 = 122;

/// What happens to the call; `shim.c` says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Fail,
    /// It and all later ones.
    From,
    Short,
    /// Half of it is done, and all later ones fail.
    Half,
    Kill,
    /// Half of it is done, and the process is killed.
    Tear,
    Stop,
}

#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Names of system calls with commas between.
    pub(crate) calls: String,
    /// Only for paths in the directory that contain this.
    pub(crate) file: &'static str,
    /// The number of the call, from 1; 0 only counts.
    pub(crate) at: u64,
    pub(crate) what: What,
    pub(crate) error: i32,
    /// In all ranks if none.
    pub(crate) rank: Option<usize>,
}

impl Fault {
    pub(crate) fn new(calls: &str, at: u64, what: What) -> Self {
        // A full disk stops no reader.
        let error = if calls == "read" { INPUT_OUTPUT } else { error(at) };
        Self { calls: calls.into(), file: "", at, what, error, rank: None }
    }

    /// Launches the program with this fault for files in `out`.
    pub(crate) fn start(&self, launcher: Launcher, arguments: &[&str], out: &str) -> (Running, Report) {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report");
        let [at, error] = [self.at.to_string(), self.error.to_string()];
        let what = format!("{:?}", self.what).to_lowercase();
        let rank = self.rank.map(|rank| rank.to_string());
        let mut variables = vec![
            ("LD_PRELOAD", library().to_str().unwrap()),
            ("MICROZONE_FAULT_UNDER", out),
            ("MICROZONE_FAULT_CALLS", &self.calls),
            ("MICROZONE_FAULT_FILE", self.file),
            ("MICROZONE_FAULT_AT", &at),
            ("MICROZONE_FAULT_DO", &what),
            ("MICROZONE_FAULT_ERRNO", &error),
            ("MICROZONE_FAULT_REPORT", report.to_str().unwrap()),
        ];
        variables.extend(rank.as_deref().map(|rank| ("MICROZONE_FAULT_RANK", rank)));
        let running = launcher.start_with(arguments, &variables);
        (running, Report { folder })
    }
}

/// The errors of a disk in turn.
fn error(at: u64) -> i32 {
    [NO_SPACE, INPUT_OUTPUT, QUOTA][at as usize % 3]
}

/// What the library reports, even after its process was killed.
pub(crate) struct Report {
    folder: tempfile::TempDir,
}

impl Report {
    /// The calls that counted, in the rank with the most.
    pub(crate) fn calls(&self) -> u64 {
        self.files().iter().map(|bytes| u64::from_le_bytes(bytes[..8].try_into().unwrap())).max().unwrap_or(0)
    }

    /// The path of the first call that the fault came to, relative to the directory; none if it came to none.
    pub(crate) fn struck(&self) -> Option<String> {
        let files = self.files();
        let bytes = files.iter().find(|bytes| bytes[8] == 1)?;
        let path = bytes[16..].split(|byte| *byte == 0).next().unwrap();
        Some(String::from_utf8_lossy(path).into_owned())
    }

    fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let files = entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        // A process that was killed while it made its report did nothing else yet.
        files.filter(|bytes| bytes.len() == 4096).collect()
    }
}

/// Compiled once a run of the tests.
pub(crate) fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(folder).unwrap();
        let library = folder.join("faults.so");
        // Other tests may have the one that is there loaded.
        let made = folder.join(format!("faults-{}.so", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let mut command = Command::new("cc");
        command.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]).arg(&made).arg(source);
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
        std::fs::rename(made, &library).unwrap();
        library
    })
}

/// The library does what it is told, otherwise all other tests would be worthless.
mod tests {
    use super::*;
    use crate::bench::Bench;

    /// Each kind of call is counted where the program makes it, and a failing one reaches the program.
    #[test]
    fn the_library_counts_and_strikes() {
        let bench = Bench::new();
        for call in ["write", "fsync", "rename", "open", "mkdir", "unlink", "close", "read"] {
            let out = bench.fresh();
            let (running, report) = Fault::new(call, 0, What::Fail).start(Launcher::Alone, &bench.run(&out), &out);
            running.wait().expect(0);
            assert!(report.calls() >= 3, "{} calls of {call}", report.calls());
            assert_eq!(report.struck(), None);
        }
        let out = bench.fresh();
        let fault = Fault { error: NO_SPACE, file: "sweep.toml", ..Fault::new("write", 1, What::From) };
        let (running, report) = fault.start(Launcher::Alone, &bench.run(&out), &out);
        running.wait().expect(6).says(&["os error 28", "sweep.toml"]);
        assert_eq!(report.struck().as_deref(), Some("sweep.toml"));
    }

    #[test]
    fn the_library_kills_and_stops() {
        let bench = Bench::new();
        for what in [What::Kill, What::Tear] {
            let out = bench.fresh();
            let (running, report) = Fault::new("write", 2, what).start(Launcher::Alone, &bench.run(&out), &out);
            assert_eq!(running.wait().code, None, "{what:?}");
            assert_eq!(report.calls(), 2, "{what:?}");
        }
        let out = bench.fresh();
        let (mut running, report) = Fault::new("rename", 1, What::Stop).start(Launcher::Alone, &bench.run(&out), &out);
        crate::running::await_until("the stop", || report.struck());
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(!running.has_ended());
        crate::running::signal(running.pid(), "CONT");
        running.wait().expect(0);
    }
}
