//! `microzone submit`

mod check;
pub(super) mod freeze;
mod plan;
mod site;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use freeze::Frozen;
use plan::{Plan, Wish};

use super::{Exit, Failure, output, time};
use crate::schedule::launch;
use crate::shell::quoted;
use crate::slurm::answer::setting;
use crate::slurm::error::SlurmError;
use crate::slurm::job::{self, Job, Launch};
use crate::slurm::profile::Profile;
use crate::slurm::queue::JobState;
use crate::slurm::record::JobRecord;
use crate::slurm::sbatch;
use crate::slurm::script::{self, Template};
use crate::wording::counted;

/// Send a sweep to Slurm as one job, which starts again by itself until the sweep is complete
///
/// The job stops before its time limit and goes back to the queue; it also does so after a lost node or a killed
/// process, as long as each start adds results. Options that you omit come from the profile of the site, or are
/// proposed from the expected cost. The sweep is kept in its directory, so the file may change afterwards. If you
/// submit it again with more values, the job continues with those at its next start.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone submit sweeps/quickstart.toml --dry-run\n  \
    microzone submit sweeps/quickstart.toml --nodes 4 --time 2:00:00\n  \
    microzone submit sweeps/quickstart.toml --array 20 --time 2h\n  \
    microzone submit sweeps/quickstart.toml --profile mysite --out /scratch/me/quickstart\n  \
    microzone status results/quickstart\n  \
    microzone cancel results/quickstart")]
pub(super) struct Arguments {
    /// The sweep file
    #[arg(value_name = "SWEEP.toml", required_unless_present = "print_template")]
    sweep: Option<PathBuf>,
    /// The results directory [default: results/<sweep name>, or $MICROZONE_RESULTS/<sweep name> if that is set, or the
    /// directory of a sweep.toml that is in one]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The profile of the site: a path, or NAME for slurm/profiles/NAME.toml here or next to the sweep, or
    /// ~/.config/microzone/profiles/NAME.toml; `microzone doctor --slurm` proposes one
    #[arg(long, value_name = "P")]
    profile: Option<String>,
    /// Nodes of the job [default: as many as finish within about 8 hours, at most 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    nodes: Option<u32>,
    /// Independent jobs of one node each that share the sweep
    #[arg(long, value_name = "N", conflicts_with_all = ["nodes", "ranks_per_node"],
        value_parser = clap::value_parser!(u32).range(1..))]
    array: Option<u32>,
    /// The time limit of one start: 90m, 2h, 2:00:00, 1-00:00:00 [default: what the sweep is expected to take]
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    time: Option<Duration>,
    /// MPI ranks on each node [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    ranks_per_node: Option<u32>,
    /// Computing threads of each rank [default: the cores of a node, shared among its ranks]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    threads: Option<u32>,
    /// Memory to ask for on each node, in MB
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..))]
    memory: Option<u64>,
    /// The partition (queue)
    #[arg(long, value_name = "NAME", env = "SBATCH_PARTITION", value_parser = crate::slurm::profile::plain_word)]
    partition: Option<String>,
    /// The account to charge
    #[arg(long, value_name = "NAME", env = "SBATCH_ACCOUNT", value_parser = crate::slurm::profile::plain_word)]
    account: Option<String>,
    /// Time kept free before the time limit [default: 2m]
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    margin: Option<Duration>,
    /// Time that tasks in hand have to finish when the job is asked to stop [default: 20s]
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    grace: Option<Duration>,
    /// Start again at most this often [default: as long as each start adds results]
    #[arg(long, value_name = "N")]
    max_restarts: Option<u32>,
    /// Change a value of [fixed] or [sweep], as `run` would (repeat the flag for more)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Print the script, and send and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print a template for scripts that are edited by hand
    #[arg(long, value_enum, hide = true)]
    print_template: Option<Template>,
}

const MARGIN: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(20);

impl Arguments {
    fn wish(&self, profile: &Profile) -> Wish {
        Wish {
            nodes: self.nodes.or(self.array),
            ranks_per_node: self.ranks_per_node.or(profile.ranks_per_node).filter(|_| self.array.is_none()),
            threads: self.threads,
            memory: self.memory,
            time: self.time.or(profile.time),
            margin: self.margin.or(profile.margin).unwrap_or(MARGIN),
            grace: self.grace.or(profile.grace).unwrap_or(GRACE),
        }
    }
}

impl From<SlurmError> for Failure {
    fn from(error: SlurmError) -> Self {
        Self::new(Exit::Environment, error.to_string())
    }
}

