//! What a job asks for: given, from the profile of the site, or proposed from the expected cost. Pure.

use std::time::Duration;

use crate::wording::counted;

/// What the user has requested, on the command line or in the profile.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) nodes: Option<u32>,
    pub(super) ranks_per_node: Option<u32>,
    /// Of each rank.
    pub(super) threads: Option<u32>,
    /// Of each node, in MB.
    pub(super) memory: Option<u64>,
    pub(super) time: Option<Duration>,
    pub(super) margin: Duration,
    pub(super) grace: Duration,
}

/// What the nodes have and what their partition allows, as far as known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nodes {
    pub(super) cores: Option<u32>,
    /// In MB.
    pub(super) megabytes: Option<u64>,
    pub(super) longest_time: Option<Duration>,
    /// Whether the program can use several.
    pub(super) can_be_several: bool,
}

/// What the sweep needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    /// Of all that is left, on one thread.
    pub(super) seconds: f64,
    pub(super) longest_task_seconds: f64,
    pub(super) bytes_per_thread: f64,
    /// To merge the results, on one node.
    pub(super) merging_bytes: f64,
    /// Measured over expected time, where something has been measured.
    pub(super) calibration: Option<f64>,
}

/// What the job asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) nodes: u32,
    pub(super) ranks_per_node: u32,
    pub(super) threads: u32,
    pub(super) memory: Option<u64>,
    pub(super) time: Duration,
    /// Expected seconds on all these nodes.
    pub(super) expected_seconds: f64,
}

/// If one node would take longer, more nodes are used.
const LONG: f64 = 8.0 * 3600.0;
const MOST_NODES: f64 = 16.0;
/// A factor on the expected cost: costs are estimates for a current core.
const ALLOWANCE: f64 = 1.5;
const SHORTEST: f64 = 1800.0;
const QUARTER: f64 = 900.0;
/// The program itself, with MPI, and what it reads from a directory.
const OWN_BYTES: f64 = 300e6;

impl Needs {
    fn of_one(&self, seconds: f64) -> f64 {
        seconds * self.calibration.unwrap_or(1.0)
    }
}

/// # Errors
/// One sentence: it does not fit, or something must be given.
pub(super) fn plan(wish: &Wish, nodes: &Nodes, needs: &Needs) -> Result<Plan, String> {
    let ranks_per_node = wish.ranks_per_node.unwrap_or(1);
    let wanted = match (wish.threads, nodes.cores) {
        (Some(threads), _) => threads,
        (None, Some(cores)) => (cores / ranks_per_node).max(1),
        (None, None) => {
            return Err("the number of cores of a node is not known; give --threads (the threads of each rank), or \
                        cores_per_node in the profile"
                .into());
        }
    };
    if let Some(cores) = nodes.cores.filter(|cores| u64::from(*cores) < u64::from(wanted) * u64::from(ranks_per_node)) {
        return Err(format!(
            "--threads {wanted} for {} per node need {} cores, and a node has {cores}; take fewer",
            counted(ranks_per_node, "rank"),
            u64::from(wanted) * u64::from(ranks_per_node)
        ));
    }
    let (threads, memory) = memory(wish, nodes, needs, wanted, ranks_per_node)?;
    let seconds = needs.of_one(needs.seconds);
    let per_node = f64::from(threads) * f64::from(ranks_per_node);
    let count = wish.nodes.unwrap_or_else(|| match nodes.can_be_several {
        true => (seconds / per_node / LONG).ceil().clamp(1.0, MOST_NODES) as u32,
        false => 1,
    });
    let longest = needs.of_one(needs.longest_task_seconds);
    let expected_seconds = (seconds / per_node / f64::from(count)).max(longest);
    let time = time(wish, nodes, needs, expected_seconds)?;
    Ok(Plan { nodes: count, ranks_per_node, threads, memory, time, expected_seconds })
}

/// The number of threads that the memory is enough for, and the memory to request.
fn memory(
    wish: &Wish,
    nodes: &Nodes,
    needs: &Needs,
    threads: u32,
    ranks_per_node: u32,
) -> Result<(u32, Option<u64>), String> {
    let ranks = f64::from(ranks_per_node);
    let needed = |threads: f64| (ranks * (OWN_BYTES + threads * needs.bytes_per_thread) + needs.merging_bytes) / 1e6;
    let Some(most) = wish.memory.or(nodes.megabytes) else { return Ok((threads, None)) };
    if let Some(there) = nodes.megabytes.filter(|there| most > *there) {
        return Err(format!("--memory {most} is more than the {there} MB that a node has"));
    }
    let fitting = ((most as f64 * 1e6 - needs.merging_bytes) / ranks - OWN_BYTES) / needs.bytes_per_thread.max(1.0);
    if fitting < 1.0 {
        return Err(format!(
            "{most} MB of memory per node are too few: with {} per node, each with one thread, the sweep needs \
             {:.0} MB",
            counted(ranks_per_node, "rank"),
            needed(1.0)
        ));
    }
    let threads = if fitting < f64::from(threads) { fitting as u32 } else { threads };
    // What is given is asked for; else what is needed, with something to spare.
    let proposed = (needed(f64::from(threads)) * ALLOWANCE).ceil() as u64;
    Ok((threads, Some(wish.memory.unwrap_or(proposed.min(most)))))
}

