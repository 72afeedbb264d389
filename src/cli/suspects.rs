//! Names of the tasks that were in hand when a process was killed and have no outcome yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::item::Item;
use crate::store::Contents;
use crate::store::journal;
use crate::sweep::{Identities, Sweep, Task, TheoryCells};

/// A task or theory cell that may be the reason why a process was killed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Suspect {
    /// What distinguishes it: parameters and replicate.
    pub(super) task: String,
    /// In how many deaths it was in hand, not counting deaths with another explanation.
    pub(super) deaths: usize,
}

/// The suspects among the tasks and theory cells of a sweep, in their order. Where no run lives (`is_dead`), what
/// journals have open was in hand when the last one was killed.
pub(super) fn suspects(
    sweep: &Arc<Sweep>,
    identities: &Identities,
    contents: &Contents,
    is_dead: bool,
) -> Vec<Suspect> {
    let deaths = deaths(contents, is_dead);
    if deaths.is_empty() {
        return Vec::new();
    }
    let cells = TheoryCells::new(sweep);
    let of_task = |number| {
        let item = Item::Task(Task(number)).name(identities, &cells);
        deaths.get(&item).filter(|_| contents.records.find(&item.digest).is_none()).map(|deaths| (number, *deaths))
    };
    let mut found: Vec<(u32, usize)> = (0..sweep.tasks() as u32).into_par_iter().filter_map(of_task).collect();
    found.extend((0..cells.len()).filter_map(|cell| {
        let item = Item::Theory(cell).name(identities, &cells);
        let deaths = deaths.get(&item).filter(|_| !contents.cells.contains_key(&item.digest))?;
        Some((Item::Theory(cell).number(sweep), *deaths))
    }));
    let named = |(number, deaths)| Suspect { task: Item::of(number, sweep).described(sweep), deaths };
    found.into_iter().map(named).collect()
}

fn deaths(contents: &Contents, is_dead: bool) -> BTreeMap<journal::Item, usize> {
    let mut deaths: BTreeMap<_, _> = contents.suspects.iter().collect();
    if is_dead {
        // What this death says of them is found by the next run.
        for item in &contents.in_hand {
            deaths.entry(*item).or_default();
        }
    }
    deaths
}