/// # Errors
/// The sweep, the profile or the directory is bad, the plan does not fit, or Slurm refuses the job.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(template) = arguments.print_template {
        output::attempt(|| std::io::stdout().write_all(script::template(template).as_bytes()));
        return Ok(Exit::Complete);
    }
    let Some(sweep_file) = &arguments.sweep else { return Ok(Exit::Usage) };
    let profile = site::read_profile(arguments.profile.as_deref(), sweep_file)?;
    let checked = check::check(arguments, sweep_file, &profile)?;
    let root = checked.directory.root();
    if let Some(outcome) = checked.nothing_left() {
        say!("{}: the sweep is complete; nothing was sent", root.display());
        return Ok(outcome);
    }
    let wish = arguments.wish(&profile);
    let partition = arguments.partition.clone().or_else(|| profile.partition.clone());
    let library = launch::mpi_library();
    check_array(arguments)?;
    let nodes = site::nodes(&profile, partition.as_deref(), library.is_some())?;
    let plan = plan::plan(&wish, &nodes, &checked.needs).map_err(|what| Failure::new(Exit::Usage, what))?;
    // The elements of an array have a node each.
    let plan = if arguments.array.is_some() { Plan { nodes: 1, ..plan } } else { plan };
    let job = Job {
        partition,
        account: arguments.account.clone().or_else(|| profile.account.clone()),
        most_restarts: arguments.max_restarts,
        elements: arguments.array,
        ..describe(&plan, &wish, &profile, library.as_deref(), root)?
    };
    let text = script::script(&job);
    if arguments.dry_run {
        output::attempt(|| std::io::stdout().write_all(text.as_bytes()));
        tell!("would be sent by: sbatch --parsable --chdir={}", quoted(&runs(root)));
        return Ok(Exit::Complete);
    }
    send(&checked, &plan, &text, arguments.array)
}

/// Slurm's own message for a larger array is terse.
fn check_array(arguments: &Arguments) -> Result<(), Failure> {
    let Some(elements) = arguments.array else { return Ok(()) };
    let configuration = sbatch::show(&["config"]).unwrap_or_default();
    let most = setting(&configuration, "MaxArraySize").and_then(|most| most.parse::<u32>().ok());
    match most.filter(|most| elements >= *most) {
        Some(most) => {
            let what = format!(
                "--array {elements}: this Slurm allows at most {} elements (MaxArraySize = {most})",
                most.saturating_sub(1)
            );
            Err(Failure::new(Exit::Usage, what))
        }
        None => Ok(()),
    }
}

/// The job without what is only given on the command line.
fn describe(plan: &Plan, wish: &Wish, profile: &Profile, library: Option<&str>, root: &Path) -> Result<Job, Failure> {
    let usage = |what: String| Failure::new(Exit::Usage, what);
    let ranks = u64::from(plan.nodes) * u64::from(plan.ranks_per_node);
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(Exit::Environment, format!("cannot find out where this program is: {error}")))?;
    let text = |path: &Path| {
        let refuse = || usage(format!("{}: the path is not valid UTF-8; rename it", path.display()));
        path.to_str().map(String::from).ok_or_else(refuse)
    };
    Ok(Job {
        name: job::name(root),
        program: text(&program)?,
        directory: text(root)?,
        nodes: plan.nodes,
        ranks_per_node: plan.ranks_per_node,
        threads: plan.threads,
        memory: plan.memory,
        time: plan.time,
        partition: None,
        account: None,
        launch: Launch::choose(ranks, library, profile.launcher, profile.mpi.as_deref()).map_err(usage)?,
        source: profile.source.clone(),
        modules: profile.modules.clone(),
        environment: profile.environment.clone(),
        margin: wish.margin,
        grace: wish.grace,
        may_requeue: profile.requeue.unwrap_or(true),
        most_restarts: None,
        elements: None,
    })
}

/// Where the job writes its log.
fn runs(root: &Path) -> String {
    root.join("runs").display().to_string()
}

fn send(checked: &check::Checked, plan: &Plan, text: &str, elements: Option<u32>) -> Result<Exit, Failure> {
    let check::Checked { directory, sweep, jobs, .. } = checked;
    let others: Vec<&JobState> = jobs.iter().filter(|job| job.is_unfinished()).collect();
    let frozen = freeze::freeze(directory, sweep, !others.is_empty())?;
    let id = sbatch::submit(text.as_bytes(), &directory.runs(), &[])?;
    let command = std::env::args().collect();
    let mut record = JobRecord::new(id.clone(), command, sweep.digest().to_string());
    record.array = elements;
    // The job is on its way, and notes itself what is missing.
    if let Err(error) = record.write_first(directory) {
        tell!("microzone: job {id} was sent but could not be recorded: {error}");
    }
    let root = directory.root().display();
    say!(
        "job {id}: {} with {} of {}, {} at a time; expected to take {}",
        elements.map_or_else(|| counted(plan.nodes, "node"), |elements| format!("{elements} jobs of 1 node")),
        counted(plan.ranks_per_node, "rank"),
        counted(plan.threads, "thread"),
        humantime::format_duration(plan.time),
        plan::rounded(plan.expected_seconds)
    );
    for other in &others {
        say!("It starts after another job of this directory: {}", other.sentence());
    }
    if frozen == Frozen::Waiting {
        say!("New values wait in sweep.next.toml; the next job that starts takes them over.");
    }
    say!("log         {root}/runs/slurm-{id}{}.out", if elements.is_some() { "_*" } else { "" });
    say!("see         microzone status {root}");
    say!("end it      microzone cancel {root}");
    Ok(Exit::Complete)
}
