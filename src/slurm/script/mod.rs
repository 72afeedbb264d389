//! The script of a job: a pure function of the job. The templates in `slurm/` are printed by the same one.

use std::time::Duration;

use super::job::{Job, Launch};
use crate::shell::{quoted, words};

/// A template for people who edit job scripts by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Template {
    /// One sweep over all ranks of a job.
    Mpi,
    /// One sweep file per element, without MPI.
    Array,
}

/// What scripts differ in. Every value is text for bash: quoted, or written here.
struct Parts {
    purpose: String,
    /// What follows `#SBATCH`.
    requests: Vec<String>,
    /// Lines before the variables.
    head: String,
    program: String,
    sweep: String,
    directory: String,
    threads: String,
    margin: u64,
    grace: u64,
    /// Of `job begin` and `job end`.
    options: Vec<String>,
    launch: String,
    /// Lines that prepare the environment.
    environment: String,
    /// Lines that compute.
    computing: &'static str,
}

/// The script of a job.
pub(crate) fn script(job: &Job) -> String {
    let restarts = job.most_restarts.map(|most| vec!["--max-restarts".into(), most.to_string()]);
    let mut options = restarts.unwrap_or_default();
    if !job.may_requeue {
        options.push("--no-requeue".into());
    }
    if job.elements.is_some() {
        options.push("--shares".into());
    }
    text(&Parts {
        purpose: format!(
            "# Computes the sweep of one directory, and starts again until it is complete. Written by microzone {}.",
            env!("CARGO_PKG_VERSION")
        ),
        requests: requests(job),
        // Slurm's own count covers only one job if an element has a successor.
        head: job.elements.map_or_else(String::new, |elements| format!("shares={elements}\n")),
        program: quoted(&job.program),
        sweep: String::from("$directory/sweep.toml"),
        directory: quoted(&job.directory),
        threads: job.threads.to_string(),
        margin: job.margin.as_secs(),
        grace: job.grace.as_secs(),
        options,
        launch: launch(&job.launch, &job.threads.to_string()),
        environment: redirection(job) + &environment(job),
        computing: if job.elements.is_some() { COMPUTING_SHARE } else { COMPUTING },
    })
}

/// A template, as it lies in the folder `slurm/`.
pub(crate) fn template(template: Template) -> String {
    let common = |mut requests: Vec<String>, output: &str| {
        let last = ["--time=02:00:00", output, "--open-mode=append", "--requeue", "--signal=B:USR1@60"];
        requests.extend(last.map(String::from));
        requests.splice(0..0, ["--job-name=microzone".into()]);
        requests
    };
    let of = |list: &[&str]| list.iter().map(|request| (*request).to_string()).collect::<Vec<String>>();
    let cores = "\"${SLURM_CPUS_PER_TASK:-1}\"";
    let site = "# module load mpich hdf5\n";
    let parts = Parts {
        purpose: String::new(),
        requests: Vec::new(),
        head: String::new(),
        program: "${MICROZONE:-microzone}".into(),
        sweep: "$(realpath \"$1\")".into(),
        directory: "$(realpath --canonicalize-missing \"$2\")".into(),
        threads: cores.into(),
        margin: 120,
        grace: 20,
        options: Vec::new(),
        launch: launch(&Launch::Srun { mpi: "pmi2".into() }, cores),
        environment: site.into(),
        computing: COMPUTING,
    };
    text(&match template {
        Template::Mpi => Parts {
            purpose: MPI_PURPOSE.into(),
            requests: common(of(&["--nodes=2", "--ntasks-per-node=1", "--cpus-per-task=4"]), "--output=%x-%j.out"),
            head: MPI_HEAD.into(),
            ..parts
        },
        Template::Array => Parts {
            purpose: ARRAY_PURPOSE.into(),
            requests: common(of(&["--nodes=1", "--ntasks=1", "--cpus-per-task=4"]), "--output=%x-%A_%a.out"),
            head: ARRAY_HEAD.into(),
            sweep: "$(realpath \"$file\")".into(),
            directory: "$(realpath --canonicalize-missing \"$folder/$(basename \"$file\" .toml)\")".into(),
            launch: launch(&Launch::Alone, cores),
            ..parts
        },
    })
}

