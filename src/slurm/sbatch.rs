//! Starts Slurm's programs. Each has a limit of time, because they block while slurmctld is down.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::error::SlurmError;
use super::job::JobId;

/// How long Slurm may take to do what it is asked to.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// What a job inherits of these would decide for the next one.
const INHERITED: [&str; 6] = ["SLURM_", "SBATCH_", "SRUN_", "PMI_", "PMIX_", "OMPI_COMM_WORLD_"];
/// Where Slurm is, which is not a matter of any job.
const KEPT: &str = "SLURM_CONF";

/// Sends a job with this script, whose working directory is `folder`, and returns its number.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn submit(script: &[u8], folder: &Path, options: &[String]) -> Result<JobId, SlurmError> {
    let mut chdir = OsString::from("--chdir=");
    chdir.push(folder);
    let mut arguments: Vec<OsString> = vec!["--parsable".into(), chdir];
    arguments.extend(options.iter().map(OsString::from));
    JobId::of_answer(&answer("sbatch", &arguments, Some(script), PATIENCE)?)
}

/// Ends jobs for good.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn cancel(jobs: &[JobId]) -> Result<(), SlurmError> {
    let arguments: Vec<OsString> = jobs.iter().map(|job| job.as_str().into()).collect();
    answer("scancel", &arguments, None, PATIENCE).map(drop)
}

/// Puts a job back into the queue, under its own number.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn requeue(job: &JobId) -> Result<(), SlurmError> {
    answer("scontrol", &["requeue".into(), job.as_str().into()], None, PATIENCE).map(drop)
}

/// What `scontrol` knows of a job, or of Slurm's configuration.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn show(what: &[&str]) -> Result<String, SlurmError> {
    let arguments: Vec<OsString> = std::iter::once(&"show").chain(what).map(OsString::from).collect();
    answer("scontrol", &arguments, None, PATIENCE)
}

/// The lines of `squeue` for all jobs of this name, in this format.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn squeue(selection: &str, format: &str, patience: Duration) -> Result<String, SlurmError> {
    let format = format!("--format={format}");
    let arguments = ["--noheader", "--states=all", selection, &format].map(OsString::from);
    answer("squeue", &arguments, None, patience)
}

/// The lines of `sinfo` in this format, of one partition or of all.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn sinfo(format: &str, partition: Option<&str>) -> Result<String, SlurmError> {
    let mut arguments = vec![OsString::from("--noheader"), format!("--format={format}").into()];
    arguments.extend(partition.map(|name| format!("--partition={name}").into()));
    answer("sinfo", &arguments, None, PATIENCE)
}

/// The kinds of MPI that `srun` can start; the list is on its standard error in some versions.
///
/// # Errors
/// Slurm was not found, does not answer in time, or refuses.
pub(crate) fn kinds_of_mpi() -> Result<String, SlurmError> {
    let output = output("srun", &["--mpi=list".into()], None, PATIENCE)?;
    Ok(output.text + &output.message)
}

fn answer(
    program: &'static str,
    arguments: &[OsString],
    input: Option<&[u8]>,
    patience: Duration,
) -> Result<String, SlurmError> {
    let Output { status, text, message } = output(program, arguments, input, patience)?;
    if status.success() {
        return Ok(text);
    }
    let said = message.trim().replace('\n', "; ");
    Err(SlurmError::Refused { program, message: if said.is_empty() { status.to_string() } else { said } })
}

/// What a program has printed.
struct Output {
    status: ExitStatus,
    text: String,
    message: String,
}

fn output(
    program: &'static str,
    arguments: &[OsString],
    input: Option<&[u8]>,
    patience: Duration,
) -> Result<Output, SlurmError> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        let is_inherited = name
            .to_str()
            .is_some_and(|name| name != KEPT && INHERITED.iter().any(|beginning| name.starts_with(beginning)));
        if is_inherited {
            command.env_remove(name);
        }
    }
    // Times are compared with the clock.
    command.env("SLURM_TIME_FORMAT", "%s");
    let no_start = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound => SlurmError::Absent { program },
        _ => SlurmError::NoStart { program, source },
    };
    let mut child = command.spawn().map_err(no_start)?;
    let input = input.map(<[u8]>::to_vec).unwrap_or_default();
    let stdin = child.stdin.take();
    let feed = start(move || {
        // A program that does not read its input says why on its standard error.
        let _ = stdin.map(|mut stdin| stdin.write_all(&input));
        String::new()
    });
    let (text, message) = (start_reading(child.stdout.take()), start_reading(child.stderr.take()));
    let status = await_end(&mut child, program, patience);
    if status.is_err() {
        // It hangs, and nothing of it is wanted any more.
        let _ = child.kill().and_then(|()| child.wait());
    }
    let status = status?;
    let ended = |thread: std::io::Result<JoinHandle<String>>| {
        let source = || std::io::Error::other("a thread that reads its output does not work");
        let thread = thread.map_err(|source| SlurmError::NoStart { program, source })?;
        thread.join().map_err(|_| SlurmError::NoStart { program, source: source() })
    };
    ended(feed)?;
    Ok(Output { status, text: ended(text)?, message: ended(message)? })
}

fn await_end(child: &mut Child, program: &'static str, patience: Duration) -> Result<ExitStatus, SlurmError> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if started.elapsed() < patience => std::thread::sleep(LOOK_INTERVAL),
            Ok(None) => return Err(SlurmError::NoAnswer { program, seconds: patience.as_secs_f64() }),
            Err(source) => return Err(SlurmError::NoStart { program, source }),
        }
    }
}

fn start(work: impl FnOnce() -> String + Send + 'static) -> std::io::Result<JoinHandle<String>> {
    std::thread::Builder::new().name("slurm".into()).spawn(work)
}

fn start_reading(pipe: Option<impl Read + Send + 'static>) -> std::io::Result<JoinHandle<String>> {
    start(move || {
        let mut bytes = Vec::new();
        // What could not be read is missing in what is parsed, and is found there.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_and_one_that_hangs_are_named() {
        let absent = answer("microzone-no-such-program", &[], None, PATIENCE).unwrap_err();
        assert!(matches!(absent, SlurmError::Absent { .. }), "{absent}");
        let started = Instant::now();
        let hanging = answer("sleep", &["1000".into()], None, Duration::from_millis(100)).unwrap_err();
        assert!(matches!(hanging, SlurmError::NoAnswer { .. }), "{hanging}");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn input_goes_in_and_output_comes_out() {
        let long = "line\n".repeat(100_000);
        assert_eq!(answer("cat", &[], Some(long.as_bytes()), PATIENCE).unwrap(), long);
        let refused = answer("ls", &["/no/such/folder".into()], None, PATIENCE).unwrap_err();
        assert!(refused.to_string().contains("`ls` refuses: "), "{refused}");
    }
}
