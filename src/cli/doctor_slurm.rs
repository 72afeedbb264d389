//! `microzone doctor --slurm`: a profile of this site, proposed from what Slurm reports.

use super::{Exit, Failure};
use crate::schedule::launch;
use crate::slurm::answer::{self, NODE_FORMAT, node_kinds};
use crate::slurm::proposal::{Site, profile};
use crate::slurm::sbatch;

/// # Errors
/// Slurm was not found, does not answer, or has no such partition.
pub(super) fn run(partition: Option<&str>) -> Result<Exit, Failure> {
    let kinds = node_kinds(&sbatch::sinfo(NODE_FORMAT, None)?)?;
    // Without them the profile still helps.
    let configuration = sbatch::show(&["config"]).unwrap_or_default();
    let kinds_of_mpi = sbatch::kinds_of_mpi().map(|text| answer::kinds_of_mpi(&text)).unwrap_or_default();
    let library = launch::mpi_library();
    let site =
        Site { kinds: &kinds, configuration: &configuration, kinds_of_mpi: &kinds_of_mpi, library: library.as_deref() };
    let none = || {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.partition.as_str()).collect();
        let wanted = partition.unwrap_or("(the default)");
        let what = format!("Slurm has no partition {wanted}; it has: {}", names.join(", "));
        Failure::new(Exit::Usage, what)
    };
    let text = profile(&site, partition).ok_or_else(none)?;
    say!(
        "# A profile for `microzone submit --profile NAME`, proposed from what Slurm reports. Check it, and save it as"
    );
    say!("# slurm/profiles/NAME.toml here, or as ~/.config/microzone/profiles/NAME.toml.");
    say!("{text}");
    Ok(Exit::Complete)
}
