//! `microzone run SWEEP.toml --only …`: one task in the foreground, for a debugger.

use std::sync::Arc;

use super::Arguments;
use crate::cli::{Exit, Failure, sweep_file};
use crate::experiment::{Observable, Outcome, Value, evaluate_aloud};
use crate::machine::clock::Moment;
use crate::schedule::launch::Launch;
use crate::sweep::Identities;
use crate::wording::counted;

/// Elements of an array that are shown.
const SHOWN: usize = 10;

/// Computes the task that `text` names on this thread, prints what comes of it, and records nothing.
///
/// # Errors
/// The sweep file is bad, or the text does not name one task.
pub(super) fn run(arguments: &Arguments, text: &str) -> Result<Exit, Failure> {
    if let Some((variable, ranks @ 2..)) = Launch::detect(|name| std::env::var(name).ok()).told {
        let what = format!("--only is for one process, but {variable} says {ranks} ranks; start it without a launcher");
        return Err(Failure::new(Exit::Usage, what));
    }
    let sweep = Arc::new(sweep_file::read(&arguments.sweep, &arguments.settings)?);
    let usage = |problem| Failure::new(Exit::Usage, format!("{}: --only: {problem}", arguments.sweep.display()));
    let task = sweep.select(text).map_err(usage)?;
    let parameters = sweep.parameters(sweep.point_of(task));
    let replicate = sweep.replicate_of(task);
    let (digest, stream) = Identities::new(&sweep).digest_and_stream(task);
    let declaration = sweep.declaration();
    say!("task        {} (version {}), replicate {replicate}", declaration.name, declaration.version);
    say!("parameters  {parameters}");
    say!("digest      {}", blake3::Hash::from(digest).to_hex());
    let start = Moment::now();
    let outcome = evaluate_aloud(sweep.experiment, &parameters, replicate, stream);
    say!("time        {:.3} s", start.elapsed().as_secs_f64());
    match outcome {
        Outcome::Done(values) => {
            let mut rest = &values[..];
            for observable in declaration.observables {
                // What only the first replicate keeps is at the end, and may not be there.
                let Some((own, others)) = rest.split_at_checked(observable.size()) else { break };
                rest = others;
                say!("{}", line(observable, own));
            }
            Ok(Exit::Complete)
        }
        Outcome::Failed(failure) => {
            say!("failed      {}{failure}", failure.class.remark());
            Ok(Exit::FailedTasks)
        }
    }
}

fn line(observable: &Observable, values: &[f64]) -> String {
    if observable.optional && values.iter().all(|value| value.is_nan()) {
        return format!("  {:<24} no value", observable.name());
    }
    let shown: Vec<String> = values.iter().take(SHOWN).map(|value| Value::Number(*value).to_string()).collect();
    let more = if values.len() > SHOWN { format!(" … ({})", counted(values.len(), "value")) } else { String::new() };
    let unit = observable.quantity.unit.written;
    let space = if unit.is_empty() { "" } else { " " };
    format!("  {:<24} {}{more}{space}{unit}", observable.name(), shown.join(" "))
}
