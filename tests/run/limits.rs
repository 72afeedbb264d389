//! Machines with limits: on processes, sizes of files, memory, room for the output, and names of files. Each ends in a
//! sentence and the code for the environment, or makes no difference.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::launch::{self, Launcher, mpirun, with_mpi};
use crate::place::Place;
use crate::products::{Products, tree};
use crate::running::{Ended, Running};

const SWEEP: &str = r#"
[sweep]
name = "limits"
experiment = "null"
seed = 4
replicates = 60

[grid]
index = [1, 2]
"#;

/// No encoding of text has this byte.
const NO_TEXT: &[u8] = b"n\xff";

fn ended(command: Command) -> Ended {
    ended_with(command, &[])
}

fn ended_with(command: Command, variables: &[(&str, &str)]) -> Ended {
    let ended = launch::start(command, &[], variables).wait();
    assert!(!ended.errors.contains("panicked"), "a panic: {ended}");
    ended
}

/// The program with its arguments, as a script calls it by `"$@"`.
fn scripted(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", script, "bash"]).arg(with_mpi()).args(arguments);
    command
}

fn limited(limit: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("prlimit");
    command.arg(limit).arg(with_mpi()).args(arguments);
    command
}

/// Programs that may have only a few threads.
struct Crowded {
    place: Place,
    binary: PathBuf,
    /// No other program has processes of this user, so that the limit counts those of the test only. Root has no limit.
    user: Option<u32>,
}

/// Where a test may not change its user, the library that refuses threads stands for the limit.
const REFUSAL: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static int started;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    return started++ < atoi(getenv("TEST_THREADS")) ? real(thread, attributes, start, argument) : EAGAIN;
}
"#;

impl Crowded {
    fn new() -> Self {
        let place = Place::new();
        let open = |path: &str| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
        open(&place.path(""));
        // Where any user can read it.
        let binary = PathBuf::from(place.path("microzone"));
        fs::copy(with_mpi(), &binary).unwrap();
        open(binary.to_str().unwrap());
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        if !is_root {
            let source = place.file("refusal.c", REFUSAL);
            let mut compiler = Command::new("cc");
            compiler.args(["-shared", "-fPIC", "-o", &place.path("refusal.so"), &source, "-ldl"]);
            assert!(compiler.status().unwrap().success(), "{compiler:?}");
        }
        Self { place, binary, user: is_root.then(|| 2_000_000_000 + std::process::id()) }
    }

    /// The program, or this many ranks of it, each with at most that many threads in addition to its first.
    fn ended(&self, ranks: Option<usize>, threads: usize, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut words: Vec<String> = Vec::new();
        match self.user {
            Some(user) => {
                words.extend(["prlimit".into(), format!("--nproc={}", ranks.unwrap_or(1) + threads), "setpriv".into()]);
                words.extend([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".into()]);
            }
            None => words.extend([
                "env".into(),
                format!("TEST_THREADS={threads}"),
                format!("LD_PRELOAD={}", self.place.path("refusal.so")),
            ]),
        }
        let mut command = match ranks {
            Some(ranks) => mpirun(ranks, Path::new(&words[0])),
            None => Command::new(&words[0]),
        };
        command.args(&words[1..]).arg(&self.binary).args(arguments);
        ended_with(command, variables)
    }
}

#[test]
fn verbs_that_read_need_no_thread_but_their_first() {
    let crowded = Crowded::new();
    let sweep = crowded.place.file("sweep.toml", SWEEP);
    let out = crowded.place.computed(&sweep, "results", 0);
    for arguments in [&["table", &out][..], &["plan", &sweep, "--out", &out], &["status", &out], &["verify", &out]] {
        let wanted = Launcher::Alone.run(arguments).expect(0).output;
        let cpus = |text: &str| text.lines().filter(|line| !line.starts_with("share")).collect::<String>();
        for threads in [0, 1, 3] {
            let found = crowded.ended(None, threads, arguments, &[]).expect(0).output;
            assert_eq!(cpus(&found), cpus(&wanted));
        }
    }
    for count in ["0", "1", "3", "many", "100000"] {
        let variables = [("RAYON_NUM_THREADS", count)];
        crowded.ended(None, 0, &["table", &out], &variables).expect(0);
        ended_with(limited("--core=0", &["table", &out]), &variables).expect(0);
    }
}

#[test]
fn a_run_says_which_thread_it_cannot_start() {
    let crowded = Crowded::new();
    let sweep = crowded.place.file("sweep.toml", SWEEP);
    for count in ["1", "5"] {
        for threads in 0..3 {
            let out = crowded.place.path(&format!("{count}-{threads}"));
            let run = ["run", &sweep, "--out", &out, "--threads", count];
            crowded.ended(None, threads, &run, &[]).expect(6).says(&["microzone: ", "cannot start ", "`ulimit -u`"]);
            Launcher::Ranks(2).run(&run).expect(0);
            crowded.place.reference(&sweep, 0).assert_equal(&Products::read(&out), "resumed");
        }
    }
    let out = crowded.place.path("ranks");
    let ended = crowded.ended(Some(2), 0, &["run", &sweep, "--out", &out], &[]);
    ended.expect(6).says(&["cannot start the thread that waits for signals", "`ulimit -u`"]);
}

#[test]
fn a_file_beyond_the_limit_is_named() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let done = place.computed(&sweep, "done", 0);
    std::fs::remove_file(format!("{done}/results.h5")).unwrap();
    let before = tree(&done);
    let out = place.path("results");
    ended(limited("--fsize=4096", &["run", &sweep, "--out", &out])).expect(6).says(&[&out, "File too large"]);
    ended(limited("--fsize=4096", &["reduce", &done])).expect(6).says(&[&done, "File too large"]);
    assert_eq!(tree(&done), before);
    ended(limited("--fsize=1000", &["experiments", "reaching"])).expect(6).says(&["standard output: File too large"]);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "resumed");
}

