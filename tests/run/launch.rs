//! The ways to launch the program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::place::listed;
use crate::running::{Ended, Running};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    /// The binary that was built without the feature `mpi`.
    WithoutMpi,
    /// The binary with MPI, without a launcher.
    Alone,
    /// This many ranks under `mpirun`.
    Ranks(usize),
}

/// What launchers set, which a surrounding job may have set too.
const SIZE_VARIABLES: [&str; 5] =
    ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS", "SLURM_CPUS_PER_TASK"];
/// Open MPI refuses root and more ranks than cores unless told; MPICH does not read these.
const OPEN_MPI: [(&str, &str); 4] = [
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
];

impl Launcher {
    /// Starts the program with these arguments.
    pub(crate) fn start(self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// Starts the program with these arguments and environment variables.
    pub(crate) fn start_with(self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let binary = match self {
            Self::WithoutMpi => without_mpi(),
            Self::Alone | Self::Ranks(_) => with_mpi(),
        };
        match self {
            Self::WithoutMpi | Self::Alone => start(Command::new(binary), arguments, variables),
            Self::Ranks(ranks) => start(mpirun(ranks, binary), arguments, variables),
        }
    }

    /// Runs the program to its end.
    pub(crate) fn run(self, arguments: &[&str]) -> Ended {
        self.start(arguments).wait()
    }

    pub(crate) fn ranks(self) -> usize {
        if let Self::Ranks(ranks) = self { ranks } else { 1 }
    }
}

/// Runs the binary without MPI under `mpirun`.
pub(crate) fn run_ranks_without_mpi(ranks: usize, arguments: &[&str]) -> Ended {
    start(mpirun(ranks, without_mpi()), arguments, &[]).wait()
}

/// Starts a command that will start the program, with a separate environment as for any launch.
pub(crate) fn start(mut command: Command, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
    SIZE_VARIABLES.iter().chain(&["MICROZONE_RESULTS"]).for_each(|variable| {
        command.env_remove(variable);
    });
    command.args(arguments).envs(OPEN_MPI).envs(variables.iter().copied());
    Running::start(command)
}

pub(crate) fn mpirun(ranks: usize, binary: &Path) -> Command {
    let mut command = Command::new("mpirun");
    command.args(["-n", &ranks.to_string()]).arg(binary);
    command
}

pub(crate) fn with_mpi() -> &'static Path {
    if !cfg!(feature = "mpi") {
        panic!("these tests need MPI: run `cargo test --all-features`");
    }
    Path::new(env!("CARGO_BIN_EXE_microzone"))
}

/// Built once per run of the tests, into a separate folder next to the tests' binary. It is optimised only where the
/// tests are built for release: bytes must not depend on that.
pub(crate) fn without_mpi() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let own = Path::new(env!("CARGO_BIN_EXE_microzone")).parent().unwrap();
        let target = own.parent().unwrap().join("without-mpi");
        if !target.exists() {
            copy_dependencies(own, &target.join("debug"));
        }
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--quiet", "--locked", "--profile", "test", "--bin", "microzone"]);
        let level = if cfg!(debug_assertions) { 0 } else { 3 };
        command.args(["--config", &format!("profile.test.package.microzone.opt-level={level}")]);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("--target-dir").arg(&target);
        run(command.env("CARGO_INCREMENTAL", "0"));
        target.join("debug/microzone")
    })
}

/// Copies what Cargo has built of other crates, with its times, so that it does not build them again: most of them do
/// not depend on the features of this crate. It takes seconds and saves minutes.
fn copy_dependencies(from: &Path, to: &Path) {
    let is_other = |path: &str| !path.rsplit('/').next().unwrap().contains("microzone");
    let is_library = |path: &str| [".rlib", ".rmeta", ".so", ".d"].iter().any(|end| path.ends_with(end));
    for (folder, libraries_only) in [("deps", true), ("build", false), (".fingerprint", false)] {
        let (from, to) = (from.join(folder), to.join(folder));
        std::fs::create_dir_all(&to).unwrap();
        let files = listed(from.to_str().unwrap()).into_iter();
        let files = files.filter(|path| is_other(path) && (!libraries_only || is_library(path)));
        run(Command::new("cp").args(["--archive", "--reflink=auto"]).args(files).arg(&to));
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}
