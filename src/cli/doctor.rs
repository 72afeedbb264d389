//! `microzone doctor`

use std::path::{Path, PathBuf};
use std::process::Command;

use super::results_directory::check_path;
use super::{Exit, Failure, doctor_slurm, machine};
use crate::schedule::launch::{self, Launch};
use crate::store::lock::Lock;
use crate::wording::counted;

/// Report which MPI, HDF5, Slurm, file system and CPU this binary sees, and what to do about anything missing
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone doctor\n  microzone doctor /scratch/me   # can results live there?\n  \
    microzone doctor --slurm > mysite.toml   # a profile for `microzone submit --profile mysite.toml`")]
pub(super) struct Arguments {
    /// A directory that results will be written to
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Print a profile for `microzone submit`, proposed from what Slurm reports about its nodes
    #[arg(long)]
    pub slurm: bool,
    /// Propose it for this partition instead of Slurm's default
    #[arg(long, value_name = "NAME", requires = "slurm")]
    pub partition: Option<String>,
}

/// # Errors
/// Something that a run needs is missing; what to do has been printed.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.slurm {
        return doctor_slurm::run(arguments.partition.as_deref());
    }
    say!("microzone   {} ({})", env!("CARGO_PKG_VERSION"), env!("MICROZONE_COMMIT"));
    say!("cpu         {} of this host for this process ({})", machine::threads(1), machine::processors());
    say!("simd        {}", simd());
    say!("hdf5        {}", hdf5_version());
    let mut remedies = Vec::new();
    match launch::mpi_library() {
        Some(library) => say!("mpi         {library}"),
        None => say!("mpi         none in this binary; for several ranks: cargo build --release --features mpi"),
    }
    say!("launchers   {}", found(&["mpirun", "mpiexec", "srun"]));
    let launched = Launch::detect(|name| std::env::var(name).ok());
    match (launched.told, launched.connect()) {
        (Some((variable, told)), Ok(_)) => say!("launch      {} ({variable})", counted(told, "rank")),
        (None, Ok(_)) => say!("launch      alone, threads only"),
        (_, Err(error)) => remedies.push(error.to_string()),
    }
    say!("slurm       {}", slurm());
    match check_directory(&arguments.dir) {
        Ok(locks) => say!("directory   {} is writable; {}", arguments.dir.display(), locks_in_words(locks)),
        Err(reason) => remedies.push(reason),
    }
    match remedies.is_empty() {
        true => Ok(Exit::Complete),
        false => Err(Failure::new(Exit::Environment, remedies.join("\n"))),
    }
}

fn simd() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return "AVX2 (same bits as without)";
    }
    "baseline"
}

fn hdf5_version() -> String {
    let (major, minor, release) = hdf5::library_version();
    format!("{major}.{minor}.{release}")
}

fn found(programs: &[&str]) -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &&&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let found: Vec<&str> = programs.iter().filter(is_there).copied().collect();
    if found.is_empty() {
        "none; on Debian: apt install mpich, or load your site's MPI module".into()
    } else {
        found.join(", ")
    }
}

fn slurm() -> String {
    if let Ok(job) = std::env::var("SLURM_JOB_ID") {
        return format!("inside job {job}");
    }
    let version = Command::new("sinfo").arg("--version").output();
    match version.ok().filter(|output| output.status.success()) {
        Some(output) => String::from_utf8_lossy(&output.stdout).trim().to_string(),
        None => "none here (needed only to submit jobs)".into(),
    }
}

/// Whether the directory has locks, if results can be written there.
fn check_directory(dir: &Path) -> Result<bool, String> {
    const REMEDY: &str = "choose another --out";
    check_path(dir, Exit::Usage, REMEDY).map_err(|failure| failure.message)?;
    try_directory(dir).map_err(|reason| format!("{}: {reason}; {REMEDY}", dir.display()))
}

fn try_directory(dir: &Path) -> Result<bool, String> {
    let path = dir.join(format!(".microzone-doctor-{}.temporary", std::process::id()));
    let outcome = Lock::acquire(&path, "doctor").map(|lock| lock.is_real()).map_err(|error| error.to_string());
    // Only a probe; where it could not be made there is nothing to remove.
    let _ = std::fs::remove_file(&path);
    outcome
}

fn locks_in_words(locks: bool) -> &'static str {
    match locks {
        true => "flock works",
        false => "flock is not supported here, leases alone guard the directories (see the guide)",
    }
}
