//! What a job is: where it computes, with what, and for how long.

use std::path::Path;
use std::time::Duration;

use super::error::SlurmError;

/// How the program is started on the nodes of a job.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Launch {
    /// One process, without a launcher.
    Alone,
    /// Slurm's own launcher, with this kind of MPI.
    Srun { mpi: String },
    /// The launcher of Open MPI.
    Mpirun,
}

/// The launcher that a profile asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    Srun,
    Mpirun,
}

impl Launch {
    /// How to start this many ranks of a program that was built with this MPI library.
    ///
    /// # Errors
    /// The program has no MPI, and there are several ranks; or it is not known how to start its library.
    pub(crate) fn choose(
        ranks: u64,
        library: Option<&str>,
        launcher: Option<Launcher>,
        mpi: Option<&str>,
    ) -> Result<Self, String> {
        if ranks == 1 {
            return Ok(Self::Alone);
        }
        let Some(library) = library else {
            return Err(format!(
                "this microzone was built without MPI and cannot use {ranks} ranks; build it with `cargo build \
                 --release --features mpi`, or use --nodes 1"
            ));
        };
        let is_open_mpi = library.contains("Open MPI");
        let srun = |by_default: &str| Self::Srun { mpi: mpi.unwrap_or(by_default).to_string() };
        match launcher {
            Some(Launcher::Mpirun) => Ok(Self::Mpirun),
            Some(Launcher::Srun) => Ok(srun(if is_open_mpi { "pmix" } else { "pmi2" })),
            None if is_open_mpi && mpi.is_none() => Ok(Self::Mpirun),
            None => Ok(srun(if is_open_mpi { "pmix" } else { "pmi2" })),
        }
    }
}

/// One job that computes in one directory. All paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) program: String,
    pub(crate) directory: String,
    pub(crate) nodes: u32,
    pub(crate) ranks_per_node: u32,
    /// Of each rank.
    pub(crate) threads: u32,
    /// Of each node, in MB; none leaves it to the site.
    pub(crate) memory: Option<u64>,
    pub(crate) time: Duration,
    pub(crate) partition: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) launch: Launch,
    /// A file that the script sources first.
    pub(crate) source: Option<String>,
    pub(crate) modules: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Kept free before the end of the time limit.
    pub(crate) margin: Duration,
    /// Of the margin, what tasks in hand have to finish.
    pub(crate) grace: Duration,
    /// Whether the job may go back to the queue under its own number.
    pub(crate) may_requeue: bool,
    pub(crate) most_restarts: Option<u32>,
    /// Elements of one node each that share the sweep.
    pub(crate) elements: Option<u32>,
}

/// The name of every job of a directory: 12 digits of the digest of its absolute path.
pub(crate) fn name(directory: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let digest = blake3::hash(resolved(directory).as_os_str().as_bytes()).to_hex();
    format!("microzone-{}", &digest[..12])
}

/// The path without links as far as it exists, so that a directory has one name however it is called.
fn resolved(path: &Path) -> std::path::PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let found = absolute.ancestors().find_map(|above| above.canonicalize().ok().map(|real| (above, real)));
    match found {
        Some((above, real)) => match absolute.strip_prefix(above) {
            Ok(rest) if rest.as_os_str().is_empty() => real,
            Ok(rest) => real.join(rest),
            Err(_) => absolute,
        },
        None => absolute,
    }
}

/// The number of a job, and of its element if it is one of an array: `123` or `123_4`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct JobId(String);

impl JobId {
    /// What `sbatch --parsable` answers: `123`, or `123;cluster`.
    ///
    /// # Errors
    /// The answer is anything else.
    pub(crate) fn of_answer(answer: &str) -> Result<Self, SlurmError> {
        let line = answer.trim_end_matches('\n');
        let number = line.split_once(';').map_or(line, |(number, _)| number);
        Self::parse(number).filter(|id| !id.0.contains('_')).ok_or_else(|| SlurmError::Strange {
            program: "sbatch",
            answer: answer.trim().into(),
            wanted: "the number of a job",
        })
    }

