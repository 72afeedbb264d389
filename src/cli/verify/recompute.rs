//! Computes tasks again and compares bits.

use crate::cli::Failure;
use crate::cli::open::Opened;
use crate::experiment::{Outcome, evaluate};
use crate::random::RandomStream;
use crate::sweep::Task;
use crate::wording::counted;

/// The tasks whose records are not what computing them again gives.
pub(super) fn recompute(opened: &Opened, count: usize) -> Result<Vec<String>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let sweep = &opened.sweep;
    let recorded =
        |task: &Task| matches!(opened.contents.outcomes.get(&opened.identities.digest(*task)), Some(Outcome::Done(_)));
    let mut candidates: Vec<Task> = (0..sweep.tasks() as u32).map(Task).filter(recorded).collect();
    // Which tasks are drawn is no result: another draw every time finds more.
    let now = std::time::SystemTime::now();
    let mut draw =
        RandomStream::from_seed(*blake3::hash(format!("{now:?} {}", std::process::id()).as_bytes()).as_bytes());
    let mut faults = Vec::new();
    let mut equal = 0;
    for _ in 0..count.min(candidates.len()) {
        let task = candidates.swap_remove((draw.uniform() * candidates.len() as f64) as usize);
        let parameters = sweep.parameters(sweep.point_of(task));
        let (digest, stream) = opened.identities.digest_and_stream(task);
        let replicate = sweep.replicate_of(task);
        let again = evaluate(sweep.experiment, &parameters, replicate, stream);
        let same = match (opened.contents.outcomes.get(&digest), &again) {
            (Some(Outcome::Done(before)), Outcome::Done(now)) => {
                before.iter().map(|value| value.to_bits()).eq(now.iter().map(|value| value.to_bits()))
            }
            _ => false,
        };
        if same {
            equal += 1;
        } else {
            faults.push(format!("{parameters}, replicate {replicate}: recomputing gives other bits than the record"));
        }
    }
    say!("recomputed  {equal} of {} with equal bits", counted(equal + faults.len(), "task"));
    Ok(faults)
}
