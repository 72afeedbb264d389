//! The job that continues one that cannot be requeued.

use std::path::Path;

use super::Settings;
use crate::cli::{Exit, Failure};
use crate::machine::files;
use crate::slurm::job::JobId;
use crate::slurm::record::JobRecord;
use crate::slurm::sbatch;
use crate::store::{Directory, StoreError};

/// Sends the same script once more. It waits for the end of this job: by its name, or, where the script has another
/// one, by the number.
///
/// # Errors
/// The script cannot be read, or Slurm refuses it.
pub(super) fn send(settings: &Settings, directory: &Directory, record: &JobRecord) -> Result<JobId, Failure> {
    let none = || Failure::new(Exit::Usage, "--script is not given, and a successor would need the script");
    let path = settings.script.as_deref().ok_or_else(none)?;
    let script = files::read(path).map_err(|error| Failure::from(StoreError::io(path)(error)))?;
    let folder = std::env::current_dir().unwrap_or_else(|_| directory.runs());
    let id = sbatch::submit(&script, &folder, &dependency(&record.job))?;
    let mut successor = JobRecord::new(id.clone(), record.command.clone(), record.sweep_digest.clone());
    successor.predecessor = Some(record.job.clone());
    successor.write_first(directory)?;
    Ok(id)
}

/// Each element of an array has its own successor, which need not wait for the others.
fn dependency(job: &JobId) -> Vec<String> {
    match job.as_str().split_once('_') {
        None => vec![format!("--dependency=singleton,afterany:{job}")],
        Some((_, index)) => vec![format!("--dependency=afterany:{job}"), format!("--array={index}")],
    }
}

/// Ends a successor that is not needed; what Slurm refuses has ended already.
pub(super) fn cancel(successor: Option<&JobId>) {
    if let Some(job) = successor
        && let Err(error) = sbatch::cancel(std::slice::from_ref(job))
    {
        tell!("microzone: job {job}, which would have continued, is not needed and is still in the queue: {error}");
    }
}

/// Where the script of this job is.
pub(super) fn is_there(script: Option<&Path>) -> bool {
    script.is_some_and(Path::is_file)
}