/// The lines that sbatch reads. What a profile may say here is a plain word.
fn requests(job: &Job) -> Vec<String> {
    let mut requests = vec![
        format!("--job-name={}", job.name),
        // One job at a time in a directory.
        "--dependency=singleton".into(),
        format!("--nodes={}", job.nodes),
        format!("--ntasks-per-node={}", job.ranks_per_node),
        format!("--cpus-per-task={}", job.threads),
    ];
    requests.extend(job.memory.map(|memory| format!("--mem={memory}M")));
    requests.push(format!("--time={}", minutes(job.time)));
    requests.extend(job.partition.iter().map(|partition| format!("--partition={partition}")));
    requests.extend(job.account.iter().map(|account| format!("--account={account}")));
    let requeue = if job.may_requeue { "--requeue" } else { "--no-requeue" };
    let log = match (can_be_opened(&job.directory), job.elements) {
        (false, _) => "--output=/dev/null",
        (true, None) => "--output=slurm-%j.out",
        (true, Some(_)) => "--output=slurm-%A_%a.out",
    };
    requests.extend(job.elements.map(|elements| format!("--array=0-{}", elements.saturating_sub(1))));
    let signal = format!("--signal=B:USR1@{}", signal_before_end(job.margin));
    requests.extend([log.into(), "--open-mode=append".into(), requeue.into(), signal]);
    requests
}

/// When Slurm sends its signal, in seconds before the end. The program trusts the clock; the signal is for a clock that
/// is wrong, and Slurm sends it up to a minute early.
fn signal_before_end(margin: Duration) -> u64 {
    margin.as_secs().saturating_sub(60).max(1)
}

/// Whether Slurm can open a log below this path. It treats a backslash as an escape, and `%` as a pattern.
fn can_be_opened(directory: &str) -> bool {
    !directory.contains(['\\', '%'])
}

/// Opens the log where Slurm cannot.
fn redirection(job: &Job) -> String {
    let number = match job.elements {
        None => "$SLURM_JOB_ID",
        Some(_) => "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID",
    };
    match can_be_opened(&job.directory) {
        true => String::new(),
        false => format!("exec >>\"$directory/runs/slurm-{number}.out\" 2>&1\n"),
    }
}

/// Slurm counts whole minutes.
fn minutes(time: Duration) -> u64 {
    time.as_secs().div_ceil(60).max(1)
}

fn launch(launch: &Launch, threads: &str) -> String {
    match launch {
        // Older bashes dislike an empty list.
        Launch::Alone => "env".into(),
        // The loss of one rank costs what it has in hand: the others go on.
        Launch::Srun { mpi } => {
            format!("srun --mpi={} --kill-on-bad-exit=0 --cpus-per-task={threads}", quoted(mpi))
        }
        Launch::Mpirun => "mpirun --bind-to none".into(),
    }
}

fn environment(job: &Job) -> String {
    let source = job.source.iter().map(|file| format!("source {} || exit 6\n", quoted(file)));
    let modules = (!job.modules.is_empty()).then(|| format!("module load {} || exit 6\n", words(&job.modules)));
    let variables = job.environment.iter().map(|(name, value)| format!("export {name}={}\n", quoted(value)));
    source.chain(modules).chain(variables).collect()
}

fn text(parts: &Parts) -> String {
    let requests: String = parts.requests.iter().map(|request| format!("#SBATCH {request}\n")).collect();
    let options: String = parts.options.iter().map(|option| format!(" {option}")).collect();
    let Parts {
        purpose, head, program, sweep, directory, threads, margin, grace, launch, environment, computing, ..
    } = parts;
    format!(
        "#!/bin/bash\n{purpose}\n{requests}\n{head}program={program}\ndirectory={directory}\nsweep={sweep}\n\
         settings=(--threads {threads} --margin {margin}s --grace {grace}s{options})\nlaunch=({launch})\n\
         {environment}{TRAPS}{computing}{END}"
    )
}