#[test]
fn output_that_cannot_be_printed_is_not_success() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let verbs: [&[&str]; 17] = [
        &["table", &out],
        &["table", &out, "--format", "csv"],
        &["plan", &sweep],
        &["status", &out],
        &["status", &out, "--format", "json"],
        &["verify", &out],
        &["reduce", &out],
        &["run", &sweep, "--only", "index=1, replicate=2"],
        &["theory", "capacity"],
        &["theory", "capacity", "--format", "json"],
        &["experiments"],
        &["experiments", "capacity"],
        &["doctor", &place.path("")],
        &["--help"],
        &["help", "run"],
        &["run", "--help"],
        &["--version"],
    ];
    for verb in verbs {
        let full = ended(scripted("exec \"$@\" >/dev/full", verb)).expect(6);
        full.says(&["microzone: standard output: No space left on device", "the output is cut off"]);
        // A reader that has left, such as `head`, and none from the start.
        ended(scripted("set -o pipefail; { sleep 0.1; \"$@\"; } | true", verb)).expect(0);
        ended(scripted("exec \"$@\" >&-", verb)).expect(0);
    }
    // What is wrong comes first.
    let unknown = ["theory", "nothing"];
    ended(scripted("exec \"$@\" >/dev/full", &unknown)).expect(2);
    let failing = place.file("failing.toml", &format!("{SWEEP}[fixed]\noutcome = \"error\"\n"));
    let only = ["run", &failing, "--only", "index=1, replicate=2"];
    ended(scripted("exec \"$@\" >/dev/full", &only)).expect(3).says(&["standard output: "]);
}

#[test]
fn news_that_cannot_be_written_makes_no_difference() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let reference = place.reference(&sweep, 0);
    for (number, end) in ["2>/dev/full", "2>&-", "<&- >&- 2>&-"].into_iter().enumerate() {
        let script = format!("exec \"$@\" {end}");
        let scripted = |arguments: &[&str]| scripted(&script, arguments);
        for (name, variables) in [("lines", ("MICROZONE_LOG", "trace")), ("bar", ("MICROZONE_PROGRESS", "bar"))] {
            let out = place.path(&format!("{name}-{number}"));
            ended_with(scripted(&["run", &sweep, "--out", &out]), &[variables]).expect(0);
            // A warning too.
            let shard = fs::read_dir(format!("{out}/shards")).unwrap().next().unwrap().unwrap().path();
            fs::write(shard, b"damaged").unwrap();
            ended_with(scripted(&["run", &sweep, "--out", &out, "--recompute-damaged"]), &[variables]).expect(0);
            reference.assert_equal(&Products::read(&out), &script);
        }
        ended(scripted(&["table", &place.path("nowhere")])).expect(2);
        ended(scripted(&["nonsense"])).expect(2);
        ended(scripted(&[])).expect(2);
    }
}

