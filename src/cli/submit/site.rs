//! What is known about the site: its profile, and what Slurm reports about its nodes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::plan::Nodes;
use crate::cli::{Exit, Failure, time};
use crate::machine::files;
use crate::slurm::answer::{NODE_FORMAT, NodeKind, node_kinds};
use crate::slurm::profile::{Profile, places};
use crate::slurm::sbatch;

/// The profile of this name or path; an empty one if none is asked for.
///
/// # Errors
/// There is no such file, or it is bad.
pub(super) fn read_profile(name: Option<&str>, sweep_file: &Path) -> Result<Profile, Failure> {
    let Some(name) = name else { return Ok(Profile::default()) };
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let places = places(name, sweep_file, home.as_deref());
    for place in &places {
        match files::read_text(place) {
            Ok(text) => return Ok(Profile::parse(place, &text, time::read)?),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::new(Exit::Usage, format!("{}: {error}", place.display()))),
        }
    }
    let looked: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    let what = format!(
        "--profile {name}: there is no such profile ({}); `microzone doctor --slurm` prints one to start from",
        looked.join(", ")
    );
    Err(Failure::new(Exit::Usage, what))
}

/// What the nodes have, according to the profile or else to Slurm.
///
/// # Errors
/// Slurm does not know the partition, or its answer cannot be read.
pub(super) fn nodes(profile: &Profile, partition: Option<&str>, can_be_several: bool) -> Result<Nodes, Failure> {
    let mut nodes = Nodes {
        cores: profile.cores_per_node,
        megabytes: profile.megabytes_per_node,
        longest_time: profile.longest_time,
        can_be_several,
    };
    if nodes.cores.is_some() {
        return Ok(nodes);
    }
    // Where Slurm is not here or does not answer, something must be given, which the plan says.
    let Ok(text) = sbatch::sinfo(NODE_FORMAT, partition) else { return Ok(nodes) };
    let kinds = node_kinds(&text)?;
    let is_wanted = |kind: &&NodeKind| partition.map_or(kind.is_default, |wanted| wanted == kind.partition);
    let wanted: Vec<&NodeKind> = kinds.iter().filter(is_wanted).collect();
    if let (true, Some(partition)) = (wanted.is_empty(), partition) {
        let what = format!("--partition {partition}: Slurm has no such partition; `sinfo --summarize` lists them");
        return Err(Failure::new(Exit::Usage, what));
    }
    // A job may come to any of them.
    nodes.cores = wanted.iter().map(|kind| kind.cores).min().and_then(|cores| u32::try_from(cores).ok());
    let limit = wanted.iter().find_map(|kind| kind.limit.as_deref());
    nodes.longest_time = nodes.longest_time.or_else(|| limit.and_then(|limit| time::read(limit).ok()));
    Ok(nodes)
}
