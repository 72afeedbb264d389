//! Computes tasks and theory cells again and compares bits.

use std::collections::HashMap;

use crate::cli::Failure;
use crate::cli::item::Item;
use crate::cli::open::Opened;
use crate::experiment::{Outcome, evaluate};
use crate::random::RandomStream;
use crate::sweep::{Task, TheoryCells};
use crate::wording::counted;

/// The tasks and cells whose records are not what computing them again gives.
pub(super) fn recompute(opened: &Opened, count: usize) -> Result<Vec<String>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let cells = TheoryCells::new(&opened.sweep);
    let drawn = draw(opened, &cells, count);
    let values = recorded_values(opened, &drawn)?;
    let mut faults = Vec::new();
    let (mut tasks, mut theory) = (Compared::default(), Compared::default());
    for item in drawn {
        let (fault, compared) = match item {
            Item::Task(task) => (task_fault(opened, &values, task), &mut tasks),
            Item::Theory(cell) => (cell_fault(opened, &cells, cell), &mut theory),
        };
        compared.all += 1;
        compared.equal += usize::from(fault.is_none());
        faults.extend(fault);
    }
    say!("recomputed  {} of {} with equal bits", tasks.equal, counted(tasks.all, "task"));
    if theory.all > 0 {
        say!("            {} of {} with equal bits", theory.equal, counted(theory.all, "theory cell"));
    }
    Ok(faults)
}

#[derive(Default)]
struct Compared {
    all: usize,
    equal: usize,
}

/// Some of the done tasks, at random. Which ones is not a result: a new draw every time finds more.
fn draw(opened: &Opened, cells: &TheoryCells, count: usize) -> Vec<Item> {
    let sweep = &opened.sweep;
    let is_done = |item: &Item| match item {
        Item::Task(task) => number(opened, *task).is_some_and(|number| opened.contents.records.is_done(number)),
        Item::Theory(cell) => {
            matches!(opened.contents.cells.get(&cells.get(*cell).digest()), Some(Outcome::Done(_)))
        }
    };
    let all = (0..(sweep.tasks() + cells.len()) as u32).map(|number| Item::of(number, sweep));
    let mut candidates: Vec<Item> = all.filter(is_done).collect();
    let now = std::time::SystemTime::now();
    let seed = blake3::hash(format!("{now:?} {}", std::process::id()).as_bytes());
    let mut stream = RandomStream::from_seed(*seed.as_bytes());
    let draws = 0..count.min(candidates.len());
    draws.map(|_| candidates.swap_remove((stream.uniform() * candidates.len() as f64) as usize)).collect()
}

/// The number of the record of a task.
fn number(opened: &Opened, task: Task) -> Option<u32> {
    opened.contents.records.find(&opened.identities.digest(task))
}

/// The recorded values of the drawn tasks, by the numbers of their records.
fn recorded_values(opened: &Opened, drawn: &[Item]) -> Result<HashMap<u32, Vec<f64>>, Failure> {
    let of_item = |item: &Item| match item {
        Item::Task(task) => number(opened, *task).map(|number| (number, Vec::new())),
        Item::Theory(_) => None,
    };
    let mut recorded: HashMap<u32, Vec<f64>> = drawn.iter().filter_map(of_item).collect();
    opened.contents.visit(&mut |number, values| {
        if let Some(slot) = recorded.get_mut(&number) {
            *slot = values.to_vec();
        }
    })?;
    Ok(recorded)
}

fn task_fault(opened: &Opened, recorded: &HashMap<u32, Vec<f64>>, task: Task) -> Option<String> {
    let sweep = &opened.sweep;
    let parameters = sweep.parameters(sweep.point_of(task));
    let (_, stream) = opened.identities.digest_and_stream(task);
    let replicate = sweep.replicate_of(task);
    let again = evaluate(sweep.experiment, &parameters, replicate, stream);
    let before = number(opened, task).and_then(|number| recorded.get(&number));
    let fault = || format!("{parameters}, replicate {replicate}: recomputing gives different bits from the record");
    (!before.is_some_and(|before| has_equal_bits(before, &again))).then(fault)
}

fn cell_fault(opened: &Opened, cells: &TheoryCells, number: usize) -> Option<String> {
    let cell = cells.get(number);
    let is_equal = match opened.contents.cells.get(&cell.digest()) {
        Some(Outcome::Done(before)) => has_equal_bits(before, &cell.outcome()),
        _ => false,
    };
    let fault = || format!("theory at {}: recomputing gives different bits from the record", cells.described(number));
    (!is_equal).then(fault)
}

fn has_equal_bits(before: &[f64], again: &Outcome) -> bool {
    match again {
        Outcome::Done(now) => before.iter().map(|value| value.to_bits()).eq(now.iter().map(|value| value.to_bits())),
        Outcome::Failed(_) => false,
    }
}
