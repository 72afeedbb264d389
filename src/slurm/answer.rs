//! What Slurm's programs say, read into values.

use super::error::SlurmError;

/// Where the batch step of a job stands, as far as it matters to the job's own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Running,
    /// Beyond its limit of time.
    OutOfTime,
    /// Another job has taken its place.
    Preempted,
    /// It was cancelled, or Slurm ends it for another reason.
    Ending,
    /// Slurm has put it back into the queue.
    Requeued,
    /// Slurm does not say.
    Unknown,
}

impl Phase {
    /// What `scontrol show job` says.
    pub(crate) fn of_details(text: &str) -> Self {
        let field = |name: &str| field(text, name);
        let (state, reason) = (field("JobState").unwrap_or_default(), field("Reason").unwrap_or_default());
        let is_preempted = field("PreemptTime").is_some_and(|time| !["None", "Unknown", "N/A"].contains(&time));
        match state {
            "" => Self::Unknown,
            "RUNNING" if !is_preempted => Self::Running,
            "TIMEOUT" | "DEADLINE" => Self::OutOfTime,
            "PENDING" | "REQUEUED" | "REQUEUE_HOLD" => Self::Requeued,
            "PREEMPTED" => Self::Preempted,
            _ if is_preempted => Self::Preempted,
            "CANCELLED" => Self::Ending,
            _ if reason == "TimeLimit" => Self::OutOfTime,
            _ => Self::Ending,
        }
    }
}

/// A field of `scontrol show`: `Name=value`.
pub(crate) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// A setting of `scontrol show config`: `Name    = value`.
pub(crate) fn setting<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (known, value) = line.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Seconds since 1970, as `squeue --format=%e` prints them where SLURM_TIME_FORMAT is `%s`.
pub(crate) fn moment(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// Nodes of one kind in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeKind {
    pub(crate) partition: String,
    pub(crate) is_default: bool,
    /// `up`, or why it takes no jobs.
    pub(crate) availability: String,
    /// None if there is no limit.
    pub(crate) limit: Option<String>,
    pub(crate) nodes: u64,
    pub(crate) cores: u64,
    /// In MB.
    pub(crate) memory: u64,
}

/// What [`node_kinds`] reads.
pub(crate) const NODE_FORMAT: &str = "%P|%a|%l|%D|%c|%m";

/// The lines of `sinfo` in [`NODE_FORMAT`].
///
/// # Errors
/// A line has another form.
pub(crate) fn node_kinds(text: &str) -> Result<Vec<NodeKind>, SlurmError> {
    let strange = |line: &str| SlurmError::Strange {
        program: "sinfo",
        answer: line.into(),
        wanted: "a line of partition, state, limit, nodes, cores and memory",
    };
    let whole = |text: &str| text.trim().trim_end_matches('+').parse::<u64>().ok();
    let kind = |line: &str| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let &[partition, availability, limit, nodes, cores, memory] = &parts[..] else { return None };
        Some(NodeKind {
            partition: partition.trim_end_matches('*').into(),
            is_default: partition.ends_with('*'),
            availability: availability.into(),
            limit: (!["infinite", "UNLIMITED", "n/a"].contains(&limit)).then(|| limit.into()),
            nodes: whole(nodes)?,
            cores: whole(cores)?,
            memory: whole(memory)?,
        })
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| kind(line).ok_or_else(|| strange(line))).collect()
}

/// The kinds of MPI in what `srun --mpi=list` prints.
pub(crate) fn kinds_of_mpi(text: &str) -> Vec<String> {
    let is_kind =
        |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let mut kinds = Vec::new();
    for line in text.lines() {
        let after = line.rsplit(':').next().unwrap_or_default().trim();
        // "MPI plugin types are..." is a heading; later versions list the versions of a plugin after it.
        if is_kind(after) && !line.contains("specific") && !kinds.iter().any(|kind| kind == after) {
            kinds.push(after.to_string());
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phase_of_a_job_is_read_off_its_details() {
        let of = |text: &str| Phase::of_details(text);
        let running = "JobId=7 JobName=microzone-0\n   JobState=RUNNING Reason=None Dependency=(null)\n   \
            PreemptEligibleTime=1 PreemptTime=None\n";
        assert_eq!(of(running), Phase::Running);
        assert_eq!(of(&running.replace("PreemptTime=None", "PreemptTime=1790000000")), Phase::Preempted);
        assert_eq!(of("JobState=COMPLETING Reason=TimeLimit"), Phase::OutOfTime);
        assert_eq!(of("JobState=TIMEOUT Reason=TimeLimit"), Phase::OutOfTime);
        assert_eq!(of("JobState=CANCELLED Reason=None"), Phase::Ending);
        assert_eq!(of("JobState=COMPLETING Reason=None"), Phase::Ending);
        assert_eq!(of("JobState=PENDING Reason=BeginTime"), Phase::Requeued);
        assert_eq!(of(""), Phase::Unknown);
    }

    #[test]
    fn nodes_are_read() {
        let text = "test*|up|infinite|4|2|1\ngpu|up|1-00:00:00|10+|64+|256000\n";
        let kinds = node_kinds(text).unwrap();
        assert_eq!((kinds[0].partition.as_str(), kinds[0].is_default, &kinds[0].limit), ("test", true, &None));
        assert_eq!((kinds[1].limit.as_deref(), kinds[1].cores, kinds[1].nodes), (Some("1-00:00:00"), 64, 10));
        assert!(node_kinds("slurm_load_partitions: error").is_err());
    }

    #[test]
    fn kinds_of_mpi_are_read_in_the_forms_of_several_versions() {
        let old = "srun: MPI types are...\nsrun: cray_shasta\nsrun: none\nsrun: pmi2\n";
        assert_eq!(kinds_of_mpi(old), ["cray_shasta", "none", "pmi2"]);
        let new = "MPI plugin types are...\n\tnone\n\tpmi2\n\tpmix\nspecific pmix plugin versions available: pmix_v4\n";
        assert_eq!(kinds_of_mpi(new), ["none", "pmi2", "pmix"]);
    }

    #[test]
    fn settings_are_read() {
        let text = "AccountingStorageType   = (null)\nJobRequeue              = 1\nPreemptMode             = OFF\n";
        assert_eq!(setting(text, "JobRequeue"), Some("1"));
        assert_eq!(setting(text, "PreemptMode"), Some("OFF"));
        assert_eq!(setting(text, "MaxArraySize"), None);
    }
}
