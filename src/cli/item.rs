//! What the scheduler's numbers stand for: first the tasks of a sweep, then its theory cells.

use crate::schedule::Kind;
use crate::sweep::{Sweep, Task};

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A task.
    Task(Task),
    /// A theory cell, by its number.
    Theory(usize),
}

impl Item {
    /// What a number stands for.
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

    /// Its kind.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Task(_) => Kind::Task,
            Self::Theory(_) => Kind::Theory,
        }
    }
}