fn time(wish: &Wish, nodes: &Nodes, needs: &Needs, expected_seconds: f64) -> Result<Duration, String> {
    let longest = needs.of_one(needs.longest_task_seconds);
    let apart = (wish.margin + wish.grace).as_secs_f64();
    let least = apart + longest;
    let proposed = ((expected_seconds * ALLOWANCE + apart).max(SHORTEST) / QUARTER).ceil() * QUARTER;
    let proposed = Duration::try_from_secs_f64(proposed).unwrap_or(Duration::MAX);
    let time = wish.time.unwrap_or_else(|| nodes.longest_time.map_or(proposed, |longest| proposed.min(longest)));
    if let Some(allowed) = nodes.longest_time.filter(|allowed| time > *allowed) {
        return Err(format!("--time {} is longer than the {} that the partition allows", said(time), said(allowed)));
    }
    if time.as_secs_f64() < least {
        let source = if needs.calibration.is_some() { "as measured in this directory" } else { "by the catalogue" };
        return Err(format!(
            "--time {} is too short: the longest task takes about {} ({source}), and --margin {} and --grace {} come \
             on top of it; take --time {} or more",
            said(time),
            rounded(longest),
            said(wish.margin),
            said(wish.grace),
            rounded((least / 60.0).ceil() * 60.0)
        ));
    }
    Ok(time)
}

/// Whole seconds, rounded up, as [`said`].
pub(super) fn rounded(seconds: f64) -> String {
    said(Duration::try_from_secs_f64(seconds.ceil()).unwrap_or(Duration::MAX))
}

/// A time as a flag takes it: `1h30m`.
fn said(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish {
            nodes: None,
            ranks_per_node: None,
            threads: None,
            memory: None,
            time: None,
            margin: Duration::from_secs(120),
            grace: Duration::from_secs(20),
        }
    }

    fn nodes() -> Nodes {
        Nodes { cores: Some(32), megabytes: Some(64_000), longest_time: None, can_be_several: true }
    }

    fn needs() -> Needs {
        Needs {
            seconds: 32.0 * 3600.0,
            longest_task_seconds: 60.0,
            bytes_per_thread: 1e8,
            merging_bytes: 1e9,
            calibration: None,
        }
    }

    #[test]
    fn what_is_not_given_is_proposed_from_the_cost() {
        let proposed = plan(&wish(), &nodes(), &needs()).unwrap();
        // 32 threads take an hour; and 0.3 + 3.2 + 1 GB are needed.
        let wanted = Plan {
            nodes: 1,
            ranks_per_node: 1,
            threads: 32,
            memory: Some(6750),
            time: Duration::from_secs(5400 + 900),
            expected_seconds: 3600.0,
        };
        assert_eq!(proposed, wanted);
        let long = Needs { seconds: 40.0 * 32.0 * 3600.0, ..needs() };
        assert_eq!(plan(&wish(), &nodes(), &long).unwrap().nodes, 5);
        let alone = Nodes { can_be_several: false, ..nodes() };
        assert_eq!(plan(&wish(), &alone, &long).unwrap().nodes, 1);
        let measured = Needs { calibration: Some(2.0), ..needs() };
        assert_eq!(plan(&wish(), &nodes(), &measured).unwrap().expected_seconds, 7200.0);
        let short = Nodes { longest_time: Some(Duration::from_secs(3600)), ..nodes() };
        assert_eq!(plan(&wish(), &short, &needs()).unwrap().time, Duration::from_secs(3600));
        let unknown = Nodes { megabytes: None, ..nodes() };
        assert_eq!(plan(&wish(), &unknown, &needs()).unwrap().memory, None);
    }

    #[test]
    fn little_memory_means_fewer_threads() {
        let small = Nodes { megabytes: Some(2000), ..nodes() };
        let proposed = plan(&wish(), &small, &needs()).unwrap();
        assert_eq!((proposed.threads, proposed.memory), (7, Some(2000)));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_numbers() {
        let refused = |wish: Wish, nodes: Nodes, needs: Needs| plan(&wish, &nodes, &needs).unwrap_err();
        let short = Wish { time: Some(Duration::from_secs(180)), ..wish() };
        assert_eq!(
            refused(short.clone(), nodes(), needs()),
            "--time 3m is too short: the longest task takes about 1m (by the catalogue), and --margin 2m and --grace \
             20s come on top of it; take --time 4m or more"
        );
        assert!(plan(&Wish { time: Some(Duration::from_secs(200)), ..wish() }, &nodes(), &needs()).is_ok());
        let measured = Needs { calibration: Some(3.0), ..needs() };
        assert!(refused(short, nodes(), measured).contains("about 3m (as measured in this directory)"));
        let limited = Nodes { longest_time: Some(Duration::from_secs(3600)), ..nodes() };
        let long = Wish { time: Some(Duration::from_secs(7200)), ..wish() };
        assert!(refused(long, limited, needs()).contains("longer than the 1h that the partition allows"));
        let unknown = Nodes { cores: None, ..nodes() };
        assert!(refused(wish(), unknown, needs()).contains("give --threads"));
        let many = Wish { threads: Some(20), ranks_per_node: Some(2), ..wish() };
        assert!(refused(many, nodes(), needs()).contains("need 40 cores, and a node has 32"));
        let tiny = Nodes { megabytes: Some(1000), ..nodes() };
        assert!(refused(wish(), tiny, needs()).contains("the sweep needs 1400 MB"));
        let greedy = Wish { memory: Some(65_000), ..wish() };
        assert!(refused(greedy, nodes(), needs()).contains("more than the 64000 MB"));
    }
}