#[test]
fn names_that_are_not_text_work_where_hdf5_takes_them() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let reference = place.reference(&sweep, 0);
    let folder = Path::new(&place.path("")).join(OsStr::from_bytes(NO_TEXT));
    fs::create_dir(&folder).unwrap();
    let named = folder.join(OsStr::from_bytes(b"\xfe.toml"));
    fs::copy(&sweep, &named).unwrap();
    // The sweep file, alone and sent to other ranks; then the working directory.
    let out = place.path("ranks");
    for (name, mut command) in [("alone", Command::new(with_mpi())), ("ranks", mpirun(2, with_mpi()))] {
        command.arg("run").arg(&named).args(["--out", &place.path(name)]);
        ended(command).expect(0);
        reference.assert_equal(&Products::read(&place.path(name)), name);
    }
    let mut within = scripted("cd \"$MZ_FOLDER\" && \"$@\" && \"$1\" table results/limits", &["run", &sweep]);
    within.env("MZ_FOLDER", &folder);
    ended(within).expect(0);
    // A results directory: refused before anything is written.
    let before = (tree(&out), entries(&folder));
    let said = "the path is not valid UTF-8, which HDF5 cannot open";
    for verb in ["run", "plan"] {
        let mut command = Command::new(with_mpi());
        command.args([verb, &sweep, "--out"]).arg(folder.join("out"));
        ended(command).expect(2).says(&[said, "; choose another --out"]);
    }
    for verb in ["table", "status", "verify", "reduce"] {
        let mut command = Command::new(with_mpi());
        command.arg(verb).arg(folder.join("results/limits"));
        ended(command).expect(2).says(&[said]);
    }
    let mut doctor = Command::new(with_mpi());
    doctor.arg("doctor").arg(&folder);
    ended(doctor).expect(6).says(&[said]);
    assert_eq!((tree(&out), entries(&folder)), before);
}

fn entries(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn arguments_and_variables_that_are_not_text_are_refused_or_ignored() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let no_text = OsStr::from_bytes(NO_TEXT);
    let options: [&[&str]; 5] =
        [&[], &["table", &out, "--observable"], &["run", &sweep, "--only"], &["run", &sweep, "--threads"], &["theory"]];
    for arguments in options {
        let mut command = Command::new(with_mpi());
        command.args(arguments).arg(no_text);
        ended(command).expect(2).says(&["error: "]);
    }
    let mut command = Command::new(with_mpi());
    command.args(["run", &sweep, "--out", &place.path("variables")]);
    for variable in [
        "MICROZONE_LOG",
        "MICROZONE_PROGRESS",
        "OMPI_COMM_WORLD_SIZE",
        "PMI_SIZE",
        "SLURM_NTASKS",
        "SLURM_CPUS_PER_TASK",
        "RAYON_NUM_THREADS",
        "HYDI_CONTROL_FD",
    ] {
        command.env(variable, no_text);
    }
    // The launch removes those of its size; what is set again here comes later.
    Running::start(command).wait().expect(0);
    let folder = Path::new(&place.path("")).join(no_text);
    fs::create_dir(&folder).unwrap();
    let mut verify = Command::new(with_mpi());
    verify.args(["verify", &out]).env("TMPDIR", &folder);
    ended(verify).expect(6).says(&["which HDF5 cannot open; set TMPDIR to another folder"]);
}

#[test]
fn memory_that_is_not_there_is_a_sentence() {
    let place = Place::new();
    let many = SWEEP.replace("replicates = 60", "replicates = 1000000").replace("[1, 2]", "[1, 2, 3, 4, 5, 6, 7, 8]");
    let sweep = place.file("sweep.toml", &many);
    let mut without_memory = 0;
    for megabytes in [60, 100, 150, 200] {
        let limit = format!("--as={}", megabytes * 1_000_000);
        let ended = ended_with(limited(&limit, &["plan", &sweep]), &[("RAYON_NUM_THREADS", "1")]);
        match ended.code {
            // Before the program begins its libraries have to be loaded; and a machine may need less than another.
            Some(0 | 127) => {}
            _ => {
                ended.expect(6).says(&["microzone: no memory for ", " bytes; ", "`ulimit -v`"]);
                without_memory += 1;
            }
        }
    }
    assert!(without_memory > 0, "nothing was out of memory");
}

#[test]
fn a_signal_in_the_first_moments_of_a_run_stops_it() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &format!("{SWEEP}[fixed]\nduration = 0.2\n"));
    for attempt in 0..30 {
        let out = place.path(&attempt.to_string());
        let mut running = Launcher::Alone.start(&["run", &sweep, "--out", &out, "--threads", "1"]);
        let pid = running.pid();
        while !has_begun(pid) {
            assert!(!running.has_ended(), "nothing was seen of the beginning");
        }
        std::thread::sleep(std::time::Duration::from_micros(300 * attempt));
        // SAFETY: the process is a child that has not been waited for.
        unsafe { libc::kill(pid as i32, libc::SIGTERM) };
        running.wait().expect(75).says(&["stopped by a signal"]);
        Launcher::Alone.run(&["verify", &out]).expect(0);
    }
}

/// Whether the program has done the first thing that can be seen from outside, which is to ignore limits of files.
fn has_begun(pid: u32) -> bool {
    let signals = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let ignored = signals.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 << (libc::SIGXFSZ - 1) != 0
}