    /// A number, or a number, `_` and a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_number = |part: &str| {
            (1..=18).contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit()) && !part.starts_with('0')
        };
        let is_index = |part: &str| part == "0" || is_number(part);
        let is_id = match text.split_once('_') {
            None => is_number(text),
            Some((number, index)) => is_number(number) && is_index(index),
        };
        is_id.then(|| Self(text.into()))
    }

    /// What the variables of a job say; that of an element of an array is not SLURM_JOB_ID, which may be the number
    /// of the whole array.
    pub(crate) fn of_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let element = match (variable("SLURM_ARRAY_JOB_ID"), variable("SLURM_ARRAY_TASK_ID")) {
            (Some(number), Some(index)) => Self::parse(&format!("{number}_{index}")),
            _ => None,
        };
        element.or_else(|| Self::parse(variable("SLURM_JOB_ID")?.trim()))
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a job, or an element of an array, that belongs to `other`.
    pub(crate) fn belongs_to(&self, other: &Self) -> bool {
        let number = |id: &Self| id.0.split('_').next().map(String::from);
        self == other || number(self) == number(other)
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_launcher_follows_the_library() {
        let choose = |ranks, library, launcher, mpi| Launch::choose(ranks, library, launcher, mpi);
        let srun = |mpi: &str| Ok(Launch::Srun { mpi: mpi.into() });
        assert_eq!(choose(1, None, None, None), Ok(Launch::Alone));
        assert_eq!(choose(1, Some("MPICH Version: 4.0.2"), None, None), Ok(Launch::Alone));
        assert_eq!(choose(2, Some("MPICH Version: 4.0.2"), None, None), srun("pmi2"));
        assert_eq!(choose(2, Some("MPICH Version: 4.0.2"), None, Some("cray_shasta")), srun("cray_shasta"));
        assert_eq!(choose(2, Some("Open MPI v4.1.4"), None, None), Ok(Launch::Mpirun));
        assert_eq!(choose(2, Some("Open MPI v4.1.4"), None, Some("pmix_v4")), srun("pmix_v4"));
        assert_eq!(choose(2, Some("Open MPI v4.1.4"), Some(Launcher::Srun), None), srun("pmix"));
        assert_eq!(choose(2, Some("MPICH"), Some(Launcher::Mpirun), None), Ok(Launch::Mpirun));
        assert!(choose(2, None, None, None).unwrap_err().contains("--features mpi"));
    }

    #[test]
    fn only_numbers_are_numbers_of_jobs() {
        let read = |answer: &str| JobId::of_answer(answer).ok().map(|id| id.to_string());
        assert_eq!(read("123\n"), Some("123".into()));
        assert_eq!(read("123;cluster\n"), Some("123".into()));
        for answer in
            ["", "\n", "0", "-1", "12 3", "Submitted batch job 123", "123\n124\n", "123_1", "9999999999999999999"]
        {
            assert_eq!(read(answer), None, "{answer:?}");
        }
    }

    #[test]
    fn an_element_of_an_array_has_its_own_number() {
        let of = |variables: &[(&str, &str)]| {
            let find =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
            JobId::of_variables(find).map(|id| id.to_string())
        };
        assert_eq!(of(&[("SLURM_JOB_ID", "7")]), Some("7".into()));
        let array = [("SLURM_JOB_ID", "9"), ("SLURM_ARRAY_JOB_ID", "7"), ("SLURM_ARRAY_TASK_ID", "0")];
        assert_eq!(of(&array), Some("7_0".into()));
        assert_eq!(of(&[]), None);
        let id = |text| JobId::parse(text).unwrap();
        assert!(id("7_0").belongs_to(&id("7")) && !id("71").belongs_to(&id("7")));
    }

    #[test]
    fn a_directory_has_one_name_however_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
        assert_eq!(name(&real.join("new")), name(&folder.path().join("link/new")));
        assert_ne!(name(&real), name(folder.path()));
        assert_eq!(name(&real).len(), "microzone-".len() + 12);
    }
}
