//! The profile that `microzone doctor --slurm` proposes, from what Slurm reports.

use super::answer::{NodeKind, setting};

/// What Slurm has said.
pub(crate) struct Site<'a> {
    pub(crate) kinds: &'a [NodeKind],
    /// `scontrol show config`.
    pub(crate) configuration: &'a str,
    pub(crate) kinds_of_mpi: &'a [String],
    /// The MPI library of this program.
    pub(crate) library: Option<&'a str>,
}

/// The text of a profile for this partition, or for the one that Slurm uses by itself; none if there is none.
pub(crate) fn profile(site: &Site, partition: Option<&str>) -> Option<String> {
    let is_wanted = |kind: &&NodeKind| partition.map_or(kind.is_default, |wanted| wanted == kind.partition);
    let of_partition: Vec<&NodeKind> = site.kinds.iter().filter(is_wanted).collect();
    // Without a default, that with most nodes.
    let chosen = of_partition.iter().max_by_key(|kind| kind.nodes).copied();
    let chosen = chosen.or_else(|| site.kinds.iter().filter(|_| partition.is_none()).max_by_key(|kind| kind.nodes))?;
    let same = || site.kinds.iter().filter(|kind| kind.partition == chosen.partition);
    let mut lines = vec![format!("partition = {:?}", chosen.partition)];
    let others: Vec<String> = site
        .kinds
        .iter()
        .filter(|kind| kind.partition != chosen.partition)
        .map(|kind| kind.partition.clone())
        .collect();
    if !others.is_empty() {
        lines[0] += &format!("    # there are also {}", others.join(", "));
    }
    lines.push(
        "# account = \"…\"    # if your site wants one; `sacctmgr show associations user=$USER` may list it".into(),
    );
    let cores = same().map(|kind| kind.cores).min().unwrap_or(1);
    lines.push(format!("cores_per_node = {cores}"));
    let memory = same().map(|kind| kind.memory).min().unwrap_or(0);
    match memory {
        // Slurm's default if the nodes are not described.
        0 | 1 => lines.push("# megabytes_per_node = …    # Slurm does not know the memory of its nodes".into()),
        // Some of it is the system's.
        most => lines.push(format!("megabytes_per_node = {}    # of {most}", most / 20 * 19)),
    }
    lines.extend(same().find_map(|kind| kind.limit.as_ref()).map(|limit| format!("longest_time = {limit:?}")));
    lines.extend(launch(site));
    lines.push(requeue(site.configuration));
    Some(lines.join("\n"))
}

fn launch(site: &Site) -> Vec<String> {
    let has = |kind: &&str| site.kinds_of_mpi.iter().any(|known| known == kind);
    let Some(library) = site.library else {
        return vec!["# This microzone has no MPI: it uses one node per job.".into()];
    };
    // Slurm lists the kind of Cray's MPI wherever it was compiled.
    let wanted: &[&str] = match library.to_ascii_uppercase() {
        library if library.contains("OPEN MPI") => &[],
        library if library.contains("CRAY") => &["cray_shasta", "pmi2"],
        _ => &["pmi2", "pmix"],
    };
    let list = site.kinds_of_mpi.join(", ");
    match wanted.iter().find(|kind| has(kind)) {
        Some(kind) => vec!["launcher = \"srun\"".into(), format!("mpi = {kind:?}    # srun --mpi=list: {list}")],
        None => vec![format!("launcher = \"mpirun\"    # srun --mpi=list: {list}")],
    }
}

fn requeue(configuration: &str) -> String {
    let forbids = setting(configuration, "JobRequeue") == Some("0");
    let cancels = setting(configuration, "PreemptMode").is_some_and(|mode| mode.contains("CANCEL"));
    match (forbids, cancels) {
        (true, _) => "requeue = false    # JobRequeue = 0: a successor waits in the queue instead".into(),
        (_, true) => "requeue = false    # PreemptMode = CANCEL: a successor waits in the queue instead".into(),
        _ => "requeue = true".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::slurm::answer::node_kinds;
    use crate::slurm::profile::Profile;

    const OFF: &str = "JobRequeue              = 1\nPreemptMode             = OFF\n";

    fn proposed(nodes: &str, configuration: &str, mpi: &[&str], library: Option<&str>) -> String {
        let kinds = node_kinds(nodes).unwrap();
        let kinds_of_mpi: Vec<String> = mpi.iter().map(|kind| (*kind).to_string()).collect();
        let site = Site { kinds: &kinds, configuration, kinds_of_mpi: &kinds_of_mpi, library };
        profile(&site, None).unwrap()
    }

    #[test]
    fn every_proposal_can_be_read() {
        let one = proposed("test*|up|infinite|4|2|1\n", OFF, &["none", "pmi2"], Some("MPICH Version: 4.0.2"));
        let many = proposed(
            "short|up|1:00:00|4|32|128000\nlong*|up|2-00:00:00|90|64+|256000\nlong*|up|2-00:00:00|2|128|1024000\n",
            &OFF.replace("= OFF", "= CANCEL"),
            &["pmix"],
            Some("Open MPI v4.1.4"),
        );
        insta::assert_snapshot!("proposals", format!("{one}\n\n{many}"));
        for text in [one, many] {
            Profile::parse(Path::new("p"), &text, |_| Ok(std::time::Duration::from_secs(1))).unwrap();
        }
    }
}
