//! What a run would do, for people.

use super::forecast::{FixedEntry, Forecast, PrecisionEntry, Span};
use super::simulation::lines;
use crate::cli::size::{Size, written};
use crate::cli::wrap::wrap;
use crate::duration::measured;
use crate::experiment::Value;
use crate::store::run_record::TheoryCounts;
use crate::wording::counted;

/// Where the values stand.
const INDENT: usize = 12;

pub(super) fn text(forecast: &Forecast) {
    let Forecast { sweep, experiment, directory, points, tasks, done, left, seconds, .. } = forecast;
    say!("sweep       {sweep} (experiment {experiment})");
    forecast.title.iter().for_each(|title| say!("title       {title}"));
    let axes: Vec<String> = forecast.axes.iter().map(|axis| format!("{} {}", axis.length, axis.name)).collect();
    let product = if axes.is_empty() { String::new() } else { format!(" = {}", axes.join(" x ")) };
    say!("points      {points}{product}");
    fixed(&forecast.fixed);
    say!("tasks       {} ({})", span(tasks), replicates(forecast));
    say!("directory   {directory}");
    say!("done        {done}");
    say!("left        {}", span(left));
    let TheoryCounts { cells, done, .. } = forecast.theory;
    if cells > 0 {
        let left = forecast.theory.left();
        let cost =
            if left > 0 { format!(", {left} left: {}", measured(forecast.theory_seconds)) } else { String::new() };
        say!("theory      {}, {done} done{cost}", counted(cells, "cell"));
    }
    let Span { least, most } = *seconds;
    let most = if most > least { format!(" to {}", measured(most)) } else { String::new() };
    let longest = measured(forecast.longest_task_seconds);
    say!("cost        {}{most} on one thread, the longest task {longest}", measured(least));
    say!("memory      {:.1} MB per thread", forecast.bytes_per_thread / 1e6);
    let Size { records_bytes, results_bytes, memory_bytes } = forecast.size;
    let (records, results, memory) = (written(records_bytes), written(results_bytes), written(memory_bytes));
    say!("size        {records} of records and {results} of results.h5; merging needs {memory} of memory");
    say!(
        "share       {} and {} {} with {}",
        counted(format!("{:.0}", forecast.tasks_per_rank), "task"),
        measured(forecast.seconds_per_rank),
        if forecast.ranks == 1 { "for 1 rank".into() } else { format!("for each of {} ranks", forecast.ranks) },
        counted(forecast.threads_per_rank, "thread")
    );
    for (index, line) in forecast.simulation.iter().flat_map(|entries| lines(entries)).enumerate() {
        let head = if index == 0 { "simulated" } else { "" };
        say!("{head:<INDENT$}{line}");
    }
}

/// First what differs from the defaults, one line each.
fn fixed(entries: &[FixedEntry]) {
    let (defaults, changed): (Vec<&FixedEntry>, Vec<&FixedEntry>) = entries.iter().partition(|entry| entry.is_default);
    for (index, entry) in changed.iter().enumerate() {
        let head = if index == 0 { "fixed" } else { "" };
        say!("{head:<INDENT$}{} (default {})", with_unit(entry), entry.written_default);
    }
    if !defaults.is_empty() {
        let all: Vec<String> = defaults.into_iter().map(with_unit).collect();
        say!("{}", wrap(&format!("{:<INDENT$}{}", "defaults", all.join(", ")), INDENT).trim_end());
    }
}

fn with_unit(entry: &FixedEntry) -> String {
    let space = if entry.unit.is_empty() { "" } else { " " };
    format!("{} = {}{space}{}", entry.name, entry.written, entry.unit)
}

fn span(Span { least, most }: &Span<u64>) -> String {
    if most > least { format!("{least} to {most}") } else { least.to_string() }
}

fn replicates(forecast: &Forecast) -> String {
    match &forecast.precision {
        None => format!("{} per point", counted(forecast.replicates, "replicate")),
        Some(PrecisionEntry { observable, relative_error, max_replicates }) => {
            let target = format!("until the error of {observable} is {} of its mean", Value::Number(*relative_error));
            format!("{} to {max_replicates} replicates per point, {target}", forecast.replicates)
        }
    }
}