const MPI_PURPOSE: &str = "\
# Computes one sweep with MPI over several nodes, and starts again until it is complete. `microzone submit` writes such
# a script by itself and sends it; this one is for those who want to edit it.
#
#   sbatch [options of sbatch] slurm/mpi.sbatch SWEEP.toml DIR
#
# Edit the lines #SBATCH for your site (--partition, --account), and the lines below them up to `module load`.";

const MPI_HEAD: &str = "\
if (($# != 2)); then
    echo 'usage: sbatch slurm/mpi.sbatch SWEEP.toml DIR' >&2
    exit 2
fi
";

const ARRAY_PURPOSE: &str = "\
# Computes one sweep file per element, without MPI; each element starts again until its sweep is complete.
#
#   sbatch --array=0-3 [options of sbatch] slurm/array.sbatch FOLDER a.toml b.toml c.toml d.toml
#
# Element i computes the i-th file, counted from 0, in FOLDER/<name of the file>: a directory takes one run at a time,
# so that an array is for several sweeps. One large sweep is for `microzone submit`. --array=0-99%10 runs ten at a time.
#
# Edit the lines #SBATCH for your site (--partition, --account), and the lines below them up to `module load`.";

const ARRAY_HEAD: &str = "\
folder=${1:-}
file=${*:2+SLURM_ARRAY_TASK_ID:1}
if [[ -z $folder || -z $file ]]; then
    echo \"no sweep file for element $SLURM_ARRAY_TASK_ID\" >&2
    echo 'usage: sbatch --array=0-1 slurm/array.sbatch FOLDER a.toml b.toml' >&2
    exit 2
fi
";

/// What comes first in all scripts.
const TRAPS: &str = r#"
# MPICH's library for networks would swallow the message of a stack overflow; core files of ranks fill disks.
export UCX_ERROR_SIGNALS=
ulimit -c 0

# Slurm's signal before the end asks the program to stop. The program runs in the background, because bash handles a
# signal at once only while it waits. CONT must not be trapped: Slurm sends it right after USR1, which would be lost.
step=
drained=no
interrupted=no
drain() {
    drained=yes
    interrupted=yes
    [[ -z $step ]] || kill -USR1 "$step" 2>/dev/null
}
trap drain USR1 TERM
attend() {
    "$@" &
    step=$!
    [[ $drained == no ]] || drain # a signal before there was a step
    code=
    while [[ -z $code || $interrupted == yes ]]; do
        interrupted=no
        code=0
        wait "$step" || code=$?
    done
    step=
}
"#;

/// One run, with all ranks.
const COMPUTING: &str = r#"
# Notes the start, waits for what a dead node has left, and prints how long to compute and with how many threads.
printed=$("$program" job begin "$directory" "${settings[@]}" --script "$0") || exit
mapfile -t options <<<"$printed"
attend "${launch[@]}" "$program" run "$sweep" --out "$directory" "${options[@]}"
"#;

/// One share of the sweep, next to the other elements of the array.
const COMPUTING_SHARE: &str = r#"
# Notes the start, and prints how long to compute and with how many threads.
printed=$("$program" job begin "$directory" "${settings[@]}" --script "$0") || exit
mapfile -t options <<<"$printed"
attend "$program" run "$sweep" --out "$directory" "${options[@]}" --share $((SLURM_ARRAY_TASK_ID + 1))/$shares
"#;

/// What comes last in all scripts.
const END: &str = r#"
# Checks the directory, and ends the job or starts it again. A signal that arrives now has nothing to stop.
trap '' USR1 TERM
exec "$program" job end "$directory" --code "$code" "${settings[@]}" --script "$0"
"#;

#[cfg(test)]
mod tests;
