//! The meaning of the scheduler's numbers: first the tasks of a sweep, then its theory cells.

use std::sync::Arc;

use crate::schedule::Kind;
use crate::store::frame::kind;
use crate::store::journal;
use crate::sweep::{Identities, Sweep, Task, TheoryCells};

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A task.
    Task(Task),
    /// A theory cell, by its number.
    Theory(usize),
}

impl Item {
    /// The meaning of a number.
    pub(super) fn of(number: u32, sweep: &Sweep) -> Self {
        match (number as usize).checked_sub(sweep.tasks()) {
            None => Self::Task(Task(number)),
            Some(cell) => Self::Theory(cell),
        }
    }

    /// The number. There are at most 10⁹ tasks and as many cells, so that it fits.
    pub(super) fn number(self, sweep: &Sweep) -> u32 {
        match self {
            Self::Task(Task(number)) => number,
            Self::Theory(cell) => (sweep.tasks() + cell) as u32,
        }
    }

    /// What journals call it.
    pub(super) fn name(self, identities: &Identities, cells: &TheoryCells) -> journal::Item {
        match self {
            Self::Task(task) => journal::Item { kind: kind::RESULT, digest: identities.digest(task) },
            Self::Theory(cell) => journal::Item { kind: kind::THEORY, digest: cells.get(cell).digest() },
        }
    }

    /// What distinguishes it: the parameters on the axes, and the replicate.
    pub(super) fn described(self, sweep: &Arc<Sweep>) -> String {
        match self {
            Self::Task(task) => {
                let (swept, parameters) = (sweep.swept(), sweep.parameters(sweep.point_of(task)));
                let moving = parameters.iter().filter(|(name, _)| swept.contains(name));
                let moving = moving.map(|(name, value)| format!("{name} = {value}"));
                moving.chain([format!("replicate {}", sweep.replicate_of(task))]).collect::<Vec<_>>().join(", ")
            }
            Self::Theory(cell) => match TheoryCells::new(sweep).described(cell) {
                parameters if parameters.is_empty() => "the theory".into(),
                parameters => format!("the theory of {parameters}"),
            },
        }
    }

    /// Its kind.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Task(_) => Kind::Task,
            Self::Theory(_) => Kind::Theory,
        }
    }
}
