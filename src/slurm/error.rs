//! What can go wrong between the program and Slurm.

/// Why Slurm did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SlurmError {
    #[error("`{program}` was not found; Slurm's commands are needed for this, and are usually on the login nodes")]
    Absent { program: &'static str },
    #[error("`{program}` does not start: {source}")]
    NoStart { program: &'static str, source: std::io::Error },
    #[error("`{program}` has not answered within {seconds} s; slurmctld may be down: `scontrol ping` shows more")]
    NoAnswer { program: &'static str, seconds: f64 },
    #[error("`{program}` refuses: {message}")]
    Refused { program: &'static str, message: String },
    #[error("`{program}` answers {answer:?}, which is not {wanted}")]
    Strange { program: &'static str, answer: String, wanted: &'static str },
}
