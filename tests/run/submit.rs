//! `submit`, `cancel` and `job` without a Slurm, and with one that is made of small scripts. The real one is tested by
//! `tests/slurm/run`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SWEEP: &str = r#"
[sweep]
name = "submitted"
experiment = "null"
seed = 3
replicates = 5

[grid]
index = [1, 2, 3, 4]

[fixed]
duration = 0.01
"#;

/// A folder with a sweep, in which the program finds only the commands that a test has made.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(site.path("bin")).unwrap();
        fs::write(site.path("sweep.toml"), SWEEP).unwrap();
        site
    }

    /// With a Slurm of two nodes that has no jobs.
    fn with_slurm() -> Self {
        let site = Self::new();
        site.command("squeue", "true");
        site.command("sinfo", "echo 'test*|up|infinite|2|8|64000'");
        site.command("scontrol", "echo \"$*\" >> scontrol.log; echo 'JobState=RUNNING Reason=None PreemptTime=None'");
        site.command("sbatch", "echo \"$*\" > sbatch.log; cat > script.log; env > env.log; echo 12");
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, name: &str, body: &str) {
        let path = self.path("bin").join(name);
        let start = format!("#!/bin/bash\nPATH=/usr/bin:/bin\ncd '{}'\n", self.folder.path().display());
        fs::write(&path, format!("{start}{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_microzone"));
        command.args(arguments).current_dir(self.folder.path()).env("PATH", self.path("bin"));
        command.env("SLURM_JOB_ID", "12").env("SLURM_NTASKS", "1").env("SBATCH_QOS", "other").output().unwrap()
    }

    /// Runs the program, which shall end with this code, and returns what it has printed in both ways.
    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "not {part:?}: {text}");
}

#[test]
fn without_slurm_the_script_can_be_seen_and_nothing_is_written() {
    let site = Site::new();
    let script = site.ends(0, &["submit", "sweep.toml", "--dry-run", "--threads", "4"]);
    has(&script, "#SBATCH --cpus-per-task=4\n");
    has(&script, "#SBATCH --dependency=singleton\n");
    has(&site.ends(2, &["submit", "sweep.toml", "--dry-run"]), "give --threads");
    has(&site.ends(6, &["submit", "sweep.toml", "--threads", "4"]), "`squeue` was not found");
    assert!(!site.path("results").exists());
    fs::create_dir(site.path("empty")).unwrap();
    // Every job notes itself in its directory, so that there is none; were one noted, Slurm would have to be asked.
    has(&site.ends(0, &["cancel", "empty"]), "there is no job of this directory");
    fs::create_dir(site.path("empty/runs")).unwrap();
    fs::write(site.path("empty/runs/slurm-7.json"), "{}").unwrap();
    has(&site.ends(6, &["cancel", "empty"]), "`squeue` was not found");
    has(&site.ends(2, &["cancel", "nowhere"]), "there is no such directory");
}

#[test]
fn what_does_not_fit_and_what_is_misspelt_is_refused() {
    let site = Site::with_slurm();
    fs::write(site.path("bad.toml"), "partitions = \"a\"\n").unwrap();
    has(&site.ends(2, &["submit", "sweep.toml", "--profile", "bad.toml"]), "did you mean `partition`?");
    has(&site.ends(2, &["submit", "sweep.toml", "--profile", "none"]), "slurm/profiles/none.toml");
    has(&site.ends(2, &["submit", "sweep.toml", "--time", "2m"]), "--time 2m is too short");
    has(&site.ends(2, &["submit", "sweep.toml", "--threads", "9"]), "a node has 8");
    has(&site.ends(2, &["submit", "sweep.toml", "--partition", "a b"]), "not a name that Slurm allows");
    assert!(!site.path("sbatch.log").exists() && !site.path("results").exists());
}

#[test]
fn a_job_is_sent_without_what_another_job_has_left_in_the_environment_and_is_noted() {
    let site = Site::with_slurm();
    let said = site.ends(0, &["submit", "sweep.toml", "--time", "1h"]);
    has(&said, "job 12: 1 node with 1 rank of 8 threads, 1h at a time");
    let root = site.path("results/submitted").canonicalize().unwrap();
    has(&site.text("sbatch.log"), &format!("--parsable --chdir={}/runs", root.display()));
    has(&site.text("script.log"), "#SBATCH --time=60\n");
    let environment = site.text("env.log");
    assert!(!environment.contains("SLURM_JOB_ID") && !environment.contains("SBATCH_QOS"), "{environment}");
    assert_eq!(site.text("results/submitted/sweep.toml"), SWEEP);
    has(&site.text("results/submitted/runs/slurm-12.json"), "\"job\": \"12\"");
    // What sbatch says must be a number.
    site.command("sbatch", "cat > /dev/null; echo 'Submitted batch job 12'");
    has(&site.ends(6, &["submit", "sweep.toml", "--time", "1h"]), "which is not the number of a job");
    site.command("sbatch", "cat > /dev/null; echo 'sbatch: error: no' >&2; exit 1");
    has(&site.ends(6, &["submit", "sweep.toml", "--time", "1h"]), "`sbatch` refuses: sbatch: error: no");
}

#[test]
fn a_job_that_is_not_complete_goes_back_to_the_queue_and_one_that_is_ends() {
    let site = Site::with_slurm();
    site.ends(0, &["submit", "sweep.toml", "--time", "1h"]);
    let begin = ["job", "begin", "results/submitted", "--threads", "2"];
    has(&site.ends(0, &begin), "--threads\n2\n--grace\n20s\n");
    let end = ["job", "end", "results/submitted", "--threads", "2", "--code", "137"];
    has(&site.ends(75, &end), "it ended with the exit code 137 and is not complete; this start added 0 records");
    has(&site.text("scontrol.log"), "requeue 12\n");
    site.ends(0, &begin);
    site.ends(0, &["run", "results/submitted/sweep.toml", "--quiet", "--threads", "2"]);
    has(&site.ends(0, &end), "this start added 20 records; the sweep is complete");
    let record = site.text("results/submitted/runs/slurm-12.json");
    has(&record, "\"crashes\": 1");
    has(&site.ends(0, &["submit", "sweep.toml"]), "the sweep is complete; nothing was sent");
}

#[test]
fn starts_that_add_nothing_come_to_an_end() {
    let site = Site::with_slurm();
    site.ends(0, &["submit", "sweep.toml", "--time", "1h"]);
    let begin = ["job", "begin", "results/submitted", "--threads", "2"];
    let end = ["job", "end", "results/submitted", "--threads", "2", "--code", "6"];
    for last in [false, false, true] {
        site.ends(0, &begin);
        let said = site.ends(75, &end);
        assert_eq!(said.contains("3 starts in a row have added nothing"), last, "{said}");
    }
    assert_eq!(site.text("scontrol.log").matches("requeue").count(), 2);
    has(&site.ends(75, &begin), "3 starts in a row have added nothing");
}

#[test]
fn job_is_for_jobs() {
    let site = Site::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_microzone"));
    let output = command.args(["job", "begin", ".", "--threads", "1"]).env_remove("SLURM_JOB_ID").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!Path::new(&site.path("runs")).exists());
}
