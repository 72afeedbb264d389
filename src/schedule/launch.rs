//! Who launched this process, and with how many others.

use std::time::Duration;

use super::{Alone, Transport};

/// What the environment says about the launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The variable that has the number of ranks, and that number.
    pub told: Option<(&'static str, usize)>,
}

/// Where launchers report the number of ranks, the most specific first: an `mpiexec` inside a Slurm job reports its own
/// ranks, the job its tasks.
const SIZE_VARIABLES: [&str; 4] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"];

#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(
        "{variable} reports {told} ranks, but this microzone was built without MPI and each would compute everything; \
         build it with `cargo build --release --features mpi`, or launch one process"
    )]
    WithoutMpi { variable: &'static str, told: usize },
    #[error(
        "{variable} reports {told} ranks, but MPI sees {seen}; the launcher does not belong to the MPI library that \
         this microzone was built with (MPICH: `mpiexec`, `srun --mpi=pmi2`; Open MPI: its own `mpirun`), or this is \
         one process in a job of several tasks (then `srun -n 1`)"
    )]
    Disagreement { variable: &'static str, told: usize, seen: usize },
    #[error("{variable} reports {told} ranks, but MPI does not start; `microzone doctor` shows more")]
    NoStart { variable: &'static str, told: usize },
}

impl Launch {
    /// Reads the launchers' variables through `variable` (in a program, `std::env::var`).
    pub(crate) fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let told = SIZE_VARIABLES
            .into_iter()
            .find_map(|name| variable(name).and_then(|value| value.trim().parse().ok()).map(|size| (name, size)));
        Self { told }
    }

    /// Joins the ranks launched together, or stays alone if this process was launched alone.
    ///
    /// # Errors
    /// The launcher speaks of several ranks and MPI does not see as many.
    pub(crate) fn connect(&self) -> Result<Box<dyn Transport>, LaunchError> {
        match self.told {
            None | Some((_, 0 | 1)) => Ok(Box::new(Alone)),
            Some((variable, told)) => connect_ranks(variable, told),
        }
    }
}

#[cfg(feature = "mpi")]
fn connect_ranks(variable: &'static str, told: usize) -> Result<Box<dyn Transport>, LaunchError> {
    let mpi = super::mpi::Mpi::connect().ok_or(LaunchError::NoStart { variable, told })?;
    match mpi.size() {
        seen if seen == told => Ok(Box::new(mpi)),
        seen => Err(LaunchError::Disagreement { variable, told, seen }),
    }
}

#[cfg(not(feature = "mpi"))]
fn connect_ranks(variable: &'static str, told: usize) -> Result<Box<dyn Transport>, LaunchError> {
    Err(LaunchError::WithoutMpi { variable, told })
}

/// Set by MPICH's `mpirun`. Version 4.0.2 often loses the exit code of ranks that leave together after a signal, less
/// often that of one that leaves before the others; rank 0 has the code.
const MPICH_LAUNCHER: &str = "HYDI_CONTROL_FD";
const FOLLOWERS_LEAVE_LATER: Duration = Duration::from_millis(300);

/// Takes leave of the other ranks, in an order that lets the exit code of rank 0 through if it can be.
pub(crate) fn leave(transport: Box<dyn Transport>, after_a_signal: bool) {
    let follows = transport.rank() > 0;
    drop(transport);
    if follows && after_a_signal && std::env::var_os(MPICH_LAUNCHER).is_some() {
        std::thread::sleep(FOLLOWERS_LEAVE_LATER);
    }
}

/// The MPI library that this binary was built with.
pub(crate) fn mpi_library() -> Option<String> {
    #[cfg(feature = "mpi")]
    return Some(super::mpi::Mpi::library());
    #[cfg(not(feature = "mpi"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(variables: &[(&str, &str)]) -> Launch {
        Launch::detect(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string()))
    }

    #[test]
    fn the_launcher_nearest_to_the_process_is_believed() {
        assert_eq!(launch(&[]).told, None);
        assert_eq!(launch(&[("SLURM_NTASKS", "4")]).told, Some(("SLURM_NTASKS", 4)));
        assert_eq!(launch(&[("SLURM_NTASKS", "4"), ("PMI_SIZE", "2")]).told, Some(("PMI_SIZE", 2)));
        assert_eq!(
            launch(&[("SLURM_NTASKS", "4"), ("SLURM_STEP_NUM_TASKS", "1")]).told,
            Some(("SLURM_STEP_NUM_TASKS", 1))
        );
        assert_eq!(launch(&[("PMI_SIZE", "many")]).told, None);
    }

    #[test]
    fn one_process_needs_no_mpi() {
        assert!(launch(&[("PMI_SIZE", "1")]).connect().is_ok());
        assert!(launch(&[]).connect().is_ok());
    }
}
